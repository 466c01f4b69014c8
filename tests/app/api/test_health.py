"""Liveness, readiness, metrics."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.data import Data
from app.errors import ModelUnavailable
from app.lexicon.standing import Standing
from app.parts import Parts
from app.records import DecisionLog, Restores, Store, back_up, open_store, restore
from tests.app.services import PERSON, client_of, example, open_service, writer
from tests.fakes import FakeModel


async def test_the_process_lives(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


async def test_it_is_ready_before_the_model_was_asked(client: httpx.AsyncClient, parts: Parts) -> None:
    response = await client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "store": "answering",
        "model": "unknown",
        "policy_revision": 1,
        "policy_digest": parts.policy.current.digest,
        "policy": "newest",
        "problem": None,
        "files": "as published",
        "differing": [],
    }


async def test_it_says_that_the_model_answers(client: httpx.AsyncClient) -> None:
    await client.post("/v1/scripts", json=example())
    assert (await client.get("/health/ready")).json()["model"] == "answering"
    assert "heyan_model_answering 1.0" in (await client.get("/metrics")).text


class TestWithoutModel:
    """A model that refuses."""

    @pytest.fixture
    def model(self) -> FakeModel:
        return FakeModel(lambda task: ModelUnavailable("gone"))

    async def test_it_stays_ready_and_says_so(self, client: httpx.AsyncClient) -> None:
        answer = (await client.post("/v1/scripts", json=example())).json()
        assert answer["source"] == "fallback"
        response = await client.get("/health/ready")
        assert (response.status_code, response.json()["model"]) == (200, "failing")
        assert "heyan_model_answering 0.0" in (await client.get("/metrics")).text


async def test_without_a_store_it_is_not_ready(client: httpx.AsyncClient, parts: Parts) -> None:
    await parts.log.close()
    response = await client.get("/health/ready")
    assert response.status_code == 503
    body = response.json()
    assert (body["error"], body["detail"], body["fields"]) == ("StoreError", "the store does not answer", [])
    assert (body["status"], body["store"]) == ("not ready", "failing")
    assert (await client.get("/health/live")).status_code == 200


async def test_metrics_name_no_customer(client: httpx.AsyncClient) -> None:
    await client.post("/v1/scripts", json=example(customer={"pii": PERSON, "ref": "u-7788"}))
    await client.post("/v1/reviews", json={"text": f"{PERSON['name']} {PERSON['mobile']} 百分百获批"})
    await client.get(f"/v1/{PERSON['mobile']}")
    response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    page = response.text
    assert 'heyan_scripts_total{action="speak",scenario="acquisition",source="model"} 1.0' in page
    assert 'heyan_reviews_total{action="block"} 1.0' in page
    assert "heyan_policy_revision" in page
    assert not any(secret in page for secret in (*PERSON.values(), "u-7788", "c-20261122", "获批"))


async def test_it_says_which_files_differ_and_what_is_not_in_force(client: httpx.AsyncClient, parts: Parts) -> None:
    parts.standing.differing = ("lexicons/gates.yaml",)
    parts.standing.refuse(7, "gates.yaml:3: 国家级")
    response = await client.get("/health/ready")
    assert response.status_code == 200
    told = response.json()
    assert (told["files"], told["differing"]) == ("differ", ["lexicons/gates.yaml"])
    assert (told["policy"], told["problem"]) == ("last good", "revision 7 cannot be put in force: see the log")


async def test_a_process_that_never_heard_of_the_newest_rules_is_not_ready(parts: Parts) -> None:
    async with client_of(replace(parts, standing=Standing(60))) as client:
        response = await client.get("/health/ready")
    assert (response.status_code, response.json()["policy"], response.json()["store"]) == (
        503,
        "last good",
        "answering",
    )


async def test_a_store_that_fails_for_a_moment_makes_nobody_unready(parts: Parts) -> None:
    log = DecisionLog(Store())
    await log.start()
    async with client_of(replace(parts, log=log)) as client:
        response = await client.get("/health/ready")
    await log.close()
    assert (response.status_code, response.json()["status"], response.json()["store"]) == (200, "ready", "failing")


async def test_a_restored_store_answers_nothing_until_it_is_released(data: Data, tmp_path: Path) -> None:
    first = await open_store(f"sqlite:///{tmp_path / 'first.db'}")
    await back_up(first, tmp_path / "backup")
    await first.close()
    empty = await open_store(f"sqlite:///{tmp_path / 'heyan.sqlite3'}")
    await restore(empty, tmp_path / "backup", "operator")
    await empty.close()
    async with open_service(data, tmp_path, writer()) as parts, client_of(parts) as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["store"]) == (503, "restored")
        assert "refusals" in ready.json()["detail"]
        for path, body in (("/v1/scripts", example()), ("/v1/reviews", {"text": "您好"})):
            refused = await client.post(path, json=body)
            assert (refused.status_code, refused.json()["error"]) == (503, "AwaitingRefusals")
        noted = await client.post("/v1/contacts/u-778/events", json={"type": "opt_out", "scope": "marketing"})
        assert noted.status_code == 200
        other = await open_store(f"sqlite:///{tmp_path / 'heyan.sqlite3'}")
        assert await Restores(other).imported("operator", 1, "00")
        await other.close()
        await parts.watch.look()
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.post("/v1/scripts", json=example())).json()["action"] == "do_not_call"
