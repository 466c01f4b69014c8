"""One decision as an officer reads it: its text with every finding in place, and what was asked, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from app.console.frame.words import rule_title
from app.lexicon.files import Kind, StoredRule
from app.lexicon.labels import FORCES
from app.records import Decision, Mark, MarkedFinding

Recorded = Mapping[str, Any]
"""A finding as it was recorded."""
MOST_SHOWN = 200
"""Findings that a page shows: a text may hold thousands."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text. `is_found`: findings are on it; `is_light`: these only note something; `ends`: the numbers
    of those that end here."""

    text: str
    is_found: bool
    is_light: bool
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment of a script, or a whole text. `spoken`: how it is read aloud, where that is not as it is written."""

    stage: str | None
    is_required: bool
    pieces: Sequence[Piece]
    spoken: str | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding. `number`: from 1; `words`: what it is on; `law` and `suggest`: of the rule in force, if it is one."""

    number: int
    rule: str
    title: str | None
    action: str | None
    reason: str
    words: str | None
    law: str | None
    suggest: str | None
    is_rule: bool
    takes_exceptions: bool
    marks: Sequence[MarkedFinding]

    @property
    def is_false(self) -> bool:
        """Whether somebody says that it was wrong."""
        return any(each.mark is Mark.FALSE_HIT for each in self.marks)


def passages(decision: Decision) -> list[Passage]:
    """The text, cut as it was spoken, with the places of all findings; none where nothing was said or is left."""
    text = decision.text or ""
    answer = orjson.loads(decision.answer) if decision.answer else {}
    segments: Sequence[Recorded] = answer.get("segments") or ({"text": text},)
    if "".join(each["text"] for each in segments) != text:
        segments = ({"text": text},)
    places, told, start = _places(decision), [], 0
    for each in segments:
        end = start + len(each["text"])
        spoken = each.get("tts_text")
        told.append(
            Passage(
                each.get("stage"),
                bool(each.get("required")),
                [*_pieces(text, start, end, places, decision.findings)],
                spoken if spoken and spoken != each["text"] else None,
            )
        )
        start = end
    return told if text else []


def sightings(decision: Decision, rules: Mapping[str, StoredRule], marks: Sequence[MarkedFinding]) -> list[Sighting]:
    """The first findings on the text that was returned."""
    places = _places(decision)
    return [
        _sighting(index, each, rules, places.get(index), decision.text or "", [m for m in marks if m.finding == index])
        for index, each in enumerate(decision.findings[:MOST_SHOWN])
    ]


def rejections(decision: Decision, rules: Mapping[str, StoredRule]) -> list[Sighting]:
    """The findings on candidates that were not returned, whose texts are not kept."""
    return [_sighting(index, each, rules, None, "", []) for index, each in enumerate(decision.rejected[:MOST_SHOWN])]


def law_of(rule: StoredRule) -> str | None:
    """Where a rule comes from: `《广告法》第 28 条（法律）`."""
    source = rule.data.get("source")
    if not isinstance(source, Mapping):
        return None
    article = source.get("article")
    place = f"第 {article} 条" if article and str(article)[0].isdigit() else article or ""
    force = FORCES.get(str(source.get("force")), "")
    return f"《{source.get('law')}》{place}" + (f"（{force}）" if force else "")


def _sighting(
    index: int,
    found: Recorded,
    rules: Mapping[str, StoredRule],
    place: tuple[int, int] | None,
    text: str,
    marks: Sequence[MarkedFinding],
) -> Sighting:
    rule: str = found["rule"]
    stored = rules.get(rule)
    named = rule_title(rules, rule)
    suggest = None if stored is None else stored.data.get("suggest")
    return Sighting(
        index + 1,
        rule,
        None if named == rule else named,
        found.get("action"),
        str(found.get("reason") or ""),
        text[place[0] : place[1]] if place else None,
        None if stored is None else law_of(stored),
        None if suggest is None else str(suggest),
        stored is not None,
        stored is not None and stored.kind is Kind.PHRASE and bool(text),
        marks,
    )


def _places(decision: Decision) -> dict[int, tuple[int, int]]:
    """Where each finding is in the text as it was recorded.

    A review's spans are of the text that was sent, before numbers and names in it were masked. Where it cannot be told
    what a place became, nothing is marked: a wrong place would be worse than none.
    """
    text = decision.text or ""
    found = enumerate(decision.findings[:MOST_SHOWN])
    spans = {index: (each["span"][0], each["span"][1]) for index, each in found if each.get("span")}
    masked = sorted(
        (each["span"][0], each["span"][1], str(each["replacement"]))
        for each in decision.findings
        if each.get("span") and each.get("replacement") is not None
    )
    if any(one[1] > next_[0] for one, next_ in pairwise(masked)):
        return {}
    if any(text[_moved(one[0], masked) :][: len(one[2])] != one[2] for one in masked):
        return {}
    moved = {index: (_moved(start, masked), _moved(end, masked, is_end=True)) for index, (start, end) in spans.items()}
    return {index: place for index, place in moved.items() if place[0] < place[1] <= len(text)}


def _moved(offset: int, masked: Sequence[tuple[int, int, str]], *, is_end: bool = False) -> int:
    """Where an offset is after these stretches were replaced; one within a stretch is at its begin or its end."""
    shift = 0
    for start, end, replacement in masked:
        if offset >= end:
            shift += len(replacement) - (end - start)
        elif offset > start:
            return start + shift + (len(replacement) if is_end else 0)
    return offset + shift


def _pieces(
    text: str, start: int, end: int, places: Mapping[int, tuple[int, int]], findings: Sequence[Recorded]
) -> Iterator[Piece]:
    """The stretches between two offsets, cut where a finding begins or ends."""
    cuts = {start, end} | {cut for place in places.values() for cut in place if start < cut < end}
    ordered = sorted(cuts)
    for first, last in pairwise(ordered):
        on = [index for index, place in places.items() if place[0] <= first and last <= place[1]]
        is_light = all(findings[index].get("action") in ("observe", "allow") for index in on)
        ends = tuple(index + 1 for index in on if places[index][1] == last)
        yield Piece(text[first:last], bool(on), is_light, ends)
