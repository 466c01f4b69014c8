"""Real servers that die in the middle of the work: every request is answered in time, and recovery needs no restart."""

import asyncio
import time
from collections import Counter

from guards.types import Scenario
from scripts.vllm_server import VllmServer
from tests.vllm.conftest import PATIENT, OpenService, Service, start_again

_CALLERS, _ROUNDS, _GRACE = 4, 5, 1.0
"""Callers at once, requests of each, and the seconds within which a fallback follows a deadline that is over."""
_DEADLINE = PATIENT["deadline_ms"] / 1000
_SCENARIOS = (Scenario.ACQUISITION, Scenario.BILL_REMINDER, Scenario.COLLECTION_M1)


async def caller(service: Service, number: int, answers: list[tuple[str, float]]) -> None:
    """Add the source and the seconds of each answer to one caller."""
    for turn in range(_ROUNDS):
        started = time.monotonic()
        answer = await service.ask(
            _SCENARIOS[(number + turn) % len(_SCENARIOS)],
            callee={"role": "applicant", "identity_verified": True},
            options=PATIENT,
        )
        assert answer["action"] == "speak"
        answers.append((answer["source"], time.monotonic() - started))


async def load_with(service: Service, server: VllmServer) -> list[tuple[str, float]]:
    """All answers under load, in the middle of which a server is killed."""
    answers: list[tuple[str, float]] = []
    async with asyncio.TaskGroup() as callers:
        for number in range(_CALLERS):
            callers.create_task(caller(service, number, answers))
        while len(answers) < _CALLERS:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill)
    return answers


async def test_the_other_server_takes_over_and_nobody_hears_a_fallback(
    servers: tuple[VllmServer, VllmServer], open_service: OpenService
) -> None:
    one, two = servers
    async with open_service(one, two) as service:
        await service.until_source("model")
        answers = await load_with(service, one)
        assert Counter(source for source, _ in answers) == {"model": _CALLERS * _ROUNDS}
        assert max(seconds for _, seconds in answers) < _DEADLINE + _GRACE
        assert two.is_running


async def test_the_only_server_dies_and_comes_back_without_a_restart_of_the_service(
    server: VllmServer, open_service: OpenService
) -> None:
    async with open_service(server) as service:
        await service.until_source("model")
        assert await service.is_model_ready()
        answers = await load_with(service, server)
        assert (await service.ask())["source"] == "fallback"
        assert not await service.is_model_ready()
        await asyncio.to_thread(start_again, server)
        assert len(answers) == _CALLERS * _ROUNDS
        assert {source for source, _ in answers} <= {"model", "fallback"}
        assert max(seconds for _, seconds in answers) < _DEADLINE + _GRACE
        await service.until_source("model")
        assert await service.is_model_ready()
