"""Rules over HTTP: one person drafts, another approves, everybody can tell what is in force, and it can be undone."""

import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rule_matter import RuleMatter
from app.parts import Parts
from app.records import Revisions, Role, Store, open_store
from tests.app.lexicon.rules import INSTITUTION, SHIPPED, rule, shipped
from tests.app.services import client_of

CHANGES = "/v1/lexicon/changes"
PHRASES = "promise.guaranteed_approval"
BODY: dict[str, Any] = {"title": "新词", "comment": "客户投诉", "adds": [rule()]}
Headers = Mapping[str, str]


async def _key(parts: Parts, name: str, *roles: Role, person: str | None = None) -> Headers:
    return {"authorization": f"Bearer {await parts.keys.create(name, roles, person)}"}


@pytest.fixture
async def editor(parts: Parts) -> Headers:
    """A key of 张合规, who drafts."""
    return await _key(parts, "editor", Role.EDITOR, person="张合规")


@pytest.fixture
async def approver(parts: Parts) -> Headers:
    """A key of 李合规, who approves."""
    return await _key(parts, "approver", Role.APPROVER, person="李合规")


@pytest.fixture
async def auditor(parts: Parts) -> Headers:
    """A key that only reads."""
    return await _key(parts, "auditor", Role.AUDITOR)


class Clock:
    """The real time, until it is told to go on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """The clock of the life of changes."""
    return Clock()


@pytest.fixture
async def replica(tmp_path: Any) -> AsyncIterator[Store]:
    """The same store, as another replica has it open."""
    store = await open_store(f"sqlite:///{tmp_path / 'heyan.sqlite3'}")
    yield store
    await store.close()


@pytest.fixture
async def client(parts: Parts, replica: Store, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service, whose changes know the time of `clock`."""
    lifecycle = Lifecycle(replica, parts.revisions, RuleMatter(INSTITUTION), judge=lambda proposal: [], clock=clock)
    async with client_of(replace(parts, lifecycle=lifecycle)) as opened:
        opened.headers["x-request-id"] = "t-1"
        yield opened


async def _post(client: httpx.AsyncClient, path: str, key: Headers, body: Any = None) -> dict[str, Any]:
    response = await client.post(path, json=body, headers=key)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def _submitted(client: httpx.AsyncClient, key: Headers, body: Any = None) -> str:
    drafted = await _post(client, CHANGES, key, body or BODY)
    await _post(client, f"{CHANGES}/{drafted['id']}/submit", key)
    return str(drafted["id"])


async def _published(client: httpx.AsyncClient, editor: Headers, approver: Headers, body: Any = None) -> int:
    identity = await _submitted(client, editor, body)
    return int((await _post(client, f"{CHANGES}/{identity}/approve", approver, {}))["revision"])


async def _refused(client: httpx.AsyncClient, path: str, key: Headers, body: Any, status: int) -> dict[str, Any]:
    response = await client.post(path, json=body, headers=key)
    assert response.status_code == status, response.text
    told: dict[str, Any] = response.json()
    assert set(told) == {"error", "detail", "fields"}
    return told


async def test_the_status_tells_which_replicas_are_silent_and_under_which_revision_they_disagree(
    client: httpx.AsyncClient, parts: Parts, replica: Store, clock: Clock
) -> None:
    clock.ahead = timedelta(minutes=-1)
    await Revisions(replica, clock).activated("killed", 1, "0" * 64)
    for name, digest in (("one", "1" * 64), ("other", "2" * 64)):
        await parts.revisions.activated(name, 1, digest)
    told = (await client.get("/v1/lexicon/status")).json()
    silent = {each["replica"]: each["silent"] for each in told["replicas"]}
    assert silent == {"killed": True, "one": False, "other": False}
    assert told["disagreeing"] == [1]
    await parts.revisions.gone("other")
    assert (await client.get("/v1/lexicon/status")).json()["disagreeing"] == []


async def test_two_persons_change_the_rules_and_put_them_back(
    client: httpx.AsyncClient, parts: Parts, editor: Headers, approver: Headers, auditor: Headers
) -> None:
    drafted = await _post(client, CHANGES, editor, BODY)
    assert (drafted["state"], drafted["author"], drafted["comment"]) == ("draft", "张合规", "客户投诉")
    path = f"{CHANGES}/{drafted['id']}"
    assert (await _post(client, f"{path}/submit", editor))["state"] == "submitted"
    await _post(client, f"{path}/reviewers", editor, {"reviewers": ["李合规"]})
    await _post(client, f"{path}/comments", approver, {"text": "客户是 13812345678 吗？"})
    approved = await _post(client, f"{path}/approve", approver, {"reason": "同意", "version": 1})
    assert (approved["state"], approved["revision"], approved["decided_by"]) == ("published", 2, "李合规")
    assert "13812345678" not in approved["comments"][0]["text"]
    rules = (await client.get("/v1/lexicon/rules?q=百分百包过件")).json()
    assert (rules["revision"], [one["id"] for one in rules["rules"]]) == (2, ["extra.one"])
    assert (await client.get("/v1/lexicon/rules?q=百分百包过件&revision=1")).json()["rules"] == []

    both = await _key(parts, "both", Role.EDITOR, Role.APPROVER, person="李合规")
    asked = await _post(client, "/v1/lexicon/revisions/1/restore", both, {"note": "误伤太多"})
    assert (asked["state"], asked["restores"], asked["retires"]) == ("submitted", 1, ["extra.one"])
    await _refused(client, f"{CHANGES}/{asked['id']}/approve", both, {}, 403)
    other = await _key(parts, "third", Role.APPROVER, person="王合规")
    assert (await _post(client, f"{CHANGES}/{asked['id']}/approve", other, {}))["revision"] == 3
    first, third = [(await client.get(f"/v1/lexicon/revisions/{n}")).json() for n in (1, 3)]
    assert (third["sha256"], third["lexicon"]) == (first["sha256"], first["lexicon"])
    differs = (await client.get("/v1/lexicon/revisions/1/diff/3")).json()
    assert (differs["added"], differs["retired"], differs["edited"], differs["files"]) == ([], [], [], [])
    back = (await client.get("/v1/lexicon/revisions/3/diff/2")).json()
    assert [one["rule"] for one in back["added"]] == ["extra.one"]
    listed = (await client.get("/v1/lexicon/revisions?limit=2")).json()
    assert ([one["number"] for one in listed["revisions"]], listed["next"]) == ([3, 2], 2)

    trail = (await client.get("/v1/audit?limit=3", headers=auditor)).json()
    assert (len(trail["entries"]), trail["more"]) == (3, True)
    rest = (await client.get(f"/v1/audit?after={trail['next']}", headers=auditor)).json()
    events = [entry["event"] for entry in (*trail["entries"], *rest["entries"])]
    assert events.count("revision.published") == 3
    (published,) = [entry for entry in rest["entries"] if entry["details"].get("restores")]
    assert published["details"]["restores"] == 1
    following = (await client.get(f"/v1/audit?after={rest['next']}", headers=auditor)).json()
    assert [(each["event"], each["details"]["count"]) for each in following["entries"]] == [
        ("trail.exported", len(rest["entries"]))
    ]
    # A row about nothing but such rows would only call for the next one.
    assert (await client.get(f"/v1/audit?after={following['next']}", headers=auditor)).json()["entries"] == []
    assert await parts.trail.verify() is None


async def test_one_person_alone_approves_nothing_whatever_the_keys(
    client: httpx.AsyncClient, parts: Parts, approver: Headers
) -> None:
    one_key = await _key(parts, "one", Role.EDITOR, Role.APPROVER, Role.ADMIN, person="王合规")
    identity = await _submitted(client, one_key)
    told = await _refused(client, f"{CHANGES}/{identity}/approve", one_key, {}, 403)
    assert told["error"] == "OwnChange"
    assert "自己提出的变更" in told["detail"]
    second_key = await _key(parts, "two", Role.APPROVER, person="王合规")
    await _refused(client, f"{CHANGES}/{identity}/approve", second_key, {}, 403)
    await _refused(client, f"{CHANGES}/{identity}/reject", second_key, {"reason": "不"}, 403)
    assert (await client.get("/v1/lexicon/status")).json()["revision"] == 1
    assert (await _post(client, f"{CHANGES}/{identity}/approve", approver, {}))["revision"] == 2


async def test_two_changes_of_one_rule_are_a_conflict_with_both_texts(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    first = await _submitted(client, editor, {"edits": [shipped(PHRASES, title="改一")]})
    second = await _submitted(client, editor, {"edits": [shipped(PHRASES, title="改二")]})
    await _post(client, f"{CHANGES}/{first}/approve", approver, {})
    read = (await client.get(f"{CHANGES}/{second}", headers=approver)).json()
    assert read["warnings"][0]["code"] == "moved_rule"
    told = await _refused(client, f"{CHANGES}/{second}/approve", approver, {}, 409)
    assert told["error"] == "RulesMoved"
    texts = {problem["field"].removeprefix(PHRASES): problem["reason"] for problem in told["fields"]}
    assert "改一" in texts[":now"]
    assert "改二" in texts[":wanted"]
    assert str(SHIPPED.rules[PHRASES].data["title"]) in texts[":then"]


async def test_everything_that_is_wrong_with_a_draft_is_told_at_once(
    client: httpx.AsyncClient, editor: Headers
) -> None:
    bad = {"adds": [rule(action="shout"), rule("extra.two", phrases="包过")], "retires": ["no.such"], "colour": 1}
    told = await _refused(client, CHANGES, editor, bad, 422)
    assert [problem["field"] for problem in told["fields"]] == ["colour"]
    del bad["colour"]
    told = await _refused(client, CHANGES, editor, bad, 422)
    assert {problem["field"] for problem in told["fields"]} == {"adds.0.action", "adds.1.phrases", "retires.0"}
    assert all("(" in problem["reason"] for problem in told["fields"])
    bodies: list[Any] = [[], None, "x", {"adds": 1}, {"comment": 5}, {"comment": "长" * 3000}]
    for body in bodies:
        await _refused(client, CHANGES, editor, body, 422)
    assert (await client.get(CHANGES, headers=editor)).json()["changes"] == []


async def test_more_than_fifty_problems_are_all_named(client: httpx.AsyncClient, editor: Headers) -> None:
    many = {"retires": [f"no.such_{number}" for number in range(200)]}
    assert len((await _refused(client, CHANGES, editor, many, 422))["fields"]) == 200


async def test_a_draft_is_edited_listed_taken_back_and_dropped(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    drafted = await _post(client, CHANGES, editor, BODY)
    path = f"{CHANGES}/{drafted['id']}"
    edited = await client.patch(path, json={"title": "改名"}, headers=editor)
    assert (edited.json()["title"], edited.json()["version"]) == ("改名", 2)
    await _post(client, f"{path}/submit", editor)
    waiting = (await client.get(f"{CHANGES}?state=submitted", headers=approver)).json()["changes"]
    assert [(one["title"], one["touches"]) for one in waiting] == [("改名", ["extra.one"])]
    assert (await client.get(f"{CHANGES}?mine=true", headers=approver)).json()["changes"] == []
    assert (await client.patch(path, json={"title": "又改"}, headers=editor)).status_code == 409
    assert (await client.delete(path, headers=editor)).status_code == 409
    await _post(client, f"{path}/withdraw", editor)
    assert (await client.delete(path, headers=editor)).json() == {"id": drafted["id"], "dropped": True}
    assert (await client.get(path, headers=editor)).status_code == 404


async def test_a_request_that_nobody_decides_expires(
    client: httpx.AsyncClient, editor: Headers, approver: Headers, clock: Clock
) -> None:
    identity = await _submitted(client, editor)
    clock.ahead = timedelta(days=14, minutes=1)
    assert (await client.get(f"{CHANGES}/{identity}", headers=editor)).json()["state"] == "expired"
    assert (await _refused(client, f"{CHANGES}/{identity}/approve", approver, {}, 409))["error"] == "WrongState"


async def test_an_approved_change_is_published_when_its_minute_has_come(
    client: httpx.AsyncClient, parts: Parts, replica: Store, editor: Headers, approver: Headers, clock: Clock
) -> None:
    identity = await _submitted(client, editor)
    moment = (datetime.now(UTC) + timedelta(hours=2)).replace(second=0, microsecond=0)
    told = await _refused(
        client, f"{CHANGES}/{identity}/approve", approver, {"effective_from": "2099-01-01T00:00:30+08:00"}, 422
    )
    assert told["fields"][0]["field"] == "effective_from"
    body = {"effective_from": moment.isoformat()}
    assert (await _post(client, f"{CHANGES}/{identity}/approve", approver, body))["state"] == "approved"
    assert (await client.get("/v1/lexicon/status")).json()["revision"] == 1
    beside = Lifecycle(replica, parts.revisions, RuleMatter(INSTITUTION), judge=lambda proposal: [], clock=clock)
    assert await beside.publish_due() == []
    clock.ahead = timedelta(hours=2)
    assert [one.number for one in await beside.publish_due()] == [2]
    assert (await client.get(f"{CHANGES}/{identity}", headers=editor)).json()["state"] == "published"


class TestFiles:
    async def test_the_yaml_files_come_out_byte_for_byte(
        self, client: httpx.AsyncClient, editor: Headers, parts: Parts
    ) -> None:
        response = await client.get("/v1/lexicon/export?format=yaml", headers=editor)
        [row] = await parts.trail.page(event="lexicon.exported")
        assert row.details == {"format": "yaml", "revision": 1}
        assert response.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == SHIPPED.contents

    @pytest.mark.parametrize("form", ["csv", "xlsx", "yaml"])
    async def test_what_comes_back_unchanged_changes_nothing(
        self, client: httpx.AsyncClient, editor: Headers, form: str
    ) -> None:
        exported = await client.get(f"/v1/lexicon/export?format={form}", headers=editor)
        kind = {"content-type": exported.headers["content-type"]}
        response = await client.post("/v1/lexicon/import", content=exported.content, headers={**editor, **kind})
        assert (response.status_code, response.json()["fields"][0]["field"]) == (422, "body")
        assert "没有要改的" in response.json()["fields"][0]["reason"]

    async def test_a_file_becomes_a_draft_and_never_a_revision(
        self, client: httpx.AsyncClient, editor: Headers
    ) -> None:
        changed = SHIPPED.contents["promise.yaml"].replace(b"title: ", "title: 改".encode(), 1)
        response = await client.post("/v1/lexicon/import?format=yaml&title=改名", content=changed, headers=editor)
        assert response.status_code == 200, response.text
        assert (response.json()["state"], response.json()["title"], len(response.json()["edits"])) == (
            "draft",
            "改名",
            1,
        )
        assert (await client.get("/v1/lexicon/status")).json()["revision"] == 1

    async def test_every_bad_row_is_named_at_once_and_nothing_is_taken(
        self, client: httpx.AsyncClient, editor: Headers
    ) -> None:
        exported = (await client.get("/v1/lexicon/export?format=csv", headers=editor)).content.decode("utf-8-sig")
        head, *lines = exported.splitlines()
        sheet = "\r\n".join([head, *(line.replace("拦下", "吼") for line in lines[:400])])
        response = await client.post("/v1/lexicon/import?format=csv", content=sheet.encode(), headers=editor)
        assert response.status_code == 422
        rows = [problem["field"] for problem in response.json()["fields"]]
        assert len(rows) > 1
        assert all(field.startswith("rows.") for field in rows)
        assert (await client.get(CHANGES, headers=editor)).json()["changes"] == []

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\x00\x01", "：".encode(), b"[" * 100_000])
    @pytest.mark.parametrize("form", ["", "?format=csv", "?format=xlsx", "?format=yaml"])
    async def test_rubbish_is_refused(
        self, client: httpx.AsyncClient, editor: Headers, content: bytes, form: str
    ) -> None:
        response = await client.post(f"/v1/lexicon/import{form}", content=content, headers=editor)
        assert response.status_code == 422, response.text
        assert response.json()["fields"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/lexicon/rules", set(Role)),
        ("GET", "/v1/lexicon/status", set(Role)),
        ("GET", "/v1/lexicon/revisions", set(Role)),
        ("GET", "/v1/lexicon/revisions/1", set(Role)),
        ("GET", "/v1/lexicon/revisions/1/diff/1", set(Role)),
        ("POST", "/v1/lexicon/revisions/1/restore", {Role.APPROVER}),
        ("GET", CHANGES, {Role.EDITOR, Role.APPROVER, Role.AUDITOR}),
        ("GET", f"{CHANGES}/ID", {Role.EDITOR, Role.APPROVER, Role.AUDITOR}),
        ("POST", CHANGES, {Role.EDITOR}),
        ("PATCH", f"{CHANGES}/ID", {Role.EDITOR}),
        ("DELETE", f"{CHANGES}/ID", {Role.EDITOR}),
        ("POST", f"{CHANGES}/ID/submit", {Role.EDITOR}),
        ("POST", f"{CHANGES}/ID/withdraw", {Role.EDITOR}),
        ("POST", f"{CHANGES}/ID/comments", {Role.EDITOR, Role.APPROVER}),
        ("POST", f"{CHANGES}/ID/reviewers", {Role.EDITOR, Role.APPROVER}),
        ("POST", f"{CHANGES}/ID/approve", {Role.APPROVER}),
        ("POST", f"{CHANGES}/ID/reject", {Role.APPROVER}),
        ("GET", "/v1/lexicon/export?format=csv", {Role.EDITOR}),
        ("POST", "/v1/lexicon/import", {Role.EDITOR}),
        ("GET", "/v1/audit", {Role.AUDITOR}),
    ],
)
async def test_only_the_roles_of_the_contract_may(
    client: httpx.AsyncClient, parts: Parts, method: str, path: str, allowed: set[Role]
) -> None:
    where = path.replace("ID", "01KAHG3V5Z3Q4YB6N2T8W9X0CD")
    for role in Role:
        key = await _key(parts, role, role)
        response = await client.request(method, where, headers=key)
        assert (response.status_code != 403) is (role in allowed), (role, response.text)


async def test_a_large_body_is_taken_where_rules_come_in_and_nowhere_else(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    sheet = b"x" * 300_000
    assert (await client.post("/v1/lexicon/import?format=csv", content=sheet, headers=editor)).status_code == 422
    assert (await client.post(CHANGES, content=sheet, headers=editor)).status_code == 422
    restore = await client.post("/v1/lexicon/revisions/1/restore", content=sheet, headers=approver)
    assert restore.status_code == 413
