"""Bodies and answers of the doors, as the description tells them; what engines send beside is passed over."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from app.api.answers import ContactEvent, Told, Verdict, may_lack
from app.api.operations import REQUEST_ID, Responses, ref, refusal
from app.api.turn_answers import Understood
from app.turns.book import State
from app.turns.request import TurnCase

_Any = dict[str, Any]


class Loose(BaseModel):
    """What an engine sends; unknown fields are passed over."""

    model_config = ConfigDict(extra="allow")


class ChatMessage(Loose):
    """One message. Only those of user and assistant count; an assistant's as far as it was heard."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Any] | None = None


class CarriedCase(Loose):
    """Where engines pass on what they were given: `heyan` holds the case, or `case_id` and `call_id`."""

    heyan: TurnCase


class ChatRequest(Loose):
    """A chat completion request; the case may also stand in `extra_body`, `biz_params` or the header `x-heyan-case`."""

    messages: list[ChatMessage]
    metadata: CarriedCase
    model: str = "heyan"
    stream: bool = False


class HeyanTold(Told):
    """What follows from the turn, beside the words."""

    script_id: str
    call_id: str
    turn: int
    action: Literal["speak", "handoff", "end_call", "do_not_call"]
    state: State
    act: str | None
    expects: Literal["identity", "yes_no", "date", "free"] | None
    events: list[ContactEvent]
    understood: Understood
    verdict: Verdict


class ChatReply(Told):
    """The agent's words, written for a voice."""

    role: Literal["assistant"]
    content: str
    refusal: None


class ChatChoice(Told):
    """The one choice."""

    index: int
    message: ChatReply
    logprobs: None
    finish_reason: Literal["stop"]


class ChatUsage(Told):
    """Characters, since no tokens are counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatAnswer(Told):
    """A chat completion; with `"stream": true` the same in chunks."""

    id: str
    created: int
    model: str
    object: Literal["chat.completion"]
    choices: list[ChatChoice]
    usage: ChatUsage
    heyan: HeyanTold


class ListedModel(Told):
    """The model that answers here."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsAnswer(Told):
    """The list of models."""

    object: Literal["list"]
    data: list[ListedModel]


class ChatProblem(Told):
    """What is wrong, as clients of chat completions read it."""

    message: str
    type: str
    param: str | None
    code: int


class ChatErrorAnswer(Told):
    """An error of a chat completion."""

    error: ChatProblem


class RasaTracker(Loose):
    """Rasa's tracker: what was said in `events`, the case in the slot `heyan`."""

    sender_id: str
    slots: CarriedCase
    events: list[_Any] = []


class RasaRequest(Loose):
    """Rasa's callback; older versions send `template` instead of `response`."""

    tracker: RasaTracker
    response: str | None = None
    arguments: _Any = {}


class RasaAnswer(Told):
    """A response as every version of Rasa takes it; with the `id` that was asked with."""

    model_config = may_lack("id")

    text: str
    buttons: list[_Any]
    elements: list[_Any]
    image: None
    custom: _Any
    id: str | None = None


DOOR_REQUESTS = (ChatRequest, RasaRequest)
DOOR_ANSWERS = (ChatAnswer, ModelsAnswer, ChatErrorAnswer, RasaAnswer)
_MEANINGS = {
    400: "The request cannot be answered as it is.",
    401: "A key is needed, and none that is known came.",
    403: "The key lacks the role.",
    503: "The store does not answer: nothing was decided, and the request may be sent again.",
}


def in_dialect(told: Responses, *statuses: int) -> Responses:
    """These answers, with errors in the shape that clients of chat completions read."""
    content = {"application/json": {"schema": ref("ChatErrorAnswer")}}
    errors: Responses = {
        status: {"description": _MEANINGS[status], "headers": REQUEST_ID, "content": content} for status in statuses
    }
    return {**told, **errors, 500: refusal(500)}


def door_examples(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Requests that the doors take as they stand."""
    chat = {"model": "heyan", "messages": [{"role": "system", "content": "…"}], "metadata": {"heyan": case}}
    tracker = {"sender_id": "c-77", "slots": {"heyan": case}, "events": []}
    return {
        "ChatRequest": {"opening": chat},
        "RasaRequest": {"opening": {"response": "utter_open", "arguments": {}, "tracker": tracker}},
    }
