"""Answers as a service gives them, written by hand for the measures, and a model that writes usable bodies."""

from typing import Any

from app.writing.model import WritingTask
from evals.cases import ReviewCase, ScriptCase
from evals.coherence import Fault
from evals.outcomes import Reviewed, Spoken
from guards.types import Group

Json = dict[str, Any]


def spoken(
    text: str | None = "谢谢您。应还1234.5元。",
    *,
    id: str = "case",
    sample: int = 0,
    tts: str | None = None,
    body: str | None = "应还1234.5元。",
    action: str = "speak",
    source: str | None = "model",
    generation: str = "young",
    family: str | None = None,
    rules: tuple[str, ...] = (),
    stopped_by: tuple[str, ...] = (),
    attempts: int = 1,
    rejected: int = 0,
    seconds: float = 0.1,
    estimated: float = 20.0,
    expected: Json | None = None,
    request: Json | None = None,
    faults: tuple[Fault, ...] = (),
) -> Spoken:
    """One answer to a case that expects to be spoken by the model, unless said otherwise."""
    case = ScriptCase.model_validate(
        {"id": id, "family": family, "request": request or {}, "expected": expected or {"action": "speak"}}
    )
    segments = [{"stage": "body", "text": body, "tts_text": tts or "应还一千二百三十四元五角。"}] if body else []
    answer = {
        "action": action,
        "text": text,
        "segments": segments,
        "source": source,
        "strategy": "plan_plain",
        "generation": generation,
        "attempts": attempts,
        "rejected": [{"rule": "skeleton.unusable", "reason": "…"}] * rejected,
        "verdict": {"findings": [{"rule": rule} for rule in rules]},
        "delivery": {"estimated_seconds": estimated},
    }
    renderings = frozenset({"1234.5元"}), frozenset({"一千二百三十四元五角"})
    return Spoken(case, sample, answer, seconds, stopped_by, *renderings, 55.0, faults)


def reviewed(action: str, *rules: str, expected: Json, masked_text: str = "…", id: str = "review") -> Reviewed:
    """One verdict."""
    case = ReviewCase.model_validate({"id": id, "request": {"text": "…"}, "expected": expected})
    return Reviewed(case, {"action": action, "findings": [{"rule": r} for r in rules], "masked_text": masked_text})


def plain_bodies(task: WritingTask) -> list[str]:
    """One usable body for any brief; what it leaves out, complements say."""
    if task.brief.scenario.group is Group.MARKETING:
        return ["跟您说说成本，是{年化利率}。您想了解哪项？"]
    return ["咱们先看看怎么安排合适。应还{应还金额}，到期日是{到期日}。您看哪天方便？"]
