"""POST /v1/reviews: one text or many, what was checked, where it is wrong, and how it reads masked."""

from typing import Any

import httpx
import pytest

from app.parts import Parts
from tests.app.services import PERSON

ANSWER = {"action", "findings", "masked_text", "checked", "policy_revision", "policy_digest"}
FACTS = {"product": "应急贷", "annual_rate": "3.6", "rate_method": "simple"}


async def review(client: httpx.AsyncClient, **item: Any) -> dict[str, Any]:
    """A single review that is answered with 200."""
    response = await client.post("/v1/reviews", json=item)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert set(answer) == ANSWER
    assert answer["policy_revision"] == 1
    return answer


def rules(answer: dict[str, Any]) -> set[str]:
    """The rules that were broken."""
    return {finding["rule"] for finding in answer["findings"]}


async def test_a_harmless_text(client: httpx.AsyncClient) -> None:
    answer = await review(client, text="您好，请问现在方便吗？")
    assert (answer["action"], answer["findings"]) == ("allow", [])
    assert answer["masked_text"] == "您好，请问现在方便吗？"


async def test_a_text_that_may_not_be_said(client: httpx.AsyncClient) -> None:
    answer = await review(client, text="您放心，百分百获批。", scenario="acquisition", stage="body")
    assert answer["action"] == "block"
    assert "百分百获批" in [answer["masked_text"][slice(*finding["span"])] for finding in answer["findings"]]
    for finding in answer["findings"]:
        assert set(finding) == {"rule", "guard", "action", "reason", "span", "replacement"}


@pytest.mark.parametrize("before", ["", "😀", "👨‍👩‍👧‍👦🇨🇳", "𠮷野家", "é́", "\u200b\ufeff", "ｈｅｌｌｏ　"])
async def test_spans_are_code_points_of_the_text_as_sent(client: httpx.AsyncClient, before: str) -> None:
    text = f"{before}我们这边百分百获批😀，张三的手机13812345678。"
    answer = await review(client, text=text, pii={"name": "张三"})
    found = {text[slice(*finding["span"])] for finding in answer["findings"] if finding["span"]}
    assert {"百分百获批", "张三", "13812345678"} <= found
    assert answer["masked_text"].startswith(f"{before}我们这边百分百获批😀，")
    assert "张三" not in answer["masked_text"]
    assert "13812345678" not in answer["masked_text"]


async def test_personal_data_are_masked(client: httpx.AsyncClient) -> None:
    text = f"您是{PERSON['name']}吗？身份证{PERSON['id_card']}，手机{PERSON['mobile']}。"
    answer = await review(client, text=text, pii=PERSON)
    assert answer["action"] == "mask"
    assert not any(value in answer["masked_text"] for value in PERSON.values())
    assert all(finding["replacement"] for finding in answer["findings"])


@pytest.mark.parametrize(
    ("item", "checked"),
    [
        ({}, ["phrases", "personal_data"]),
        ({"stage": "body"}, ["phrases", "personal_data"]),
        ({"facts": {}}, ["phrases", "personal_data", "grounding"]),
        ({"facts": FACTS}, ["phrases", "personal_data", "grounding"]),
        ({"scenario": "acquisition"}, ["phrases", "personal_data", "disclosures"]),
        ({"scenario": "acquisition", "stage": "body"}, ["phrases", "personal_data"]),
        ({"scenario": "acquisition", "facts": FACTS}, ["phrases", "personal_data", "grounding", "disclosures"]),
    ],
)
async def test_what_is_absent_is_not_checked(
    client: httpx.AsyncClient, item: dict[str, Any], checked: list[str]
) -> None:
    answer = await review(client, text="年化利率是百分之九。", **item)
    assert answer["checked"] == checked
    guards = {finding["guard"] for finding in answer["findings"]}
    assert ("grounding" in guards) is ("grounding" in checked)
    assert ("disclosures" in guards) is ("disclosures" in checked)


async def test_a_whole_script_owes_disclosures_and_a_piece_does_not(client: httpx.AsyncClient) -> None:
    text = "您好，想跟您介绍一下产品。"
    whole = await review(client, text=text, scenario="acquisition", channel="ai_voice")
    missing = [finding for finding in whole["findings"] if finding["guard"] == "disclosures"]
    assert missing
    assert all(finding["span"] is None for finding in missing)
    assert whole["action"] != "allow"
    piece = await review(client, text=text, scenario="acquisition", channel="ai_voice", stage="body")
    assert piece["action"] == "allow"


async def test_numbers_are_compared_with_the_facts(client: httpx.AsyncClient) -> None:
    right = await review(client, text="单利年化利率3.6%。", scenario="acquisition", stage="body", facts=FACTS)
    assert right["action"] == "allow"
    wrong = await review(client, text="单利年化利率3.5%。", scenario="acquisition", stage="body", facts=FACTS)
    assert wrong["action"] == "block"


async def test_facts_need_no_scenario(client: httpx.AsyncClient) -> None:
    answer = await review(client, text="应还1234.5元。", facts={"amount_due": "1234.5"})
    assert "grounding" not in {finding["guard"] for finding in answer["findings"]}


async def test_before_verification_a_debt_may_not_be_named(client: httpx.AsyncClient) -> None:
    item = {"text": "您有一笔逾期欠款没有还。", "scenario": "collection_m1", "stage": "open"}
    unverified = await review(client, **item, callee={"role": "debtor", "identity_verified": False})
    verified = await review(client, **item, callee={"role": "debtor", "identity_verified": True})
    silent = await review(client, **item)
    assert unverified["action"] == "block"
    assert rules(unverified) > rules(verified)
    assert rules(silent) == rules(verified)


async def test_somebody_else_is_never_the_verified_person(client: httpx.AsyncClient) -> None:
    item = {"text": "您有一笔逾期欠款没有还。", "scenario": "collection_m1", "stage": "open"}
    answer = await review(client, **item, callee={"role": "contact", "identity_verified": True})
    assert answer["action"] == "block"


async def test_a_thousand_texts_in_order(client: httpx.AsyncClient) -> None:
    items = [{"text": f"第{number}条，{'百分百获批' if number % 7 == 0 else '您好'}"} for number in range(1_000)]
    response = await client.post("/v1/reviews", json={"items": items})
    assert response.status_code == 200
    assert set(response.json()) == {"items"}
    answers = response.json()["items"]
    assert [answer["masked_text"] for answer in answers] == [item["text"] for item in items]
    assert [answer["action"] == "block" for answer in answers] == [number % 7 == 0 for number in range(1_000)]
    assert {answer["policy_revision"] for answer in answers} == {1}
    assert all(set(answer) == ANSWER for answer in answers)


async def test_a_batch_may_mix_scenarios(client: httpx.AsyncClient) -> None:
    items = [
        {"text": "单利年化利率3.5%。", "scenario": "acquisition", "stage": "body", "facts": FACTS},
        {"text": "单利年化利率3.5%。"},
        {"text": "我是13812345678", "channel": "sms"},
    ]
    answers = (await client.post("/v1/reviews", json={"items": items})).json()["items"]
    assert [answer["action"] for answer in answers] == ["block", "allow", "mask"]


async def test_a_batch_of_one_and_of_none(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/reviews", json={"items": []})).json() == {"items": []}
    (answer,) = (await client.post("/v1/reviews", json={"items": [{"text": "您好"}]})).json()["items"]
    assert set(answer) == ANSWER


async def test_more_than_a_thousand_are_too_many(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/reviews", json={"items": [{"text": "好"}] * 1_001})
    assert response.status_code == 413
    assert response.json()["error"] == "TooLarge"
    assert [problem["field"] for problem in response.json()["fields"]] == ["items"]


@pytest.mark.parametrize("character", ["好", "😀", "a", "1"])
async def test_ten_thousand_characters_are_examined(client: httpx.AsyncClient, character: str) -> None:
    text = character * 9_995 + "百分百获批"
    answer = await review(client, text=text)
    assert answer["action"] == "block"
    assert [9_995, 10_000] in [finding["span"] for finding in answer["findings"]]


async def test_one_more_is_too_long(client: httpx.AsyncClient) -> None:
    long = "好" * 10_001
    for body, field in (({"text": long}, "text"), ({"items": [{"text": "好"}, {"text": long}]}, "items.1.text")):
        response = await client.post("/v1/reviews", json=body)
        assert response.status_code == 413
        assert response.json()["error"] == "TooLarge"
        assert [problem["field"] for problem in response.json()["fields"]] == [field]
        assert "好" not in response.text


async def test_an_empty_text_is_harmless(client: httpx.AsyncClient) -> None:
    answer = await review(client, text="")
    assert (answer["action"], answer["masked_text"]) == ("allow", "")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["text"]),
        ({"text": None}, ["text"]),
        ({"text": 1}, ["text"]),
        ({"text": "好", "why": 1}, ["why"]),
        ({"text": "好", "scenario": "sell"}, ["scenario"]),
        ({"text": "好", "stage": "middle"}, ["stage"]),
        ({"text": "好", "channel": "fax"}, ["channel"]),
        ({"text": "好", "callee": {"role": "friend"}}, ["callee.role"]),
        ({"text": "好", "callee": {"role": "debtor", "x": 1}}, ["callee.x"]),
        ({"text": "好", "facts": []}, ["facts"]),
        ({"text": "好", "facts": {"annual_rate": 3.6}}, ["facts.annual_rate"]),
        ({"text": "好", "facts": {"no_fact": 1}}, ["facts.no_fact"]),
        ({"text": "好", "facts": {"amount_due": "1"}, "scenario": "acquisition"}, ["facts.amount_due"]),
        ({"text": "好", "pii": {"name": 1}}, ["pii.name"]),
        ({"items": None}, ["items"]),
        ({"items": {}}, ["items"]),
        ({"items": [1]}, ["items.0"]),
        ({"items": [{"text": "好"}, {}]}, ["items.1.text"]),
        ({"items": [{"text": "好", "why": 1}]}, ["items.0.why"]),
        ({"items": [], "text": "好"}, ["text"]),
        ({"items": [{"text": "好"}, {"text": "好", "facts": {"x": 1}}]}, ["items.1.facts.x"]),
        (
            {"items": [{"text": "好", "facts": {"annual_rate": 1}}, {"text": "好", "facts": {"x": 1}}]},
            ["items.0.facts.annual_rate", "items.1.facts.x"],
        ),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, body: dict[str, Any], fields: list[str]) -> None:
    response = await client.post("/v1/reviews", json=body)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == fields


async def test_a_batch_with_one_wrong_item_examines_nothing(client: httpx.AsyncClient, parts: Parts) -> None:
    body = {"items": [{"text": "好"}, {"text": "好", "facts": {"x": 1}}]}
    assert (await client.post("/v1/reviews", json=body)).status_code == 422
    assert await parts.log.recent() == []
