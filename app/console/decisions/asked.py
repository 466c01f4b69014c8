"""What a decision was asked for, row by row in an officer's words: the call, the customer, the facts as sent."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.approved.vocabulary import Vocabulary
from app.console.frame.rendering import beijing
from app.lexicon.labels import CALLEES, STAGES
from app.records import Decision

EVENTS = {
    "opt_out": "拒绝来电",
    "wrong_number": "打错了",
    "already_paid": "说已经还款",
    "callback": "约好回电",
    "third_party_refused": "接听的旁人拒绝",
    "promise_to_pay": "承诺还款",
    "dispute": "对债务有异议",
    "hardship": "有困难",
    "complaint": "投诉",
    "human_requested": "要人工",
}
"""What a customer said in a call."""
_CHOICES = {
    "simple": "单利",
    "irr": "内部收益率",
    "deferral": "延期",
    "instalment": "分期",
    "waiver": "减免",
    "open": "未结清",
    "settled": "已结清",
    "disputed": "有异议",
}
"""What facts may say that are chosen from a list."""
_TIMES = {"total": "总共", "model": "模型", "guards": "检查"}
_SAID_OF = (("is_student", "是学生"), ("marketing_consent", "同意营销来电"), ("opted_out", "请求里说已拒绝"))
_KNOWN = {True: "是", False: "否", None: "没有说"}
Row = tuple[str, str]


def call_rows(decision: Decision) -> list[Row]:
    """Who was called when, and what is known of the customer."""
    return [*_call(decision.request), *_customer(decision.request.get("customer") or {})]


def fact_rows(decision: Decision, vocabulary: Vocabulary) -> list[Row]:
    """The facts as they were sent, masked."""
    facts: Mapping[str, Any] = decision.request.get("facts") or {}
    known = vocabulary.facts
    return [(known[name].label if name in known else name, _shown(value)) for name, value in facts.items()]


def event_rows(decision: Decision) -> list[str]:
    """What the customer said that matters after the call."""
    return [EVENTS.get(str(each.get("type")), str(each.get("type"))) for each in decision.events]


def timing(decision: Decision) -> str:
    """How long it took: `总共 198.9 毫秒，模型 173.0 毫秒`."""
    told = (f"{_TIMES.get(name, name)} {value:,.1f} 毫秒" for name, value in decision.timing.items())
    return "，".join(told) or "没有记录"


def _call(request: Mapping[str, Any]) -> Iterator[Row]:
    if (at := request.get("call_time")) is not None:
        yield "通话时间", _time(str(at))
    if (stage := request.get("stage")) is not None:
        yield "阶段", next((label for name, label in STAGES.items() if name.value == stage), str(stage))
    if callee := request.get("callee"):
        role = next((label for name, label in CALLEES.items() if str(name) == callee.get("role")), "不知是谁")
        is_verified = "身份已核实" if callee.get("identity_verified") else "身份未核实"
        yield "接听人", f"{role}，{is_verified}"
    if history := request.get("history"):
        told = f"接通 {history.get('connected_calls_today', 0)} 次，拨打 {history.get('attempts_today', 0)} 次"
        yield "当天已经", told


def _customer(customer: Mapping[str, Any]) -> Iterator[Row]:
    if customer.get("age") is not None:
        yield "年龄", f"{customer['age']} 岁"
    if customer.get("tags"):
        yield "标签", "、".join(map(str, customer["tags"]))
    for name, label in _SAID_OF:
        if name in customer:
            yield label, _KNOWN.get(customer[name], "没有说")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(_shown, value))
    return _CHOICES.get(str(value), str(value))


def _time(given: str) -> str:
    try:
        return beijing(datetime.fromisoformat(given))
    except ValueError:
        return given
