"""Changes of approved wording over HTTP: one person drafts, another approves, and files come in and go out."""

import io
import zipfile
from typing import Any

import httpx
import pytest

from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import FALLBACKS_FILE
from app.data import Data
from app.parts import Parts
from app.records import Role
from tests.app.api.test_wording import Headers, key_of, told
from tests.app.lexicon.wordings import BODY, LEAVING, OTHER, REPLY, WORDS, add, edit, named
from tests.app.services import example

CHANGES, LINES = "/v1/wording/changes", "/v1/wording/lines"
NEW = "{产品名}的利息是{年化利率}。要不要用您自己定，您还想了解哪项？"
ID = "01KAHG3V5Z3Q4YB6N2T8W9X0CD"

ALLOWED: list[tuple[str, str, set[Role]]] = [
    ("GET", CHANGES, {Role.EDITOR, Role.APPROVER, Role.AUDITOR}),
    ("GET", f"{CHANGES}/{ID}", {Role.EDITOR, Role.APPROVER, Role.AUDITOR}),
    ("POST", CHANGES, {Role.EDITOR}),
    ("PATCH", f"{CHANGES}/{ID}", {Role.EDITOR}),
    ("DELETE", f"{CHANGES}/{ID}", {Role.EDITOR}),
    ("POST", f"{CHANGES}/{ID}/submit", {Role.EDITOR}),
    ("POST", f"{CHANGES}/{ID}/withdraw", {Role.EDITOR}),
    ("POST", f"{CHANGES}/{ID}/comments", {Role.EDITOR, Role.APPROVER}),
    ("POST", f"{CHANGES}/{ID}/reviewers", {Role.EDITOR, Role.APPROVER}),
    ("POST", f"{CHANGES}/{ID}/dry-run", {Role.EDITOR, Role.APPROVER}),
    ("POST", f"{CHANGES}/{ID}/approve", {Role.APPROVER}),
    ("POST", f"{CHANGES}/{ID}/reject", {Role.APPROVER}),
    ("GET", "/v1/wording/revisions/1/diff/1", set(Role)),
    ("POST", "/v1/wording/revisions/1/restore", {Role.APPROVER}),
    ("GET", "/v1/wording/export", {Role.EDITOR}),
    ("POST", "/v1/wording/import", {Role.EDITOR}),
]
"""Who may take each route."""


@pytest.fixture
async def editor(parts: Parts) -> Headers:
    """A key of 张合规, who edits."""
    return await key_of(parts, "editor", Role.EDITOR, person="张合规")


@pytest.fixture
async def approver(parts: Parts) -> Headers:
    """A key of 李合规, who approves."""
    return await key_of(parts, "approver", Role.APPROVER, person="李合规")


async def _submitted(client: httpx.AsyncClient, key: Headers, body: Any) -> str:
    drafted = await told(client, CHANGES, key, body)
    path = f"{CHANGES}/{drafted['id']}"
    assert (await told(client, f"{path}/submit", key, {}))["state"] == "submitted"
    return path


async def test_a_text_is_edited_tried_approved_and_put_back(
    client: httpx.AsyncClient, parts: Parts, editor: Headers, approver: Headers
) -> None:
    drafted = await told(client, CHANGES, editor, {**edit(BODY, NEW), "comment": "客户 13812345678 听不懂"})
    path = f"{CHANGES}/{drafted['id']}"
    assert (drafted["state"], drafted["author"], drafted["based_on"]) == ("draft", "张合规", 1)
    assert drafted["edits"] == [{"id": named(BODY), "text": NEW, "was": BODY}]
    assert "13812345678" not in drafted["comment"]
    tried = await told(client, f"{path}/dry-run", approver, {"records": 10})
    assert ([one["text"] for one in tried["gone"]], [one["text"] for one in tried["new"]]) == ([BODY], [NEW])
    assert (tried["against"], tried["problems"], tried["gone"][0]["said"]["count"]) == (1, [], 0)
    await told(client, f"{path}/submit", editor, {})
    await told(client, f"{path}/comments", approver, {"text": "看过了"})
    await told(client, f"{path}/reviewers", editor, {"reviewers": ["李合规"]})
    approved = await told(client, f"{path}/approve", approver, {"reason": "同意", "version": 1})
    assert (approved["state"], approved["revision"], approved["reviewers"]) == ("published", 2, ["李合规"])

    differs = await told(client, "/v1/wording/revisions/1/diff/2")
    assert ([one["id"] for one in differs["gone"]], [one["text"] for one in differs["new"]]) == ([named(BODY)], [NEW])
    back = await told(client, "/v1/wording/revisions/2/diff/1")
    assert (back["gone"], back["new"]) == (differs["new"], differs["gone"])
    assert (await told(client, "/v1/lexicon/revisions/1/diff/2"))["edited"] == []

    both = await key_of(parts, "both", Role.EDITOR, Role.APPROVER, person="李合规")
    restored = await told(client, "/v1/wording/revisions/1/restore", both, {"note": "误改"})
    assert (restored["state"], restored["restores"], restored["files"]) == ("submitted", 1, [FALLBACKS_FILE])
    undo = f"{CHANGES}/{restored['id']}/approve"
    assert (await told(client, undo, both, {}, 403))["error"] == "OwnChange"
    other = await key_of(parts, "other", Role.APPROVER, person="王合规")
    assert (await told(client, undo, other, {}))["revision"] == 3
    first, third = [await told(client, f"/v1/lexicon/revisions/{number}") for number in (1, 3)]
    assert first["sha256"] == third["sha256"]
    assert (await told(client, "/v1/wording/revisions/3/restore", both, {"note": "再来"}, 409))["error"]
    assert await parts.trail.verify() is None


async def test_one_person_alone_publishes_nothing_whatever_the_keys(client: httpx.AsyncClient, parts: Parts) -> None:
    keys = [
        await key_of(parts, f"key {number}", *roles, person=person)
        for number, (person, roles) in enumerate(
            [
                ("Zhang Wei", (Role.EDITOR, Role.APPROVER)),
                ("ＺＨＡＮＧ wei", (Role.APPROVER,)),
                ("zhang wei", tuple(Role)),
            ]
        )
    ]
    path = await _submitted(client, keys[0], edit(BODY, NEW))
    for key in keys:
        for verb in ("approve", "reject"):
            assert (await told(client, f"{path}/{verb}", key, {"reason": "好"}, 403))["error"] == "OwnChange"
    assert (await told(client, "/v1/lexicon/status"))["revision"] == 1


async def test_everything_that_is_wrong_is_told_at_once_in_chinese_and_nothing_is_kept(
    client: httpx.AsyncClient, editor: Headers
) -> None:
    body = {
        **add(BODY, "{产品。"),
        "edits": [{"id": named(OTHER), "text": ""}, {"id": "line-0000000000", "text": "甲。"}],
        "retires": ["fallback-0000000000"],
    }
    refused = await told(client, CHANGES, editor, body, 422)
    assert {one["field"] for one in refused["fields"]} == {
        "adds.0.text",
        "edits.0.text",
        "edits.1.id",
        "retires.0",
    }
    bodies: list[Any] = [
        [],
        "x",
        {"adds": 1},
        {"colour": 1},
        {"edits": [{"id": named(BODY), "text": 5}]},
        {"files": {"facts.yaml": "x"}},
        {"title": "长" * 201},
    ]
    for bad in bodies:
        answer = await told(client, CHANGES, editor, bad, 422)
        assert all(any("\u4e00" <= each <= "\u9fff" for each in one["reason"]) for one in answer["fields"]), answer
    for raw in (b"", b"{", b'{"title": "\\ud800"}', b"\xff"):
        response = await client.post(CHANGES, content=raw, headers=editor)
        assert response.status_code == 422, response.text
    assert (await told(client, CHANGES, editor))["changes"] == []


async def test_words_that_a_rule_stops_are_told_to_the_draft_and_cannot_be_submitted(
    client: httpx.AsyncClient, editor: Headers
) -> None:
    drafted = await told(client, CHANGES, editor, edit(LEAVING, "保证通过，百分百下款。"))
    assert {"promise.guaranteed_approval"} <= {one.get("rule") for one in drafted["warnings"]}
    refused = await told(client, f"{CHANGES}/{drafted['id']}/submit", editor, {}, 422)
    assert any("保证通过，百分百下款" in one["reason"] for one in refused["fields"])
    tried = await told(client, f"{CHANGES}/{drafted['id']}/dry-run", editor, {})
    assert any(one["code"] == "stopped_by_rule" for one in tried["problems"])


async def test_two_changes_of_one_text_are_a_conflict_with_both(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    first, second = [await _submitted(client, editor, edit(REPLY, text)) for text in ("够用就好。", "够用最好。")]
    await told(client, f"{first}/approve", approver, {})
    assert (await told(client, second, approver))["warnings"][0]["code"] == "moved_rule"
    refused = await told(client, f"{second}/approve", approver, {}, 409)
    texts = {one["field"].removeprefix(named(REPLY)): one["reason"] for one in refused["fields"]}
    assert refused["error"] == "RulesMoved"
    for name, text in ((":then", REPLY), (":now", "够用就好。"), (":wanted", "够用最好。")):
        assert text in texts[name]


async def test_a_draft_is_edited_listed_taken_back_and_dropped(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    drafted = await told(client, CHANGES, editor, edit(BODY, NEW))
    path = f"{CHANGES}/{drafted['id']}"
    lie = {"title": "改名", "was": {named(BODY): "别的话"}}
    edited = (await client.patch(path, json=lie, headers=editor)).json()
    assert (edited["title"], edited["version"], edited["edits"][0]["was"]) == ("改名", 2, BODY)
    await told(client, f"{path}/submit", editor, {})
    [listed] = (await told(client, f"{CHANGES}?state=submitted", approver))["changes"]
    assert (listed["touches"], listed["files"]) == ([named(BODY)], [])
    assert (await told(client, f"{CHANGES}?mine=true", approver))["changes"] == []
    assert (await told(client, f"{path}/approve", approver, {"version": 1}, 409))["error"] == "OtherVersion"
    assert (await client.delete(path, headers=editor)).status_code == 409
    await told(client, f"{path}/withdraw", editor, {})
    assert (await client.delete(path, headers=editor)).json() == {"id": drafted["id"], "dropped": True}
    assert (await told(client, path, editor, None, 404))["error"] == "UnknownChange"


async def test_files_go_out_and_come_in_byte_for_byte(
    client: httpx.AsyncClient, editor: Headers, approver: Headers, parts: Parts
) -> None:
    exported = await client.get("/v1/wording/export", headers=editor)
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == WORDS
    [row] = await parts.trail.page(event="wording.exported")
    assert row.details == {"revision": 1}
    same = await client.post("/v1/wording/import", content=exported.content, headers=editor)
    assert same.status_code == 422
    assert "没有要改的" in same.json()["fields"][0]["reason"]
    sent = WORDS[BRIDGES_FILE].replace("请您稍等".encode(), "请稍等".encode())
    drafted = (await client.post("/v1/wording/import?title=换", content=sent, headers=editor)).json()
    assert (drafted["state"], drafted["title"], drafted["files"]) == ("draft", "换", [BRIDGES_FILE])
    path = f"{CHANGES}/{drafted['id']}"
    await told(client, f"{path}/submit", editor, {})
    assert (await told(client, f"{path}/approve", approver, {}))["revision"] == 2
    for query, words in (("", sent), ("?revision=2", sent), ("?revision=1", WORDS[BRIDGES_FILE])):
        out = await client.get(f"/v1/wording/export{query}", headers=editor)
        with zipfile.ZipFile(io.BytesIO(out.content)) as archive:
            assert archive.read(BRIDGES_FILE) == words
    assert (await told(client, "/v1/wording/export?revision=9", editor, None, 404))["error"] == "UnknownRevision"
    assert (await told(client, "/v1/wording/revisions/1/diff/9", editor, None, 404))["error"] == "UnknownRevision"
    assert (await told(client, "/v1/wording/revisions/9/restore", approver, {"note": "x"}, 404))["error"]


async def test_rubbish_is_refused_in_chinese(client: httpx.AsyncClient, editor: Headers) -> None:
    broken = (b"PK\x03\x04rubbish", b"\x00\x01", b"[" * 100_000, "- tag: a\n  texts：[b]\n".encode())
    for content in (b"", b"\xff\xfe", b"- {}", *broken):
        response = await client.post("/v1/wording/import", content=content, headers=editor)
        assert response.status_code == 422, response.text
        assert all(any("\u4e00" <= each <= "\u9fff" for each in one["reason"]) for one in response.json()["fields"])


async def test_a_broken_file_is_told_by_its_name_and_line(client: httpx.AsyncClient, editor: Headers) -> None:
    text = WORDS[REPLIES_FILE].decode().replace("texts: [对不起", "texts：[对不起", 1)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(REPLIES_FILE, text)
        archive.writestr("other.yaml", "x: 1")
    response = await client.post("/v1/wording/import", content=written.getvalue(), headers=editor)
    fields = {one["field"]: one["reason"] for one in response.json()["fields"]}
    assert response.status_code == 422
    assert "全角冒号" in fields[f"{REPLIES_FILE}:12"]
    assert "不是话术文件" in fields["other.yaml"]


async def test_only_the_roles_of_the_contract_may(client: httpx.AsyncClient, parts: Parts) -> None:
    keys = {role: await key_of(parts, role.value, role) for role in Role}
    for method, path, allowed in ALLOWED:
        for role, key in keys.items():
            response = await client.request(method, path, headers=key)
            assert (response.status_code != 403) is (role in allowed), (method, path, role, response.text)


async def test_what_there_is_not_is_said_by_each_route(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    for verb, key in (("submit", editor), ("withdraw", editor), ("dry-run", editor), ("approve", approver)):
        assert (await told(client, f"{CHANGES}/{ID}/{verb}", key, {}, 404))["error"] == "UnknownChange"
    for body, verb in (
        ({"reason": "不"}, "reject"),
        ({"text": "话"}, "comments"),
        ({"reviewers": ["王"]}, "reviewers"),
    ):
        assert (await told(client, f"{CHANGES}/{ID}/{verb}", approver, body, 404))["error"] == "UnknownChange"
    assert (await client.patch(f"{CHANGES}/{ID}", json={}, headers=editor)).status_code == 404
    await told(client, f"{CHANGES}/nonsense", editor, None, 422)


async def test_what_is_suspended_cannot_be_let_go_of_under_another_text(
    client: httpx.AsyncClient, editor: Headers, approver: Headers
) -> None:
    held = await told(client, f"{LINES}/{named(REPLY)}/suspend", approver, {"reason": "投诉"})
    since = held["line"]["suspended"]["since"]
    lie = {"resumes": [{"id": named(REPLY), "text": "谁也不在意的话", "since": since}]}
    refused = await told(client, CHANGES, editor, lie, 422)
    assert refused["fields"][0]["field"] == "resumes.0.text"


async def test_the_new_words_are_spoken_once_they_are_in_force(
    client: httpx.AsyncClient, parts: Parts, data: Data, editor: Headers, approver: Headers
) -> None:
    """The activation of a revision is tried with running services; here it is put in force by hand."""
    closing = "额度和利率以审批和合同为准。"
    path = await _submitted(client, editor, edit(closing, "额度和利率，以审批和合同为准。"))
    await told(client, f"{path}/approve", approver, {})
    spoken = await told(client, "/v1/scripts", None, example(request_id="before"))
    assert closing in spoken["text"]
    edition = await parts.rewording.edition()
    lexicon = edition.files.lexicon()
    parts.policy.swap(data.deployment.ruling(lexicon, edition.wording, revision=2, base=data.policy))
    spoken = await told(client, "/v1/scripts", None, example(request_id="after"))
    assert "额度和利率，以审批和合同为准。" in spoken["text"]
    assert spoken["policy_revision"] == 2
