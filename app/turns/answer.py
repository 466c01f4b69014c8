"""What a turn is answered, as JSON in the contract's shape."""

import re
from typing import Any

from app.scripts.answer import events_json, finding_json
from app.scripts.stitch import estimated_seconds
from app.turns.book import Awaited
from app.turns.desk import Turn
from app.turns.request import TurnRequest
from app.turns.ssml import marked

_EXPECTS: dict[Awaited | None, str | None] = {
    "identity": "identity",
    "begin": "yes_no",
    "yes_no": "yes_no",
    "plan": "yes_no",
    "readback": "yes_no",
    "date": "date",
    "time": "date",
}


_ASKS_WHEN = re.compile(
    "什么时候|哪天|哪一天|几号|什么时间|何时|哪个|多久|几天|几点|日子|安排|啥时候|哪会儿|打算|时间|时候"
)
_LAST = 24
"""Characters of a turn in which its question stands, with what leads to it."""
_CLAUSE = re.compile("[^。，！？]*？$")


def turn_json(turn: Turn, request: TurnRequest, script_id: str) -> dict[str, Any]:
    """A turn in the contract's shape."""
    script, heard = turn.script, turn.standing.heard
    speaks = turn.action == "speak"
    return {
        "call_id": request.call_id,
        "turn": request.turn,
        "script_id": script_id,
        "action": turn.action,
        "text": script.text if script else None,
        "segments": _segments(turn, request),
        "state": turn.state,
        "act": turn.act,
        "understood": {
            "intents": [
                {"id": each.intent, "score": each.score, "span": [each.start, each.end]} for each in turn.standing.meant
            ],
            "emotion": heard.emotion if heard else None,
            "verified": turn.standing.verified,
            "facts_said": facts_said(turn),
            "disclosures_made": list(turn.disclosures),
        },
        "events": events_json(turn.events),
        "expects": _expects(turn) if speaks else None,
        "delivery": _delivery(turn),
        "verdict": {
            "action": turn.verdict.action.label,
            "findings": [finding_json(finding) for finding in turn.verdict.findings],
        },
        "source": "approved" if script else None,
        "policy_revision": turn.ruling.policy.revision,
        "policy_digest": turn.ruling.policy.digest,
        "timing_ms": {name: round(value, 2) for name, value in turn.milliseconds.items()},
    }


def _expects(turn: Turn) -> str:
    """What the question asks for: wordings of one act may ask for a day, or whether one suits."""
    expects = _EXPECTS.get(turn.awaits) or "free"
    text = turn.script.text if turn.script else ""
    if expects != "date" or (question := _CLAUSE.search(text)) is None:
        return expects
    if _ASKS_WHEN.search(question[0]) or _ASKS_WHEN.search(text[-_LAST:]):
        return "date"
    return "yes_no" if question[0].endswith(("吗？", "吧？", "好不好？")) else "free"


def facts_said(turn: Turn) -> list[str]:
    """The facts that the customer has heard, before this turn."""
    fillings = turn.order.moment.fillings
    facts = (fillings[slot].fact for slot in turn.standing.slots_said if slot in fillings)
    return sorted({fact for fact in facts if fact})


def _segments(turn: Turn, request: TurnRequest) -> list[dict[str, Any]]:
    dialect = request.options.ssml
    return [
        {
            "stage": segment.stage.value,
            "text": segment.text,
            "tts_text": segment.spoken,
            "interruptible": segment.interruptible,
            "required": segment.required,
            **({"ssml": marked(segment.spoken, dialect, turn.order.plan.delivery.speech_rate)} if dialect else {}),
        }
        for segment in (turn.script.segments if turn.script else ())
    ]


def _delivery(turn: Turn) -> dict[str, Any] | None:
    if turn.script is None:
        return None
    delivery = turn.order.plan.delivery
    return {
        "speech_rate": delivery.speech_rate,
        "repeat_key_points": delivery.repeat_key_points,
        "estimated_seconds": estimated_seconds(turn.script.spoken, delivery.speech_rate),
        "contact_window": list(delivery.contact_window),
    }
