"""Each measure on outcomes made by hand: it counts what it must, and nothing else."""

from math import isnan

import pytest

from evals import measures
from evals.coherence import Fault
from evals.measures import Measure
from tests.evals.examples import reviewed, spoken

_BLOCK = {"action": "block", "rule": "threat.visit"}


def test_a_text_that_a_review_stops_is_a_missed_violation() -> None:
    found = measures.missed_violation([spoken(id="good"), spoken(id="bad", stopped_by=("threat.visit",))], [])
    assert (found.value, found.of, found.cases) == (1, 2, ("bad",))


@pytest.mark.parametrize(
    ("action", "rules", "missed"),
    [
        ("block", ("threat.visit",), 0),
        ("block", ("insult.person",), 1),
        ("revise", ("threat.visit",), 1),
        ("allow", (), 1),
    ],
)
def test_a_verdict_too_mild_or_for_another_rule_is_a_missed_violation(
    action: str, rules: tuple[str, ...], missed: int
) -> None:
    assert measures.missed_violation([], [reviewed(action, *rules, expected=_BLOCK)]).value == missed


def test_a_false_alarm_is_a_wrong_action_and_no_missed_violation() -> None:
    alarm = [reviewed("block", "threat.visit", expected={"action": "allow"})]
    assert measures.missed_violation([], alarm).value == 0
    assert measures.wrong_action([], alarm).cases == ("review",)


def test_numbers_are_looked_for_in_both_forms() -> None:
    written = spoken("应还1234.6元。", id="written")
    voiced = spoken(tts="应还一千二百三十四元六角。", id="voiced")
    assert measures.ungrounded_number([spoken(), written, voiced]).cases == ("written", "voiced")


def test_an_action_is_wrong_when_it_or_its_rule_is_another() -> None:
    expected = {"action": "do_not_call", "rule": "gate.minor", "sources": []}
    right = spoken(None, action="do_not_call", rules=("gate.minor",), expected=expected, body=None)
    other_rule = spoken(None, action="do_not_call", rules=("gate.student",), expected=expected, body=None, id="rule")
    talks = spoken(expected=expected, id="talks")
    assert measures.wrong_action([right, other_rule, talks], []).cases == ("rule", "talks")


def test_words_may_be_wrong_by_being_there_or_not() -> None:
    lacks = spoken(id="lacks", expected={"action": "speak", "says": ["延期"]})
    holds = spoken(id="holds", expected={"action": "speak", "omits": ["应还"]})
    right = spoken(id="right", expected={"action": "speak", "says": ["应还"], "omits": ["延期"]})
    leak = reviewed("mask", expected={"action": "mask", "omits": ["138"]}, masked_text="打138", id="leak")
    assert measures.wrong_words([lacks, holds, right], [leak]).cases == ("lacks", "holds", "leak")


def test_a_generation_that_changes_a_number_is_counted_in_its_family() -> None:
    family = [spoken(family="f"), spoken(family="f"), spoken("应还1234.5元，还剩3天。", family="f", id="changed")]
    alone = spoken("应还99元。", id="alone")
    found = measures.changed_number([*family, alone])
    assert (found.value, found.of, found.cases) == (1, 3, ("changed",))


def test_a_script_with_several_faults_is_incoherent_once() -> None:
    twice, early = Fault("says_twice", "请理性借贷。"), Fault("question_before_end", "您看行吗？")
    found = measures.incoherent_scripts([spoken(), spoken(id="bad", faults=(twice, early))])
    assert (found.value, found.of, found.cases) == (1, 2, ("bad",))


def test_a_fallback_where_the_model_should_write_is_a_wrong_source() -> None:
    before = {"action": "speak", "sources": ["fallback"]}
    found = measures.wrong_source(
        [spoken(), spoken(source="fallback", id="bad"), spoken(source="fallback", expected=before)]
    )
    assert found.cases == ("bad",)


def test_a_first_pass_needs_no_second_attempt_and_no_rejection() -> None:
    found = measures.first_pass([spoken(), spoken(attempts=2, id="again"), spoken(rejected=1, id="rejected")])
    assert found.cases == ("again", "rejected")
    assert found.value == pytest.approx(1 / 3)


def test_sameness_is_taken_over_pairs_of_different_generations_of_one_family_and_sample() -> None:
    outcomes = [
        spoken(family="f", generation="young", body="甲。"),
        spoken(family="f", generation="senior", body="甲。", id="copy"),
        spoken(family="f", generation="gen_z", body="乙。"),
        spoken(family="f", generation="gen_z", body="甲。", sample=1),
        spoken(family="g", generation="gen_z", body="甲。"),
    ]
    found = measures.generation_sameness(outcomes)
    assert found.value == pytest.approx(1 / 3)
    assert (found.of, found.cases) == (3, ("copy",))


def test_distinct_bodies_are_counted_once() -> None:
    assert measures.distinct_bodies([spoken(body="甲。"), spoken(body="甲。"), spoken(body="乙。")]).value == 2 / 3


def test_latency_is_the_nearest_rank() -> None:
    outcomes = [spoken(seconds=n / 100) for n in range(1, 21)]
    assert measures.latency("p50", outcomes, 0.5).value == pytest.approx(100)
    assert measures.latency("p95", outcomes, 0.95).value == pytest.approx(190)


def test_all_measures_are_taken_and_none_over_nothing_is_a_figure() -> None:
    taken = {each.name: each for each in measures.measure([], [])}
    assert taken["missed_violation"] == Measure("missed_violation", 0, 0, "count")
    assert isnan(taken["latency_p95"].value)
    assert isnan(taken["distinct_bodies"].value)


def test_lengths_outside_the_target_count_against_it() -> None:
    taken = {m.name: m for m in measures.measure([spoken(), spoken(estimated=60.0, id="long")], [])}
    assert taken["inside_target_seconds"].cases == ("long",)


def test_refusals_do_not_count_as_bodies() -> None:
    refusal = spoken(None, action="do_not_call", source=None, body=None)
    assert {m.name: m.of for m in measures.measure([refusal], [])}["latency_p50"] == 0
