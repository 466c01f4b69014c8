"""Where in a script something stands: segments by position, and rule scopes against them."""

from datetime import date, datetime, timedelta, timezone

from guards.lexicon.rules import Scoped
from guards.types import Case, Role, Scenario, Script, Span, Stage

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one time zone without summer time since 1991."""

_OWN_ROLES = frozenset({Role.APPLICANT, Role.DEBTOR, Role.GUARANTOR})


def segment_spans(script: Script) -> list[Span | None]:
    """The span of each segment in `script.text`; None for an empty segment."""
    spans: list[Span | None] = []
    position = 0
    for segment in script.segments:
        end = position + len(segment.text)
        spans.append(Span(position, end) if end > position else None)
        position = end
    return spans


def stage_at(script: Script, position: int) -> Stage | None:
    """The stage of the segment that holds the code point at `position` of `script.text`."""
    for segment in script.segments:
        if position < len(segment.text):
            return segment.stage
        position -= len(segment.text)
    return None


def is_verified(case: Case) -> bool:
    """Whether debt facts may be spoken: an absent callee is taken as the verified person."""
    return case.callee is None or (case.callee.identity_verified and case.callee.role in _OWN_ROLES)


def concerns(rule: Scoped, scenario: Scenario | None) -> bool:
    """Whether the rule names the scenario or its group; one that names none concerns all, as does an unknown one."""
    return not rule.scenarios or scenario is None or scenario in rule.scenarios or scenario.group in rule.scenarios


def applies(rule: Scoped, case: Case) -> bool:
    """Whether the rule's days, scenario, channel and callee fit; what the case does not know counts as fitting."""
    if not concerns(rule, case.scenario):
        return False
    if rule.channels and case.channel is not None and case.channel not in rule.channels:
        return False
    return is_addressed(rule, case) and is_in_force(rule, case, china_today())


def china_today() -> date:
    """The day that it is in China now."""
    return datetime.now(CHINA).date()


def is_in_force(rule: Scoped, case: Case, today: date) -> bool:
    """Whether the rule is in force `today` or on the day of the case."""
    # A rule in force today stays in force for a call that is dated otherwise: a wrong clock must not switch rules off.
    return rule.effective.covers(today) or (case.today is not None and rule.effective.covers(case.today))


def is_addressed(rule: Scoped, case: Case) -> bool:
    """Whether the rule is about whoever is on the line."""
    if not rule.callees:
        return True
    standing = "verified" if is_verified(case) else "unverified"
    role = case.callee.role if case.callee else None
    return standing in rule.callees or role in rule.callees
