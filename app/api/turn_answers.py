"""The answer of a turn, field by field, and examples of both sides."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.answers import ContactEvent, Delivery, Digest, Milliseconds, Segment, Told, Verdict, may_lack
from app.approved.facts import example_facts
from app.approved.vocabulary import Vocabulary
from app.turns.book import State
from app.turns.request import TurnCase, TurnRequest
from app.turns.understanding.heard import Emotion
from guards.types import Scenario

TURN_REQUESTS = (TurnRequest, TurnCase)
TURN_REQUEST, CASE_REQUEST = "TurnRequest", "TurnCase"


class TurnSegment(Segment):
    """A part of a turn; `ssml` is there where a dialect was asked for."""

    model_config = may_lack("ssml")

    ssml: str | None = None


class MeantIntent(Told):
    """What the customer meant by his last words. `span`: code points of them, the first and the first one after it."""

    id: str = Field(examples=["no_money"])
    score: Annotated[float, Field(ge=0, le=1)]
    span: Annotated[list[int], Field(min_length=2, max_length=2)]


class Understood(Told):
    """What was made of the transcript. `verified`: whether it is the person himself; null where nobody has said."""

    intents: list[MeantIntent]
    emotion: Emotion | None
    verified: bool | None
    facts_said: list[str]
    disclosures_made: list[str]


class TurnTiming(Told):
    """Milliseconds spent on the whole turn, on understanding, and waiting for a model."""

    total: Milliseconds
    understanding: Milliseconds
    model: Milliseconds


class TurnAnswer(Told):
    """The next words of a live call. `act`: what they are for, as prompts/turns.yaml names it."""

    call_id: str
    turn: int
    script_id: str
    action: Literal["speak", "handoff", "end_call", "do_not_call"]
    text: str | None
    segments: list[TurnSegment]
    state: State
    act: str | None
    understood: Understood
    events: list[ContactEvent]
    expects: Literal["identity", "yes_no", "date", "free"] | None
    delivery: Delivery | None
    verdict: Verdict
    source: Literal["model", "pool", "approved", "fallback"] | None
    policy_revision: int
    policy_digest: Digest
    timing_ms: TurnTiming


class HeldCaseAnswer(Told):
    """A case that is held, and until when."""

    id: str
    expires_at: datetime


TURN_ANSWERS = (TurnAnswer, TurnSegment, Understood, MeantIntent, TurnTiming, HeldCaseAnswer)
_DAY = date(2026, 11, 22)
_OPENING = "opening"
_HARDSHIP = "no_money"


def case_example(vocabulary: Vocabulary) -> dict[str, Any]:
    """A call that the service takes as it stands."""
    profile = vocabulary.scenarios[Scenario.COLLECTION_M1]
    facts = {**example_facts(profile, vocabulary, _DAY), "offers": ["deferral"], "as_of": "2026-11-22T09:30:00+08:00"}
    return {
        "scenario": "collection_m1",
        "call_time": "2026-11-22T10:05:00+08:00",
        "callee": {"role": "debtor", "identity_verified": True},
        "customer": {"ref": "u-778", "age": 33, "surname": "王", "honorific": "先生"},
        "facts": facts,
    }


def turn_examples(vocabulary: Vocabulary) -> dict[str, Any]:
    """Turns that the service takes as they stand."""
    case = case_example(vocabulary)
    heard = [
        {"role": "agent", "text": "您好，我是示例消费金融有限公司的智能语音助手，通话会录音。"},
        {"role": "customer", "text": "没钱还啊最近", "voice": {"chars_per_second": 6.8, "loudness": "raised"}},
    ]
    return {
        _OPENING: {"call_id": "c-77", "turn": 0, "case": case, "transcript": []},
        _HARDSHIP: {"call_id": "c-77", "turn": 1, "case": case, "transcript": heard},
    }
