"""Decisions as a sheet: a row a decision, for programs that show tables."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.console.decisions.search import KINDS
from app.console.frame.words import ACTIONS, SOURCES
from app.lexicon.labels import CHANNELS, SCENARIOS
from app.records import Decision
from guards.lexicon.scope import CHINA

_COLUMNS = (
    "时间（北京）",
    "话术编号",
    "请求编号",
    "种类",
    "场景",
    "渠道",
    "结果",
    "来源",
    "文字",
    "命中的规则",
    "命中的原因",
    "没有说的候选命中的规则",
    "规则版本",
    "模型",
    "已删除",
)
_FORMULA, _BREAKS = ("=", "+", "-", "@"), ("\t", "\r", "\n")
"""With what a program that shows tables would begin to calculate."""


def sheet_of(decisions: Sequence[Decision], titles: Mapping[str, str]) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in decisions:
        writer.writerow([_harmless(cell) for cell in _cells(one, titles)])
    return text.getvalue().encode("utf-8-sig", "replace")


def _cells(one: Decision, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"{one.created_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    yield one.script_id
    yield one.request_id or ""
    yield KINDS[one.kind.value]
    yield _named(SCENARIOS, one.scenario)
    yield _named(CHANNELS, one.channel)
    yield ACTIONS[one.action][0] if one.action in ACTIONS else one.action
    yield _named(SOURCES, one.source)
    yield one.text or ""
    yield "；".join(_told(each["rule"], titles) for each in one.findings)
    yield "；".join(str(each.get("reason") or "") for each in one.findings)
    yield "；".join(dict.fromkeys(_told(each["rule"], titles) for each in one.rejected))
    yield str(one.policy_revision)
    yield one.model or ""
    yield "是" if one.erased_at else ""


def _told(rule: str, titles: Mapping[str, str]) -> str:
    title = titles.get(rule, rule)
    return rule if title == rule else f"{title}（{rule}）"


def _named(labels: Mapping[Any, str], value: str | None) -> str:
    return next((label for name, label in labels.items() if str(name) == value), value or "")


def _harmless(cell: str) -> str:
    begun = unicodedata.normalize("NFKC", cell).lstrip()
    return f"'{cell}" if begun.startswith(_FORMULA) or cell[:1] in _BREAKS else cell
