"""Migrates a store to the newest schema, under a lock and in one transaction."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import StoreError
from app.records.connections import as_store_error, connect
from app.records.sqlite import IMMEDIATE

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every replica of Heyan asks PostgreSQL for the same one.
LOCK = 0x4865_7961_6E


async def migrate(url: str) -> None:
    """Bring the store at this address to the newest schema; one that is there already is left as it is.

    Raises StoreError when it cannot be reached or was written by a newer version.
    """
    engine = connect(url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


async def upgrade(engine: AsyncEngine) -> None:
    """The same on an open engine; several processes may call it at once, and one of them does the work."""
    where = engine.url.render_as_string(hide_password=True)
    with as_store_error(f"open the store {where}"):
        async with engine.connect() as connection:
            await connection.execution_options(**{IMMEDIATE: True})
            async with connection.begin():
                await connection.run_sync(_upgrade, where)


def newest_revision() -> str:
    """The revision of the last step: its file is called v<revision>_<what it does>.py."""
    return max(file.name.removeprefix("v").partition("_")[0] for file in MIGRATIONS.glob("versions/v*_*.py"))


def _upgrade(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if _revisions(connection) != [newest_revision()]:
        _migrate(connection, where)


def _revisions(connection: Connection) -> list[str]:
    """The revisions that the store says it is at."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(select(column("version_num")).select_from(table("alembic_version"))))


def _migrate(connection: Connection, where: str) -> None:
    from alembic import command  # noqa: PLC0415  most starts find the newest schema, and need not load it
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the store {where} belongs to another version of Heyan: {error}") from error
