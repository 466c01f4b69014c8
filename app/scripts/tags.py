"""What the tags of a request mean beyond the words: events that outlive the call, and tags that mean nothing here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.approved.events import EventType
from app.approved.hints import Hint
from app.approved.vocabulary import REPLY, Tag
from app.contacts import ContactEvent, Scope
from app.contacts.events import KEPT
from app.scripts.plan import Plan
from app.scripts.stitch import Moment
from guards.types import Channel, Role, Scenario

_ON_TELEPHONE = frozenset({EventType.OPT_OUT, EventType.WRONG_NUMBER, EventType.ALREADY_PAID})
"""What no message may answer."""


@dataclass(frozen=True, slots=True)
class IgnoredTag:
    """A known tag that means nothing here, by the name that the request gave it."""

    tag: str
    reason: str


NamedTags = Sequence[tuple[str, Tag]]
"""Tags by the names that the request gave them."""
IgnoredTags = tuple[IgnoredTag, ...]
_OTHERS = frozenset({Role.CONTACT, Role.UNRELATED, Role.GUARANTOR})
"""Who does not speak for the customer."""


def events_of(
    tags: Iterable[Tag], scenario: Scenario, role: Role = Role.UNKNOWN, *, remembered: bool
) -> tuple[ContactEvent, ...]:
    """What was said, each event once. A refusal counts also where the script has no words for it; somebody else's is
    not the customer's.

    `remembered`: there is a reference under which what must be kept is kept.
    """
    events: dict[EventType, ContactEvent] = {}
    for tag in tags:
        event = tag.event
        if event is None or not (_fits(tag, scenario) or event in KEPT):
            continue
        if event is EventType.OPT_OUT and role in _OTHERS:
            event = EventType.THIRD_PARTY_REFUSED
        scope = Scope.said_in(scenario.group) if event is EventType.OPT_OUT else None
        events[event] = ContactEvent(event, scope, remembered=remembered or event not in KEPT)
    return tuple(events.values())


def answers_call(tags: Iterable[Tag], scenario: Scenario) -> bool:
    """Whether words would answer what was said in a call: a refusal, a denial, that it is paid."""
    return any(
        tag.denies_identity or tag.event is EventType.OPT_OUT or (tag.event in _ON_TELEPHONE and _fits(tag, scenario))
        for tag in tags
    )


def ignored_tags(named: NamedTags, plan: Plan, plan_without: Callable[[Tag], Plan], channel: Channel) -> IgnoredTags:
    """The tags of a request, by the names it gave them, that change nothing of a whole script, each with the reason.

    `plan_without`: the plan, had this tag not been named.
    """
    scenario, ignored = plan.brief.scenario, []
    said = "、".join(tag.label for _, tag in named if tag.id in plan.brief.tags)
    for name, tag in named:
        if tag.denies_identity or (tag.event is not None and (_fits(tag, scenario) or tag.event in KEPT)):
            continue
        if not _fits(tag, scenario):
            ignored.append(IgnoredTag(name, f"means something in {', '.join(tag.scenarios)}, not in {scenario}"))
        elif tag.channels and channel not in tag.channels:
            ignored.append(IgnoredTag(name, f"means something on {', '.join(tag.channels)}, not on {channel}"))
        elif plan_without(tag) == plan:
            why = "a short message takes up no tag" if channel is Channel.SMS else _why_unused(tag, plan, said)
            ignored.append(IgnoredTag(name, why))
    return tuple(ignored)


def unused_tags(named: NamedTags, reason: str) -> IgnoredTags:
    """The same for an answer without a body: all but what is an event, or denies who the customer is."""
    return tuple(IgnoredTag(name, reason) for name, tag in named if tag.event is None and not tag.denies_identity)


def hints_for(hints: Sequence[Hint], moment: Moment, named: NamedTags) -> list[Hint]:
    """What a person who speaks is told beside the words, the first that fits of each kind; nothing before identity."""
    if moment.channel is not Channel.HUMAN_AGENT or not moment.speaks_body:
        return []
    tags = {tag.id for _, tag in named}
    fitting = [hint for hint in hints if hint.fits(moment.scenario, tags)]
    return list({hint.kind: hint for hint in reversed(fitting)}.values())[::-1]


def _why_unused(tag: Tag, plan: Plan, said: str) -> str:
    if not (tag.speaks or tag.strategies or tag.slots):
        return "changes nothing in a script"
    if said and plan.brief.strategy == REPLY:
        return f"the script answers {said}, and nothing else"
    if said and tag.speaks:
        return f"a script takes up few tags in words: here {said}"
    return "what it asks for is said anyway, or cannot be said with these facts"


def _fits(tag: Tag, scenario: Scenario) -> bool:
    return scenario in tag.scenarios
