"""Calls for tests of turns: cases, and somebody who plays the customer's lines against the desk."""

import copy
from collections.abc import Sequence
from typing import Any

import orjson

from app.contacts import Closures
from app.contacts.ledger import NONE_CLOSED
from app.policy import Ruling
from app.turns.desk import Turn, TurnDesk
from app.turns.request import TurnRequest

Json = dict[str, Any]
DEBT: Json = {
    "scenario": "collection_m1",
    "call_time": "2026-11-20T10:05:00+08:00",
    "callee": {"role": "debtor", "identity_verified": False},
    "customer": {"ref": "u-1", "age": 33, "surname": "王", "honorific": "先生"},
    "facts": {"amount_due": "3460", "due_date": "2026-11-10", "overdue_days": 10},
}
BILL: Json = {
    "scenario": "bill_reminder",
    "call_time": "2026-11-20T10:05:00+08:00",
    "callee": {"role": "debtor", "identity_verified": False},
    "customer": {"ref": "u-2", "age": 66, "surname": "李", "honorific": "女士"},
    "facts": {"amount_due": "682.4", "due_date": "2026-11-28"},
}
SALE: Json = {
    "scenario": "acquisition",
    "call_time": "2026-11-20T10:05:00+08:00",
    "callee": {"role": "applicant", "identity_verified": False},
    "customer": {
        "ref": "u-3",
        "age": 25,
        "surname": "张",
        "honorific": "先生",
        "marketing_consent": True,
        "is_student": False,
    },
    "facts": {
        "product": "应急贷",
        "annual_rate": "3.6",
        "rate_method": "simple",
        "credit_limit": "200000",
        "fees": "0",
        "principal": "10000",
        "terms": [12],
        "monthly_payment": "849.67",
    },
}
DEBT_WORDS = ("还款", "欠", "逾期", "账单", "贷款", "金额", "催", "债", "应还")


def case(base: Json, **changes: Any) -> Json:
    """A case with other values; those of objects are merged."""
    changed = copy.deepcopy(base)
    for name, value in changes.items():
        changed[name] = {**changed[name], **value} if isinstance(value, dict) and name in changed else value
    return changed


def order(of: Json, transcript: Sequence[Json] = (), **more: Any) -> TurnRequest:
    """A turn of a call, as it comes over HTTP."""
    body = {"call_id": "c-77", "turn": len(transcript), "case": of, "transcript": list(transcript), **more}
    return TurnRequest.model_validate_json(orjson.dumps(body))


class Call:
    """One call from its opening on: what the customer says is answered until the call ends."""

    def __init__(self, desk: TurnDesk, ruling: Ruling, of: Json, closures: Closures = NONE_CLOSED) -> None:
        self._desk = desk
        self._ruling = ruling
        self._case = of
        self._closures = closures
        self.transcript: list[Json] = []
        self.turns: list[Turn] = []
        self._answer()

    @property
    def last(self) -> Turn:
        """The last turn."""
        return self.turns[-1]

    @property
    def text(self) -> str:
        """What was said last."""
        return self.last.script.text if self.last.script else ""

    def say(self, text: str, **voice: Any) -> Turn:
        """What the customer says next, and what is answered."""
        self.transcript.append({"role": "customer", "text": text, **({"voice": voice} if voice else {})})
        return self._answer()

    def cut(self, at: int) -> None:
        """The last words of the agent were heard only so far."""
        heard = self.transcript[-1]
        heard |= {"text": heard["text"][:at], "interrupted": True}

    def _answer(self) -> Turn:
        turn = self._desk.next(order(self._case, self.transcript), "x", self._closures, self._ruling)
        self.turns.append(turn)
        self.transcript.append({"role": "agent", "text": self.text})
        return turn
