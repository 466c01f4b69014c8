"""heyan backup and heyan restore: all of a store in one file, and a new store made of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.stores import with_store
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.records import Contents, Store

WAIVE = "waive"
_WAITING = (
    "the store may be used when the refusals since then are in it: heyan contacts import FILE --since-backup\n"
    "or when two persons waive that: heyan restore waive --person PERSON"
)


def backup(
    file: Annotated[Path, typer.Argument(help="The new file. It holds keys and secrets: only its owner can read it.")],
) -> None:
    """Write all of the store into one file, also while the service runs; either kind of store takes it."""

    async def work(store: "Store") -> "Contents":
        from app.records import back_up

        return await back_up(store, file)

    contents = with_store(work)
    print(f"{sum(contents.rows.values())} rows are in {file}")
    print(f"the audit trail's head is row {contents.head.number}, {contents.head.hash}")


def restore(
    file: Annotated[str, typer.Argument(help="A file of heyan backup; or the word waive.")],
    person: Annotated[str | None, typer.Option(help="Who waives; two different persons have to.")] = None,
) -> None:
    """Fill an empty store from a backup. It may not be used before refusals since then are in it, or are waived."""
    if file == WAIVE:
        _waive(person)
        return
    if person is not None:
        raise HeyanError("--person belongs to heyan restore waive")

    async def work(store: "Store") -> "Contents":
        from app.records import restore
        from app.records.audit import OPERATOR

        return await restore(store, Path(file), OPERATOR)

    contents = with_store(work)
    print(f"{sum(contents.rows.values())} rows of {contents.taken_at:%Y-%m-%d %H:%M %Z} are restored")
    print(_WAITING)


def _waive(person: str | None) -> None:
    if person is None:
        raise HeyanError("--person: say who waives")

    async def work(store: "Store") -> bool:
        from app.records import Restores
        from app.records.names import require_person_name

        require_person_name("person", person)
        return await Restores(store).waive(person)

    print("the store may be used" if with_store(work) else "another person has to waive it too")
