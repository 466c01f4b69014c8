"""Exports: that data left the service, who took it out and what was asked for, written down before it leaves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.records.audit import append
from app.records.engine import Store


class Taken(StrEnum):
    """What is taken out, as the event of the trail's row."""

    DECISIONS = "decisions.exported"
    EVIDENCE = "evidence.issued"
    TRAIL = "trail.exported"
    RULES = "lexicon.exported"
    WORDING = "wording.exported"


class Exports:
    """Writes down what is taken out of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def note(
        self, taken: Taken, person: str, asked: Mapping[str, Any] | None = None, *, subject: str | None = None
    ) -> None:
        """Write it down, once it is made and before it is handed out: what cannot be written down stays in.

        `asked` holds no personal data: what somebody looked for stands there as a digest. What is None or empty is
        left out. Raises StoreError.
        """
        told = {name: value for name, value in (asked or {}).items() if value not in (None, "")}
        async with self._store.writing() as connection:
            await append(connection, person, taken, subject, told)
