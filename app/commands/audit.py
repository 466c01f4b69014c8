"""heyan audit: verify the trail, and keep its head elsewhere."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.stores import with_store
from app.commands.verdict import AnsweredNo
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.records import Broken, Head, Store

audit = typer.Typer(no_args_is_help=True, help="The trail of what persons did: verify it, keep its head elsewhere.")


@audit.command("verify")
def verify_trail(
    anchor: Annotated[
        Path | None, typer.Option(help="What heyan audit head printed before: finds a cut end, too.")
    ] = None,
) -> None:
    """Verify the whole trail; exit status 1 when it is not what it was, and only then."""
    from app.records import AuditTrail

    kept = None if anchor is None else _read_head(anchor)

    async def work(store: "Store") -> "tuple[Broken | None, Head]":
        trail = AuditTrail(store)
        return await trail.verify(kept), await trail.head()

    broken, head = with_store(work)
    if broken is not None:
        print(f"row {broken.number}: {broken.reason}")
        raise AnsweredNo
    print(f"the trail is whole: {head.number} rows")


@audit.command("head")
def print_head(
    out: Annotated[Path | None, typer.Option(help="File to write it to, instead of the screen.")] = None,
) -> None:
    """Print the number and hash of the newest row as JSON: an anchor to keep where nobody can change it."""
    from app.records import AuditTrail

    async def work(store: "Store") -> "Head":
        return await AuditTrail(store).head()

    head = with_store(work)
    told = json.dumps({"number": head.number, "hash": head.hash})
    if out is None:
        print(told)
        return
    try:
        out.write_text(f"{told}\n", "utf-8")
    except OSError as unwritable:
        raise HeyanError(f"{out}: {unwritable.strerror or unwritable}") from None


def _read_head(path: Path) -> "Head":
    from app.records import Head

    try:
        told = json.loads(path.read_bytes())
    except OSError as unreadable:
        raise HeyanError(f"{path}: {unreadable.strerror or unreadable}") from None
    except ValueError:
        told = None
    match told:
        case {"number": int(number), "hash": str(digest)} if number >= 0:
            return Head(number, digest)
    raise HeyanError(f"{path}: not what heyan audit head printed")
