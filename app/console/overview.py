"""The first page: what was answered today, what waits, what changed, and who runs which revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.rendering import Pages
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.console.frame.words import rule_title
from app.parts import Parts
from app.records import ChangeState, Role
from app.records.figures import Hour
from guards.lexicon.scope import CHINA

_READERS = (Role.EDITOR, Role.APPROVER, Role.AUDITOR)
_HEIGHT, _WIDTH, _GAP = 96, 960, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour of the chart, in its units: from the left, how wide, and how high its two parts are."""

    x: float
    width: float
    said: float
    stopped: float
    label: str
    told: str


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The route of this page."""
    routes = page_routes(pages)
    anybody = Depends(require(parts))

    @routes.get("")
    async def overview(request: Request, visitor: Annotated[Visitor, anybody]) -> Response:
        now = datetime.now(UTC)
        today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        counts = await parts.figures.since(today)
        hours = await parts.figures.hours(now)
        newest, rules = await parts.revisions.page(limit=6), await parts.figures.rules(today)
        stored = (await parts.lifecycle.rules()).rules
        return await pages.page(
            request,
            "overview.html",
            visitor,
            counts=counts,
            total=sum(one.count for one in counts),
            bars=bars(hours),
            most=max((hour.count for hour in hours), default=0),
            hours=hours,
            rules=rules,
            titles={one.rule: rule_title(stored, one.rule) for one in rules},
            todo=await parts.headlines.page(state=ChangeState.SUBMITTED, limit=6) if visitor.may(*_READERS) else [],
            newest=newest,
            replicas=await parts.revisions.status(),
            height=_HEIGHT,
            width=_WIDTH,
            ready=parts.standing,
        )

    return routes


def bars(hours: Sequence[Hour]) -> list[Bar]:
    """The chart of these hours."""
    highest = max((hour.count for hour in hours), default=0) or 1
    step = _WIDTH / max(len(hours), 1)
    drawn = []
    for index, hour in enumerate(hours):
        local = hour.start.astimezone(CHINA)
        stopped = hour.stopped / highest * _HEIGHT
        drawn.append(
            Bar(
                round(index * step + _GAP / 2, 2),
                round(step - _GAP, 2),
                round(hour.count / highest * _HEIGHT - stopped, 2),
                round(stopped, 2),
                f"{local:%H}" if index % 3 == 0 else "",
                f"{local:%m-%d %H:00}，{hour.count} 次，其中没有说 {hour.stopped} 次",
            )
        )
    return drawn
