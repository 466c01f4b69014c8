"""The columns of a sheet of rules: what they are called, what stands in them, and how it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.lexicon.labels import values
from app.lexicon.problems import nearest_label, shown

_SEPARATOR = re.compile(r"[、，,;；\s]+")
_YES = {"是": True, "true": True, "yes": True, "1": True, "否": False, "false": False, "no": False, "0": False}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0{1,2}:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, other names under which it is known, and which field of a rule it fills (dotted)."""

    name: str
    field: str
    others: tuple[str, ...] = ()


WORDS = (
    Column("说法", "phrases", ("词语", "phrase", "word", "关键词", "敏感词", "违规词", "禁用词")),
    Column("正则", "patterns", ("pattern", "regex", "正则表达式", "模式")),
    Column("例外", "except", ("exception", "exceptions", "白名单")),
    Column("应当命中", "examples.hits", ("正例", "hit", "hits", "命中例句")),
    Column("不该命中", "examples.misses", ("反例", "miss", "misses", "不命中例句")),
)
"""Columns of which each row holds another item of the rule's list."""
RULE = (
    Column("标题", "title"),
    Column("处理方式", "action", ("处置", "处置方式")),
    Column("适用场景", "scenarios", ("场景", "scenario")),
    Column("阶段", "stages", ("stage",)),
    Column("渠道", "channels", ("channel",)),
    Column("接听人", "callees", ("callee",)),
    Column("否认也算", "even_if_negated"),
    Column("说法放行", "unless_act"),
    Column("原因", "reason"),
    Column("建议", "suggest", ("建议说法",)),
    Column("法律依据", "source.law", ("law", "依据")),
    Column("条款", "source.article", ("article",)),
    Column("效力", "source.force", ("force",)),
    Column("已核对原文", "source.verified", ("verified",)),
    Column("生效日", "effective.from", ("from", "effective_from", "生效日期")),
    Column("失效日", "effective.until", ("until", "effective_until", "失效日期")),
)
"""Columns that say one thing of a whole rule: filled in its first row, and empty or the same in the others."""
ID = Column("规则编号", "id", ("rule", "rule_id", "编号"))
COLUMNS = (ID, RULE[0], WORDS[0], *RULE[1:], *WORDS[1:])
"""All columns in the order in which they are exported."""
KNOWN: Mapping[str, Column] = {
    name.casefold(): column for column in COLUMNS for name in (column.name, column.field, *column.others)
}
_LISTS = frozenset({"scenarios", "stages", "channels", "callees", "unless_act"})


def column_of(head: str) -> Column | None:
    """The column that a head names, in Chinese or in English."""
    return KNOWN.get(_bare(head))


def nearest_column(head: str) -> str | None:
    """The name that somebody who wrote this head probably meant."""
    meant = nearest_label(_bare(head), {name: name for name in KNOWN})
    return KNOWN[meant].name if meant else None


def _bare(head: str) -> str:
    return re.sub(r"[（(].*?[)）]|[\s*＊]", "", head).casefold()


def field_of(rule: Any, column: Column) -> Any:
    """What a rule has in a column, None if nothing."""
    for name in column.field.split("."):
        rule = rule.get(name) if isinstance(rule, Mapping) else None
    return rule


def shown_value(field: str, value: Any) -> str:
    """A field of a rule as it stands in a cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = values(field.rpartition(".")[2])
    if isinstance(value, list):
        return "、".join(labels.get(str(each), str(each)) for each in value)
    return "" if value is None else labels.get(str(value), str(value))


class UnreadableCellError(ValueError):
    """A cell in which something else stands than its column asks for; `told` says so in Chinese."""

    def __init__(self, told: str, english: str) -> None:
        super().__init__(english)
        self.told = told


def read_value(column: Column, cell: str) -> Any:
    """What a cell says, as the field of a rule has it.

    Raises:
        UnreadableCellError: if it says nothing that the field could be.
    """
    name = column.field.rpartition(".")[2]
    if labels := values(name):
        if name in _LISTS:
            return [_labelled(column, each, labels) for each in _SEPARATOR.split(cell) if each]
        return _labelled(column, cell, labels)
    if name in ("even_if_negated", "verified"):
        if cell.casefold() not in _YES:
            raise UnreadableCellError(f"“{column.name}”只能填“是”或者“否”。", "neither yes nor no")
        return _YES[cell.casefold()]
    return _day(column, cell) if name in ("from", "until") else cell


def _labelled(column: Column, cell: str, labels: Mapping[str, str]) -> str:
    called = {**{key.casefold(): key for key in labels}, **{label: key for key, label in labels.items()}}
    if cell.casefold() in called:
        return called[cell.casefold()]
    offered = "、".join(labels.values())
    meant = nearest_label(cell, labels)
    hint = f"是不是“{labels[meant]}”？" if meant else ""
    raise UnreadableCellError(f"“{column.name}”没有“{shown(cell)}”这个选项。{hint}可以填：{offered}。", "no such value")


def _day(column: Column, cell: str) -> str:
    found = _DAY.fullmatch(cell)
    try:
        if found:
            return date(*map(int, found.groups())).isoformat()
    except ValueError:
        pass
    told = f"“{column.name}”里的“{shown(cell)}”不是日期，请写成 2026-01-31 这样，而且真有这一天。"
    raise UnreadableCellError(told, "no date")
