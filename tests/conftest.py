"""What all tests share: no test is timed by accident, each leaves the logs as they were, and proofs are made once."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from _pytest.logging import LogCaptureHandler
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine only; the profile `ci` is as patient.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new folder of this run, which is the same one for all workers of pytest-xdist."""
    workers = tmp_path_factory.getbasetemp()
    own_run = workers.parent if workers.name.startswith("popen-") else workers
    folder = own_run / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _own_cache(shared_folder: Path) -> Iterator[None]:
    """What the tests prove is remembered for this run, and not in the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HEYAN_CACHE_DIR", str(shared_folder / "cache"))
        yield


def _logging_setup() -> dict[str, Any]:
    """The process's set-up of logs, apart from what pytest itself adds to it around each test."""
    root = logging.getLogger()
    return {
        "structlog": {name: value for name, value in structlog.get_config().items() if name != "processors"},
        "structlog's processors": list(structlog.get_config()["processors"]),
        "handlers": [handler for handler in root.handlers if not isinstance(handler, LogCaptureHandler)],
        "level": root.level,
        "least level of all loggers": logging.root.manager.disable,
    }


@pytest.fixture(autouse=True)
def _logs_are_left_as_they_were() -> Iterator[None]:
    """A test that leaves the process's logs set up otherwise fails: the next one would log as it says."""
    before = _logging_setup()
    yield
    after = _logging_setup()
    changed = [name for name, value in before.items() if after[name] != value]
    assert not changed, f"the test changed and did not restore: {', '.join(changed)}"
