"""The vocabulary: leaf modules, actions in order, spans that hold something, verdicts that cannot contradict."""

import ast
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards import script, types
from guards.types import (
    Action,
    Call,
    Callee,
    Case,
    Fact,
    Finding,
    Group,
    Quantity,
    Role,
    Scenario,
    Span,
    Verdict,
)
from tests.house.imports import ROOT, Tree


def imported(source: str) -> set[str]:
    """The top-level packages that a module imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." if node.level else str(node.module).split(".")[0])
    return names


def test_the_vocabulary_imports_the_standard_library_only() -> None:
    names = imported(Path(types.__file__).read_text("utf-8"))
    assert names
    assert names <= sys.stdlib_module_names


def test_scripts_know_the_vocabulary_and_nothing_else_of_the_guards() -> None:
    found = [each.imported for each in Tree(ROOT, ["guards"]).imports if each.importer == "guards.script"]
    assert found == ["guards.types"]
    assert imported(Path(script.__file__).read_text("utf-8")) <= sys.stdlib_module_names | {"guards"}


def test_the_leaf_check_sees_what_it_must_see() -> None:
    assert imported("def f():\n    import pydantic.fields\nfrom . import x") == {"pydantic", "."}


def test_actions_run_from_mildest_to_worst() -> None:
    assert list(Action) == sorted(Action)
    assert [action.label for action in Action] == ["observe", "allow", "mask", "revise", "escalate", "block"]


@pytest.mark.parametrize(
    ("scenario", "group"),
    [
        (Scenario.ACQUISITION, Group.MARKETING),
        (Scenario.ACTIVATION, Group.MARKETING),
        (Scenario.BILL_REMINDER, Group.SERVICING),
        (Scenario.COLLECTION_M1, Group.COLLECTION),
        (Scenario.COLLECTION_M2, Group.COLLECTION),
        (Scenario.COLLECTION_M3_PLUS, Group.COLLECTION),
    ],
)
def test_each_scenario_has_its_group(scenario: Scenario, group: Group) -> None:
    assert scenario.group is group


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (4, 3), (-1, 2), (-2, -1)])
def test_a_span_is_never_empty_and_never_before_the_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"not {start}:{end}"):
        Span(start, end)


SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 20), st.integers(1, 10))


@given(SPANS, SPANS)
def test_covering_and_overlapping_are_about_code_points(one: Span, other: Span) -> None:
    ours, theirs = set(range(one.start, one.end)), set(range(other.start, other.end))
    assert one.covers(other) is (theirs <= ours)
    assert one.overlaps(other) is bool(ours & theirs)


@given(st.lists(st.sampled_from(Action)))
def test_the_worst_finding_decides_the_verdict(actions: list[Action]) -> None:
    verdict = Verdict(tuple(Finding("r", "g", action, "") for action in actions))
    assert verdict.action is max([Action.ALLOW, *actions])
    assert verdict.may_be_said is (not any(action > Action.ALLOW for action in actions))


def test_a_case_gives_the_first_fact_of_a_name() -> None:
    first, second = (Fact("fees", Quantity.MONEY, Decimal(value)) for value in (1, 2))
    assert Case(facts=(first, second)).fact("fees") is first
    assert Case(facts=(first,)).fact("quota") is None
    assert Case(facts=None).fact("fees") is None


def test_what_a_call_does_not_say_is_unknown_and_nothing_is_consented() -> None:
    call = Call(datetime(2026, 11, 22, tzinfo=UTC))
    assert (call.age, call.generation, call.is_student, call.marketing_consent) == (None, None, None, None)


@pytest.mark.parametrize(
    ("callee", "verified"),
    [
        (None, True),
        (Callee(Role.APPLICANT), True),
        (Callee(Role.DEBTOR), True),
        (Callee(Role.GUARANTOR), True),
        (Callee(Role.CONTACT), False),
        (Callee(Role.UNRELATED), False),
        (Callee(Role.UNKNOWN), False),
        *[(Callee(role, identity_verified=False), False) for role in Role],
    ],
)
def test_debt_may_be_spoken_of_to_the_proven_person_only(callee: Callee | None, verified: bool) -> None:
    assert Case(callee=callee).is_verified is verified
