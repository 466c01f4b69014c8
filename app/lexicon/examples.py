"""Do the rules of a change find their own examples, and leave their near misses alone?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.lexicon.causes import Cause, cause_of
from app.lexicon.problems import Problem, shown
from guards.disclosures import Disclosures
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.examples import always_in_force, example_case
from guards.lexicon.numbers import NumberRules
from guards.lexicon.roles import FigureRoles
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.guard import Phrases
from guards.policy import Institution
from guards.script import Script, Segment
from guards.types import Case, Finding, Stage

EXAMPLE_CODES = frozenset({"hit_not_found", "miss_is_hit"})
"""What is said of a rule that judges its own examples otherwise than it should."""
_ADVICE = "请把说法写长一点，或者把这种句子里的说法写进“例外”（except）。"
_MOST_EXPLAINED = 10
"""Near misses of a change of which it is told through which word they are hit: each takes some compiling."""
Judge = Callable[[Script, Case], Sequence[Finding]]


def family_problems(family: Family) -> Iterator[Problem]:
    """Of phrase rules; the family need hold no others than those that are asked about, since each judges alone."""
    explained = 0
    for problem in _problems(family.rules, Phrases([family]), {}):
        if problem.code != "miss_is_hit" or explained == _MOST_EXPLAINED:
            yield problem
            continue
        explained += 1
        rule = next(rule for rule in family.rules if rule.id == problem.rule)
        yield _explained(problem, cause_of(family, rule, *_said(rule, problem.word or "")))


def disclosure_problems(rules: Sequence[DisclosureRule], institution: Institution) -> Iterator[Problem]:
    """Of rules on what must be said."""
    judge = Disclosures(rules, institution=institution.full_name, hotline=institution.hotline)
    yield from _problems(rules, judge, {"institution": institution.full_name, "hotline": institution.hotline})


def number_problems(rules: NumberRules, roles: FigureRoles, wanted: set[str]) -> Iterator[Problem]:
    """Of the rules on numbers of these ids, in the written form and in the spoken one."""
    judge = Grounding([always_in_force(rule) for rule in rules.rules], roles, GroundingSettings())
    for rule in rules.rules:
        if rule.id in wanted:
            places = [
                f"examples.{kind}.{index}"
                for kind, groups in (("hits", rule.examples.hits), ("misses", rule.examples.misses))
                for index, group in enumerate(groups)
                for _ in group.texts
            ]
            for place, (script, case, is_hit) in zip(places, rules.examples(rule), strict=True):
                forms = dict.fromkeys((script, script.as_spoken))
                found = any(finding.rule == rule.id for form in forms for finding in judge(form, case))
                if found is not is_hit:
                    yield _unmet(rule.id, place, script.text, is_hit=is_hit)


def role_problems(rules: NumberRules, roles: FigureRoles, wanted: set[str]) -> Iterator[Problem]:
    """Of the roles of these ids: each must be found in its hits and in none of its misses."""
    judge = Grounding(rules.rules, roles)
    for role in roles.roles:
        if role.id in wanted:
            for name, texts in (("hits", role.examples.hits), ("misses", role.examples.misses)):
                for index, text in enumerate(texts):
                    if any(named.id == role.id for named in judge.named(text)) is not (name == "hits"):
                        yield _unmet(role.id, f"examples.{name}.{index}", text, is_hit=name == "hits")


def _problems(
    rules: Sequence[PhraseRule] | Sequence[DisclosureRule], judge: Judge, words: dict[str, str]
) -> Iterator[Problem]:
    for rule in rules:
        case = example_case(rule)
        for name, texts in (("hits", rule.examples.hits), ("misses", rule.examples.misses)):
            for index, text in enumerate(texts):
                filled = text
                for slot, value in words.items():
                    filled = filled.replace(f"{{{slot}}}", value)
                script = _script(case, filled)
                if any(finding.rule == rule.id for finding in judge(script, case)) is not (name == "hits"):
                    yield _unmet(rule.id, f"examples.{name}.{index}", text, is_hit=name == "hits")


def _script(case: Case, text: str) -> Script:
    return Script((Segment(case.stage or Stage.BODY, text, text),))


def _said(rule: PhraseRule, text: str) -> tuple[Script, Case]:
    """An example of the rule as it is judged."""
    case = example_case(rule)
    return _script(case, text), case


def _explained(problem: Problem, cause: Cause | None) -> Problem:
    if cause is None:
        return problem
    head, _, advice = problem.message.partition("命中了。")
    return replace(problem, message=f"{head}命中了，因为{cause.told}。{advice}", cause=(cause.field, cause.told))


def _unmet(rule: str, field: str, text: str, *, is_hit: bool) -> Problem:
    if is_hit:
        message = f"应当命中的例句“{shown(text)}”没有被这条规则命中。请加上句子里该拦的说法，或者改这个例句。"
        return Problem(
            code="hit_not_found", rule=rule, field=field, word=text, message=message, english="a hit is not hit"
        )
    message = f"不该命中的例句“{shown(text)}”被这条规则命中了。{_ADVICE}"
    return Problem(code="miss_is_hit", rule=rule, field=field, word=text, message=message, english="a near miss is hit")
