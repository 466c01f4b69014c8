"""heyan contacts: the refusals of an institution, in and out, and their retention."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.stores import with_ledger
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.contacts import Ledger
    from app.contacts.lists import Counts
    from app.records import Store

contacts = typer.Typer(no_args_is_help=True, help="Who may no longer be called: import, export, purge.")
Person = Annotated[str | None, typer.Option(help="Who does this, for the audit trail. Default: operator.")]


@contacts.command("import")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with columns ref (客户编号), type, scope, at.")],
    dry_run: Annotated[bool, typer.Option(help="Read the whole list and say what it would change.")] = False,
    since_backup: Annotated[
        bool, typer.Option(help="It holds all refusals since the backup of a restored store: that may be used now.")
    ] = False,
    person: Person = None,
) -> None:
    """Import a list of refusals: all of it, or nothing where a row is wrong. To repeat it changes nothing."""
    from app.contacts.lists import import_list, read_list

    who = _person(person)

    async def work(store: "Store", ledger: "Ledger") -> "Counts":
        from app.records import Restores

        counted = await import_list(store, ledger, read_list(file, ledger), who, dry_run=dry_run)
        if since_backup and not dry_run:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            await Restores(store).imported(who, counted.rows, digest)
        return counted

    counted = with_ledger(work)
    print(f"{file.name}: {counted}")
    if counted.changes_nothing:
        print("nothing changes: all of it is known")
    if dry_run:
        print("nothing was written: this was a dry run")
    elif since_backup:
        print("the store may be used")


@contacts.command("export")
def export_contacts(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX file to write.")],
    refs: Annotated[
        Path | None, typer.Option(help="Of these customers only, and by their references: one a line, or CSV, XLSX.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace the file if it is there.")] = False,
) -> None:
    """Export what is closed; heyan contacts import reads it again. Only --refs fits a store with another key."""
    from app.contacts.lists import export_list, read_refs

    wanted = None if refs is None else read_refs(refs)

    async def work(_: "Store", ledger: "Ledger") -> tuple[int, int]:
        return await export_list(ledger, file, wanted, force=force)

    closures, customers = with_ledger(work)
    print(f"{file.name}: {closures} closures of {customers} customers")


@contacts.command("purge")
def purge_contacts(person: Person = None) -> None:
    """Delete the refusals that are older than HEYAN_CONTACT_RETENTION_DAYS, where that is set."""
    who = _person(person)

    async def work(_: "Store", ledger: "Ledger") -> int:
        if ledger.oldest is None:
            raise HeyanError("HEYAN_CONTACT_RETENTION_DAYS is not set: refusals count for ever")
        return await ledger.purge(who)

    print(f"{with_ledger(work)} closures were older than the retention and are deleted")


def _person(name: str | None) -> str:
    from app.records.audit import OPERATOR
    from app.records.names import require_name

    if name is None:
        return OPERATOR
    require_name("person", name)
    return name
