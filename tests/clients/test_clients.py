"""Real clients hold a call of each scenario with the service: each says what the turns say."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.data import Data
from tests.app.api.doors.calls import CALLS, by_turns, played
from tests.app.listening import listening
from tests.app.turns.calls import case

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
PATIENCE_SECONDS = 120
Service = tuple[str, str]

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def service(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Where the service listens, and a key of an engine."""
    with listening(data, tmp_path_factory.mktemp("store"), key_required=True) as opened:
        yield opened


def play(client: str, service: Service, of: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """What a client heard, in its own environment."""
    order = {"client": client, "url": service[0], "key": service[1], "case": of, "lines": lines}
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("player.py")],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    heard: dict[str, Any] = json.loads(done.stdout)
    return heard


@pytest.mark.parametrize("client", ["openai", "livekit", "pipecat"])
@pytest.mark.parametrize("scenario", CALLS)
async def test_a_call_of_each_scenario(service: Service, client: str, scenario: str) -> None:
    call_id = f"{client}-{scenario}"
    of = case(CALLS[scenario][0], customer={"ref": call_id})
    heard = play(client, service, {"case": of, "call_id": call_id}, list(CALLS[scenario][1]))
    headers = {"authorization": f"Bearer {service[1]}"}
    async with httpx.AsyncClient(base_url=service[0], headers=headers) as http:
        assert heard["words"] == await played(by_turns(http, call_id), scenario, of)
    if client == "openai":
        assert heard["models"] == ["heyan"]
    if client == "pipecat":
        assert heard["again"].endswith(heard["words"][-1])
