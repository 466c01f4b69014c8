"""The first order of a process, so that no caller pays for what is done once."""

import time

import structlog

from app.approved.brief import Brief
from app.approved.skeleton import ANNUAL_RATE
from app.errors import ModelError
from app.scripts.desk import Desk
from app.writing.model import Model, WritingTask
from guards.types import Generation, Scenario

_logger = structlog.get_logger("heyan")
_WARM_UP_SECONDS = 30.0


async def warm_up(model: Model, desk: Desk, *, patient: bool) -> None:
    """One order, so that no caller pays for what is done once; a model that is not there yet may come later."""
    seconds = _WARM_UP_SECONDS if patient else 1.0
    brief = first_brief(Scenario.ACQUISITION, Generation.YOUNG)
    try:
        await model.write(WritingTask(brief, 1, time.monotonic() + seconds))
        desk.health.is_answering = True
    except ModelError as failure:
        desk.health.is_answering = False
        _logger.warning("the model does not answer yet; fallbacks are spoken until it does", reason=str(failure))


def first_brief(scenario: Scenario, generation: Generation) -> Brief:
    """The plainest order of a scenario."""
    return Brief(scenario, generation, _FIRST_STRATEGY[scenario], (), _FIRST_SLOTS[scenario], ())


_FIRST_STRATEGY = {
    Scenario.ACQUISITION: "rate_first",
    Scenario.ACTIVATION: "rate_first",
    Scenario.BILL_REMINDER: "remind_plain",
    Scenario.COLLECTION_M1: "plan_plain",
    Scenario.COLLECTION_M2: "plan_plain",
}
_FIRST_SLOTS = {
    scenario: (ANNUAL_RATE,) if scenario.group == "marketing" else ("应还金额", "到期日")
    for scenario in _FIRST_STRATEGY
}
