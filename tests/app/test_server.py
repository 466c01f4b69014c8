"""A service in a process of its own ends in order when it is told to."""

import json
from pathlib import Path
from typing import Any

from tests.app.processes import Process, serving
from tests.app.services import BODY
from tests.model_server import completion, model_server


def _lines(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.said.read_text("utf-8").splitlines() if line.startswith("{")]


def test_a_process_that_is_told_to_stop_says_the_head_of_the_trail_last(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'heyan.sqlite3'}"
    with model_server(lambda body: completion(BODY)) as model, serving(store, tmp_path / "data", model.url) as process:
        process.stop()
        told = [line["event"] for line in _lines(process)]
    heads = [place for place, event in enumerate(told) if event == "head of the audit trail"]
    assert len(heads) == 2, told
    assert told[heads[1] :] == ["head of the audit trail", "stopped"]
