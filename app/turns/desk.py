"""The desk of live calls: from a transcript to the next words, guarded; always something that may be said."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from app.approved.agreement import Limits
from app.approved.events import EventType
from app.approved.replies import Cell
from app.approved.vocabulary import Vocabulary
from app.contacts import Closures, ContactEvent, Scope
from app.contacts.events import KEPT
from app.policy import Ruling
from app.scripts.intake import Order, take_order
from app.scripts.stitch import Moment, StitchError, as_piece, bridge, fill
from app.settings import ROOT
from app.turns.book import Awaited, Book, State, book_of
from app.turns.choosing import Situation, acts_in_question
from app.turns.composing import compose, open_call, opening_fillings
from app.turns.fillings import Named, knowing, named_fillings
from app.turns.request import TurnRequest
from app.turns.standing import Folding, Standing
from app.turns.understanding.heard import Understanding
from app.turns.understanding.linear import LinearModel
from guards.lexicon.scope import CHINA
from guards.script import Script
from guards.types import Action, Callee, Case, Finding, Group, Role, Stage, Verdict

Act = Literal["speak", "handoff", "end_call", "do_not_call"]
_MOST_TRIES = 12
"""Wordings of one act that are examined before the next act's turn comes."""
_NOTED = {
    "pre.stop": "said_stop_calling",
    "m.stop": "said_stop_calling",
    "m.not_interested": "said_no_need",
    "end.wrong_number": "said_wrong_number",
}
"""Acts that say that something is noted, which is true only of who has a reference, and the tag of other words."""
_OWN = (Role.APPLICANT, Role.DEBTOR, Role.GUARANTOR)


@dataclass(frozen=True, slots=True)
class Turn:
    """The next words of a call, and how they came about. `act`: what they are for, as prompts/turns.yaml names it."""

    action: Act
    state: State
    verdict: Verdict
    standing: Standing
    order: Order
    ruling: Ruling
    script: Script | None = None
    act: str | None = None
    awaits: Awaited | None = None
    slots: Sequence[str] = ()
    events: Sequence[ContactEvent] = ()
    disclosures: Sequence[str] = ()
    rejected: Sequence[Finding] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)


class TurnDesk:
    """Answers one turn at a time and remembers nothing of it."""

    def __init__(self, vocabulary: Vocabulary, limits: Limits, model: LinearModel, ruling: Ruling) -> None:
        """Reads the book of the ruling in force.

        Raises:
            DocumentError: naming file and line of every problem of its files.
        """
        self._vocabulary = vocabulary
        self._limits = limits
        self._model = model
        self._books: dict[str, tuple[Book, Understanding]] = {}
        self.book(ruling)

    def book(self, ruling: Ruling) -> Book:
        """What may come next, as the wording of a ruling says it."""
        return self._read(ruling)[0]

    def _read(self, ruling: Ruling) -> tuple[Book, Understanding]:
        digest = ruling.wording.digest
        if digest not in self._books:
            book = book_of(ruling.wording, self._vocabulary, ROOT / "prompts")
            self._books = {digest: (book, Understanding(self._model, book.phrases(), book.grave, book.patterns))}
        return self._books[digest]

    def order(self, request: TurnRequest, request_id: str, closures: Closures, ruling: Ruling) -> Order:
        """What the case of a turn asks for.

        Raises:
            Malformed: if it does not fit the vocabulary.
        """
        asked = request.as_script_request(request_id)
        return take_order(asked, self._vocabulary, ruling.wording, self._limits, closures)

    def next(self, request: TurnRequest, request_id: str, closures: Closures, ruling: Ruling) -> Turn:
        """The next words.

        Raises:
            Malformed: if the case does not fit the vocabulary.
        """
        started = time.perf_counter()
        order = self.order(request, request_id, closures, ruling)
        (book, understanding), group = self._read(ruling), order.moment.scenario.group
        verified = True if order.case.is_verified and group is not Group.MARKETING else None
        now = request.case.call_time.astimezone(CHINA)
        folding = Folding(book, order.moment.fillings, group, now.date(), _names(request), verified=verified)
        for utterance in request.transcript:
            if utterance.role == "agent":
                folding.agent(utterance.text, interrupted=utterance.interrupted)
            else:
                folding.customer(understanding(utterance.text, utterance.voice.as_voice(), now))
        if request.transcript and request.transcript[-1].role == "agent":
            folding.silence()
        understood = time.perf_counter()
        turn = self._decided(order, folding.standing, ruling, book)
        total, reading = (each - started for each in (time.perf_counter(), understood))
        made = ruling.policy.parts.disclosures.made(folding.standing.texts, order.case)
        disclosures = [name.removeprefix("disclosure.") for name in made]
        return replace(
            turn,
            disclosures=disclosures,
            milliseconds={"total": total * 1000, "understanding": reading * 1000, "model": 0.0},
        )

    def _decided(self, order: Order, standing: Standing, ruling: Ruling, book: Book) -> Turn:
        group = order.moment.scenario.group
        gates = Verdict(tuple(ruling.policy.gates(order.case)))
        if gates.action is Action.BLOCK and not standing.said and standing.heard is None:
            return Turn("do_not_call", "close", gates, standing, order, ruling)
        if gates.action >= Action.ESCALATE:
            return self._handed_over(order, standing, ruling, gates, ())
        named = Named(standing.day, standing.amount, standing.heard.at if standing.heard else standing.at)
        today = order.case.today or datetime.now(CHINA).date()
        fillings = {**order.moment.fillings, **named_fillings(named, today)}
        case = knowing(_with_callee(order.case, standing), named)
        rejected: list[Finding] = []
        if standing.heard is None and not standing.texts:
            return self._opened(order, standing, ruling, book, rejected)
        moment = replace(
            order.moment,
            fillings=opening_fillings(fillings, group, verified=standing.verified is True),
            speaks_body=group is Group.MARKETING or standing.verified is True,
        )
        facts = frozenset(fact.name for fact in case.facts or ())
        situation = Situation(
            group, facts, [offer for offer in ("deferral", "instalment", "waiver") if offer in case.offers]
        )
        for act in acts_in_question(book, standing, situation):
            kept = self._kept_words(act, order, ruling)
            for script, slots in kept or _candidates(book, act, moment, standing, order.key):
                verdict = self._judged(script, case, act, book, ruling)
                if verdict.may_be_said:
                    group_of = book.acts[act]
                    return Turn(
                        group_of.action,
                        group_of.state,
                        verdict,
                        standing,
                        order,
                        ruling,
                        script,
                        act,
                        group_of.awaits,
                        slots,
                        _events(group_of.events, order, standing, named),
                        rejected=tuple(rejected),
                    )
                rejected += verdict.findings
        return self._handed_over(order, standing, ruling, Verdict(tuple(rejected[:1])), rejected)

    def _kept_words(self, act: str, order: Order, ruling: Ruling) -> list[tuple[Script, tuple[str, ...]]]:
        """Other words for acts that say that something is noted, where nobody can be remembered for it."""
        if order.moment.remembers or act not in _NOTED:
            return []
        cell = Cell(_NOTED[act], order.moment.scenario, order.moment.generation, order.moment.channel, kept=False)
        texts = ruling.wording.replies.texts(cell, order.key)
        return [(Script((fill(text + "再见。", Stage.CLOSE, {}),)), ()) for text in texts]

    def _opened(self, order: Order, standing: Standing, ruling: Ruling, book: Book, rejected: list[Finding]) -> Turn:
        verified = standing.verified is True
        group = order.moment.scenario.group
        moment = replace(order.moment, fillings=opening_fillings(order.moment.fillings, group, verified=verified))
        case = replace(as_piece(order.case), callee=_with_callee(order.case, standing).callee)
        for opening, script in open_call(book, moment, verified=verified):
            verdict = ruling.policy.panel.examine(script, case)
            if verdict.may_be_said:
                state: State = "verify" if opening.awaits == "identity" else "open"
                return Turn(
                    "speak",
                    state,
                    verdict,
                    standing,
                    order,
                    ruling,
                    script,
                    "open",
                    opening.awaits,
                    events=order.events,
                )
            rejected += verdict.findings
        return self._handed_over(order, standing, ruling, Verdict(tuple(rejected[:1])), rejected)

    def _judged(self, script: Script, case: Case, act: str, book: Book, ruling: Ruling) -> Verdict:
        stage = Stage.VERIFY if book.acts[act].state == "verify" else Stage.BODY
        return ruling.policy.panel.examine(script, replace(case, stage=stage))

    def _handed_over(
        self, order: Order, standing: Standing, ruling: Ruling, verdict: Verdict, rejected: Sequence[Finding]
    ) -> Turn:
        """A person takes over; what is said then is approved, and so short that nothing can be wrong with it."""
        try:
            script = bridge(order.moment, ruling.wording)
            if standing.texts:
                script = Script(script.segments[-1:])
        except StitchError:
            fallback = "请您稍等，为您转接人工专员。"
            script = Script((fill(fallback, Stage.CLOSE, {}),))
        return Turn(
            "handoff", "close", verdict, standing, order, ruling, script, events=order.events, rejected=tuple(rejected)
        )


def _candidates(
    book: Book, act: str, moment: Moment, standing: Standing, key: str
) -> list[tuple[Script, tuple[str, ...]]]:
    found = []
    for turn in compose(book, act, moment, standing, key):
        found.append((turn.script, turn.slots))
        if len(found) == _MOST_TRIES:
            break
    return found


def _names(request: TurnRequest) -> list[str]:
    """By which names the customer may say that it is he: his own, or a surname with its form of address."""
    customer = request.case.customer
    address = [f"{customer.surname}{customer.honorific}"] if customer.surname and customer.honorific else []
    return [*address, *(value for kind, value in customer.pii.items() if kind == "name" and value)]


def _with_callee(case: Case, standing: Standing) -> Case:
    """The case with what the call has shown of who is on the line."""
    known = case.callee or Callee(Role.UNKNOWN, identity_verified=False)
    if standing.verified is True:
        role = known.role if known.role in _OWN else Role.DEBTOR
        return replace(case, callee=Callee(role, identity_verified=True))
    return replace(case, callee=replace(known, identity_verified=False))


def _events(types: Sequence[EventType], order: Order, standing: Standing, named: Named) -> tuple[ContactEvent, ...]:
    """What follows from an act, beside what the tags say."""
    events: dict[EventType, ContactEvent] = {each.type: each for each in order.events}
    for each in types:
        kind = each
        if each is EventType.OPT_OUT and "third_party" in standing.intents:
            kind = EventType.THIRD_PARTY_REFUSED
        events[kind] = ContactEvent(
            kind,
            Scope.said_in(order.moment.scenario.group) if kind is EventType.OPT_OUT else None,
            named.at if kind is EventType.CALLBACK else None,
            named.day if kind is EventType.PROMISE_TO_PAY else None,
            named.amount if kind is EventType.PROMISE_TO_PAY else None,
            order.moment.remembers or kind not in KEPT,
        )
    return tuple(events.values())
