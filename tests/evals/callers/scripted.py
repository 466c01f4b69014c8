"""A service that says what a test wrote down, and customers of a few lines."""

from collections.abc import Sequence
from typing import Any

from evals.callers.calls import Call, play
from evals.callers.customers import Customer

Json = dict[str, Any]
OPENING = "您好，我是示例公司的智能语音助手，通话会录音。有重要的事，请问您是王先生本人吗？"
MATTER = "谢谢您。有笔3460元，11月10日到期，还没收到，您看哪天方便还？"
BYE = "好的，谢谢您，再见。"


def answer(
    text: str = OPENING,
    *,
    action: str = "speak",
    state: str = "verify",
    expects: str | None = "identity",
    events: Sequence[str] = (),
    source: str = "approved",
    seconds: float = 4.0,
) -> Json:
    """One turn as the service answers it."""
    return {
        "action": action,
        "text": text,
        "state": state,
        "expects": expects if action == "speak" else None,
        "events": [{"type": event} for event in events],
        "delivery": {"estimated_seconds": seconds},
        "source": source,
        "understood": {"intents": [{"id": "affirm"}], "verified": None},
    }


def matter() -> Json:
    """The sum and the day, and the question when it suits."""
    return answer(MATTER, state="body", expects="date")


def ended(action: str = "end_call", *events: str) -> Json:
    """A turn that ends the call."""
    return answer(BYE, action=action, state="close", events=events)


class Scripted:
    """Says one answer after the other, the last one for ever; finds in a text what `stops` says of it."""

    def __init__(self, *answers: Json, stops: Json | None = None) -> None:
        self._answers = list(answers)
        self._stops = stops or {}
        self.asked: list[Any] = []
        self.reviewed: list[Any] = []

    async def turn(self, request: Any) -> Json:
        """See `Service.turn`."""
        # The transcript of a call grows as it goes on: what was asked is what it held then.
        self.asked.append({**request, "transcript": list(request["transcript"])})
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def review(self, items: Any) -> list[Json]:
        """See `Service.review`."""
        self.reviewed += items
        return [{"findings": self._stops.get(item["text"], [])} for item in items]


def customer(*says: Json, **more: Any) -> Customer:
    """A customer in collection who says one thing to each; by default he says that it is he, and names a day."""
    reactions = says or (
        {"when": ["identity"], "lines": ["是我"]},
        {"when": ["date"], "lines": ["二十五号还一千五"]},
    )
    given: Json = {
        "id": "somebody",
        "scenario": "collection_m1",
        "age": 30,
        "about": "Somebody.",
        "speech": {"chars_per_second": 4.0, "loudness": "normal"},
        "ends": [{"action": "end_call", "events": ["promise_to_pay"]}],
        "says": list(reactions),
        "default": ["嗯"],
    }
    return Customer.model_validate({**given, **more})


async def played(service: Scripted, of: Customer | None = None, round_: int = 1) -> Call:
    """A call with a scripted service."""
    return await play(of or customer(), service, run="test", seed=1, round_=round_)
