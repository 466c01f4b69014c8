"""What the log says of the service itself: start, policy, model, stop."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.api.service_log import digest_of, log_start
from app.application import build_app
from app.parts import Parts
from app.server import Server
from app.settings import ROOT, Settings

Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Logged:
    """What was logged since the last look, without times."""

    def lines() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        assert all(line.pop("timestamp") for line in found)
        return found

    return lines


def test_a_start_is_three_lines(parts: Parts, logged: Logged) -> None:
    log_start(parts, Settings(), "127.0.0.1:8000")
    started, policy, model = logged()
    assert started.pop("version")
    assert started == {
        "event": "started",
        "level": "info",
        "address": "127.0.0.1:8000",
        "store": "sqlite",
        "prompts": digest_of(ROOT / "prompts"),
        "lexicons": parts.policy.current.lexicon.digest,
    }
    assert policy == {
        "event": "policy in force",
        "level": "info",
        "revision": 1,
        "digest": parts.policy.current.digest,
        "rules": len(parts.policy.current.lexicon.places),
    }
    assert policy["rules"] >= 50
    assert model == {
        "event": "model",
        "level": "info",
        "kind": "embedded",
        "name": "heyan-mini",
        "state": "unknown",
    }


@pytest.mark.parametrize(("is_answering", "state"), [(None, "unknown"), (True, "ready"), (False, "not answering")])
def test_a_model_is_ready_or_not(is_answering: bool | None, state: str, parts: Parts, logged: Logged) -> None:
    parts.model_health.is_answering = is_answering
    log_start(parts, Settings(), "127.0.0.1:8000")
    assert logged()[-1]["state"] == state


def test_no_key_and_no_password_is_told(parts: Parts, logged: Logged) -> None:
    settings = Settings(
        database_url="postgresql+asyncpg://heyan:geheim@db.example/heyan?password=geheim",
        model_url="http://user:geheim@gpu-1:8001/v1?key=geheim, http://gpu-2:8001",
        model_key="geheim",
        model_name="heyan-mini",
    )
    log_start(parts, settings, "0.0.0.0:8000")
    lines = logged()
    assert "geheim" not in json.dumps(lines)
    assert lines[0]["store"] == "postgresql"
    assert lines[2]["servers"] == ["http://gpu-1:8001", "http://gpu-2:8001"]
    assert (lines[2]["kind"], lines[2]["name"]) == ("servers", "heyan-mini")


class Stopping(Server):
    """A server that stops as soon as it serves."""

    async def main_loop(self) -> None:
        return


def server_of(parts: Parts, port: int) -> Server:
    config = uvicorn.Config(build_app(parts), host="127.0.0.1", port=port, log_config=None, log_level="critical")
    return Stopping(config, parts, Settings())


async def test_start_and_stop_are_told_once_each(parts: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    await server_of(parts, 0).serve()
    said = capsys.readouterr()
    events = [json.loads(line) for line in said.err.splitlines()]
    assert [line["event"] for line in events] == ["started", "policy in force", "model", "stopped"]
    assert f"http://{events[0]['address']} " in said.out


async def test_a_server_that_cannot_listen_tells_neither_start_nor_stop(parts: Parts, logged: Logged) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit):
            await server_of(parts, taken.getsockname()[1]).serve()
    assert logged() == []


def test_a_file_that_cannot_be_read_does_not_silence_the_start(parts: Parts, logged: Logged, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "stray").symlink_to("/proc/self/mem")
    log_start(parts, Settings(prompts_dir=tmp_path / "prompts"), "127.0.0.1:8000")
    assert [line["event"] for line in logged()] == ["started", "policy in force", "model"]


def test_an_empty_address_of_servers_means_the_embedded_model(parts: Parts, logged: Logged) -> None:
    log_start(parts, Settings(model_url=""), "127.0.0.1:8000")
    assert logged()[2]["kind"] == "embedded"


def test_a_digest_changes_with_names_and_with_bytes(tmp_path: Path) -> None:
    found = []
    for name, content in (("a", "1"), ("a", "2"), ("b", "1")):
        folder = tmp_path / f"{name}{content}"
        (folder / "below").mkdir(parents=True)
        (folder / "below" / name).write_text(content)
        found.append(digest_of(folder))
    assert len(set(found)) == 3
    assert digest_of(folder) == found[-1]
