"""heyan keys: who may ask over HTTP, for whom, and until when."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.commands.stores import columns, with_store
from app.errors import HeyanError
from app.roles import Role

if TYPE_CHECKING:
    from datetime import datetime

    from app.records import KeyRing

T = TypeVar("T")
keys = typer.Typer(no_args_is_help=True, help="Keys to the API: create, list, revoke.")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Who or what will use the key.")],
    role: Annotated[list[Role], typer.Option(help="Role to grant; repeat for several.")],
    person: Annotated[str | None, typer.Option(help="For whom the key acts; default: its own name.")] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day on which it is good, in China: 2027-12-31.")
    ] = None,
) -> None:
    """Create a key and print it, this once."""
    end = _end_of(expires)
    secret = _with_keys(lambda ring: ring.create(name, role, person, expires_at=end))
    print(f"key of {name} ({', '.join(role)}), shown only now: {secret}")


@keys.command("list")
def list_keys() -> None:
    """List name, person, roles of today, days of creation, expiry and last use, and state; the keys are not kept."""

    async def work(ring: "KeyRing") -> list[str]:
        return [
            columns(
                key.name,
                key.person,
                ",".join(sorted(key.roles)) or None,
                key.created_at,
                key.expires_at,
                key.last_used_at,
                key.state,
            )
            for key in await ring.list()
        ]

    for line in _with_keys(work):
        print(line)


@keys.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="Name of the key.")]) -> None:
    """Revoke a key; it is refused from then on."""
    _with_keys(lambda ring: ring.revoke(name))
    print(f"key of {name} is revoked")


def _end_of(day: str | None) -> "datetime | None":
    """The instant at which this day ends in China. Raises HeyanError for what is no day."""
    if day is None:
        return None
    from datetime import datetime, timedelta, timezone

    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=timezone(timedelta(hours=8)))
        return start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise HeyanError("--expires: a day such as 2027-12-31 is expected") from None


def _with_keys(work: "Callable[[KeyRing], Awaitable[T]]") -> T:
    from app.records import KeyRing

    return with_store(lambda store: work(KeyRing(store)))
