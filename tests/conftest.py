"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its processes share: pytest-xdist puts the folder of each worker into it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _own_cache(run_folder: Path) -> Iterator[None]:
    """What the tests prove is remembered for this run, and not in the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HEYAN_CACHE_DIR", str(run_folder / "cache"))
        yield
