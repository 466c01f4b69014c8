"""What is taken out leaves a row; where there can be none, it fails."""

import pytest

from app.errors import StoreError
from app.records import AuditTrail, Exports, Store, Taken


async def test_a_row_says_who_took_what_and_leaves_out_what_was_not_asked(store: Store) -> None:
    await Exports(store).note(Taken.DECISIONS, "张合规", {"count": 0, "rule": None, "kind": ""})
    [row] = await AuditTrail(store).page()
    assert (row.person, row.event, row.details) == ("张合规", "decisions.exported", {"count": 0})


async def test_without_a_store_nothing_is_taken_out(store: Store) -> None:
    async with store.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE audit_trail")
    with pytest.raises(StoreError):
        await Exports(store).note(Taken.TRAIL, "张合规")
