"""GET /v1/vocabulary: everything that a request may name."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.data import Data
from app.parts import Parts
from app.policy import Ruling
from tests.app.examples import request_body


@pytest.fixture
async def page(client: httpx.AsyncClient) -> dict[str, Any]:
    """The vocabulary as it is answered."""
    response = await client.get("/v1/vocabulary")
    assert response.status_code == 200
    answered: dict[str, Any] = response.json()
    return answered


async def test_it_names_what_the_contract_lists(page: dict[str, Any]) -> None:
    assert [scenario["id"] for scenario in page["scenarios"]] == [
        "acquisition",
        "activation",
        "bill_reminder",
        "collection_m1",
        "collection_m2",
        "collection_m3_plus",
    ]
    assert [generation["id"] for generation in page["generations"]] == ["gen_z", "young", "middle_aged", "senior"]
    assert [generation["ages"] for generation in page["generations"]][:3] == [[18, 27], [28, 39], [40, 59]]
    assert page["stages"] == ["open", "verify", "body", "disclose", "close"]
    assert page["channels"] == ["ai_voice", "human_agent", "sms"]
    assert page["roles"] == ["applicant", "debtor", "guarantor", "contact", "unrelated", "unknown"]
    assert {tag["label"] for tag in page["tags"]} >= {"实时浏览应急贷", "咨询过利率"}
    assert page["policy_revision"] == 1


async def test_facts_have_a_type_a_unit_and_the_scenarios_that_need_them(page: dict[str, Any]) -> None:
    facts = {fact["name"]: fact for fact in page["facts"]}
    marketing = "product annual_rate rate_method credit_limit monthly_rate approval_minutes first_loan_discount"
    marketing += " monthly_payment terms free_interest_days campaign_end quota fees"
    servicing = "product amount_due due_date min_payment monthly_payment overdue_days card_tail deferral_periods"
    servicing += " hotline repay_channel offers"
    for names, scenario in ((marketing, "acquisition"), (marketing, "activation"), (servicing, "bill_reminder")):
        for name in names.split():
            assert scenario in facts[name]["required_in"] + facts[name]["optional_in"]
    for scenario in ("collection_m1", "collection_m2", "collection_m3_plus"):
        assert all(scenario in facts[n]["required_in"] + facts[n]["optional_in"] for n in servicing.split())
    assert facts["annual_rate"]["type"] == "decimal"
    assert facts["annual_rate"]["unit"] == "percent per year"
    assert facts["offers"]["choices"] == ["deferral", "instalment", "waiver"]
    assert "acquisition" in facts["annual_rate"]["required_in"]


async def test_a_request_made_of_its_examples_is_taken(client: httpx.AsyncClient, page: dict[str, Any]) -> None:
    for scenario in ("acquisition", "activation", "bill_reminder"):
        facts = {
            fact["name"]: fact["example"]
            for fact in page["facts"]
            if scenario in fact["required_in"] + fact["optional_in"]
        }
        if scenario == "bill_reminder":
            del facts["overdue_days"]  # a bill that is reminded of is not overdue
        body = {**request_body(request_id=scenario), "scenario": scenario, "facts": facts}
        response = await client.post("/v1/scripts", json=body)
        assert (response.status_code, response.json()["action"]) == (200, "speak"), response.text


async def test_it_names_the_revision_in_force(client: httpx.AsyncClient, parts: Parts, data: Data) -> None:
    await client.get("/v1/vocabulary")
    parts.policy.swap(Ruling(replace(data.policy, revision=5), data.wording))
    assert (await client.get("/v1/vocabulary")).json()["policy_revision"] == 5
