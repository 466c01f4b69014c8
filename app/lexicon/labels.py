"""What officers call the fields of a rule and their values."""

from guards.types import Act, Channel, Generation, Group, Role, Scenario, Stage

FIELDS = {
    "id": "规则编号", "title": "标题", "action": "处理方式", "whole_script": "整段处理方式", "scenarios": "适用场景",
    "stages": "阶段", "channels": "渠道", "callees": "接听人", "generations": "年龄段", "only_if_fact": "适用条件",
    "phrases": "说法", "near": "成对词", "patterns": "正则", "except": "例外", "states": "须说出的事实",
    "within": "字数以内", "once": "只在开头说", "waiver": "免说情形", "unless_fact": "放行条件",
    "stating": "放行时须说出的事实",
    "even_if_negated": "否认也算", "unless_act": "说法放行", "reason": "原因",
    "suggest": "建议", "source": "依据", "law": "法律依据",
    "article": "条款", "force": "效力", "verified": "已核对原文", "note": "备注", "effective": "生效期",
    "since": "依据生效日", "from": "生效日", "until": "失效日", "examples": "例句",
    "hits": "应当命中", "misses": "不该命中",
    "words": "前词", "with": "后词", "ordered": "分先后", "unless_before": "前面有则不算",
    "unless_between": "中间有则不算", "min": "下限", "max": "上限", "adds": "新增", "edits": "修改", "retires": "停用",
    "family": "规则类", "quantities": "量的种类", "derived": "可以算出", "before": "数前的词",
    "before_patterns": "数前的正则", "after": "数后的词", "after_patterns": "数后的正则",
    "loose": "没有别的词时才算的词", "loose_patterns": "没有别的词时才算的正则",
    "folding": "归并方式", "homophones": "谐音", "near_sounds": "近音", "look_alikes": "形近字",
    "initials": "拼音首字母", "only_in_disguise": "变形才算", "rules": "规则",
    "facts": "事实", "texts": "例句", "scenario": "场景", "today": "当天", "spoken": "读法", "comment": "说明",
}  # fmt: skip
"""The Chinese name of each field that an officer may meet."""

ACTIONS = {"observe": "记录", "mask": "遮盖", "revise": "改写", "escalate": "转人工", "block": "拦下"}
FORCES = {
    "law": "法律",
    "regulation": "法规规章",
    "standard": "标准",
    "self_regulation": "自律",
    "draft": "征求意见稿",
    "policy": "本机构规定",
}
SCENARIOS = {
    Group.MARKETING: "营销",
    Group.SERVICING: "服务",
    Group.COLLECTION: "催收",
    Scenario.ACQUISITION: "获客",
    Scenario.ACTIVATION: "促活",
    Scenario.BILL_REMINDER: "账单提醒",
    Scenario.COLLECTION_M1: "逾期1–30天",
    Scenario.COLLECTION_M2: "逾期31–60天",
    Scenario.COLLECTION_M3_PLUS: "逾期61天以上",
}
STAGES = {
    Stage.OPEN: "开场",
    Stage.VERIFY: "核实",
    Stage.BODY: "正文",
    Stage.DISCLOSE: "告知",
    Stage.CLOSE: "结束",
}
CHANNELS = {Channel.AI_VOICE: "语音", Channel.HUMAN_AGENT: "人工", Channel.SMS: "短信"}
CALLEES = {
    "verified": "已核实",
    "unverified": "未核实",
    Role.APPLICANT: "申请人",
    Role.DEBTOR: "借款人",
    Role.GUARANTOR: "担保人",
    Role.CONTACT: "联系人",
    Role.UNRELATED: "无关的人",
    Role.UNKNOWN: "不知是谁",
}
GENERATIONS = {
    Generation.GEN_Z: "18–27岁",
    Generation.YOUNG: "28–39岁",
    Generation.MIDDLE_AGED: "40–59岁",
    Generation.SENIOR: "60岁以上",
}
ACTS = {
    Act.DENIES: "否认",
    Act.WARNS: "提醒防骗",
    Act.ADVISES: "劝阻",
    Act.ASKS: "询问客户",
    Act.REFERS: "转交或未定",
    Act.EXPLAINS: "一般说明",
    Act.WONDERS: "客户式提问",
    Act.STRAYS: "说别的事",
    Act.QUOTES: "复述客户",
    Act.MUSES: "自己琢磨",
    Act.TELLS: "讲别人的事",
}
_BY_FIELD: dict[str, dict[str, str]] = {
    "action": ACTIONS,
    "whole_script": ACTIONS,
    "force": FORCES,
    "scenarios": {str(scope): label for scope, label in SCENARIOS.items()},
    "scenario": {str(scope): label for scope, label in SCENARIOS.items()},
    "stages": {str(stage): label for stage, label in STAGES.items()},
    "channels": {str(channel): label for channel, label in CHANNELS.items()},
    "callees": {str(callee): label for callee, label in CALLEES.items()},
    "unless_act": {str(act): label for act, label in ACTS.items()},
    "generations": {str(generation): label for generation, label in GENERATIONS.items()},
}


def values(field: str) -> dict[str, str]:
    """The values that a field may take with what they are called; empty where they are not a closed list."""
    return _BY_FIELD.get(field, {})


def named(field: str) -> str:
    """A field as a message names it: `说法（phrases）`."""
    return f"“{FIELDS[field]}”（{field}）" if field in FIELDS else f"“{field}”"
