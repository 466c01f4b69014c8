"""heyan decisions: seal what was answered into the audit trail, check it, and remove what is old."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.stores import with_store
from app.commands.verdict import AnsweredNo
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.records import Broken, Store

decisions = typer.Typer(no_args_is_help=True, help="What was answered: export, seal, verify, purge.")


@decisions.command("seal")
def seal_decisions() -> None:
    """Seal all decisions that are not sealed yet into the audit trail; a running service does it every hour."""

    async def work(store: "Store") -> int:
        from app.records import Seals
        from app.records.audit import OPERATOR

        return await Seals(store).seal(OPERATOR)

    print(f"{with_store(work)} decisions are sealed")


@decisions.command("verify")
def verify_decisions() -> None:
    """Hold what is recorded against the seals; exit status 1 when it is not what was sealed."""

    async def work(store: "Store") -> "Broken | None":
        from app.records import Seals

        return await Seals(store).verify()

    if (broken := with_store(work)) is not None:
        print(f"the seal in row {broken.number} of the audit trail does not hold: {broken.reason}")
        raise AnsweredNo
    print("every sealed decision is what it was")


@decisions.command("purge")
def purge_decisions(
    before: Annotated[str, typer.Option(metavar="DATE", help="First day, in China, that is kept: 2026-01-01.")],
) -> None:
    """Erase what was asked and said before a day; ids, digests and what counts stay, so that every seal holds."""
    end = _start_of(before)

    async def work(store: "Store") -> int:
        from app.records import Erasure
        from app.records.audit import OPERATOR

        return await Erasure(store).before(end, OPERATOR)

    print(f"{with_store(work)} decisions are erased")


def _start_of(day: str) -> datetime:
    """The instant at which a day begins in China. Raises HeyanError for what is no day, or is not over."""
    from datetime import UTC, timedelta, timezone

    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=timezone(timedelta(hours=8)))
    except ValueError:
        raise HeyanError("--before: a day such as 2026-01-01 is expected") from None
    if start > datetime.now(UTC):
        raise HeyanError("--before: this day is still to come")
    return start
