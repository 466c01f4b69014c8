"""The exception that a finding asks for which was marked as a false hit."""

import asyncio
from collections.abc import Iterator, Sequence

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
from guards.types import Span, Stage

_LONGEST = 200
"""Characters of an example."""
_MOST_PHRASES = 200
"""With more phrases a rule is tried without those that are not written in the sentence or an example of a hit."""
_WIDEST = 12
"""Characters around a hit that an exception may hold: a longer one would excuse this sentence alone."""


async def draft_from_mark(
    lifecycle: Lifecycle[Change], log: DecisionLog, marks: Marks, script_id: str, finding: int, person: str
) -> Dossier[Change]:
    """Keep as a draft what `exception_from_mark` makes of a recorded finding that somebody marked as a false hit.

    Raises:
        UnknownMark: if nobody did.
        ChangeRefused: as `exception_from_mark`.
        StoreError: if the store does not answer.
    """
    decision = await log.get(script_id)
    said = await marks.of(script_id)
    notes = [each.note for each in said if each.finding == finding and each.mark is Mark.FALSE_HIT]
    if decision is None or not decision.text or not notes:
        raise UnknownMark
    found, text = decision.findings[finding], decision.text
    span = Span(*found["span"]) if found.get("span") else None
    files = await lifecycle.rules()
    change = await asyncio.to_thread(exception_from_mark, files, found["rule"], text, span)
    return await lifecycle.draft(change, person, notes[-1])


def exception_from_mark(files: RuleFiles, rule: str, text: str, span: Span | None) -> Change:
    """The draft that a false hit becomes: its sentence as a near miss, and an exception that lets it pass.

    The exception is the shortest stretch of the sentence around the hit with which the rule still finds all its own
    examples; both were proven. `text` as it was recorded, masked; `span` of the finding, None for the first hit.

    Raises:
        ChangeRefused: if there is no such rule, the text is none that it hits, or no exception would do.
        DocumentError: if the rules cannot be read.
    """
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
    sentence, within = _sentence(text, hit)
    for exception in _proven(family, known, sentence, within):
        return _change(stored, sentence, exception)
    told = (
        f"给规则“{rule}”找不到合适的例外：放过“{shown(sentence)}”的说法，也会放过它该拦的例句。请手工修改说法或例句。"
    )
    raise _refused("no_exception", rule, told, "whatever lets the sentence pass lets a hit pass too")


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
    """What stands around the hit and is longer than it, the shortest first; of one length what begins earliest."""
    first, last = max(0, hit.start - _WIDEST), min(len(sentence), hit.end + _WIDEST)
    places = [(start, end) for start in range(first, hit.start + 1) for end in range(hit.end, last + 1)]
    seen = {folded_text(sentence[hit.start : hit.end], family.folding)}
    for start, end in sorted(places, key=lambda place: (place[1] - place[0], place[0])):
        folded = folded_text(sentence[start:end], family.folding)
        if folded not in seen:  # punctuation alone excuses nothing more
            seen.add(folded)
            yield sentence[start:end]


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
