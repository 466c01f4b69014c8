"""The composition root: what may start, and what the warm-up finds out."""

import re
import shutil
from pathlib import Path

import httpx
import pytest

from app.application import build_app
from app.data import Data
from app.errors import ConfigurationError, ModelUnavailable
from app.main import is_loopback, open_model, open_parts
from app.records import KeyRing, open_store
from app.roles import Role
from app.settings import Settings
from app.writing.lines.library import ApprovedLine, write_approved_lines
from guards.types import Scenario
from tests.app.examples import request_body, script_request
from tests.app.services import client_of
from tests.app.writing.serving import BASE, HOUSE, INSTITUTION, OTHER, export_adapter, task, write_file
from tests.fakes import FakeModel
from tests.model_server import Reply, completion, model_server, until

ROOT = Path(__file__).parents[2]
GOOD = "说重点，成本是{年化利率}。您看合适吗？"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty store."""
    return Settings(data_dir=tmp_path / "var")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("", False),
        ("192.168.1.2", False),
        ("10.0.0.1", False),
        ("8.8.8.8", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("2130706433", False),
    ],
)
def test_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


class TestOutsideLoopback:
    """Invariant 9."""

    async def test_without_keys_the_start_is_refused(self, settings: Settings) -> None:
        with pytest.raises(ConfigurationError, match=r"0\.0\.0\.0 .*heyan keys create"):
            async with open_parts(settings, host="0.0.0.0", model=FakeModel(lambda task: [GOOD])):  # noqa: S104
                pytest.fail("it started")

    async def test_a_key_opens_it_and_every_request_needs_one(self, settings: Settings) -> None:
        settings.data_dir.mkdir()
        store = await open_store(settings.store_url)
        key = await KeyRing(store).create("engine", [Role.CALLER])
        await store.close()
        async with open_parts(settings, host="0.0.0.0", model=FakeModel(lambda task: [GOOD])) as parts:  # noqa: S104
            assert parts.key_required
            transport = httpx.ASGITransport(build_app(parts))
            async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
                refused = await client.post("/v1/scripts", json=request_body())
                answered = await client.post(
                    "/v1/scripts", json=request_body(), headers={"authorization": f"Bearer {key}"}
                )
        assert refused.status_code == 401
        assert (answered.status_code, answered.json()["source"]) == (200, "model")


class TestOnLoopback:
    async def test_a_model_that_is_not_there_yet_does_not_stop_the_start(
        self, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async with open_parts(settings, model=FakeModel(lambda task: ModelUnavailable("not up"))) as parts:
            assert parts.model_health.is_answering is False
            assert not parts.key_required
            assert parts.policy.current.revision == 1
            decision = await parts.reception.answer(script_request())
            assert (decision.action, decision.source) == ("speak", "fallback")
        assert "the model does not answer yet" in capsys.readouterr().err


async def test_a_prompt_template_that_names_what_does_not_exist_refuses_the_start(data: Data, tmp_path: Path) -> None:
    """Invariant 10."""
    prompts = Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))
    (prompts / "templates" / "user.j2").write_text("第一行\n第二行 {{ customer }}", "utf-8")
    settings = Settings(data_dir=tmp_path, prompts_dir=prompts, model_url="http://model.invalid/v1")
    with pytest.raises(ConfigurationError, match=r"user\.j2:2: .*customer"):
        async with open_model(settings, data):
            pytest.fail("it started")


async def test_a_directory_without_weights_refuses_the_start(data: Data, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        async with open_model(Settings(data_dir=tmp_path, model_dir=tmp_path / "none"), data):
            pytest.fail("it started")


class TestModelServers:
    async def test_what_is_ready_follows_the_servers(self, settings: Settings) -> None:
        replies = {"first": completion(GOOD)}
        with model_server(lambda body: replies.get("first", Reply(b"", 500)), "heyan-fake") as served:
            both = settings.model_copy(
                update={"model_url": f"{served.url},http://127.0.0.1:1", "model_dir": settings.data_dir}
            )
            async with open_parts(both) as parts, client_of(parts) as client:
                assert (await client.get("/health/ready")).json()["model"] == "answering"
                replies.clear()
                refused = await client.post("/v1/scripts", json=request_body())
                assert refused.json()["source"] == "fallback"
                assert (await client.get("/health/ready")).json()["model"] == "failing"
                replies["first"] = completion(GOOD)
                await until(lambda: parts.model_health.is_answering)
                answered = await client.post("/v1/scripts", json={**request_body(), "request_id": "another"})
                assert (answered.json()["source"], answered.json()["model"]) == ("model", "heyan-fake")
                assert (await client.get("/health/ready")).json()["model"] == "answering"

    async def test_an_adapter_that_wrote_is_named(self, settings: Settings, tmp_path: Path) -> None:
        export_adapter(tmp_path, HOUSE)
        file = write_file(tmp_path, [HOUSE], [{"adapter": HOUSE, "institution": INSTITUTION}])
        with model_server(lambda body: completion(GOOD), adapters={HOUSE: "/there"}) as served:
            changes = {"model_url": served.url, "adapters_file": file, "model_dir": tmp_path}
            adapted = settings.model_copy(update=changes)
            async with open_parts(adapted) as parts:
                await until(lambda: served.listed)
                answers = [await parts.reception.answer(script_request(request_id=f"r{each}")) for each in range(2)]
        assert answers[-1].model == HOUSE

    async def test_adapters_that_are_unusable_refuse_the_start(
        self, settings: Settings, data: Data, tmp_path: Path
    ) -> None:
        export_adapter(tmp_path, HOUSE)
        file = write_file(tmp_path, [HOUSE, OTHER])
        adapted = settings.model_copy(update={"model_url": "http://model.invalid", "adapters_file": file})
        with pytest.raises(ConfigurationError, match=f"{OTHER}/adapter_config.json:1: is missing"):
            async with open_model(adapted, data):
                pytest.fail("it started")

    async def test_adapters_of_other_weights_than_the_named_checkpoint_refuse_the_start(
        self, settings: Settings, data: Data, tmp_path: Path
    ) -> None:
        checkpoint = tmp_path / BASE
        checkpoint.mkdir()
        (checkpoint / "model.safetensors").write_bytes(b"retrained")
        export_adapter(tmp_path, HOUSE)
        changes = {
            "model_url": "http://model.invalid",
            "adapters_file": write_file(tmp_path, [HOUSE]),
            "model_dir": checkpoint,
        }
        with pytest.raises(ConfigurationError, match=f"{HOUSE}/heyan_adapter.json:1: base.sha256: "):
            async with open_model(settings.model_copy(update=changes), data):
                pytest.fail("it started")

    async def test_adapters_without_servers_refuse_the_start(
        self, settings: Settings, data: Data, tmp_path: Path
    ) -> None:
        adapted = settings.model_copy(update={"adapters_file": write_file(tmp_path, [])})
        with pytest.raises(ConfigurationError, match="HEYAN_MODEL_URL"):
            async with open_model(adapted, data):
                pytest.fail("it started")

    async def test_the_sentences_of_the_named_checkpoint_bind_a_server_that_serves_it(
        self, settings: Settings, data: Data, tmp_path: Path
    ) -> None:
        unapproved, folder = "这一句没有人写过，成本是{年化利率}。", tmp_path / "heyan-mini"
        folder.mkdir()
        write_approved_lines([ApprovedLine(Scenario.ACQUISITION, GOOD)], folder)
        for model, kept in (("heyan-mini", ()), ("heyan-else", (unapproved,))):
            with model_server(lambda body: completion(unapproved), model) as served:
                bound = settings.model_copy(update={"model_url": served.url, "model_dir": folder})
                async with open_model(bound, data) as opened:
                    draft = await opened.write(task())
            assert (draft.model, draft.skeletons) == (model, kept)


async def test_no_page_of_the_service_loads_anything_from_elsewhere(settings: Settings) -> None:
    async with open_parts(settings, model=FakeModel(lambda task: [])) as parts:
        transport = httpx.ASGITransport(build_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
            assert (await client.get("/openapi.json")).status_code == 200
            assert (await client.get("/redoc")).status_code == 404
            page = (await client.get("/docs")).text
            assert not re.search(r"src=|@import|url\(|<script|<link", page)
