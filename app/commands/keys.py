"""heyan keys: create, list and revoke keys to the API."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.commands.stores import with_store
from app.errors import HeyanError
from app.roles import Role

if TYPE_CHECKING:
    from app.records import KeyRing

T = TypeVar("T")
keys = typer.Typer(no_args_is_help=True, help="Keys to the API: create, list, revoke.")
_STATES = "revoked", "active"


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Who or what will use the key.")],
    role: Annotated[list[Role], typer.Option(help="Role to grant; repeat for several.")],
    person: Annotated[
        str | None,
        typer.Option(help="Person that the key acts for; all keys of one person are one. Default: its name."),
    ] = None,
) -> None:
    """Create a key and print it, this once."""

    async def work(ring: "KeyRing") -> str:
        try:
            return await ring.create(name, role, person)
        except ValueError as unfit:
            raise HeyanError(str(unfit)) from None

    acting = "" if person is None else f" of {person}"
    print(f"key of {name}{acting} ({', '.join(role)}), shown only now: {_with_keys(work)}")


@keys.command("list")
def list_keys() -> None:
    """List names, roles, persons and dates; the keys themselves are not kept."""

    async def work(ring: "KeyRing") -> list[str]:
        return [
            "\t".join(
                (
                    key.name,
                    ",".join(sorted(key.roles)),
                    key.person,
                    f"{key.created_at:%Y-%m-%d}",
                    _STATES[key.revoked_at is None],
                )
            )
            for key in await ring.list()
        ]

    for line in _with_keys(work):
        print(line)


@keys.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="Name of the key.")]) -> None:
    """Revoke a key; it is refused from then on."""

    async def work(ring: "KeyRing") -> None:
        await ring.revoke(name)

    _with_keys(work)
    print(f"key of {name} is revoked")


def _with_keys(work: "Callable[[KeyRing], Awaitable[T]]") -> T:
    from app.records import KeyRing

    return with_store(lambda store: work(KeyRing(store)))
