"""The vocabulary: a leaf module, actions in order, spans that hold something, verdicts that cannot contradict."""

import ast
import sys
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards import types
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
    Script,
    Segment,
    Span,
    Stage,
    Verdict,
)


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


def test_a_script_is_its_segments_joined() -> None:
    script = Script((Segment(Stage.OPEN, "3元，", "三元，"), Segment(Stage.BODY, "好", "好呀")))
    assert (script.text, script.spoken) == ("3元，好", "三元，好呀")


def test_a_case_gives_the_first_fact_of_a_name() -> None:
    first, second = (Fact("fees", Quantity.MONEY, Decimal(value)) for value in (1, 2))
    assert Case(facts=(first, second)).fact("fees") is first
    assert Case(facts=(first,)).fact("quota") is None
    assert Case(facts=None).fact("fees") is None


def test_what_a_call_does_not_say_is_unknown_and_nothing_is_consented() -> None:
    call = Call(datetime(2026, 11, 22, tzinfo=UTC))
    assert (call.age, call.generation, call.is_student, call.marketing_consent) == (None, None, None, None)


SCRIPTS = st.lists(st.tuples(st.sampled_from(Stage), st.text(max_size=5)), max_size=6).map(
    lambda parts: Script(tuple(Segment(stage, text, "说") for stage, text in parts))
)


@given(SCRIPTS)
def test_segments_tile_the_text(script: Script) -> None:
    spans = script.segment_spans
    assert len(spans) == len(script.segments)
    assert ["" if span is None else script.text[span.start : span.end] for span in spans] == [
        segment.text for segment in script.segments
    ]
    filled = [span for span in spans if span]
    assert all(left.end == right.start for left, right in pairwise(filled))


@given(SCRIPTS)
def test_each_position_has_the_stage_of_its_segment(script: Script) -> None:
    stages = [segment.stage for segment in script.segments for _ in segment.text]
    assert [script.stage_at(position) for position in range(len(script.text))] == stages
    with pytest.raises(IndexError):
        script.stage_at(len(script.text))


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


def test_what_was_worked_out_about_a_script_is_worked_out_once_and_no_part_of_it() -> None:
    asked = []

    def count(script: Script) -> int:
        asked.append(script.text)
        return len(script.text)

    script = Script((Segment(Stage.BODY, "您好。", "您好。"),))
    assert [script.once(count), script.once(count)] == [3, 3]
    assert asked == ["您好。"]
    assert script == Script(script.segments)
    assert "worked" not in repr(script)


def test_a_script_as_it_is_spoken() -> None:
    script = Script((Segment(Stage.BODY, "应还5元。", "应还五元。"), Segment(Stage.CLOSE, "再见。", "再见。")))
    assert script.as_spoken.text == script.spoken
    assert script.as_spoken is script.as_spoken
    assert script.as_spoken.as_spoken is script.as_spoken
