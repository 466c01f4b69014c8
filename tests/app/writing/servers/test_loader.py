"""Adapters on servers: loaded, loaded again after a restart, unloaded when the file drops them, and no others."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from app.errors import ModelUnavailable
from app.writing.model import ModelHealth
from app.writing.servers.adapters import AdapterRegistry
from app.writing.servers.fleet import BackoffPolicy, Fleet
from app.writing.servers.loader import AdapterLoader
from app.writing.servers.replica import Replica
from tests.app.writing.serving import BASE, HOUSE, OTHER, export_adapter, make_registry, serving, task, write_file
from tests.model_server import ModelServer, Reply, completion, refusal, until

GOOD = completion("好。")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Leave the logs as they were."""
    yield
    structlog.reset_defaults()


def lora_server(*adapters: str, port: int = 0) -> ModelServer:
    """A server that takes adapters, and has some."""
    return ModelServer(lambda body: GOOD, adapters=dict.fromkeys(adapters, "/there"), port=port)


@asynccontextmanager
async def fleet_of(*servers: ModelServer) -> AsyncIterator[Fleet]:
    """The servers without any background task."""
    replicas = [Replica(server.url, key=None) for server in servers]
    fleet = Fleet(replicas, name=BASE, health=ModelHealth(), backoff=BackoffPolicy(3600.0))
    try:
        yield fleet
    finally:
        await fleet.close()


async def test_what_is_missing_is_loaded_on_every_server(tmp_path: Path) -> None:
    with lora_server().running() as empty, lora_server(HOUSE).running() as half:
        async with fleet_of(empty, half) as fleet:
            await AdapterLoader(fleet, make_registry(tmp_path, [HOUSE, OTHER])).reconcile()
            assert [replica.adapters for replica in fleet.replicas] == [{HOUSE, OTHER}] * 2
    assert empty.changes == [("load", HOUSE), ("load", OTHER)]
    assert half.changes == [("load", OTHER)]


async def test_nothing_is_done_twice(tmp_path: Path) -> None:
    with lora_server().running() as served:
        async with fleet_of(served) as fleet:
            loader = AdapterLoader(fleet, make_registry(tmp_path, [HOUSE]))
            await loader.reconcile()
            await loader.reconcile()
    assert served.changes == [("load", HOUSE)]


async def test_paths_are_those_of_the_servers_machine(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE])
    with lora_server().running() as here, lora_server().running() as there:
        async with fleet_of(here) as fleet:
            await AdapterLoader(fleet, registry).reconcile()
        async with fleet_of(there) as fleet:
            await AdapterLoader(fleet, registry, root="/srv/heyan/").reconcile()
    assert here.adapters == {HOUSE: str(tmp_path / "adapters" / HOUSE)}
    assert there.adapters == {HOUSE: f"/srv/heyan/adapters/{HOUSE}"}


async def test_what_the_file_drops_is_unloaded_and_nothing_else(tmp_path: Path) -> None:
    old, manual = "house-style-v0-00000000", "my-experiment"
    with lora_server(old, manual, HOUSE).running() as served:
        async with fleet_of(served) as fleet:
            await AdapterLoader(fleet, make_registry(tmp_path, [HOUSE])).reconcile()
            assert fleet.replicas[0].adapters == {HOUSE}
    assert served.changes == [("unload", old)]
    assert served.adapters is not None
    assert set(served.adapters) == {HOUSE, manual}


async def test_adapters_of_another_base_are_left_alone(tmp_path: Path) -> None:
    with lora_server("other-v1-00000000").running() as served:
        served.model = "another"
        async with fleet_of(served) as fleet:
            await AdapterLoader(fleet, make_registry(tmp_path, [])).reconcile()
    assert served.changes == []


async def test_a_new_file_takes_effect(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE])
    with lora_server().running() as served:
        async with fleet_of(served) as fleet:
            loader = AdapterLoader(fleet, registry)
            await loader.reconcile()
            export_adapter(tmp_path, OTHER)
            write_file(tmp_path, [OTHER])
            await loader.reconcile()
            assert fleet.replicas[0].adapters == {OTHER}
    assert served.changes == [("load", HOUSE), ("unload", HOUSE), ("load", OTHER)]


async def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE])
    with lora_server().running() as served:
        async with fleet_of(served) as fleet:
            loader = AdapterLoader(fleet, registry)
            await loader.reconcile()
            registry.file.write_text("base: [", "utf-8")
            await loader.reconcile()
            assert fleet.replicas[0].adapters == {HOUSE}
    assert served.changes == [("load", HOUSE)]


@pytest.mark.parametrize("broken", [refusal(500, "rank 64 > 16"), refusal(404, "no such path"), refusal(400, "no")])
async def test_an_adapter_that_cannot_be_loaded_is_logged_once_and_tried_again(tmp_path: Path, broken: Reply) -> None:
    registry = make_registry(tmp_path, [HOUSE, OTHER])
    with lora_server().running() as served:
        served.unloadable[HOUSE] = broken
        async with fleet_of(served) as fleet:
            loader = AdapterLoader(fleet, registry)
            with capture_logs() as logged:
                await loader.reconcile()
                await loader.reconcile()
            errors = [line for line in logged if line["log_level"] == "error"]
            assert [(line["adapter"], line["server"]) for line in errors] == [(HOUSE, f"127.0.0.1:{served.port}")]
            assert broken.body.decode() in errors[0]["reason"]
            assert fleet.replicas[0].adapters == {OTHER}
            served.unloadable.clear()
            await loader.reconcile()
            assert fleet.replicas[0].adapters == {HOUSE, OTHER}


@pytest.mark.parametrize("status", [404, 405])
async def test_a_server_without_the_routes_is_used_for_what_it_has(tmp_path: Path, status: int) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        listed = [{"id": BASE}, {"id": HOUSE, "parent": BASE}]
        return httpx.Response(200, json={"data": listed}) if request.method == "GET" else httpx.Response(status)

    replica = Replica("http://fixed", key=None, transport=httpx.MockTransport(respond))
    fleet = Fleet([replica], name=BASE, health=ModelHealth(), backoff=BackoffPolicy())
    loader = AdapterLoader(fleet, make_registry(tmp_path, [HOUSE, OTHER]))
    with capture_logs() as logged:
        await loader.reconcile()
        await loader.reconcile()
    assert replica.adapters == {HOUSE}
    assert [path for path in asked if "lora" in path] == ["/v1/load_lora_adapter"]
    assert [(line["event"], line["server"]) for line in logged] == [
        ("a model server has no routes to load adapters; those that it already has are used", "fixed")
    ]
    await fleet.close()


@pytest.mark.parametrize("answer", [Reply(b"", 503), Reply(b"<html>"), Reply(b"", 401)])
async def test_a_server_that_does_not_list_its_models_is_skipped(tmp_path: Path, answer: Reply) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        return httpx.Response(answer.status, content=answer.body)

    replica = Replica("http://mute", key=None, transport=httpx.MockTransport(respond))
    fleet = Fleet([replica], name=BASE, health=ModelHealth(), backoff=BackoffPolicy())
    await AdapterLoader(fleet, make_registry(tmp_path, [HOUSE])).reconcile()
    assert replica.adapters == frozenset()
    assert fleet.live == (replica,)
    await fleet.close()


async def test_a_server_that_was_restarted_gets_its_adapters_again(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE], [{"adapter": HOUSE}])
    first = lora_server()
    first.start()
    async with serving(first, registry=registry) as (model, _):
        await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
        assert (await model.write(task())).model == HOUSE
        await asyncio.to_thread(first.die)
        with pytest.raises(ModelUnavailable):
            await model.write(task())
        with lora_server(port=first.port).running() as second:
            await until(lambda: HOUSE in model.fleet.replicas[0].adapters)
            assert (await model.write(task())).model == HOUSE
        assert second.changes == [("load", HOUSE)]


async def test_an_order_does_not_wait_for_an_adapter(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE], [{"adapter": HOUSE}])
    with lora_server().running() as served:
        served.unloadable[HOUSE] = Reply(hangs=True)
        async with serving(served, registry=registry) as (model, _):
            assert (await model.write(task())).model == BASE


async def test_the_server_that_has_the_adapter_is_asked(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, [HOUSE], [{"adapter": HOUSE}])
    with lora_server().running() as without, lora_server().running() as having:
        without.unloadable[HOUSE] = refusal(500, "no room")
        async with serving(without, having, registry=registry) as (model, _):
            await until(lambda: any(replica.adapters for replica in model.fleet.replicas))
            assert {(await model.write(task())).model for _ in range(4)} == {HOUSE}
        assert (len(without.asked), len(having.asked)) == (0, 4)


class BrokenRegistry(AdapterRegistry):
    """Fails once, with an error that nobody expects."""

    broke = False

    def refresh(self) -> None:
        """See `AdapterRegistry.refresh`."""
        if not self.broke:
            self.broke = True
            raise RuntimeError("unexpected")
        super().refresh()


async def test_one_failure_does_not_end_the_loader(tmp_path: Path) -> None:
    make_registry(tmp_path, [HOUSE])
    registry = BrokenRegistry(tmp_path / "adapters.yaml", "")
    with lora_server().running() as served:
        async with fleet_of(served) as fleet:
            running = asyncio.create_task(AdapterLoader(fleet, registry, every=0.01).run())
            await until(lambda: fleet.replicas[0].adapters)
            running.cancel()
            await asyncio.wait({running})
    assert registry.broke
