"""Requests that schemathesis makes up from the description: no 500, and no answer that it does not describe."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.data import Data
from app.records import Role
from tests.app.api.test_description import OPERATIONS
from tests.app.listening import listening

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TOLD = [path for path in OPERATIONS if path.startswith(("/v1/scripts", "/v1/reviews", "/v1/contacts", "/v1/decisions"))]
"""Routes that are told something: there a request can break the contract."""
Service = tuple[str, str]
SAMPLE, MANY = 15, 500
"""Requests of each kind to each route: beside the other tests, and by nature long."""


@pytest.fixture(scope="module")
def service(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Where the service listens, and a key that opens everything."""
    with listening(data, tmp_path_factory.mktemp("store"), roles=list(Role)) as opened:
        yield opened


def _ask(service: Service, path: str, mode: GenerationMode, examples: int) -> None:
    """Send requests of one path, with each of its methods, that follow the description, or break it."""
    address, key = service
    document: dict[str, Any] = httpx.get(f"{address}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    # Nobody guesses what is there: where a path names it, there is nothing of that name.
    expected = {200, 404, 422} if "{" in path else {200, 400, 422}
    for method in document["paths"][path]:
        assert (
            _statuses(address, key, schema[path][method.upper()].as_strategy(generation_mode=mode), examples) & expected
        ), method


def _statuses(address: str, key: str, cases: SearchStrategy[Case[Any]], examples: int) -> set[int]:
    """How these requests were answered, all as described."""
    statuses = set()
    headers = {"authorization": f"Bearer {key}"}

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: Case[Any]) -> None:
        statuses.add(case.call_and_validate(base_url=address, headers=headers, checks=CHECKS).status_code)

    ask()
    return statuses


@pytest.mark.parametrize("path", OPERATIONS)
def test_requests_as_described(service: Service, path: str) -> None:
    _ask(service, path, GenerationMode.POSITIVE, SAMPLE)


@pytest.mark.parametrize("path", TOLD)
def test_requests_that_break_the_contract(service: Service, path: str) -> None:
    _ask(service, path, GenerationMode.NEGATIVE, SAMPLE)


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", TOLD)
def test_many_requests(service: Service, path: str, mode: GenerationMode) -> None:
    _ask(service, path, mode, MANY)
