"""The approved bodies of a model: whole pieces of speech, each sentence of which has alternatives to draw from."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.approved.brief import Brief
from app.approved.skeleton import slots_in
from app.approved.vocabulary import REPLY
from app.errors import ConfigurationError
from guards.types import Generation, Group, Scenario

BODIES_FILE = "bodies.jsonl"
NO_OFFER = "none"
"""The offer of a sentence that is said only where nothing is on offer."""
_NAMES = frozenset({"产品名", "还款渠道"})
"""Slots that are no figures."""
Parts = tuple[tuple[str, ...], ...]
"""The wordings of each sentence of a body, in speaking order."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a body, in as many wordings as `texts`, any of which fits what stands around it.

    It is left out where the brief has not the slot that it `needs` or the `offer` that it speaks of; `NO_OFFER` asks
    for a brief without one.
    """

    texts: tuple[str, ...]
    needs: str | None = None
    offer: str | None = None

    def said_for(self, brief: Brief) -> tuple[str, ...]:
        """The wordings that a body for this brief may hold here, those that say most of its slots; none if left out."""
        if self.needs and self.needs not in brief.allowed_slots:
            return ()
        if self.offer and self.offer != (brief.offer or NO_OFFER):
            return ()
        usable = [text for text in self.texts if brief.allowed_slots.issuperset(slots_in(text))]
        said = [len(set(slots_in(text)).intersection(brief.slots)) for text in usable]
        return tuple(text for text, count in zip(usable, said, strict=True) if count == max(said))


@dataclass(frozen=True, slots=True)
class ApprovedBody:
    """A body written as one piece: its sentences in speaking order, for the moments that it fits.

    `tags`: the situation it was written for, none, one or a pair.
    """

    scenario: Scenario
    strategies: frozenset[str]
    generations: frozenset[Generation]
    tags: frozenset[str]
    sentences: tuple[Sentence, ...]

    def fits(self, brief: Brief) -> bool:
        """Whether a body for this brief may be this one, whichever of its tags it takes up."""
        return (
            brief.scenario is self.scenario
            and brief.strategy in self.strategies
            and brief.generation in self.generations
            and self.tags.issubset(brief.tags)
        )

    def parts(self, brief: Brief, details: Sequence[Sentence] = ()) -> Parts:
        """The wordings of each sentence that is said for this brief, in speaking order.

        `details` say what the brief requires and the body does not: they follow its last figure, in their own order,
        and never its question.
        """
        own = [texts for sentence in self.sentences if (texts := sentence.said_for(brief))]
        said = {slot for texts in own for text in texts for slot in slots_in(text)}
        added = [each.said_for(brief) for each in details if each.needs in brief.slots and each.needs not in said]
        figures = (place for place, texts in enumerate(own, 1) if any(set(slots_in(text)) - _NAMES for text in texts))
        asks = bool(own) and all(text.endswith("？") for text in own[-1])
        last = min(max(figures, default=len(own)), len(own) - asks)
        return (*own[:last], *filter(None, added), *own[last:])


@dataclass(frozen=True, slots=True)
class ApprovedDetails:
    """Sentences, each of which says a slot that a body leaves open, and the bodies that they may be added to."""

    groups: frozenset[Group]
    generations: frozenset[Generation]
    sentences: tuple[Sentence, ...]


class ApprovedBodies:
    """All bodies of a model, by the moments that they fit."""

    def __init__(self, approved: Iterable[ApprovedBody], details: Iterable[ApprovedDetails] = ()) -> None:
        self.approved = tuple(approved)
        self.details = tuple(details)
        self._known: dict[tuple[Scenario, str, Generation, frozenset[str]], list[ApprovedBody]] = {}
        for body in self.approved:
            for strategy in body.strategies:
                for generation in body.generations:
                    self._known.setdefault((body.scenario, strategy, generation, body.tags), []).append(body)

    def by_situation(self, brief: Brief) -> Iterator[Sequence[ApprovedBody]]:
        """The bodies that fit a brief, the best first: those that take up all its tags, its first, its second, none."""
        for situation in (brief.tags, *((tag,) for tag in brief.tags), ()):
            key = brief.scenario, brief.strategy, brief.generation, frozenset(situation)
            if found := self._known.get(key):
                yield found

    def parts(self, body: ApprovedBody, brief: Brief) -> Parts:
        """What a body says for a brief that it fits; a reply says nothing that is not its own."""
        if brief.strategy == REPLY:
            return body.parts(brief)
        added = (
            each.sentences
            for each in self.details
            if brief.scenario.group in each.groups and brief.generation in each.generations
        )
        return body.parts(brief, next(added, ()))

    def for_brief(self, brief: Brief) -> Sequence[ApprovedBody]:
        """The bodies that fit a brief best; none if none fits."""
        return next(self.by_situation(brief), ())


def read_approved_bodies(directory: Path) -> ApprovedBodies | None:
    """The approved bodies beside a checkpoint or adapter, or None when it has none.

    Raises:
        ConfigurationError: naming the row of the file that is no approved body.
    """
    file = directory / BODIES_FILE
    if not file.exists():
        return None
    approved, details = [], []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            if "groups" in row:
                details.append(_details(row))
            else:
                approved.append(_body(row))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ConfigurationError(f"{file}:{number}: not an approved body") from None
    return ApprovedBodies(approved, details)


def write_approved_bodies(approved: ApprovedBodies, directory: Path) -> None:
    """Write the bodies beside a checkpoint or adapter."""
    (directory / BODIES_FILE).write_text("".join(f"{row}\n" for row in rows_of(approved)), "utf-8")


def rows_of(approved: ApprovedBodies) -> list[str]:
    """The bodies as JSON, sorted, each once, and then what may be added to them."""
    rows = sorted({json.dumps(_row(body), ensure_ascii=False) for body in approved.approved})
    return [*rows, *(json.dumps(_row_of_details(each), ensure_ascii=False) for each in approved.details)]


def _row(body: ApprovedBody) -> dict[str, object]:
    return {
        "scenario": body.scenario.value,
        "strategies": sorted(body.strategies),
        "generations": sorted(body.generations),
        "tags": sorted(body.tags),
        "say": _said(body.sentences),
    }


def _row_of_details(details: ApprovedDetails) -> dict[str, object]:
    return {
        "groups": sorted(details.groups),
        "generations": sorted(details.generations),
        "say": _said(details.sentences),
    }


def _said(sentences: Iterable[Sentence]) -> list[dict[str, object]]:
    return [
        {
            **({"needs": sentence.needs} if sentence.needs else {}),
            **({"offer": sentence.offer} if sentence.offer else {}),
            "texts": list(sentence.texts),
        }
        for sentence in sentences
    ]


def _details(row: dict[str, Any]) -> ApprovedDetails:
    return ApprovedDetails(
        frozenset(Group(each) for each in _names(row["groups"])),
        frozenset(Generation(each) for each in _names(row["generations"])),
        _sentences(row["say"]),
    )


def _body(row: dict[str, Any]) -> ApprovedBody:
    return ApprovedBody(
        Scenario(row["scenario"]),
        _names(row["strategies"]),
        frozenset(Generation(each) for each in _names(row["generations"])),
        _names(row["tags"]),
        _sentences(row["say"]),
    )


def _sentences(given: object) -> tuple[Sentence, ...]:
    if not isinstance(given, list) or not given:
        raise ValueError("says nothing")
    return tuple(Sentence(_texts(each["texts"]), each.get("needs"), each.get("offer")) for each in given)


def _names(given: object) -> frozenset[str]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ValueError("no list of names")
    return frozenset(given)


def _texts(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(each, str) and each for each in given):
        raise ValueError("no wordings")
    return tuple(given)
