"""What may stand in a list, in English and Chinese; what may not is told without repeating it."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from app.contacts.closing import Refusal
from app.contacts.columns import Column, RowReader, read_header, ref_of
from app.contacts.errors import UnreadableList
from app.contacts.events import Kept, Scope
from app.contacts.sheets import Cell

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 4
FULL = ["ref", "ref_digest", "type", "scope", "at", "keyed_by"]


def read(names: list[str], cells: list[Cell]) -> Refusal | list[tuple[str, str]]:
    reader = RowReader(read_header("list.csv", names), lambda ref: f"digest of {ref}", "this key", NOW)
    match reader.read(7, cells):
        case Refusal() as refusal:
            return refusal
        case problems:
            return [(problem.field, problem.reason) for problem in problems]


def refusal(names: list[str], cells: list[Cell]) -> Refusal:
    found = read(names, cells)
    assert isinstance(found, Refusal), found
    return found


def reasons(names: list[str], cells: list[Cell]) -> dict[str, str]:
    found = read(names, cells)
    assert not isinstance(found, Refusal)
    return dict(found)


class TestHeader:
    """The first row."""

    def test_columns_come_in_any_order_and_in_both_languages(self) -> None:
        assert read_header("list.csv", ["At", "客户编号", " 类型 ", "SCOPE"]) == {
            Column.AT: 0,
            Column.REF: 1,
            Column.TYPE: 2,
            Column.SCOPE: 3,
        }
        assert read_header("list.csv", ["时间", "范围", "客户摘要", None]) == {
            Column.AT: 0,
            Column.SCOPE: 1,
            Column.REF_DIGEST: 2,
        }

    def test_unknown_columns_are_named(self) -> None:
        with pytest.raises(UnreadableList, match="unknown columns 姓名, mobile; known are ref, ref_digest, type"):
            read_header("list.csv", ["ref", "姓名", "mobile"])

    @pytest.mark.parametrize(
        ("names", "words"),
        [
            (["ref", "客户编号"], "two columns are the ref"),
            (["type", "at"], "no column ref"),
            (["ref", "at", "latest"], "not all of them"),
        ],
    )
    def test_columns_that_make_no_sense_are_refused(self, names: list[Cell], words: str) -> None:
        with pytest.raises(UnreadableList, match=words):
            read_header("list.csv", names)

    def test_a_row_of_values_in_place_of_names_is_not_repeated(self) -> None:
        with pytest.raises(UnreadableList, match="the first row must name the columns") as refused:
            read_header("list.csv", ["u-778", "13812345678"])
        assert "u-778" not in str(refused.value)
        assert "138" not in str(refused.value)


class TestRows:
    """The others."""

    def test_a_reference_alone_is_an_opt_out_of_marketing_without_a_date(self) -> None:
        expected = Refusal("digest of u-1", Kept.OPT_OUT, Scope.MARKETING, NOW, NOW, is_dated=False)
        assert refusal(["ref"], ["u-1"]) == expected
        assert refusal(FULL, ["u-1"]) == expected
        assert refusal(FULL, ["u-1", "", None, "", None]) == expected

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("opt_out", Kept.OPT_OUT),
            ("Opt-Out", Kept.OPT_OUT),
            ("拒绝来电", Kept.OPT_OUT),
            ("免打扰", Kept.OPT_OUT),
            ("wrong_number", Kept.WRONG_NUMBER),
            ("号码错误", Kept.WRONG_NUMBER),
            ("third_party_refused", Kept.THIRD_PARTY),
            ("third_party", Kept.THIRD_PARTY),
            ("第三人拒绝", Kept.THIRD_PARTY),
            ("联系人拒绝", Kept.THIRD_PARTY),
        ],
    )
    def test_types(self, name: str, kept: Kept) -> None:
        found = refusal(["ref", "type", "scope"], ["u-1", name, "服务"])
        assert (found.type, found.scope) == (kept, Scope.SERVICING if kept is Kept.OPT_OUT else None)

    @pytest.mark.parametrize(
        ("name", "scope"),
        [
            ("marketing", Scope.MARKETING),
            ("营销", Scope.MARKETING),
            ("Servicing", Scope.SERVICING),
            ("服务", Scope.SERVICING),
        ],
    )
    def test_scopes(self, name: str, scope: Scope) -> None:
        assert refusal(["ref", "scope"], ["u-1", name]).scope is scope

    @pytest.mark.parametrize(
        ("cell", "at"),
        [
            ("2026-11-01", datetime(2026, 10, 31, 16, tzinfo=UTC)),
            ("2026/11/1", datetime(2026, 10, 31, 16, tzinfo=UTC)),
            ("2026-11-01 10:05", datetime(2026, 11, 1, 2, 5, tzinfo=UTC)),
            ("2026/11/1 9:05", datetime(2026, 11, 1, 1, 5, tzinfo=UTC)),
            ("2026-11-01T10:05:06", datetime(2026, 11, 1, 2, 5, 6, tzinfo=UTC)),
            ("2026-11-01T10:05:06.5+08:00", datetime(2026, 11, 1, 2, 5, 6, 500_000, tzinfo=UTC)),
            ("2026-11-01T10:05:06Z", datetime(2026, 11, 1, 10, 5, 6, tzinfo=UTC)),
            ("2026-11-01 10:05 -0330", datetime(2026, 11, 1, 13, 35, tzinfo=UTC)),
            (datetime(2026, 11, 1, 10, 5), datetime(2026, 11, 1, 2, 5, tzinfo=UTC)),
            (date(2026, 11, 1), datetime(2026, 10, 31, 16, tzinfo=UTC)),
            ("2026-11-22 10:05", NOW),
        ],
    )
    def test_times_without_an_offset_are_chinas(self, cell: Cell, at: datetime) -> None:
        found = refusal(["ref", "at"], ["u-1", cell])
        assert (found.since, found.latest, found.is_dated) == (at, at, True)

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("yesterday", "no time such as"),
            ("10:05", "no time such as"),
            ("2026-11", "no time such as"),
            ("20261101", "no time such as"),
            ("2026-11/01", "no time such as"),
            (46_000, "no time such as"),
            (46_000.5, "no time such as"),
            (True, "no time such as"),
            (time(10, 5), "no time such as"),
            (timedelta(1), "no time such as"),
            ("2026-02-30", "does not exist"),
            ("2026-11-01 25:00", "does not exist"),
            ("1899-12-31", "before the year 2000"),
            ("2026-11-22 10:06", "in the future"),
            ("2026-11-23", "in the future"),
            (datetime(2027, 1, 1, tzinfo=timezone.utc), "in the future"),  # noqa: UP017
        ],
    )
    def test_times_that_are_none(self, cell: Cell, words: str) -> None:
        assert words in reasons(["ref", "at"], ["u-1", cell])["row 7, at"]

    def test_since_and_latest_are_what_an_export_wrote(self) -> None:
        found = refusal(["ref", "since", "latest"], ["u-1", "2026-11-01", "2026-11-02"])
        assert found.latest - found.since == timedelta(1)
        assert found.is_dated
        assert (
            "before since" in reasons(["ref", "since", "latest"], ["u-1", "2026-11-02", "2026-11-01"])["row 7, latest"]
        )

    def test_digests(self) -> None:
        assert refusal(["ref_digest"], [DIGEST.upper()]).ref_digest == DIGEST
        assert refusal(["ref_digest", "keyed_by"], [DIGEST, "this key"]).ref_digest == DIGEST
        assert "hexadecimal" in reasons(["ref_digest"], ["u-1"])["row 7, ref_digest"]
        assert "hexadecimal" in reasons(["ref_digest"], [5])["row 7, ref_digest"]

    def test_digests_under_another_key_would_find_nobody(self) -> None:
        assert "another key" in reasons(["ref_digest", "keyed_by"], [DIGEST, "that key"])["row 7, keyed_by"]
        assert refusal(["ref", *FULL[1:]], ["u-1", DIGEST, None, None, None, "that key"]).ref_digest == "digest of u-1"

    def test_all_that_is_wrong_is_told_and_no_value(self) -> None:
        told = reasons(FULL, ["u 1", None, "nonsense", "nowhere", "never", None, "more"])
        assert set(told) == {"row 7", "row 7, ref", "row 7, type", "row 7, scope", "row 7, at"}
        assert not any(value in reason for value in ("u 1", "nonsense", "nowhere", "never") for reason in told.values())

    def test_a_row_without_a_customer_is_refused(self) -> None:
        assert reasons(["ref", "type"], [None, "opt_out"]) == {"row 7, ref": "is missing"}
        assert reasons(["ref_digest", "type"], ["", "x"]).keys() == {"row 7, ref_digest", "row 7, type"}


@pytest.mark.parametrize(
    ("cell", "ref"),
    [
        ("u-778", "u-778"),
        ("007", "007"),
        (7, "7"),
        (7.0, "7"),
        (123_456_789_012_345, "123456789012345"),
        ("1" * 64, "1" * 64),
    ],
)
def test_references(cell: Cell, ref: str) -> None:
    assert ref_of(cell) == ref


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("", "not 1 to 64"),
        ("1" * 65, "not 1 to 64"),
        ("张三", "not 1 to 64"),
        ("u 1", "not 1 to 64"),
        ("=A1", "formula"),
        (1_234_567_890_123_456, "more than 15 digits"),
        (1.234_567_890_123_456e18, "more than 15 digits"),
        (float("inf"), "more than 15 digits"),
        (1.5, "no whole one"),
        (-5, "no whole one"),
        (True, "neither"),
        (datetime(2026, 11, 1), "neither"),
    ],
)
def test_what_is_no_reference(cell: Cell, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ref_of(cell)
