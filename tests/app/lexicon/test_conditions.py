"""Rules that could never hold, and characters that nobody sees, are told before anybody is asked to approve them."""

from datetime import date
from typing import Any

import pytest

from app.approved.vocabulary import Vocabulary
from app.lexicon.conditions import condition_problems
from app.lexicon.drafts import Change
from app.lexicon.problems import Problem, Severity, errors
from tests.app.lexicon.rules import DAY, SHIPPED, rule

FACTS = frozenset({"free_interest_days", "approval_minutes"})


def problems(**fields: Any) -> list[Problem]:
    return list(condition_problems(Change("t", adds=[rule(**fields)]), SHIPPED.rules, DAY, FACTS))


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ({"effective": {"from": "2027-01-01", "until": "2026-01-01"}}, "never_in_force", "在生效日 2027-01-01 之前"),
        ({"effective": {"from": date(2026, 1, 1), "until": date(2026, 2, 1)}}, "ended", "已经过了"),
        ({"unless_fact": {"free_interest_day": "present"}}, "unknown_fact", "是不是想写“free_interest_days”"),
        ({"stating": ["nope"]}, "unknown_fact", "不会成立"),
        ({"reason": "不得\u0001承诺"}, "unprintable", "U+0001"),
        ({"phrases": ["包\u0000过"]}, "unprintable", "U+0000"),
        ({"examples": {"hits": ["包过\x7f"], "misses": ["您好"]}}, "unprintable", "U+007F"),
    ],
)
def test_each_is_told_with_its_field_and_what_to_do(fields: dict[str, Any], code: str, told: str) -> None:
    (problem,) = problems(**fields)
    assert problem.code == code
    assert told in problem.message
    assert (problem.field or "").startswith("adds.0.")


@pytest.mark.parametrize(
    "fields",
    [
        {"effective": {"from": "2026-01-01", "until": "2026-11-29"}},
        {"effective": {"from": "2026-01-01", "until": None}},
        {"effective": {"until": "someday"}},
        {"unless_fact": {"free_interest_days": {"max": 30}}, "stating": ["approval_minutes"]},
        {"examples": {"hits": ["包\u200b过"], "misses": ["第一行\n第二行"]}},
    ],
)
def test_what_can_hold_is_no_problem(fields: dict[str, Any]) -> None:
    assert problems(**fields) == []


def test_the_shipped_rules_have_no_such_error(vocabulary: Vocabulary) -> None:
    known = frozenset(named for name in vocabulary.facts for named in (name, f"{name}_spoken"))
    edits = [dict(stored.data) for stored in SHIPPED.rules.values()]
    assert errors(condition_problems(Change("t", edits=edits), SHIPPED.rules, DAY, known)) == []


def test_a_rule_in_force_that_would_only_begin_again_later_is_told_as_a_pause() -> None:
    name = "promise.guaranteed_approval"
    later = dict(SHIPPED.rules[name].data) | {"effective": {"from": "2027-01-01"}}
    (problem,) = condition_problems(Change("t", edits=[later]), SHIPPED.rules, DAY, FACTS)
    assert (problem.code, problem.severity, problem.field) == ("paused", Severity.WARNING, "edits.0.effective.from")
    assert "定时生效" in problem.message
    new = {**later, "id": "promise.another"}
    assert list(condition_problems(Change("t", adds=[new]), SHIPPED.rules, DAY, FACTS)) == []
