"""The shape of rules: what would weaken one silently, or take unbounded time, is refused."""

from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from guards.lexicon.disclosures import DisclosureRule, Disclosures
from guards.lexicon.gates import GateSettings, Hours
from guards.lexicon.numbers import NumberExamples
from guards.lexicon.reader import Lexicon
from guards.lexicon.roles import FigureRole
from guards.lexicon.rules import Effective, Family, Near, PhraseRule
from guards.types import Action, Role, Scenario

SOURCE = {"law": "广告法", "force": "law"}
RULE: dict[str, Any] = {
    "id": "promise.test",
    "title": "承诺",
    "action": "block",
    "phrases": ["包过"],
    "reason": "不得承诺",
    "source": SOURCE,
    "effective": {"from": "2026-01-01"},
    "examples": {"hits": ["包过"], "misses": ["通过"]},
}
DISCLOSURE: dict[str, Any] = {**RULE, "id": "disclosure.test"}


def rule(**changes: object) -> PhraseRule:
    """The rule with some keys changed; None takes a key away."""
    return PhraseRule.model_validate({key: value for key, value in {**RULE, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b保证",
        r"\B保证",
        r"\w{1,3}",
        r"\W",
        r"\s?",
        r"\S",
        r"[\s，]",
        r"保证.*放款",
        r"保证.+",
        r"a+?",
        r"(?:a){2,}",
        r"a{,}",
        r"\[a+]",
        r"\\+",
        r"[*]+",
        r"[]+]*",
        r"[^\]]+",
        r"(?=.*x)",
        "(",
        "[a",
        "a{3,2}",
        "a{99999999999}",
        "(?P<n>a)(?P<n>b)",
        "",
        "a" * 601,
    ],
)
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        rule(patterns=[pattern])
    with pytest.raises(ValidationError):
        DisclosureRule.model_validate({**DISCLOSURE, "patterns": [pattern]})


@pytest.mark.parametrize(
    "pattern",
    [
        r"保证.{0,4}放款",
        r"[*+]",
        r"\*\+",
        r"\{\d{1,3}\}",
        r"[^\]*]",
        r"[]+]",
        r"(?<!不)保证(?:可以)?",
        r"\\",
        r"a{3}",
        "a{,3}",
    ],
)
def test_a_bounded_pattern_is_accepted(pattern: str) -> None:
    assert rule(patterns=[pattern]).patterns == [pattern]


@pytest.mark.parametrize(
    "changes",
    [
        {"phrase": ["misspelt"]},
        {"exceptions": ["by its inner name"]},
        {"source": {**SOURCE, "verifed": True}},
        {"effective": {"from": "2026-01-01", "to": "2026-02-01"}},
        {"examples": {"hits": ["a"], "misses": ["b"], "near": []}},
        {"unless_fact": {"fees": {"maximum": 0}}},
    ],
)
def test_an_unknown_key_is_refused_at_every_depth(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"examples": {"hits": [], "misses": ["b"]}},
        {"examples": {"hits": ["a"], "misses": []}},
        {"examples": {"hits": ["a"]}},
        {"examples": {"hits": [""], "misses": ["b"]}},
        {"examples": None},
        {"source": None},
        {"reason": None},
        {"reason": ""},
        {"effective": None},
        {"effective": {"until": "2026-01-01"}},
        {"phrases": None},
        {"phrases": [], "patterns": []},
        {"phrases": [""]},
        {"phrases": ["长" * 201]},
        {"id": "noscope"},
        {"id": "Upper.Case"},
        {"id": "a." + "b" * 80},
        {"action": "allow"},
        {"action": "BLOCK"},
        {"scenarios": ["acquisitions"]},
        {"stages": ["opening"]},
        {"channels": ["voice"]},
        {"callees": ["verifed"]},
        {"source": {**SOURCE, "force": "rumour"}},
    ],
)
def test_what_is_missing_or_misspelt_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**changes)


NEAR: dict[str, Any] = {"words": ["退"], "with": ["利息"], "within": 4}


@pytest.mark.parametrize("words", [{"phrases": None}, {"phrases": []}], ids=["absent", "empty"])
def test_two_words_near_each_other_or_a_pattern_are_words_enough(words: dict[str, Any]) -> None:
    assert rule(**words, near=[NEAR]).near == [Near.model_validate(NEAR)]
    assert rule(**words, patterns=["包.过"]).phrases == []


def test_two_words_stand_in_order_unless_said_otherwise() -> None:
    near = Near.model_validate(NEAR)
    assert (near.ordered, near.unless_before, near.unless_between) == (True, [], [])
    loose = Near.model_validate({**NEAR, "ordered": False, "unless_before": ["不"], "unless_between": ["但"]})
    assert (loose.ordered, loose.unless_before, loose.unless_between) == (False, ["不"], ["但"])
    assert [Near.model_validate({**NEAR, "within": within}).within for within in (0, 30)] == [0, 30]


@pytest.mark.parametrize(
    "changes",
    [
        {"words": []},
        {"words": [""]},
        {"with": []},
        {"with_": ["利息"]},
        {"within": -1},
        {"within": 31},
        {"within": None},
        {"unless_before": [""]},
        {"unless_between": ["长" * 201]},
        {"unless_after": ["了"]},
    ],
)
def test_two_words_with_a_wrong_value_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Near.model_validate({**NEAR, **changes})


def test_what_must_be_stated_belongs_to_a_fact_that_exempts() -> None:
    stated = rule(unless_fact={"free_interest_days": "present"}, stating=["free_interest_days"])
    assert stated.stating == ["free_interest_days"]
    assert not stated.even_if_negated
    for nothing in (None, dict[str, str]()):
        with pytest.raises(ValidationError, match="stating says when unless_fact holds"):
            rule(unless_fact=nothing, stating=["free_interest_days"])


@pytest.mark.parametrize(
    ("condition", "valid"),
    [("present", True), ("today", True), (["单利"], True), ({"max": 0}, True), ("tomorrow", False), (3, False)],
)
def test_a_condition_is_one_of_four_kinds(condition: object, valid: bool) -> None:
    if valid:
        assert rule(unless_fact={"due_date": condition}).unless_fact
    else:
        with pytest.raises(ValidationError):
            rule(unless_fact={"due_date": condition})


@pytest.mark.parametrize("switch", ["homophones", "near_sounds", "look_alikes", "initials"])
def test_further_disguises_are_looked_for_only_in_tight_families_that_ask(switch: str) -> None:
    family = {"family": "x", "rules": [RULE]}
    assert not getattr(Family.model_validate(family), switch)
    assert getattr(Family.model_validate({**family, switch: True}), switch)
    for folding in ("plain", "raw"):
        assert not getattr(Family.model_validate({**family, "folding": folding}), switch)
        with pytest.raises(ValidationError, match="need the folding tight"):
            Family.model_validate({**family, "folding": folding, switch: True})


def test_the_rule_that_the_refusals_vary_is_itself_sound() -> None:
    sound = rule()
    assert sound.severity is Action.BLOCK
    assert DisclosureRule.model_validate(DISCLOSURE).severity is Action.BLOCK


def test_a_rule_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(ValidationError):
        rule().reason = "又改了"  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [{"generations": ["genz"]}, {"within": 0}, {"id": "promise.x"}, {"action": "mask"}, {"except": ["x"]}],
)
def test_a_disclosure_with_a_wrong_value_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DisclosureRule.model_validate({**DISCLOSURE, **changes})


def test_files_without_a_rule_are_refused() -> None:
    with pytest.raises(ValidationError):
        Family.model_validate({"family": "x", "rules": []})
    with pytest.raises(ValidationError):
        Disclosures.model_validate({"disclosures": []})


def test_a_rule_is_in_force_on_its_first_and_last_day() -> None:
    effective = Effective.model_validate({"from": "2026-01-02", "until": "2026-01-04"})
    days = [date(2026, 1, day) for day in range(1, 6)]
    assert [effective.covers(day) for day in days] == [False, True, True, True, False]
    assert Effective.model_validate({"from": "2026-01-02"}).covers(date(9999, 12, 31))


def test_hours_include_their_start_and_exclude_their_end() -> None:
    hours = Hours(start=time(8), end=time(22))
    moments = [time(7, 59, 59, 999999), time(8), time(21, 59, 59, 999999), time(22)]
    assert [hours.contains(moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("22:00:00", "08:00:00"),
        ("08:00:00", "08:00:00"),
        ("08:00:00Z", "22:00:00Z"),
        ("08:00:00", 79200),
        ("8", "24:00"),
    ],
)
def test_hours_that_could_not_be_compared_or_hold_nothing_are_refused(start: object, end: object) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate({"start": start, "end": end})


def changed(settings: GateSettings, **changes: object) -> dict[str, Any]:
    """The settings as plain data with some keys changed."""
    return {**settings.model_dump(mode="json"), **changes}


@pytest.fixture
def settings(lexicon: Lexicon) -> GateSettings:
    """The shipped settings of the gates."""
    return lexicon.gates


def test_gates_must_all_be_described_once_and_no_others(settings: GateSettings) -> None:
    gates = settings.model_dump(mode="json")["gates"]
    assert GateSettings.model_validate(changed(settings)) == settings
    for wrong in (gates[1:], [*gates, {**gates[0], "id": "gate.new"}], [*gates, gates[0]]):
        with pytest.raises(ValidationError, match="gates must describe exactly"):
            GateSettings.model_validate(changed(settings, gates=wrong))


@pytest.mark.parametrize(
    "changes",
    [
        {"connected_calls_per_day": 0},
        {"attempts_per_day": 0},
        {"adult_age": 17},
        {"marketing_hours": []},
        {"roles": {Scenario.ACQUISITION: [Role.APPLICANT]}},
        {"holidays": []},
    ],
)
def test_gate_settings_without_a_limit_or_a_role_are_refused(settings: GateSettings, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GateSettings.model_validate(changed(settings, **changes))


def test_a_role_without_a_word_and_a_spoken_form_of_two_texts_are_refused() -> None:
    with pytest.raises(ValidationError, match="needs a word or a pattern that names a figure"):
        FigureRole.model_validate(
            {
                "id": "role.test",
                "title": "试",
                "quantities": ["money"],
                "reason": "试",
                "source": {"law": "广告法", "force": "law"},
                "examples": {"hits": ["是"], "misses": ["否"]},
            }
        )
    with pytest.raises(ValidationError, match="spoken belongs to one text"):
        NumberExamples.model_validate({"texts": ["一", "二"], "spoken": "三"})
