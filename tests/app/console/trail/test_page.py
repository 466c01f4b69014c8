"""The audit trail in a browser: in words, page by page, of one person or event, and verified."""

import re
from pathlib import Path

from sqlalchemy import text

import app
from app.console.trail.words import EVENTS, row_of
from app.parts import Parts
from app.records import Entry, Role
from app.records.clock import utc_now
from tests.app.console.conftest import PASSWORD, Opening

ROOT = Path(app.__file__).parent


def test_every_event_has_a_name() -> None:
    source = "\n".join(file.read_text("utf-8") for file in ROOT.rglob("*.py") if "console" not in file.parts)
    kinds = {event.partition(".")[0] for event in EVENTS}
    written = set(re.findall(rf'"((?:{"|".join(kinds)})\.[a-z_]+)"', source))
    not_events = {"revision.json", "lexicon.zip", "line.id", "wording.yaml", "wording.zip"}
    assert written - not_events == set(EVENTS)


def entry(event: str, subject: str | None, **details: object) -> Entry:
    """A row."""
    return Entry(1, utc_now(), "张合规", event, subject, details, "", "")


def test_a_row_is_told_in_words() -> None:
    row = row_of(
        entry("finding.marked", "01K", finding=0, mark="false_hit", rule="a.b", unheard="x", roles=["editor", "admin"])
    )
    assert (row.event, row.link) == ("标注命中", "/decisions/01K")
    assert row.details == (
        ("标注", "误命中"),
        ("第几处", "第 1 处"),
        ("规则", "a.b"),
        ("权限", "起草、管理"),
        ("unheard", "x"),
    )
    row = row_of(entry("revision.published", "7", change="01J", only_tightens=True, sha256="5f" * 32, holds=None))
    assert (row.subject, row.link) == ("第 7 版", "/changes/01J")
    assert row.details == (("只收紧", "是"), ("变更", "01J"), ("内容摘要", "5f5f5f5f5f5f…"))
    assert row_of(entry("change.dropped", "01J")).link is None
    assert row_of(entry("change.approved", "01J", effective_from="2026-11-29T16:00:00+00:00")).details == (
        ("生效时间", "2026-11-30 00:00"),
    )
    assert row_of(entry("contact.opened", "ab" * 32)).subject == "客户 abababababab…"
    assert row_of(entry("store.restored", None, rows={"a": 1, "b": 2})).details == (("行数", "a 1，b 2"),)
    row = row_of(entry("evidence.issued", "01K"))
    assert (row.event, row.link) == ("下载证据", "/decisions/01K")
    asked = {"kind": "review", "scenario": "acquisition", "word_digest": "ab" * 32}
    row = row_of(entry("decisions.exported", None, count=2, **asked))
    told = (("条数", "2"), ("查的种类", "审查"), ("查的场景", "获客"), ("所查文字的摘要", "abababababab…"))
    assert (row.event, row.details) == ("导出决策", told)
    assert row_of(entry("some.thing", "x")).event == "some.thing"


async def test_the_newest_stand_first_and_pages_follow(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    for number in range(60):
        await parts.people.set_roles("张合规", [Role.AUDITOR, Role.EDITOR] if number % 2 == 0 else [Role.AUDITOR])
    head = await parts.trail.head()
    page = await browser.open("/audit")
    numbers = [int(number) for number in re.findall(r'data-label="行">(\d+)<', page.html)]
    assert numbers == list(range(head.number, head.number - 50, -1))
    page = await browser.open(f"/audit?before={numbers[-1]}")
    older = [int(number) for number in re.findall(r'data-label="行">(\d+)<', page.html)]
    assert older == list(range(numbers[-1] - 1, 0, -1))
    assert "发布版本" in page.text
    assert "没有更早的了" in page.text


async def test_it_is_narrowed_to_a_person_and_an_event(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    await parts.people.create("李合规", [Role.EDITOR], PASSWORD, by="张合规")
    page = await browser.open("/audit?person=张合规&event=person.created")
    assert page.html.count("<tr>") == 2
    assert "李合规" in page.text
    assert "发布版本" in (await browser.open("/audit?person=系统&event=revision.published")).text
    for query in ("person=没有这个人&before=x", "person=a%00b", "event=no.such"):
        assert "没有这样的记录" in (await browser.open(f"/audit?{query}")).text


async def test_the_whole_trail_is_verified(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open("/audit")
    head = await parts.trail.head()
    page = await browser.send("/audit")
    assert f"从第 1 行到第 {head.number} 行全部完好" in page.text
    assert head.hash in page.text
    await parts.people.create("李合规", [Role.EDITOR], PASSWORD)
    page = await browser.send("/audit", {"number": str(head.number), "hash": head.hash})
    assert f"您记下的第 {head.number} 行也对得上" in page.text
    page = await browser.send("/audit", {"number": str(head.number), "hash": "0" * 64})
    assert f"第 {head.number} 行起对不上：这一行不是您记下的那一行" in page.text
    page = await browser.send("/audit", {"number": "1000", "hash": head.hash})
    assert "结尾不见了" in page.text


async def test_a_row_that_was_changed_is_named(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open("/audit")
    store = parts.trail._store
    async with store.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER audit_trail_no_update"))
        await connection.execute(text("UPDATE audit_trail SET person = '李四' WHERE number = 2"))
    page = await browser.send("/audit")
    assert "第 2 行起对不上：这一行被改过" in page.text


async def test_what_was_kept_wrongly_is_told_beside_the_fields(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open("/audit")
    for number, digest, told in (
        ("0", "xyz", "请先改好下面 2 处"),
        ("5", "", "行号和摘要要一起填"),
        ("", "0" * 64, "行号和摘要要一起填"),
        ("99999999999", "0" * 64, "行号是一个大于 0 的整数"),
    ):
        page = await browser.send("/audit", {"number": number, "hash": digest}, status=422)
        assert told in page.text


async def test_only_an_auditor_reads_it(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR, Role.APPROVER, Role.ADMIN, Role.CALLER)
    assert "没有这一页的权限" in (await browser.open("/audit", status=403)).text
