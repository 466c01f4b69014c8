"""Looking up what was answered: each filter, pages, words in a few days, and the same as a sheet."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import text

from app.console.decisions.sheet import sheet_of
from app.parts import Parts
from app.records import Decision, Kind, Role
from guards.lexicon.scope import CHINA
from tests.app.console.conftest import Opening
from tests.app.services import PERSON, client_of, example

STOPPED = {"text": "我们这边百分百获批", "scenario": "acquisition", "stage": "body"}
TODAY = f"{datetime.now(CHINA):%Y-%m-%d}"


@pytest.fixture
async def api(parts: Parts) -> httpx.AsyncClient:
    """The interface, on loopback; a script and a review are recorded."""
    async with client_of(parts) as client:
        answer = await client.post("/v1/scripts", json=example(customer={"pii": PERSON}))
        assert answer.json()["action"] == "speak"
        await client.post("/v1/reviews", json=STOPPED)
        return client


async def record(parts: Parts, count: int, **values: object) -> None:
    """Decisions at noon of the twentieth of November, a minute apart."""
    noon = datetime(2026, 11, 20, 12, tzinfo=CHINA)
    made = [
        Decision(
            script_id=f"01K{number:05}",
            kind=Kind.REVIEW,
            body_digest="",
            created_at=noon + timedelta(minutes=number),
            policy_revision=1,
            answer=b"{}",
            **{"action": "allow", "text": f"第{number}句", **values},  # type: ignore[arg-type]
        )
        for number in range(count)
    ]
    await parts.log.record_many(made)


@pytest.mark.usefixtures("api")
async def test_every_filter_finds_what_it_names(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    for query, found in (
        ("", 2),
        ("?kind=review", 1),
        ("?action=speak", 1),
        ("?action=mask", 0),
        ("?scenario=acquisition", 2),
        ("?scenario=activation", 0),
        ("?rule=promise.guaranteed_approval&kind=review", 1),
        (f"?rule={quote('承诺必批')}&kind=review", 1),
        (f"?rule={quote('必批')}&kind=review", 1),
        (f"?word={quote('百分百')}", 1),
        ("?rule=promise.nothing", 0),
        ("?ref=u-778", 1),
        ("?ref=u-779", 0),
        (f"?from={TODAY}&to={TODAY}", 2),
        ("?to=2026-01-01", 0),
        (f"?from={TODAY}&to={TODAY}&word={quote('百分百')}", 1),
        (f"?from={TODAY}&to={TODAY}&word={quote('%')}", 1),
        (f"?from={TODAY}&to={TODAY}&word={quote('没有人说过')}", 0),
    ):
        page = await browser.open(f"/decisions{query}")
        assert page.html.count("<tr>") == (found + 1 if found else 0), query
        assert ("没有符合这些条件的决策" in page.text) is (found == 0), query
        assert not any(value in page.html for value in (*PERSON.values(), "13812345678"))


@pytest.mark.usefixtures("api")
async def test_a_number_leads_to_the_decision(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    [script] = await parts.log.recent(kind="script")
    for number in (script.script_id, script.request_id):
        page = await browser.open(f"/decisions?number={number}")
        assert page.response.url.path == f"/console/decisions/{script.script_id}"
    page = await browser.open("/decisions?number=c-nothing")
    assert "没有编号是“c-nothing”的决策" in page.text


async def test_what_is_wrong_stands_beside_its_field_all_at_once(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    wrong = f"number={quote('《》')}&kind=x&action=x&scenario=x&ref={quote('张三')}&from=x&rule={quote('没有的标题')}"
    page = await browser.open(f"/decisions?{wrong}", status=422)
    assert "请先改好下面 7 处" in page.text
    for field in ("number", "kind", "action", "scenario", "ref", "from", "rule"):
        assert f'id="{field}-wrong"' in page.html, field
    for query in (
        "from=2026-11-20&to=2026-11-19",
        f"word={quote('过')}&from=2026-11-01&to=",
        f"word={quote('过')}&from=2026-11-01&to=2026-11-08",
        f"word={'过' * 51}&from=2026-11-01&to=2026-11-02",
        "kind=review&action=speak",
        "kind=script&action=block",
        f"word={quote(chr(0))}x&from=2026-11-01&to=2026-11-02",
        "from=0001-01-01",
        "to=9999-12-31",
    ):
        page = await browser.open(f"/decisions?{query}", status=422)
        assert "请先改好下面 1 处" in page.text, query
    told = (await browser.open(f"/decisions?word={quote('过')}&from=2026-11-01", status=422)).text
    assert "最新的 5,000 条" in told
    assert "要按文字找，请填“文字里有”" in (await browser.open(f"/decisions?number={quote('百分百')}", status=422)).text
    several = (await browser.open(f"/decisions?rule={quote('承诺')}", status=422)).text
    assert "请写全标题或者编号：" in several


async def test_pages_follow_each_other_and_keep_their_filters(opened: Opening, parts: Parts) -> None:
    await record(parts, 120)
    browser = await opened("张合规", Role.AUDITOR)
    query, seen = "?kind=review&from=2026-11-20&to=2026-11-20", []
    while query:
        page = await browser.open(f"/decisions{query}")
        seen += [part.partition('"')[0] for part in page.html.split("/console/decisions/01K")[1:]]
        _, _, rest = page.html.partition('rel="next"')
        link = page.html.partition('" rel="next"')[0].rpartition('href="')[2] if rest else ""
        query = link.replace("&amp;", "&").removeprefix("/console/decisions")
        assert not rest or "kind=review&from=2026-11-20" in query
    assert seen == [f"{number:05}" for number in reversed(range(120))]
    assert "回到最新的" in page.text


async def test_a_sheet_holds_what_was_found_and_runs_nothing(opened: Opening, parts: Parts) -> None:
    await record(parts, 3, text="=1+1")
    await record_other(parts)
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/decisions/export?kind=review")
    assert "attachment" in page.response.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(page.response.content.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert rows[1][0] == "2026-11-20 12:02:00"
    assert {row[8] for row in rows[1:]} == {"'=1+1"}
    page = await browser.open("/decisions/export?number=c-1")
    assert len(page.response.text.splitlines()) == 2
    assert len((await browser.open("/decisions/export?number=c-2")).response.text.splitlines()) == 1
    await browser.open("/decisions/export?from=x", status=422)


async def test_who_takes_a_sheet_out_stands_in_the_trail_with_what_was_asked_and_no_word_of_it(
    opened: Opening, parts: Parts
) -> None:
    await record(parts, 3)
    browser = await opened("张合规", Role.AUDITOR)
    await browser.client.head("/console/decisions/export")
    assert await parts.trail.page(event="decisions.exported") == []
    chosen = "kind=review&from=2026-11-20&to=2026-11-21"
    await browser.open(f"/decisions/export?{chosen}&ref=u-778&word=13812345678")
    [row] = await parts.trail.page(event="decisions.exported")
    assert (row.person, row.subject) == ("张合规", None)
    assert row.details == {
        "count": 0,
        "format": "csv",
        "kind": "review",
        "since": "2026-11-20",
        "until": "2026-11-21",
        "ref_digest": parts.contacts.digest("u-778"),
        "word_digest": parts.contacts.digest("13812345678"),
    }


async def test_what_the_trail_cannot_take_down_is_not_handed_out(opened: Opening, parts: Parts) -> None:
    await record(parts, 3, text="我们这边百分百获批")
    browser = await opened("张合规", Role.AUDITOR)
    async with parts.trail._store.engine.begin() as connection:
        refuse = "BEFORE INSERT ON audit_trail BEGIN SELECT RAISE(ABORT, 'full'); END"
        await connection.execute(text(f"CREATE TRIGGER no_more_rows {refuse}"))
    page = await browser.open("/decisions/export", status=503)
    assert "百分百" not in page.text


async def record_other(parts: Parts) -> None:
    """A script beside the reviews."""
    await parts.log.record(
        Decision(
            script_id="01L",
            kind=Kind.SCRIPT,
            body_digest="",
            created_at=datetime(2026, 11, 21, tzinfo=CHINA),
            action="do_not_call",
            policy_revision=1,
            answer=b"{}",
            request_id="c-1",
        )
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    made = Decision(
        script_id="a",
        kind=Kind.REVIEW,
        body_digest="",
        created_at=datetime(2026, 11, 21, tzinfo=CHINA),
        action="allow",
        policy_revision=1,
        answer=b"",
        text=text,
    )
    [_, row] = csv.reader(io.StringIO(sheet_of([made], {}).decode("utf-8-sig"), newline=""))
    assert row[8] == f"'{text}"


async def test_an_empty_store_says_what_comes(opened: Opening) -> None:
    page = await (await opened("张合规", Role.AUDITOR)).open("/decisions")
    assert "还没有任何决策" in page.text
    assert "导出表格" not in page.text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ADMIN, Role.CALLER])
async def test_only_an_auditor_looks_up_decisions(opened: Opening, role: Role) -> None:
    browser = await opened("张合规", role)
    assert "没有这一页的权限" in (await browser.open("/decisions", status=403)).text
    await browser.open("/decisions/export", status=403)
