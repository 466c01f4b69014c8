"""How an order is written: exactly, and without an error that holds its text."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import get_args

import pytest
from pydantic import BaseModel

from app.requests import CalleeRequest, CustomerRequest, HistoryRequest, OptionsRequest, ReviewItem, ScriptRequest
from guards.types import Channel, Role, Scenario
from heyan import orders
from heyan.orders import json_of


def test_decimals_become_strings_and_times_iso_8601() -> None:
    value = {"rate": Decimal("3.60"), "at": datetime(2026, 11, 22, 10, 5, tzinfo=UTC), "due": date(2026, 11, 25)}
    assert json.loads(json_of(value)) == {"rate": "3.60", "at": "2026-11-22T10:05:00+00:00", "due": "2026-11-25"}


def test_enumerations_mappings_and_tuples_are_written_as_json_has_them() -> None:
    value = {"scenario": Scenario.ACQUISITION, "facts": MappingProxyType({"terms": (6, 12)}), "tags": {"a"}}
    assert json.loads(json_of(value)) == {"scenario": "acquisition", "facts": {"terms": [6, 12]}, "tags": ["a"]}


def test_chinese_is_written_as_it_is() -> None:
    assert json_of({"text": "您好"}) == '{"text":"您好"}'.encode()


def test_half_a_character_is_left_for_the_service_to_refuse() -> None:
    assert json_of("\ud800") == b'"\xed\xa0\x80"'


def test_what_json_does_not_have_is_named_by_its_type_only() -> None:
    with pytest.raises(TypeError, match=r"^bytes cannot be sent as JSON$"):
        json_of({"text": "张三".encode()})
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_of({"rate": float("nan")})


def test_the_typed_order_has_the_fields_that_the_service_takes() -> None:
    pairs: list[tuple[type, type[BaseModel]]] = [
        (orders.ScriptOrder, ScriptRequest),
        (orders.Callee, CalleeRequest),
        (orders.Customer, CustomerRequest),
        (orders.History, HistoryRequest),
        (orders.Options, OptionsRequest),
        (orders.ReviewItem, ReviewItem),
    ]
    for typed, model in pairs:
        assert set(typed.__annotations__) == set(model.model_fields), typed


def test_the_typed_words_are_those_of_the_service() -> None:
    assert set(get_args(orders.Scenario)) == set(Scenario)
    assert set(get_args(orders.Channel)) == set(Channel)
    assert set(get_args(orders.Role)) == set(Role)
