"""Changes that the tests of this folder begin with, and the paths of their pages."""

from typing import Any

from app.approved.holds import LineKind
from app.lexicon.catalogue import Line
from app.lexicon.drafts import Change
from app.lexicon.register import Dossier
from app.parts import Parts
from tests.app.lexicon.rules import rule

ADDS: dict[str, Any] = {"title": "补充承诺的说法", "adds": [rule()]}


async def drafted(parts: Parts, person: str = "张合规", **body: Any) -> str:
    """The page of a draft of a person."""
    return path_of(await parts.lifecycle.draft(body or ADDS, person, "投诉提到这个词"))


async def submitted(parts: Parts, person: str = "张合规", **body: Any) -> str:
    """The page of a change that waits for somebody else."""
    path = await drafted(parts, person, **body)
    await parts.lifecycle.submit(path.rpartition("/")[2], person)
    return path


async def published(parts: Parts, person: str = "张合规", by: str = "王合规", **body: Any) -> str:
    """The page of a change that is in force."""
    path = await submitted(parts, person, **body)
    await parts.lifecycle.approve(path.rpartition("/")[2], by)
    return path


def path_of(dossier: Dossier[Change]) -> str:
    """The page of a change."""
    return f"/changes/{dossier.record.id}"


async def line_of(parts: Parts, kind: LineKind, *, words: str = "") -> Line:
    """The first approved text of a kind that holds these words."""
    lines = parts.holding.lines((await parts.holding.held()).holds)
    return next(line for line in lines.values() if line.kind is kind and words in line.text)
