"""What the desk answers, and how it reads as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.approved.hints import Hint
from app.contacts import ContactEvent
from app.scripts.plan import Delivery
from app.scripts.stitch import estimated_seconds
from app.scripts.tags import IgnoredTag
from guards.script import Script
from guards.types import Finding, Verdict

Act = Literal["speak", "handoff", "do_not_call"]
Source = Literal["model", "pool", "approved", "fallback"]
"""`approved`: approved words were due; `fallback`: approved words stood in for a model that gave none."""
_ONE_MESSAGE, _PART_OF_MESSAGE = 70, 67


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds spent on the whole answer, waiting for the model, and in the guards."""

    total: float
    model: float
    guards: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision. `script` is None unless something may be said; `rejected` are the findings on what was not said.

    `body` is the skeleton that the script was made of, with slots and nothing filled in, None if it has none; `tags`
    and `offer` are those of its brief. They do not leave with the answer: they are recorded. `model_failed`: it was
    asked, and gave nothing at all. `is_message`: it is read, not spoken.
    """

    action: Act
    verdict: Verdict
    generation: str
    policy_revision: int
    policy_digest: str
    timing: Timing
    events: Sequence[ContactEvent] = ()
    ignored_tags: Sequence[IgnoredTag] = ()
    script: Script | None = None
    delivery: Delivery | None = None
    strategy: str | None = None
    tags: tuple[str, ...] = ()
    offer: str | None = None
    body: str | None = None
    source: Source | None = None
    attempts: int = 0
    model_failed: bool = False
    is_message: bool = False
    prompt_version: str | None = None
    model: str | None = None
    hints: Sequence[Hint] = ()
    rejected: Sequence[Finding] = field(default=())


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding in the contract's shape."""
    return {
        "rule": finding.rule,
        "guard": finding.guard,
        "action": finding.action.label,
        "reason": finding.reason,
        "span": [finding.span.start, finding.span.end] if finding.span else None,
        "replacement": finding.replacement,
    }


def answer_json(answer: Answer, script_id: str, request_id: str) -> dict[str, Any]:
    """An answer in the contract's shape."""
    hints = [{"kind": hint.kind, "text": hint.text} for hint in answer.hints]
    return {
        "script_id": script_id,
        "request_id": request_id,
        "action": answer.action,
        "text": answer.script.text if answer.script else None,
        "segments": _segments(answer.script, is_message=answer.is_message),
        "delivery": _delivery(answer),
        "generation": answer.generation,
        "strategy": answer.strategy,
        "source": answer.source,
        "verdict": {
            "action": answer.verdict.action.label,
            "findings": [finding_json(finding) for finding in answer.verdict.findings],
        },
        "attempts": answer.attempts,
        "policy_revision": answer.policy_revision,
        "policy_digest": answer.policy_digest,
        "prompt_version": answer.prompt_version,
        "model": answer.model,
        "events": events_json(answer.events),
        "ignored_tags": [{"tag": each.tag, "reason": each.reason} for each in answer.ignored_tags],
        "timing_ms": timing_json(answer.timing),
        **({"hints": hints} if hints else {}),
    }


def events_json(events: Sequence[ContactEvent]) -> list[dict[str, Any]]:
    """What the customer said, in the contract's shape."""
    return [event.as_json() for event in events]


def timing_json(timing: Timing) -> dict[str, float]:
    """Milliseconds to a hundredth."""
    return {"total": round(timing.total, 2), "model": round(timing.model, 2), "guards": round(timing.guards, 2)}


def _segments(script: Script | None, *, is_message: bool) -> list[Mapping[str, Any]]:
    return [
        {
            "stage": segment.stage.value,
            "text": segment.text,
            "tts_text": "" if is_message else segment.spoken,
            "interruptible": segment.interruptible,
            "required": segment.required,
        }
        for segment in (script.segments if script else ())
    ]


def _delivery(answer: Answer) -> dict[str, Any] | None:
    if answer.delivery is None or answer.script is None:
        return None
    rate, is_message = answer.delivery.speech_rate, answer.is_message
    text, spoken = answer.script.text, answer.script.spoken
    told = {
        "speech_rate": None if is_message else rate,
        "repeat_key_points": answer.delivery.repeat_key_points and not is_message,
        "estimated_seconds": None if is_message else estimated_seconds(spoken, rate),
        "contact_window": list(answer.delivery.contact_window),
    }
    return told | ({"characters": len(text), "sms_segments": message_parts(text)} if is_message else {})


def message_parts(text: str) -> int:
    """As how many messages a text is sent and charged: 70 characters in one, 67 in each of several.

    Characters are UTF-16 units, as networks count them (3GPP TS 23.040).
    """
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= _ONE_MESSAGE else -(-units // _PART_OF_MESSAGE)
