"""A verdict as officers read it: where each finding stands in the text, why, by which law, what to say instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.console.frame.words import OF_THE_PROGRAM
from app.lexicon.labels import FORCES
from guards.lexicon.reader import Lexicon
from guards.policy import Policy
from guards.types import Finding, Span

_MOST_MARKED = 1_000
"""Findings that are marked in a text: cutting it up takes the square of them."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found, as often as it was found. `number` counts those of one verdict from 1; 0 for no place in a text.

    `law` and the like are None where no officer's rule made it.
    """

    number: int
    rule: str
    title: str
    action: str
    reason: str
    words: Sequence[str]
    count: int
    is_rule: bool
    suggest: str | None = None
    law: str | None = None
    force: str | None = None
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a text, and the numbers of the remarks on it; `ends`: of those that end with it; `action`: the worst."""

    text: str
    action: str = ""
    numbers: Sequence[int] = ()
    ends: Sequence[int] = ()


_Key = tuple[str, str, str]


def remarks(findings: Iterable[Finding], policy: Policy, text: str = "") -> list[Remark]:
    """The findings, those that say the same as one: what stands in the text first, and the gravest of it first."""
    grouped: dict[_Key, list[Finding]] = {}
    for finding in sorted(findings, key=_rank):
        grouped.setdefault(_key(finding), []).append(finding)
    rules = _rules(policy.lexicon, {rule for rule, _, _ in grouped})
    return [
        _remark(number, found, rules.get(found[0].rule), policy, text)
        for number, found in enumerate(grouped.values(), 1)
    ]


def stretches(text: str, findings: Sequence[Finding]) -> list[Stretch]:
    """The text, cut where a finding begins or ends; personal data stand there masked."""
    order = list(dict.fromkeys(_key(finding) for finding in sorted(findings, key=_rank)))
    numbers_of = {key: number for number, key in enumerate(order, 1)}
    on = [(finding.span, finding, numbers_of[_key(finding)]) for finding in findings if finding.span]
    # What masks stands first: it must not be left out where there are too many to mark.
    placed = sorted(on, key=lambda each: (each[1].replacement is None, each[0].start))[:_MOST_MARKED]
    cuts = sorted({0, len(text), *(cut for span, _, _ in placed for cut in (span.start, span.end))})
    cut_up, masked_to = [], 0
    for start, end in pairwise(cuts):
        inside = [(span, finding, number) for span, finding, number in placed if span.covers(Span(start, end))]
        numbers = sorted({number for _, _, number in inside})
        worst = max((finding.action for _, finding, _ in inside), default=None)
        action = worst.label if worst is not None else ""
        ends = sorted({number for span, _, number in inside if span.end == end})
        masks = [finding for _, finding, _ in inside if finding.replacement is not None]
        if not masks:
            cut_up.append(Stretch(text[start:end], action, numbers, ends))
            continue
        shown = masks[0].replacement or ""
        if masked_to > start:
            shown = ""
        masked_to = max(masked_to, *(finding.span.end for finding in masks if finding.span))
        cut_up.append(Stretch(shown, action, numbers, ends))
    return cut_up


def differences(now: Sequence[Remark], then: Sequence[Remark]) -> tuple[list[Remark], list[Remark]]:
    """What only the second verdict finds, and what only the first does: by rule and by what it does."""
    known, other = ({(one.rule, one.action) for one in side} for side in (now, then))
    return (
        [one for one in then if (one.rule, one.action) not in known],
        [one for one in now if (one.rule, one.action) not in other],
    )


def _remark(number: int, found: Sequence[Finding], rule: Any, policy: Policy, text: str) -> Remark:
    first = found[0]
    spans = [finding.span for finding in found if finding.span is not None and finding.replacement is None]
    hit = dict.fromkeys(text[span.start : span.end] for span in spans) if text else {}
    source = None if rule is None else rule.source
    return Remark(
        number=number if any(finding.span for finding in found) else 0,
        rule=first.rule,
        title=rule.title if rule else OF_THE_PROGRAM.get(first.rule.partition(".")[0], "程序的检查"),
        action=first.action.label,
        reason=_in_chinese(first.reason),
        words=[policy.personal_data.masked(words) for words in hit],
        count=len(found),
        is_rule=rule is not None,
        suggest=_filled(getattr(rule, "suggest", None), policy),
        law=None if source is None else f"{source.law} {_article(source.article)}".strip(),
        force=None if source is None else FORCES.get(source.force, source.force),
        is_verified=source is None or source.verified,
    )


def _in_chinese(reason: str) -> str:
    """What the program says of itself in English, for officers."""
    head, unfilled, slots = reason.partition("nothing fills ")
    return f"没有给出“{slots}”要用的事实" if unfilled and not head else reason


def _filled(suggest: str | None, policy: Policy) -> str | None:
    speaker = policy.parts.institution
    return suggest and suggest.replace("{institution}", speaker.full_name).replace("{hotline}", speaker.hotline)


def _article(named: str | None) -> str:
    return f"第{named}条" if named and named.isdigit() else named or ""


def _rules(lexicon: Lexicon, wanted: set[str]) -> Mapping[str, Any]:
    """The rules of these names, of whichever kind."""
    every: tuple[Any, ...] = (
        *lexicon.disclosures,
        *lexicon.numbers.rules,
        *lexicon.gates.gates,
        *lexicon.roles.roles,
        *lexicon.phrase_rules(),
    )
    return {rule.id: rule for rule in every if rule.id in wanted}


def _key(finding: Finding) -> _Key:
    return finding.rule, finding.action.label, finding.reason


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.span is None, -finding.action
