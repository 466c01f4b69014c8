"""One rule, as somebody writes it, tried by itself on a text: nothing is kept, and no other rule judges."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.lexicon.changes import apply
from app.lexicon.drafts import Change, Rule
from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from app.lexicon.lint import lint
from app.lexicon.problems import ChangeRefused, errors
from guards.disclosures import Disclosures
from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.lexicon.scope import china_today
from guards.phrases.guard import Phrases
from guards.policy import Institution
from guards.script import Script, Segment
from guards.types import Case, Finding, Stage

_OF_EXAMPLES = frozenset({"hit_not_found", "miss_is_hit"})
_STANDING_IN: Mapping[str, Any] = {
    "title": "—",
    "reason": "—",
    "source": {"law": "—", "force": "policy"},
    "examples": {"hits": ["—"], "misses": ["—"]},
    "effective": {"from": "2000-01-01"},
}
"""What judges nothing, and need not be written yet where a rule is only tried."""


def judging(rule: Rule) -> dict[str, Any]:
    """The rule as it is tried: what of it judges a text, in force on every day."""
    return {**{name: value for name, value in rule.items() if name != "suggest"}, **_STANDING_IN}


def found_alone(
    files: RuleFiles, body: Mapping[str, Any], name: str, text: str, case: Case, institution: Institution
) -> list[Finding]:
    """What the rule of this id finds, as a change (its body as JSON) would have it; see `judging`.

    Raises:
        ChangeRefused: naming everything for which it cannot be tried.
    """
    change, today = Change.parse(dict(body)), china_today()
    problems = errors(lint(files, change, since=today, institution=institution, is_judged=False))
    if wrong := [problem for problem in problems if problem.code not in _OF_EXAMPLES]:
        raise ChangeRefused(wrong)
    lexicon = apply(files, change, since=today).lexicon()
    script = Script((Segment(case.stage or Stage.BODY, text, text),))
    if kind_of_rule(name) is Kind.DISCLOSURE:
        return _owed(lexicon, name, script, case, institution)
    family = next(one for one in lexicon.families if any(rule.id == name for rule in one.rules))
    alone = family.model_copy(update={"rules": [rule for rule in family.rules if rule.id == name]})
    return list(Phrases([alone])(script, case))


def _owed(lexicon: Lexicon, name: str, script: Script, case: Case, institution: Institution) -> list[Finding]:
    """Of a rule on what must be said, with the facts on which it depends."""
    rule = next(one for one in lexicon.disclosures if one.id == name)
    asked = example_case(rule)
    whole = replace(case, facts=asked.facts, offers=asked.offers, call=asked.call)
    judge = Disclosures([rule], institution=institution.full_name, hotline=institution.hotline)
    return list(judge(script, whole))
