"""Which order goes to which adapter: the first route that fits; experiments take stable shares of the orders."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.writing.model import WritingTask
from guards.lexicon.documents import Document
from guards.lexicon.rules import Strict
from guards.types import Scenario

Label = Annotated[str, Field(min_length=1, max_length=64)]


class Route(Strict):
    """Which orders go to an adapter; a field that is absent fits every order.

    `share` is the part of an `experiment`'s keys that the route takes, in per cent. Routes of one experiment divide its
    keys among themselves, in the order of the file; a route that names none has an experiment of its own.
    """

    adapter: str
    scenarios: list[Scenario] | None = Field(default=None, min_length=1)
    institution: Label | None = None
    experiment: Label | None = None
    share: Annotated[int, Field(ge=1, le=100)] = 100


@dataclass(frozen=True, slots=True)
class Lane:
    """A route with its part of its experiment: the percentiles from `low` up to, not including, `high`."""

    route: Route
    low: int
    high: int

    def fits(self, task: WritingTask, institution: str) -> bool:
        """Whether an order of this institution goes to the route's adapter."""
        route = self.route
        return (
            (route.scenarios is None or task.brief.scenario in route.scenarios)
            and (route.institution is None or route.institution == institution)
            and self.low <= percentile(route.experiment or route.adapter, task.key) < self.high
        )


def percentile(experiment: str, key: str) -> int:
    """Where a key falls in an experiment, 0 to 99; the same in every process, and independent between experiments."""
    digest = hashlib.sha256(f"{experiment}\n{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def lanes_of(routes: Sequence[Route]) -> tuple[Lane, ...]:
    """The routes with their parts, in the same order."""
    taken: dict[str, int] = {}
    lanes = []
    for route in routes:
        low = taken.get(route.experiment, 0) if route.experiment else 0
        if route.experiment:
            taken[route.experiment] = low + route.share
        lanes.append(Lane(route, low, low + route.share))
    return tuple(lanes)


def route_problems(document: Document, routes: Sequence[Route], adapters: Collection[str]) -> list[str]:
    """What is wrong with the routes under `routes` of a document, by file and line."""
    problems = []
    for index, lane in enumerate(lanes_of(routes)):
        if lane.route.adapter not in adapters:
            where = ("routes", index, "adapter")
            problems.append(document.describe(where, f"{lane.route.adapter} is not among the adapters"))
        if lane.high > 100:
            problem = f"more than 100 per cent of {lane.route.experiment}"
            problems.append(document.describe(("routes", index), problem))
    return problems
