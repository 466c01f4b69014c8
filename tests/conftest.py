"""What all tests share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests prove is remembered for this run, and not in the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HEYAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
