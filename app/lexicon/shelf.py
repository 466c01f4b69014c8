"""Rules and wording of the revisions, as they were published: read from the store once, and shared from then on."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import NotFound
from app.lexicon.files import RuleFiles
from app.records import Revision, Revisions

_MOST = 8
"""Revisions that are kept in memory; they share the files that do not differ."""


class UnknownRevision(NotFound):
    """There is no revision of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"没有第 {number} 版。(there is no such revision)")


@dataclass(frozen=True, slots=True)
class Edition:
    """A revision, its rules, and its files of wording by their names."""

    revision: Revision
    files: RuleFiles
    wording: Mapping[str, bytes]


class Shelf:
    """The editions of one store. What is on it never changes, so that all may share it."""

    def __init__(self, revisions: Revisions) -> None:
        self._revisions = revisions
        self._known: dict[int, Edition] = {}

    async def newest(self) -> Edition:
        """What is in force.

        Raises:
            UnknownRevision: in a store that never had one.
            StoreError: if the store does not answer.
        """
        revision = await self._revisions.newest()
        if revision is None:
            raise UnknownRevision(1)
        return await self._edition(revision)

    async def get(self, number: int) -> Edition:
        """One of them.

        Raises:
            UnknownRevision: if there is none of this number.
            StoreError: if the store does not answer.
        """
        if number in self._known:
            return self._known[number]
        revision = await self._revisions.get(number)
        if revision is None:
            raise UnknownRevision(number)
        return await self._edition(revision)

    async def _edition(self, revision: Revision) -> Edition:
        if (known := self._known.get(revision.number)) is not None:
            return known
        lexicon, wording = await self._revisions.texts(revision)
        files = await asyncio.to_thread(_read, lexicon, next(reversed(self._known.values()), None))
        if len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)))
        return self._known.setdefault(revision.number, Edition(revision, files, wording))


def _read(contents: dict[str, bytes], last: Edition | None) -> RuleFiles:
    """Files that share with the edition before what was parsed already."""
    if last is None:
        files = RuleFiles(contents)
    else:
        old = last.files.contents
        gone: dict[str, bytes | None] = {name: None for name in old if name not in contents}
        files = last.files.replaced(gone | {name: new for name, new in contents.items() if old.get(name) != new})
    files.rules  # noqa: B018  parsed here, beside the loop, and not where it is first asked for
    return files
