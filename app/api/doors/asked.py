"""What a door makes of a request: a case, a call and a transcript, as the one turn takes them."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.api.doors.lenient import read_case, read_object
from app.approved.vocabulary import Vocabulary
from app.errors import FieldProblem, Malformed
from app.turns.cases import HeldCases
from app.turns.request import LONGEST_UTTERANCE, MOST_UTTERANCES, TurnCase, TurnRequest, Utterance, VoiceRequest

Clock = Callable[[], datetime]
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)
_ENDS = ("。", "！", "？", "!", "?", "…", ".", "”")
_FIRST = 4
"""Utterances of a call's begin that are kept where there are more than a turn takes: they say who it is."""
PARTING = "打扰您了，再见。"
"""Said where a call must not be made and was: nothing else may be told, and a voice that is silent is worse."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`voice`: of the customer's last words. `call_id`: as the engine says it, if it does."""

    case: TurnCase
    call_id: str | None
    voice: VoiceRequest


async def read_asked(given: Mapping[str, Any], vocabulary: Vocabulary, held: HeldCases, now: datetime) -> Asked:
    """What stands under `heyan`: a case, or the id of one that is held; beside it a call's id and how it sounded.

    Raises:
        Malformed: naming what is missing or wrong.
        StoreError: if a case is held, and the store does not answer.
    """
    inner = read_object(given.get("case"))
    case_id = given.get("case_id")
    if inner is None and isinstance(case_id, str) and "scenario" not in given:
        inner = await held.find(case_id)
        if inner is None:
            raise Malformed("there is no case", [FieldProblem("heyan.case_id", "no case of this id is held")])
    case = read_case(inner if inner is not None else given, vocabulary, now)
    voice = read_object(given.get("voice")) or {}
    named = given.get("call_id") or (case_id if isinstance(case_id, str) else None)
    return Asked(case, str(named) if named else None, _voice(voice))


def turn_of(asked: Asked, transcript: Sequence[Utterance], *fallback_ids: Any) -> TurnRequest:
    """The one turn. A call without an id gets one of its case, so that what is asked twice is answered once."""
    utterances = [*transcript]
    if len(utterances) > MOST_UTTERANCES:
        utterances = [*utterances[:_FIRST], *utterances[_FIRST - MOST_UTTERANCES :]]
    if utterances and utterances[-1].role == "customer":
        utterances[-1] = utterances[-1].model_copy(update={"voice": asked.voice})
    named = next((str(each) for each in (asked.call_id, *fallback_ids) if each), None)
    if named is None:
        named = "case:" + _digest(orjson.dumps(asked.case.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS))
    elif not _IDENTIFIER.fullmatch(named):
        named = "call:" + _digest(named.encode())
    turn = sum(each.role == "agent" for each in utterances)
    return TurnRequest(call_id=named, turn=turn, case=asked.case, transcript=utterances)


def said(role: str, text: str) -> Utterance:
    """One side's words, as far as a turn takes them; the agent's were cut short where they end in no sentence's end."""
    text = text[:LONGEST_UTTERANCE]
    if role == "customer":
        return Utterance(role="customer", text=text)
    return Utterance(role="agent", text=text, interrupted=not text.rstrip().endswith(_ENDS))


def spoken(answer: Mapping[str, Any]) -> list[str]:
    """What a voice reads, a segment each; never nothing."""
    return [segment["tts_text"] for segment in answer["segments"]] or [PARTING]


def told(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What an engine may act upon beside the words."""
    names = ("script_id", "call_id", "turn", "action", "state", "act", "expects", "events", "understood", "verdict")
    return {name: answer[name] for name in names}


def headers(answer: Mapping[str, Any]) -> dict[str, str]:
    """The same in short, for engines that read headers."""
    return {
        "x-heyan-script-id": answer["script_id"],
        "x-heyan-action": answer["action"],
        "x-heyan-state": answer["state"],
        "x-heyan-verdict": answer["verdict"]["action"],
        "x-heyan-events": orjson.dumps([event["type"] for event in answer["events"]]).decode(),
        "x-heyan-policy-revision": str(answer["policy_revision"]),
    }


def _voice(given: Mapping[str, Any]) -> VoiceRequest:
    rate = given.get("chars_per_second")
    try:
        rate = min(max(float(rate), 0.0), 30.0) if rate is not None else None
    except (TypeError, ValueError):
        rate = None
    words = {name: str(given[name])[:32] for name in ("loudness", "pitch") if given.get(name)}
    return VoiceRequest(chars_per_second=rate, **words)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]
