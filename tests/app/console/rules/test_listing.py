"""The list of rules, and rules as files, seen as officers see them."""

from datetime import UTC, datetime

import httpx

from app.parts import Parts
from app.records import Role
from tests.app.console.browsers import Browser, Page
from tests.app.console.conftest import Opening
from tests.app.lexicon.rules import SHIPPED
from tests.app.stores import MakeDecision

RULE = "promise.guaranteed_approval"


PAGES = -(-len(SHIPPED.rules) // 50)


async def test_all_rules_are_listed_in_pages_that_keep_what_was_asked_for(opened: Opening) -> None:
    browser = await opened("张合规")
    first = await browser.open("/rules")
    assert f"第 1 页，共 {PAGES} 页" in first.text
    assert "absolute.superlative" in first.text
    assert RULE not in first.text
    page = await browser.open("/rules?channel=ai_voice&page=2")
    assert 'href="/console/rules?channel=ai_voice&amp;page=1"' in page.html
    assert f"第 {PAGES} 页" in (await browser.open("/rules?page=999")).text


FOUND = (
    ("q=板上钉钉", RULE, "absolute.superlative"),
    ("q=PROMISE.Guaranteed", RULE, "absolute.superlative"),
    ("q=广告法+板上钉钉", RULE, "absolute.superlative"),
    ("family=threat", "threat.", RULE),
    ("scenario=collection_m1&family=promise", "没有符合条件", RULE),
    ("scenario=acquisition&family=promise", RULE, "threat."),
    ("action=revise&family=absolute", "absolute.fastest_time", "absolute.superlative"),
    ("state=active&family=promise", RULE, "threat."),
    ("state=ended", "没有符合条件", RULE),
)


async def test_rules_are_found_by_word_and_by_what_they_are(opened: Opening) -> None:
    browser = await opened("张合规")
    for query, found, other in FOUND:
        page = await browser.open(f"/rules?{query}")
        assert found in page.text, query
        assert other not in page.text, query


async def test_values_that_there_are_not_are_as_if_nobody_had_asked(opened: Opening) -> None:
    page = await (await opened("张合规")).open("/rules?scenario=nowhere&action=sing&state=x&channel=pigeon")
    assert f"共 {len(SHIPPED.rules)} 条" in page.text


async def test_nothing_found_says_what_to_do_next(opened: Opening) -> None:
    page = await (await opened("张合规")).open("/rules?q=绝不会有的词")
    assert "清除条件" in page.text
    assert "/console/rules/new?phrase=" in page.html
    page = await (await opened("陈查看", Role.AUDITOR)).open("/rules?q=绝不会有的词")
    assert "/rules/new" not in page.html


async def test_a_row_counts_the_hits_of_a_week(opened: Opening, parts: Parts, make_decision: MakeDecision) -> None:
    finding = {"rule": RULE, "guard": "phrases", "action": "block", "reason": "承诺", "span": [0, 2]}
    now = datetime.now(UTC)
    for number in range(3):
        made = make_decision(script_id=f"01K0000000000000000000000{number}", created_at=now, findings=(finding,))
        await parts.log.record(made)
    browser = await opened("张合规")
    page = await browser.open("/rules?family=promise")
    assert '<td class="number" data-label="近 7 天命中">3</td>' in page.html
    page = await browser.open(f"/rules/{RULE}")
    assert "/console/decisions/01K00000000000000000000000" in page.html
    assert "还没有人标注" in page.text


async def test_who_may_only_read_sees_no_way_to_change(opened: Opening) -> None:
    auditor = await opened("陈查看", Role.AUDITOR)
    page = await auditor.open(f"/rules/{RULE}")
    assert "/edit" not in page.html
    assert "/retire" not in page.html
    assert "export" not in (await auditor.open("/rules")).html
    for path in ("/rules/new", f"/rules/{RULE}/edit", f"/rules/{RULE}/retire", "/rules/import", "/rules/export"):
        await auditor.open(path, status=403)


async def upload(browser: Browser, name: str, content: bytes, title: str = "") -> httpx.Response:
    """Send a file by the form for it."""
    page = await browser.open("/rules/import")
    data = {"csrf": page.forms["/console/rules/import"]["csrf"][0], "title": title}
    files = {"file": (name, content, "application/octet-stream")}
    return await browser.client.post("/console/rules/import", data=data, files=files)


async def test_what_goes_out_comes_in_again_and_is_no_change(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for form in ("csv", "xlsx", "yaml"):
        answer = await browser.client.get(f"/console/rules/export?format={form}")
        assert answer.status_code == 200
        name = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
        again = await upload(browser, name, answer.content)
        assert again.status_code == 422, form
        assert "没有要改的" in again.text, form
    rows = await parts.trail.page(event="lexicon.exported", person="张合规")
    assert [row.details for row in rows] == [{"format": form, "revision": 1} for form in ("yaml", "xlsx", "csv")]


async def test_a_sheet_with_more_words_becomes_a_draft(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await upload(browser, "加词.csv", f"规则编号,词语\n{RULE},闭眼都给批\n".encode(), "十二月加词")
    assert answer.status_code == 303
    identity = answer.headers["location"].partition("/changes/")[2].partition("?")[0]
    made = await parts.lifecycle.get(identity)
    assert made.record.title == "十二月加词"
    assert [rule["phrases"][-1] for rule in made.change.edits] == ["闭眼都给批"]


async def test_every_problem_of_a_file_is_told_by_row_and_nothing_is_kept(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    rows = ["规则编号,词语,处理方式", f"{RULE},闭眼都给批,", "promise.nope,词,", f"{RULE},又一个,唱歌", ",没有编号,"]
    answer = await upload(browser, "a.csv", "\n".join(rows).encode())
    assert answer.status_code == 422
    page = Page(answer)
    for told in ("有 3 处要改", "第 3 行", "第 4 行", "唱歌", "第 5 行", "没有写规则编号"):
        assert told in page.text, told
    assert await parts.lifecycle.page() == []


NO_FILES = (
    ("", b"", "请选一个文件"),
    ("a.csv", b"", "请选一个文件"),
    ("a.docx", b"what is it", "看不出这是什么文件"),
    ("a.yaml", b"family: [", "1 处要改"),
    ("a.xlsx", b"PK\x03\x04 broken", "1 处要改"),
)


async def test_what_is_no_file_of_rules_is_told_beside_the_field(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for name, content, told in NO_FILES:
        answer = await upload(browser, name, content)
        assert answer.status_code == 422, name
        assert told in answer.text, name
        assert 'id="file-wrong"' in answer.text, name


async def test_a_file_may_be_as_large_as_over_http(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    rows = "\n".join(f"{RULE},{'很长的说法' * 30}{number}" for number in range(2_000))
    answer = await upload(browser, "a.csv", f"规则编号,词语\n{rows}\n".encode())
    assert answer.status_code in (303, 422)
