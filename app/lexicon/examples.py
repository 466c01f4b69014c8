"""Do the rules of a change find their own examples, and leave their near misses alone?"""

from collections.abc import Callable, Iterator, Sequence

from app.lexicon.problems import Problem, shown
from guards.disclosures import Disclosures
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.examples import always_in_force, example_case
from guards.lexicon.numbers import NumberRules
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.guard import Phrases
from guards.policy import Institution
from guards.script import Script, Segment
from guards.types import Case, Finding, Stage

Judge = Callable[[Script, Case], Sequence[Finding]]


def family_problems(family: Family) -> Iterator[Problem]:
    """Of phrase rules; the family need hold no others than those that are asked about, since each judges alone."""
    yield from _problems(family.rules, Phrases([family]), {})


def disclosure_problems(rules: Sequence[DisclosureRule], institution: Institution) -> Iterator[Problem]:
    """Of rules on what must be said."""
    judge = Disclosures(rules, institution=institution.full_name, hotline=institution.hotline)
    yield from _problems(rules, judge, {"institution": institution.full_name, "hotline": institution.hotline})


def number_problems(rules: NumberRules, wanted: set[str]) -> Iterator[Problem]:
    """Of the rules on numbers of these ids, in the written form and in the spoken one."""
    judge = Grounding([always_in_force(rule) for rule in rules.rules], GroundingSettings())
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
                script = Script((Segment(case.stage or Stage.BODY, filled, filled),))
                if any(finding.rule == rule.id for finding in judge(script, case)) is not (name == "hits"):
                    yield _unmet(rule.id, f"examples.{name}.{index}", text, is_hit=name == "hits")


def _unmet(rule: str, field: str, text: str, *, is_hit: bool) -> Problem:
    if is_hit:
        message = f"正例“{shown(text)}”没有被这条规则命中。请加上句子里该拦的词，或者改这个例句。"
        return Problem(
            code="hit_not_found", rule=rule, field=field, word=text, message=message, english="a hit is not hit"
        )
    message = f"反例“{shown(text)}”被这条规则误命中了。请把词写长一点，或者把这种说法写进“例外”（except）。"
    return Problem(code="miss_is_hit", rule=rule, field=field, word=text, message=message, english="a near miss is hit")
