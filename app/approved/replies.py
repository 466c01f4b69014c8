"""Approved words that end a machine's part: replies to a refusal and the like, and the bridge to a person."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.approved.skeleton import slots_in
from app.approved.vocabulary import Tag, Vocabulary
from guards.lexicon.documents import Document, DocumentError
from guards.lexicon.rules import Strict
from guards.types import Channel, Generation, Group, Scenario

Text = Annotated[str, Field(min_length=1, max_length=400)]
REPLIES_FILE, BRIDGES_FILE = "replies.yaml", "bridges.yaml"
CALLER = "来电方"
"""The slot of who calls, by the institution's name: a machine's voice or a person."""
SPOKEN = (Channel.AI_VOICE, Channel.HUMAN_AGENT)
"""Where a call is answered: a message replies to nothing that was said in one."""


class Reply(Strict):
    """Texts that answer one tag, any of which may be said.

    `kept`: they are true only where the customer can be remembered (true), or are for where not (false). `unverified`:
    they are said before the identity is proven, and open a call that has begun already.
    """

    tag: str
    scenarios: list[Scenario] = Field(min_length=1)
    generations: list[Generation] = Field(min_length=1)
    channels: list[Channel] = list(SPOKEN)
    kept: bool | None = None
    unverified: bool = False
    texts: list[Text] = Field(min_length=1)

    def fits(self, cell: "Cell") -> bool:
        """Whether it answers in this place."""
        return (
            self.tag == cell.tag
            and cell.scenario in self.scenarios
            and cell.generation in self.generations
            and cell.channel in self.channels
            and self.kept in (None, cell.kept)
            and self.unverified is cell.unverified
        )


class Bridge(Strict):
    """What is said before a person takes over."""

    generations: list[Generation] = Field(min_length=1)
    text: Text


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a reply; `kept`: the customer can be remembered; `unverified`: nobody has said who he is."""

    tag: str
    scenario: Scenario
    generation: Generation
    channel: Channel
    kept: bool
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Replies:
    """All of them; `places` holds the `file:line` of each reply."""

    replies: Sequence[Reply]
    bridges: Mapping[Generation, str]
    places: Sequence[str]

    def texts(self, cell: Cell, key: str) -> list[str]:
        """What may be said here: the same order for the same customer, another for another."""
        fitting = [text for reply in self.replies if reply.fits(cell) for text in reply.texts]
        if not fitting:
            return []
        first = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % len(fitting)
        return [*fitting[first:], *fitting[:first]]


def replies_of(document: Document, bridge_file: Document, vocabulary: Vocabulary) -> Replies:
    """The replies of one file and the bridges of another.

    Raises:
        DocumentError: naming file and line of every problem, a place without a reply among them.
    """
    replies = document.check(list[Reply])
    bridges = bridge_file.check(list[Bridge])
    answered = {tag.id: tag for tag in vocabulary.tags.values() if tag.needs_reply}
    heard = {tag.id: tag for tag in vocabulary.tags.values() if tag.said}
    problems = [
        problem
        for index, reply in enumerate(replies)
        for problem in _problems(index, reply, heard if reply.unverified else answered, document)
    ]
    places = [f"{document.path}:{document.line((index,))}" for index in range(len(replies))]
    known = Replies(replies, {each: bridge.text for bridge in bridges for each in bridge.generations}, places)
    problems += [
        document.describe((), f"has no reply to {cell.tag} in {cell.scenario} for {cell.generation} on {cell.channel}")
        for cell in cells(answered.values())
        if not known.texts(cell, "")
    ]
    problems += [
        bridge_file.describe((), f"lacks {generation}") for generation in Generation if generation not in known.bridges
    ]
    problems += bridge_file.repeated([each.value for bridge in bridges for each in bridge.generations])
    problems += [
        bridge_file.describe((index,), "may hold no slot") for index, each in enumerate(bridges) if slots_in(each.text)
    ]
    if problems:
        raise DocumentError(problems)
    return known


def cells(tags: Iterable[Tag]) -> Iterator[Cell]:
    """Every place in which one of these tags must be answered."""
    for tag in tags:
        for scenario in tag.scenarios:
            for generation in Generation:
                for channel in SPOKEN:
                    for kept in (True, False):
                        yield Cell(tag.id, scenario, generation, channel, kept)


def _problems(index: int, reply: Reply, answered: Mapping[str, Tag], document: Document) -> Iterator[str]:
    tag = answered.get(reply.tag)
    if tag is None:
        what = "that a customer says" if reply.unverified else "that only a reply answers"
        yield document.describe((index, "tag"), f"{reply.tag} is no tag {what}")
        return
    for scenario in reply.scenarios:
        if reply.unverified and scenario.group is Group.MARKETING:
            yield document.describe((index, "scenarios"), f"nobody is asked who he is in {scenario}")
        if scenario not in tag.scenarios:
            yield document.describe((index, "scenarios"), f"{reply.tag} means nothing in {scenario}")
    for number, text in enumerate(reply.texts):
        if set(slots_in(text)) - ({CALLER} if reply.unverified else set()):
            yield document.describe((index, "texts", number), "may hold no slot")
