"""What may come next in a live call, as data: intents, rules, acts and their words, checked as a whole."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.approved.events import EventType
from app.approved.replies import CALLER
from app.approved.skeleton import slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import SALUTATION, Wording
from guards.lexicon.documents import Document, DocumentError, parse_document
from guards.lexicon.rules import Strict
from guards.types import Generation, Group

INTENTS_FILE, TURNS_FILE, WORDS_FILE = "intents.yaml", "turns.yaml", "turn_words.yaml"
PROMISED_DAY, PROMISED_SUM, CALLBACK_TIME = "约定日期", "约定金额", "回电时间"
_PAUSES = re.compile("[，。？！、；：,.?!;:\\s]")
SILENCE = "silence"
"""What is heard where nothing was said; no intent of a text."""
REASONS = ("money", "job", "health", "family", "disaster")
OFFERS = ("deferral", "instalment", "waiver")
Text = Annotated[str, Field(min_length=2, max_length=160)]
Mood = Literal["calm", "tense"]
Action = Literal["speak", "handoff", "end_call"]
State = Literal["open", "verify", "body", "handle", "close"]
Awaited = Literal["identity", "begin", "time", "date", "readback", "plan", "yes_no"]


class Intent(Strict):
    """What a customer may mean. `grave`: to miss it is worse than to act in vain. `phrases` mean it as a whole.

    `words`: a pattern that means it wherever it stands, for what was not learned.
    """

    id: Annotated[str, Field(pattern="^[a-z_]+$")]
    label: str
    grave: bool
    about: str
    phrases: list[str] = []
    words: re.Pattern[str] | None = None


class Rule(Strict):
    """When an act comes next; an empty condition always holds. `act` may hold {offer} and {reason}.

    `times`: how often any of `said` must have been said.
    """

    heard: list[str] = []
    groups: list[Group] = []
    verified: bool | None = None
    awaiting: list[Awaited] = []
    mood: list[Mood] = []
    facts: list[str] = []
    no_facts: list[str] = []
    offers: Literal["any", "none", "deferral", "instalment", "waiver"] | None = None
    said: list[str] = []
    times: Annotated[int, Field(ge=1)] = 1
    unsaid: list[str] = []
    last: list[str] = []
    day: bool | None = None
    time: bool | None = None
    sum: bool | None = None
    missed: bool | None = None
    act: str


class ActGroup(Strict):
    """What acts do: end or hand over the call, which state it is in then, what is awaited, what is told of it."""

    ids: list[str] = Field(min_length=1)
    action: Action = "speak"
    state: State
    awaits: Awaited | None = None
    events: list[EventType] = []


class Opening(Strict):
    """How a call begins: who calls and that it is a machine, why, that it is recorded, the way out, one question."""

    groups: list[Group] = Field(min_length=1)
    verified: bool | None = None
    named: bool
    says: Text
    asks: Text
    awaits: Awaited


class Due(Strict):
    """What must be said once: with the first figure of these slots, or with the first of these acts.

    `unless_said`: not where these slots were said. `fees`: what is charged beside interest.
    """

    groups: list[Group] = Field(min_length=1)
    with_slots: list[str] = []
    with_acts: list[str] = []
    unless_said: list[str] = []
    fees: Literal["none", "some", "unknown"] | None = None
    text: Text


class Turns(Strict):
    """The file of openings, rules, acts and what is due."""

    openings: list[Opening] = Field(min_length=1)
    dues: list[Due]
    rules: list[Rule] = Field(min_length=1)
    acts: list[ActGroup] = Field(min_length=1)


class Words(Strict):
    """Texts of one act, any of which may be said to these customers."""

    act: str
    generations: list[Generation] = Field(min_length=1)
    moods: list[Mood] = Field(min_length=1)
    texts: list[Annotated[str, Field(min_length=4, max_length=120)]] = Field(min_length=1)


@dataclass(frozen=True)
class Book:
    """All of it. `acts` maps an act to what it does, `words` an act to its texts, `act_of` a bare text
    to its act."""

    intents: Mapping[str, Intent]
    rules: Sequence[Rule]
    acts: Mapping[str, ActGroup]
    words: Mapping[str, Sequence[Words]]
    act_of: Mapping[str, str]
    openings: Sequence[Opening]
    dues: Sequence[Due]

    @property
    def grave(self) -> list[str]:
        """Intents that end a call or hand it over."""
        return [intent.id for intent in self.intents.values() if intent.grave]

    @property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """What means an intent wherever it stands."""
        return {intent.id: intent.words for intent in self.intents.values() if intent.words is not None}

    def phrases(self) -> dict[str, list[str]]:
        """Whole utterances, and what they mean."""
        known: dict[str, list[str]] = {}
        for intent in self.intents.values():
            for phrase in intent.phrases:
                known.setdefault(phrase, []).append(intent.id)
        return known

    def texts(self, act: str, generation: Generation, mood: Mood) -> list[str]:
        """The texts of an act for this customer, those of the mood first."""
        fitting = [words for words in self.words.get(act, ()) if generation in words.generations]
        ordered = sorted(fitting, key=lambda words: mood not in words.moods)
        return [text for words in ordered for text in words.texts]


def bare(text: str) -> str:
    """A text without the pauses in it, which recognisers and engines set as they like."""
    return _PAUSES.sub("", text)


def fits(act: str, pattern: str) -> bool:
    """Whether an act is the one that is named, or begins so where the name ends with a star."""
    return act.startswith(pattern[:-1]) if pattern.endswith("*") else act == pattern


def book_of(wording: Wording, vocabulary: Vocabulary, directory: Path = Path()) -> Book:
    """The book among the files of the wording in force; `directory` is where they are said to stand.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    missing = [name for name in (INTENTS_FILE, TURNS_FILE, WORDS_FILE) if name not in wording.contents]
    if missing:
        raise DocumentError([f"{directory / name}:1: is missing" for name in missing])
    documents = {
        name: parse_document(directory / name, wording.contents[name])
        for name in (INTENTS_FILE, TURNS_FILE, WORDS_FILE)
    }
    intents = documents[INTENTS_FILE].check(list[Intent])
    turns = documents[TURNS_FILE].check(Turns)
    words = documents[WORDS_FILE].check(list[Words])
    known = {intent.id for intent in intents} | {SILENCE}
    by_act: dict[str, list[Words]] = {}
    for each in words:
        by_act.setdefault(each.act, []).append(each)
    acts = {act: group for group in turns.acts for pattern in group.ids for act in by_act if fits(act, pattern)}
    problems = [
        *documents[INTENTS_FILE].repeated([intent.id for intent in intents]),
        *_rule_problems(documents[TURNS_FILE], turns, known, by_act, vocabulary),
        *_word_problems(documents[WORDS_FILE], words, acts, vocabulary),
    ]
    if problems:
        raise DocumentError(problems)
    act_of = {bare(text): each.act for each in words for text in each.texts}
    named = {intent.id: intent for intent in intents}
    return Book(named, turns.rules, acts, by_act, act_of, turns.openings, turns.dues)


def _rule_problems(
    document: Document,
    turns: Turns,
    known: set[str],
    words: Mapping[str, Sequence[Words]],
    vocabulary: Vocabulary,
) -> Iterator[str]:
    for index, rule in enumerate(turns.rules):
        for intent in rule.heard:
            if intent not in known:
                yield document.describe(("rules", index, "heard"), f"unknown intent {intent}")
        for fact in (*rule.facts, *rule.no_facts):
            if fact not in vocabulary.facts:
                yield document.describe(("rules", index), f"unknown fact {fact}")
        for act in meant_by(rule.act):
            if act not in words:
                yield document.describe(("rules", index, "act"), f"{act} has no words")
        for pattern in (*rule.said, *rule.unsaid, *rule.last):
            if not any(fits(act, pattern) for act in words):
                yield document.describe(("rules", index), f"no act is called {pattern}")
    last = turns.rules[-1]
    if last != Rule(act=last.act):
        yield document.describe(("rules", len(turns.rules) - 1), "the last rule must hold whatever was said")


def _word_problems(
    document: Document, words: Sequence[Words], acts: Mapping[str, ActGroup], vocabulary: Vocabulary
) -> Iterator[str]:
    slots = {*vocabulary.slots, SALUTATION, CALLER, PROMISED_DAY, PROMISED_SUM, CALLBACK_TIME}
    covered: dict[str, set[Generation]] = {}
    for index, each in enumerate(words):
        if each.act not in acts:
            yield document.describe((index, "act"), f"{each.act} is no act of {TURNS_FILE}")
        covered.setdefault(each.act, set()).update(each.generations)
        for number, text in enumerate(each.texts):
            if strangers := [slot for slot in slots_in(text) if slot not in slots]:
                yield document.describe((index, "texts", number), f"unknown slots {', '.join(strangers)}")
    for act, generations in covered.items():
        if lacking := [each.value for each in Generation if each not in generations]:
            yield document.describe((), f"{act} has no words for {', '.join(lacking)}")


def meant_by(act: str) -> list[str]:
    """Every act that the act of a rule may be, {offer} and {reason} filled in."""
    offers = OFFERS if "{offer}" in act else ("",)
    reasons = REASONS if "{reason}" in act else ("",)
    return [act.replace("{offer}", offer).replace("{reason}", reason) for offer in offers for reason in reasons]
