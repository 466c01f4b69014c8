"""What happened to a change, by whom and when: out of the audit trail, with what people said about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.records import ChangeRecord, ChangeState, Comment, Entry, audit
from guards.lexicon.scope import CHINA

_TOLD: Mapping[str, tuple[str, str]] = {
    "change.drafted": ("写成草稿", ""),
    "change.edited": ("改了草稿", ""),
    "change.submitted": ("提交审批", "ask"),
    "change.withdrawn": ("撤回成草稿", ""),
    "change.reviewers_asked": ("请人审批", "ask"),
    "change.commented": ("留言", ""),
    "change.approved": ("批准", "go"),
    "change.rejected": ("驳回", "stop"),
    "change.expired": ("一直没有人审批，已过期", ""),
    "change.failed": ("到时间没有发布成功", "stop"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `text`: what was said with it."""

    at: datetime
    person: str
    told: str
    shade: str = ""
    text: str = ""


def timeline(record: ChangeRecord, entries: Sequence[Entry], comments: Sequence[Comment]) -> list[Happening]:
    """Oldest first."""
    said = {comment.number: comment.text for comment in comments}
    steps = [step for entry in entries if entry.event in _TOLD for step in _happened(entry, said)]
    if record.state is ChangeState.PUBLISHED:
        by = record.decided_by or audit.SERVICE
        steps.append(Happening(record.updated_at, by, f"发布为第 {record.revision} 版", "go"))
    return steps


def _happened(entry: Entry, said: Mapping[int, str]) -> Iterator[Happening]:
    told, shade = _TOLD[entry.event]
    details = entry.details
    more = _MORE.get(entry.event)
    extra, text = more(details, said) if more else ("", "")
    yield Happening(entry.at, entry.person, told + extra, shade, text)


def _asked(details: Mapping[str, Any], _: Mapping[int, str]) -> tuple[str, str]:
    return f"：{'、'.join(details.get('reviewers') or ['不指名'])}", ""


def _approved(details: Mapping[str, Any], _: Mapping[int, str]) -> tuple[str, str]:
    when = details.get("effective_from")
    later = f"，定在 {datetime.fromisoformat(when).astimezone(CHINA):%Y-%m-%d %H:%M} 生效" if when else ""
    return later, str(details.get("reason") or "")


def _rejected(details: Mapping[str, Any], _: Mapping[int, str]) -> tuple[str, str]:
    return "", str(details.get("reason") or "")


def _commented(details: Mapping[str, Any], said: Mapping[int, str]) -> tuple[str, str]:
    return "", said.get(int(details.get("comment") or 0), "")


_MORE: Mapping[str, Callable[[Mapping[str, Any], Mapping[int, str]], tuple[str, str]]] = {
    "change.reviewers_asked": _asked,
    "change.approved": _approved,
    "change.rejected": _rejected,
    "change.commented": _commented,
}
