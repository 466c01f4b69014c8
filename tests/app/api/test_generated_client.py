"""A client that openapi-python-client generates from the description, installed, against a server that listens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.data import Data
from tests.app.listening import listening

PROGRAM = Path(__file__).with_name("client_program.py")
GENERATOR = Path(sys.prefix) / "generator"
"""Where `make setup` installs the generator, apart from all else: docs/decisions/0024-the-generator-stands-apart.md."""


def _run(*command: str, path: Path | None = None, cwd: Path) -> str:
    """What a program prints; `path` holds more modules for it."""
    search = os.pathsep.join(map(str, [*([path] if path else []), GENERATOR]))
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PYTHONPATH": search, "PATH": programs}
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a generated client was installed into."""
    folder = tmp_path_factory.mktemp("client")
    with listening(data, tmp_path_factory.mktemp("store")) as (url, _):
        (folder / "openapi.json").write_bytes(httpx.get(f"{url}/openapi.json").content)
    generate = ("-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "setup")
    said = _run(*generate, "--output-path", "sources", "--fail-on-warning", cwd=folder)
    assert "Warning" not in said
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps")
    _run(*pip, "--no-build-isolation", "--target", "installed", "./sources", cwd=folder)
    return folder / "installed"


def test_it_writes_reviews_and_tells_errors_apart(installed: Path, data: Data, tmp_path: Path) -> None:
    with listening(data, tmp_path, key_required=True) as (url, key):
        document = httpx.get(f"{url}/openapi.json").json()
        example = document["components"]["examples"]["ScriptRequest.acquisition"]["value"]
        example["options"]["deadline_ms"] = 30_000
        printed = _run(str(PROGRAM), url, key, json.dumps(example), path=installed, cwd=tmp_path)
    told = json.loads(printed)
    assert (told["script"]["kind"], told["script"]["action"]) == ("ScriptAnswer", "speak")
    assert "3.6%" in told["script"]["text"]
    assert told["review"] == {"kind": "ReviewAnswer", "action": "block"}
    assert told["batch"] == {"kind": "ReviewBatchAnswer", "actions": ["allow"]}
    assert told["noted"] == ["opt_out"]
    assert told["asked"] == [202, "asked"]
    assert told["closed"] == ["gate.opted_out", "gate.opted_out"]
    assert told["changes"] == [["opt_out", "closed"]]
    assert told["scenarios"] == list(data.vocabulary.scenarios)
    assert told["refused"] == [401, "ErrorAnswer", "Unauthenticated"]
    assert told["malformed"] == [422, "ErrorAnswer", "facts.monthly_rate"]
