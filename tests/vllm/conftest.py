"""Two real vLLM servers with the shipped checkpoint, started anew only when a test killed them; and the whole service
in front of them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch

from app.application import build_app
from app.main import open_parts
from app.settings import Settings
from guards.types import Scenario
from scripts.vllm_server import PYTHON, ROOT, VllmServer, cores_of_each
from tests.app.examples import request_body

MODEL = ROOT / "models" / "heyan-mini"
OpenService = Callable[..., AbstractAsyncContextManager["Service"]]
PATIENT = {"candidates": 2, "deadline_ms": 10_000}
"""Options of an order that a busy machine of two cores, with two servers on it, has the time to write."""
_NUMBERS = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the servers."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("vllm")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """One thread for torch: the servers need the other cores, and threads that wait for each other slow all of them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VllmServer, VllmServer]]:
    """Two servers in single precision, in which the same sums give the same words everywhere; not started yet."""
    if not PYTHON.exists():
        pytest.fail("vLLM is not installed: make setup-vllm")
    logs = tmp_path_factory.mktemp("vllm")
    pair = tuple(
        VllmServer(MODEL, log=logs / f"{name}.log", options=["--dtype", "float32"], cores=cores)
        for name, cores in zip(("one", "two"), cores_of_each(2), strict=True)
    )
    try:
        yield pair[0], pair[1]
    finally:
        for server in pair:
            server.stop()


@pytest.fixture
def servers(processes: tuple[VllmServer, VllmServer]) -> tuple[VllmServer, VllmServer]:
    """The two, both answering."""
    start_again(*processes)
    return processes


@pytest.fixture
def server(processes: tuple[VllmServer, VllmServer]) -> VllmServer:
    """One of them, answering, whatever the other one does."""
    start_again(processes[1])
    return processes[1]


def start_again(*servers: VllmServer) -> None:
    """Start those that do not run, all at once, and return when each writes."""
    for server in servers:
        if not server.is_running:
            server.stop()
            server.start()
    for server in servers:
        server.wait()


class Service:
    """The application in front of model servers, asked over its own HTTP interface."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, scenario: Scenario = Scenario.ACQUISITION, **changes: Any) -> dict[str, Any]:
        """The answer to one script request."""
        body = request_body(scenario, request_id=f"vllm-{next(_NUMBERS)}", **changes)
        response = await self._client.post("/v1/scripts", json=body)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer

    async def is_model_ready(self) -> bool:
        """What the readiness page says of the model."""
        response = await self._client.get("/health/ready")
        return bool(response.json()["model"] == "answering")

    async def until_source(self, source: str, seconds: float = 120.0) -> dict[str, Any]:
        """Ask until an answer comes from that source; however slow the machine, a server has the time to write it.

        Raises:
            TimeoutError: if none does.
        """
        async with asyncio.timeout(seconds):
            while (answer := await self.ask(options=PATIENT))["source"] != source:
                await asyncio.sleep(0.2)
        return answer


@pytest.fixture
def open_service(tmp_path: Path) -> OpenService:
    """Opens the service by its settings, on an empty store."""

    @asynccontextmanager
    async def opened(*servers: VllmServer, name: str = MODEL.name, **settings: Any) -> AsyncIterator[Service]:
        chosen = Settings(
            data_dir=tmp_path / "var",
            model_url=",".join(each.url for each in servers),
            model_name=name,
            **settings,
        )
        async with open_parts(chosen) as parts:
            transport = httpx.ASGITransport(build_app(parts))
            async with httpx.AsyncClient(transport=transport, base_url="http://heyan", timeout=60) as client:
                yield Service(client)

    return opened
