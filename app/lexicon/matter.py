"""What a change is about, as its life cycle sees it: the rules, or the approved wording."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from app.lexicon.conflicts import Moved
from app.lexicon.files import RuleFiles
from app.lexicon.problems import Problem
from app.lexicon.shelf import Edition
from app.records import ChangeRecord


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules and wording as a change would have them: the files of the next revision."""

    files: RuleFiles
    wording: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """A SHA-256 of all of it."""
        digest = hashlib.sha256(self.files.digest.encode())
        for name in sorted(self.wording):
            digest.update(f"{name}\0".encode() + self.wording[name] + b"\0")
        return digest.hexdigest()


Judge = Callable[[Proposal], list[Problem]]
"""Compiles rules and holds approved wording against them; what is wrong with them. It may take seconds."""


class AnyChange(Protocol):
    """A change of whatever it may be; false where it changes nothing."""

    @property
    def title(self) -> str:
        """What its author calls it."""
        ...

    @property
    def touches(self) -> Sequence[str]:
        """The ids of what it changes."""
        ...

    def __bool__(self) -> bool: ...

    def as_json(self) -> dict[str, Any]:
        """What `Matter.parse` reads."""
        ...


C = TypeVar("C", bound=AnyChange)


class Matter(Protocol[C]):
    """One kind of change. What takes long is called in a thread of its own.

    `noun`: what officers call what is changed. `parts`: the fields of a change that are made for a certain revision.
    """

    subject: str
    noun: str
    parts: frozenset[str]

    def parse(self, body: object) -> C:
        """The change that a request says. Raises ChangeRefused: if it is none; what stands within is not looked at."""
        ...

    def completed(self, change: C, edition: Edition) -> C:
        """The same with what its reader has to know of the edition that it is made for."""
        ...

    def problems(self, edition: Edition, change: C, day: date, *, is_judged: bool = True) -> list[Problem]:
        """Errors and warnings about a change to this edition that would be in force from `day` on.

        `is_judged`: False where what comes of it is judged anyway.
        """
        ...

    def proposal(self, edition: Edition, change: C, day: date) -> Proposal:
        """What comes of it. Raises ChangeRefused; RequestConflict where it no longer fits."""
        ...

    def restored(self, edition: Edition, wanted: Edition) -> Proposal:
        """What comes of putting back what the edition `wanted` had."""
        ...

    def between(self, before: Edition, after: Edition, title: str) -> C:
        """The change that leads from one to the other, for whoever reads it."""
        ...

    def is_same(self, one: Edition, other: Edition) -> bool:
        """Whether nothing would change by putting back the one instead of the other."""
        ...

    def moved(self, change: C, then: Edition, now: Edition) -> list[Moved]:
        """What a change touches and what reads otherwise now than when it was made."""
        ...

    def all_moved(self, then: Edition, now: Edition) -> list[Moved]:
        """Everything that reads otherwise."""
        ...

    def also_waiting(self, change: C, others: Iterable[tuple[ChangeRecord, C]], now: Edition) -> list[Moved]:
        """What it touches and other changes touch too, which are approved and wait for their time."""
        ...

    def only_tightens(self, before: Edition, after: Edition) -> bool:
        """Whether one person alone may put back what `after` had."""
        ...

    def events(self, change: C) -> Iterable[tuple[str, str | None]]:
        """What else the audit trail tells of its publication: events, each with its subject."""
        ...
