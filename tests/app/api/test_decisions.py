"""/v1/decisions: an auditor finds what was answered, a person is erased, findings are marked, evidence is taken."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.evidence import verify
from app.parts import Parts
from app.records import Role
from tests.app.services import PERSON, example

Ask = Callable[..., Awaitable[httpx.Response]]
STOPPED = {"text": "我们这边百分百获批", "scenario": "acquisition", "stage": "body"}


@pytest.fixture
def ask(client: httpx.AsyncClient, parts: Parts) -> Ask:
    """Asks with the key of somebody who has one role, named after it."""

    async def asked(role: Role, method: str, path: str, **more: Any) -> httpx.Response:
        keys = {each.name for each in await parts.keys.list()}
        name = f"{role}{len(keys)}"
        key = await parts.keys.create(name, [role], f"person of {role}")
        return await client.request(method, path, headers={"authorization": f"Bearer {key}"}, **more)

    return asked


@pytest.fixture
async def written(client: httpx.AsyncClient) -> str:
    """The script_id of one script, for a customer of whom we know much."""
    answer = await client.post("/v1/scripts", json=example(customer={"pii": PERSON}))
    assert answer.status_code == 200
    return str(answer.json()["script_id"])


async def _listed(ask: Ask, query: str = "") -> list[dict[str, Any]]:
    answer = await ask(Role.AUDITOR, "GET", f"/v1/decisions{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_what_was_answered_is_found_masked(ask: Ask, client: httpx.AsyncClient, written: str) -> None:
    whole = (await ask(Role.AUDITOR, "GET", f"/v1/decisions/{written}")).json()
    answered = (await client.post("/v1/scripts", json=example(customer={"pii": PERSON}))).json()
    assert whole["answer"] == answered
    assert (whole["text"], whole["request"]["facts"]["product"]) == (answered["text"], "应急贷")
    assert (await ask(Role.AUDITOR, "GET", f"/v1/decisions/{written}")).json() == whole
    for value in (*PERSON.values(), "u-778"):
        assert value not in str(whole)


async def test_every_filter_finds_what_it_names_and_nothing_else(
    ask: Ask, client: httpx.AsyncClient, written: str
) -> None:
    await client.post("/v1/reviews", json=STOPPED)
    for query, kinds in (
        ("", ["review", "script"]),
        ("?kind=review", ["review"]),
        ("?action=speak", ["script"]),
        ("?action=block", ["review"]),
        ("?scenario=acquisition", ["review", "script"]),
        ("?scenario=activation", []),
        ("?rule=promise.guaranteed_approval&kind=review", ["review"]),
        ("?rule=promise.guaranteed", []),
        ("?rule=promise_guaranteed.approval", []),
        ("?ref=u-778", ["script"]),
        ("?ref=u-779", []),
        ("?from=2026-01-01T00:00:00%2B08:00", ["review", "script"]),
        ("?to=2026-01-01T00:00:00%2B08:00", []),
    ):
        assert [each["kind"] for each in await _listed(ask, query)] == kinds, query


async def test_pages_follow_each_other(ask: Ask, client: httpx.AsyncClient) -> None:
    await client.post("/v1/reviews", json={"items": [{"text": f"第{number}句"} for number in range(5)]})
    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = (await ask(Role.AUDITOR, "GET", f"/v1/decisions{query}")).json()
        seen += [each["script_id"] for each in page["items"]]
        query = f"?limit=2&after={page['next']}" if page["next"] else ""
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


async def test_a_finding_is_marked_and_the_rule_judged_by_it(ask: Ask, client: httpx.AsyncClient) -> None:
    await client.post("/v1/reviews", json=STOPPED)
    [found] = await _listed(ask)
    path, rule = f"/v1/decisions/{found['script_id']}/marks", found["findings"][0]["rule"]
    first = {"finding": 0, "mark": "true_hit", "note": "电话13812345678"}
    made = (await ask(Role.AUDITOR, "POST", path, json=first)).json()
    assert (made["rule"], made["person"]) == (rule, "person of auditor")
    assert "13812345678" not in str(made)
    assert (await ask(Role.APPROVER, "POST", path, json={"finding": 0, "mark": "false_hit"})).status_code == 200
    whole = (await ask(Role.AUDITOR, "GET", f"/v1/decisions/{found['script_id']}")).json()
    assert [mark["mark"] for mark in whole["marks"]] == ["true_hit", "false_hit"]
    quality = (await ask(Role.EDITOR, "GET", f"/v1/lexicon/rules/{rule}/quality")).json()
    assert quality["marks"] == {"true_hit": 1, "false_hit": 1}
    assert (quality["precision"]["value"], quality["precision"]["findings"]) == (0.0, 1)
    assert quality["hits"][0] == {"days": 7, "returned": 1, "rejected": 0}
    assert quality["latest"] == [found]
    unmarked = (await ask(Role.EDITOR, "GET", "/v1/lexicon/rules/promise.nothing/quality")).json()
    assert (unmarked["precision"], unmarked["latest"]) == (None, [])


async def test_what_cannot_be_marked_is_refused(ask: Ask, written: str) -> None:
    for path, finding, status, error in (
        ("01KX", 0, 404, "UnknownDecision"),
        (written, 999, 422, "UnknownFinding"),
        (written, -1, 422, "Malformed"),
    ):
        body = {"finding": finding, "mark": "true_hit"}
        refused = await ask(Role.AUDITOR, "POST", f"/v1/decisions/{path}/marks", json=body)
        assert (refused.status_code, refused.json()["error"]) == (status, error)


async def test_evidence_holds(ask: Ask, written: str) -> None:
    answer = await ask(Role.APPROVER, "GET", f"/v1/decisions/{written}/evidence")
    assert answer.status_code == 200
    assert verify(answer.json()) == []
    assert answer.json()["decision"]["script_id"] == written
    for value in (*PERSON.values(), "u-778"):
        assert value not in answer.text
    assert (await ask(Role.AUDITOR, "GET", "/v1/decisions/01KX/evidence")).json()["error"] == "UnknownDecision"


async def test_who_takes_decisions_or_evidence_out_stands_in_the_trail(ask: Ask, parts: Parts, written: str) -> None:
    await ask(Role.APPROVER, "GET", f"/v1/decisions/{written}/evidence")
    await ask(Role.APPROVER, "GET", "/v1/decisions/01KX/evidence")
    [row] = await parts.trail.page(event="evidence.issued")
    assert (row.person, row.subject) == ("person of approver", written)
    await _listed(ask, "?ref=u-778&kind=script&from=2026-01-01T00:00:00%2B08:00")
    [row] = await parts.trail.page(event="decisions.exported")
    assert row.details == {
        "count": 1,
        "kind": "script",
        "ref_digest": parts.contacts.digest("u-778"),
        "since": "2026-01-01T00:00:00+08:00",
    }


async def test_a_person_is_erased_and_the_refusals_stay(ask: Ask, client: httpx.AsyncClient, written: str) -> None:
    await client.post("/v1/contacts/u-778/events", json={"type": "opt_out", "scope": "marketing"})
    erased = await ask(Role.ADMIN, "DELETE", "/v1/decisions?ref=u-778")
    assert erased.json() == {"erased": 1}
    assert (await ask(Role.ADMIN, "DELETE", "/v1/decisions?ref=u-778")).json() == {"erased": 0}
    whole = (await ask(Role.AUDITOR, "GET", f"/v1/decisions/{written}")).json()
    assert (whole["text"], whole["answer"], whole["request"], whole["tags"]) == (None, None, {}, [])
    assert whole["erased_at"] is not None
    assert await _listed(ask, "?ref=u-778") == []
    again = await client.post("/v1/scripts", json=example(customer={"pii": PERSON}))
    assert (again.status_code, again.json()["error"]) == (409, "ErasedDecision")
    assert "erased" in again.json()["detail"]
    evidence = (await ask(Role.AUDITOR, "GET", f"/v1/decisions/{written}/evidence")).json()
    assert (evidence["state"], evidence["decision"]) == ("erased", None)
    assert verify(evidence) == []
    refused = await client.post("/v1/scripts", json=example(request_id="c-2"))
    assert refused.json()["action"] == "do_not_call"


async def test_a_reference_is_never_told(ask: Ask) -> None:
    for method, role in (("GET", Role.AUDITOR), ("DELETE", Role.ADMIN)):
        refused = await ask(role, method, "/v1/decisions?ref=13812345678%20")
        assert refused.status_code == 422
        assert "13812345678" not in refused.text
    assert (await ask(Role.ADMIN, "DELETE", "/v1/decisions")).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/decisions", {Role.AUDITOR}),
        ("GET", "/v1/decisions/01KX", {Role.AUDITOR}),
        ("GET", "/v1/decisions/01KX/evidence", {Role.AUDITOR, Role.APPROVER}),
        ("POST", "/v1/decisions/01KX/marks", {Role.AUDITOR, Role.APPROVER}),
        ("DELETE", "/v1/decisions?ref=u-1", {Role.ADMIN}),
        ("GET", "/v1/lexicon/rules/a.b/quality", {Role.EDITOR, Role.AUDITOR, Role.APPROVER}),
    ],
)
async def test_each_role_may_what_it_may(ask: Ask, method: str, path: str, allowed: set[Role]) -> None:
    let_through = {role for role in Role if (await ask(role, method, path)).status_code != 403}
    assert let_through == allowed
