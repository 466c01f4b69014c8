"""The gates: each at both sides of its boundary, in China's time whatever the offset of the request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guards.gates import GATES, Gates, china_time
from guards.lexicon.gates import GATE_NAMES, HANDOVERS, GateName
from guards.lexicon.reader import Lexicon, read_lexicon
from guards.lexicon.scope import CHINA
from guards.types import Action, Call, Callee, Case, Channel, Fact, Generation, Group, Quantity, Role, Scenario

ROOT = Path(__file__).parents[2]
SETTINGS = read_lexicon(ROOT / "lexicons").gates
SHIPPED = Gates(SETTINGS)
CALL = Call(
    time=datetime(2026, 11, 20, 10, 5, tzinfo=CHINA),
    age=30,
    generation=Generation.YOUNG,
    is_student=False,
    marketing_consent=True,
)
MARKETING = [scenario for scenario in Scenario if scenario.group is Group.MARKETING]
OTHERS = [scenario for scenario in Scenario if scenario.group is not Group.MARKETING]
OFFSETS = [timezone(timedelta(hours=hours)) for hours in (-12, -5, 0, 5.5, 8, 14)]


def standing(scenario: Scenario, call: Call = CALL, role: Role | None = Role.APPLICANT) -> set[str]:
    """The gates that stand against a call, without `person_speaks`, which only the last scenario has."""
    if scenario is not Scenario.ACQUISITION and role is Role.APPLICANT:
        role = Role.DEBTOR
    case = Case(scenario=scenario, callee=Callee(role) if role else None, call=call)
    return {finding.rule.removeprefix("gate.") for finding in SHIPPED(case)} - {"person_speaks"}


def at(clock: str, offset: timezone = CHINA) -> datetime:
    """A moment by China's clock, given in some offset."""
    return datetime.combine(datetime(2026, 11, 20), time.fromisoformat(clock), CHINA).astimezone(offset)


@pytest.mark.parametrize("scenario", Scenario)
def test_an_ordinary_call_may_be_made(scenario: Scenario) -> None:
    assert standing(scenario) == set()


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("07:59:59", True),
        ("07:59:59.999999", True),
        ("08:00:00", False),
        ("21:59:59", False),
        ("21:59:59.999999", False),
        ("22:00:00", True),
        ("23:59:59", True),
        ("00:00:00", True),
    ],
)
def test_nobody_is_called_at_night_in_china(scenario: Scenario, clock: str, quiet: bool, offset: timezone) -> None:
    assert ("quiet_hours" in standing(scenario, replace(CALL, time=at(clock, offset)))) is quiet


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
@pytest.mark.parametrize("scenario", MARKETING)
@pytest.mark.parametrize(
    ("clock", "closed"),
    [
        ("08:59:59", True),
        ("09:00:00", False),
        ("11:59:59", False),
        ("12:00:00", True),
        ("13:59:59", True),
        ("14:00:00", False),
        ("19:59:59", False),
        ("20:00:00", True),
        ("21:30:00", True),
    ],
)
def test_marketing_has_hours_of_its_own(scenario: Scenario, clock: str, closed: bool, offset: timezone) -> None:
    assert ("marketing_hours" in standing(scenario, replace(CALL, time=at(clock, offset)))) is closed


@pytest.mark.parametrize("scenario", OTHERS)
@pytest.mark.parametrize("clock", ["08:00:00", "12:30:00", "21:59:59"])
def test_marketing_hours_bind_marketing_only(scenario: Scenario, clock: str) -> None:
    assert standing(scenario, replace(CALL, time=at(clock))) == set()


@pytest.mark.parametrize(
    ("clock", "generation", "gates"),
    [
        ("20:59:59", Generation.GEN_Z, {"marketing_hours"}),
        ("21:00:00", Generation.GEN_Z, set()),
        ("21:59:59", Generation.GEN_Z, set()),
        ("22:00:00", Generation.GEN_Z, {"marketing_hours", "quiet_hours"}),
        ("21:00:00", Generation.YOUNG, {"marketing_hours"}),
        ("21:00:00", Generation.SENIOR, {"marketing_hours"}),
        ("21:00:00", None, {"marketing_hours"}),
    ],
)
def test_a_generation_may_have_hours_of_its_own(clock: str, generation: Generation | None, gates: set[str]) -> None:
    call = replace(CALL, time=at(clock), generation=generation)
    assert standing(Scenario.ACQUISITION, call) == gates


def edges() -> Iterator[tuple[str, Scenario, time, bool]]:
    """Every edge of every stretch of permitted hours, a microsecond and a second to both sides, by the settings."""
    stretches = [("quiet_hours", scenario, SETTINGS.collection_hours) for scenario in Scenario]
    stretches += [("marketing_hours", scenario, hours) for scenario in MARKETING for hours in SETTINGS.marketing_hours]
    for gate, scenario, hours in stretches:
        for edge, inside in ((hours.start, 1), (hours.end, -1)):
            for step in (timedelta(0), timedelta(microseconds=1), timedelta(seconds=1)):
                for side in (1, -1):
                    moment = datetime.combine(datetime(2026, 11, 20), edge) + side * step
                    permitted = side == inside if step else edge == hours.start
                    yield gate, scenario, moment.time(), permitted


@pytest.mark.parametrize(("gate", "scenario", "clock", "permitted"), sorted(set(edges())))
def test_each_stretch_of_hours_holds_its_start_and_not_its_end(
    gate: str, scenario: Scenario, clock: time, permitted: bool
) -> None:
    gates = standing(scenario, replace(CALL, time=at(clock.isoformat())))
    assert (gate in gates) is not permitted


@given(st.times(), st.sampled_from(Scenario), st.none() | st.sampled_from(Generation))
def test_the_hours_are_those_of_the_settings_at_any_time_of_day(
    clock: time, scenario: Scenario, generation: Generation | None
) -> None:
    call = replace(CALL, time=datetime.combine(datetime(2026, 11, 20), clock, CHINA), generation=generation)
    own = SETTINGS.marketing_hours_by_generation.get(generation, []) if generation else []
    quiet = not time(8) <= clock < time(22)
    closed = not any(hours.start <= clock < hours.end for hours in (*SETTINGS.marketing_hours, *own))
    wanted = {"quiet_hours"} if quiet else set()
    if scenario in MARKETING and closed:
        wanted.add("marketing_hours")
    assert standing(scenario, call) == wanted


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(("count", "stands"), [(0, False), (1, False), (2, False), (3, True), (4, True), (99, True)])
def test_three_connected_calls_a_day_are_enough(scenario: Scenario, count: int, stands: bool) -> None:
    gates = standing(scenario, replace(CALL, connected_calls_today=count))
    assert gates == ({"connected_calls"} if stands else set())


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(("count", "stands"), [(0, False), (5, False), (6, True), (7, True), (99, True)])
def test_six_attempts_a_day_are_enough(scenario: Scenario, count: int, stands: bool) -> None:
    assert standing(scenario, replace(CALL, attempts_today=count)) == ({"attempts"} if stands else set())


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("consent", [None, False, True])
def test_marketing_needs_a_consent_that_was_given(scenario: Scenario, consent: bool | None) -> None:
    refused = scenario in MARKETING and consent is not True
    gates = standing(scenario, replace(CALL, marketing_consent=consent))
    assert gates == ({"marketing_consent"} if refused else set())


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("consent", [None, False, True])
def test_an_opt_out_outlives_every_consent(scenario: Scenario, consent: bool | None) -> None:
    gates = standing(scenario, replace(CALL, opted_out=True, marketing_consent=consent))
    assert ("opted_out" in gates) is (scenario in MARKETING)


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("generation", [None, *Generation])
@pytest.mark.parametrize("student", [None, False, True])
def test_students_are_not_courted(scenario: Scenario, generation: Generation | None, student: bool | None) -> None:
    wanted = set()
    if scenario in MARKETING and student:
        wanted = {"student"}
    elif scenario in MARKETING and student is None and generation is Generation.GEN_Z:
        wanted = {"student_unknown"}
    assert standing(scenario, replace(CALL, generation=generation, is_student=student)) == wanted


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(("connected", "tried"), list(product((2, 3, 4), (5, 6, 7))))
def test_talks_and_attempts_are_counted_apart(scenario: Scenario, connected: int, tried: int) -> None:
    gates = standing(scenario, replace(CALL, connected_calls_today=connected, attempts_today=tried))
    assert ("connected_calls" in gates, "attempts" in gates) == (connected >= 3, tried >= 6)


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(
    ("age", "stands"), [(None, False), (-1, True), (0, True), (17, True), (18, False), (19, False), (90, False)]
)
def test_minors_are_not_called(scenario: Scenario, age: int | None, stands: bool) -> None:
    assert standing(scenario, replace(CALL, age=age)) == ({"minor"} if stands else set())


@pytest.mark.parametrize("scenario", MARKETING)
@pytest.mark.parametrize("consent", [None, False, True])
@pytest.mark.parametrize("student", [None, False, True])
def test_nothing_in_a_request_outweighs_a_refusal(
    scenario: Scenario, consent: bool | None, student: bool | None
) -> None:
    call = replace(CALL, opted_out=True, marketing_consent=consent, is_student=student)
    assert "opted_out" in standing(scenario, call)


OWN_ROLES = {Role.APPLICANT, Role.DEBTOR, Role.UNKNOWN}


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verified", [True, False])
def test_third_parties_are_not_spoken_to(scenario: Scenario, role: Role, verified: bool) -> None:
    findings = SHIPPED(Case(scenario=scenario, callee=Callee(role, verified), call=CALL))
    stands = "gate.third_party" in {finding.rule for finding in findings}
    spoken_to = OWN_ROLES | ({Role.GUARANTOR} if scenario.group is Group.COLLECTION else set())
    assert stands is (role not in spoken_to)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("scenario", Scenario)
def test_what_was_said_before_closes_what_it_was_said_about(scenario: Scenario, channel: Channel) -> None:
    def stand(role: Role, **said: Any) -> set[str]:
        case = Case(scenario=scenario, channel=channel, callee=Callee(role), call=replace(CALL, **said))
        return {finding.rule.removeprefix("gate.") for finding in SHIPPED(case)} - {"person_speaks", "third_party"}

    own = Role.APPLICANT if scenario in MARKETING else Role.DEBTOR
    assert stand(own, opted_out=True) == ({"opted_out"} if scenario in MARKETING else set())
    assert stand(own, wrong_number=True) == {"wrong_number"}
    assert stand(own, said_on_telephone=True) == ({"said_on_telephone"} if channel is Channel.SMS else set())
    is_machine_of_servicing = channel is Channel.AI_VOICE and scenario not in MARKETING
    assert stand(own, asked_for_person=True) == ({"asked_for_person"} if is_machine_of_servicing else set())
    assert stand(own, third_party_refused=True) == set()
    assert stand(Role.UNKNOWN, third_party_refused=True) == set()
    for other in (Role.CONTACT, Role.UNRELATED):
        assert stand(other, third_party_refused=True) == {"third_party_refused"}


@pytest.mark.parametrize("name", GATE_NAMES)
def test_a_gate_either_hands_over_or_forbids(name: GateName) -> None:
    assert (name in HANDOVERS) is (name.startswith("person_speaks") or name == "asked_for_person")


def test_an_absent_callee_is_an_unknown_one() -> None:
    refusing = SETTINGS.model_copy(update={"roles": {scenario: [Role.DEBTOR] for scenario in Scenario}})
    case = Case(scenario=Scenario.ACQUISITION, call=CALL)
    assert [finding.rule for finding in Gates(refusing)(case)] == ["gate.third_party"]
    assert SHIPPED(case) == []


@pytest.mark.parametrize("scenario", Scenario)
def test_only_the_longest_overdue_are_left_to_a_person(scenario: Scenario) -> None:
    findings = SHIPPED(Case(scenario=scenario, callee=Callee(Role.DEBTOR), call=CALL))
    told = [(finding.rule, finding.action) for finding in findings]
    assert told == ([("gate.person_speaks", Action.ESCALATE)] if scenario is Scenario.COLLECTION_M3_PLUS else [])


def test_all_gates_that_stand_are_told_in_their_order_with_the_officers_reasons() -> None:
    worst = Call(
        time=at("23:00:00"),
        age=17,
        generation=Generation.GEN_Z,
        opted_out=True,
        wrong_number=True,
        third_party_refused=True,
        said_on_telephone=True,
        asked_for_person=True,
        connected_calls_today=3,
        attempts_today=6,
    )
    case = Case(scenario=Scenario.ACQUISITION, channel=Channel.SMS, callee=Callee(Role.CONTACT), call=worst)
    findings = SHIPPED(case)
    expected = [name for name in GATE_NAMES if name not in ("student", "settled") and name not in HANDOVERS]
    assert [finding.rule for finding in findings] == [f"gate.{name}" for name in expected]
    reasons = {rule.id: rule.reason for rule in SETTINGS.gates}
    for finding in findings:
        assert (finding.guard, finding.action, finding.span) == ("gates", Action.BLOCK, None)
        assert finding.reason == reasons[finding.rule]


MATRIX = {
    "marketing_consent": set(MARKETING),
    "opted_out": set(MARKETING),
    "student": set(MARKETING),
    "student_unknown": set(MARKETING),
    "marketing_hours": set(MARKETING),
    "wrong_number": set(Scenario),
    "said_on_telephone": set(Scenario),
    "third_party_refused": set(Scenario),
    "asked_for_person": set(Scenario) - set(MARKETING),
    "minor": set(Scenario),
    "third_party": set(Scenario),
    "quiet_hours": set(Scenario),
    "connected_calls": set(Scenario),
    "attempts": set(Scenario),
    "settled": set(Scenario) - set(MARKETING),
    "person_speaks": {Scenario.COLLECTION_M3_PLUS},
    "person_speaks_to_guarantor": set(Scenario),
    "person_speaks_of_dispute": set(Scenario) - set(MARKETING),
}
"""In which scenarios each gate can stand; where the law is silent the institution is the stricter."""


@pytest.mark.parametrize("scenario", Scenario)
def test_each_gate_can_stand_in_the_scenarios_of_the_matrix_and_no_other(scenario: Scenario) -> None:
    worst = Call(
        time=at("23:00:00"),
        age=17,
        generation=Generation.GEN_Z,
        opted_out=True,
        wrong_number=True,
        third_party_refused=True,
        said_on_telephone=True,
        asked_for_person=True,
        connected_calls_today=3,
        attempts_today=6,
    )
    stood = set[str]()
    statuses = [(Fact("status", Quantity.TEXT, status),) for status in ("open", "settled", "disputed")]
    for role, student, facts, channel in product(
        (Role.CONTACT, Role.GUARANTOR), (None, True), statuses, (Channel.AI_VOICE, Channel.SMS)
    ):
        call = replace(worst, is_student=student)
        case = Case(scenario=scenario, channel=channel, callee=Callee(role), call=call, facts=facts)
        stood |= {finding.rule.removeprefix("gate.") for finding in SHIPPED(case)}
    assert stood == {name for name, scenarios in MATRIX.items() if scenario in scenarios}
    assert set(MATRIX) == set(GATE_NAMES)


def test_each_gate_names_its_source_its_day_and_both_kinds_of_examples() -> None:
    for rule in SETTINGS.gates:
        assert all((rule.source.law, rule.reason, rule.examples.hits, rule.examples.misses))
        assert date(2013, 1, 1) <= rule.since <= date(2026, 11, 20)


def test_the_gates_are_those_that_the_rules_describe() -> None:
    assert tuple(GATES) == GATE_NAMES


@pytest.mark.parametrize("case", [Case(), Case(scenario=Scenario.ACQUISITION), Case(call=CALL)])
def test_gates_need_a_scenario_and_a_call(case: Case) -> None:
    with pytest.raises(ValueError, match="gates need"):
        SHIPPED(case)


def test_a_time_without_an_offset_is_refused() -> None:
    naive = replace(CALL, time=datetime(2026, 11, 20, 10, 5))
    with pytest.raises(ValueError, match="offset from UTC"):
        SHIPPED(Case(scenario=Scenario.ACQUISITION, call=naive))


ANY_OFFSET = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone)
MOMENTS = st.datetimes(timezones=ANY_OFFSET)


@given(
    MOMENTS
    | st.sampled_from([datetime.max, datetime.min]).flatmap(lambda m: ANY_OFFSET.map(lambda o: m.replace(tzinfo=o))),
    st.sampled_from(Scenario),
    st.none() | st.sampled_from(Generation),
    st.none() | st.sampled_from(Role),
    st.none() | st.integers(-1, 200),
)
def test_no_aware_time_breaks_the_gates(
    moment: datetime, scenario: Scenario, generation: Generation | None, role: Role | None, age: int | None
) -> None:
    call = Call(moment, age=age, generation=generation)
    findings = SHIPPED(Case(scenario=scenario, callee=Callee(role) if role else None, call=call))
    assert all(finding.action in {Action.BLOCK, Action.ESCALATE} for finding in findings)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=ANY_OFFSET))
def test_the_time_of_day_in_china_is_that_of_the_same_instant(moment: datetime) -> None:
    assert china_time(moment) == moment.astimezone(CHINA).time()
    assert china_time(moment) == china_time(moment.astimezone(UTC))


# The same limits stand in the prompts, where a person reads them; they must agree.


def windows() -> Iterator[tuple[Generation, time, time]]:
    """The contact window of each generation."""
    for generation in yaml.safe_load((ROOT / "prompts" / "generations.yaml").read_text("utf-8")):
        start, end = (time.fromisoformat(clock) for clock in generation["contact_window"])
        yield Generation(generation["id"]), start, end


def test_each_generation_has_a_contact_window() -> None:
    assert {generation for generation, _, _ in windows()} == set(Generation)


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize(("generation", "start", "end"), list(windows()))
def test_contact_windows_lie_in_permitted_hours(
    scenario: Scenario, generation: Generation, start: time, end: time
) -> None:
    moment = datetime.combine(datetime(2026, 11, 20), start, CHINA)
    last = datetime.combine(datetime(2026, 11, 20), end, CHINA)
    assert moment < last
    while moment < last:
        assert standing(scenario, replace(CALL, time=moment, generation=generation)) == set()
        moment += timedelta(minutes=5)


def test_the_roles_of_the_scenarios_are_those_of_the_gates(lexicon: Lexicon) -> None:
    scenarios = yaml.safe_load((ROOT / "prompts" / "scenarios.yaml").read_text("utf-8"))
    assert {scenario["id"]: set(scenario["roles"]) for scenario in scenarios} == {
        scenario: set(roles) for scenario, roles in lexicon.gates.roles.items()
    }


@pytest.mark.parametrize("verified", [True, False])
def test_whoever_vouches_for_somebody_else_gets_a_person(verified: bool) -> None:
    call = Call(time=at("10:00:00"), age=48, generation=Generation.MIDDLE_AGED)
    case = Case(scenario=Scenario.COLLECTION_M1, callee=Callee(Role.GUARANTOR, verified), call=call)
    (finding,) = SHIPPED(case)
    assert (finding.rule, finding.action) == ("gate.person_speaks_to_guarantor", Action.ESCALATE)
    assert SHIPPED(replace(case, callee=Callee(Role.DEBTOR, verified))) == []


@pytest.mark.parametrize(
    ("status", "rule", "action"),
    [
        ("settled", "gate.settled", Action.BLOCK),
        ("disputed", "gate.person_speaks_of_dispute", Action.ESCALATE),
        ("open", None, None),
    ],
)
@pytest.mark.parametrize("scenario", [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2])
def test_a_settled_debt_is_not_called_and_a_disputed_one_is_a_persons(
    scenario: Scenario, status: str, rule: str | None, action: Action | None
) -> None:
    facts = (Fact("status", Quantity.TEXT, status),)
    found = SHIPPED(Case(scenario=scenario, callee=Callee(Role.DEBTOR), call=CALL, facts=facts))
    assert [(finding.rule, finding.action) for finding in found] == ([(rule, action)] if rule else [])
