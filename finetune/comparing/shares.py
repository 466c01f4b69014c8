"""Shares of what a model wrote: usable, fit to be said, in the wording it was taught."""

from collections.abc import Sequence, Set

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.scripts.candidate import read_body
from app.writing.lines.library import ApprovedLines
from finetune.comparing.verdict import Measure
from finetune.screening.judge import Judge
from guards.types import Channel


def shares(
    bodies: Sequence[tuple[Brief, str]], known: ApprovedLines | None, style: Set[str], judging: Judge
) -> list[Measure]:
    """Shares of bodies and of sentences, in per cent, as serving takes them.

    `known` are the lines that the model may say (None: it may write freely), `style` the sentences that were taught. A
    body is usable if it answers its brief with known lines; the guards judge usable bodies alone, as nothing else
    reaches them.
    """
    usable = [(brief, body) for brief, body in bodies if _is_usable(body, brief, known, says_all=True)]
    passed = [not judging.blocking_findings_for(body, brief) for brief, body in usable]
    said = [sentence for _, body in bodies for sentence in sentences(body)]
    return [
        Measure("bodies usable, %", "share", 100 * len(usable) / len(bodies) if bodies else 0.0, len(bodies)),
        Measure("usable bodies that pass the guards, %", "share", percent(passed)),
        Measure("sentences of the taught wording, %", "style", percent([each in style for each in said]), len(bodies)),
    ]


def fits(bodies: Sequence[tuple[Brief, str]], known: ApprovedLines | None, judging: Judge) -> list[bool]:
    """Whether the service would say each body; it says a slot that was left out in words of its own."""
    return [_is_usable(body, brief, known) and not judging.blocking_findings_for(body, brief) for brief, body in bodies]


def _is_usable(body: str, brief: Brief, known: ApprovedLines | None, *, says_all: bool = False) -> bool:
    """Whether a body answers its brief with known lines; `says_all`: leaving no slot to a complement."""
    candidate = read_body(body, brief, Channel.AI_VOICE)
    if not candidate.is_usable or (says_all and candidate.unsaid):
        return False
    return known is None or known.allows_once(body, brief)


def percent(hits: Sequence[bool]) -> float:
    """The share of hits; 0 where there is nothing."""
    return 100 * sum(hits) / len(hits) if hits else 0.0
