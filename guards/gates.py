"""May this call be made at all? Decided from the request alone, before a word is written."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from guards.lexicon.gates import HANDOVERS, GateName, GateSettings
from guards.lexicon.scope import CHINA
from guards.types import Action, Call, Case, Channel, Finding, Group, Role, Scenario

Test = Callable[[GateSettings, Scenario, Call, Case], bool]


def china_time(moment: datetime) -> time:
    """The time of day in China at `moment`, also at the ends of the calendar.

    Raises:
        ValueError: if `moment` names no offset from UTC.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("the time of a call needs an offset from UTC")
    any_day = datetime.combine(date(2000, 1, 2), moment.time())
    return (any_day - offset + CHINA.utcoffset(None)).time()


def _is_marketing(scenario: Scenario) -> bool:
    return scenario.group is Group.MARKETING


def _outside_collection_hours(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return not settings.collection_hours.contains(china_time(call.time))


def _outside_marketing_hours(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    generation = settings.marketing_hours_by_generation.get(call.generation, []) if call.generation else []
    moment = china_time(call.time)
    return _is_marketing(scenario) and not any(
        hours.contains(moment) for hours in (*settings.marketing_hours, *generation)
    )


def _lacks_consent(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return _is_marketing(scenario) and call.marketing_consent is not True


def _opted_out(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return _is_marketing(scenario) and call.opted_out


def _wrong_number(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.wrong_number


def _answers_call_by_message(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.said_on_telephone and case.channel is Channel.SMS


def _is_student(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return _is_marketing(scenario) and call.is_student is True


def _may_be_student(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    asked = call.generation in settings.student_status_required_for
    return _is_marketing(scenario) and call.is_student is None and asked


def _is_minor(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.age is not None and call.age < settings.adult_age


def _called_enough(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.connected_calls_today >= settings.connected_calls_per_day


def _tried_enough(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.attempts_today >= settings.attempts_per_day


def _is_third_party(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    role = case.callee.role if case.callee else Role.UNKNOWN
    return role not in settings.roles[scenario]


def _third_party_refused(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    role = case.callee.role if case.callee else Role.UNKNOWN
    return call.third_party_refused and role in (Role.CONTACT, Role.UNRELATED)


def _is_guarantor(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return case.callee is not None and case.callee.role in settings.handoff_roles


def _needs_person(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return scenario in settings.handoff


def _is_settled(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return not _is_marketing(scenario) and _status(case) == "settled"


def _is_disputed(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return not _is_marketing(scenario) and _status(case) == "disputed"


def _asked_for_person(settings: GateSettings, scenario: Scenario, call: Call, case: Case) -> bool:
    return call.asked_for_person and not _is_marketing(scenario) and case.channel is Channel.AI_VOICE


def _status(case: Case) -> object:
    fact = case.fact("status")
    return fact.value if fact else None


GATES: dict[GateName, Test] = {
    "marketing_consent": _lacks_consent,
    "opted_out": _opted_out,
    "wrong_number": _wrong_number,
    "said_on_telephone": _answers_call_by_message,
    "student": _is_student,
    "student_unknown": _may_be_student,
    "minor": _is_minor,
    "third_party": _is_third_party,
    "third_party_refused": _third_party_refused,
    "quiet_hours": _outside_collection_hours,
    "marketing_hours": _outside_marketing_hours,
    "connected_calls": _called_enough,
    "attempts": _tried_enough,
    "settled": _is_settled,
    "person_speaks": _needs_person,
    "person_speaks_to_guarantor": _is_guarantor,
    "person_speaks_of_dispute": _is_disputed,
    "asked_for_person": _asked_for_person,
}
"""Every gate of `GATE_NAMES`, in its order."""


class Gates:
    """All gates over one case; a finding that blocks means `do_not_call`, one that escalates means `handoff`."""

    name = "gates"

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._rules = {rule.id: rule for rule in settings.gates}

    def __call__(self, case: Case) -> Sequence[Finding]:
        """The gates that stand against this call, in the order of `GATES`.

        Raises:
            ValueError: if the case names no scenario or no call, or the call's time no offset from UTC.
        """
        if case.scenario is None or case.call is None:
            raise ValueError("gates need a scenario and a call")
        findings = []
        for name, stands in GATES.items():
            if stands(self._settings, case.scenario, case.call, case):
                rule = self._rules[f"gate.{name}"]
                action = Action.ESCALATE if name in HANDOVERS else Action.BLOCK
                findings.append(Finding(rule.id, self.name, action, rule.reason))
        return findings
