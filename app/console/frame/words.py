"""What officers call the values that pages show, and which colour each has."""

from collections.abc import Mapping

from app.lexicon.files import StoredRule

ACTIONS = {
    "speak": ("可以说", "go"),
    "handoff": ("转人工", "ask"),
    "do_not_call": ("不打", "stop"),
    "end_call": ("结束通话", "lead-on"),
    "allow": ("放行", "go"),
    "observe": ("记录", ""),
    "mask": ("遮盖", "ask"),
    "revise": ("改写", "ask"),
    "escalate": ("转人工", "ask"),
    "block": ("拦下", "stop"),
}
"""What was decided, or what a rule does."""
SOURCES = {"model": "模型", "pool": "先前审过的句式", "approved": "已批准的话术", "fallback": "兜底话术"}
CHANGE_STATES = {
    "draft": ("草稿", ""),
    "submitted": ("待审批", "ask"),
    "approved": ("待生效", "lead-on"),
    "published": ("已发布", "go"),
    "rejected": ("已驳回", "stop"),
    "expired": ("已过期", ""),
    "failed": ("发布失败", "stop"),
}
ROLES = {"caller": "调用", "editor": "起草", "approver": "审批", "auditor": "查看", "admin": "管理"}
OF_THE_PROGRAM = {
    "personal_data": "个人信息",
    "meaning": "整句意思",
    "number": "数字核对",
    "guard": "检查没有完成",
    "skeleton": "写法不合要求",
}
"""What findings are called that are of the program, and of no officer's rule, by how their ids begin."""


def rule_title(rules: Mapping[str, StoredRule], name: str) -> str:
    """What officers call a rule: its title, else what the program looks for, else its id."""
    title = rules[name].data.get("title") if name in rules else None
    return str(title or OF_THE_PROGRAM.get(name.partition(".")[0], name))
