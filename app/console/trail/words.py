"""The rows of the audit trail in an officer's words: what happened, to what, and what else is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.console.frame.rendering import beijing
from app.console.frame.words import ACTIONS, ROLES
from app.lexicon.labels import SCENARIOS
from app.records import Entry
from guards.types import Scenario

EVENTS = {
    "revision.published": "发布版本",
    "change.drafted": "起草变更",
    "change.edited": "修改草稿",
    "change.dropped": "删除草稿",
    "change.submitted": "提交变更",
    "change.withdrawn": "撤回变更",
    "change.commented": "评论变更",
    "change.reviewers_asked": "请人审批",
    "change.approved": "批准变更",
    "change.rejected": "驳回变更",
    "change.expired": "变更过期",
    "change.failed": "变更发布失败",
    "line.suspended": "停用话术",
    "line.resumed": "恢复话术",
    "lexicon.frozen": "冻结",
    "lexicon.unfrozen": "解冻",
    "finding.marked": "标注命中",
    "decisions.sealed": "封存决策",
    "decisions.erased": "删除决策内容",
    "decisions.exported": "导出决策",
    "evidence.issued": "下载证据",
    "trail.exported": "导出审计记录",
    "lexicon.exported": "导出规则",
    "wording.exported": "导出话术",
    "contact.closed": "登记拒绝",
    "contact.opening_asked": "申请重新开放",
    "contact.opened": "批准重新开放",
    "contact.purged": "清理到期的拒绝",
    "contact.list_import_begun": "开始导入名单",
    "contact.list_imported": "导入名单",
    "person.created": "新建人员",
    "person.password_changed": "设置密码",
    "person.roles_changed": "改权限",
    "person.disabled": "停用人员",
    "person.enabled": "启用人员",
    "person.confirmed": "确认人员",
    "person.locked": "锁定人员",
    "person.logged_in": "登录",
    "person.login_refused": "登录被拒",
    "person.logged_out": "退出登录",
    "person.logged_out_everywhere": "在所有设备上退出",
    "key.created": "新建密钥",
    "key.revoked": "吊销密钥",
    "webhook.created": "新建通知地址",
    "webhook.removed": "删除通知地址",
    "store.restored": "从备份恢复",
    "store.waiver_asked": "申请放弃补录拒绝",
    "store.released": "恢复使用",
}
"""Every event that is written down."""
_DETAILS = {
    "reason": "理由",
    "because": "原因",
    "mark": "标注",
    "before": "之前",
    "finding": "第几处",
    "rule": "规则",
    "type": "种类",
    "scope": "范围",
    "asked_by": "申请人",
    "asked_because": "申请理由",
    "first": "第一条",
    "last": "最后一条",
    "roles": "权限",
    "from": "原来",
    "to": "改成",
    "person": "代表",
    "expires_at": "到期",
    "until": "到",
    "effective_from": "生效时间",
    "count": "条数",
    "closures": "条数",
    "last_refused_before": "最近一次拒绝早于",
    "taken_at": "备份时间",
    "revision": "版本",
    "platform": "平台",
    "address": "发到",
    "kinds": "通知什么",
    "restores": "恢复到第几版",
    "based_on": "基于第几版",
    "version": "第几稿",
    "only_tightens": "只收紧",
    "comment": "评论",
    "reviewers": "请谁",
    "hands": "经手人",
    "draft": "还是草稿",
    "error": "错误",
    "file": "文件",
    "rows": "行数",
    "change": "变更",
    "sha256": "内容摘要",
    "lexicon": "规则摘要",
    "holds": "停用清单摘要",
    "root": "摘要树的根",
    "name_digest": "所写姓名的摘要",
    "format": "格式",
    "after": "从哪一行以后",
    "kind": "查的种类",
    "action": "查的结果",
    "scenario": "查的场景",
    "since": "从",
    "number_digest": "所查编号的摘要",
    "ref_digest": "所查客户的摘要",
    "word_digest": "所查文字的摘要",
}
"""What is told of a row, what matters most first."""
_ORDER = {name: place for place, name in enumerate(_DETAILS)}
_VALUES = {
    "true_hit": "真命中",
    "false_hit": "误命中",
    "opt_out": "拒绝来电",
    "wrong_number": "打错了",
    "third_party": "接听的旁人拒绝",
    "marketing": "营销",
    "servicing": "营销和其他来电里的机器语音",
    "unknown": "没有这个人",
    "password": "密码不对",
    "locked": "已锁定",
    "disabled": "已停用",
    "retention": "保存期满",
    "a person is erased": "按客户的要求删除",
    "refusals since the backup were imported": "备份以后的拒绝已补录",
    "two persons waived": "两个人同意放弃补录",
    "script": "话术",
    "review": "审查",
    **{name: told for name, (told, _) in ACTIONS.items()},
    **{scenario.value: SCENARIOS[scenario] for scenario in Scenario},
    **ROLES,
}
_LONG = 24
"""Characters from which a digest is cut; all of it stands in the API."""


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A row. `link`: the page of what it is about, below /console; `details`: names and values, as they are read."""

    entry: Entry
    event: str
    subject: str | None
    link: str | None
    details: tuple[tuple[str, str], ...]


def row_of(entry: Entry, titles: Mapping[str, str] | None = None) -> TrailRow:
    """A row as an officer reads it. `titles`: of changes, by their ids."""
    told = sorted(entry.details.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER)))
    details = tuple(
        (_DETAILS.get(name, name), _shown(name, value)) for name, value in told if value not in (None, "", [], {})
    )
    subject = (titles or {}).get(entry.subject or "") or _subject(entry)
    return TrailRow(entry, EVENTS.get(entry.event, entry.event), subject, _link(entry), details)


def _subject(entry: Entry) -> str | None:
    if entry.event == "revision.published":
        return f"第 {entry.subject} 版"
    if entry.event.startswith("contact.") and entry.subject:
        return f"客户 {entry.subject[:12]}…"
    return entry.subject


def _link(entry: Entry) -> str | None:
    kind = entry.event.partition(".")[0]
    if kind == "change" and entry.subject and entry.event != "change.dropped":
        return f"/changes/{entry.subject}"
    if kind == "line" and entry.subject:
        return f"/wording/{entry.subject}"
    if kind in ("finding", "evidence") and entry.subject:
        return f"/decisions/{entry.subject}"
    if entry.event == "revision.published" and entry.details.get("change"):
        return f"/changes/{entry.details['change']}"
    return None


def _shown(name: str, value: Any) -> str:
    if name == "finding" and isinstance(value, int):
        return f"第 {value + 1} 处"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_shown(name, each) for each in value)
    if isinstance(value, Mapping):
        return "，".join(f"{key} {_shown(name, each)}" for key, each in value.items())
    text = str(value)
    if text in _VALUES:
        return _VALUES[text]
    if len(text) > _LONG and text.isascii() and text.isalnum() and text.islower():
        return f"{text[:12]}…"
    return _time(text) if "T" in text else text


def _time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo is None else beijing(moment)
