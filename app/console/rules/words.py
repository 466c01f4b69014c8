"""What officers call the parts of a rule, its family and where it stands."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.lexicon.files import Kind
from app.lexicon.labels import ACTIONS, CALLEES, CHANNELS, FIELDS, FORCES, SCENARIOS, STAGES
from guards.types import Group

STATE_WORDS = {"active": ("生效中", "go"), "scheduled": ("未到生效日", "lead-on"), "ended": ("已失效", "")}
KINDS = {
    Kind.PHRASE: "不能说的话",
    Kind.DISCLOSURE: "必须说的话",
    Kind.NUMBER: "数字",
    Kind.GATE: "能不能打这个电话",
    Kind.ROLE: "数字的名目",
}
FAMILIES = {
    "absolute": "绝对化用语",
    "beyond_law": "波及家人单位、超出法律",
    "borrow_to_repay": "以贷还贷",
    "bundling": "捆绑搭售",
    "concession": "减免承诺",
    "credentials": "索要验证码、密码",
    "credit_blind": "不看征信",
    "credit_probing": "打听别处借款",
    "credit_report": "征信话术",
    "data_source": "信息来源",
    "debt_hint": "暗示债务",
    "disclosure": "必须说的话",
    "discrimination": "歧视",
    "disguised_loan": "把贷款说成别的",
    "disparagement": "贬低同行",
    "elderly": "老年人保护",
    "endorsement": "冒用背书",
    "exposure": "告知第三人",
    "extra_fee": "额外收费",
    "forbidden_purpose": "禁止用途",
    "fraud_coaching": "教唆造假",
    "free_of_charge": "免息免费",
    "gate": "外呼条件",
    "harassment": "骚扰",
    "hidden_cost": "把成本说小",
    "human_pretence": "冒充真人",
    "humiliation": "羞辱客户",
    "impersonation": "冒充公检法等",
    "insult": "侮辱客户",
    "legal_consequence": "夸大法律后果",
    "misstatement": "教客户说假话",
    "number": "数字出处",
    "off_channel_payment": "非官方收款",
    "over_borrowing": "诱导过度借款",
    "preapproval": "预批、名单相诱",
    "pre_verify": "核实前谈债务",
    "prohibited_tone": "粗话与轻慢",
    "promise": "承诺通过、到账",
    "pushing_on": "拒绝后继续推销",
    "rate": "利率说法",
    "refusal": "拒绝投诉、转人工",
    "role": "数字的名目",
    "secrecy": "要求保密",
    "sensitive_tags": "敏感标签",
    "speech_safety": "语音读不准的字符",
    "students": "学生",
    "taking_over": "代客操作",
    "third_party": "向第三人打听施压",
    "threat": "威胁",
    "undertaking": "没有授权的承诺",
    "upfront_fee": "放款前要钱",
    "urgency": "制造紧迫",
}
"""The shipped families; one that officers add is called by its own name."""
_OFFERS = {"deferral": "延期", "instalment": "分期", "waiver": "减免"}
EVENTS = {"first": "最初的文件", "added": "新增", "edited": "修改", "retired": "停用"}
_OWN_WORDS = {
    "phrases": "说法",
    "near": "成对词",
    "before": "数前的词",
    "after": "数后的词",
    "hits": "应当命中的例句",
    "misses": "不该命中的例句",
}
_CHOICES: Mapping[str, Mapping[Any, str]] = {"channels": CHANNELS, "stages": STAGES, "callees": CALLEES}
_ENGLISH = re.compile(r"（[a-z_.]+）|\([a-z_.]+\)")
_DATED, _YES = ("from", "until", "since"), {True: "是", False: "否"}


def family_words(family: str) -> str:
    """What officers call a family."""
    return FAMILIES.get(family, family)


def plainly(told: str) -> str:
    """A message without the names that fields have in files."""
    return _ENGLISH.sub("", told)


def field_words(path: str) -> str:
    """What officers call a field, or a part of one: `examples.hits`."""
    last = path.rpartition(".")[2]
    return _OWN_WORDS.get(last, FIELDS.get(last, last))


def choices_of(name: str) -> list[tuple[str, str]]:
    """What may be chosen in a field that is a list of values."""
    if name == "scenarios":
        return [(str(key), f"{told}（全部）" if isinstance(key, Group) else told) for key, told in SCENARIOS.items()]
    known: Mapping[Any, str] = _CHOICES[name]
    return [(str(key), told) for key, told in known.items()]


ACTION_CHOICES = list(ACTIONS.items())
FORCE_CHOICES = list(FORCES.items())


def scope_words(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a rule applies, part by part."""
    told = []
    for name, label in (("scenarios", "适用场景"), ("channels", "渠道"), ("stages", "阶段"), ("callees", "接听人")):
        known = dict(choices_of(name))
        told.append((label, "、".join(known.get(each, each) for each in data.get(name) or ()) or "不限"))
    return told


def condition_words(condition: object, facts: Mapping[str, str]) -> list[str]:
    """The facts that let a hit pass, or that a rule is about, as sentences; `facts`: what they are called."""
    if not isinstance(condition, Mapping):
        return []
    return [f"{fact_words(str(name), facts)}：{_wanted(value)}" for name, value in condition.items()]


def fact_words(name: str, facts: Mapping[str, str]) -> str:
    """What officers call a fact."""
    return facts.get(name, name)


def _wanted(value: object) -> str:
    if value == "present":
        return "请求里有"
    if value == "today":
        return "就是当天"
    if isinstance(value, Mapping):
        bounds = [("不小于", value.get("min")), ("不大于", value.get("max"))]
        return "，".join(f"{told} {bound:g}" for told, bound in bounds if bound is not None)
    known = "、".join(_OFFERS.get(str(each), str(each)) for each in value) if isinstance(value, Sequence) else ""
    return f"有{known}"


def value_words(value: object) -> str:
    """A value of a rule in a difference."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return _YES[value]
    if isinstance(value, Mapping):
        if {"words", "with"} <= value.keys():
            return near_words(value)
        return "；".join(f"{field_words(str(name))}：{value_words(each)}" for name, each in value.items() if each)
    if isinstance(value, list):
        return "、".join(map(value_words, value))
    known: Mapping[str, str] = {**ACTIONS, **FORCES, **dict(choices_of("scenarios"))}
    for name in ("channels", "stages", "callees"):
        known = {**known, **dict(choices_of(name))}
    return known.get(str(value), str(value))


def near_words(near: Mapping[str, Any]) -> str:
    """Two words near each other, in a line."""
    first, second = " / ".join(near.get("words") or ()), " / ".join(near.get("with") or ())
    order = "→" if near.get("ordered", True) else "↔"
    return f"{first} {order} {second}（相隔不超过 {near.get('within')} 字）"
