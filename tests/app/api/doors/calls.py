"""A call of each scenario: its case, and what the customer says one after the other."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import httpx

from tests.app.turns.calls import BILL, DEBT, SALE, case

Json = dict[str, Any]
_SECOND = case(DEBT, scenario="collection_m2", facts={"overdue_days": 40, "due_date": "2026-10-11"})
_ACTIVATION = case(SALE, scenario="activation", customer={"ref": "u-4"})
CALLS: dict[str, tuple[Json, Sequence[str]]] = {
    "acquisition": (SALE, ["你说吧", "利息多少啊", "不需要 谢谢"]),
    "activation": (_ACTIVATION, ["有空 你讲", "额度有多少", "我再想想吧"]),
    "bill_reminder": (BILL, ["我是", "还多少钱", "周日吧 到时候我转过去", "对的"]),
    "collection_m1": (DEBT, ["你哪位", "我是", "没钱还啊最近", "下个月十号吧", "对"]),
    "collection_m2": (_SECOND, ["嗯 是我", "知道了 下周五发工资就还", "对"]),
}
"""By the scenario's name."""
Say = Callable[[Json, list[Json]], Coroutine[Any, Any, tuple[str, str]]]
"""Asks one door for the next words after messages of users and assistants: the words, and the action."""


async def played(say: Say, scenario: str, of: Json | None = None) -> list[str]:
    """What the agent says through one door, turn by turn, until the call ends; `of`: another case than the usual."""
    usual, lines = CALLS[scenario]
    messages: list[Json] = []
    agent: list[str] = []
    for line in (None, *lines):
        if line is not None:
            messages.append({"role": "user", "content": line})
        text, action = await say(of or usual, messages)
        agent.append(text)
        messages.append({"role": "assistant", "content": text})
        if action != "speak":
            break
    return agent


def by_turns(client: httpx.AsyncClient, call_id: str) -> Say:
    """The same call by POST /v1/turns."""

    async def say(of: Json, messages: list[Json]) -> tuple[str, str]:
        sides = {"user": "customer", "assistant": "agent"}
        transcript = [{"role": sides[each["role"]], "text": each["content"]} for each in messages]
        turn = sum(each["role"] == "agent" for each in transcript)
        body = {"call_id": call_id, "turn": turn, "case": of, "transcript": transcript}
        answer = (await client.post("/v1/turns", json=body)).json()
        return "".join(segment["tts_text"] for segment in answer["segments"]), answer["action"]

    return say
