"""The description of the interface: complete, closed in itself, and true of what is really answered."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from app.application import build_app
from app.approved.holds import LineKind
from app.data import Data
from app.lexicon.wording_files import WordingFiles
from app.parts import Parts
from app.records import Role
from guards.types import Scenario
from tests.app.examples import SPOKEN, request_body
from tests.app.lexicon.rules import rule
from tests.app.services import client_of, example, open_service, writer

OPERATIONS = {
    "/": "read_home",
    "/v1/scripts": "write_script",
    "/v1/turns": "next_turn",
    "/v1/cases/{id}": "hold_case",
    "/v1/chat/completions": "complete_chat",
    "/v1/models": "list_models",
    "/v1/rasa/nlg": "generate_rasa_response",
    "/v1/reviews": "review_texts",
    "/v1/contacts/changes": "list_contact_changes",
    "/v1/contacts/{ref}": "read_contact",
    "/v1/contacts/{ref}/events": "note_contact_events",
    "/v1/contacts/{ref}/{kind}": "open_contact",
    "/v1/lexicon/rules": "list_rules",
    "/v1/lexicon/export": "export_rules",
    "/v1/lexicon/import": "import_rules",
    "/v1/lexicon/changes": "list_changes draft_change",
    "/v1/lexicon/changes/{id}": "read_change edit_change drop_change",
    "/v1/lexicon/changes/{id}/dry-run": "try_change",
    "/v1/lexicon/changes/from-mark/{id}": "draft_exception",
    "/v1/lexicon/changes/{id}/submit": "submit_change",
    "/v1/lexicon/changes/{id}/withdraw": "withdraw_change",
    "/v1/lexicon/changes/{id}/comments": "comment_change",
    "/v1/lexicon/changes/{id}/reviewers": "ask_change_reviewers",
    "/v1/lexicon/changes/{id}/approve": "approve_change",
    "/v1/lexicon/changes/{id}/reject": "reject_change",
    "/v1/lexicon/revisions": "list_revisions",
    "/v1/lexicon/revisions/{n}": "read_revision",
    "/v1/lexicon/revisions/{n}/diff/{m}": "compare_revisions",
    "/v1/lexicon/revisions/{n}/restore": "restore_revision",
    "/v1/lexicon/status": "read_lexicon_status",
    "/v1/lexicon/freeze": "freeze",
    "/v1/lexicon/unfreeze": "ask_to_unfreeze",
    "/v1/wording/lines": "list_wording_lines",
    "/v1/wording/lines/{id}": "read_wording_line",
    "/v1/wording/lines/{id}/suspend": "suspend_wording_line",
    "/v1/wording/lines/{id}/resume": "ask_to_resume_wording_line",
    "/v1/wording/changes": "list_wording_changes draft_wording_change",
    "/v1/wording/changes/{id}": "read_wording_change edit_wording_change drop_wording_change",
    "/v1/wording/changes/{id}/dry-run": "try_wording_change",
    "/v1/wording/changes/{id}/submit": "submit_wording_change",
    "/v1/wording/changes/{id}/withdraw": "withdraw_wording_change",
    "/v1/wording/changes/{id}/comments": "comment_wording_change",
    "/v1/wording/changes/{id}/reviewers": "ask_wording_change_reviewers",
    "/v1/wording/changes/{id}/approve": "approve_wording_change",
    "/v1/wording/changes/{id}/reject": "reject_wording_change",
    "/v1/wording/revisions/{n}/diff/{m}": "compare_wording",
    "/v1/wording/revisions/{n}/restore": "restore_wording",
    "/v1/wording/export": "export_wording",
    "/v1/wording/import": "import_wording",
    "/v1/audit": "read_audit_trail",
    "/v1/decisions": "list_decisions erase_person",
    "/v1/decisions/{script_id}": "read_decision",
    "/v1/decisions/{script_id}/evidence": "read_evidence",
    "/v1/decisions/{script_id}/marks": "mark_finding",
    "/v1/lexicon/rules/{id}/quality": "read_rule_quality",
    "/v1/vocabulary": "read_vocabulary",
    "/health/live": "is_live",
    "/health/ready": "is_ready",
    "/metrics": "read_metrics",
    "/v1/keys": "list_keys create_key",
    "/v1/keys/{id}/revoke": "revoke_key",
    "/v1/people": "list_people create_person",
    "/v1/people/{name}/confirm": "confirm_person",
    "/v1/people/{name}/disable": "disable_person",
    "/v1/people/{name}/enable": "enable_person",
    "/v1/webhooks": "list_webhooks create_webhook",
    "/v1/webhooks/{id}": "remove_webhook",
    "/v1/webhooks/{id}/test": "test_webhook",
    "/v1/webhooks/{id}/notices": "list_notices",
}
"""The ids of the operations of each path."""
_ERRORS = ("ErrorAnswer", "NotReadyAnswer", "ChatErrorAnswer")
Document = dict[str, Any]


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Document:
    """The description as it is served."""
    response = await client.get("/openapi.json")
    assert response.status_code == 200
    told: Document = response.json()
    return told


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _values(value: Any, name: str) -> Iterator[Any]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key == name:
            yield inner
        if isinstance(inner, dict | list):
            yield from _values(inner, name)


def _example(document: Document, sample: dict[str, Any]) -> Any:
    """The value of an example that an operation refers to."""
    return document["components"]["examples"][sample["$ref"].rsplit("/", 1)[-1]]["value"]


def _holds(document: Document, schema: str, value: Any) -> None:
    """Fails where the value is no instance of the named schema."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    problems = [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in jsonschema_rs.Draft202012Validator(whole, validate_formats=True).iter_errors(value)
    ]
    assert problems == []


def test_every_reference_leads_to_a_component(document: Document) -> None:
    references = [one for one in _values(document, "$ref") if isinstance(one, str)]
    references += [one for mapping in _values(document, "mapping") for one in mapping.values()]
    assert len(references) > 100
    for reference in references:
        _, components, kind, name = reference.split("/")
        assert (components, name in document["components"][kind]) == ("components", True), reference


def test_every_operation_has_a_name_a_tag_an_answer_and_errors(document: Document) -> None:
    ids: dict[str, list[str]] = {}
    for path, operation in _operations(document):
        ids.setdefault(path, []).append(operation["operationId"])
    assert {path: " ".join(names) for path, names in ids.items()} == OPERATIONS
    tags = {tag["name"] for tag in document["tags"]}
    for path, operation in _operations(document):
        assert tags.issuperset(operation["tags"]), path
        assert operation["summary"]
        assert operation["description"]
        for status, response in operation["responses"].items():
            for kind, content in response["content"].items():
                assert content["schema"].keys() & {"$ref", "type"}, (path, status, kind)
            if status not in ("200", "202"):
                [schema] = _values(response, "schema")
                assert schema["$ref"].rsplit("/", 1)[-1] in _ERRORS, (path, status)
    posted = {"200", "401", "403", "413", "422", "500", "503"}
    assert set(document["paths"]["/v1/scripts"]["post"]["responses"]) == posted | {"409"}
    assert set(document["paths"]["/v1/reviews"]["post"]["responses"]) == posted


async def test_keys_are_said_to_be_optional_only_where_they_are(data: Data, tmp_path: Path) -> None:
    key: dict[str, list[str]] = {"key": []}
    for required, security in ((False, [key, {}]), (True, [key])):
        async with (
            open_service(data, tmp_path, writer(), key_required=required) as parts,
            client_of(parts) as client,
        ):
            document = (await client.get("/openapi.json")).json()
        scheme = document["components"]["securitySchemes"]["key"]
        assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
        for path, operation in _operations(document):
            assert operation["security"] == (security if path.startswith("/v1/") else []), path


def test_the_scenario_decides_which_facts_there_are(document: Document, data: Data) -> None:
    request = document["components"]["schemas"]["ScriptRequest"]
    assert request["discriminator"]["propertyName"] == "scenario"
    assert set(request["discriminator"]["mapping"]) == set(Scenario)
    for scenario in data.vocabulary.scenarios.values():
        name = request["discriminator"]["mapping"][scenario.id].rsplit("/", 1)[-1]
        branch = document["components"]["schemas"][name]
        facts = document["components"]["schemas"][branch["properties"]["facts"]["$ref"].rsplit("/", 1)[-1]]
        assert branch["properties"]["scenario"]["const"] == scenario.id
        assert list(facts["properties"]) == [*scenario.required_facts, *scenario.optional_facts]
        assert facts.get("required", []) == scenario.required_facts
        assert ("facts" in branch["required"]) is bool(scenario.required_facts)


async def test_every_example_of_a_request_is_accepted(
    document: Document, client: httpx.AsyncClient, parts: Parts
) -> None:
    key = await parts.keys.create("everything", list(Role))
    await client.post("/v1/reviews", json={"text": "我们这边百分百获批"})
    [reviewed] = await parts.log.recent()
    for path, operation in _operations(document):
        [method] = [name for name, each in document["paths"][path].items() if each is operation]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if content["schema"].get("format") == "binary":
                continue
            assert content["examples"]
            for name, sample in content["examples"].items():
                value = _example(document, sample)
                _holds(document, content["schema"]["$ref"].rsplit("/", 1)[-1], value)
                change = await _change(parts, path) if path.startswith(("/v1/lexicon/", "/v1/wording/")) else ""
                where = path.format(ref="u-778", kind="opt-out", id=change or "c-1", n=1, script_id=reviewed.script_id)
                headers = {"authorization": f"Bearer {key}"}
                response = await client.request(method, where, json=value, headers=headers)
                assert response.status_code in (200, 202), (name, response.text)


def test_every_example_of_an_answer_is_one(document: Document) -> None:
    shown = 0
    for _, operation in _operations(document):
        for response in operation["responses"].values():
            for content in response["content"].values():
                for sample in content.get("examples", {}).values():
                    _holds(document, content["schema"]["$ref"].rsplit("/", 1)[-1], _example(document, sample))
                    shown += 1
    assert shown > 20


async def test_the_example_of_a_review_is_what_is_answered(document: Document, client: httpx.AsyncClient) -> None:
    operation = document["paths"]["/v1/reviews"]["post"]
    request = operation["requestBody"]["content"]["application/json"]["examples"]["one_text"]
    shown = operation["responses"]["200"]["content"]["application/json"]["examples"]["one_text"]
    answered = (await client.post("/v1/reviews", json=_example(document, request))).json()
    told = {finding["rule"]: finding for finding in answered.pop("findings")}
    expected = _example(document, shown)
    findings = expected.pop("findings")
    assert {**expected, "policy_digest": answered["policy_digest"]} == answered
    assert [_placed(finding) for finding in findings] == [_placed(told[finding["rule"]]) for finding in findings]


async def test_the_example_of_a_script_is_what_is_answered(document: Document, client: httpx.AsyncClient) -> None:
    shown = document["components"]["examples"]["ScriptAnswer.do_not_call"]["value"]
    request = document["components"]["examples"]["ScriptRequest.acquisition"]["value"]
    customer = {**request["customer"], "opted_out": True, "tags": ["说别再打了", "首次逾期"]}
    refused = {**request, "customer": customer}
    answered = (await client.post("/v1/scripts", json=refused)).json()
    assert [_placed(one) for one in shown["verdict"]["findings"]] == [
        _placed(one) for one in answered["verdict"]["findings"]
    ]
    own = {name: answered[name] for name in ("script_id", "timing_ms", "verdict", "policy_digest")}
    assert {**shown, **own} == answered


@pytest.mark.parametrize("scenario", list(Scenario))
async def test_requests_of_every_scenario_are_as_described(document: Document, scenario: Scenario) -> None:
    _holds(document, "ScriptRequest", request_body(scenario))
    _holds(document, "ReviewRequest", {"text": "您好", "facts": request_body(scenario)["facts"]})
    with pytest.raises(AssertionError):
        _holds(document, "ScriptRequest", request_body(scenario, facts={"colour": "red"}))


@pytest.mark.parametrize("scenario", SPOKEN)
async def test_a_spoken_script_is_as_described(
    document: Document, client: httpx.AsyncClient, scenario: Scenario
) -> None:
    for query in ("", "?explain=true"):
        answer = (await client.post(f"/v1/scripts{query}", json=request_body(scenario))).json()
        assert answer["action"] == "speak"
        _holds(document, "ScriptAnswer", answer)
        assert ("rejected" in answer) is bool(query)


async def test_decisions_against_speaking_are_as_described(document: Document, client: httpx.AsyncClient) -> None:
    for number, (action, body) in enumerate(
        [
            ("handoff", request_body(Scenario.COLLECTION_M3_PLUS)),
            ("do_not_call", request_body(customer={"opted_out": True})),
            ("do_not_call", request_body(call_time="2026-11-20T23:30:00+08:00")),
        ]
    ):
        answer = (await client.post("/v1/scripts", json={**body, "request_id": f"c-{number}"})).json()
        assert answer["action"] == action
        _holds(document, "ScriptAnswer", answer)


async def test_reviews_are_as_described(document: Document, client: httpx.AsyncClient) -> None:
    for text in ("您好", "我们这边百分百获批，无利息，卡号6222021234567890123", "明天派人上门找你"):
        answer = (await client.post("/v1/reviews", json={"text": text})).json()
        _holds(document, "ReviewAnswer", answer)
        _holds(document, "ReviewResult", answer)
    batch = (await client.post("/v1/reviews", json={"items": [{"text": "您好"}, {"text": ""}]})).json()
    _holds(document, "ReviewBatchAnswer", batch)
    _holds(document, "ReviewResult", batch)


async def test_contacts_are_as_described(document: Document, client: httpx.AsyncClient, parts: Parts) -> None:
    key = {"authorization": f"Bearer {await parts.keys.create('engine', [Role.CALLER])}"}
    events = [{"type": "opt_out", "scope": "servicing"}, {"type": "wrong_number"}, {"type": "third_party_refused"}]
    noted = (await client.post("/v1/contacts/u-778/events", json={"events": events})).json()
    _holds(document, "ContactAnswer", noted)
    asked = await client.request("DELETE", "/v1/contacts/u-778/opt-out", json={"reason": "客户书面要求"}, headers=key)
    _holds(document, "OpeningAnswer", asked.json())
    read = (await client.get("/v1/contacts/u-778")).json()
    _holds(document, "ContactAnswer", read)
    assert {one["rule"] for one in read["closed"]} == {
        "gate.opted_out",
        "gate.asked_for_person",
        "gate.wrong_number",
        "gate.third_party_refused",
    }


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/", "HomeAnswer"),
        ("/v1/contacts/u-778", "ContactAnswer"),
        ("/v1/contacts/changes", "ContactChangesAnswer"),
        ("/v1/vocabulary", "VocabularyAnswer"),
        ("/v1/lexicon/rules", "RulesAnswer"),
        ("/v1/lexicon/revisions", "RevisionsAnswer"),
        ("/v1/lexicon/revisions/1", "RevisionAnswer"),
        ("/v1/lexicon/revisions/1/diff/1", "DifferenceAnswer"),
        ("/v1/lexicon/status", "LexiconStatus"),
        ("/v1/wording/lines", "WordingLinesAnswer"),
        ("/v1/wording/revisions/1/diff/1", "WordingDifferenceAnswer"),
        ("/health/live", "LiveAnswer"),
        ("/health/ready", "ReadyAnswer"),
    ],
)
async def test_what_is_read_is_as_described(
    document: Document, client: httpx.AsyncClient, path: str, schema: str
) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    _holds(document, schema, response.json())


async def test_errors_are_as_described(document: Document, client: httpx.AsyncClient) -> None:
    await client.post("/v1/scripts", json=example())
    bearer = {"authorization": "Bearer nobody"}
    for status, response in (
        (401, await client.get("/v1/vocabulary", headers=bearer)),
        (404, await client.get("/nowhere")),
        (405, await client.delete("/v1/scripts")),
        (409, await client.post("/v1/scripts", json=example(channel="sms"))),
        (413, await client.post("/v1/scripts", content=b" " * 300_000)),
        (422, await client.post("/v1/scripts", json=example(request_id="c-2", facts={"colour": "red"}))),
        (422, await client.post("/v1/scripts?explain=perhaps", json=example())),
    ):
        assert response.status_code == status
        _holds(document, "ErrorAnswer", response.json())
        assert re.fullmatch(document["components"]["headers"]["RequestId"]["schema"]["pattern"], _id_of(response))


async def test_a_store_that_does_not_answer_is_as_described(
    document: Document, client: httpx.AsyncClient, parts: Parts
) -> None:
    await parts.log.close()
    response = await client.get("/health/ready")
    assert response.status_code == 503
    _holds(document, "NotReadyAnswer", response.json())
    refused = await client.post("/v1/scripts", json=example())
    assert refused.status_code == 503
    _holds(document, "ErrorAnswer", refused.json())


async def test_it_is_assembled_once(parts: Parts) -> None:
    app = build_app(parts)
    assert app.openapi() is app.openapi()


async def _change(parts: Parts, path: str) -> str:
    """What this step can be taken with, by whoever the test is, or for it to decide; a change has rules of its own."""
    if path.startswith("/v1/wording/lines/") or path.endswith("freeze"):
        return await _held(parts, path)
    if path.startswith("/v1/wording/"):
        return await _reworded(parts, path)
    is_decided = path.endswith(("/approve", "/reject"))
    author = "somebody else" if is_decided or path.endswith("/restore") else "everything"
    added = rule(f"extra.n{len(await parts.lifecycle.page())}", phrases=["百分百包过件"])
    made = await parts.lifecycle.draft({"adds": [added]}, author)
    if author == "somebody else" or path.endswith("/withdraw"):
        await parts.lifecycle.submit(made.record.id, author)
    if path.endswith("/restore"):
        await parts.lifecycle.approve(made.record.id, "a third person")
    return made.record.id


async def _held(parts: Parts, path: str) -> str:
    """The id of a text, suspended where it is to be resumed."""
    holding = parts.holding
    held = (await holding.held()).holds
    if path.endswith("/unfreeze") and held.freeze is None:
        await holding.freeze("somebody else", "投诉")
    free = next(line.id for line in holding.lines(held).values() if held.get(line.id) is None)
    if path.endswith("/resume"):
        await holding.suspend(free, "somebody else", "投诉")
    return free


async def _reworded(parts: Parts, path: str) -> str:
    """The id of a change of a reply that no other one touches, with which this step can be taken."""
    life, author = parts.rewording, "everything" if not path.endswith(("/approve", "/reject", "/restore")) else "else"
    wording = WordingFiles((await life.edition()).wording)
    replies = [line for line in wording.lines.values() if line.kind is LineKind.REPLY and line.text[0] != "好"]
    one = replies[len(await life.page())]
    made = await life.draft({"edits": [{"id": one.id, "text": f"好的。{one.text}"}]}, author)
    if author == "else" or path.endswith("/withdraw"):
        await life.submit(made.record.id, author)
    if path.endswith("/restore"):
        await life.approve(made.record.id, "a third person")
    return made.record.id


def _placed(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without its words, which officers may change."""
    return {name: value for name, value in finding.items() if name != "reason"}


def _id_of(response: httpx.Response) -> str:
    return str(response.headers["x-request-id"])
