"""A played call as a text that people read, and as a line of JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from evals.callers.calls import Call, Exchange
from evals.callers.measures import breaches, ends_right, hints, refusals, repeated

_SCENARIOS = {
    "acquisition": "获客营销",
    "activation": "促活营销",
    "bill_reminder": "账单提醒",
    "collection_m1": "M1催收",
    "collection_m2": "M2催收",
}
_ACTIONS = {"speak": "没有结束", "end_call": "结束通话", "handoff": "转人工", "do_not_call": "不外呼"}
_LOUDNESS = {"low": "声音轻", "normal": "声音平", "raised": "声音高", "shouting": "在喊"}


def faults(call: Call) -> list[str]:
    """What counts against a call, in Chinese."""
    again = [
        f"第{each.at + 1}轮重复提问（{'已经答过' if each.answered else '身份，上次没有答'}）" for each in repeated(call)
    ]
    return [
        *(f"违规：{rule}" for rule in dict.fromkeys(breaches(call))),
        *(f"核实身份前露出：{hint}" for hint in dict.fromkeys(hints(call))),
        *again,
        *(f"第{at + 1}轮客户拒绝，没有照办" for at, honoured in refusals(call) if not honoured),
        *(() if ends_right(call) else ("结束得不对",)),
    ]


def readable(call: Call) -> str:
    """The call as a text: who it is, every turn, how it ended and how it might have."""
    customer = call.customer
    speech = customer.speech
    loudness = _LOUDNESS.get(speech.loudness, speech.loudness)
    head = (
        f"{call.name}  {_SCENARIOS[customer.scenario]}，第{call.round}遍\n"
        f"客户：{customer.age}岁，每秒{speech.chars_per_second:g}字，{loudness}\n"
        f"（{customer.about}）\n"
    )
    turns = "".join(_turn(number, each) for number, each in enumerate(call.exchanges, 1))
    rights = "；".join(_ending(end.action, end.events) for end in customer.ends)
    found = "；".join(faults(call)) or "没有"
    tail = f"结果：{_ending(call.action, call.events)}，约{call.seconds:.0f}秒\n应当：{rights}\n问题：{found}\n"
    return f"{head}\n{turns}\n{tail}"


def line_of(call: Call, seed: int) -> bytes:
    """The call as one line of JSON, its end included."""
    record: dict[str, Any] = {
        "id": call.customer.id,
        "round": call.round,
        "seed": seed,
        "scenario": call.customer.scenario,
        "action": call.action,
        "events": call.events,
        "ends_right": ends_right(call),
        "seconds": round(call.seconds, 1),
        "faults": faults(call),
        "turns": [_exchange(each) for each in call.exchanges],
    }
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def write_lines(file: Path, calls: Sequence[Call], seed: int) -> None:
    """Write every call, one a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(line_of(call, seed) for call in calls))


def write_readings(folder: Path, calls: Sequence[Call]) -> list[Path]:
    """Write the calls that are kept for people to read, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for call in calls:
        if call.customer.reading and call.round == 1:
            files.append(folder / f"{call.customer.id}.txt")
            files[-1].write_text(readable(call), "utf-8")
    return files


def _turn(number: int, each: Exchange) -> str:
    cut = "——" if each.is_cut else ""
    said = f"    客户  {each.said.strip() or '（没有声音）'}\n" if each.line else ""
    broken = f"        违规：{'、'.join(each.breaches)}\n" if each.breaches else ""
    return f"{number:>2}  机器  {each.heard}{cut}\n{broken}{said}"


def _ending(action: str, events: Sequence[str]) -> str:
    return _ACTIONS[action] + (f"（{'、'.join(events)}）" if events else "")


def _exchange(each: Exchange) -> dict[str, Any]:
    answer = each.answer
    return {
        "agent": each.text,
        "heard": each.heard,
        "interrupted": each.is_cut,
        "action": answer["action"],
        "state": answer["state"],
        "act": answer.get("act"),
        "expects": answer["expects"],
        "events": answer["events"],
        "source": answer["source"],
        "intents": [intent["id"] for intent in answer["understood"]["intents"]],
        "verified": answer["understood"]["verified"],
        "may_be_told": each.may_be_told,
        "cues": sorted(each.told.cues),
        "breaches": list(each.breaches),
        "customer": each.said if each.line else None,
    }
