"""Play a whole call: a written customer on one side, a service on the other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from evals.callers.cases import MARKETING, case_of
from evals.callers.cues import Told, told
from evals.callers.customers import Customer, Line, Memory, Reaction
from evals.callers.identity import Identity
from evals.callers.named import named_numbers
from evals.subjects import Json

MOST_TURNS = 14
"""Turns of the assistant after which a call is given up."""
_PATIENCE_MS = 30_000
"""So long that a busy machine answers what an idle one would."""
_ONCE_MORE = re.compile("没听清|听不清|听不着|听不见|再说一遍|再讲一|大点?声|大声点|慢点|慢些|说啥|没听懂|耳朵|^啊？$")


class Service(Protocol):
    """Who answers turns and examines texts, in the shapes of the HTTP contract."""

    async def turn(self, request: Json) -> Json:
        """The next words of a live call.

        Raises:
            SubjectError: if there are none.
        """
        ...

    async def review(self, items: Sequence[Json]) -> Sequence[Json]:
        """The verdict on each text, in order.

        Raises:
            SubjectError: if there is none.
        """
        ...


@dataclass(slots=True)
class Exchange:
    """One turn of the assistant and what the customer said to it, which after the last turn is nothing.

    `may_be_told`: whether he had said by then that he is the person; `breaches` are the rules by which a second reading
    would stop the turn.
    """

    answer: Json
    told: Told
    may_be_told: bool
    line: Line | None = None
    reaction: Reaction | None = None
    breaches: Sequence[str] = ()

    @property
    def text(self) -> str:
        """What the assistant said."""
        text: str | None = self.answer["text"]
        return text or ""

    @property
    def heard(self) -> str:
        """How much of it was heard: half where it was cut short."""
        return self.text[: (len(self.text) + 1) // 2] if self.is_cut else self.text

    @property
    def is_cut(self) -> bool:
        """Whether the customer interrupted it."""
        return self.line is not None and self.line.interrupts

    @property
    def said(self) -> str:
        """What the customer said."""
        return self.line.text if self.line else ""

    @property
    def is_asked_again(self) -> bool:
        """Whether the customer asked to hear it once more."""
        return bool(_ONCE_MORE.search(self.said))


@dataclass(slots=True)
class Call:
    """One call. `round` counts from 1."""

    customer: Customer
    round: int
    case: Mapping[str, Any]
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The customer, and the round where it is not the first."""
        return self.customer.id if self.round == 1 else f"{self.customer.id}#{self.round}"

    @property
    def is_marketing(self) -> bool:
        """Whether something is sold: then nobody is asked who he is."""
        return self.customer.scenario in MARKETING

    @property
    def action(self) -> str:
        """How it ended; `speak` where it did not."""
        action: str = self.exchanges[-1].answer["action"]
        return action

    @property
    def events(self) -> list[str]:
        """What was told of it, each once, in the order of the call."""
        return list(dict.fromkeys(event["type"] for each in self.exchanges for event in each.answer["events"]))

    @property
    def seconds(self) -> float:
        """How long both sides spoke."""
        seconds = 0.0
        speed = self.customer.speech.chars_per_second
        for each in self.exchanges:
            delivery = each.answer["delivery"]
            if delivery and each.text:
                seconds += delivery["estimated_seconds"] * len(each.heard) / len(each.text)
            seconds += len(each.said) / speed if speed else 0.0
        return seconds


async def play(customer: Customer, service: Service, *, run: str, seed: int, round_: int) -> Call:
    """Hold one call to its end and have every turn read once more; `run` keeps its ids apart from other runs'.

    Raises:
        SubjectError: if the service refuses a turn or does not answer.
    """
    ref = f"caller-{run}-{seed}-{round_}-{customer.id}"[:64]
    call = Call(customer, round_, case_of(customer, ref))
    memory, identity, transcript = Memory(customer, seed, round_ - 1), Identity(), list[dict[str, Any]]()
    while len(call.exchanges) < MOST_TURNS:
        turn = {
            "call_id": ref,
            "turn": len(call.exchanges),
            "case": call.case,
            "transcript": transcript,
            "options": {"deadline_ms": _PATIENCE_MS},
        }
        answer = await service.turn(turn)
        asked = [each.told.question for each in call.exchanges if each.told.question]
        reading = told(answer, customer.scenario, [each.answer for each in call.exchanges], asked)
        exchange = Exchange(answer, reading, call.is_marketing or identity.is_proven)
        call.exchanges.append(exchange)
        if answer["action"] != "speak":
            break
        exchange.line, exchange.reaction = memory.answer(reading.cues)
        identity.hear(exchange.said, asked="identity" in reading.cues)
        transcript += [
            {"role": "agent", "text": exchange.heard, "interrupted": exchange.is_cut},
            {"role": "customer", "text": exchange.said, "voice": customer.speech.model_dump()},
        ]
    spoken = [each for each in call.exchanges if each.text]
    verdicts = await service.review([_review(call, each) for each in spoken])
    for exchange, verdict in zip(spoken, verdicts, strict=True):
        exchange.breaches = _stopping(verdict, exchange.text, named_numbers(_heard_before(call, exchange)))
    return call


def _heard_before(call: Call, exchange: Exchange) -> list[str]:
    return [each.said for each in call.exchanges[: call.exchanges.index(exchange)]]


def _stopping(verdict: Json, text: str, named: frozenset[str]) -> tuple[str, ...]:
    """The rules that stop a text. A review does not know which day or sum the customer named, so that to say it back to
    him counts as a figure without a source; that one is let pass.
    """
    found = [finding for finding in verdict["findings"] if finding["action"] == "block"]
    return tuple(each["rule"] for each in found if not (_is_of_numbers(each) and _is_named(each, text, named)))


def _is_of_numbers(finding: Json) -> bool:
    return bool(finding["rule"].startswith("number."))


def _is_named(finding: Json, text: str, named: frozenset[str]) -> bool:
    numbers = re.findall(r"\d+", text[slice(*finding["span"])]) if finding.get("span") else []
    return bool(numbers) and named.issuperset(numbers)


def _review(call: Call, exchange: Exchange) -> Json:
    """A turn as a text from elsewhere: a piece of a call, to somebody who has proven who he is or has not."""
    is_first = exchange is call.exchanges[0]
    stage = "open" if is_first else "body" if exchange.may_be_told else "verify"
    return {
        "text": exchange.text,
        "scenario": call.customer.scenario,
        "channel": call.case["channel"],
        "stage": stage,
        "callee": {**call.case["callee"], "identity_verified": exchange.may_be_told and not call.is_marketing},
        "facts": call.case["facts"],
    }
