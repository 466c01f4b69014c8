"""A file that was changed, cut or is none is refused, and says so in one line."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import HeyanError
from app.records import BrokenBackup, Decision, DecisionLog, KeyRing, Role, back_up, open_store
from app.records.backup_files import check, rows_of

Lines = list[Any]


@pytest.fixture
async def file(tmp_path: Path, make_decision: Callable[..., Decision]) -> Path:
    """The backup of a small store."""
    store = await open_store(f"sqlite:///{tmp_path / 'heyan.db'}")
    log, keys = DecisionLog(store), KeyRing(store)
    await log.start()
    await log.record_many([make_decision(text="您好") for _ in range(3)])
    for name in ("a", "b", "c"):
        await keys.create(name, [Role.CALLER])
    made = tmp_path / "heyan.backup"
    await back_up(store, made)
    await log.close()
    await keys.close()
    await store.close()
    return made


def _rewritten(file: Path, change: Callable[[Lines], object]) -> Path:
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    change(lines)
    file.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines)))
    return file


def test_a_whole_file_tells_what_it_holds(file: Path) -> None:
    contents = check(file)
    assert (contents.rows["decisions"], contents.rows["audit_trail"], contents.head.number) == (3, 3, 3)
    assert sum(1 for table, _ in rows_of(file) if table.name == "api_keys") == 3
    assert file.stat().st_mode & 0o777 == 0o600


def _row_of(lines: Lines, table: str) -> int:
    return 1 + next(index for index, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines.pop(),
        lambda lines: lines.pop(_row_of(lines, "decisions")),
        lambda lines: lines[_row_of(lines, "decisions")].__setitem__(0, "01KX"),
        lambda lines: lines[0].__setitem__("taken_at", "2020-01-01T00:00:00+00:00"),
        lambda lines: lines[-1].__setitem__("rows", {}),
        lambda lines: lines.append({}),
        lambda lines: lines.clear(),
    ],
)
def test_a_changed_file_is_refused(file: Path, change: Callable[[Lines], object]) -> None:
    with pytest.raises(BrokenBackup, match="not what was written"):
        check(_rewritten(file, change))


def test_a_file_that_is_cut_or_none_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])
    other = tmp_path / "other"
    other.write_bytes(b"SQLite format 3")
    for broken in (file, other, tmp_path / "missing", tmp_path):
        with pytest.raises(BrokenBackup, match=str(broken)) as refused:
            check(broken)
        assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(("name", "reason"), [("heyan.backup", "File exists"), ("nowhere/x", "No such file")])
async def test_only_a_new_file_is_written(file: Path, name: str, reason: str) -> None:
    store = await open_store(f"sqlite:///{file.with_name('other.db')}")
    with pytest.raises(HeyanError, match=reason):
        await back_up(store, file.parent / name)
    await store.close()
    assert check(file).rows["decisions"] == 3
    assert [name for name in os.listdir(file.parent) if "part" in name or ".heyan" in name] == []
