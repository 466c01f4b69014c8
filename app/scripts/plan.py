"""From tags, generation and facts to a brief: what the body must say, in which order, and how it is delivered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.approved.brief import Brief
from app.approved.skeleton import ANNUAL_RATE
from app.approved.vocabulary import REPLY, ScenarioProfile, Tag, Vocabulary
from guards.types import Channel, Generation, Group, Scenario

MONTHLY_PAYMENT = "月还款"
_ALWAYS = {
    Group.MARKETING: (ANNUAL_RATE, MONTHLY_PAYMENT),
    Group.SERVICING: ("应还金额", "到期日"),
    Group.COLLECTION: ("应还金额", "到期日", "逾期天数"),
}
_DISCLOSED = {
    Group.MARKETING: (ANNUAL_RATE,),
    Group.SERVICING: ("应还金额", "到期日"),
    Group.COLLECTION: ("应还金额", "到期日"),
}
_WORTH_SAYING = ("额度上限", "审批时长", "首贷优惠", "免息天数", "活动截止", "期数")
_ON_REQUEST = {
    Group.MARKETING: frozenset({*_WORTH_SAYING, "月利率", "名额"}),
    Group.SERVICING: frozenset({"卡尾号", "最低还款"}),
    Group.COLLECTION: frozenset({"卡尾号", "最低还款"}),
}
_OPTIONAL = ("产品名", "还款渠道")
_MOST_SLOTS = {Group.MARKETING: 3, Group.SERVICING: 4, Group.COLLECTION: 4}
"""As many as a call bears; one less where the customer is in a hurry."""
_MOST_TAGS = 2
_RATE_ASKED = "asked_rate"
_OFFER_ASKED = {"asked_deferral": "deferral", "asked_instalment": "instalment"}
_SLOWER, _SLOWEST = 0.1, 0.7


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the words are spoken. `speech_rate` 1.0 is the engine's ordinary pace; the window is local time."""

    speech_rate: float
    repeat_key_points: bool
    contact_window: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is ordered from the model, and how the answer is spoken.

    `slots` must be said in the end: what the body does not say, code adds in approved words. A script `leaves` when
    the customer wants no more of it now: then it states nothing.
    """

    brief: Brief
    slots: tuple[str, ...]
    leaves: bool
    delivery: Delivery


def make_plan(
    scenario: ScenarioProfile,
    generation: Generation,
    tags: Sequence[Tag],
    available: Collection[str],
    offers: Sequence[str],
    strategy: str | None,
    vocabulary: Vocabulary,
    channel: Channel,
) -> Plan:
    """Decide the brief. `available` are the slots that the request's facts can fill.

    Who has just refused, has paid or is busy is answered that, whatever `strategy` was asked for. What is said (slots,
    offer) follows from facts and tags alone, so that a change of generation changes no number and no right; generation
    and strategy decide only how and in which order.
    """
    fitting = _by_rank([tag for tag in tags if scenario.id in tag.scenarios], vocabulary)
    is_message = channel is Channel.SMS
    if is_message:  # no message answers what was said in a call, and it takes up no tag in words
        fitting, strategy = [tag for tag in fitting if not tag.said], None if strategy == REPLY else strategy
    available = [slot for slot in available if not any(slot in tag.excludes for tag in fitting)]
    offer = _offer(fitting, offers) if scenario.id.group is Group.COLLECTION else None
    refuses = any(tag.needs_reply for tag in fitting)
    strategy = (None if refuses else strategy) or _strategy(scenario, generation, fitting, available, vocabulary)
    most = 0 if is_message else _MOST_TAGS if strategy != REPLY else 1
    addressed = [tag for tag in fitting if tag.is_addressed_by(strategy)][:most]
    slots = _slots(scenario.id.group, fitting, available, offer)
    if strategy == REPLY:
        slots = _reply_slots(addressed, available)
    brief = Brief(
        scenario=scenario.id,
        generation=generation,
        strategy=strategy,
        tags=tuple(tag.id for tag in addressed),
        slots=slots,
        optional_slots=tuple(slot for slot in _OPTIONAL if slot in available),
        offer=offer,
    )
    leaves = refuses and strategy == REPLY
    owed = [slot for slot in _DISCLOSED[scenario.id.group] if slot in available and not leaves]
    if not is_message:  # a message says what its own words say, and what it must
        owed = [*slots, *(slot for slot in owed if slot not in slots)]
    return Plan(brief, tuple(owed), leaves, _delivery(generation, fitting, vocabulary))


def heard_tags(tags: Sequence[Tag], scenario: Scenario, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The ids of what the customer has just said and this scenario can answer, the gravest first."""
    return tuple(tag.id for tag in _by_rank(tags, vocabulary) if tag.said and scenario in tag.scenarios)


def _by_rank(tags: Sequence[Tag], vocabulary: Vocabulary) -> list[Tag]:
    """In the written order of precedence, whatever the order of the request."""
    places = {name: place for place, name in enumerate(vocabulary.tags)}
    return sorted(tags, key=lambda tag: (tag.rank, places[tag.id]))


def _strategy(
    scenario: ScenarioProfile,
    generation: Generation,
    tags: Sequence[Tag],
    available: Collection[str],
    vocabulary: Vocabulary,
) -> str:
    """The first strategy that a tag prefers and that scenario and facts support, else the generation's own.

    Empty where a person speaks: such a scenario has no strategies.
    """
    known = [
        strategy
        for strategy in vocabulary.strategies_for(scenario.id)
        if all(slot in available for slot in vocabulary.strategies[strategy].needs)
    ]
    preferred = (strategy for tag in tags for strategy in tag.strategies if strategy in known)
    return next(preferred, scenario.default_strategy.get(generation, ""))


def _slots(group: Group, tags: Sequence[Tag], available: Collection[str], offer: str | None) -> tuple[str, ...]:
    chosen = [slot for slot in _ALWAYS[group] if slot in available]
    if offer == "deferral" and "延期期数" in available:
        chosen.append("延期期数")
    limit = _MOST_SLOTS[group] - any(tag.brief for tag in tags)
    asked = [slot for tag in tags for slot in tag.slots if slot in _ON_REQUEST[group]]
    own = _WORTH_SAYING if group is Group.MARKETING else ()
    for slot in (*asked, *own):
        if slot in available and slot not in chosen and len(chosen) < limit:
            chosen.append(slot)
    return tuple(chosen)


def _reply_slots(tags: Sequence[Tag], available: Collection[str]) -> tuple[str, ...]:
    """A reply says no figure but the annual rate, and that only to who asked for it."""
    asked = any(tag.id == _RATE_ASKED for tag in tags)
    return (ANNUAL_RATE,) if asked and ANNUAL_RATE in available else ()


def _offer(tags: Sequence[Tag], offers: Sequence[str]) -> str | None:
    """The concession to speak of: the one that the customer asked about, else the first one on offer."""
    asked = (_OFFER_ASKED[tag.id] for tag in tags if _OFFER_ASKED.get(tag.id) in offers)
    return next(asked, offers[0] if offers else None)


def _delivery(generation: Generation, tags: Sequence[Tag], vocabulary: Vocabulary) -> Delivery:
    profile = vocabulary.generations[generation]
    rate = profile.speech_rate
    if any(tag.pace == "slower" for tag in tags):
        rate = max(_SLOWEST, rate - _SLOWER)
    return Delivery(round(rate, 2), profile.repeat_key_points, profile.contact_window)
