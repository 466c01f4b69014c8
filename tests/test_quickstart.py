"""The quickstart's code, run as it stands there in a process of its own, against the real service around a model."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.data import read_data
from app.metrics import Metrics
from app.settings import Settings
from heyan import errors
from tests.app.services import writer
from tests.heyan.services import Reply, scripted, served

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "quickstart.md").read_text("utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service on an empty store."""
    folder = tmp_path_factory.mktemp("served")
    data = read_data(Settings(data_dir=folder), Metrics())
    with served(data, folder, writer()) as address:
        yield address


def shown(program: str, url: str) -> list[str]:
    """The lines that a program of the page prints, with this service's address and all the time it needs."""
    assert "http://127.0.0.1:8000" in program
    assert "timeout=2.0" in program
    code = program.replace("http://127.0.0.1:8000", url).replace("timeout=2.0", "timeout=30")
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def test_the_first_script_is_spoken_and_the_promise_is_found(url: str) -> None:
    script, review = shown(PROGRAMS[0], url)
    assert script.startswith("speak model 李女士")
    assert "3.6%" in script
    assert review.startswith("block ")
    assert "promise.guaranteed_approval" in review


def test_the_engine_speaks_hands_over_and_leaves_in_peace(url: str) -> None:
    lines = shown(PROGRAMS[1], url)
    spoken = [line for line in lines if line.startswith("call-1 says ")]
    assert len(spoken) > 2
    assert "百分之三点六" in "".join(spoken)
    assert "call-2 is not made: gate.opted_out" in lines
    assert "call-3 goes to a person" in lines
    assert {line.split()[0] for line in lines} == {"call-1", "call-2", "call-3"}


def test_the_engine_says_nothing_where_the_service_cannot_answer() -> None:
    with scripted(Reply(500)) as broken:
        lines = shown(PROGRAMS[1], broken.url)
    assert sorted(lines) == [f"call-{number} says nothing: 500" for number in (1, 2, 3)]


def test_the_client_loads_nothing_of_the_service() -> None:
    look = "import heyan, sys; print(*({name.split('.')[0] for name in sys.modules} & {'app', 'guards', 'pydantic'}))"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_error_that_a_caller_can_meet_is_in_the_table() -> None:
    table = PAGE[PAGE.index("| exception |") :]
    classes = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.HeyanError)
    }
    named = set(re.findall(r"`([A-Z]\w+)`", table))
    assert classes - named == {"HeyanError", "Refused", "NotFound"}
