"""A turn in the shape of a chat completion, whole or in chunks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from app.api.doors.asked import spoken, told

MODEL = "heyan"


class Completion:
    """One turn as engines of the OpenAI dialect read it. The same turn has the same id, whoever asks again."""

    def __init__(self, answer: Mapping[str, Any], created: int, model: str, heard: int) -> None:
        """`created`: seconds since 1970. `heard`: characters of both sides, told as usage: no tokens are."""
        self._answer, self._segments = answer, spoken(answer)
        self._common = {"id": f"chatcmpl-{answer['script_id']}", "created": created, "model": model}
        length = sum(map(len, self._segments))
        self._usage = {"prompt_tokens": heard, "completion_tokens": length, "total_tokens": heard + length}

    def whole(self) -> bytes:
        """An answer in one piece."""
        message = {"role": "assistant", "content": "".join(self._segments), "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return orjson.dumps(
            {
                **self._common,
                "object": "chat.completion",
                "choices": [choice],
                "usage": self._usage,
                "heyan": told(self._answer),
            }
        )

    def chunks(self, *, with_usage: bool) -> Iterator[bytes]:
        """Server-sent events: a judged segment each; the last one with words says what follows from them."""
        first: dict[str, Any] = {"role": "assistant", "content": self._segments[0]}
        deltas = [first, *({"content": segment} for segment in self._segments[1:])]
        for delta in deltas:
            yield self._event([_choice(delta, None)])
        yield self._event([_choice({}, "stop")], heyan=told(self._answer))
        if with_usage:
            yield self._event([], usage=self._usage)
        yield b"data: [DONE]\n\n"

    def _event(self, choices: Sequence[Mapping[str, Any]], **more: Any) -> bytes:
        chunk = {**self._common, "object": "chat.completion.chunk", "choices": choices, **more}
        return b"data: " + orjson.dumps(chunk) + b"\n\n"


def models(created: int) -> bytes:
    """The list of models: the one that answers here."""
    model = {"id": MODEL, "object": "model", "created": created, "owned_by": MODEL}
    return orjson.dumps({"object": "list", "data": [model]})


def failure(status: int, message: str, kind: str, param: str | None = None) -> bytes:
    """An error as engines of this dialect read it."""
    return orjson.dumps({"error": {"message": message, "type": kind, "param": param, "code": status}})


def _choice(delta: Mapping[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
