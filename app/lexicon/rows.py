"""The rows of a sheet as a change: every bad row is named by its number and column, and then nothing is taken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.lexicon.columns import (
    ID,
    KNOWN,
    RULE,
    WORDS,
    Column,
    UnreadableCellError,
    column_of,
    field_of,
    nearest_column,
    read_value,
)
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from app.lexicon.filled import stray_cell
from app.lexicon.problems import ChangeRefused, Problem, shown
from app.lexicon.shapes import shape_problems, unknown_id

_NEEDED = ("title", "action", "reason", "source.law", "source.force", "examples.hits", "examples.misses")
_MOST_RULES = 5_000
_MOST_PROBLEMS = ChangeRefused.most_fields
"""As many as an answer names."""
_MOST_GUESSES = 50
"""For so many ids that are none it is guessed which one was meant: each is compared with all that there are."""


@dataclass(slots=True)
class _Asked:
    """What the rows of one rule say: its fields and words, and the first row of each."""

    row: int
    fields: dict[Column, tuple[Any, int]] = field(default_factory=dict)
    words: dict[Column, dict[str, int]] = field(default_factory=dict)


def change_of(
    files: RuleFiles, head: Sequence[str], rows: Mapping[int, Sequence[str]], title: str
) -> tuple[Change, list[Problem]]:
    """The change that the rows below a head ask for, by their numbers; and every problem, by row and column.

    Behind very many problems, or very many rules, nothing more is looked at.
    """
    if not head:
        told = "表里没有内容。第一行应当是列名，至少要有“规则编号”和“说法”。"
        return Change(title), [Problem(code="empty_sheet", message=told, english="the sheet is empty")]
    columns, problems = _heads(head)
    if problems:
        return Change(title), problems
    asked: dict[str, _Asked] = {}
    for number, row in rows.items():
        problems += _read(asked, columns, number, row)
        if len(asked) > _MOST_RULES:
            told = f"一个表最多改 {_MOST_RULES} 条规则，到第 {number} 行已经超过了。请拆成几个文件，分几次导入。"
            english = f"more than {_MOST_RULES} rules"
            return Change(title), [*problems, _bad("too_many_rules", number, ID.name, None, told, english)]
        if len(problems) >= _MOST_PROBLEMS:
            return Change(title), [*problems, _enough(number)]
    names = _Names(files.rules)
    adds: list[dict[str, Any]] = []
    edits: list[dict[str, Any]] = []
    for rule, wanted in asked.items():
        refused = list(_refused(files, rule, wanted, names))
        if not refused:
            stored = files.rules.get(rule)
            whole, is_changed = _merged(dict(stored.data) if stored else {"id": rule}, wanted)
            refused = list(_misshapen(rule, whole, wanted))
            if is_changed:
                (edits if stored else adds).append(whole)
        problems += refused
        if len(problems) >= _MOST_PROBLEMS:
            problems.append(_enough(wanted.row))
            break
    problems.sort(key=lambda problem: problem.row or 0)
    return Change(title, tuple(adds), tuple(edits), ()), problems


def _heads(heads: Sequence[str]) -> tuple[dict[int, Column], list[Problem]]:
    columns: dict[int, Column] = {}
    problems = []
    for index, head in enumerate(heads):
        column = column_of(head) if head else None
        if column is None and head:
            if "，" in head:
                hint = "列名之间用了全角逗号“，”，请改成半角逗号“,”。"
            elif meant := nearest_column(head):
                hint = f"是不是“{meant}”？"
            else:
                hint = f"可以用的列名：{'、'.join(dict.fromkeys(each.name for each in KNOWN.values()))}。"
            problems.append(
                _bad("unknown_column", 1, head, head, f"没有“{shown(head)}”这一列。{hint}", "no such column")
            )
        elif column is not None and column in columns.values():
            problems.append(_bad("column_twice", 1, column.name, head, f"“{column.name}”这一列出现了两次。", "twice"))
        elif column is not None:
            columns[index] = column
    if ID not in columns.values():
        problems.append(_bad("no_column", 1, ID.name, None, "缺少“规则编号”这一列。", "there is no column for the id"))
    if len(columns) == 1 and not problems:
        problems.append(_bad("no_column", 1, "说法", None, "除了“规则编号”，至少还要有“说法”一列。", "nothing but ids"))
    return columns, problems


def _read(
    asked: dict[str, _Asked], columns: Mapping[int, Column], number: int, row: Sequence[str]
) -> Iterator[Problem]:
    cells = {column: row[index] for index, column in columns.items() if index < len(row) and row[index]}
    stray = next((index for index, cell in enumerate(row) if cell and index not in columns), None)
    if stray is not None:
        yield stray_cell(number, stray)
    if not cells:
        return
    rule = cells.pop(ID, None)
    if rule is None:
        yield _bad("no_id", number, ID.name, None, f"第 {number} 行没有写规则编号。", "a row without an id")
        return
    wanted = asked.setdefault(rule, _Asked(number))
    for column, cell in cells.items():
        if column in WORDS:
            known = wanted.words.setdefault(column, {})
            if cell in known and column in WORDS[:2]:
                told = f"第 {number} 行的{column.name}“{shown(cell)}”和第 {known[cell]} 行重复了。"
                yield _bad("duplicate_word", number, column.name, cell, told, f"as in row {known[cell]}", rule)
            known.setdefault(cell, number)
            continue
        try:
            value = read_value(column, cell)
        except UnreadableCellError as unread:
            told = f"第 {number} 行：{unread.told}"
            yield _bad("unreadable_cell", number, column.name, cell, told, str(unread), rule)
            continue
        before, first = wanted.fields.setdefault(column, (value, number))
        if before != value:
            told = (
                f"第 {number} 行的“{column.name}”和第 {first} 行不一样，规则编号却都是“{shown(rule)}”。"
                "是两条规则用了同一个编号吗？"
            )
            yield _bad("duplicate_id", number, column.name, cell, told, f"differs from row {first}", rule)


class _Names:
    """The ids of all rules, to say which one was probably meant: a few times, for it takes its time."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._left = _MOST_GUESSES

    def unknown(self, rule: str) -> str:
        """That there is no rule of this id."""
        self._left -= 1
        return unknown_id(rule, self._known if self._left >= 0 else {})[0]


def _refused(files: RuleFiles, rule: str, wanted: _Asked, names: _Names) -> Iterator[Problem]:
    """Why rows of this id can neither add to a rule nor make one."""
    row = wanted.row
    if kind_of_rule(rule) is not Kind.PHRASE:
        told = f"第 {row} 行：“{shown(rule)}”不是按说法判断的规则，不能用表格改，请在页面里改。"
        yield _bad("not_by_sheet", row, ID.name, rule, told, "no phrase rule", rule)
    elif rule not in files.rules:
        told_of = {column.field for column in (*wanted.fields, *wanted.words)}
        lacking = [column.name for column in (*RULE, *WORDS) if column.field in _NEEDED and column.field not in told_of]
        if not told_of & {"phrases", "patterns"}:
            lacking.append("说法")
        if lacking:
            told = f"第 {row} 行：{names.unknown(rule)}要新增这条规则，还缺：{'、'.join(lacking)}。"
            yield _bad("unknown_id", row, ID.name, rule, told, f"no such rule; a new one lacks {lacking}", rule)


def _merged(rule: dict[str, Any], wanted: _Asked) -> tuple[dict[str, Any], bool]:
    """The rule with what the rows add to it, and whether that changes anything."""
    is_changed = False
    for column, (value, _) in wanted.fields.items():
        if (field_of(rule, column) or None) != (value or None):
            rule, is_changed = _with(rule, column, value), True
    for column, words in wanted.words.items():
        old = list(field_of(rule, column) or ())
        known = {*old, *map(str.strip, old)}  # a sheet keeps no spaces around a word
        if new := [word for word in words if word not in known]:
            rule, is_changed = _with(rule, column, [*old, *new]), True
    return rule, is_changed


def _with(rule: dict[str, Any], column: Column, value: Any) -> dict[str, Any]:
    outer, _, inner = column.field.rpartition(".")
    if not outer:
        return {**rule, inner: value}
    return {**rule, outer: {**(rule.get(outer) or {}), inner: value}}


def _misshapen(rule: str, whole: Mapping[str, Any], wanted: _Asked) -> Iterator[Problem]:
    """What is wrong with the rule that comes of it, at the cell that is to blame."""
    begun: dict[Column, dict[str, int]] = {}
    for problem in shape_problems(Kind.PHRASE, whole):
        path = (problem.field or "").split(".")
        names = ".".join(part for part in path if not part.isdigit())
        column = next((column for column in (ID, *RULE, *WORDS) if column.field == names), ID)
        row = wanted.words.get(column, {}).get(problem.word or "", wanted.fields.get(column, (None, wanted.row))[1])
        if problem.word is not None and column in WORDS and problem.word.endswith("…"):
            if column not in begun:
                begun[column] = {shown(word): at for word, at in reversed(wanted.words.get(column, {}).items())}
            row = begun[column].get(problem.word, row)
        told = f"第 {row} 行：{problem.message}"
        yield _bad(problem.code, row, column.name, problem.word, told, problem.english, rule)


def _enough(row: int) -> Problem:
    told = f"问题太多，查到第 {row} 行为止。请先改正列出来的这些，再导入一次，看看后面还有没有。"
    return _bad("too_many_problems", row, None, None, told, f"{_MOST_PROBLEMS} problems: the rest is not looked at")


def _bad(
    code: str, row: int, column: str | None, word: str | None, message: str, english: str, rule: str | None = None
) -> Problem:
    return Problem(code=code, row=row, column=column, word=word, message=message, english=english, rule=rule)
