"""A refusal list goes in whole or not at all, as often as one likes, and comes out as it can go in again."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from app.approved.events import EventType
from app.contacts import ContactEvent, Kept, Ledger, Scope, open_references
from app.contacts.errors import UnreadableList
from app.contacts.ledger import AT_ONCE
from app.contacts.lists import Counts, export_list, import_list, read_list, read_refs
from app.errors import HeyanError, StoreError
from app.records import AuditTrail, Decision, DecisionLog, Entry, Store, open_store

OpenLedger = Callable[..., Awaitable[Ledger]]
MakeDecision = Callable[..., Decision]
HEADER = ["客户编号", "类型", "范围", "时间"]
ROWS: list[list[Any]] = [
    ["u-1", "拒绝来电", "营销", "2026-11-01"],
    ["u-2", "拒绝来电", "服务", "2026-11-01 10:05"],
    ["u-1", "号码错误", None, "2026-11-02T10:05:00+08:00"],
    ["u-3", "第三人拒绝", None, None],
    ["u-1", "拒绝来电", "服务", "2026-10-01"],
]


def save(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    if path.suffix == ".csv":
        text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
        path.write_text(text, "utf-8")
        return path
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(params=["list.csv", "list.xlsx"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A place for a list of each kind."""
    name: str = request.param
    return tmp_path / name


async def take(store: Store, ledger: Ledger, file: Path, *, dry_run: bool = False) -> Counts:
    return await import_list(store, ledger, read_list(file, ledger), "张合规", dry_run=dry_run)


async def state(ledger: Ledger) -> list[Any]:
    return [each async for each in ledger.every()]


async def trail(store: Store) -> list[Entry]:
    return [entry async for entry in AuditTrail(store).entries()]


class TestImport:
    """heyan contacts import"""

    async def test_a_list_closes_what_it_says(self, store: Store, ledger: Ledger, file: Path) -> None:
        counted = await take(store, ledger, save(file, [HEADER, *ROWS]))
        assert counted == Counts(rows=5, customers=3, new=4, duplicates=1, expired=0)
        one = (await ledger.closures("u-1")).closed
        assert set(one) == {Kept.OPT_OUT, Kept.WRONG_NUMBER}
        assert (one[Kept.OPT_OUT].scope, one[Kept.OPT_OUT].source) == (Scope.SERVICING, "import")
        assert one[Kept.OPT_OUT].since == datetime(2026, 9, 30, 16, tzinfo=UTC)
        assert one[Kept.OPT_OUT].latest == datetime(2026, 10, 31, 16, tzinfo=UTC)
        assert (await ledger.closures("u-2")).asked_for_person
        assert (await ledger.closures("u-3")).third_party_refused
        assert {change.source for change in await ledger.changes()} == {"import"}

    async def test_one_row_in_the_trail_tells_of_the_list(self, store: Store, ledger: Ledger, file: Path) -> None:
        await take(store, ledger, save(file, [HEADER, *ROWS]))
        begun, entry = await trail(store)
        assert (begun.person, begun.event) == ("张合规", "contact.list_import_begun")
        assert begun.details == {"file": file.name, "sha256": sha256(file)}
        assert (entry.person, entry.event, entry.subject) == ("张合规", "contact.list_imported", None)
        assert entry.details == {
            "file": file.name,
            "sha256": sha256(file),
            "rows": 5,
            "customers": 3,
            "new": 4,
            "wider": 0,
            "redated": 0,
            "known": 0,
            "duplicates": 1,
            "expired": 0,
        }

    async def test_a_dry_run_counts_the_same_and_writes_nothing(self, store: Store, ledger: Ledger, file: Path) -> None:
        save(file, [HEADER, *ROWS])
        await ledger.note("u-2", [ContactEvent(EventType.OPT_OUT, Scope.MARKETING)], "engine")
        before = await state(ledger), await trail(store), await ledger.changes()
        dry = await take(store, ledger, file, dry_run=True)
        assert (await state(ledger), await trail(store), await ledger.changes()) == before
        assert await take(store, ledger, file) == dry
        assert (dry.new, dry.wider) == (3, 1)

    async def test_a_repeated_import_changes_nothing(self, store: Store, ledger: Ledger, file: Path) -> None:
        save(file, [HEADER, *ROWS])
        assert not (await take(store, ledger, file)).changes_nothing
        before = await state(ledger), await ledger.changes()
        again = await take(store, ledger, file)
        assert again.changes_nothing
        assert again == Counts(rows=5, customers=3, known=4, duplicates=1, expired=0)
        assert (await state(ledger), await ledger.changes()) == before
        assert [entry.event for entry in await trail(store)] == [
            "contact.list_import_begun",
            "contact.list_imported",
        ] * 2

    async def test_what_was_opened_since_is_closed_again(self, store: Store, ledger: Ledger, file: Path) -> None:
        save(file, [HEADER, *ROWS])
        await take(store, ledger, file)
        await ledger.ask("u-2", Kept.OPT_OUT, "张合规", "x")
        await ledger.open("u-2", Kept.OPT_OUT, "李审批", "x")
        assert (await take(store, ledger, file)).new == 1

    async def test_one_that_was_interrupted_ends_as_one_that_was_not(
        self, store: Store, ledger: Ledger, sqlite_url: str, tmp_path: Path
    ) -> None:
        rows = [[f"u-{number}", "拒绝来电", "营销", "2026-11-01"] for number in range(AT_ONCE + 100)]
        file = save(tmp_path / "list.csv", [HEADER, *rows, ["u-1", "拒绝来电", "服务", "2026-11-02"]])
        listed = read_list(file, ledger)
        await ledger.close_all(listed.refusals[:AT_ONCE])
        again = await import_list(store, ledger, listed, "张合规")
        assert (again.known, again.new, again.duplicates) == (AT_ONCE, 100, 1)
        interrupted = [closure for _, closure in await state(ledger)]
        other_store = await open_store(sqlite_url.replace("heyan.db", "other.db"))
        other = Ledger(other_store, await open_references(store, None))
        assert (await take(other_store, other, file)).new == AT_ONCE + 100
        assert [closure for _, closure in await state(other)] == interrupted
        await other_store.close()

    async def test_decisions_are_recorded_between_its_portions(
        self, store: Store, ledger: Ledger, log: DecisionLog, make_decision: MakeDecision, tmp_path: Path
    ) -> None:
        rows = [[f"u-{number}"] for number in range(3 * AT_ONCE)]
        listed = read_list(save(tmp_path / "list.csv", [["ref"], *rows]), ledger)
        importing = asyncio.create_task(import_list(store, ledger, listed, "张合规"))
        recorded = 0
        while not importing.done():
            refusal = ledger.noting(f"call-{recorded}", [ContactEvent(EventType.WRONG_NUMBER)], f"c-{recorded}")
            await log.record(make_decision(request_id=f"c-{recorded}"), refusal)
            recorded += 1
        assert (await importing).new == 3 * AT_ONCE
        assert recorded > 1
        assert len(await state(ledger)) == 3 * AT_ONCE + recorded
        assert await AuditTrail(store).verify() is None

    async def test_every_bad_row_is_named_and_nothing_is_written(
        self, store: Store, ledger: Ledger, file: Path
    ) -> None:
        bad = [
            ["u 4", "拒绝来电", "营销", None],
            ["u-5", "空调", "营销", None],
            [None, "拒绝来电", "营销", "2999-01-01"],
        ]
        save(file, [HEADER, *ROWS, *bad])
        with pytest.raises(UnreadableList, match="3 rows cannot be taken, so none was") as refused:
            read_list(file, ledger)
        assert [problem.field for problem in refused.value.fields] == [
            "row 7, ref",
            "row 8, type",
            "row 9, ref",
            "row 9, at",
        ]
        assert not any("u 4" in problem.reason or "空调" in problem.reason for problem in refused.value.fields)
        assert await state(ledger) == []

    async def test_numbers_are_references_in_a_workbook(self, store: Store, ledger: Ledger, tmp_path: Path) -> None:
        save(tmp_path / "list.xlsx", [["ref", "at"], [778, datetime(2026, 11, 1, 10, 5)]])
        await take(store, ledger, tmp_path / "list.xlsx")
        assert (await ledger.closures("778")).closed[Kept.OPT_OUT].since == datetime(2026, 11, 1, 2, 5, tzinfo=UTC)

    async def test_an_empty_file_is_refused_and_an_empty_list_is_none(
        self, store: Store, ledger: Ledger, file: Path
    ) -> None:
        with pytest.raises(UnreadableList, match="nothing in it"):
            read_list(save(file, []), ledger)
        assert (await take(store, ledger, save(file, [["ref"]]))).changes_nothing

    async def test_what_is_older_than_the_retention_is_left_out(
        self, store: Store, open_ledger: OpenLedger, file: Path
    ) -> None:
        ledger = await open_ledger(400)
        long_ago = (datetime.now(UTC) - timedelta(401)).isoformat()
        save(file, [["ref", "at"], ["u-1", long_ago], ["u-2", None]])
        for _ in range(2):
            assert (await take(store, ledger, file)).expired == 1
        assert [change.ref_digest for change in await ledger.changes()] == [ledger.digest("u-2")]

    async def test_a_file_that_is_missing_is_named(self, ledger: Ledger, file: Path) -> None:
        with pytest.raises(HeyanError, match=f"{file.name}: No such file"):
            read_list(file, ledger)

    async def test_a_store_that_fails_is_told(self, sqlite_url: str, tmp_path: Path) -> None:
        store = await open_store(sqlite_url, lock_seconds=0.02)
        ledger = Ledger(store, await open_references(store, None))
        listed = read_list(save(tmp_path / "list.csv", [["ref"], ["u-1"]]), ledger)
        async with store.writing():
            with pytest.raises(StoreError, match="locked"):
                await import_list(store, ledger, listed, "张合规")
        await store.close()


class TestExport:
    """heyan contacts export"""

    async def test_everything_comes_out_and_goes_in_again(
        self, store: Store, ledger: Ledger, file: Path, tmp_path: Path
    ) -> None:
        await take(store, ledger, save(tmp_path / "given.csv", [HEADER, *ROWS]))
        await ledger.note("u-9", [ContactEvent(EventType.OPT_OUT, Scope.SERVICING)], "engine")
        assert await export_list(ledger, file) == (5, 4)
        before = await state(ledger)
        again = await take(store, ledger, file)
        assert (again.rows, again.known, again.changes_nothing) == (5, 5, True)
        assert await state(ledger) == before

    async def test_it_has_the_digest_the_kind_and_the_times(self, ledger: Ledger, tmp_path: Path) -> None:
        at = datetime(2026, 11, 1, 2, 5, tzinfo=UTC)
        await ledger.note("u-1", [ContactEvent(EventType.OPT_OUT, Scope.SERVICING, at)], "engine")
        await ledger.note("u-1", [ContactEvent(EventType.THIRD_PARTY_REFUSED, None, at)], "engine")
        await export_list(ledger, tmp_path / "list.csv")
        header, *rows = (tmp_path / "list.csv").read_text("utf-8").splitlines()
        assert header == "ref_digest,type,scope,since,latest,source,keyed_by"
        digest, when, key = ledger.digest("u-1"), "2026-11-01T10:05:00+08:00", ledger.keyed_by
        assert rows == [
            f"{digest},opt_out,servicing,{when},{when},api,{key}",
            f"{digest},third_party_refused,,{when},{when},api,{key}",
        ]

    async def test_with_references_it_goes_into_a_store_with_another_key(
        self, store: Store, ledger: Ledger, file: Path, tmp_path: Path
    ) -> None:
        await take(store, ledger, save(tmp_path / "given.csv", [HEADER, *ROWS]))
        refs = read_refs(save(tmp_path / "refs.csv", [["u-3"], ["u-1"], ["u-8"]]))
        assert await export_list(ledger, file, refs) == (3, 2)
        other_store = await open_store(f"sqlite:///{tmp_path / 'other.db'}")
        other = Ledger(other_store, await open_references(other_store, "k" * 32))
        assert (await take(other_store, other, file)).new == 3
        assert (await other.closures("u-1")).asked_for_person
        assert (await other.closures("u-3")).third_party_refused
        assert not (await other.closures("u-2")).opted_out
        await other_store.close()

    async def test_without_references_a_store_with_another_key_refuses_it(
        self, store: Store, ledger: Ledger, file: Path, tmp_path: Path
    ) -> None:
        await take(store, ledger, save(tmp_path / "given.csv", [HEADER, *ROWS]))
        await export_list(ledger, file)
        other_store = await open_store(f"sqlite:///{tmp_path / 'other.db'}")
        other = Ledger(other_store, await open_references(other_store, "k" * 32))
        with pytest.raises(UnreadableList, match="4 rows") as refused:
            read_list(file, other)
        assert "--refs" in refused.value.fields[0].reason
        await other_store.close()

    async def test_references_like_formulas_come_back(
        self, store: Store, ledger: Ledger, file: Path, tmp_path: Path
    ) -> None:
        refs = ["-1", "-A1", "007", "1e5", "2026-11-01", "."]
        await take(store, ledger, save(tmp_path / "given.csv", [["ref"], *([ref] for ref in refs)]))
        await export_list(ledger, file, refs)
        assert (await take(store, ledger, file)).known == len(refs)
        if file.suffix == ".xlsx":
            cells = [row[0] for row in load_workbook(file).active.iter_rows(min_row=2)]
            assert {cell.data_type for cell in cells} == {"s"}

    async def test_many_come_out_in_pages(self, store: Store, ledger: Ledger, tmp_path: Path) -> None:
        rows = [[f"u-{number}", kind] for number in range(2_600) for kind in ("opt_out", "wrong_number")]
        await take(store, ledger, save(tmp_path / "given.csv", [["ref", "type"], *rows]))
        assert await export_list(ledger, tmp_path / "all.csv") == (5_200, 2_600)
        refs = [f"u-{number}" for number in range(2_600)]
        assert await export_list(ledger, tmp_path / "some.csv", refs) == (5_200, 2_600)
        assert len(set((tmp_path / "some.csv").read_text("utf-8").splitlines())) == 5_201

    async def test_a_file_that_is_there_stays(self, ledger: Ledger, file: Path) -> None:
        before = sha256(save(file, [["something else"]]))
        with pytest.raises(HeyanError, match="--force"):
            await export_list(ledger, file)
        assert sha256(file) == before
        assert await export_list(ledger, file, force=True) == (0, 0)
        assert list(read_list(file, ledger).refusals) == []


class TestReferences:
    """The list of references that an export is asked for."""

    @pytest.mark.parametrize(
        ("name", "rows"),
        [
            ("refs.txt", [["u-1"], [" u-2 "], [""], ["u-1"]]),
            ("refs.csv", [["u-1"], ["u-2"], ["u-1"]]),
            ("refs.csv", [["姓名", "客户编号"], ["张三", "u-1"], ["李四", "u-2"]]),
            ("refs.xlsx", [["ref"], ["u-1"], ["u-2"]]),
            ("refs.xlsx", [["u-1"], ["u-2"]]),
        ],
    )
    def test_it_is_one_a_line_or_a_column(self, tmp_path: Path, name: str, rows: list[list[str]]) -> None:
        path = tmp_path / name
        if path.suffix == ".txt":
            path.write_text("\n".join(row[0] for row in rows), "utf-8")
        else:
            save(path, rows)
        assert read_refs(path) == ["u-1", "u-2"]

    def test_what_is_none_is_named_by_its_row(self, tmp_path: Path) -> None:
        (tmp_path / "refs.txt").write_text("u-1\nu 2\n\nu/3\n", "utf-8")
        with pytest.raises(UnreadableList, match="2 rows cannot be taken") as refused:
            read_refs(tmp_path / "refs.txt")
        assert [problem.field for problem in refused.value.fields] == ["row 2, ref", "row 4, ref"]

    def test_a_table_without_the_column_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableList, match="no column ref"):
            read_refs(save(tmp_path / "refs.csv", [["姓名", "手机"], ["张三", "13812345678"]]))
