"""Rows of the audit trail as notices: what happened, to whom it matters, and where it can be looked at.

A notice leaves the service. It names changes by their titles, persons and numbers of revisions, and holds no script, no
customer and no address; what persons typed is masked as everywhere.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.records import Entry, Headline, Notice, NoticeKind
from guards.lexicon.scope import CHINA

Mask = Callable[[str], str]
_LONGEST = 200
"""Characters of what somebody typed."""
_MOST_MOVED = 5
_REPEATING = ("改写", "旁边加一句", "删除", "停用话术", "恢复话术")
"""What titles of changes of wording begin with, where the text itself follows (`app.lexicon.holding`, the console)."""
_PROGRAMS = {"service": "系统", "operator": "命令行", "loopback": "本机"}
_OF_A_CHANGE = {
    "change.submitted": (NoticeKind.WAITING, "待审批"),
    "change.reviewers_asked": (NoticeKind.WAITING, "请您审批"),
    "change.withdrawn": (NoticeKind.DECIDED, "已撤回"),
    "change.approved": (NoticeKind.DECIDED, "已批准，到时间生效"),
    "change.rejected": (NoticeKind.DECIDED, "已驳回"),
    "change.expired": (NoticeKind.DECIDED, "没有人审批，已过期"),
    "change.failed": (NoticeKind.FAILING, "到时间没有发布成功"),
}
_OTHERS = {
    "lexicon.frozen": (NoticeKind.PUBLISHED, "已冻结：只说已批准的兜底话术", ""),
    "lexicon.unfrozen": (NoticeKind.PUBLISHED, "已解冻", ""),
    "line.suspended": (NoticeKind.PUBLISHED, "一句话术已停用", "/wording"),
    "line.resumed": (NoticeKind.PUBLISHED, "一句话术已恢复", "/wording"),
    "contact.opening_asked": (NoticeKind.WAITING, "待另一个人同意：重新开放一位客户", "/contacts"),
    "store.waiver_asked": (NoticeKind.WAITING, "待另一个人同意：放弃补录拒绝", ""),
    "store.restored": (NoticeKind.FAILING, "已从备份恢复，拒绝补录以前不能外呼", ""),
    "store.released": (NoticeKind.DECIDED, "从备份恢复以后已重新启用", ""),
    "person.created": (NoticeKind.ACCESS, "新建了人员", "/people"),
    "person.password_changed": (NoticeKind.ACCESS, "改了密码", "/people"),
    "person.roles_changed": (NoticeKind.ACCESS, "改了权限", "/people"),
    "person.disabled": (NoticeKind.ACCESS, "停用了人员", "/people"),
    "person.enabled": (NoticeKind.ACCESS, "启用了人员", "/people"),
    "person.confirmed": (NoticeKind.ACCESS, "另一个管理员确认了人员", "/people"),
    "person.locked": (NoticeKind.ACCESS, "输错密码太多次，已锁定", "/people"),
    "key.created": (NoticeKind.ACCESS, "新建了密钥", "/people"),
    "key.revoked": (NoticeKind.ACCESS, "吊销了密钥", "/people"),
    "webhook.created": (NoticeKind.ACCESS, "新建了通知地址", "/webhooks"),
    "webhook.removed": (NoticeKind.ACCESS, "删除了通知地址", "/webhooks"),
}
EVENTS = (*_OF_A_CHANGE, "revision.published", *_OTHERS)
"""The rows that are news."""


def news_of(entry: Entry, change: Headline | None, mask: Mask) -> Notice | None:
    """What is told of a row; None for what is no news. `change`: what it is about, if it is still there."""
    if entry.event == "revision.published":
        return _published(entry, change, mask)
    if entry.event in _OF_A_CHANGE:
        return None if change is None else _about_a_change(entry, change, mask)
    if entry.event in _OTHERS:
        kind, title, path = _OTHERS[entry.event]
        subject = entry.subject if kind is NoticeKind.ACCESS else None
        lines = [f"由谁：{called(entry.person)}"]
        if subject and subject != entry.person:
            lines.insert(0, f"对象：{_said(subject, mask)}")
        return _notice(entry, kind, title, [*lines, *_reasons(entry.details, mask)], path)
    return None


def conflict_of(
    change: Headline, based_on: int, revision: int, moved: Sequence[str], at: datetime, mask: Mask
) -> Notice:
    """That a change no longer fits what is in force since a revision: that has `moved` these rules, or texts, of it.

    It is the same conflict until the change is based on another revision, or other rules of it are moved.
    """
    told = f"涉及：{'、'.join(moved[:_MOST_MOVED])}{' 等' if len(moved) > _MOST_MOVED else ''}"
    lines = [
        f"第 {revision} 版发布以后，这个变更要改的内容别人已经改过。",
        _said(told, mask),
        f"提交人：{called(change.author)}",
    ]
    title = f"变更冲突：{_named(change, mask)}"
    which = hashlib.sha256("\n".join(sorted(moved)).encode()).hexdigest()[:16]
    key = f"conflict:{change.id}:{based_on}:{which}"
    return Notice(key, NoticeKind.CONFLICTING, "conflicting", title, lines, f"/changes/{change.id}", at)


def called(person: str) -> str:
    """Who did it, as officers read it."""
    return _PROGRAMS.get(person, person)


def _published(entry: Entry, change: Headline | None, mask: Mask) -> Notice | None:
    if change is None:  # a hold, of which its own row tells, or the first start
        return None
    lines = [f"提交人：{called(change.author)}"]
    if change.decided_by:
        lines.append(f"批准人：{called(change.decided_by)}")
    elif entry.details.get("only_tightens"):
        lines.append("只收紧，一个人就可以发布")
    title = f"第 {entry.subject} 版已生效：{_named(change, mask)}"
    return _notice(entry, NoticeKind.PUBLISHED, title, lines, f"/changes/{change.id}")


def _about_a_change(entry: Entry, change: Headline, mask: Mask) -> Notice | None:
    if entry.event == "change.approved" and not entry.details.get("effective_from"):
        return None  # it is published in the same moment
    kind, what = _OF_A_CHANGE[entry.event]
    lines = [f"提交人：{called(change.author)}"]
    if entry.event == "change.submitted" and change.reviewers:
        lines.append(f"请谁审批：{'、'.join(_said(each, mask) for each in change.reviewers)}")
    if entry.event == "change.reviewers_asked":
        asked = "、".join(_said(str(each), mask) for each in entry.details.get("reviewers") or change.reviewers)
        if not asked or entry.details.get("draft"):
            return None
        lines.append(f"请谁审批：{asked}")
    if entry.event == "change.submitted" and change.expires_at is not None:
        lines.append(f"请在 {_beijing(change.expires_at)} 以前审批，过时作废")
    if entry.event in ("change.approved", "change.rejected"):
        lines.append(f"审批人：{called(entry.person)}")
    if (when := entry.details.get("effective_from")) is not None:
        lines.append(f"生效时间：{_beijing(datetime.fromisoformat(str(when)))}")
    lines += _reasons(entry.details, mask)
    return _notice(entry, kind, f"{what}：{_named(change, mask)}", lines, f"/changes/{change.id}")


def _notice(entry: Entry, kind: NoticeKind, title: str, lines: list[str], path: str) -> Notice:
    return Notice(f"trail:{entry.number}", kind, entry.event, title, lines, path, entry.at)


def _reasons(details: Mapping[str, object], mask: Mask) -> list[str]:
    reason = details.get("reason")
    return [f"理由：{_said(reason, mask)}"] if isinstance(reason, str) and reason else []


def _named(change: Headline, mask: Mask) -> str:
    """Its title, without the approved text that the service itself repeats in one."""
    begun, colon, text = change.title.partition("：")
    is_ours = change.subject == "wording" and begun in _REPEATING and colon and text
    return begun if is_ours else _said(change.title, mask)


def _said(text: str, mask: Mask) -> str:
    """What somebody typed, in one line: masked as a whole, since half a number is no longer found, and then cut."""
    seen = "".join(each if each.isprintable() else " " for each in text)
    line = mask(" ".join(seen.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _beijing(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
