"""Which approved wording a change of rules would stop, with word and wording: reason enough not to publish it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.lexicon.altered import Altered, altered_rules
from app.lexicon.approved import ApprovedText, ApprovedTexts, said_around
from app.lexicon.effects import FAILED, Judge, Judges
from app.lexicon.problems import Problem, Severity, shown
from app.lexicon.wording_faults import fault_problem
from app.scripts.proof import PROOF_DAY
from guards.lexicon.reader import Lexicon
from guards.lexicon.scope import china_today
from guards.policy import Institution, Policy
from guards.script import Script
from guards.types import Action, Case, Finding


@dataclass(frozen=True, slots=True)
class Stop:
    """Approved wording that a rule stops. `text` is the sentence or segment, `words` what is hit in it.

    `is_line`: a line of a model, which passes it over once it is stopped; anything else may be all that is left to say.
    """

    where: str
    text: str
    rule: str
    words: tuple[str, ...]
    is_line: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a dry run tells it."""
        kind = "line" if self.is_line else "approved"
        return {"where": self.where, "text": self.text, "rule": self.rule, "words": list(self.words), "kind": kind}


def stops(altered: Altered, approved: ApprovedTexts, judges: Judges | None = None, *, lines: bool = True) -> list[Stop]:
    """All approved wording that the altered rules stop, each once for each rule; `lines`: those of models too."""
    judge = judges.after if judges else Judge(altered.after, altered.rules, altered.institution)
    texts = [text for text in approved.texts if lines or not text.is_line]
    may_be = judge.may_object([text.script for text in texts])
    asked = (text for text, may in zip(texts, may_be, strict=True) if may)
    return merged(stop for text in asked for stop in _stopped(judge, text, approved))


def merged(found: Iterable[Stop]) -> list[Stop]:
    """Stops that were found in parts, each wording once for each rule."""
    words: dict[Stop, dict[str, None]] = {}
    for stop in found:
        words.setdefault(replace(stop, words=()), {}).update(dict.fromkeys(stop.words))
    return [replace(stop, words=tuple(said)) for stop, said in words.items()]


def stops_wording(
    before: Lexicon | None,
    after: Lexicon,
    approved: ApprovedTexts,
    institution: Institution,
    *,
    day: date | None = None,
    lines: bool = True,
) -> list[Problem]:
    """Each approved wording that rules changed since `before` would stop, and what is wrong with the wording itself.

    There is an error wherever `prove_wording` would refuse the rules, if `before` were those that it let pass last; and
    also where it would only later, when a rule comes into force. A line of a model is only warned of. `day`: today.
    """
    # A rule that ended before today still judges the example's day in the proof.
    since = min(day or china_today(), PROOF_DAY)
    altered = altered_rules(before, after, institution, since, ever=True)
    problems = [fault_problem(fault) for fault in approved.faults]
    found = stops(altered, approved, lines=lines)
    return problems + [_problem(stop, altered.after.titles.get(stop.rule, "")) for stop in found]


def stopped_by(policy: Policy, approved: ApprovedTexts, institution: Institution) -> list[Problem]:
    """What the whole policy would stop of texts that are to be approved, and what is wrong with them in any case.

    What a rule would stop only from a later day on, when it comes into force, is among it.
    """
    found = [stop for text in approved.texts if not text.is_line for stop in _all_stops(policy, text, approved)]
    if any(day > PROOF_DAY for day in policy.lexicon.changes()):
        now = {stop.rule for stop in found}
        altered = altered_rules(None, policy.lexicon, institution, PROOF_DAY, ever=True)
        found += [stop for stop in stops(altered, approved, lines=False) if stop.rule not in now]
    titles = {rule.id: rule.title for family in policy.lexicon.families for rule in family.rules}
    stopped = [_new_problem(stop, titles.get(stop.rule, "")) for stop in merged(found)]
    return [*map(fault_problem, approved.faults), *stopped]


def _all_stops(policy: Policy, text: ApprovedText, approved: ApprovedTexts) -> Iterator[Stop]:
    for finding in policy.panel.examine(text.script, text.case).findings:
        if finding.action > Action.ALLOW:
            span = finding.span
            words = (text.script.text[span.start : span.end],) if span else ()
            yield Stop(*_wording(text, finding, text.script, approved), finding.rule, words)


def _stopped(judge: Judge, text: ApprovedText, approved: ApprovedTexts) -> Iterator[Stop]:
    objections = judge.objections(text.script, text.case)
    if objections and text.is_line:
        cases = (replace(text.case, channel=channel) for channel in text.channels)
        case = next((case for case in cases if judge.objections(text.script, case)), None)
        if case is None:
            return
        text = replace(text, case=case)
    if FAILED in {finding.rule for finding in objections}:  # whatever broke would break again
        yield Stop(text.place, text.script.text, FAILED, (), text.is_line)
    elif objections:
        for finding, form in judge.hits(text.script, text.case):
            words = (form.text[finding.span.start : finding.span.end],) if finding.span else ()
            yield Stop(*_wording(text, finding, form, approved), finding.rule, words, text.is_line)


def _wording(text: ApprovedText, finding: Finding, form: Script, approved: ApprovedTexts) -> tuple[str, str]:
    """Where the wording stands in which something was found, and how it reads there."""
    if finding.span is None:
        return text.place, text.script.text
    index, sentence = said_around(text.script, form, finding.span.start)
    if not text.is_line:
        segment = text.script.segments[index].text
        if known := _template(segment, text.case, approved) or _template(sentence, text.case, approved):
            return known
    return text.place, sentence


def _template(said: str, case: Case, approved: ApprovedTexts) -> tuple[str, str] | None:
    return next(((each.place, each.text) for each in approved.templates if each.reads(said, case)), None)


def _new_problem(stop: Stop, title: str) -> Problem:
    file, _, line = stop.where.rpartition(":")
    rule = f"规则“{stop.rule}”（{title}）" if title else f"规则“{stop.rule}”"
    if stop.words:
        hit = "、".join(f"“{shown(word)}”" for word in stop.words)
        told = f"{rule}会拦下“{stop.text}”里的{hit}，请换个说法。"
    else:
        told = f"{rule}要求的内容，“{stop.text}”没有说到，请补上。"
    return Problem(
        code="stopped_by_rule",
        rule=stop.rule,
        word="、".join(stop.words) or None,
        file=file,
        line=int(line) if line.isdigit() else None,
        message=told,
        english=f"{stop.rule} stops it: {stop.where}",
    )


def _problem(stop: Stop, title: str) -> Problem:
    file, _, line = stop.where.rpartition(":")
    rule = f"规则“{stop.rule}”（{title}）" if title else f"规则“{stop.rule}”"
    hit = "里的" + "、".join(f"“{shown(word)}”" for word in stop.words) if stop.words else ""
    if stop.is_line:
        told = f"{rule}会拦下模型可以说的句子“{stop.text}”（{stop.where}）{hit}，发布以后模型就不再说它。"
        english = f"{stop.rule} stops a line of the model: {stop.where}"
    elif stop.words:
        told = (
            f"{rule}会拦下已审定的话术“{stop.text}”（{stop.where}）{hit}，不能发布。"
            "请把词写长一点、加上例外，或者先修改这条话术。"
        )
        english = f"{stop.rule} stops approved wording: {stop.where}"
    else:
        told = f"{rule}要求的内容，已审定的话术“{stop.text}”（{stop.where}）没有说到，不能发布。请先修改话术或规则。"
        english = f"{stop.rule} asks for what approved wording does not say: {stop.where}"
    return Problem(
        code="stops_line" if stop.is_line else "stops_wording",
        severity=Severity.WARNING if stop.is_line else Severity.ERROR,
        rule=stop.rule,
        word="、".join(stop.words) or None,
        file=file,
        line=int(line) if line.isdigit() else None,
        message=told,
        english=english,
    )
