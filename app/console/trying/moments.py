"""Who is on the line and where, as forms that try words ask for it."""

from app.lexicon.labels import CHANNELS, SCENARIOS, STAGES
from app.requests import CalleeRequest
from guards.types import Channel, Group, Role, Scenario, Stage

CALLEES = (
    ("verified", "客户本人，已核实"),
    ("unverified", "还没有核实是谁"),
    ("contact", "联系人、家人等别人"),
)
SCENARIO_OPTIONS = [(one.value, SCENARIOS[one]) for one in Scenario]
CHANNEL_OPTIONS = [(one.value, CHANNELS[one]) for one in Channel]
STAGE_OPTIONS = [(one.value, STAGES[one]) for one in Stage]


def scenario_of(typed: str) -> Scenario | None:
    """The scenario that a field names."""
    return Scenario(typed) if typed in set(Scenario) else None


def channel_of(typed: str) -> Channel | None:
    """The channel that a field names."""
    return Channel(typed) if typed in set(Channel) else None


def stage_of(typed: str) -> Stage | None:
    """The stage that a field names."""
    return Stage(typed) if typed in set(Stage) else None


def callee_of(typed: str, scenario: Scenario | None) -> CalleeRequest | None:
    """Who a field says is on the line; None where it does not say."""
    if typed == "verified":
        is_applicant = scenario is not None and scenario.group is Group.MARKETING
        return CalleeRequest(role=Role.APPLICANT if is_applicant else Role.DEBTOR, identity_verified=True)
    if typed == "unverified":
        return CalleeRequest(role=Role.UNKNOWN)
    return CalleeRequest(role=Role.CONTACT) if typed == "contact" else None
