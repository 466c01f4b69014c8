"""What an assistant's turn is to who listens: by the answer's `action`, `state` and `expects`, and by its words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.callers.cases import MARKETING
from evals.callers.customers import Cue

_DAY = re.compile(r"\d+月\d+日|今天|明天|后天")
_MONEY = re.compile(r"\d+(?:\.\d+)?元")
_REPAYS = re.compile("还(?![是有在能要])|款|账|付|元|处理|结清")
_CALLS = re.compile("打来|再打|打给|打过|拨|来电|回电|联系|接电话|通话|几点|时间段|比较有空|换个|改到")
_PLAN = re.compile("申请|延期|分期|减免|最低")
_AGAIN = re.compile("再说一遍|再讲一|慢慢|说慢|重复一下|从头说|再跟您|重说")
_LAST_QUESTION = re.compile("[^，。？！]*(?:，[^，。？！]*)*？$")
_LAST_CLAUSE = re.compile("[^，。？！]*？$")
_PAUSES = re.compile(r"[\s，。？！、…]")


@dataclass(frozen=True, slots=True)
class Told:
    """What a turn tells: what it is to its listener, and which question it puts, by a name that a repetition shares."""

    cues: frozenset[Cue]
    question: str | None


def told(answer: Mapping[str, Any], scenario: str, before: Sequence[Mapping[str, Any]], asked: Sequence[str]) -> Told:
    """Read an answer; `before` are the answers of the call before it, `asked` their questions."""
    text, expects = answer["text"] or "", answer["expects"]
    cues: set[Cue] = {"any"}
    if not before:
        cues.add("opening")
    if answer["action"] == "handoff":
        cues.add("handoff")
    if answer["state"] == "body" or (_MONEY.search(text) and _DAY.search(text) and scenario not in MARKETING):
        cues.add("matter")
    is_told = "matter" in cues or any(_MONEY.search(each["text"] or "") for each in before)
    asks = _kind(text, expects, scenario, is_told=is_told)
    if asks is not None:
        cues.add(asks)
    if expects in ("yes_no", "free"):
        cues.add("yes_no")
    question = _name(asks, text) if text.rstrip().endswith(("？", "?")) else None
    if (question is not None and question in asked) or (_AGAIN.search(_LAST_CLAUSE.sub("", text)) and before):
        cues.add("repeated")
    return Told(frozenset(cues), question)


def _kind(text: str, expects: str | None, scenario: str, *, is_told: bool) -> Cue | None:
    """Which kind of question it is; nobody is asked for a day to pay on before he was told what."""
    if expects == "identity":
        return "identity"
    if expects == "date":
        asking = re.split("[。？]", text.rstrip("。？"))[-1]
        return "time" if not is_told or (_CALLS.search(asking) and not _REPAYS.search(asking)) else "date"
    if expects != "yes_no" or scenario in MARKETING:
        return None
    if _PLAN.search(text):
        return "plan"
    return "readback" if _DAY.search(text) else None


def _name(asks: Cue | None, text: str) -> str:
    """Questions of one kind are one question, whatever the words; what is read back or offered belongs to it."""
    if asks == "readback":
        return f"readback {' '.join([*_DAY.findall(text), *_MONEY.findall(text)])}"
    if asks == "plan":
        return f"plan {' '.join(sorted(set(_PLAN.findall(text)) - {'申请'}))}"
    if asks is not None:
        return asks
    found = _LAST_QUESTION.search(text.rstrip())
    return _PAUSES.sub("", found.group() if found else text)
