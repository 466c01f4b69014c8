"""Contacts over HTTP: what a refusal does, for how long, who may undo it, and how others learn of it."""

import asyncio
import hashlib
import hmac
import json
import re
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.approved.events import EventType
from app.contacts import ContactEvent, Ledger, References, Scope, open_references
from app.data import Data
from app.errors import ConfigurationError
from app.main import open_parts
from app.parts import Parts
from app.records import Role, Store, open_store
from app.records.audit import AuditTrail, Entry
from app.records.connections import connect
from app.settings import ROOT, Settings
from guards.types import Group, Scenario
from tests.app.services import PERSON, client_of, open_service, writer

PAGE = (ROOT / "docs" / "contacts.md").read_text("utf-8")
CONTACT = "/v1/contacts/u-778"
REASON = {"reason": "客户书面要求恢复营销来电"}
SELLING = [scenario.value for scenario in Scenario if scenario.group is Group.MARKETING]
OTHERS = [scenario.value for scenario in Scenario if scenario.group is not Group.MARKETING]
Headers = Mapping[str, str]


async def _note(client: httpx.AsyncClient, *events: Mapping[str, Any], path: str = CONTACT) -> dict[str, Any]:
    response = await client.post(f"{path}/events", json={"events": events})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def _open(client: httpx.AsyncClient, key: Headers | None = None, kind: str = "opt-out") -> httpx.Response:
    return await client.request("DELETE", f"{CONTACT}/{kind}", json=REASON, headers=key)


async def _key(parts: Parts, name: str, *roles: Role, person: str | None = None) -> Headers:
    return {"authorization": f"Bearer {await parts.keys.create(name, roles, person)}"}


async def _trail(directory: Path) -> list[Entry]:
    """Everything in the audit trail about contacts, once it is seen to be whole."""
    store = await open_store(f"sqlite:///{directory / 'heyan.sqlite3'}")
    try:
        trail = AuditTrail(store)
        assert await trail.verify() is None
        return [entry async for entry in trail.entries() if entry.event.startswith("contact.")]
    finally:
        await store.close()


@pytest.fixture
async def replica(tmp_path: Path) -> AsyncIterator[Store]:
    """The same store, as another replica has it open."""
    store = await open_store(f"sqlite:///{tmp_path / 'heyan.sqlite3'}")
    yield store
    await store.close()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key of an engine."""
    async with client_of(parts) as opened:
        opened.headers.update(await _key(parts, "engine", Role.CALLER))
        yield opened


class TestReading:
    async def test_a_customer_of_whom_nothing_is_known_is_no_error(self, client: httpx.AsyncClient) -> None:
        response = await client.get(CONTACT)
        assert response.status_code == 200
        assert response.json() == {"ref": "u-778", "events": [], "closed": [], "asked": []}

    async def test_a_refusal_is_told_as_it_was_noted(self, client: httpx.AsyncClient) -> None:
        noted = await _note(client, {"type": "opt_out", "scope": "marketing"})
        [event] = noted["events"]
        assert (event["type"], event["scope"], event["source"]) == ("opt_out", "marketing", "api")
        assert event["since"] == event["latest"]
        assert datetime.fromisoformat(event["since"]).utcoffset() == timedelta(0)
        assert (await client.get(CONTACT)).json() == noted

    @pytest.mark.parametrize(
        ("event", "closed"),
        [
            (
                {"type": "opt_out", "scope": "marketing"},
                [(one, None, None, "do_not_call", "gate.opted_out") for one in SELLING],
            ),
            (
                {"type": "opt_out", "scope": "servicing"},
                [
                    *((one, None, None, "do_not_call", "gate.opted_out") for one in SELLING),
                    *((one, "ai_voice", None, "handoff", "gate.asked_for_person") for one in OTHERS),
                ],
            ),
            (
                {"type": "wrong_number"},
                [(one.value, None, None, "do_not_call", "gate.wrong_number") for one in Scenario],
            ),
            (
                {"type": "third_party_refused"},
                [
                    (one.value, None, ["contact", "unrelated"], "do_not_call", "gate.third_party_refused")
                    for one in Scenario
                ],
            ),
        ],
    )
    async def test_what_follows_is_told_call_by_call(
        self, client: httpx.AsyncClient, event: dict[str, Any], closed: list[Any]
    ) -> None:
        told = await _note(client, event)
        assert told["events"][0]["type"] == event["type"]
        assert [tuple(one.values()) for one in told["closed"]] == closed
        assert list(told["closed"][0]) == ["scenario", "channel", "roles", "action", "rule"]

    async def test_past_its_retention_a_refusal_counts_no_more(self, parts: Parts, replica: Store) -> None:
        references = await open_references(replica, None)
        aged = replace(parts, contacts=Ledger(replica, references, retention=timedelta(days=365)))
        async with client_of(aged) as client:
            for days, kept in ((366, 0), (364, 1)):
                said = datetime.now(UTC) - timedelta(days=days)
                assert len((await _note(client, {"type": "opt_out", "at": said.isoformat()}))["events"]) == kept

    async def test_customers_are_told_apart(self, client: httpx.AsyncClient) -> None:
        await _note(client, {"type": "wrong_number"})
        for other in ("u-77", "u-7788", "U-778", "u-779"):
            assert (await client.get(f"/v1/contacts/{other}")).json()["events"] == []

    @pytest.mark.parametrize("ref", ["a", "A.b_c:9-", "x" * 64, "13812345678"])
    async def test_every_reference_of_the_contract_is_taken(self, client: httpx.AsyncClient, ref: str) -> None:
        assert (await _note(client, {"type": "wrong_number"}, path=f"/v1/contacts/{ref}"))["ref"] == ref

    @pytest.mark.parametrize("ref", ["x" * 65, "u 778", "客户", "u+778", "u-778\n", "u@778"])
    async def test_any_other_reference_is_refused_by_the_name_of_the_field(
        self, client: httpx.AsyncClient, ref: str
    ) -> None:
        url = httpx.URL("http://heyan/v1/contacts/").copy_with(raw_path=f"/v1/contacts/{_quoted(ref)}".encode())
        for response in (
            await client.get(url),
            await client.post(f"{url}/events", json={"type": "opt_out"}),
            await client.request("DELETE", f"{url}/opt-out", json=REASON),
        ):
            assert response.status_code == 422
            assert [problem["field"] for problem in response.json()["fields"]] == ["ref"]
            assert ref not in response.text


class TestNoting:
    async def test_events_are_taken_as_script_answers_carry_them_and_refusals_are_kept(
        self, client: httpx.AsyncClient
    ) -> None:
        call = {
            EventType.OPT_OUT: ContactEvent(EventType.OPT_OUT, Scope.SERVICING, remembered=False),
            EventType.CALLBACK: ContactEvent(EventType.CALLBACK, at=datetime(2099, 1, 1, tzinfo=UTC)),
            EventType.PROMISE_TO_PAY: ContactEvent(
                EventType.PROMISE_TO_PAY, day=date(2026, 11, 30), amount=Decimal("500.00")
            ),
        }
        events = [call.get(kind, ContactEvent(kind)) for kind in EventType]
        vague = [ContactEvent(kind, remembered=False) for kind in EventType if kind is not EventType.OPT_OUT]
        told = await _note(client, *(event.as_json() for event in (*events, *vague)))
        assert [event["type"] for event in told["events"]] == ["opt_out", "wrong_number", "third_party_refused"]
        for kind in EventType:
            other = f"/v1/contacts/other-{kind.value}"
            alone = (await client.post(f"{other}/events", json=ContactEvent(kind).as_json())).json()
            kept = kind in {EventType.OPT_OUT, EventType.WRONG_NUMBER, EventType.THIRD_PARTY_REFUSED}
            assert [event["type"] for event in alone["events"]] == ([kind.value] if kept else [])

    async def test_no_events_at_all_are_fine_too(self, client: httpx.AsyncClient) -> None:
        assert (await _note(client))["events"] == []

    async def test_an_opt_out_without_a_scope_is_one_of_marketing_and_the_wider_one_stays(
        self, client: httpx.AsyncClient
    ) -> None:
        for event, scope in (
            ({"type": "opt_out"}, "marketing"),
            ({"type": "opt_out", "scope": "servicing"}, "servicing"),
            ({"type": "opt_out", "scope": "marketing"}, "servicing"),
        ):
            [told] = (await _note(client, event))["events"]
            assert told["scope"] == scope
        assert told["since"] < told["latest"]

    async def test_a_refusal_counts_from_when_it_was_said(self, client: httpx.AsyncClient) -> None:
        [told] = (await _note(client, {"type": "wrong_number", "at": "2026-01-05T09:30:00+08:00"}))["events"]
        assert told["since"] == told["latest"] == "2026-01-05T01:30:00+00:00"

    async def test_a_clock_that_is_a_little_ahead_loses_no_refusal(self, client: httpx.AsyncClient) -> None:
        ahead = datetime.now(UTC) + timedelta(seconds=30)
        [told] = (await _note(client, {"type": "wrong_number", "at": ahead.isoformat()}))["events"]
        assert datetime.fromisoformat(told["since"]) < ahead

    @pytest.mark.parametrize(
        ("event", "fields"),
        [
            ({"type": "opt_out", "mood": "calm", "colour": 1}, ["mood", "colour"]),
            ({"type": "shouted"}, ["type"]),
            ({"scope": "marketing"}, ["type"]),
            ({"type": "opt_out", "scope": "collection"}, ["scope"]),
            ({"type": "wrong_number", "scope": "marketing"}, ["scope"]),
            ({"type": "complaint", "at": "2026-01-05T09:30:00+08:00"}, ["at"]),
            ({"type": "opt_out", "at": "2026-01-05T09:30:00"}, ["at"]),
            ({"type": "opt_out", "at": "2099-01-05T09:30:00+08:00"}, ["at"]),
            ({"type": "callback", "at": "tomorrow"}, ["at"]),
            ({"type": "promise_to_pay", "date": "2026-11-30T00:00:00", "amount": 500}, ["date", "amount"]),
            ({"type": "promise_to_pay", "day": "2026-11-30"}, ["day"]),
            ({"type": "dispute", "date": "2026-11-30", "amount": "5"}, ["date", "amount"]),
            ({"type": "opt_out", "remembered": "no"}, ["remembered"]),
        ],
    )
    async def test_what_is_not_in_the_contract_is_refused_by_name_and_nothing_is_kept(
        self, client: httpx.AsyncClient, event: dict[str, Any], fields: list[str]
    ) -> None:
        for body, prefix in ((event, ""), ({"events": [{"type": "wrong_number"}, event]}, "events.1.")):
            response = await client.post(f"{CONTACT}/events", json=body)
            assert response.status_code == 422
            assert [problem["field"] for problem in response.json()["fields"]] == [prefix + name for name in fields]
        assert (await client.get(CONTACT)).json()["events"] == []

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"null", b'{"events": {}}', b'{"events": [], "type": "opt_out"}']
    )
    async def test_rubbish_is_refused(self, client: httpx.AsyncClient, body: bytes) -> None:
        assert (await client.post(f"{CONTACT}/events", content=body)).status_code == 422

    async def test_a_hundred_events_are_taken_and_more_are_too_many(self, client: httpx.AsyncClient) -> None:
        hundred = [{"type": "opt_out"}] * 100
        [event] = (await _note(client, *hundred))["events"]
        assert event["type"] == "opt_out"
        response = await client.post(f"{CONTACT}/events", json={"events": [*hundred, {"type": "opt_out"}]})
        assert (response.status_code, response.json()["error"]) == (413, "TooLarge")

    async def test_what_was_noted_outlives_the_process_and_is_known_to_every_replica(
        self, data: Data, tmp_path: Path
    ) -> None:
        async with open_service(data, tmp_path, writer()) as parts, client_of(parts) as client:
            noted = await _note(client, {"type": "opt_out"})
            asked = (await _open(client, await _key(parts, "wang", Role.APPROVER))).json()
            async with open_service(data, tmp_path, writer()) as other, client_of(other) as beside:
                assert (await beside.get(CONTACT)).json()["events"] == noted["events"]
        async with open_service(data, tmp_path, writer()) as parts, client_of(parts) as client:
            again = (await client.get(CONTACT)).json()
            assert {"state": "asked", **again} == asked
            assert len((await client.get("/v1/contacts/changes")).json()["changes"]) == 1
        assert [entry.event for entry in await _trail(tmp_path)] == ["contact.closed", "contact.opening_asked"]

    async def test_without_its_store_nothing_is_acknowledged(self, parts: Parts, tmp_path: Path) -> None:
        empty = Store(connect(f"sqlite:///{tmp_path / 'no-tables.sqlite3'}"), b"")
        broken = replace(parts, contacts=Ledger(empty, References(b"k" * 32)))
        async with client_of(broken) as client:
            for response in (
                await client.get(CONTACT),
                await client.post(f"{CONTACT}/events", json={"type": "opt_out"}),
                await _open(client, await _key(parts, "wang", Role.APPROVER)),
                await client.get("/v1/contacts/changes"),
            ):
                assert (response.status_code, response.json()["error"]) == (503, "StoreError")
        await empty.close()


class TestTheWayBack:
    async def test_one_person_asks_and_an_approver_who_is_another_person_grants(
        self, parts: Parts, client: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        li = await _key(parts, "desk-7", Role.CALLER, person="li.na")
        wang = await _key(parts, "wang", Role.APPROVER, person="wang.wei")
        noted = await _note(client, {"type": "opt_out"}, {"type": "wrong_number"})
        asked = await _open(client, li)
        assert asked.status_code == 202
        told = asked.json()
        assert (told["state"], told["events"], told["closed"]) == ("asked", noted["events"], noted["closed"])
        [ask] = told["asked"]
        assert (ask["type"], ask["person"], ask["reason"]) == ("opt_out", "li.na", REASON["reason"])
        granted = await _open(client, wang)
        assert granted.status_code == 200
        told = granted.json()
        assert (told["state"], told["asked"]) == ("opened", [])
        assert [event["type"] for event in told["events"]] == ["wrong_number"]
        assert {one["rule"] for one in told["closed"]} == {"gate.wrong_number"}
        assert {"state": "opened", **(await client.get(CONTACT)).json()} == told
        assert (await _open(client, wang)).status_code == 404
        closed, closed_too, opening, opened = await _trail(tmp_path)
        assert {closed.details["type"], closed_too.details["type"]} == {"opt_out", "wrong_number"}
        assert (opening.event, opening.person) == ("contact.opening_asked", "li.na")
        assert (opened.event, opened.person, opened.details["asked_by"]) == ("contact.opened", "wang.wei", "li.na")
        assert opened.details["reason"] == opened.details["asked_because"] == REASON["reason"]
        assert {entry.subject for entry in (closed, opening, opened)} == {parts.contacts.digest("u-778")}

    async def test_one_person_with_two_keys_is_one_person(self, parts: Parts, client: httpx.AsyncClient) -> None:
        caller = await _key(parts, "desk-7", Role.CALLER, person="li.na")
        approver = await _key(parts, "li-approves", Role.APPROVER, person="li.na")
        other = await _key(parts, "wang", Role.APPROVER)
        await _note(client, {"type": "opt_out"})
        assert (await _open(client, caller)).status_code == 202
        for _ in range(2):
            refused = await _open(client, approver)
            assert (refused.status_code, refused.json()["error"]) == (403, "SamePerson")
        assert (await client.get(CONTACT)).json()["events"]
        assert (await _open(client, other)).status_code == 200

    async def test_whoever_asks_once_more_without_being_an_approver_changes_nothing(
        self, parts: Parts, client: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        editor = await _key(parts, "chen", Role.EDITOR)
        await _note(client, {"type": "opt_out"})
        first = (await _open(client, editor)).json()
        again = await client.request("DELETE", f"{CONTACT}/opt-out", json={"reason": "another"}, headers=editor)
        assert (again.status_code, again.json()) == (202, first)
        assert [entry.event for entry in await _trail(tmp_path)] == ["contact.closed", "contact.opening_asked"]

    async def test_an_approver_who_asked_cannot_grant_alone(self, parts: Parts, client: httpx.AsyncClient) -> None:
        wang = await _key(parts, "wang", Role.APPROVER, Role.CALLER)
        await _note(client, {"type": "opt_out"})
        assert (await _open(client, wang)).status_code == 202
        assert (await _open(client, wang)).status_code == 403
        assert (await client.get(CONTACT)).json()["asked"][0]["person"] == "wang"

    @pytest.mark.parametrize("role", [Role.CALLER, Role.EDITOR])
    async def test_somebody_else_who_is_no_approver_cannot_grant(
        self, parts: Parts, client: httpx.AsyncClient, role: Role
    ) -> None:
        other = await _key(parts, "other", role)
        await _note(client, {"type": "opt_out"})
        assert (await _open(client)).status_code == 202
        refused = await _open(client, other)
        assert (refused.status_code, refused.json()["error"]) == (403, "Forbidden")
        assert (await client.get(CONTACT)).json()["asked"][0]["person"] == "engine"

    async def test_nobody_in_particular_cannot_ask(self, parts: Parts, client: httpx.AsyncClient) -> None:
        wang = await _key(parts, "wang", Role.APPROVER)
        await _note(client, {"type": "opt_out"})
        del client.headers["authorization"]
        refused = await _open(client)
        assert (refused.status_code, refused.json()["error"]) == (401, "Unauthenticated")
        assert (await _open(client, wang)).status_code == 202

    async def test_one_person_is_one_however_the_name_is_written(self, parts: Parts, client: httpx.AsyncClient) -> None:
        first = await _key(parts, "one", Role.APPROVER, person="Li Wei")
        second = await _key(parts, "two", Role.APPROVER, person="\uff2ci  wei")
        await _note(client, {"type": "opt_out"})
        assert (await _open(client, first)).status_code == 202
        assert (await _open(client, second)).status_code == 403

    async def test_a_new_refusal_drops_what_was_asked(self, parts: Parts, client: httpx.AsyncClient) -> None:
        wang = await _key(parts, "wang", Role.APPROVER)
        await _note(client, {"type": "opt_out"})
        assert (await _open(client)).status_code == 202
        assert (await _note(client, {"type": "opt_out"}))["asked"] == []
        granted = await _open(client, wang)
        assert (granted.status_code, granted.json()["asked"][0]["person"]) == (202, "wang")
        assert granted.json()["events"]

    async def test_two_approvers_at_once_open_it_once(self, parts: Parts, client: httpx.AsyncClient) -> None:
        keys = [await _key(parts, name, Role.APPROVER) for name in ("wang", "zhao")]
        await _note(client, {"type": "opt_out"})
        assert (await _open(client)).status_code == 202
        both = await asyncio.gather(*(_open(client, key) for key in keys))
        assert sorted(response.status_code for response in both) == [200, 404]
        changes = (await client.get("/v1/contacts/changes")).json()["changes"]
        assert [change["change"] for change in changes] == ["closed", "opened"]

    @pytest.mark.parametrize("kind", ["opt-out", "wrong-number", "third-party"])
    async def test_what_is_not_closed_cannot_be_opened(self, client: httpx.AsyncClient, kind: str) -> None:
        events = {"opt-out": "opt_out", "wrong-number": "wrong_number", "third-party": "third_party_refused"}
        await _note(client, *({"type": event} for name, event in events.items() if name != kind))
        missing = await _open(client, kind=kind)
        assert (missing.status_code, missing.json()["error"]) == (404, "NothingClosed")
        await _note(client, {"type": events[kind]})
        asked = await _open(client, kind=kind)
        assert (asked.status_code, asked.json()["asked"][0]["type"]) == (202, events[kind])

    async def test_what_is_no_kind_of_refusal_is_refused_by_name(self, client: httpx.AsyncClient) -> None:
        response = await _open(client, kind="opt_out")
        assert (response.status_code, response.json()["fields"][0]["field"]) == (422, "kind")


class TestReasons:
    @pytest.mark.parametrize("request_", [{"params": REASON}, {"json": REASON}, {"json": {"reason": "由" * 500}}])
    async def test_a_reason_stands_in_the_body_or_in_the_query(
        self, client: httpx.AsyncClient, request_: dict[str, Any]
    ) -> None:
        await _note(client, {"type": "opt_out"})
        asked = await client.request("DELETE", f"{CONTACT}/opt-out", **request_)
        assert (asked.status_code, len(asked.json()["asked"])) == (202, 1)

    @pytest.mark.parametrize(
        "request_",
        [
            {},
            {"params": {"reason": ""}},
            {"params": {"reason": " \t\u3000"}},
            {"params": {"reason": "x" * 501}},
            {"params": REASON, "json": REASON},
            {"json": {}},
            {"json": {"reason": None}},
            {"json": {"reason": 7}},
            {"json": {"reason": "\u0000\u200b\n"}},
            {"json": {"reason": "x" * 501}},
        ],
    )
    async def test_without_one_in_words_nothing_is_asked(
        self, client: httpx.AsyncClient, request_: dict[str, Any]
    ) -> None:
        await _note(client, {"type": "opt_out"})
        response = await client.request("DELETE", f"{CONTACT}/opt-out", **request_)
        assert response.status_code == 422
        [problem] = response.json()["fields"]
        assert problem["field"].removeprefix("query.") == "reason"
        assert (await client.get(CONTACT)).json()["asked"] == []

    async def test_unknown_fields_beside_it_are_named(self, client: httpx.AsyncClient) -> None:
        response = await client.request("DELETE", f"{CONTACT}/opt-out", json={**REASON, "urgent": True})
        assert [problem["field"] for problem in response.json()["fields"]] == ["urgent"]

    async def test_personal_data_and_the_reference_are_masked_before_it_is_kept(
        self, parts: Parts, client: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        wang = await _key(parts, "wang", Role.APPROVER)
        await _note(client, {"type": "opt_out"})
        said = {"reason": f"客户u-778来电 {PERSON['mobile']}，证件 {PERSON['id_card']}\u0000要求恢复"}
        asked = await client.request("DELETE", f"{CONTACT}/opt-out", json=said)
        granted = await client.request("DELETE", f"{CONTACT}/opt-out", params=said, headers=wang)
        assert (asked.status_code, granted.status_code) == (202, 200)
        kept = asked.json()["asked"][0]["reason"]
        trail = json.dumps([dict(entry.details) for entry in await _trail(tmp_path)], ensure_ascii=False)
        assert trail.count("要求恢复") == 3
        for text in (kept, trail):
            assert "要求恢复" in text
            for secret in (PERSON["mobile"], PERSON["id_card"], "u-778", "\\u0000"):
                assert secret not in text


class TestFollowing:
    async def test_every_change_is_told_once_in_its_order(self, parts: Parts, client: httpx.AsyncClient) -> None:
        wang = await _key(parts, "wang", Role.APPROVER)
        for event in ({"type": "opt_out"}, {"type": "opt_out", "scope": "servicing"}, {"type": "opt_out"}):
            await _note(client, event)
        await _open(client)
        await _open(client, wang)
        page = (await client.get("/v1/contacts/changes")).json()
        digest = parts.contacts.digest("u-778")
        assert [(one["change"], one["type"], one["scope"]) for one in page["changes"]] == [
            ("closed", "opt_out", "marketing"),
            ("closed", "opt_out", "servicing"),
            ("opened", "opt_out", "servicing"),
        ]
        assert {(one["ref_digest"], one["source"], one["request_id"]) for one in page["changes"]} == {
            (digest, "api", None)
        }
        assert not page["more"]

    async def test_from_each_cursor_it_goes_on_without_gap_or_repetition(self, client: httpx.AsyncClient) -> None:
        nothing = (await client.get("/v1/contacts/changes")).json()
        assert (nothing["changes"], nothing["more"]) == ([], False)
        for number in range(5):
            await _note(client, {"type": "wrong_number"}, path=f"/v1/contacts/u-{number}")
        whole = (await client.get("/v1/contacts/changes", params={"after": nothing["next"]})).json()["changes"]
        seen: list[Any] = []
        query: dict[str, Any] = {"limit": 2}
        more = []
        for _ in range(4):
            page = (await client.get("/v1/contacts/changes", params=query)).json()
            seen += page["changes"]
            more.append(page["more"])
            query["after"] = page["next"]
        assert (seen, more) == (whole, [True, True, False, False])
        await _note(client, {"type": "opt_out"})
        [last] = (await client.get("/v1/contacts/changes", params=query)).json()["changes"]
        assert last["type"] == "opt_out"

    async def test_what_was_heard_in_a_call_names_its_request(self, client: httpx.AsyncClient, replica: Store) -> None:
        ledger = Ledger(replica, await open_references(replica, None))
        async with replica.writing() as connection:
            await ledger.noting("u-778", [ContactEvent(EventType.THIRD_PARTY_REFUSED)], "c-1")(connection)
        [change] = (await client.get("/v1/contacts/changes")).json()["changes"]
        assert (change["type"], change["source"], change["request_id"]) == ("third_party_refused", "call", "c-1")

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"after": "1"}, "query.after"),
            ({"after": ""}, "query.after"),
            ({"after": "c"}, "query.after"),
            ({"after": "c-1"}, "query.after"),
            ({"after": "c" + "f" * 16}, "query.after"),
            ({"limit": 0}, "query.limit"),
            ({"limit": 10_001}, "query.limit"),
            ({"limit": "many"}, "query.limit"),
        ],
    )
    async def test_a_malformed_cursor_or_limit_is_refused(
        self, client: httpx.AsyncClient, query: dict[str, Any], field: str
    ) -> None:
        response = await client.get("/v1/contacts/changes", params=query)
        assert response.status_code == 422
        assert [problem["field"] for problem in response.json()["fields"]] == [field]

    async def test_the_largest_cursor_and_limit_are_taken(self, client: httpx.AsyncClient) -> None:
        query: dict[str, Any] = {"after": "c" + "f" * 15, "limit": 10_000}
        page = (await client.get("/v1/contacts/changes", params=query)).json()
        assert page == {"changes": [], "next": query["after"], "more": False}

    async def test_a_customer_called_changes_can_be_noted_and_is_not_read(self, client: httpx.AsyncClient) -> None:
        noted = await _note(client, {"type": "opt_out"}, path="/v1/contacts/changes")
        assert noted["ref"] == "changes"
        assert len((await client.get("/v1/contacts/changes")).json()["changes"]) == 1


async def test_a_crm_with_the_key_finds_its_customers_and_another_key_stops_the_start(tmp_path: Path) -> None:
    key = "a key of the institution, kept in its vault"
    settings = Settings(data_dir=tmp_path, ref_key=key, contact_retention_days=365)
    async with open_parts(settings, model=writer()) as parts, client_of(parts) as client:
        await _note(client, {"type": "opt_out"})
        [change] = (await client.get("/v1/contacts/changes")).json()["changes"]
    assert change["ref_digest"] == hmac.new(key.encode(), b"u-778", hashlib.sha256).hexdigest()
    [shown] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    shown = re.sub('key = ".*"', f'key = "{key}"', shown)
    program = await asyncio.create_subprocess_exec(sys.executable, "-c", shown, stdout=asyncio.subprocess.PIPE)
    assert (await program.communicate())[0].decode().split() == [change["ref_digest"]]
    for other in (None, "x" * 32):
        with pytest.raises(ConfigurationError, match="HEYAN_REF_KEY"):
            async with open_parts(Settings(data_dir=tmp_path, ref_key=other), model=writer()):
                pytest.fail("it started")


@pytest.mark.parametrize(
    ("method", "path", "let_in"),
    [
        ("GET", CONTACT, {Role.CALLER, Role.APPROVER, Role.AUDITOR}),
        ("GET", "/v1/contacts/changes", {Role.CALLER, Role.APPROVER, Role.AUDITOR}),
        ("POST", f"{CONTACT}/events", {Role.CALLER, Role.EDITOR, Role.APPROVER}),
        ("DELETE", f"{CONTACT}/opt-out", {Role.CALLER, Role.EDITOR, Role.APPROVER}),
    ],
)
async def test_each_route_lets_in_its_roles_and_beyond_loopback_nobody_without_a_key(
    data: Data, tmp_path: Path, method: str, path: str, let_in: set[Role]
) -> None:
    async with open_service(data, tmp_path, writer(), key_required=True) as parts, client_of(parts) as client:
        for role in Role:
            headers = await _key(parts, role.value, role)
            response = await client.request(method, path, json={"type": "opt_out"}, headers=headers)
            assert (response.status_code != 403) is (role in let_in), role
        for headers in ({}, {"authorization": "Bearer nobody"}):
            response = await client.request(method, path, json={}, headers=headers)
            assert response.status_code == 401


@pytest.mark.parametrize("ref", ["zhang.san-778", "13812345678", "11010519491231002X"])
async def test_the_reference_reaches_neither_the_log_nor_an_error(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], ref: str
) -> None:
    path = f"/v1/contacts/{ref}"
    stranger, named = {"authorization": "Bearer nobody"}, {"x-request-id": f"crm.{ref}"}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", path, {}),
        ("POST", f"{path}/events", {"json": {"type": "opt_out"}}),
        ("POST", f"{path}/events", {"json": {"type": ref, "scope": ref}}),
        ("POST", f"{path}/events", {"content": b" " * 300_000}),
        ("POST", f"{path}/events", {"content": ref.encode()}),
        ("DELETE", f"{path}/opt-out", {"json": REASON}),
        ("DELETE", f"{path}/opt-out", {"params": {"reason": ref}, "json": REASON}),
        ("DELETE", f"{path}/wrong-number", {"params": {"reason": ref}}),
        ("DELETE", f"{path}/{ref}", {"json": REASON}),
        ("GET", f"{path}+", {}),
        ("GET", f"{path}/events", {}),
        ("GET", f"/v1/contact/{ref}", {}),
        ("GET", "/v1/contacts/changes", {"params": {"after": ref}}),
    ]
    errors = 0
    for method, address, content in requests:
        # Where no path names a customer, nobody can tell that a request's id does.
        own = named if path in address else {}
        for sent in ({}, own, {**own, **stranger}):
            response = await client.request(method, address, headers=sent, **content)
            if response.status_code >= 400:
                errors += 1
                assert ref not in response.text, (method, address)
    assert errors > 20
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 3 * len(requests)
    assert '"/v1/contacts/{ref}/events"' in err
    assert ref not in err


def _quoted(ref: str) -> str:
    return "".join(f"%{byte:02X}" for byte in ref.encode())
