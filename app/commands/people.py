"""heyan people: who comes in with a password."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.commands.passwords import read_password
from app.commands.stores import columns, with_store
from app.roles import Role

if TYPE_CHECKING:
    from app.records import People, Store

T = TypeVar("T")
people = typer.Typer(
    no_args_is_help=True, help="People with passwords: create, list, password, roles, disable, enable, confirm."
)
Name = Annotated[str, typer.Argument(help="The person's name.")]
Roles = Annotated[list[Role], typer.Option("--role", help="Role to grant; repeat for several.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


@people.command("create")
def create_person(name: Name, role: Roles, password_stdin: FromStdin = False) -> None:
    """Create a person; the password is asked for on the terminal, twice."""
    password = read_password(from_stdin=password_stdin)
    _with_people(lambda everybody: everybody.create(name, role, password))
    print(f"{name} ({', '.join(role)}) is created")


@people.command("list")
def list_people() -> None:
    """List name, roles, day of creation, day of the last login, and state."""

    async def work(everybody: "People") -> list[str]:
        return [
            columns(one.name, ",".join(sorted(one.roles)), one.created_at, one.last_login, one.state)
            for one in await everybody.list()
        ]

    for line in _with_people(work):
        print(line)


@people.command("password")
def change_password(name: Name, password_stdin: FromStdin = False) -> None:
    """Change a password; it ends the person's sessions, and a lock-out."""
    password = read_password(from_stdin=password_stdin)
    _with_people(lambda everybody: everybody.set_password(name, password))
    print(f"the password of {name} is changed")


@people.command("roles")
def change_roles(name: Name, role: Roles) -> None:
    """Give a person these roles instead of those that were."""
    _with_people(lambda everybody: everybody.set_roles(name, role))
    print(f"{name} has the roles {', '.join(role)}")


@people.command("disable")
def disable_person(name: Name) -> None:
    """Let a person in no more, end the sessions, and refuse the person's keys."""
    _with_people(lambda everybody: everybody.disable(name))
    print(f"{name} is disabled")


@people.command("enable")
def enable_person(name: Name) -> None:
    """Let a person in again, also one who is locked out after wrong passwords."""
    _with_people(lambda everybody: everybody.enable(name))
    print(f"{name} is enabled")


@people.command("confirm")
def confirm_person(name: Name) -> None:
    """Vouch that a person is one of their own, and that nobody else can act as them."""

    async def work(store: "Store") -> None:
        from app.records import Grants

        await Grants(store).confirm(name)

    with_store(work)
    print(f"{name} is confirmed")


def _with_people(work: "Callable[[People], Awaitable[T]]") -> T:
    from app.records import People

    return with_store(lambda store: work(People(store)))
