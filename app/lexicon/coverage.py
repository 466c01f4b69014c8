"""Is a phrase found already by a shorter one, of its own rule or of another that applies wherever it does?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from guards.lexicon.rules import Family, PhraseRule
from guards.types import Channel, Group, Role, Scenario, Stage

_SURE = 3
"""Shorter phrases are taken for parts of other words where those are likelier, so they cover nothing for sure."""
SWITCHES = ("homophones", "near_sounds", "look_alikes", "initials")
"""In which disguises a family finds its words beyond its folding."""
_EVERYWHERE = {
    "scenarios": frozenset(Scenario),
    "stages": frozenset(Stage),
    "channels": frozenset(Channel),
    "callees": frozenset({"verified", "unverified", *Role}),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a rule, as it is folded."""

    folded: str
    family: Family
    rule: PhraseRule
    index: int

    @property
    def word(self) -> str:
        """As it is written."""
        return self.rule.phrases[self.index]


def covered(phrases: Iterable[Phrase], all_phrases: Iterable[Phrase]) -> Iterator[tuple[Phrase, Phrase]]:
    """Each of the phrases that need not be written, and the one that finds it.

    A phrase of the same rule covers it if it is part of it, or the same and written earlier. One of another rule does
    so if that rule applies wherever this one does and asks for as much.
    """
    owners: dict[str, list[Phrase]] = {}
    for phrase in all_phrases:
        owners.setdefault(phrase.folded, []).append(phrase)
    automaton = ahocorasick.Automaton()
    for folded in owners:
        automaton.add_word(_key(folded), folded)
    if not len(automaton):
        return
    automaton.make_automaton()
    for phrase in phrases:
        found = dict.fromkeys(folded for _, folded in automaton.iter(_key(phrase.folded)))
        cover = next((by for folded in found for by in owners[folded] if _covers(by, phrase)), None)
        if cover is not None:
            yield phrase, cover


def held(words: Iterable[str], texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of the words with each text that it is part of: in one reading of every text, however many words."""
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(_key(word), word)
    if not len(automaton):
        return
    automaton.make_automaton()
    for text in texts:
        for word in dict.fromkeys(found for _, found in automaton.iter(_key(text))):
            yield word, text


def _covers(by: Phrase, phrase: Phrase) -> bool:
    if by.folded == phrase.folded and by.rule.id == phrase.rule.id:
        return by.index < phrase.index
    if by.folded != phrase.folded and len(by.folded) < _SURE:
        return False
    # What an exception takes out of the shorter one may be what the longer one is for.
    if any(by.word in exception for exception in by.rule.exceptions):
        return False
    return by.rule.id == phrase.rule.id or (_reads_more(by.family, phrase.family) and is_wider(by.rule, phrase.rule))


def _reads_more(family: Family, other: Family) -> bool:
    """Whether a family finds its words in every disguise in which the other does."""
    if family.only_in_disguise and not other.only_in_disguise:
        return False
    return family.folding is other.folding and all(
        getattr(family, switch) or not getattr(other, switch) for switch in SWITCHES
    )


def is_wider(rule: PhraseRule, other: PhraseRule) -> bool:
    """Whether a rule applies wherever another does, and asks for as much."""
    if rule.severity < other.severity or rule.unless_fact or not rule.excuses <= other.excuses:
        return False
    if rule.effective.since > other.effective.since or not _lasts(rule, other):
        return False
    return all(_reach(rule, name) >= _reach(other, name) for name in _EVERYWHERE)


def _lasts(rule: PhraseRule, other: PhraseRule) -> bool:
    until, needed = rule.effective.until, other.effective.until
    return until is None or (needed is not None and needed <= until)


def _reach(rule: PhraseRule, name: str) -> frozenset[object]:
    listed = getattr(rule, name)
    if not listed:
        return _EVERYWHERE[name]
    opened: set[object] = set()
    for each in listed:
        opened |= {scenario for scenario in Scenario if scenario.group is each} if isinstance(each, Group) else {each}
    return frozenset(opened)


def _key(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
