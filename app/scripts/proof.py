"""Prove approved wording when it is loaded: every fallback, in every channel, against the whole guard chain."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from app.approved.facts import example_facts
from app.approved.replies import SPOKEN
from app.approved.skeleton import slots_in
from app.approved.vocabulary import REPLY, ScenarioProfile, Vocabulary
from app.approved.wording import Wording
from app.requests import CalleeRequest, CustomerRequest, OptionsRequest, ScriptRequest
from app.scripts.candidate import Candidate, examine
from app.scripts.intake import Order, take_order
from app.scripts.stitch import as_piece, bridge, is_spoken
from guards.lexicon.documents import DocumentError
from guards.lexicon.scope import CHINA
from guards.policy import Policy
from guards.types import Action, Channel, Generation, Group, Role

_MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA)
"""A moment at which every gate is open; only the proof of wording uses it."""
PROOF_DAY = _MORNING.date()
"""The day of the examples."""

_OTHER_FACTS: dict[str, Any] = {"fees": "20", "rate_method": "irr"}
"""The other side of what the examples decide, so that every approved segment is spoken in some case."""


def prove_wording(policy: Policy, vocabulary: Vocabulary, wording: Wording) -> None:
    """Examine every approved body in every channel, richest and barest facts, and the words before verification.

    What is suspended is examined too: it may be said again.

    Raises:
        DocumentError: naming file and line of each body that its own policy would stop.
    """
    wording = wording.unheld
    cases = list(_cases(vocabulary, wording))
    problems = _stopped(policy, cases, wording) + _unspoken(cases, wording) + _stopped_bridges(policy, cases, wording)
    if problems:
        raise DocumentError(list(dict.fromkeys(problems)))


def example_request(
    scenario: ScenarioProfile,
    generation: Generation,
    channel: Channel,
    facts: dict[str, Any],
    *,
    verified: bool,
    named: bool = True,
) -> ScriptRequest:
    """A request that every gate lets pass; `named`: with a form of address."""
    role = Role.APPLICANT if scenario.id.group is Group.MARKETING else Role.DEBTOR
    return ScriptRequest(
        request_id="proof",
        scenario=scenario.id,
        channel=channel,
        call_time=_MORNING.isoformat(),
        callee=CalleeRequest(role=role, identity_verified=verified),
        customer=CustomerRequest(
            generation=generation,
            is_student=False,
            marketing_consent=True,
            surname="张" if named else None,
            honorific="先生" if named else None,
        ),
        facts=facts,
        options=OptionsRequest(),
    )


def _stopped(policy: Policy, cases: Iterable[tuple[str, Order, str]], wording: Wording) -> list[str]:
    """Approved bodies that the policy stops, as lines of `file:line: rule: reason`."""
    problems = []
    for place, order, body in cases:
        candidate = examine(Candidate(body), order.moment, order.case, wording, policy.panel)
        problems += [f"{place}: {problem}" for problem in candidate.problems] or [
            f"{place}: {finding.rule}: {finding.reason}" for finding in candidate.objections
        ]
    return problems


def _stopped_bridges(policy: Policy, cases: Iterable[tuple[str, Order, str]], wording: Wording) -> list[str]:
    """Bridges to a person that the policy stops, in any moment of the cases, verified or not."""
    problems = []
    orders = (order for _, order, _ in cases if order.moment.channel is Channel.AI_VOICE)
    moments = {(o.moment.scenario, o.moment.generation, o.moment.speaks_body): o for o in orders}
    for order in moments.values():
        verdict = policy.panel.examine(bridge(order.moment, wording), as_piece(order.case))
        problems += [
            f"prompts/bridges.yaml:1: {order.moment.generation}: {finding.rule}: {finding.reason}"
            for finding in verdict.findings
            if finding.action > Action.ALLOW
        ]
    return problems


def _unspoken(cases: Iterable[tuple[str, Order, str]], wording: Wording) -> list[str]:
    """Approved segments that no example speaks: nothing was proven about them."""
    moments = [order.moment for _, order, _ in cases]
    return [
        f"prompts/stitch.yaml:1: {group} on {channel}: no example speaks the segment {piece.id}"
        for (group, channel), frame in wording.frames.items()
        for piece in frame.segments
        if not any(
            moment.channel is channel and moment.scenario.group is group and is_spoken(piece.when, moment)
            for moment in moments
        )
    ]


def _cases(vocabulary: Vocabulary, wording: Wording) -> Iterator[tuple[str, Order, str]]:
    for scenario in vocabulary.scenarios.values():
        if scenario.speaks != "script":
            continue
        for generation in Generation:
            for channel in Channel:
                yield from _cell(scenario, generation, channel, vocabulary, wording)


def _cell(
    scenario: ScenarioProfile, generation: Generation, channel: Channel, vocabulary: Vocabulary, wording: Wording
) -> Iterator[tuple[str, Order, str]]:
    rich = example_facts(scenario, vocabulary, PROOF_DAY)
    bare = example_facts(scenario, vocabulary, PROOF_DAY, required_only=True)
    other = {**rich, **{name: value for name, value in _OTHER_FACTS.items() if name in rich}}
    for facts, named in ((rich, True), (bare, False)):
        request = example_request(scenario, generation, channel, facts, verified=False, named=named)
        if scenario.id.group is not Group.MARKETING:
            yield f"{channel} before verification", take_order(request, vocabulary, wording), ""
    of_channel = [
        (index, body)
        for index, body in enumerate(wording.fallbacks[scenario.id, generation])
        if body.message is (channel is Channel.SMS)
    ]
    for index, body in of_channel:
        place = wording.places[scenario.id, generation, index]
        for facts, named in ((rich, True), (bare, False), *(((other, False),) if index == of_channel[0][0] else ())):
            offered = {**facts, "offers": list(body.offers)} if "offers" in rich else facts
            request = example_request(scenario, generation, channel, offered, verified=True, named=named)
            for moment in _replying(request, vocabulary) if body.replies else (request,):
                order = take_order(moment, vocabulary, wording)
                if set(slots_in(body.text)) <= order.moment.fillings.keys():
                    yield place, order, body.text
    if channel in SPOKEN:
        yield from _replies(example_request(scenario, generation, channel, bare, verified=True), vocabulary, wording)


def _replies(request: ScriptRequest, vocabulary: Vocabulary, wording: Wording) -> Iterator[tuple[str, Order, str]]:
    """Every approved reply in this moment: to what only a reply answers, and to what is said before the identity is."""
    for reply, place in zip(wording.replies.replies, wording.replies.places, strict=True):
        if (
            request.scenario in reply.scenarios
            and request.customer.generation in reply.generations
            and request.channel in reply.channels
        ):
            customer = request.customer.model_copy(update={"tags": [reply.tag]})
            callee = request.callee.model_copy(update={"identity_verified": not reply.unverified})
            order = take_order(request.model_copy(update={"customer": customer, "callee": callee}), vocabulary, wording)
            for text in reply.texts:
                yield place, order, text


def _replying(request: ScriptRequest, vocabulary: Vocabulary) -> Iterator[ScriptRequest]:
    """The same moment, in which the customer has just said something that only a reply answers, and something else."""
    said = [
        tag
        for tag in vocabulary.tags.values()
        if tag.is_addressed_by(REPLY) and request.scenario in tag.scenarios and not tag.channels
    ]
    for needs_reply in (True, False):
        tag = next(tag.id for tag in said if tag.needs_reply is needs_reply)
        customer = request.customer.model_copy(update={"tags": [tag]})
        yield request.model_copy(update={"customer": customer, "options": OptionsRequest(strategy=REPLY)})
