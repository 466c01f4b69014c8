"""Where the text of a rule comes from: the revision that brought it, who wrote that one and who approved it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.lexicon.files import RuleFiles
from app.records import Revision, Revisions, Store
from app.records.canonical import canonical
from app.records.tables import changes
from guards.lexicon.documents import DocumentError


@dataclass(frozen=True, slots=True)
class Origin:
    """A rule's text in force, in the contract's shape, the file it stands in, and the revision that brought it.

    A finding of the program itself (a broken guard, personal data) has no text in a revision: then all is None.
    """

    rule: str
    file: str | None = None
    text: Mapping[str, Any] | None = None
    brought_by: Revision | None = None


async def origins(revisions: Revisions, revision: Revision, rules: Sequence[str]) -> list[Origin]:
    """The origin of each rule as it stood in a revision, looked for from there back to the first."""
    lexicon, _ = await revisions.texts(revision)
    found = await asyncio.to_thread(_read, lexicon, rules)
    open_ones = {rule: text for rule, text in found.items() if text is not None}
    brought = dict.fromkeys(open_ones, revision)
    newer = revision
    while open_ones and (page := await revisions.page(before=newer.number, limit=50)):
        for older in page:
            if older.lexicon != newer.lexicon:
                then = await asyncio.to_thread(_read, (await revisions.texts(older))[0], list(open_ones))
                open_ones = {rule: text for rule, text in open_ones.items() if _same(then[rule], text)}
            newer = older
            brought.update(dict.fromkeys(open_ones, older))
            if not open_ones:
                break
    return [
        Origin(rule) if (text := found[rule]) is None else Origin(rule, text[0], text[1], brought[rule])
        for rule in rules
    ]


async def change_of(store: Store, revision: Revision) -> dict[str, Any] | None:
    """The change that became a revision: who asked for it, who decided, and when. None where none did."""
    if revision.change_id is None:
        return None
    names = ("id", "title", "author", "submitted_at", "decided_by", "decided_at")
    query = select(*(changes.c[name] for name in names)).where(changes.c.id == revision.change_id)
    async with store.reading() as connection:
        row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    # Names of our own: those of a row are of a kind that no writer of JSON takes.
    return {name: _written(row[name]) for name in names}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


_Found = tuple[str, Mapping[str, Any]]


def _same(then: _Found | None, now: _Found) -> bool:
    """Whether it is the same text, in whatever file."""
    return then is not None and canonical(then[1]) == canonical(now[1])


def _read(lexicon: Mapping[str, bytes], rules: Sequence[str]) -> dict[str, _Found | None]:
    """File and text of each rule; only files that name one are parsed."""
    named = {name: text for name, text in lexicon.items() if any(rule.encode() in text for rule in rules)}
    try:
        known = RuleFiles(named).rules
    except DocumentError:  # published long ago, by a version that read it otherwise
        known = {}
    return {rule: (known[rule].file, known[rule].data) if rule in known else None for rule in rules}
