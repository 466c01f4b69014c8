"""What of the approved wording may not be said for now: sentences that were suspended, and whether all is frozen.

It stands in the published revision beside the wording, in a file that is there only while something is held.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import AwareDatetime, Field, StrictBool

from app.approved.skeleton import sentences
from guards.lexicon.documents import DocumentError, parse_document
from guards.lexicon.rules import Strict

HOLDS_FILE = "holds.yaml"
LINE_ID = r"^(fallback|reply|bridge|segment|complement|line)-[0-9a-f]{10}$"
"""What the id of an approved text looks like."""
_Words = Annotated[str, Field(min_length=1, max_length=2_000)]
_Run = tuple[str, ...]


class LineKind(StrEnum):
    """What an approved text is; a text that is several things is called by the first of these."""

    FALLBACK = "fallback"
    REPLY = "reply"
    BRIDGE = "bridge"
    SEGMENT = "segment"
    COMPLEMENT = "complement"
    LINE = "line"


def line_id(kind: LineKind, text: str) -> str:
    """The id of an approved text: the same wherever and as long as it reads so."""
    return f"{kind.value}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class Freeze:
    """Why only approved fallbacks are spoken, by whose word, since when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suspension:
    """A text that may not be said: why, by whose word, since when."""

    id: str
    text: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Holds:
    """All that is held; false where nothing is."""

    freeze: Freeze | None = None
    suspended: tuple[Suspension, ...] = ()
    _runs: Mapping[_Run, Suspension] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_runs", {run: one for one in self.suspended for run in _runs_of(one)})

    def __bool__(self) -> bool:
        return self.freeze is not None or bool(self.suspended)

    def get(self, identity: str) -> Suspension | None:
        """The suspension of the text of this id."""
        return next((one for one in self.suspended if one.id == identity), None)

    def stops(self, text: str) -> Suspension | None:
        """The suspension for which a skeleton or a segment may not be said: it holds the text, sentence by sentence."""
        if not self._runs:
            return None
        said = _parts(text)
        for length in {len(run) for run in self._runs}:
            for start in range(len(said) - length + 1):
                if (found := self._runs.get(said[start : start + length])) is not None:
                    return found
        return None

    def with_suspended(self, one: Suspension) -> Self:
        """The same, and this text suspended."""
        return type(self)(self.freeze, (*self.suspended, one))

    def without(self, identity: str) -> Self:
        """The same, and the text of this id as before."""
        return type(self)(self.freeze, tuple(one for one in self.suspended if one.id != identity))

    def frozen(self, freeze: Freeze | None) -> Self:
        """The same, frozen or not."""
        return type(self)(freeze, self.suspended)


NOTHING_HELD = Holds()


def holds_of(content: bytes | None, directory: Path = Path()) -> Holds:
    """What the file says; without one nothing is held.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    if content is None:
        return NOTHING_HELD
    document = parse_document(directory / HOLDS_FILE, content)
    said = document.check(_File)
    problems = document.repeated([one.id for one in said.suspended], ("suspended",))
    if said.frozen is not (said.freeze is not None):
        problems.append(document.describe(("freeze",), "stands there if, and only if, frozen is true"))
    for index, one in enumerate(said.suspended):
        if one.id != line_id(LineKind(one.id.partition("-")[0]), one.text):
            problems.append(document.describe(("suspended", index, "id"), "is not the id of this text"))
    if problems:
        raise DocumentError(problems)
    freeze = None if said.freeze is None else Freeze(said.freeze.reason, said.freeze.by, said.freeze.at)
    return Holds(freeze, tuple(Suspension(one.id, one.text, one.reason, one.by, one.at) for one in said.suspended))


def content_of(holds: Holds) -> bytes | None:
    """The file that says this; None where nothing is held, so that the wording is what it was before, byte for byte."""
    if not holds:
        return None
    told: dict[str, Any] = {"frozen": holds.freeze is not None}
    if holds.freeze is not None:
        told["freeze"] = {"reason": holds.freeze.reason, "by": holds.freeze.by, "at": holds.freeze.at.isoformat()}
    told["suspended"] = [
        {"id": one.id, "text": one.text, "reason": one.reason, "by": one.by, "at": one.at.isoformat()}
        for one in holds.suspended
    ]
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000).encode()


class _Freeze(Strict):
    reason: _Words
    by: _Words
    at: AwareDatetime


class _Suspension(Strict):
    id: Annotated[str, Field(pattern=LINE_ID)]
    text: _Words
    reason: _Words
    by: _Words
    at: AwareDatetime


class _File(Strict):
    frozen: StrictBool
    freeze: _Freeze | None = None
    suspended: Annotated[list[_Suspension], Field(max_length=10_000)]


def _runs_of(one: Suspension) -> Iterator[_Run]:
    """The runs of sentences that say it. Of a model's line each sentence does: a model may say one without the rest."""
    parts = _parts(one.text)
    yield parts
    if one.id.startswith(f"{LineKind.LINE}-"):
        yield from ((part,) for part in parts)


def _parts(text: str) -> _Run:
    """The sentences of a text, with what is left at its end."""
    finished = sentences(text)
    rest = text[sum(map(len, finished)) :]
    return (*finished, rest) if rest else tuple(finished)
