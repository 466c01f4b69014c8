"""Malformed requests: always the one documented error, the field named, nothing personal repeated, never a 5xx."""

import copy
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from app.data import Data
from guards.types import Scenario
from tests.app.examples import request_body
from tests.app.services import EXAMPLE, PERSON, client_of, example, open_service, writer

pytestmark = pytest.mark.asyncio(loop_scope="module")
Place = tuple[str | int, ...]
WRONG: dict[str, list[Any]] = {
    "request_id": [None, 1, "", "x" * 129, "a b", "名", [], {}, True],
    "scenario": [None, 1, "", "sell", "ACQUISITION", [], {}],
    "channel": [None, 1, "fax", {}],
    "call_time": [
        None,
        1795312800,
        1795312800.5,
        "1795312800",
        "2026-11-22T10:05:00",
        "2026-11-22",
        "2026-13-22T10:05:00+08:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "10:05",
        "",
        {},
        True,
    ],
    "callee": [None, 1, "applicant", [], {}],
    "callee.role": [None, 1, "friend", {}],
    "callee.identity_verified": [None, 1, "true", "yes", []],
    "customer": [None, 1, "u-778", []],
    "customer.ref": [1, {}, "x" * 129, True],
    "customer.age": ["25", 25.0, 25.5, -1, 131, 10**40, True, {}],
    "customer.generation": [1, "boomer", {}],
    "customer.region": [1, "tier9", []],
    "customer.tags": [None, "asked_rate", {}, [1], [None], [""], ["x" * 65], ["asked_rate"] * 51],
    "customer.surname": [1, "", "Zhang", "张三李四王", "张<b>", {}],
    "customer.honorific": [1, "Mr", {}],
    "customer.is_student": [0, "false", "no", {}],
    "customer.marketing_consent": [1, "true", {}],
    "customer.opted_out": [None, 1, "true", {}],
    "customer.pii": [None, [], "13812345678", {"mobile": 13812345678}, {"mobile": None}, {"mobile": "1" * 201}],
    "history": [None, 1, []],
    "history.connected_calls_today": [None, "0", 0.0, -1, 10**40, True],
    "history.attempts_today": [None, "1", 1.5, -1, 10_001, False],
    "facts": [None, [], "3.6", 1],
    "facts.annual_rate": [3.6, 3, "3,6", "-1", "1e3", "NaN", "３.６", "", "9" * 30, [], {}, True, "0.1234567"],
    "facts.credit_limit": [200000, 2e5, "20万", "200000.005", {}],
    "facts.approval_minutes": ["十", 10.5, -1, 10**40, [], {}, True],
    "facts.rate_method": ["compound", 1, [], {}],
    "facts.product": [1, "", "x" * 41, "{年化利率}", "贷\n款", [], {}],
    "options": [None, 1, []],
    "options.candidates": [None, "4", 0, 9, 4.0, 10**40, True],
    "options.deadline_ms": [None, "1500", 49, 30_001, 1500.0, True],
    "options.source": [None, 1, "magic"],
    "options.strategy": [1, "no_such", "x" * 65, {}],
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(data: Data, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """One service for all that it refuses."""
    async with open_service(data, tmp_path_factory.mktemp("bodies"), writer()) as parts, client_of(parts) as opened:
        yield opened


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place where something stands."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*at, key))


def _put(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value there."""
    changed: Any = copy.deepcopy(body)
    *outer, last = path.split(".")
    inner = changed
    for key in outer:
        inner = inner[key]
    inner[last] = value
    return changed  # type: ignore[no-any-return]


def _is_error(response: httpx.Response, status: int) -> list[dict[str, str]]:
    """The fields of the one documented error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    body = response.json()
    assert set(body) == {"error", "detail", "fields"}
    assert isinstance(body["error"], str)
    assert isinstance(body["detail"], str)
    assert all(set(field) == {"field", "reason"} for field in body["fields"])
    return body["fields"]  # type: ignore[no-any-return]


async def _post(client: httpx.AsyncClient, body: bytes, path: str = "/v1/scripts") -> httpx.Response:
    return await client.post(path, content=body, headers={"content-type": "application/json"})


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
async def test_a_wrong_value_is_named(client: httpx.AsyncClient, field: str, value: Any) -> None:
    fields = _is_error(await client.post("/v1/scripts", json=_put(EXAMPLE, field, value)), 422)
    assert fields
    assert all(problem["field"].startswith(field) for problem in fields)


@pytest.mark.parametrize("field", ["request_id", "scenario", "call_time", "callee", "callee.role", "customer"])
async def test_a_missing_field_is_named(client: httpx.AsyncClient, field: str) -> None:
    body = example()
    *outer, last = field.split(".")
    inner: Any = body
    for key in outer:
        inner = inner[key]
    del inner[last]
    fields = _is_error(await client.post("/v1/scripts", json=body), 422)
    assert field in [problem["field"] for problem in fields]


@pytest.mark.parametrize("place", ["", "callee", "customer", "history", "facts", "options"])
async def test_an_unknown_field_is_named_at_every_level(client: httpx.AsyncClient, place: str) -> None:
    field = f"{place}.not_known".lstrip(".")
    fields = _is_error(await client.post("/v1/scripts", json=_put(EXAMPLE, field, "x")), 422)
    assert [problem["field"] for problem in fields] == [field]


async def test_a_fact_of_another_scenario_is_named(client: httpx.AsyncClient) -> None:
    fields = _is_error(await client.post("/v1/scripts", json=_put(EXAMPLE, "facts.amount_due", "1")), 422)
    assert [problem["field"] for problem in fields] == ["facts.amount_due"]


async def test_days_overdue_must_fit_the_scenario(client: httpx.AsyncClient) -> None:
    body = _put(request_body(), "scenario", "collection_m1")
    body["facts"] = {"amount_due": "1", "due_date": "2026-10-20", "overdue_days": 31}
    fields = _is_error(await client.post("/v1/scripts", json=body), 422)
    assert [problem["field"] for problem in fields] == ["facts.overdue_days"]


async def test_age_or_generation_is_required(client: httpx.AsyncClient) -> None:
    fields = _is_error(await client.post("/v1/scripts", json=_put(EXAMPLE, "customer.age", None)), 422)
    assert [problem["field"] for problem in fields] == ["customer.age"]


_VALID = orjson.dumps(EXAMPLE)
NOT_JSON = {
    "empty": b"",
    "blank": b"  \n",
    "broken": _VALID[:-1],
    "two": _VALID + _VALID,
    "single quotes": b"{'request_id': 1}",
    "comment": _VALID + b" // why",
    "invalid UTF-8": _VALID.replace(b"u-778", b"u-\xff\xfe"),
    "overlong UTF-8": _VALID.replace(b"u-778", b"u-\xc0\x80"),
    "UTF-16": _VALID.decode().encode("utf-16"),
    "lone surrogate": _VALID.replace(b"u-778", b"\\ud83d"),
    "lone surrogate as bytes": _VALID.replace(b"u-778", b"\xed\xa0\xbd"),
    "lone surrogate in a name": _VALID.replace(b'"ref"', b'"\\ud83d"'),
    "nested 100,000 deep": b"[" * 100_000,
    "nested in a fact": b'{"facts":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001,
    "binary": bytes(range(256)),
    "a form": b"request_id=1&scenario=acquisition",
}


@pytest.mark.parametrize("path", ["/v1/scripts", "/v1/reviews"])
@pytest.mark.parametrize("name", NOT_JSON)
async def test_what_is_no_json_is_refused(client: httpx.AsyncClient, path: str, name: str) -> None:
    response = await _post(client, NOT_JSON[name], path)
    assert _is_error(response, 422) == []
    assert response.json()["error"] == "Malformed"


@pytest.mark.parametrize("path", ["/v1/scripts", "/v1/reviews"])
@pytest.mark.parametrize("body", [b"null", b"1", b'"text"', b"[]", b"[{}]", b"true", b"1e999", b"{}"])
async def test_json_that_is_no_request_is_refused(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    _is_error(await _post(client, body, path), 422)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" * 60, "1" * 5000, "-" + "9" * 400])
@pytest.mark.parametrize("field", ["facts.annual_rate", "facts.approval_minutes", "customer.age", "call_time"])
async def test_numbers_out_of_this_world_are_refused(client: httpx.AsyncClient, field: str, number: str) -> None:
    body = json.dumps(_put(EXAMPLE, field, "@")).replace('"@"', number)
    _is_error(await _post(client, body.encode()), 422)


@pytest.mark.parametrize("depth", [50, 150, 190, 250])
async def test_a_fact_nested_deeply_is_refused(client: httpx.AsyncClient, depth: int) -> None:
    body = json.dumps(_put(EXAMPLE, "facts.annual_rate", "@")).replace('"@"', "[" * depth + "]" * depth)
    _is_error(await _post(client, body.encode()), 422)


async def test_of_a_body_that_is_wrong_all_over_some_fields_are_named(client: httpx.AsyncClient) -> None:
    body = {**example(), **{f"unknown_{number}": 1 for number in range(60)}}
    assert len(_is_error(await client.post("/v1/scripts", json=body), 422)) == 50


@pytest.mark.parametrize("path", ["/v1/scripts", "/v1/reviews"])
@pytest.mark.parametrize(
    "oversized", [{f"unknown_{number}": 1 for number in range(5_000)}, {"items": [{"text": "好"}] * 40_000}]
)
async def test_far_too_many_fields_are_refused_before_each_is_looked_at(
    client: httpx.AsyncClient, path: str, oversized: dict[str, Any]
) -> None:
    response = await client.post(path, json=oversized)
    if response.status_code != 413:
        assert _is_error(response, 422) == []


async def test_a_long_name_is_cut(client: httpx.AsyncClient) -> None:
    (problem,) = _is_error(await client.post("/v1/scripts", json={**example(), "x" * 5_000: 1}), 422)
    assert problem["field"] == "x" * 80


@pytest.mark.parametrize(
    "body",
    [
        example(customer={"pii": PERSON, "ref": 1}),
        example(customer={"pii": {**PERSON, "qq": 1}}),
        example(customer={"pii": {PERSON["mobile"]: "1"}}),
        example(customer={"pii": {PERSON["name"]: 1, PERSON["id_card"]: None}}),
        example(customer={"pii": PERSON, "tags": [PERSON["name"], PERSON["mobile"]]}),
        example(customer={"pii": PERSON, "surname": PERSON["name"] + "x"}),
        {**example(customer={"pii": PERSON}), PERSON["mobile"]: 1},
        {**example(customer={"pii": PERSON}), "我的手机号" * 14 + PERSON["mobile"]: 1},
        example(customer={"pii": PERSON}, facts={PERSON["name"]: 1, "annual_rate": PERSON["mobile"]}),
        example(customer={"pii": PERSON}, facts={"product": f"{PERSON['name']}@{PERSON['mobile']}"}),
        example(customer={"pii": PERSON}, options={"strategy": PERSON["mobile"], "source": PERSON["name"]}),
        example(customer={"pii": PERSON}, call_time=PERSON["mobile"]),
        example(customer={"pii": PERSON}, request_id=PERSON["name"]),
    ],
    ids=range(13),
)
async def test_errors_repeat_no_personal_data(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await client.post("/v1/scripts", json=body)
    _is_error(response, 422)
    for value in PERSON.values():
        assert value not in response.text
        assert value[:8] not in response.text


async def test_a_review_that_is_refused_is_not_repeated(client: httpx.AsyncClient) -> None:
    items = [{"text": "我们秒批，打13812345678", "facts": {PERSON["name"]: 1}, "pii": PERSON, "stage": "no"}]
    for body in ({"items": items}, items[0], {"items": [{**items[0], "stage": None}]}):
        response = await client.post("/v1/reviews", json=body)
        _is_error(response, 422)
        assert not any(value in response.text for value in (*PERSON.values(), "秒批"))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["2026-11-22T10:05:00+08:00", "1", "3.6", "applicant", "collection_m1", "sms", "senior"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)


_NUMBERS = itertools.count()


@settings(max_examples=200, deadline=None)
@given(draw=st.data())
async def test_no_change_of_a_valid_request_brings_a_failure(client: httpx.AsyncClient, draw: st.DataObject) -> None:
    body = example(request_id=f"r-{next(_NUMBERS)}")
    for place in draw.draw(st.lists(st.sampled_from(list(_places(EXAMPLE))), min_size=1, max_size=3)):
        inner: Any = body
        try:
            for key in place[:-1]:
                inner = inner[key]
            if draw.draw(st.booleans()):
                inner[place[-1]] = draw.draw(_JSON)
            else:
                del inner[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    response = await client.post("/v1/scripts", json=body)
    if response.status_code == 200:
        assert response.json()["policy_revision"] == 1
    else:
        _is_error(response, response.status_code)
        assert response.status_code in (409, 422)


@settings(max_examples=100, deadline=None)
@given(item=st.dictionaries(st.sampled_from(["text", "scenario", "stage", "callee", "facts", "pii", "items"]), _JSON))
async def test_no_review_brings_a_failure(client: httpx.AsyncClient, item: dict[str, Any]) -> None:
    response = await client.post("/v1/reviews", json=item)
    if response.status_code != 200:
        _is_error(response, response.status_code)
        assert response.status_code in (413, 422)


@pytest.mark.parametrize("source", ["auto", "model", "pool"])
@pytest.mark.parametrize(
    ("scenario", "changes", "fields"),
    [
        ("acquisition", {"campaign_end": "2026-11-19", "quota": 0}, ["facts.quota", "facts.campaign_end"]),
        ("acquisition", {"monthly_payment": "856.5", "principal": "200000"}, ["facts.monthly_payment"]),
        ("bill_reminder", {"amount_due": "0", "min_payment": None}, ["facts.amount_due"]),
        ("collection_m1", {"due_date": "2026-11-25", "overdue_days": None}, ["facts.due_date"]),
    ],
)
async def test_facts_that_disagree_are_refused_whatever_would_write(
    scenario: str, changes: dict[str, Any], fields: list[str], source: str, client: httpx.AsyncClient
) -> None:
    body = request_body(Scenario(scenario), request_id=f"no-{scenario}-{source}", options={"source": source})
    body["facts"] |= changes
    refused = _is_error(await client.post("/v1/scripts", json=body), 422)
    assert [problem["field"] for problem in refused] == fields
