"""Requests that schemathesis makes up from the description: no 500, and no answer that it does not describe."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.data import Data
from tests.app.api.test_description import OPERATIONS
from tests.app.listening import listening

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TOLD = [path for path in OPERATIONS if path.startswith(("/v1/scripts", "/v1/reviews", "/v1/contacts"))]
"""Routes that are told something: there a request can break the contract."""
SAMPLE, MANY = 15, 500
"""Requests of each kind to each route: beside the other tests, and by nature long."""


@pytest.fixture(scope="module")
def address(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service listens."""
    with listening(data, tmp_path_factory.mktemp("store")) as (url, _):
        yield url


def _ask(address: str, path: str, mode: GenerationMode, examples: int) -> None:
    """Send requests of one route that follow the description, or break it."""
    document: dict[str, Any] = httpx.get(f"{address}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    [method] = document["paths"][path]
    operation = schema[path][method.upper()]
    statuses = set()

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        statuses.add(case.call_and_validate(base_url=address, checks=CHECKS).status_code)

    ask()
    assert statuses & {200, 404, 422}


@pytest.mark.parametrize("path", OPERATIONS)
def test_requests_as_described(address: str, path: str) -> None:
    _ask(address, path, GenerationMode.POSITIVE, SAMPLE)


@pytest.mark.parametrize("path", TOLD)
def test_requests_that_break_the_contract(address: str, path: str) -> None:
    _ask(address, path, GenerationMode.NEGATIVE, SAMPLE)


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", TOLD)
def test_many_requests(address: str, path: str, mode: GenerationMode) -> None:
    _ask(address, path, mode, MANY)
