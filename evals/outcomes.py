"""Put the cases to a subject, and gather what it answered together with what is needed to judge it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.errors import RequestError
from app.requests import ScriptRequest
from app.scripts.intake import Order, take_order
from evals.cases import Dataset, ReviewCase, ScriptCase
from evals.coherence import Fault, faults
from evals.subjects import Json, Subject, SubjectError


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer to one script case.

    `seconds` is what the caller waited; `stopped_by` are the rules by which a review of the very text would stop it;
    `written` and `voiced` are the renderings of the facts; `longest_seconds` is what a whole script may take;
    `faults` are what is incoherent about the whole of it.
    """

    case: ScriptCase
    sample: int
    answer: Json
    seconds: float
    stopped_by: tuple[str, ...]
    written: frozenset[str]
    voiced: frozenset[str]
    longest_seconds: float
    faults: tuple[Fault, ...] = ()

    @property
    def body(self) -> str:
        """The body's text; empty when nothing of the kind was said."""
        return "".join(segment["text"] for segment in self.answer["segments"] if segment["stage"] == "body")

    @property
    def spoken(self) -> str:
        """What the speech engine reads; nothing of a text message."""
        return "".join(segment["tts_text"] or "" for segment in self.answer["segments"])

    @property
    def seconds_spoken(self) -> float | None:
        """How long it takes to say; None for a text message, or where nothing was written."""
        delivery = self.answer["delivery"]
        seconds: float | None = delivery["estimated_seconds"] if delivery else None
        return seconds


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One verdict on one review case."""

    case: ReviewCase
    answer: Json


async def put(
    dataset: Dataset,
    subject: Subject,
    vocabulary: Vocabulary,
    wording: Wording,
    *,
    run: str,
    samples: int = 1,
    deadline_ms: int | None = None,
) -> tuple[list[Spoken], list[Reviewed]]:
    """Every script case `samples` times, one after the other, and every review case once.

    `run` makes the request ids unique, because a service answers a known id with the answer it gave before.
    `deadline_ms` takes the place of the cases' own deadline.

    Raises:
        SubjectError: naming the case that was refused, or that there is no service.
    """
    answered: list[tuple[ScriptCase, int, Json, Json, float]] = []
    for sample in range(samples):
        for case in dataset.scripts:
            request = {**case.request, "request_id": f"evals-{run}-{case.id}-{sample}"}
            if deadline_ms is not None:
                request["options"] = {**case.request.get("options", {}), "deadline_ms": deadline_ms}
            started = time.perf_counter()
            try:
                answer = await subject.write(request)
            except SubjectError as refused:
                raise SubjectError(f"{case.id}: {refused}") from None
            answered.append((case, sample, request, answer, time.perf_counter() - started))
    said = [(request, answer) for _, _, request, answer, _ in answered if answer["text"]]
    second_look = await subject.review([_review_of(request, answer) for request, answer in said])
    stopped = {
        request["request_id"]: tuple(f["rule"] for f in verdict["findings"] if f["action"] not in ("observe", "allow"))
        for (request, _), verdict in zip(said, second_look, strict=True)
    }
    spoken = [
        Spoken(
            case,
            sample,
            answer,
            seconds,
            stopped.get(request["request_id"], ()),
            *_renderings(order),
            order.moment.longest_seconds,
            tuple(_faults(answer, order, vocabulary)),
        )
        for case, sample, request, answer, seconds in answered
        for order in (_order(request, vocabulary, wording),)
    ]
    verdicts = await subject.review([case.request for case in dataset.reviews])
    return spoken, [Reviewed(case, verdict) for case, verdict in zip(dataset.reviews, verdicts, strict=True)]


def _review_of(request: Json, answer: Json) -> Mapping[str, Any]:
    """The text to be examined with everything that the request says: as a whole script of the same call; what is said
    before a person takes over is a piece of an opening.
    """
    customer = request["customer"]
    # A review knows its own facts only; what the institution adds to a request (where to repay) is not among them.
    return {
        "text": answer["text"],
        "scenario": request["scenario"],
        "stage": "open" if answer["action"] == "handoff" else None,
        "channel": request.get("channel", "ai_voice"),
        "callee": request["callee"],
        "facts": request.get("facts", {}),
        "pii": customer.get("pii", {}),
    }


def _order(request: Json, vocabulary: Vocabulary, wording: Wording) -> Order:
    """What this working tree reads in a request.

    Raises:
        SubjectError: if its vocabulary does not understand the request that the subject answered.
    """
    try:
        return take_order(ScriptRequest.model_validate(request), vocabulary, wording)
    except RequestError as refused:
        raise SubjectError(f"{request['request_id']}: {refused.detail}") from None


def _renderings(order: Order) -> tuple[frozenset[str], frozenset[str]]:
    """How the facts of a request may be written and spoken."""
    fillings = order.moment.fillings.values()
    return frozenset(f.written for f in fillings), frozenset(f.spoken for f in fillings)


def _faults(answer: Json, order: Order, vocabulary: Vocabulary) -> list[Fault]:
    tags = [tag.id for _, tag in order.tags]
    never = {name: effect.never for name, effect in vocabulary.effects.items()}
    return faults(answer["text"] or "", order.moment.scenario, answer.get("strategy"), tags, never)


def run_name(now: datetime) -> str:
    """A name for a run that starts now, good for a request id."""
    return f"{now:%Y%m%dT%H%M%S%f}"
