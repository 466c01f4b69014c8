"""Invariant 11 from outside: what is refused at one process is refused at every other, whatever is killed."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from guards.types import Scenario
from tests.app.examples import request_body
from tests.app.processes import serving
from tests.app.services import BODY
from tests.model_server import PATIENCE_SECONDS, completion, model_server

STOP = "说别再打了"


class Engine:
    """A dialogue engine: one request a call, each under an id of its own."""

    def __init__(self) -> None:
        self._calls = 0

    def ask(self, url: str, ref: str | None, *tags: str, scenario: Scenario, **changes: Any) -> dict[str, Any]:
        """The answer for a customer of whom the engine knows `tags`."""
        self._calls += 1
        body = request_body(
            scenario,
            request_id=f"call-{self._calls}",
            customer={"ref": ref, "tags": list(tags)},
            options={"deadline_ms": 20_000},
            **changes,
        )
        response = httpx.post(f"{url}/v1/scripts", json=body, timeout=PATIENCE_SECONDS)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def rules(answer: dict[str, Any]) -> list[str]:
    """What stopped a call."""
    return [finding["rule"] for finding in answer["verdict"]["findings"]]


def test_what_is_refused_here_is_refused_there(url: str, tmp_path: Path) -> None:
    engine, sell, remind = Engine(), Scenario.ACQUISITION, Scenario.BILL_REMINDER
    with model_server(lambda body: completion(BODY)) as model:
        with ExitStack() as both:
            here, there = (both.enter_context(serving(url, tmp_path / name, model.url)) for name in ("here", "there"))
            told = engine.ask(here.url, "u-1", STOP, scenario=sell)
            assert (told["action"], told["source"]) == ("speak", "approved")
            assert told["events"] == [{"type": "opt_out", "scope": "marketing"}]
            assert "营销电话" in told["text"] or "推销" in told["text"]

            refused = engine.ask(there.url, "u-1", scenario=sell)
            assert (refused["action"], rules(refused)) == ("do_not_call", ["gate.opted_out"])
            assert engine.ask(there.url, "u-1", scenario=Scenario.ACTIVATION)["action"] == "do_not_call"
            assert engine.ask(there.url, "u-1", scenario=remind)["action"] == "speak"
            assert engine.ask(there.url, "u-2", scenario=sell)["action"] == "speak"

            assert engine.ask(there.url, "u-3", STOP, scenario=remind)["events"] == [
                {"type": "opt_out", "scope": "servicing"}
            ]
            handed = engine.ask(here.url, "u-3", scenario=remind)
            assert (handed["action"], rules(handed)) == ("handoff", ["gate.asked_for_person"])
            assert "人工专员" in handed["text"]
            assert engine.ask(here.url, "u-3", scenario=remind, channel="human_agent")["action"] == "speak"
            assert rules(engine.ask(here.url, "u-3", scenario=sell)) == ["gate.opted_out"]

            assert engine.ask(here.url, "u-4", "说打错了", scenario=sell)["events"] == [{"type": "wrong_number"}]
            for process in (here, there):
                process.kill()
        with serving(url, tmp_path / "later", model.url) as later:
            assert rules(engine.ask(later.url, "u-1", scenario=sell)) == ["gate.opted_out"]
            assert rules(engine.ask(later.url, "u-3", scenario=remind)) == ["gate.asked_for_person"]
            for scenario in (sell, remind, Scenario.COLLECTION_M1):
                closed = engine.ask(later.url, "u-4", scenario=scenario)
                assert (closed["action"], rules(closed)) == ("do_not_call", ["gate.wrong_number"])
