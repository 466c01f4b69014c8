"""The exception that a finding asks for which was marked as a false hit."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.lexicon.drafts import Change
from app.lexicon.examples import family_problems
from app.lexicon.files import Kind, RuleFiles, StoredRule
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import ChangeRefused, Problem, shown
from app.lexicon.refused import UnknownMark
from app.lexicon.register import Dossier
from app.lexicon.shapes import unknown_id
from app.records import DecisionLog, Mark, Marks
from guards.lexicon.examples import example_case
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.text.folding import folded_text
from guards.text.sentences import SENTENCE_END
from guards.text.words import frequencies
from guards.types import Span, Stage

_PAUSE = re.compile("[，,、：:；;。！？!?…\n]")
_LONGEST = 200
"""Characters of an example."""
_MOST_PHRASES = 200
"""With more phrases a rule is tried without those that are not written in the sentence or an example of a hit."""
_LONGEST_WORD = 4
_WIDEST = 12
"""Characters around a hit that an exception may hold: a longer one would excuse this sentence alone."""


@dataclass(frozen=True, slots=True)
class FalseHit:
    """A finding that somebody marked as a false hit. `text` as it was recorded, masked; `span` None for any place."""

    rule: str
    text: str
    span: Span | None
    note: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An exception that would do. `clause`: what stands around the hit between two pauses, where that would do too."""

    sentence: str
    hit: Span
    exception: str
    clause: str | None


async def false_hit(log: DecisionLog, marks: Marks, script_id: str, finding: int) -> FalseHit:
    """A recorded finding that was marked as a false hit. Raises UnknownMark if nobody did; StoreError."""
    decision = await log.get(script_id)
    said = await marks.of(script_id)
    notes = [each.note for each in said if each.finding == finding and each.mark is Mark.FALSE_HIT]
    if decision is None or not decision.text or not notes:
        raise UnknownMark
    found = decision.findings[finding]
    return FalseHit(found["rule"], decision.text, Span(*found["span"]) if found.get("span") else None, notes[-1])


async def draft_from_mark(
    lifecycle: Lifecycle[Change],
    log: DecisionLog,
    marks: Marks,
    script_id: str,
    finding: int,
    person: str,
    exception: str | None = None,
) -> Dossier[Change]:
    """Keep as a draft what `exception_from_mark` makes of a recorded finding that somebody marked as a false hit.

    Raises:
        UnknownMark: if nobody did.
        ChangeRefused: as `exception_from_mark`.
        StoreError: if the store does not answer.
    """
    hit = await false_hit(log, marks, script_id, finding)
    files = await lifecycle.rules()
    change = await asyncio.to_thread(exception_from_mark, files, hit.rule, hit.text, hit.span, exception)
    return await lifecycle.draft(change, person, hit.note)


def exception_from_mark(
    files: RuleFiles, rule: str, text: str, span: Span | None, exception: str | None = None
) -> Change:
    """The draft that a false hit becomes: its sentence as a near miss, and an exception that lets it pass.

    `exception`: the one that somebody wants; None for the one that is suggested. Either is proven.

    Raises:
        ChangeRefused: as `suggest_exception`, and if the exception that is wanted does not do.
        DocumentError: if the rules cannot be read.
    """
    if exception is None:
        found = suggest_exception(files, rule, text, span)
        return _change(files.rules[rule], found.sentence, found.exception)
    place = _place(files, rule, text, span)
    if not _does(place.family, _excepting(place.rule, place.sentence, exception)):
        told = (
            f"写成例外“{shown(exception)}”不行：“{shown(place.sentence)}”还是会命中，或者该命中的例句就不命中了。"
            "请从这句话里选长一点的一段，要包含命中的字。"
        )
        raise _refused("no_exception", rule, told, "with this exception the sentence is hit, or an example is not")
    return _change(files.rules[rule], place.sentence, exception)


def suggest_exception(files: RuleFiles, rule: str, text: str, span: Span | None) -> Suggestion:
    """The shortest stretch of the sentence around the hit with which the rule still finds all its own examples.

    One that cuts no word is preferred. `text` as it was recorded, masked; `span` of the finding, None for the first
    hit.

    Raises:
        ChangeRefused: if there is no such rule, the text is none that it hits, or no exception would do.
        DocumentError: if the rules cannot be read.
    """
    place = _place(files, rule, text, span)
    exception = next(_proven(place.family, place.rule, place.sentence, place.hit), None)
    if exception is None:
        told = (
            f"给规则“{rule}”找不到合适的例外：放过“{shown(place.sentence)}”的说法，也会放过它该拦的例句。"
            "请手工修改说法或例句。"
        )
        raise _refused("no_exception", rule, told, "whatever lets the sentence pass lets a hit pass too")
    clause = _clause(place.sentence, place.hit)
    is_fit = len(clause) > place.hit.end - place.hit.start and _does(
        place.family, _excepting(place.rule, place.sentence, clause)
    )
    return Suggestion(place.sentence, place.hit, exception, clause if is_fit else None)


@dataclass(frozen=True, slots=True)
class _Place:
    family: Family
    rule: PhraseRule
    sentence: str
    hit: Span


def _place(files: RuleFiles, rule: str, text: str, span: Span | None) -> _Place:
    """Where a rule hits a text. Raises ChangeRefused."""
    stored = files.rules.get(rule)
    if stored is None:
        told, meant = unknown_id(rule, files.rules)
        raise _refused(
            "unknown_id", rule, told, f"there is no rule {rule}" + (f"; did you mean {meant}?" if meant else "")
        )
    if stored.kind is not Kind.PHRASE:
        told = f"规则“{rule}”不是按说法判断的，不能加例外。请直接修改这条规则。"
        raise _refused("no_exceptions", rule, told, f"{rule} is no phrase rule")
    family, known = _owned(files, rule)
    hit = _hit(family, known, text, span)
    if hit is None:
        told = f"规则“{rule}”现在已经不拦“{shown(text)}”，不用加例外。"
        raise _refused("not_hit", rule, told, f"{rule} does not hit the text")
    return _Place(family, known, *_sentence(text, hit))


def _refused(code: str, rule: str, message: str, english: str) -> ChangeRefused:
    return ChangeRefused([Problem(code=code, rule=rule, message=message, english=english)])


def _owned(files: RuleFiles, rule: str) -> tuple[Family, PhraseRule]:
    return next((family, known) for family in files.lexicon().families for known in family.rules if known.id == rule)


def _hit(family: Family, rule: PhraseRule, text: str, span: Span | None) -> Span | None:
    """Where the rule hits the text: where the finding was, if it still does, else the first place."""
    spans = [found for found in _spans(family, rule, text) if found]
    return next((found for found in spans if span is not None and found.overlaps(span)), next(iter(spans), None))


def _spans(family: Family, rule: PhraseRule, text: str) -> list[Span]:
    case = example_case(rule)
    alone = family.model_copy(update={"rules": [rule]})
    findings = Phrases([alone])(Script((Segment(case.stage or Stage.BODY, text, text),)), case)
    return [finding.span for finding in findings if finding.span is not None]


def _sentence(text: str, hit: Span) -> tuple[str, Span]:
    """The sentence that holds a hit, no longer than an example may be, and where in it the hit is."""
    ends = [mark.end() for mark in SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= hit.start), default=0)
    end = min((end for end in ends if end >= hit.end), default=len(text))
    if end - start > _LONGEST:
        start = max(start, hit.start - _LONGEST // 2)
        end = min(end, start + _LONGEST)
    return text[start:end], Span(hit.start - start, min(hit.end, end) - start)


def _proven(family: Family, rule: PhraseRule, sentence: str, hit: Span) -> Iterator[str]:
    """Exceptions that do, the shortest first."""
    tried = _tried(family, rule, sentence)
    for exception in _stretches(sentence, hit, family):
        if _does(family, _excepting(tried, sentence, exception)) and (
            tried is rule or _does(family, _excepting(rule, sentence, exception))
        ):
            yield exception


def _stretches(sentence: str, hit: Span, family: Family) -> Iterator[str]:
    """What stands around the hit and is longer than it: what cuts no word first, then the shortest, then the first."""
    first, last = max(0, hit.start - _WIDEST), min(len(sentence), hit.end + _WIDEST)
    places = [(start, end) for start in range(first, hit.start + 1) for end in range(hit.end, last + 1)]
    seen = {folded_text(sentence[hit.start : hit.end], family.folding)}
    cut = {at for place in places for at in place if _is_within_word(sentence, at)}
    rank = {place: (not cut.isdisjoint(place), place[1] - place[0], place[0]) for place in places}
    for start, end in sorted(places, key=rank.__getitem__):
        folded = folded_text(sentence[start:end], family.folding)
        if folded not in seen:  # punctuation alone excuses nothing more
            seen.add(folded)
            yield sentence[start:end]


def _is_within_word(text: str, at: int) -> bool:
    """Whether a cut there would go through a word of the dictionary."""
    listed = frequencies()
    return any(
        text[start : start + length] in listed
        for length in range(2, _LONGEST_WORD + 1)
        for start in range(max(0, at - length + 1), at)
        if start + length <= len(text)
    )


def _clause(sentence: str, hit: Span) -> str:
    """What stands around the hit between two pauses."""
    pauses = [(mark.start(), mark.end()) for mark in _PAUSE.finditer(sentence)]
    start = max((end for _, end in pauses if end <= hit.start), default=0)
    end = min((begin for begin, _ in pauses if begin >= hit.end), default=len(sentence))
    return sentence[start:end].strip()


def _tried(family: Family, rule: PhraseRule, sentence: str) -> PhraseRule:
    """The rule, or where it has very many phrases one with those that matter here."""
    if len(rule.phrases) <= _MOST_PHRASES:
        return rule
    said = "\n".join(folded_text(text, family.folding) for text in (sentence, *rule.examples.hits))
    met = [phrase for phrase in rule.phrases if folded_text(phrase, family.folding) in said]
    return rule.model_copy(update={"phrases": met}) if met else rule


def _excepting(rule: PhraseRule, sentence: str, exception: str) -> PhraseRule:
    misses = list(dict.fromkeys((*rule.examples.misses, sentence)))
    examples = rule.examples.model_copy(update={"misses": misses})
    exceptions = list(dict.fromkeys((*rule.exceptions, exception)))
    return rule.model_copy(update={"examples": examples, "exceptions": exceptions})


def _does(family: Family, rule: PhraseRule) -> bool:
    return not any(family_problems(family.model_copy(update={"rules": [rule]})))


def _change(stored: StoredRule, sentence: str, exception: str) -> Change:
    examples: dict[str, Sequence[str]] = dict(stored.data["examples"])
    misses = list(dict.fromkeys((*examples["misses"], sentence)))
    exceptions = list(dict.fromkeys((*(stored.data.get("except") or ()), exception)))
    edited = {**stored.data, "examples": {**examples, "misses": misses}, "except": exceptions}
    return Change(f"误命中：{stored.data.get('title', stored.id)}"[:_LONGEST], edits=(edited,))
