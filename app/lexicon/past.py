"""What became of one rule: the revisions in which it changed, read out of the one file in which it stands."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.lexicon.differences import rule_difference
from app.lexicon.files import RuleFiles, StoredRule, kind_of_file
from app.records import Revision, Revisions

_MOST_SEEN, _MOST_READ = 200, 40
"""Revisions that one question looks at, and those of them whose file is read."""
_KEPT = 2_000

Event = Literal["first", "added", "edited", "retired"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a revision did to the rule; `fields` as in `app.lexicon.differences.difference`."""

    revision: Revision
    event: Event
    fields: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """Steps, the newest first. `following`: the number from which older ones are asked for; None at the end."""

    steps: Sequence[Step]
    following: int | None


_Told = tuple[Event, Sequence[Mapping[str, Any]]]


class Chronicle:
    """Tells the past of rules; what two states of a file say of a rule is worked out once."""

    def __init__(self, revisions: Revisions) -> None:
        self._revisions = revisions
        self._known: OrderedDict[tuple[str | None, str | None, str], _Told | None] = OrderedDict()

    async def of(self, rule: str, file: str, *, newest: int | None = None, most: int = 10) -> Past:
        """The newest steps of the rule of this id, from the revision `newest` on; it always stood in this file.

        Raises StoreError.
        """
        before = None if newest is None else newest + 1
        revisions = await self._revisions.page(before=before, limit=_MOST_SEEN)
        steps: list[Step] = []
        read = 0
        for revision, older in zip(revisions, [*revisions[1:], None], strict=True):
            if older is None and revision.number > 1:
                return Past(steps, revision.number)  # the next page tells it from the one before
            now, then = revision.lexicon.get(file), older.lexicon.get(file) if older else None
            if now == then:
                continue
            if len(steps) >= most or read >= _MOST_READ:
                return Past(steps, revision.number)
            read += 1
            if (told := await self._told(then, now, rule, file)) is not None:
                event, fields = told
                steps.append(Step(revision, "first" if older is None else event, fields))
        return Past(steps, None)

    async def _told(self, then: str | None, now: str | None, rule: str, file: str) -> _Told | None:
        key = then, now, rule
        if key not in self._known:
            contents = await self._revisions.contents([digest for digest in (then, now) if digest is not None])
            before, after = (contents.get(digest) if digest else None for digest in (then, now))
            self._known[key] = await asyncio.to_thread(_difference, before, after, rule, file)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[key]


def _difference(before: bytes | None, after: bytes | None, rule: str, file: str) -> _Told | None:
    old, new = (None if content is None else _written(content, rule) for content in (before, after))
    if old is not None and old == new:
        return None
    was, now = _stored(before, old, rule, file), _stored(after, new, rule, file)
    if was is None or now is None:
        return None if was is now else (("added", ()) if was is None else ("retired", ()))
    fields = list(rule_difference(was, now))
    return ("edited", fields) if fields else None


def _written(content: bytes, rule: str) -> bytes | None:
    """The lines of a rule, where they are written as everywhere else."""
    head = re.search(rb"^( *)- id: *" + re.escape(rule.encode()) + rb" *\r?$", content, re.MULTILINE)
    if head is None:
        return None
    end = re.compile(rb"^ {0,%d}[^ \r\n#]" % len(head[1]), re.MULTILINE).search(content, head.end())
    return content[head.start() : end.start() if end else len(content)]


def _stored(content: bytes | None, written: bytes | None, rule: str, file: str) -> StoredRule | None:
    if content is None:
        return None
    alone = content if written is None else kind_of_file(file).key.encode() + b":\n" + written
    return RuleFiles({file: alone}).rules.get(rule)
