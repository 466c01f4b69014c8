"""What is wrong with a change, a file or a sheet, in words for the officer who has to put it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from app.errors import FieldProblem, Malformed

_LONGEST = 40


class Severity(StrEnum):
    """An error stands in the way of submitting; a warning is told, and may be submitted."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where, and what to do; `english` says the same for engineers.

    `field` is a path into the change or the rule (`adds.0.phrases.3`), `word` what stands there. `file` and `line`
    (from 1) are of a YAML file, `row` (from 1, the heads are the first) and `column` of a sheet. `cause`: what stands
    elsewhere and brings it about, as a path of its own and in words.
    """

    code: str
    message: str
    english: str
    severity: Severity = Severity.ERROR
    rule: str | None = None
    field: str | None = None
    word: str | None = None
    file: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None
    cause: tuple[str, str] | None = None

    def __str__(self) -> str:
        return self.message

    @property
    def told(self) -> str:
        """The message, and behind it the same for engineers."""
        return f"{self.message} ({self.english})"

    def as_json(self) -> dict[str, Any]:
        """What of it is known, for an answer."""
        names = ("severity", "code", "message", "english", "rule", "field", "word", "file", "line", "row", "column")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def under(self, prefix: str, rule: str | None = None) -> "Problem":
        """The same, its field below `prefix`."""
        field = ".".join(part for part in (prefix, self.field) if part)
        cause = (f"{prefix}.{self.cause[0]}", self.cause[1]) if self.cause else None
        return replace(self, field=field, rule=self.rule or rule, cause=cause)


class ChangeRefused(Malformed):
    """A change, a file or a sheet that cannot be taken as it is; `problems` are all that is wrong with it."""

    most_fields = 5_000

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        detail = "不能这样采用，问题见 fields。(it cannot be taken as it is; fields says what is wrong)"
        super().__init__(detail, [FieldProblem(_place(problem), problem.told) for problem in self.problems])


def _place(problem: Problem) -> str:
    """Where a problem is, in one word: a field of the change, a cell, or a line of a file."""
    if problem.row is not None:
        return f"rows.{problem.row}.{problem.column}" if problem.column else f"rows.{problem.row}"
    if problem.file is not None and problem.line is not None:
        return f"{problem.file}:{problem.line}"
    return problem.field or problem.file or problem.rule or "body"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stand in the way."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """What somebody who wrote `name` probably meant."""
    return next(iter(get_close_matches(name, list(known), 1, 0.6)), None)


def nearest_label(name: str, known: Mapping[str, str]) -> str | None:
    """The same among names and what they are called; one that is called so is what was meant."""
    called = {label: key for key, label in known.items()}
    found = nearest(name, [*known, *called])
    return called.get(found, found) if found is not None else None


def shown(value: object) -> str:
    """A value in a message: not longer than a message can bear."""
    text = "空" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
