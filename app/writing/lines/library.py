"""The approved lines of a model: what a person wrote for it to recombine, and the briefs that each line fits."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.approved.brief import Brief
from app.approved.skeleton import sentences, slots_in
from app.approved.vocabulary import REPLY
from app.errors import ConfigurationError
from app.writing.lines.bodies import BODIES_FILE, NO_OFFER, ApprovedBodies, ApprovedBody, read_approved_bodies
from guards.types import Generation, Scenario

SENTENCES_FILE = "sentences.jsonl"
OPENING, CLOSING = "hook", "ask"
"""The parts with which a body begins and ends."""


@dataclass(frozen=True, slots=True)
class ApprovedLine:
    """One or two sentences that a person wrote.

    With tags, offers, generations or strategies, it fits only a brief that has one of them. `part` is what it does in a
    body, such as `hook`; empty where that is not known. `place`: `file:line` of where it was read, if it was.
    """

    scenario: Scenario
    text: str
    tags: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    generations: frozenset[Generation] = frozenset()
    strategies: frozenset[str] = frozenset()
    part: str = ""
    place: str = field(default="", compare=False)

    def fits(self, brief: Brief) -> bool:
        """Whether a body for this brief may hold the line; its slots are not looked at."""
        if self.tags and not self.tags & set(brief.tags):
            return False
        if self.generations and brief.generation not in self.generations:
            return False
        if self.strategies and brief.strategy not in self.strategies:
            return False
        if self.part and (self.part == REPLY) is not (brief.strategy == REPLY):
            return False
        return not self.offers or brief.offer in self.offers


class ApprovedLines:
    """Decides whether a skeleton consists of approved sentences alone, each of which fits the brief.

    A small model slips now and then: it joins halves of two lines, or says a line for a tag that the customer does not
    have. Both read like Chinese, and no rule of the lexicon names them; they are simply not what a person wrote.
    """

    def __init__(self, approved: Iterable[ApprovedLine], bodies: ApprovedBodies | None = None) -> None:
        """`bodies`: those written whole, whose sentences are approved as lines, too."""
        self.bodies = bodies or ApprovedBodies(())
        self.lines = tuple(approved)
        self.approved = (*self.lines, *_wordings(self.bodies))
        self._lines: dict[tuple[Scenario, str], list[ApprovedLine]] = {}
        self._sentences: dict[tuple[Scenario, str], list[ApprovedLine]] = {}
        for each in self.approved:
            self._lines.setdefault((each.scenario, each.text), []).append(each)
            for sentence in dict.fromkeys((each.text, *sentences(each.text))):
                self._sentences.setdefault((each.scenario, sentence), []).append(each)

    @property
    def texts(self) -> list[str]:
        """The text of every line once, whichever briefs it fits."""
        return list(dict.fromkeys(text for _, text in self._lines))

    def for_brief(self, brief: Brief) -> list[str]:
        """The lines that a body for this brief may hold, in a fixed order."""
        return [
            text
            for (scenario, text), known in self._lines.items()
            if scenario is brief.scenario
            and brief.allowed_slots.issuperset(slots_in(text))
            and any(each.fits(brief) for each in known)
        ]

    def part_of(self, text: str, brief: Brief) -> str:
        """The part of a line in a body for this brief; empty where it has several, or none is known."""
        parts = {each.part for each in self._lines.get((brief.scenario, text), ()) if each.fits(brief)}
        return parts.pop() if len(parts) == 1 else ""

    def tags_of(self, text: str, brief: Brief) -> frozenset[str]:
        """The tags for which this line or sentence was written; none where it also fits briefs without them."""
        known = [each for each in self._sentences.get((brief.scenario, text), ()) if each.fits(brief)]
        return frozenset().union(*(each.tags for each in known)) if all(each.tags for each in known) else frozenset()

    def addressable(self, brief: Brief) -> frozenset[str]:
        """The tags of a brief that a body can take up: of the lines that fit it, else of the bodies written for it."""
        if not self.lines and (bodies := self.bodies.for_brief(brief)):
            return frozenset().union(*(body.tags for body in bodies))
        known = (self.tags_of(text, brief) for text in self.for_brief(brief))
        return frozenset(brief.tags).intersection(frozenset().union(*known))

    def addressed(self, skeleton: str, brief: Brief) -> frozenset[str]:
        """The tags of the brief that at least one sentence of a skeleton was written for."""
        said = (self.tags_of(sentence, brief) for sentence in sentences(skeleton))
        return frozenset(brief.tags).intersection(frozenset().union(*said))

    def allows_once(self, skeleton: str, brief: Brief) -> bool:
        """Whether each sentence is approved for this brief, and none is said twice."""
        said = sentences(skeleton)
        return len(set(said)) == len(said) and self.allows(skeleton, brief)

    def allows(self, skeleton: str, brief: Brief) -> bool:
        """Whether each sentence is approved for this brief."""
        said = sentences(skeleton)
        return "".join(said) == skeleton and all(
            any(each.fits(brief) for each in self._sentences.get((brief.scenario, sentence), ())) for sentence in said
        )


def read_approved_lines(directory: Path) -> ApprovedLines | None:
    """The approved lines and bodies beside a checkpoint or adapter, or None when it has none: it may write freely.

    Raises:
        ConfigurationError: naming the row of a file that is no approved line or body.
    """
    file = directory / SENTENCES_FILE
    bodies = read_approved_bodies(directory)
    if not file.exists():
        return None if bodies is None else ApprovedLines((), bodies)
    approved = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            approved.append(
                ApprovedLine(
                    Scenario(row["scenario"]),
                    row["text"],
                    frozenset(row["tags"]),
                    frozenset(row["offers"]),
                    frozenset(Generation(each) for each in row["generations"]),
                    frozenset(row["strategies"]),
                    row["part"],
                    f"{SENTENCES_FILE}:{number}",
                )
            )
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(f"{file}:{number}: not an approved line") from None
    return ApprovedLines(approved, bodies)


def write_approved_lines(approved: Iterable[ApprovedLine], directory: Path) -> None:
    """Write the lines beside a checkpoint or adapter, sorted, each once."""
    rows = {
        json.dumps(
            {
                "scenario": each.scenario.value,
                "text": each.text,
                "tags": sorted(each.tags),
                "offers": sorted(each.offers),
                "generations": sorted(each.generations),
                "strategies": sorted(each.strategies),
                "part": each.part,
            },
            ensure_ascii=False,
        )
        for each in approved
    }
    (directory / SENTENCES_FILE).write_text("".join(f"{row}\n" for row in sorted(rows)), "utf-8")


def _wordings(bodies: ApprovedBodies) -> Iterator[ApprovedLine]:
    """Every wording of the bodies alone, with the moments in which it may be said."""
    for number, body in enumerate(bodies.approved, 1):
        place = f"{BODIES_FILE}:{number}"
        for index, sentence in enumerate(body.sentences):
            part = _part(body, index)
            offers = frozenset({sentence.offer} if sentence.offer and sentence.offer != NO_OFFER else ())
            for text in sentence.texts:
                yield ApprovedLine(
                    body.scenario, text, body.tags, offers, body.generations, body.strategies, part, place
                )
    for number, details in enumerate(bodies.details, len(bodies.approved) + 1):
        place = f"{BODIES_FILE}:{number}"
        scenarios = [scenario for scenario in Scenario if scenario.group in details.groups]
        for text in (text for sentence in details.sentences for text in sentence.texts):
            for scenario in scenarios:
                yield ApprovedLine(scenario, text, generations=details.generations, place=place)


def _part(body: ApprovedBody, index: int) -> str:
    """What a sentence does in a body, as far as its place tells."""
    if REPLY in body.strategies:
        return REPLY
    is_question = all(text.endswith("？") for text in body.sentences[index].texts)
    return OPENING if index == 0 else CLOSING if is_question else ""
