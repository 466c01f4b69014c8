"""What officers call the values of a turn."""

from app.approved.events import EventType

EVENTS = {
    EventType.OPT_OUT: "拒绝再联系",
    EventType.WRONG_NUMBER: "打错了",
    EventType.ALREADY_PAID: "说已经还了",
    EventType.CALLBACK: "约了再打",
    EventType.THIRD_PARTY_REFUSED: "别人拒绝再联系",
    EventType.PROMISE_TO_PAY: "答应还款",
    EventType.DISPUTE: "有争议",
    EventType.HARDSHIP: "有困难",
    EventType.COMPLAINT: "投诉",
    EventType.HUMAN_REQUESTED: "要人工",
}
"""What a customer said that outlives the call."""
TURN_ACTIONS = {"speak": "继续说", "handoff": "转人工", "end_call": "结束通话", "do_not_call": "这通电话不能打"}
STATES = {"open": "开场", "verify": "核实身份", "body": "说正事", "handle": "回应客户", "close": "收尾"}
EMOTIONS = {"anxious": "着急", "resistant": "抵触", "angry": "生气", "distressed": "难过", "calm": "平静"}
EXPECTED = {"identity": "是不是本人", "yes_no": "行还是不行", "date": "哪一天", "free": "随便说什么"}
VERIFIED = {True: "是本人", False: "不是本人"}
SILENT = "（没有出声）"
"""Stands where the customer said nothing."""
FACT_UNITS = {
    "yuan": "元",
    "yuan per month": "元/月",
    "percent per year": "%/年",
    "percent per month": "%/月",
    "minutes": "分钟",
    "monthly instalments": "期",
    "days": "天",
    "places": "个",
}
FACT_CHOICES = {
    "simple": "单利",
    "irr": "内部收益率",
    "deferral": "延期",
    "instalment": "分期",
    "waiver": "减免",
    "open": "未结清",
    "settled": "已结清",
    "disputed": "有争议",
}
"""How units and choices of facts read, by the names of the vocabulary."""
