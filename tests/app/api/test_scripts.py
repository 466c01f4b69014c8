"""POST /v1/scripts: what is answered, and in which shape."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.data import Data
from app.parts import Parts
from app.policy import Ruling
from guards.panel import Panel
from guards.types import Channel, Scenario
from tests.app.examples import request_body
from tests.app.services import BODY, PERSON, example
from tests.fakes import FakeModel

ANSWER = {
    "script_id",
    "request_id",
    "action",
    "text",
    "segments",
    "delivery",
    "generation",
    "strategy",
    "source",
    "verdict",
    "attempts",
    "policy_revision",
    "policy_digest",
    "prompt_version",
    "model",
    "events",
    "ignored_tags",
    "timing_ms",
}
FINDING = {"rule", "guard", "action", "reason", "span", "replacement"}
DEBT_WORDS = ("还款", "欠", "逾期", "账单", "贷", "金额", "催", "债", "应还", "期")


async def write(client: httpx.AsyncClient, body: dict[str, Any], **query: str) -> dict[str, Any]:
    """A script that is answered with 200."""
    response = await client.post("/v1/scripts", json=body, params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_the_example_of_the_contract(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/scripts", json=example())
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert set(answer) == ANSWER
    assert answer["request_id"] == "c-20261122-000123"
    assert (answer["action"], answer["source"], answer["generation"]) == ("speak", "model", "gen_z")
    assert answer["text"].startswith("张先生您好，我是示例消费金融有限公司的智能语音助手")
    assert "最高可申请20万元" in answer["text"]
    assert answer["verdict"]["action"] == "allow"
    assert answer["policy_revision"] == 1
    assert (answer["model"], answer["prompt_version"], answer["attempts"]) == ("fake", "fake.v1", 1)
    assert answer["delivery"]["contact_window"] == ["21:00", "22:00"]
    assert set(answer["timing_ms"]) == {"total", "model", "guards"}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("scenario", [s for s in Scenario if s is not Scenario.COLLECTION_M3_PLUS])
async def test_the_text_is_its_segments_joined(client: httpx.AsyncClient, scenario: Scenario, channel: Channel) -> None:
    answer = await write(client, request_body(scenario, channel=channel.value))
    assert answer["action"] == "speak"
    assert answer["text"] == "".join(segment["text"] for segment in answer["segments"])
    for segment in answer["segments"]:
        assert set(segment) == {"stage", "text", "tts_text", "interruptible", "required"}
        assert segment["stage"] in ("open", "verify", "body", "disclose", "close")
        assert (segment["tts_text"] == "") is (channel is Channel.SMS)


async def test_findings_are_about_the_text_returned(client: httpx.AsyncClient) -> None:
    answer = await write(client, example())
    for finding in answer["verdict"]["findings"]:
        assert set(finding) == FINDING
        assert finding["action"] in ("observe", "allow")
        if finding["span"]:
            start, end = finding["span"]
            assert 0 <= start < end <= len(answer["text"])


async def test_delivery_says_how_to_speak(client: httpx.AsyncClient) -> None:
    senior = await write(client, request_body(request_id="s", customer={"generation": "senior"}))
    young = await write(client, request_body(request_id="y", customer={"generation": "gen_z"}))
    for answer in (senior, young):
        assert set(answer["delivery"]) == {"speech_rate", "repeat_key_points", "estimated_seconds", "contact_window"}
        assert answer["delivery"]["estimated_seconds"] > 5
    assert senior["delivery"]["speech_rate"] < young["delivery"]["speech_rate"]
    assert senior["delivery"]["repeat_key_points"] is True


class TestBlocked:
    """A model that writes what may not be said."""

    @pytest.fixture
    def model(self) -> FakeModel:
        return FakeModel(lambda task: ["百分百获批，包过。您看行吗？", "年化利率只要二点九厘。您看行吗？"])

    async def test_is_an_ordinary_answer(self, client: httpx.AsyncClient) -> None:
        answer = await write(client, example())
        assert (answer["action"], answer["source"]) == ("speak", "fallback")
        assert (answer["model"], answer["prompt_version"]) == (None, None)
        assert "百分百" not in answer["text"]
        assert "二点九" not in answer["text"]
        assert answer["verdict"]["action"] == "allow"
        assert answer["policy_revision"] == 1

    async def test_explain_adds_what_was_rejected(self, client: httpx.AsyncClient) -> None:
        answer = await write(client, example(), explain="true")
        assert set(answer) == ANSWER | {"rejected"}
        assert all(set(finding) == FINDING for finding in answer["rejected"])
        assert "block" in {finding["action"] for finding in answer["rejected"]}
        plain = await write(client, example())
        assert set(plain) == ANSWER
        assert plain == {name: value for name, value in answer.items() if name != "rejected"}

    async def test_explain_works_on_a_repeated_request_too(self, client: httpx.AsyncClient) -> None:
        await write(client, example())
        assert (await write(client, example(), explain="true"))["rejected"]


async def test_explain_is_empty_when_nothing_was_rejected(client: httpx.AsyncClient) -> None:
    assert (await write(client, example(), explain="true"))["rejected"] == []


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"call_time": "2026-11-22T23:05:00+08:00"}, "gate.quiet_hours"),
        ({"call_time": "2026-11-22T15:05:00Z"}, "gate.quiet_hours"),
        ({"customer": {"age": 17}}, "gate.minor"),
        ({"customer": {"opted_out": True}}, "gate.opted_out"),
        ({"customer": {"marketing_consent": None}}, "gate.marketing_consent"),
        ({"customer": {"is_student": True}}, "gate.student"),
        ({"customer": {"is_student": None}}, "gate.student_unknown"),
        ({"callee": {"role": "contact"}}, "gate.third_party"),
        ({"history": {"connected_calls_today": 3}}, "gate.connected_calls"),
    ],
)
async def test_do_not_call(client: httpx.AsyncClient, model: FakeModel, change: dict[str, Any], gate: str) -> None:
    answer = await write(client, example(**change))
    assert set(answer) == ANSWER
    assert (answer["action"], answer["text"], answer["segments"]) == ("do_not_call", None, [])
    assert (answer["delivery"], answer["source"], answer["attempts"]) == (None, None, 0)
    assert answer["verdict"]["action"] == "block"
    assert gate in [finding["rule"] for finding in answer["verdict"]["findings"]]
    assert answer["policy_revision"] == 1
    assert model.tasks == []


async def test_a_late_collection_call_is_handed_to_a_person(client: httpx.AsyncClient, model: FakeModel) -> None:
    answer = await write(client, request_body(Scenario.COLLECTION_M3_PLUS, facts={"overdue_days": 90}))
    assert (answer["action"], answer["source"], answer["attempts"]) == ("handoff", "approved", 0)
    assert answer["text"].endswith("接下来由人工专员跟您说，请您稍等，不要挂断。")
    assert [segment["stage"] for segment in answer["segments"]] == ["open", "close"]
    assert [finding["rule"] for finding in answer["verdict"]["findings"]] == ["gate.person_speaks"]
    assert answer["policy_revision"] == 1
    assert model.tasks == []


async def test_facts_that_must_not_be_said_are_handed_to_a_person(client: httpx.AsyncClient) -> None:
    answer = await write(client, example(facts={**example()["facts"], "annual_rate": "36", "monthly_rate": "3"}))
    assert (answer["action"], answer["source"]) == ("handoff", "approved")
    assert "接下来由人工专员跟您说" in answer["text"]
    assert "36" not in answer["text"]
    assert answer["verdict"]["findings"]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("scenario", [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2])
async def test_before_identity_is_verified_nothing_tells_of_a_debt(
    client: httpx.AsyncClient, model: FakeModel, scenario: Scenario, channel: Channel
) -> None:
    body = request_body(scenario, channel=channel.value, callee={"identity_verified": False})
    answer = await write(client, body)
    assert answer["action"] == "speak"
    assert [segment["stage"] for segment in answer["segments"]] == ["open", "verify"]
    said = answer["text"] + "".join(segment["tts_text"] for segment in answer["segments"])
    own = said.replace("示例消费金融有限公司", "")
    assert not any(word in own for word in DEBT_WORDS)
    assert not any(character.isdigit() for character in own)
    assert model.tasks == []


@pytest.mark.parametrize("scenario", [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1])
async def test_after_verification_the_body_comes(client: httpx.AsyncClient, scenario: Scenario) -> None:
    answer = await write(client, request_body(scenario))
    assert "body" in [segment["stage"] for segment in answer["segments"]]
    assert "1234.5元" in answer["text"]


async def test_the_source_may_be_chosen(client: httpx.AsyncClient, model: FakeModel) -> None:
    empty = await write(client, example(request_id="1", options={"source": "pool"}))
    assert empty["source"] == "approved"
    assert model.tasks == []
    assert (await write(client, example(request_id="2", options={"source": "model"})))["source"] == "model"
    proven = await write(client, example(request_id="3", options={"source": "pool"}))
    assert proven["source"] == "pool"
    assert len(model.tasks) == 1


async def test_a_strategy_may_be_chosen(client: httpx.AsyncClient) -> None:
    answer = await write(client, example(options={"strategy": "rate_first"}))
    assert answer["strategy"] == "rate_first"


async def test_the_model_is_asked_for_the_candidates_wanted(client: httpx.AsyncClient, model: FakeModel) -> None:
    await write(client, example(options={"candidates": 7}))
    assert [task.candidates for task in model.tasks] == [7]


async def test_tags_are_known_by_id_and_by_label(client: httpx.AsyncClient, model: FakeModel) -> None:
    await write(client, example(request_id="1", customer={"tags": ["browsing_loan", "asked_rate"]}))
    await write(client, example(request_id="2", customer={"tags": ["实时浏览应急贷", "咨询过利率"]}))
    assert model.tasks[0].brief == model.tasks[1].brief
    assert model.tasks[0].brief.tags == ("asked_rate", "browsing_loan"), "what was asked comes before what was seen"


async def test_neither_numbers_nor_personal_data_reach_the_model(client: httpx.AsyncClient, model: FakeModel) -> None:
    await write(client, example(customer={"pii": PERSON, "ref": "u-778"}))
    told = "".join(repr((task.brief, task.hints, task.banned)) for task in model.tasks)
    assert "browsing_loan" in told
    assert not any(value in told for value in (*PERSON.values(), "u-778", "200000", "3.6", "先生"))


class TestPersonal:
    """A model that writes the customer's name, which it can only have guessed."""

    @pytest.fixture
    def model(self) -> FakeModel:
        return FakeModel(lambda task: ["欧阳三丰，" + BODY])

    async def test_words_of_a_model_are_not_spoken_with_them(self, client: httpx.AsyncClient) -> None:
        answer = await write(client, example(customer={"pii": PERSON}))
        assert answer["source"] == "fallback"
        assert "隐私信息" not in answer["text"]
        assert PERSON["name"] not in str(answer)


class BrokenGuard:
    """A guard that raises."""

    name = "broken"

    def __call__(self, script: object, case: object) -> list[Any]:
        raise RuntimeError("张三 13812345678")


async def test_a_guard_that_breaks_blocks_everything(client: httpx.AsyncClient, parts: Parts, data: Data) -> None:
    parts.policy.swap(Ruling(replace(data.policy, panel=Panel([BrokenGuard()]), revision=9), data.wording))
    answer = await write(client, example(), explain="true")
    assert (answer["action"], answer["text"], answer["policy_revision"]) == ("handoff", None, 9)
    assert "13812345678" not in str(answer)


@pytest.mark.parametrize(
    ("tag", "nearest"),
    [("实时浏览应急", "实时浏览应急贷"), ("asked_rates", "asked_rate"), ("咨询利率", "咨询过利率")],
)
async def test_an_unknown_tag_is_named_with_the_nearest_known(
    client: httpx.AsyncClient, tag: str, nearest: str
) -> None:
    response = await client.post("/v1/scripts", json=example(customer={"tags": ["first_loan", tag]}))
    assert response.status_code == 422
    (problem,) = response.json()["fields"]
    assert problem["field"] == "customer.tags.1"
    assert tag in problem["reason"]
    assert problem["reason"].endswith(nearest)


async def test_every_wrong_thing_is_named_at_once(client: httpx.AsyncClient) -> None:
    facts = {"product": "应急贷", "amount_due": "1", "credit_limit": 200000, "campaign_end": "soon"}
    body = example(customer={"tags": ["没有"]}, facts=None, options={"strategy": "no_such"})
    response = await client.post("/v1/scripts", json={**body, "facts": facts})
    assert response.status_code == 422
    assert {problem["field"] for problem in response.json()["fields"]} == {
        "customer.tags.0",
        "options.strategy",
        "facts.amount_due",
        "facts.credit_limit",
        "facts.campaign_end",
        "facts.annual_rate",
    }


@pytest.mark.parametrize("scenario", [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2])
@pytest.mark.parametrize("fact", ["amount_due", "due_date"])
async def test_a_missing_required_fact_is_refused(client: httpx.AsyncClient, scenario: Scenario, fact: str) -> None:
    body = request_body(scenario)
    del body["facts"][fact]
    response = await client.post("/v1/scripts", json=body)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["fields"]] == [f"facts.{fact}"]
