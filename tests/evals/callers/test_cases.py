"""What a service is told of a call: requests that it takes, with a customer's own facts on top."""

import orjson
import pytest

from app.api.bodies import parse_body
from app.turns.request import TurnRequest
from evals.callers.cases import case_of
from evals.callers.command import CUSTOMERS
from evals.callers.customers import Customer, read_customers


@pytest.mark.parametrize("customer", read_customers(CUSTOMERS), ids=lambda each: each.id)
def test_every_customers_case_is_a_request(customer: Customer) -> None:
    body = {"call_id": "c", "turn": 0, "case": case_of(customer, "ref"), "transcript": []}
    assert parse_body(orjson.dumps(body), TurnRequest).case.scenario == customer.scenario


def test_a_customers_own_facts_stand_above_the_usual_ones() -> None:
    [minimum] = [each for each in read_customers(CUSTOMERS) if each.id == "bill_minimum_only"]
    facts = case_of(minimum, "ref")["facts"]
    assert (facts["amount_due"], facts["min_payment"], facts["due_date"]) == ("5200", "520", "2026-11-25")
