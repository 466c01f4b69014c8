"""Shares of what a model wrote: usable, fit to be said, made of known sentences, in the wording it was taught."""

from collections.abc import Sequence, Set

from app.writing.brief import Brief
from app.writing.skeleton import problems_of, sentences
from app.writing.vetted import VettedSentences
from finetune.judge import Judge
from finetune.verdict import Measure


def shares(
    bodies: Sequence[tuple[Brief, str]], known: VettedSentences | None, style: Set[str], judging: Judge
) -> list[Measure]:
    """Shares of bodies and of sentences, in per cent, as serving takes them.

    `known` are the sentences that the base may say (None: it may write freely), `style` those that were taught. A body
    is usable if it answers its brief and, where only known sentences may be said, holds no other; the guards judge
    usable bodies alone, as nothing else reaches them.
    """

    def is_known(brief: Brief, sentence: str) -> bool:
        return known is None or sentence in style or known.admit(sentence, brief)

    said = [(brief, sentence) for brief, body in bodies for sentence in sentences(body)]
    usable = [
        (brief, body)
        for brief, body in bodies
        if not problems_of(body, brief) and all(is_known(brief, each) for each in sentences(body))
    ]
    found: list[Measure] = [
        ("bodies usable, %", "share", 100 * len(usable) / len(bodies) if bodies else 0.0),
        ("usable bodies that pass the guards, %", "share", percent([not judging.stops_for(b, a) for a, b in usable])),
    ]
    if known is not None:
        found.append(("sentences known, %", "known", percent([is_known(brief, each) for brief, each in said])))
    return [*found, ("sentences of the taught wording, %", "style", percent([each in style for _, each in said]))]


def fits(
    bodies: Sequence[tuple[Brief, str]], known: VettedSentences | None, style: Set[str], judging: Judge
) -> list[bool]:
    """Whether each body is usable and may be said, as `shares` counts them."""
    return [
        not problems_of(body, brief)
        and all(known is None or each in style or known.admit(each, brief) for each in sentences(body))
        and not judging.stops_for(body, brief)
        for brief, body in bodies
    ]


def percent(hits: Sequence[bool]) -> float:
    """The share of hits; 0 where there is nothing."""
    return 100 * sum(hits) / len(hits) if hits else 0.0
