"""Find the rules of one folding in a text: as it was written, with disguises undone, by sound and by look."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

from guards.lexicon.rules import Family, PhraseRule
from guards.lexicon.scope import concerns
from guards.phrases.matcher import Matcher, Wanted
from guards.phrases.negation import is_negated_or_quoted
from guards.phrases.sounds import Phrase, Sounds
from guards.text.disguises import (
    Doubles,
    numerals_in,
    undisguised_words,
    undo_disguises,
    unfinished,
    with_chinese_numerals,
    with_words_for_symbols,
)
from guards.text.folding import Folded, Folding, folded_text
from guards.text.lookalikes import risky_look_alikes
from guards.text.reading import Reading
from guards.text.sentences import SENTENCE_END, SENTENCE_MARKS
from guards.text.words import is_part_of_other_words
from guards.types import Scenario, Span

_CROSSING = 4
"""Shorter phrases, patterns and neighbours do not reach from one sentence into the next; the long are no accident."""
_UNCUT = 3
"""From so many characters on, words that reach across the ends of a phrase do not explain it away."""
_PAUSE = re.compile(f"[，,、：:!?;…\n{SENTENCE_MARKS}]")
_SPACE_OF_NUMBER = re.compile("(?<=[0-9a-z%]) (?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) (?=[0-9a-z])")


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule and where something of it was found; `folded` is the spelling that was searched."""

    rule: int
    span: Span
    start: int
    end: int
    folded: Folded
    kind: str

    @property
    def read(self) -> str:
        """What was found, as it was read."""
        return self.folded.text[self.start : self.end]

    @property
    def crosses(self) -> bool:
        """Whether it may reach from one sentence into the next."""
        return self.kind == "phrase" and self.end - self.start >= _CROSSING


class _Spelt(NamedTuple):
    """A phrase as it is folded, and as undisguised texts have it, with the doubles that are genuine."""

    folded: str
    undisguised: str
    doubles: Doubles


class Search:
    """All rules of one folding, found as they are folded."""

    def __init__(self, folding: Folding, families: Sequence[Family]) -> None:
        self.folding = folding
        self.rules = [rule for family in families for rule in family.rules]
        self._exceptions = [_exceptions(rule.exceptions, folding) for rule in self.rules]
        self._concerned: dict[Scenario | None, Callable[[int], bool]] = {
            scenario: [concerns(rule, scenario) for rule in self.rules].__getitem__ for scenario in (None, *Scenario)
        }
        owned = [(family, rule) for family in families for rule in family.rules]
        self._matcher = Matcher(self._wanted(owned), lambda word: _ways(word, folding))

    def _wanted(self, owned: Sequence[tuple[Family, PhraseRule]]) -> Iterator[Wanted]:
        for _, rule in owned:
            yield _looked_for(rule, [(_folded(rule, phrase, self.folding), ()) for phrase in rule.phrases])

    def find(self, text: Reading, scenario: Scenario | None) -> Iterator[tuple[PhraseRule, Span]]:
        """Every rule that concerns the scenario, and the span of the original; exceptions taken out."""
        for found in self._find(text, self._concerned[scenario]):
            rule, span = self.rules[found.rule], found.span
            if not found.crosses and SENTENCE_END.search(text.raw, span.start + 1, span.end - 1):
                continue
            if _is_excepted(found, self._exceptions[found.rule], text.raw):
                continue
            # Whoever disguises a word means it: only plain words are looked at for a negation or a quotation.
            if found.kind != "sound" and _is_plain(text.raw[span.start : span.end], found.read):
                if span.end - span.start < _UNCUT and is_part_of_other_words(text.raw, span.start, span.end):
                    continue
                if not rule.even_if_negated and is_negated_or_quoted(text.raw, span):
                    continue
            yield rule, span

    def _find(self, text: Reading, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        return _matched(self._matcher, text.folded(self.folding), None, wanted)

    def may_continue(self, text: Reading, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        return _is_begun(self._matcher, text.folded(self.folding), end)


class TightSearch(Search):
    """All rules of the folding TIGHT, found also with disguises undone, by sound and by look."""

    def __init__(self, families: Sequence[Family]) -> None:
        super().__init__(Folding.TIGHT, families)
        owned = [(family, rule) for family in families for rule in family.rules]
        self._sounds = Sounds(by_sound(families))
        self._numerals = frozenset(chain.from_iterable(map(_parts, _numerals_of(self.rules))))
        self._alike = Matcher(_look_alikes(owned), lambda word: ())

    def _wanted(self, owned: Sequence[tuple[Family, PhraseRule]]) -> Iterator[Wanted]:
        for family, rule in owned:
            phrases: dict[tuple[str, Doubles], None] = {}
            for phrase in rule.phrases:
                folded, undisguised, doubles = _spelt(rule, phrase)
                phrases[folded, ()] = None
                phrases[undisguised, doubles] = None
                if family.look_alikes and (alike := undisguised.translate(_alike_characters())) != undisguised:
                    phrases[alike, doubles] = None
            yield _looked_for(rule, list(phrases))

    def _find(self, text: Reading, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        yield from self._found_in(text.tight, wanted)
        if spoken := with_words_for_symbols(text.plain):
            yield from self._found_in(spoken, wanted)

    def _found_in(self, folded: Folded, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        yield from self._in_spelling(folded, None, wanted)
        if (undisguised := undo_disguises(folded, self._numerals.__contains__)) is not None:
            yield from self._in_spelling(undisguised.folded, undisguised.runs, wanted)

    def _in_spelling(
        self, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]
    ) -> Iterator[_Found]:
        """What is found in one spelling of the text; `runs` None: as it was written."""
        seen = set()
        for found in _matched(self._matcher, folded, runs, wanted):
            seen.add((found.rule, found.start, found.end))
            yield found
        for hit in self._sounds.hits(folded.text, runs):
            if wanted(hit.rule) and not (runs and (folded.is_within(hit.start) or folded.is_within(hit.end))):
                yield _Found(hit.rule, folded.span(hit.start, hit.end), hit.start, hit.end, folded, "sound")
        if _risky().search(folded.text):
            for found in _matched(self._alike, _alike(folded), runs, wanted):
                if (found.rule, found.start, found.end) not in seen:
                    yield found

    def may_continue(self, text: Reading, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        folded = text.tight
        if any(folded.origins[-rest] < end for rest in unfinished(folded.text)):
            return True
        return any(
            _is_begun(self._matcher, form, end) or _is_begun(self._alike, _alike(form), end)
            for form in self._forms(text)
        )

    def _forms(self, text: Reading) -> Iterator[Folded]:
        """A text that breaks off as it is searched; what may be the first part of a character is read without it."""
        folded = text.tight
        yield folded
        if spoken := with_words_for_symbols(text.plain):
            yield spoken
        for rest in (0, *unfinished(folded.text)):
            whole = Folded(folded.text[: len(folded.text) - rest], lambda: folded.offsets) if rest else folded
            undisguised = undo_disguises(whole, self._numerals.__contains__)
            yield whole if undisguised is None else undisguised.folded


def by_sound(families: Iterable[Family]) -> Iterator[Phrase]:
    """The phrases of tight families as they are looked for by sound; rules are named by their place."""
    owned = [(family, rule) for family in families for rule in family.rules]
    for index, (family, rule) in enumerate(owned):
        for phrase in rule.phrases:
            folded, undisguised, doubles = _spelt(rule, phrase)
            # As written too: of what only sounds like 百分之百 or 人人, nothing is undone.
            for text, genuine in dict.fromkeys(((folded, ()), (undisguised, doubles))):
                yield Phrase(text, index, family.homophones, family.initials, genuine)


def _folded(rule: PhraseRule, phrase: str, folding: Folding) -> str:
    folded = folded_text(phrase, folding)
    if not folded:
        raise ValueError(f"{rule.id}: nothing is left of the phrase {phrase!r} after folding")
    return folded


def _spelt(rule: PhraseRule, phrase: str) -> _Spelt:
    folded = _folded(rule, phrase, Folding.TIGHT)
    return _Spelt(folded, *undisguised_words(folded))


def _looked_for(rule: PhraseRule, phrases: Sequence[tuple[str, Doubles]]) -> Wanted:
    return Wanted(phrases, [re.compile(pattern) for pattern in rule.patterns], rule.near)


def _ways(word: str, folding: Folding) -> tuple[str, ...]:
    """How a word of a rule is spelt in the texts of a folding; nothing where folding leaves nothing of it."""
    folded = folded_text(word, folding)
    undisguised = undisguised_words(folded)[0] if folding is Folding.TIGHT else folded
    return tuple(dict.fromkeys(filter(None, (folded, undisguised))))


def _exceptions(words: Iterable[str], folding: Folding) -> tuple[tuple[str, bool], ...]:
    """The spellings of the exceptions, and whether each was written with a pause."""
    return tuple(
        dict.fromkeys((way, _PAUSE.search(word) is not None) for word in words for way in _ways(word, folding))
    )


def _numerals_of(rules: Iterable[PhraseRule]) -> Iterator[str]:
    """Every run of numerals in the words of the rules, as undisguised texts spell it."""
    for rule in rules:
        pairs = chain.from_iterable((*near.words, *near.with_) for near in rule.near)
        for word in (*rule.phrases, *pairs, *rule.exceptions):
            yield from numerals_in(undisguised_words(folded_text(word, Folding.TIGHT))[0])


def _parts(run: str) -> Iterator[str]:
    return (run[start:end] for start in range(len(run)) for end in range(start + 1, len(run) + 1))


def _look_alikes(owned: Sequence[tuple[Family, PhraseRule]]) -> Iterator[Wanted]:
    for family, rule in owned:
        spelt = [_spelt(rule, phrase) for phrase in rule.phrases] if family.look_alikes else []
        yield Wanted([(each.undisguised.translate(_alike_characters()), each.doubles) for each in spelt], (), ())


def _alike(folded: Folded) -> Folded:
    return Folded(folded.text.translate(_alike_characters()), lambda: folded.offsets)


@cache
def _risky() -> re.Pattern[str]:
    return re.compile(f"[{''.join(risky_look_alikes())}]")


@cache
def _alike_characters() -> dict[int, str]:
    return str.maketrans(dict(risky_look_alikes()))


def _is_begun(matcher: Matcher, form: Folded, end: int) -> bool:
    return matcher.is_begun(form.text, bisect_left(form.origins, end, 0, len(form.text)))


def _matched(
    matcher: Matcher, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]
) -> Iterator[_Found]:
    for rule, start, end, kind in matcher.hits(folded, runs, wanted):
        if runs is not None and (folded.is_within(start) or folded.is_within(end)):
            continue  # 零门槛 is not in what 7.20 became
        yield _Found(rule, folded.span(start, end), start, end, folded, kind)


def _is_plain(written: str, read: str) -> bool:
    """Whether the words were written as anybody would, whatever the script, the numerals and the spaces around them."""
    plain = folded_text(written, Folding.PLAIN)
    if len(plain) != len(written):
        return False
    plain = _SPACE_OF_NUMBER.sub("", plain)
    return plain == read or with_chinese_numerals(plain) == with_chinese_numerals(read)


def _is_excepted(found: _Found, exceptions: Sequence[tuple[str, bool]], text: str) -> bool:
    """Whether the hit lies wholly inside an occurrence of one of the exceptions.

    It must be said without a pause around the hit, unless the exception has one itself: 难不？必过！ is no 不必过.
    """
    for exception, has_pause in exceptions:
        reach = len(exception) - (found.end - found.start)
        low = max(0, found.start - reach)
        if reach < 0 or (at := found.folded.text.find(exception, low, found.end + reach)) < 0:
            continue
        place = found.folded.span(at, at + len(exception))
        before, after = text[place.start : found.span.start], text[found.span.end : place.end]
        if has_pause or not (_PAUSE.search(before) or _PAUSE.search(after)):
            return True
    return False
