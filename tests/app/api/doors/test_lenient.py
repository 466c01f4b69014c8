"""Cases as engines carry them."""

from datetime import UTC, datetime

import pytest

from app.api.doors.lenient import read_case, read_object
from app.data import Data
from app.errors import Malformed
from tests.app.turns.calls import DEBT, SALE, case

NOW = datetime(2026, 11, 20, 2, 5, 33, tzinfo=UTC)


def test_numbers_flags_and_lists_may_come_as_texts(data: Data) -> None:
    of = case(
        DEBT,
        callee={"identity_verified": "true"},
        customer={
            "age": "33",
            "is_student": "false",
            "tags": "说没钱还,首次逾期",
            "generation": "",
            "marketing_consent": "",
        },
        history={"attempts_today": "2"},
        facts={"overdue_days": "10", "amount_due": 3460, "offers": "deferral", "deferral_periods": "3"},
    )
    read = read_case(of, data.vocabulary, NOW)
    assert read.callee.identity_verified is True
    assert (read.customer.age, read.customer.is_student, read.customer.generation) == (33, False, None)
    assert read.customer.tags == ["说没钱还", "首次逾期"]
    assert read.history.attempts_today == 2
    assert read.facts == {**DEBT["facts"], "offers": ["deferral"], "deferral_periods": 3}


def test_the_parts_of_a_case_may_be_json_in_texts(data: Data) -> None:
    of = {**SALE, "customer": '{"age": 25, "colour": "red"}', "facts": '{"product": "应急贷"}'}
    read = read_case(of, data.vocabulary, NOW)
    assert read.customer.age == 25
    assert read.facts == {"product": "应急贷"}


def test_what_no_case_has_is_passed_over(data: Data) -> None:
    of = case({**DEBT, "campaign": 7}, customer={"number": "13812345678"}, facts={"colour": "red", "min_payment": ""})
    assert read_case(of, data.vocabulary, NOW) == read_case(DEBT, data.vocabulary, NOW)


def test_without_a_time_it_is_this_minute_in_china(data: Data) -> None:
    of = {name: value for name, value in DEBT.items() if name != "call_time"}
    assert read_case(of, data.vocabulary, NOW).call_time.isoformat() == "2026-11-20T10:05:00+08:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scenario": "x"}, "scenario"),
        ({"call_time": "yesterday"}, "call_time"),
        ({"customer": {"age": "old"}}, "customer.age"),
        ({"callee": {"role": None}}, "callee.role"),
        ({"callee": {"identity_verified": "perhaps"}}, "callee.identity_verified"),
    ],
)
def test_what_is_wrong_is_named(data: Data, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_case(case(DEBT, **changes), data.vocabulary, NOW)
    assert [each.field for each in refused.value.fields] == [field]


def test_an_object_may_stand_in_a_text() -> None:
    assert read_object('{"a": 1}') == {"a": 1} == read_object({"a": 1})
    assert [read_object(each) for each in ("[1]", "x", 1, None)] == [None] * 4
