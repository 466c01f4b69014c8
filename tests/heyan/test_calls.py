"""What a call sends, and how long it may be waited for."""

import json
from math import inf
from typing import Any

import pytest

from heyan.calls import Call, contact_call, events_call, review_call, reviews_call, script_call


def sent(call: Call[Any]) -> Any:
    """The body of a call."""
    assert call.body is not None
    return json.loads(call.body)


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(2.0, 1750), (0.5, 400), (0.01, 50), (30.0, 29_750), (600.0, 30_000)]
)
def test_the_service_is_told_how_long_is_waited_less_the_way(seconds: float, milliseconds: int) -> None:
    assert sent(script_call({"scenario": "acquisition"}, seconds))["options"] == {"deadline_ms": milliseconds}


def test_a_shorter_deadline_of_the_order_counts_and_each_attempt_ends_soon_after_it() -> None:
    call = script_call({"options": {"deadline_ms": 400, "source": "pool"}}, 2.0)
    assert sent(call)["options"] == {"deadline_ms": 400, "source": "pool"}
    assert call.patience == pytest.approx(0.65)


def test_a_longer_deadline_than_the_time_there_is_is_shortened() -> None:
    assert sent(script_call({"options": {"deadline_ms": 20_000}}, 2.0))["options"] == {"deadline_ms": 1750}


@pytest.mark.parametrize("options", [{"deadline_ms": "soon"}, ["deadline_ms"]])
def test_options_that_make_no_sense_are_left_for_the_service_to_refuse(options: Any) -> None:
    call = script_call({"options": options}, 2.0)
    assert sent(call)["options"] == options
    assert call.patience == inf


def test_an_order_without_a_request_id_gets_one_of_its_own() -> None:
    one, other = (sent(script_call({}, 2.0))["request_id"] for _ in range(2))
    assert one != other
    assert sent(script_call({"request_id": "mine"}, 2.0))["request_id"] == "mine"


def test_the_same_order_is_sent_as_the_same_bytes() -> None:
    order = {"request_id": "c-1", "scenario": "acquisition"}
    assert script_call(order, 2.0).body == script_call(order, 2.0).body
    assert order == {"request_id": "c-1", "scenario": "acquisition"}


def test_an_explained_script_is_asked_for_in_the_address() -> None:
    assert script_call({}, 2.0, explain=True).path == "/v1/scripts?explain=true"
    assert script_call({}, 2.0).path == "/v1/scripts"


def test_reviews_take_texts_with_and_without_a_scene() -> None:
    assert sent(review_call("您好", {"stage": "body"})) == {"text": "您好", "stage": "body"}
    assert sent(reviews_call(["您好", {"text": "再见", "channel": "sms"}])) == {
        "items": [{"text": "您好"}, {"text": "再见", "channel": "sms"}]
    }


def test_a_reference_is_one_part_of_the_path_whatever_it_is() -> None:
    assert contact_call("A.b_c:9-").path == "/v1/contacts/A.b_c%3A9-"
    assert contact_call("../scripts?x").path == "/v1/contacts/..%2Fscripts%3Fx"
    assert events_call("u/1", []).path == "/v1/contacts/u%2F1/events"


def test_events_are_sent_together() -> None:
    events = ({"type": kind} for kind in ("opt_out", "complaint"))
    assert sent(events_call("u-1", events)) == {"events": [{"type": "opt_out"}, {"type": "complaint"}]}
