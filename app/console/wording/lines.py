"""Approved wording: what may be said and where, found by its words, and the page of one text."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.approved.holds import LINE_ID, LineKind
from app.approved.skeleton import SLOT
from app.approved.wording import Wording
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.lexicon.catalogue import Line
from app.lexicon.holding import Held
from app.lexicon.labels import CHANNELS, GENERATIONS, SCENARIOS, STAGES
from app.lexicon.refused import UnknownLine
from app.lexicon.said import count_said
from app.parts import Parts
from app.records import ChangeState, Headline, utc_now
from guards.types import Channel, Generation, Group, Scenario, Stage

KINDS = {
    LineKind.FALLBACK: "兜底话术",
    LineKind.REPLY: "回应客户",
    LineKind.BRIDGE: "转人工前的话",
    LineKind.SEGMENT: "固定段落",
    LineKind.COMPLEMENT: "补充句",
    LineKind.LINE: "模型的句子",
}
"""What officers call the kinds of approved texts."""
LineId = Annotated[str, Path(alias="identity", pattern=LINE_ID)]
_ALL: Mapping[str, set[Any]] = {
    "场景": {Group.MARKETING, Scenario.BILL_REMINDER, Group.COLLECTION},
    "年龄段": set(Generation),
    "渠道": set(Channel),
    "阶段": set(Stage),
}
_PER_PAGE = 50
_MOST_ASKED = 20
"""Requests to let go of something that are looked through."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which texts the list shows. `held`: `yes`, `no`, or all."""

    q: str = ""
    kind: LineKind | None = None
    scenario: Scenario | None = None
    held: str = ""
    page: int = 1

    def address(self, page: int) -> str:
        """The same list at another page."""
        named = {"q": self.q, "kind": self.kind, "scenario": self.scenario, "held": self.held, "page": page}
        return urlencode({name: str(value) for name, value in named.items() if value and (name, value) != ("page", 1)})


@dataclass(frozen=True, slots=True)
class Row:
    """A text in the list: its pieces, and in a few words where it may be said."""

    line: Line
    pieces: Sequence[tuple[bool, str]]
    where: str
    is_held: bool


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these pages."""
    routes = page_routes(pages)
    anybody = Depends(require(parts))

    @routes.get("/wording")
    async def find(
        request: Request,
        visitor: Annotated[Visitor, anybody],
        q: Annotated[str, Query(max_length=100)] = "",
        kind: str = "",
        scenario: str = "",
        held: str = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        filters = Filters(
            q.strip(),
            LineKind(kind) if kind in set(LineKind) else None,
            Scenario(scenario) if scenario in set(Scenario) else None,
            held if held in ("yes", "no") else "",
            page,
        )
        return await list_page(parts, pages, request, visitor, filters)

    @routes.get("/wording/{identity}")
    async def read(request: Request, identity: LineId, visitor: Annotated[Visitor, anybody]) -> Response:
        return await line_page(parts, pages, request, visitor, identity)

    @routes.get("/wording/{identity}/said")
    async def said(request: Request, identity: LineId, visitor: Annotated[Visitor, anybody]) -> Response:
        _, line = await known_line(parts, identity)
        (counted,) = await count_said(parts.log, [line], utc_now())
        return await pages.page(
            request,
            "wording_said.html",
            visitor,
            here="/wording",
            line=line,
            pieces=pieces(line.text),
            counted=counted,
        )

    return routes


async def list_page(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    filters: Filters,
    *,
    errors: Sequence[FieldError] = (),
    given: Mapping[str, str] | None = None,
) -> Response:
    """The list, and below it the emergency box with what is wrong in its form."""
    held, lines = await _lines(parts)
    stopped = {one.id for one in held.holds.suspended}
    words = filters.q.casefold()
    found = [
        line
        for line in lines.values()
        if line.fits(words, filters.kind, filters.scenario) and filters.held in ("", _yes_no(line.id in stopped))
    ]
    last = max(1, ceil(len(found) / _PER_PAGE))
    page = min(filters.page, last)
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    freeze = held.holds.freeze
    return await pages.page(
        request,
        "wording.html",
        visitor,
        here="/wording",
        status=422 if errors else 200,
        filters=filters,
        total=len(found),
        everything=len(lines),
        stopped=len(stopped),
        number=page,
        last=last,
        rows=[_row(line, is_held=line.id in stopped) for line in shown],
        kinds=KINDS,
        scenarios=[(one.value, SCENARIOS[one]) for one in Scenario],
        freeze=freeze,
        asked=await _asked(parts, "解冻", None) if freeze else None,
        errors=errors,
        given=given or {},
    )


async def line_page(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    identity: str,
    *,
    errors: Sequence[FieldError] = (),
    given: str = "",
) -> Response:
    """The page of one text; `given`: the reason that was typed."""
    held, line = await known_line(parts, identity)
    suspension = held.holds.get(identity)
    return await pages.page(
        request,
        "wording_line.html",
        visitor,
        here="/wording",
        status=422 if errors else 200,
        **line_context(parts, line),
        suspension=suspension,
        asked=await _asked(parts, "恢复话术：", identity) if suspension else None,
        errors=errors,
        given=given,
    )


async def known_line(parts: Parts, identity: str) -> tuple[Held, Line]:
    """A text and what is held now. Raises UnknownLine."""
    held, lines = await _lines(parts)
    if identity not in lines:
        raise UnknownLine
    return held, lines[identity]


def line_context(parts: Parts, line: Line) -> dict[str, Any]:
    """What pages about one text show of it."""
    kinds = {place.kind for place in line.places}
    tags = parts.vocabulary.tags
    return {
        "line": line,
        "kinds": KINDS,
        "pieces": pieces(line.text),
        "tag_labels": {name: tags[name].label for place in line.places for name in place.tags if name in tags},
        "may_edit": bool(kinds - {LineKind.LINE}),
        "may_add": bool(kinds & {LineKind.FALLBACK, LineKind.REPLY}),
        "may_retire": _is_one_of_several(parts.wording, line),
    }


def pieces(text: str) -> list[tuple[bool, str]]:
    """A text in pieces, each with whether it is a slot."""
    found, last = [], 0
    for slot in SLOT.finditer(text):
        found += [(False, text[last : slot.start()]), (True, slot[1])]
        last = slot.end()
    return [piece for piece in (*found, (False, text[last:])) if piece[1]]


async def _lines(parts: Parts) -> tuple[Held, Mapping[str, Line]]:
    held = await parts.holding.held()
    return held, await asyncio.to_thread(parts.holding.lines, held.holds)


async def _asked(parts: Parts, title: str, identity: str | None) -> Headline | None:
    """Who asked already to let go of this text, or of the freeze, and waits for another's decision."""
    waiting = await parts.headlines.page(subject="wording", state=ChangeState.SUBMITTED, limit=500)
    for one in [each for each in waiting if each.title.startswith(title)][:_MOST_ASKED]:
        change = (await parts.rewording.get(one.id)).change
        if any(resumed.id == identity for resumed in change.resumes) or (identity is None and change.unfreezes):
            return one
    return None


def _is_one_of_several(wording: Wording, line: Line) -> bool:
    """Whether others stand beside it wherever it stands: then it can be taken out."""
    lists = [[body.text for body in bodies] for bodies in wording.fallbacks.values()]
    lists += [list(reply.texts) for reply in wording.replies.replies]
    own = [texts for texts in lists if line.text in texts]
    may_stand = {place.kind for place in line.places} <= {LineKind.FALLBACK, LineKind.REPLY, LineKind.LINE}
    return bool(own) and may_stand and all(len(texts) > 1 for texts in own)


def _row(line: Line, *, is_held: bool) -> Row:
    places = line.places
    told = (
        _told("场景", [_grouped(place.scenarios) for place in places], SCENARIOS),
        _told("年龄段", [place.generations for place in places], GENERATIONS),
        _told("渠道", [place.channels for place in places], CHANNELS),
        _told("阶段", [(place.stage,) if place.stage else () for place in places], STAGES),
    )
    return Row(line, pieces(line.text), "；".join(told) if places else "现行话术里已经没有", is_held)


def _grouped(scenarios: Sequence[Scenario]) -> list[Scenario | Group]:
    """Scenarios with the name of their group where all of several are there."""
    found: list[Scenario | Group] = []
    for group in Group:
        own = [one for one in scenarios if one.group is group]
        found += [group] if len(own) > 1 and len(own) == sum(one.group is group for one in Scenario) else own
    return found


def _told(about: str, named: Sequence[Iterable[Any]], labels: Mapping[Any, str]) -> str:
    """The labels of all values that several places name; that it does not matter where one names none."""
    known = {value for values in named for value in values}
    if any(not list(values) for values in named) or known >= _ALL[about]:
        return f"{about}不限"
    return "、".join(label for value, label in labels.items() if value in known)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
