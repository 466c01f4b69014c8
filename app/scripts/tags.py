"""What the tags of a request mean beyond the words: events that outlive the call, and tags that mean nothing here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.approved.events import EventType
from app.approved.vocabulary import REPLY, Tag, Vocabulary
from app.contacts import ContactEvent, Scope
from app.contacts.events import KEPT
from app.scripts.plan import Plan
from guards.types import Channel, Group, Scenario

_ON_TELEPHONE = frozenset({EventType.OPT_OUT, EventType.WRONG_NUMBER, EventType.ALREADY_PAID})
"""What no message may answer."""


@dataclass(frozen=True, slots=True)
class IgnoredTag:
    """A known tag that means nothing here, by the name that the request gave it."""

    tag: str
    reason: str


def events_of(tags: Iterable[Tag], scenario: Scenario, *, remembered: bool) -> tuple[ContactEvent, ...]:
    """What the customer said, each event once. A refusal counts also where the script has no words for it.

    `remembered`: there is a reference under which what must be kept is kept.
    """
    events: dict[EventType, ContactEvent] = {}
    for tag in tags:
        event = tag.event
        if event is None or not (_fits(tag, scenario) or event in KEPT):
            continue
        scope = _scope(tag, scenario) if event is EventType.OPT_OUT else None
        if event in events and scope is not None:
            scope = scope.widest(events[event].scope)
        events[event] = ContactEvent(event, scope, remembered=remembered or event not in KEPT)
    return tuple(events.values())


def answers_call(tags: Iterable[Tag], scenario: Scenario) -> bool:
    """Whether words in this scenario would answer what was said in a call: a refusal, a denial, that it is paid."""
    return any(
        tag.denies_identity or (tag.event in _ON_TELEPHONE and (_fits(tag, scenario) or _closes(tag, scenario)))
        for tag in tags
    )


def ignored_tags(
    named: Sequence[tuple[str, Tag]], scenario: Scenario, channel: Channel, plan: Plan, vocabulary: Vocabulary
) -> tuple[IgnoredTag, ...]:
    """The tags of a request, by the names it gave them, that change nothing of its answer, each with the reason."""
    ignored = []
    for name, tag in named:
        if not _fits(tag, scenario):
            if tag.event not in KEPT and not tag.denies_identity:
                known = ", ".join(tag.scenarios)
                ignored.append(IgnoredTag(name, f"means something in {known}, not in {scenario}"))
        elif tag.channels and channel not in tag.channels:
            ignored.append(IgnoredTag(name, f"means something on {', '.join(tag.channels)}, not on {channel}"))
        elif not _counts(tag, plan):
            reason = _why_unused(tag, plan, vocabulary)
            ignored.append(IgnoredTag(name, reason))
    return tuple(ignored)


def _why_unused(tag: Tag, plan: Plan, vocabulary: Vocabulary) -> str:
    said = "、".join(vocabulary.tags[each].label for each in plan.brief.tags)
    if not (tag.speaks or tag.strategies or tag.slots):
        return "changes nothing in a script"
    if said and plan.brief.strategy == REPLY:
        return f"the script answers {said}, and nothing else"
    if said:
        return f"a script takes up few tags in words: here {said}"
    return "what it asks for cannot be said with these facts"


def _counts(tag: Tag, plan: Plan) -> bool:
    """Whether a tag that fits changes anything: words, strategy, what is said, how it is said, what follows."""
    return (
        tag.id in plan.brief.tags
        or plan.brief.strategy in tag.strategies
        or any(slot in plan.slots for slot in tag.slots)
        or bool(tag.excludes or tag.pace or tag.brief or tag.event or tag.denies_identity)
    )


def _fits(tag: Tag, scenario: Scenario) -> bool:
    return scenario in tag.scenarios


def _scope(tag: Tag, scenario: Scenario) -> Scope:
    """What an opt-out closes: no more than calls that sell, where only they have the tag."""
    sells_only = all(each.group is Group.MARKETING for each in tag.scenarios)
    return Scope.MARKETING if sells_only else Scope.said_in(scenario.group)


def _closes(tag: Tag, scenario: Scenario) -> bool:
    """Whether an opt-out that has no words here closes calls of this kind all the same."""
    return tag.event is EventType.OPT_OUT and _scope(tag, scenario) is Scope.said_in(scenario.group)
