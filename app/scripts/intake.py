"""From a request to an order: tags, facts and generation resolved against the vocabulary, or a clear refusal."""

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from math import inf
from typing import Any, Literal

from app.approved.agreement import Limits, Situation
from app.approved.facts import Facts, Filling, parse_any_facts, parse_facts
from app.approved.replies import CALLER, Cell
from app.approved.spoken import spoken_money, written_money
from app.approved.vocabulary import REPLY, Tag, Vocabulary
from app.approved.wording import INSTITUTION, OTHER_FEES, SALUTATION, Wording
from app.contacts import Closures, ContactEvent
from app.contacts.ledger import NONE_CLOSED
from app.errors import FieldProblem, Malformed
from app.requests import CalleeRequest, ReviewItem, ScriptRequest
from app.scripts.plan import Plan, heard_tags, make_plan
from app.scripts.stitch import Moment
from app.scripts.tags import IgnoredTags, NamedTags, answers_call, events_of, ignored_tags
from guards.lexicon.scope import CHINA
from guards.types import Call, Callee, Case, Channel, Generation, Group, Quantity, Role

_REGION_TAGS = {"county": "county"}


@dataclass(frozen=True, slots=True)
class Order:
    """A request that makes sense: what to write, what to stitch it into, and what the guards may know.

    `events` are what was said that outlives the call; `ignored_tags` change nothing where a whole script is spoken;
    `unwanted` are words that contradict the tags. `heard` is what is answered before the identity is proven, if any.
    `key` is the same for every order of one customer, as far as the caller tells customers apart; a digest.
    """

    request_id: str
    plan: Plan
    moment: Moment
    case: Case
    events: tuple[ContactEvent, ...]
    tags: NamedTags
    heard: Cell | None
    unwanted: tuple[str, ...]
    ignored_tags: IgnoredTags
    key: str
    candidates: int
    source: Literal["auto", "model", "pool"]
    deadline_seconds: float


def take_order(
    request: ScriptRequest,
    vocabulary: Vocabulary,
    wording: Wording,
    limits: Limits = Limits(),  # noqa: B008  frozen
    closures: Closures = NONE_CLOSED,
) -> Order:
    """Resolve a request of a customer who closed what `closures` say.

    Raises:
        Malformed: naming every field that is wrong, unknown tags with the nearest known one, and facts that disagree.
    """
    profile = vocabulary.scenarios[request.scenario]
    problems: list[FieldProblem] = []
    named = _tags(request, vocabulary, problems)
    tags = _with_region(request, [tag for _, tag in named], vocabulary)
    generation = _generation(request, vocabulary, problems)
    strategy = request.options.strategy
    if strategy is not None and strategy not in vocabulary.strategies_for(request.scenario):
        known = "、".join(vocabulary.strategies_for(request.scenario)) or "none"
        problems.append(FieldProblem("options.strategy", f"no strategy of {request.scenario}; known: {known}"))
    try:
        situation = Situation(request.call_time, limits)
        facts = parse_facts(request.facts, profile, vocabulary, situation).with_defaults(
            {
                name: value
                for name, value in (
                    ("hotline", wording.institution.hotline),
                    ("repay_channel", wording.institution.repay_channel),
                )
                if name in profile.optional_facts
            }
        )
    except Malformed as malformed:
        raise Malformed("the request breaks the contract", [*problems, *malformed.fields]) from None
    today = request.call_time.astimezone(CHINA).date()
    fillings = facts.fillings(today)
    speakable = [tag for tag in tags if not tag.channels or request.channel in tag.channels]
    if strategy == REPLY and not any(
        tag.is_addressed_by(REPLY) and request.scenario in tag.scenarios for tag in speakable
    ):
        problems.append(FieldProblem("options.strategy", "reply needs a tag for what the customer has just said"))
    for slot in vocabulary.strategies[strategy].needs if strategy in vocabulary.strategies else []:
        if slot not in fillings:
            problems.append(FieldProblem("options.strategy", f"needs facts.{vocabulary.slots[slot].fact}"))
    if problems:
        raise Malformed("the request breaks the contract", problems)
    sayable = _sayable(facts, fillings)

    def planned(known: Sequence[Tag]) -> Plan:
        return make_plan(profile, generation, known, sayable, facts.offers, strategy, vocabulary, request.channel)

    plan = planned(speakable)
    case = _case(request, generation, facts, today, vocabulary, closures, answers_call(tags, request.scenario))
    denied = any(tag.denies_identity for tag in tags)
    if request.scenario.group is not Group.MARKETING and denied:
        case = replace(case, callee=Callee(Role.UNRELATED, identity_verified=False))
    cells = (
        Cell(tag, request.scenario, generation, request.channel, request.customer.ref is not None, unverified=True)
        for tag in heard_tags(speakable, request.scenario, vocabulary)
    )
    heard = next((cell for cell in cells if wording.replies.texts(cell, "")), None)
    moment = Moment(
        scenario=request.scenario,
        channel=request.channel,
        generation=generation,
        speaks_body=request.scenario.group is Group.MARKETING or case.is_verified,
        fillings={**fillings, **_own_fillings(request, facts, wording, is_somebody_else=denied)},
        slots=plan.slots,
        leaves=plan.leaves,
        remembers=request.customer.ref is not None,
        asks_identity=heard is None or vocabulary.tags[heard.tag].event is None,
        rate_method=facts.rate_method,
        fees=facts.fees,
        speech_rate=plan.delivery.speech_rate,
        longest_seconds=profile.longest_seconds.get(generation, inf),
    )
    options = request.options
    return Order(
        request_id=request.request_id,
        plan=plan,
        moment=moment,
        case=case,
        events=events_of(tags, request.scenario, request.callee.role, remembered=request.customer.ref is not None),
        tags=tuple(named),
        heard=heard,
        unwanted=tuple(word for tag in speakable for word in vocabulary.effects[tag.id].never),
        ignored_tags=ignored_tags(
            named, plan, lambda tag: planned([each for each in speakable if each is not tag]), request.channel
        ),
        key=hashlib.sha256((request.customer.ref or request.request_id).encode()).hexdigest(),
        candidates=options.candidates,
        source=options.source,
        deadline_seconds=options.deadline_ms / 1000,
    )


def take_review(item: ReviewItem, vocabulary: Vocabulary, wording: Wording, now: datetime) -> Case:
    """The case of a text to examine.

    Raises:
        Malformed: naming every fact that is wrong.
    """
    facts: Facts | None = None
    if item.facts is not None:
        profile = vocabulary.scenarios[item.scenario] if item.scenario else None
        facts = (
            parse_facts(item.facts, profile, vocabulary, partial=True)
            if profile
            else parse_any_facts(item.facts, vocabulary)
        ).with_defaults({"hotline": wording.institution.hotline})
    return Case(
        scenario=item.scenario,
        channel=item.channel,
        callee=_callee(item.callee) if item.callee else None,
        stage=item.stage,
        facts=facts.guard_facts() if facts else None,
        offers=frozenset(facts.offers) if facts else frozenset(),
        known_personal_data=item.pii or {},
        today=now.astimezone(CHINA).date(),
    )


def _tags(request: ScriptRequest, vocabulary: Vocabulary, problems: list[FieldProblem]) -> list[tuple[str, Tag]]:
    """The request's tags in its order, each once, by the name that it gave them."""
    tags: dict[str, tuple[str, Tag]] = {}
    for index, name in enumerate(request.customer.tags):
        tag = vocabulary.tag(name)
        if tag is None:
            nearest = _nearest(name, vocabulary)
            problems.append(
                FieldProblem(f"customer.tags.{index}", f"unknown tag {name}; the nearest known one is {nearest}")
            )
        else:
            tags.setdefault(tag.id, (name, tag))
    return list(tags.values())


def _with_region(request: ScriptRequest, tags: Sequence[Tag], vocabulary: Vocabulary) -> list[Tag]:
    """The tags, and what the customer's region adds."""
    added = _REGION_TAGS.get(request.customer.region or "")
    tag = vocabulary.tags.get(added) if added else None
    return [*tags, tag] if tag and tag not in tags else list(tags)


def _nearest(name: str, vocabulary: Vocabulary) -> str:
    """The known id or label most like `name`."""
    known = [*(tag.label for tag in vocabulary.tags.values()), *vocabulary.tags]
    return max(known, key=lambda other: difflib.SequenceMatcher(None, name, other).ratio())


def _generation(request: ScriptRequest, vocabulary: Vocabulary, problems: list[FieldProblem]) -> Generation:
    customer = request.customer
    if customer.generation is not None:
        return customer.generation
    if customer.age is None:
        problems.append(FieldProblem("customer.age", "age or generation is required"))
        return Generation.MIDDLE_AGED
    return _by_age(customer.age, vocabulary)


def _sayable(facts: Facts, fillings: Mapping[str, Filling]) -> list[str]:
    """The slots that may be said together: a monthly payment is said with its term, so none is named beside it."""
    return [slot for slot in fillings if not (slot == "期数" and "monthly_payment" in facts.values)]


def _by_age(age: int, vocabulary: Vocabulary) -> Generation:
    """The generation of an age; below the youngest and above the oldest, the nearest one."""
    youngest, *_, oldest = vocabulary.generations
    nearest = youngest if age < vocabulary.generations[youngest].ages[0] else oldest
    return vocabulary.generation_of(age) or nearest


def _case(
    request: ScriptRequest,
    generation: Generation,
    facts: Facts,
    today: date,
    vocabulary: Vocabulary,
    closures: Closures,
    answers_call: bool,
) -> Case:
    customer = request.customer
    call = Call(
        time=request.call_time,
        age=customer.age,
        # Who may be called follows from a known age; the generation asked for decides only how one speaks.
        generation=generation if customer.age is None else _by_age(customer.age, vocabulary),
        is_student=customer.is_student,
        marketing_consent=customer.marketing_consent,
        opted_out=customer.opted_out or closures.opted_out,
        asked_for_person=closures.asked_for_person,
        wrong_number=closures.wrong_number,
        third_party_refused=closures.third_party_refused,
        said_on_telephone=answers_call,
        connected_calls_today=request.history.connected_calls_today,
        attempts_today=request.history.attempts_today,
    )
    return Case(
        scenario=request.scenario,
        channel=request.channel,
        callee=_callee(request.callee),
        call=call,
        facts=facts.guard_facts(),
        offers=frozenset(facts.offers),
        # The tail of a card is a fact that may be said, also where the engine lists it among personal data.
        known_personal_data={
            kind: value for kind, value in customer.pii.items() if value != facts.values.get("card_tail")
        },
        today=today,
    )


def _callee(callee: CalleeRequest) -> Callee:
    return Callee(callee.role, callee.identity_verified)


def _own_fillings(
    request: ScriptRequest, facts: Facts, wording: Wording, *, is_somebody_else: bool
) -> dict[str, Filling]:
    """Slots of approved wording: the institution, how the customer is addressed, fees beside interest."""
    name = wording.institution.full_name
    caller = f"{name}的{'智能语音助手' if request.channel is Channel.AI_VOICE else '客服'}"
    fillings = {INSTITUTION: Filling(name, name), CALLER: Filling(caller, caller)}
    if request.customer.surname and request.customer.honorific and not is_somebody_else:
        address = request.customer.surname + request.customer.honorific
        fillings[SALUTATION] = Filling(address, address)
    fees = facts.values.get("fees")
    if isinstance(fees, Decimal) and fees > 0:
        fillings[OTHER_FEES] = Filling(f"{written_money(fees)}元", spoken_money(fees), "fees", Quantity.MONEY)
    return fillings


def masked_request(request: ScriptRequest) -> Mapping[str, Any]:
    """What a record may keep of a request: no personal data, no name, no reference that might be one."""
    kept = request.model_dump(mode="json", exclude={"customer": {"pii", "surname", "ref"}})
    return dict(kept)
