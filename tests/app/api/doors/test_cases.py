"""Cases that are held for a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from app.parts import Parts
from app.records import Role
from tests.app.services import PERSON
from tests.app.turns.calls import DEBT, case


async def test_what_is_held_is_found_until_its_day_is_over(client: httpx.AsyncClient, parts: Parts) -> None:
    response = await client.put("/v1/cases/c-1", json=DEBT)
    assert response.status_code == 200, response.text
    until = datetime.fromisoformat(response.json()["expires_at"])
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    held = await parts.held_cases.find("c-1")
    assert held is not None
    assert held["facts"] == DEBT["facts"]
    assert await parts.held_cases.find("c-1", until) is None
    assert await parts.held_cases.find("c-2") is None


async def test_put_again_it_is_replaced(client: httpx.AsyncClient, parts: Parts) -> None:
    for overdue, due in ((10, "2026-11-10"), (9, "2026-11-11")):
        of = case(DEBT, facts={"overdue_days": overdue, "due_date": due})
        assert (await client.put("/v1/cases/c-1", json=of)).status_code == 200
    held = await parts.held_cases.find("c-1")
    assert held is not None
    assert held["facts"]["overdue_days"] == 9


async def test_what_no_turn_could_be_made_of_is_refused_at_once(client: httpx.AsyncClient) -> None:
    wrong = await client.put("/v1/cases/c-1", json=case(DEBT, facts={"overdue_days": 11}))
    assert wrong.status_code == 422
    assert wrong.json()["fields"][0]["field"] == "facts.overdue_days"
    assert (await client.put("/v1/cases/c-1", json={**DEBT, "colour": "red"})).status_code == 422


def _stored(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.rglob("heyan.sqlite3*"))


async def test_the_store_tells_nothing_of_a_held_case(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await client.put("/v1/cases/c-1", json=case(DEBT, customer={"pii": PERSON}))
    stored = _stored(tmp_path)
    assert b"held_cases" in stored
    assert not any(value.encode() in stored for value in (*PERSON.values(), "3460", "u-1"))


async def test_it_is_gone_with_the_customer(client: httpx.AsyncClient, parts: Parts) -> None:
    await client.put("/v1/cases/c-1", json=DEBT)
    key = await parts.keys.create("admin", [Role.ADMIN])
    erased = await client.delete("/v1/decisions?ref=u-1", headers={"authorization": f"Bearer {key}"})
    assert erased.status_code == 200, erased.text
    assert await parts.held_cases.find("c-1") is None
