"""Cases: one hand-written request a line, and what a right answer to it looks like."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Source = Literal["model", "pool", "approved", "fallback"]


class CaseError(Exception):
    """Case files are unusable; the message names file and line of every problem."""


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptExpectation(_Exact):
    """A right answer to a script request.

    `rule` must be among the findings; `sources` are where the words may come from; `says` and `omits` are strings that
    the text must and must not hold.
    """

    action: Literal["speak", "handoff", "do_not_call"]
    rule: str | None = None
    sources: list[Source] = ["model"]
    says: list[str] = []
    omits: list[str] = []


class ReviewExpectation(_Exact):
    """A right verdict on a text. `omits` must not stand in the masked text."""

    action: Literal["allow", "mask", "revise", "escalate", "block"]
    rule: str | None = None
    omits: list[str] = []


class ScriptCase(_Exact):
    """A script request without `request_id`. Cases of one `family` differ in nothing but the generation."""

    id: str = Field(pattern=r"^[a-z0-9_.-]+$")
    family: str | None = None
    request: dict[str, Any]
    expected: ScriptExpectation


class ReviewCase(_Exact):
    """A text to examine, with what the review may know."""

    id: str = Field(pattern=r"^[a-z0-9_.-]+$")
    request: dict[str, Any]
    expected: ReviewExpectation


Case = ScriptCase | ReviewCase


@dataclass(frozen=True, slots=True)
class Dataset:
    """Cases in the files' order; `digest` is the SHA-256 of the files' bytes, whatever the files are called."""

    cases: Sequence[Case]
    digest: str

    @property
    def scripts(self) -> list[ScriptCase]:
        """The cases that order a script."""
        return [case for case in self.cases if isinstance(case, ScriptCase)]

    @property
    def reviews(self) -> list[ReviewCase]:
        """The cases that ask for a verdict."""
        return [case for case in self.cases if isinstance(case, ReviewCase)]


def read_cases(files: Sequence[Path]) -> Dataset:
    """Read JSONL files. A request that holds `text` is a review, every other one a script request.

    Raises:
        CaseError: naming file and line of what is no JSON, breaks the format or repeats an id.
    """
    cases: list[Case] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    digest = hashlib.sha256()
    for file in sorted(files):
        try:
            content = file.read_bytes()
        except OSError as unreadable:
            problems.append(f"{file}: {unreadable.strerror or unreadable}")
            continue
        digest.update(content)
        for number, line in enumerate(content.splitlines(), 1):
            if not line.strip():
                continue
            place = f"{file}:{number}"
            try:
                case = _case(orjson.loads(line))
            except orjson.JSONDecodeError as broken:
                problems.append(f"{place}: no JSON: {broken}")
            except ValidationError as invalid:
                problems += [f"{place}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in invalid.errors()]
            else:
                if case.id in places:
                    problems.append(f"{place}: {case.id} stands already at {places[case.id]}")
                places[case.id] = place
                cases.append(case)
    if not cases and not problems:
        problems.append("there are no cases")
    if problems:
        raise CaseError("\n".join(problems))
    return Dataset(cases, digest.hexdigest())


def _case(data: Any) -> Case:
    request = data.get("request") if isinstance(data, Mapping) else None
    is_review = isinstance(request, Mapping) and "text" in request
    return ReviewCase.model_validate(data) if is_review else ScriptCase.model_validate(data)
