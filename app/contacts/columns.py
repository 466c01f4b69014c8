"""The columns of a list of refusals, in English and Chinese, and what may stand in them. No reason repeats a value."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from app.approved.events import EventType
from app.contacts.closing import Refusal
from app.contacts.errors import UnreadableList
from app.contacts.events import KEPT, Kept, Scope
from app.contacts.references import REF
from app.contacts.sheets import Cell
from app.errors import FieldProblem
from guards.lexicon.scope import CHINA

V = TypeVar("V")


class Column(StrEnum):
    """What a column holds, by the name that it is written with."""

    REF = "ref"
    REF_DIGEST = "ref_digest"
    TYPE = "type"
    SCOPE = "scope"
    AT = "at"
    SINCE = "since"
    LATEST = "latest"
    SOURCE = "source"
    KEYED_BY = "keyed_by"


class _Names(Generic[V]):
    """Values by each of their names, however these are written."""

    def __init__(self, names: Mapping[V, str]) -> None:
        self._values = {name: value for value, some in names.items() for name in some.split()}

    def get(self, name: str) -> V | None:
        found = self._values.get(name)  # most are written so
        return self._values.get(_plain(name)) if found is None else found


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip()).casefold()


_COLUMNS = _Names(
    {
        Column.REF: "ref customer_ref 客户编号 客户号 客户标识",
        Column.REF_DIGEST: "ref_digest 客户摘要",
        Column.TYPE: "type 类型 拒绝类型",
        Column.SCOPE: "scope 范围 拒绝范围",
        Column.AT: "at 时间 拒绝时间 日期",
        Column.SINCE: "since 起始时间 首次时间",
        Column.LATEST: "latest 最近时间 最后时间",
        Column.SOURCE: "source 来源",
        Column.KEYED_BY: "keyed_by 密钥标识",
    }
)
_TYPES = _Names(
    {
        EventType.OPT_OUT: "opt_out 拒绝来电 拒绝接听 拒绝联系 拒接 拒访 免打扰 勿扰 请勿来电 退订",
        EventType.WRONG_NUMBER: "wrong_number 号码错误 错误号码 错号 打错了 非本人号码",
        EventType.THIRD_PARTY_REFUSED: "third_party_refused third_party 第三人拒绝 第三方拒绝 联系人拒绝 亲友拒绝",
    }
)
_SCOPES = _Names(
    {
        Scope.MARKETING: "marketing 营销 营销类 推销 销售",
        Scope.SERVICING: "servicing service 服务 服务类 贷后 全部 所有 all",
    }
)
_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_EXACT = 10**15
"""Excel keeps 15 digits of a number and writes zeros for the others."""
_FIRST_YEAR = 2000


def read_header(file: str, cells: Sequence[Cell]) -> dict[Column, int]:
    """The place of each column.

    Raises:
        UnreadableList: naming unknown and doubled columns; or saying that the first row names none at all.
    """
    places: dict[Column, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(cells):
        if cell in (None, ""):
            continue
        column = _COLUMNS.get(str(cell))
        if column is None:
            unknown.append(str(cell))
        elif column in places:
            raise UnreadableList(f"{file}: two columns are the {column}")
        else:
            places[column] = place
    if not places:  # then it is a row of values, perhaps, and these are repeated nowhere
        raise UnreadableList(f"{file}: the first row must name the columns: ref (客户编号), type, scope, at")
    if unknown:
        raise UnreadableList(f"{file}: unknown columns {', '.join(unknown)}; known are {', '.join(Column)}")
    if Column.REF not in places and Column.REF_DIGEST not in places:
        raise UnreadableList(f"{file}: there is no column ref (客户编号) and none with a ref_digest (客户摘要)")
    if Column.AT in places and not places.keys().isdisjoint({Column.SINCE, Column.LATEST}):
        raise UnreadableList(f"{file}: there is a column at, or there are since and latest, not all of them")
    return places


def column_of(cell: Cell) -> Column | None:
    """The column that a cell of a first row names."""
    return _COLUMNS.get(cell) if isinstance(cell, str) else None


class RowReader:
    """Reads the rows of one list."""

    def __init__(
        self, places: Mapping[Column, int], digest: Callable[[str], str], keyed_by: str, now: datetime
    ) -> None:
        """`digest` makes digests of references, under the key that is called `keyed_by`."""
        self._places = places
        self._width = max(places.values()) + 1
        self._digest = digest
        self._keyed_by = keyed_by
        self._now = now

    def read(self, number: int, cells: Sequence[Cell]) -> Refusal | list[FieldProblem]:
        """The refusal of one row, or all that is wrong with it."""
        problems: list[FieldProblem] = []

        def take(column: Column, parse: Callable[[Cell], V]) -> V | None:
            place = self._places.get(column)
            cell = cells[place] if place is not None and place < len(cells) else None
            if cell in (None, ""):
                return None
            try:
                return parse(cell)
            except ValueError as unfit:
                problems.append(FieldProblem(f"row {number}, {column}", str(unfit)))
                return None

        if any(cell not in (None, "") for cell in cells[self._width :]):
            problems.append(FieldProblem(f"row {number}", "has more cells than there are columns"))
        ref = take(Column.REF, ref_of)
        digest = self._digest(ref) if ref else take(Column.REF_DIGEST, _digest_of)
        if digest is None and not any(each.field.endswith((Column.REF, Column.REF_DIGEST)) for each in problems):
            problems.append(FieldProblem(f"row {number}, {self._who}", "is missing"))
        if ref is None:
            take(Column.KEYED_BY, self._check_key)
        kept = KEPT[take(Column.TYPE, _type_of) or EventType.OPT_OUT]
        scope = take(Column.SCOPE, _scope_of) or Scope.MARKETING
        at = take(Column.AT, self._time_of)
        since = at or take(Column.SINCE, self._time_of)
        latest = at or take(Column.LATEST, self._time_of)
        if since and latest and since > latest:
            problems.append(FieldProblem(f"row {number}, {Column.LATEST}", "is before since"))
        if problems or digest is None:
            return problems
        return Refusal(
            digest,
            kept,
            scope if kept is Kept.OPT_OUT else None,
            since or latest or self._now,
            latest or since or self._now,
            is_dated=since is not None or latest is not None,
        )

    @property
    def _who(self) -> Column:
        return Column.REF if Column.REF in self._places else Column.REF_DIGEST

    def _check_key(self, cell: Cell) -> None:
        if cell != self._keyed_by:
            raise ValueError(
                "the digest was made with another key, and finds nobody in this store; export by a list of references "
                "(--refs) there, and import that"
            )

    def _time_of(self, cell: Cell) -> datetime:
        at = _moment(cell)
        if at.year < _FIRST_YEAR:
            raise ValueError(f"is before the year {_FIRST_YEAR}")
        if at > self._now:
            raise ValueError("is in the future")
        return at


def ref_of(cell: Cell) -> str:
    """A reference; of a whole number, its digits.

    Raises:
        ValueError: saying why it is none.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError("is neither a text nor a number")
    if not isinstance(cell, str):
        if abs(cell) >= _EXACT:
            raise ValueError("is a number of more than 15 digits, of which Excel lost some; format the column as text")
        if cell < 0 or cell != int(cell):
            raise ValueError("is a number, and no whole one")
        cell = str(int(cell))
    if cell.startswith("="):
        raise ValueError("is a formula; put its value there")
    if not REF.fullmatch(cell):
        raise ValueError("is not 1 to 64 letters, digits or - _ . :")
    return cell


def _digest_of(cell: Cell) -> str:
    digest = cell.lower() if isinstance(cell, str) else ""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("is not 64 hexadecimal digits")
    return digest


def _type_of(cell: Cell) -> EventType:
    found = _TYPES.get(cell) if isinstance(cell, str) else None
    if found is None:
        raise ValueError("is none of opt_out 拒绝来电, wrong_number 号码错误, third_party_refused 第三人拒绝")
    return found


def _scope_of(cell: Cell) -> Scope:
    found = _SCOPES.get(cell) if isinstance(cell, str) else None
    if found is None:
        raise ValueError("is none of marketing 营销, servicing 服务")
    return found


def _moment(cell: Cell) -> datetime:
    """An instant; where no offset is given, in China."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=CHINA)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), CHINA)
    found = _TIME.fullmatch(cell) if isinstance(cell, str) else None
    if found is None:
        raise ValueError("is no time such as 2026-11-01, 2026-11-01 10:05 or 2026-11-01T10:05:00+08:00")
    year, _, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        numbers = [int(part or 0) for part in (year, month, day, hour, minute, second, (fraction or "").ljust(6, "0"))]
        return datetime(*numbers, tzinfo=_zone(offset))  # type: ignore[arg-type, misc]
    except ValueError:
        raise ValueError("is a day or a time that does not exist") from None


@lru_cache(maxsize=64)
def _zone(offset: str | None) -> tzinfo:
    return CHINA if offset is None else datetime.strptime(offset.upper(), "%z").tzinfo or CHINA
