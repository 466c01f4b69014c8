"""The newest recorded scripts and reviews, page by page, as a dry run reads them."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from app.lexicon.recorded import Recorded, Source
from app.records import Decision, DecisionLog, Kind
from guards.lexicon.scope import CHINA
from guards.script import Segment
from guards.types import Callee, Channel, Generation, Role, Scenario, Stage

_STOPS = frozenset({"revise", "escalate", "block"})
PAGE = 100
"""Decisions that are read at once: reading more would hold up the loop for as long as a caller notices."""


async def newest(log: DecisionLog, count: int, *, rows_at_once: int = PAGE) -> AsyncIterator[list[Decision]]:
    """The `count` newest decisions, the newest first, in pages.

    Raises:
        StoreError: if they cannot be read.
    """
    last: str | None = None
    while count > 0:
        page = await log.recent(min(count, rows_at_once), before=last)
        if not page:
            return
        yield page
        count, last = count - len(page), page[-1].script_id


def recorded(decision: Decision) -> Recorded | None:
    """The text of a decision with what it tells of the call; None where nothing was said, or nothing was kept of it."""
    if not decision.text:
        return None
    request = decision.request
    callee = request.get("callee")
    is_script = decision.kind is not Kind.REVIEW
    return Recorded(
        decision.script_id,
        Source.SCRIPT if is_script else Source.REVIEW,
        _segments(decision) if is_script else _as_one(decision.text, request.get("stage")),
        Scenario(decision.scenario) if decision.scenario else None,
        Channel(decision.channel) if decision.channel else None,
        _stage(decision),
        Callee(Role(callee["role"]), bool(callee.get("identity_verified"))) if callee else None,
        Generation(decision.generation) if decision.generation else None,
        request.get("facts"),
        _moment(decision).astimezone(CHINA).date(),
        frozenset(each["rule"] for each in decision.findings if each.get("action") in _STOPS and "rule" in each),
    )


def _stage(decision: Decision) -> Stage | None:
    if decision.kind is Kind.TURN:
        return Stage.BODY
    if decision.kind is Kind.REVIEW:
        stage = decision.request.get("stage")
        return Stage(stage) if stage else None
    # Before a person takes over only an opening is said, which owes nothing but its own words.
    return Stage.OPEN if decision.action == "handoff" else None


def _moment(decision: Decision) -> datetime:
    said = decision.request.get("call_time")
    moment = datetime.fromisoformat(said) if isinstance(said, str) else decision.created_at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _segments(decision: Decision) -> tuple[Segment, ...]:
    answer: Mapping[str, Any] = orjson.loads(decision.answer)
    segments = tuple(
        Segment(Stage(each["stage"]), each["text"], each.get("tts_text") or each["text"])
        for each in answer.get("segments") or ()
    )
    return segments or _as_one(decision.text or "", None)


def _as_one(text: str, stage: str | None) -> tuple[Segment, ...]:
    return (Segment(Stage(stage) if stage else Stage.BODY, text, text),)
