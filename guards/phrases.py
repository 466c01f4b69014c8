"""Words that must not be said: all hits in every disguise, overlapping, with exceptions and conditions."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from guards.alike import RISKY_LOOK_ALIKES
from guards.conditions import holds, is_decidable
from guards.context import is_disowned
from guards.matching import Matcher, Wanted
from guards.numbers import extract
from guards.places import applies, concerns, stage_at
from guards.readings import frequencies, readings
from guards.respelling import (
    Doubles,
    numerals_in,
    respell,
    spell,
    unfinished,
    with_chinese_numerals,
    with_words_for_symbols,
)
from guards.rules import Family, PhraseRule
from guards.segmentation import is_cut
from guards.sentences import SENTENCE_END, SENTENCE_MARKS, Sentences
from guards.sounds import Phrase, Sounds
from guards.statement import states
from guards.text import Folded, Folding, fold
from guards.types import Case, Finding, Scenario, Script, Span

_CROSSING = 4
"""Shorter phrases, patterns and neighbours do not reach from one sentence into the next; the long are no accident."""
_UNCUT = 3
"""From so many characters on, words that reach across the ends of a phrase do not explain it away."""
_PAUSE = re.compile(f"[，,、：:!?;…\n{SENTENCE_MARKS}]")
_SPACE_OF_NUMBER = re.compile("(?<=[0-9a-z%]) (?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) (?=[0-9a-z])")
_ALIKE = str.maketrans(RISKY_LOOK_ALIKES)
_HAS_ALIKE = re.compile(f"[{''.join(RISKY_LOOK_ALIKES)}]" if RISKY_LOOK_ALIKES else "(?!)")


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


class _Group:
    """All rules of one folding."""

    def __init__(self, folding: Folding, families: Sequence[Family]) -> None:
        self.folding = folding
        self.rules = [rule for family in families for rule in family.rules]
        self._exceptions = [_exceptions(rule.exceptions, folding) for rule in self.rules]
        self._concerned: dict[Scenario | None, Callable[[int], bool]] = {
            scenario: [concerns(rule, scenario) for rule in self.rules].__getitem__ for scenario in (None, *Scenario)
        }
        owned = [(family, rule) for family in families for rule in family.rules]
        self._matcher = Matcher((_wanted(*each) for each in owned), lambda word: _ways(word, folding))
        self._numerals: frozenset[str] = frozenset()
        self._sounds: Sounds | None = None
        self._alike: Matcher | None = None
        if folding is Folding.TIGHT:
            owners = [family for family in families for _ in family.rules]
            self._sounds = Sounds(_by_sound(self.rules, owners))
            self._numerals = frozenset(chain.from_iterable(map(_parts, _numerals_of(self.rules))))
            self._alike = Matcher(_look_alikes(self.rules, owners), lambda word: ())

    def find(self, text: str, scenario: Scenario | None) -> Iterator[tuple[PhraseRule, Span]]:
        """Every rule that concerns the scenario, and the span of the original; exceptions taken out."""
        for found in self._find(text, self._concerned[scenario]):
            rule, span = self.rules[found.rule], found.span
            if not found.crosses and SENTENCE_END.search(text, span.start + 1, span.end - 1):
                continue
            if _is_excepted(found, self._exceptions[found.rule], text):
                continue
            # Who disguises a word stands by it.
            if found.kind != "sound" and _is_plain(text[span.start : span.end], found.read):
                if span.end - span.start < _UNCUT and is_cut(text, span.start, span.end):
                    continue
                if not rule.even_disowned and is_disowned(text, span):
                    continue
            yield rule, span

    def _find(self, text: str, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        folded = fold(text, self.folding)
        yield from self._found_in(folded, wanted)
        if self.folding is Folding.TIGHT and (spoken := with_words_for_symbols(text)):
            yield from self._found_in(spoken, wanted)

    def _found_in(self, folded: Folded, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        yield from self._spelt(folded, None, wanted)
        if self.folding is Folding.TIGHT and (respelt := respell(folded, self._numerals.__contains__)):
            yield from self._spelt(respelt.folded, respelt.runs, wanted)

    def _spelt(self, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]) -> Iterator[_Found]:
        """What is found in one spelling of the text; `runs` None: as it was written."""
        seen = set()
        for found in _matched(self._matcher, folded, runs, wanted):
            seen.add((found.rule, found.start, found.end))
            yield found
        if self._sounds is None or self._alike is None:
            return
        for hit in self._sounds.hits(folded.text, runs):
            if wanted(hit.rule) and not (runs and (folded.is_within(hit.start) or folded.is_within(hit.end))):
                yield _Found(hit.rule, folded.span(hit.start, hit.end), hit.start, hit.end, folded, "sound")
        if _HAS_ALIKE.search(folded.text):
            alike = Folded(folded.text.translate(_ALIKE), lambda: folded.places)
            for found in _matched(self._alike, alike, runs, wanted):
                if (found.rule, found.start, found.end) not in seen:
                    yield found

    def may_go_on(self, text: str, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        folded = fold(text, self.folding)
        if self._alike is not None and any(folded.origins[-rest] < end for rest in unfinished(folded.text)):
            return True
        return any(self._is_begun(form, end) for form in self._forms(text, folded))

    def _forms(self, text: str, folded: Folded) -> Iterator[Folded]:
        """A text that breaks off as it is searched; what may be the first part of a character is read without it."""
        yield folded
        if self._alike is None:
            return
        if spoken := with_words_for_symbols(text):
            yield spoken
        for rest in (0, *unfinished(folded.text)):
            whole = Folded(folded.text[: len(folded.text) - rest], lambda: folded.places) if rest else folded
            respelt = respell(whole, self._numerals.__contains__)
            yield whole if respelt is None else respelt.folded

    def _is_begun(self, form: Folded, end: int) -> bool:
        before = bisect_left(form.origins, end, 0, len(form.text))
        return self._matcher.is_begun(form.text, before) or (
            self._alike is not None and self._alike.is_begun(form.text.translate(_ALIKE), before)
        )


class Phrases:
    """The guard that looks for banned words in the written and, by way of the panel, the spoken form."""

    name = "phrases"

    def __init__(self, families: Iterable[Family]) -> None:
        by_folding: dict[Folding, list[Family]] = {}
        for family in families:
            by_folding.setdefault(family.folding, []).append(family)
        frequencies(), readings()  # so that no request waits for the dictionaries, or finds them missing
        self._groups = [_Group(folding, group) for folding, group in by_folding.items()]

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """Findings with spans in `script.text`, in order of position."""
        found: dict[tuple[str, Span], Finding] = {}
        statements = _Statements(script.text, case)
        for rule, span in chain.from_iterable(group.find(script.text, case.scenario) for group in self._groups):
            if (rule.id, span) not in found and _is_in_scope(rule, span, script, case, statements):
                found[rule.id, span] = Finding(rule.id, self.name, rule.severity, rule.reason, span)
        return sorted(_without_covered(found.values()), key=lambda finding: (finding.span or Span(0, 1)).start)

    def may_go_on(self, text: str, end: int) -> bool:
        """Whether a phrase that began before `end` may go on behind the end of `text`."""
        return any(group.may_go_on(text, end) for group in self._groups)


def _ways(word: str, folding: Folding) -> tuple[str, ...]:
    """How a word of a rule is spelt in the texts of a folding; nothing where folding leaves nothing of it."""
    folded = fold(word, folding).text
    respelt = spell(folded)[0] if folding is Folding.TIGHT else folded
    return tuple(dict.fromkeys(filter(None, (folded, respelt))))


def _exceptions(words: Iterable[str], folding: Folding) -> tuple[tuple[str, bool], ...]:
    """The spellings of the exceptions, and whether each was written with a pause."""
    return tuple(
        dict.fromkeys((way, _PAUSE.search(word) is not None) for word in words for way in _ways(word, folding))
    )


def _wanted(family: Family, rule: PhraseRule) -> Wanted:
    phrases: dict[tuple[str, Doubles], None] = {}
    for phrase in rule.phrases:
        folded = fold(phrase, family.folding).text
        if not folded:
            raise ValueError(f"{rule.id}: nothing is left of the phrase {phrase!r} after folding")
        phrases[folded, ()] = None
        if family.folding is Folding.TIGHT:
            respelt, doubles = spell(folded)
            if respelt != folded:
                phrases[respelt, doubles] = None
            if family.look_alikes and (alike := respelt.translate(_ALIKE)) != respelt:
                phrases[alike, doubles] = None
    return Wanted(list(phrases), [re.compile(pattern) for pattern in rule.patterns], rule.near)


def _numerals_of(rules: Iterable[PhraseRule]) -> Iterator[str]:
    """Every run of numerals in the words of the rules, as respelt texts spell it."""
    for rule in rules:
        pairs = chain.from_iterable((*near.words, *near.with_) for near in rule.near)
        for word in (*rule.phrases, *pairs, *rule.exceptions):
            yield from numerals_in(spell(fold(word, Folding.TIGHT).text)[0])


def _parts(run: str) -> Iterator[str]:
    return (run[start:end] for start in range(len(run)) for end in range(start + 1, len(run) + 1))


def _by_sound(rules: Sequence[PhraseRule], owners: Sequence[Family]) -> Iterator[Phrase]:
    for index, (rule, family) in enumerate(zip(rules, owners, strict=True)):
        for phrase in rule.phrases:
            folded = fold(phrase, Folding.TIGHT).text
            # As written too: of what only sounds like 百分之百 or 人人, nothing is respelt.
            for text, doubles in dict.fromkeys(((folded, ()), spell(folded))):
                yield Phrase(text, index, family.homophones, family.initials, doubles)


def _look_alikes(rules: Sequence[PhraseRule], owners: Sequence[Family]) -> Iterator[Wanted]:
    for rule, family in zip(rules, owners, strict=True):
        phrases = rule.phrases if family.look_alikes else []
        spelt = (spell(fold(phrase, Folding.TIGHT).text) for phrase in phrases)
        yield Wanted([(text.translate(_ALIKE), doubles) for text, doubles in spelt], (), ())


def _matched(
    matcher: Matcher, folded: Folded, runs: Sequence[int] | None, wanted: Callable[[int], bool]
) -> Iterator[_Found]:
    for rule, start, end, kind in matcher.hits(folded, runs, wanted):
        if runs is not None and (folded.is_within(start) or folded.is_within(end)):
            continue  # 零门槛 is not in what 7.20 was respelt to
        yield _Found(rule, folded.span(start, end), start, end, folded, kind)


def _is_plain(written: str, read: str) -> bool:
    """Whether the words were written as anybody would, whatever the script, the numerals and the spaces around them."""
    plain = fold(written, Folding.PLAIN).text
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


class _Statements:
    """Which facts the sentences of a text state, looked up once for each sentence."""

    def __init__(self, text: str, case: Case) -> None:
        self._text = text
        self._case = case
        self._sentences = Sentences(text)
        self._known: dict[tuple[Span, str], bool] = {}

    def bear_out(self, rule: PhraseRule, span: Span) -> bool:
        """Whether the sentence of the hit or the one after it states the facts on which the exemption depends."""
        return all(self._states(self._sentences.around(span), name) for name in rule.stating)

    def _states(self, place: Span, name: str) -> bool:
        if (place, name) not in self._known:
            fact = self._case.fact(name)
            numbers = extract(self._text[place.start : place.end])
            self._known[place, name] = fact is not None and states(numbers, fact)
        return self._known[place, name]


def _is_in_scope(rule: PhraseRule, span: Span, script: Script, case: Case, statements: _Statements) -> bool:
    if not applies(rule, case) or not is_decidable(rule.unless_fact, case):
        return False
    if rule.unless_fact and holds(rule.unless_fact, case) and statements.bear_out(rule, span):
        return False
    if not rule.stages:
        return True
    stage = case.stage or stage_at(script, span.start)
    return stage is None or stage in rule.stages


def _without_covered(findings: Iterable[Finding]) -> list[Finding]:
    """Without hits that lie inside a longer hit of the same rule."""
    kept: list[Finding] = []
    reach: dict[str, int] = {}
    for finding in sorted(findings, key=_place):
        # Of what begins no later, the furthest end tells: a text of nothing but hits must not take quadratic time.
        _, negative_end = _place(finding)
        if -negative_end > reach.get(finding.rule, -1):
            reach[finding.rule] = -negative_end
            kept.append(finding)
    return kept


def _place(finding: Finding) -> tuple[int, int]:
    """Orders by start, and of those that start together the longest first."""
    return (finding.span.start, -finding.span.end) if finding.span else (0, 0)
