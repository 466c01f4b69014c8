"""Prove rules on their own examples: every hit is found, no near miss is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.numbers import NumberRule, NumberRules
from guards.lexicon.roles import FigureRole, FigureRoles
from guards.lexicon.rules import Condition, Effective, FactBounds, PhraseRule, Scoped
from guards.lexicon.scope import CHINA
from guards.script import Script, Segment
from guards.types import Call, Callee, Case, Channel, Fact, Finding, Group, Quantity, Role, Scenario, Stage

Judge = Callable[[Script, Case], Sequence[Finding]]


def unproven(rule: PhraseRule | DisclosureRule, judge: Judge, words: Mapping[str, str], place: str) -> Iterator[str]:
    """What is wrong with a rule's examples, each as `file:line: …`; `words` fill `{institution}` and `{hotline}`."""
    case = example_case(rule)
    for texts, is_hit in ((rule.examples.hits, True), (rule.examples.misses, False)):
        for text in texts:
            said = filled(text, words)
            script = Script((Segment(case.stage or Stage.BODY, said, said),))
            yield from _problem(rule.id, judge, script, case, is_hit=is_hit, place=place)


def filled(text: str, words: Mapping[str, str]) -> str:
    """An example with the institution's own words in it."""
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def unproven_numbers(rules: NumberRules, judge: Judge, places: Mapping[str, str]) -> Iterator[str]:
    """The same of the rules on numbers, which `judge` takes to be in force on every day; `places`: where each stands.

    An example is read in both forms.
    """

    def in_both_forms(script: Script, case: Case) -> Sequence[Finding]:
        return [finding for form in dict.fromkeys((script, script.as_spoken)) for finding in judge(form, case)]

    for rule in rules.rules:
        for script, case, is_hit in rules.examples(rule):
            yield from _problem(rule.id, in_both_forms, script, case, is_hit=is_hit, place=places[rule.id])


def unproven_roles(
    roles: FigureRoles, name: Callable[[str], Iterable[FigureRole]], places: Mapping[str, str]
) -> Iterator[str]:
    """The same of the roles; `name` gives those that the figures of a text have."""
    for role in roles.roles:
        for texts, is_hit in ((role.examples.hits, True), (role.examples.misses, False)):
            for text in texts:
                if any(named.id == role.id for named in name(text)) is not is_hit:
                    wrong = "is not found in its own example" if is_hit else "is found in its own near miss"
                    yield f"{places[role.id]}: {role.id} {wrong} {text!r}"


def always_in_force(rule: NumberRule) -> NumberRule:
    """The rule as its examples are judged: also those that are said on a day on which it is not in force."""
    return rule.model_copy(update={"effective": Effective.model_validate({"from": date.min})})


def _problem(rule: str, judge: Judge, script: Script, case: Case, *, is_hit: bool, place: str) -> Iterator[str]:
    try:
        found = any(finding.rule == rule for finding in judge(script, case))
    except Exception as failure:  # a guard may break in any way, and none of them proves the rule
        yield f"{place}: {rule} cannot be judged on its own example {script.text!r}: {failure!r}"
        return
    if found is not is_hit:
        wrong = "is not hit by its own example" if is_hit else "hits its own near miss"
        yield f"{place}: {rule} {wrong} {script.text!r}"


def example_case(rule: Scoped) -> Case:
    """A case in which the rule applies: its first scenario, channel, callee and stage.

    It holds no facts and no offers but those on which a disclosure depends.
    """
    scope: Scenario | Group = rule.scenarios[0] if rule.scenarios else Scenario.ACQUISITION
    if isinstance(scope, Group):
        scope = next(scenario for scenario in Scenario if scenario.group is scope)
    unverified = "unverified" in rule.callees
    stage = rule.stages[0] if rule.stages else None
    case = Case(
        scenario=scope,
        channel=rule.channels[0] if rule.channels else Channel.AI_VOICE,
        callee=Callee(Role.UNKNOWN if unverified else Role.DEBTOR, not unverified),
        stage=stage,
        facts=(),
        today=rule.effective.since,
    )
    if isinstance(rule, DisclosureRule):
        if rule.generations:
            moment = datetime.combine(rule.effective.since, time(10), CHINA)
            case = replace(case, call=Call(moment, generation=rule.generations[0]))
        case = _fulfilling(rule.only_if_fact or {}, case)
    return case


def _fulfilling(conditions: Mapping[str, Condition], case: Case) -> Case:
    """The case with facts and offers that meet the conditions."""
    facts: list[Fact] = []
    offers: frozenset[str] = frozenset()
    for name, wanted in conditions.items():
        if name == "offers" and isinstance(wanted, list):
            offers = frozenset(wanted)
        elif isinstance(wanted, FactBounds):
            size = wanted.min if wanted.min is not None else wanted.max or 0
            facts.append(Fact(name, Quantity.COUNT, Decimal(str(size))))
        else:
            facts.append(Fact(name, Quantity.TEXT, wanted if isinstance(wanted, str) else "".join(wanted[:1])))
    return replace(case, facts=tuple(facts), offers=offers)
