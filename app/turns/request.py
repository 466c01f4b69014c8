"""The body of POST /v1/turns, field by field."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.requests import (
    CalleeRequest,
    CustomerRequest,
    Exact,
    Flag,
    HistoryRequest,
    Identifier,
    Moment,
    RawFacts,
    ScriptRequest,
)
from app.turns.understanding.heard import Voice
from guards.types import Channel, Scenario

MOST_UTTERANCES = 200
LONGEST_UTTERANCE = 2000
Ssml = Literal["aliyun", "tencent", "w3c"]


class VoiceRequest(Exact):
    """How an utterance sounded: characters a second; loudness and pitch in the engine's words (raised, normal, low)."""

    chars_per_second: Annotated[float, Field(ge=0, le=30)] | None = None
    loudness: Annotated[str, Field(max_length=32)] | None = None
    pitch: Annotated[str, Field(max_length=32)] | None = None

    def as_voice(self) -> Voice:
        """As understanding takes it."""
        return Voice(self.chars_per_second, self.loudness, self.pitch)


class Utterance(Exact):
    """What one side said; of the agent as far as it was heard, with `interrupted` where that is not all."""

    role: Literal["agent", "customer"]
    text: Annotated[str, Field(max_length=LONGEST_UTTERANCE)]
    interrupted: Flag = False
    voice: VoiceRequest = VoiceRequest()


class TurnCase(Exact):
    """The call: a script request without its id and its options."""

    scenario: Scenario
    channel: Channel = Channel.AI_VOICE
    call_time: Moment
    callee: CalleeRequest
    customer: CustomerRequest
    history: HistoryRequest = HistoryRequest()
    facts: RawFacts = {}


class TurnOptions(Exact):
    """How the turn is wanted. `deadline_ms` counts from the request's arrival."""

    deadline_ms: Annotated[int, Field(strict=True, ge=50, le=30_000)] = 800
    stream: Flag = False
    ssml: Ssml | None = None


class TurnRequest(Exact):
    """The next words of one live call, by what was heard so far."""

    call_id: Identifier
    turn: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    case: TurnCase
    transcript: list[Utterance] = Field(default=[], max_length=MOST_UTTERANCES)
    options: TurnOptions = TurnOptions()

    def as_script_request(self, request_id: str) -> ScriptRequest:
        """The case as one asks for a script."""
        held: dict[str, Any] = {name: getattr(self.case, name) for name in TurnCase.model_fields}
        return ScriptRequest.model_construct(request_id=request_id, **held)
