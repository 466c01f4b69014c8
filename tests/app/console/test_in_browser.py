"""The stories of the console in a real browser, on a service that really runs, with SQLite and with PostgreSQL."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, expect

from app.records import People, Role, open_store
from tests.app.console.chromium import PASSWORD, Desk, chromium
from tests.app.processes import Process, serving
from tests.app.services import BODY, QUICK
from tests.model_server import completion, model_server

AUTHOR, OTHER, READER = "张合规", "李合规", "赵审计"
OFFICER = (Role.EDITOR, Role.APPROVER, Role.AUDITOR)
WORD = "青山绿水好心情"
SAID = f"给您说一句，{WORD}。"


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """A model server."""
    with model_server(lambda body: completion(BODY)) as served:
        yield served.url


@pytest.fixture
def process(url: str, tmp_path: Path, model: str) -> Iterator[Process]:
    """The service, with three people who can sign in."""
    asyncio.run(_people(url))
    with serving(url, tmp_path / "data", model) as served:
        yield served


@pytest.fixture
def browser(process: Process) -> Iterator[Browser]:
    """One browser for all windows; while it is open no other loop can run in this thread."""
    with chromium() as opened:
        yield opened


async def _people(url: str) -> None:
    store = await open_store(url)
    people = People(store, hasher=QUICK)
    for name, roles in ((AUTHOR, OFFICER), (OTHER, OFFICER), (READER, (Role.AUDITOR,))):
        await people.create(name, roles, PASSWORD)
    await store.close()


def _signed_in(browser: Browser, process: Process, name: str) -> Desk:
    desk = Desk(browser, process)
    desk.sign_in(name)
    return desk


def _reviewed(process: Process) -> str:
    """What becomes of the sentence with the word in it."""
    body = {"text": SAID, "scenario": "acquisition", "stage": "body"}
    told: str = httpx.post(f"{process.url}/v1/reviews", json=body, timeout=30).json()["action"]
    return told


def _drafted(desk: Desk) -> str:
    """A rule that forbids the word, as a draft; its page."""
    desk.open("/rules/new")
    page = desk.page
    page.locator("#family").select_option(label="承诺通过、到账")
    page.locator("#title").fill("不说青山绿水")
    page.locator("#phrases").fill(WORD)
    page.locator("#reason").fill("答非所问")
    page.locator("#law").fill("本机构规定")
    page.locator("#hits").fill(f"我们{WORD}。")
    page.locator("#misses").fill("审批结果以系统为准。")
    desk.click("保存为草稿")
    expect(page).to_have_url(re.compile(r"/changes/[0-9A-Z]{26}"))
    return page.url.partition("?")[0].removeprefix(desk.base)


def test_a_phrase_from_draft_to_restore_by_two_officers(browser: Browser, process: Process) -> None:
    assert _reviewed(process) == "allow"
    author, other = (_signed_in(browser, process, name) for name in (AUTHOR, OTHER))
    change = _drafted(author)
    author.click("试跑")
    author.sees("会新拦下")
    author.sees("1 条")
    author.click("提交审批")
    author.sees("等另一个人审批")
    assert author.page.get_by_role("button", name="批准", exact=True).count() == 0

    other.open("/changes")
    other.page.get_by_role("link", name="不说青山绿水").first.click()
    other.sees(WORD)
    other.click("批准")
    other.sees("已发布")
    _becomes(process, "block")

    author.open("/decisions?kind=review")
    author.page.locator("main table a").first.click()
    author.sees("答非所问")
    assert author.page.locator("main mark").first.inner_text() == WORD

    author.open("/revisions/1")
    author.page.locator("#note").fill("误伤太多")
    author.click("申请恢复")
    author.sees("等另一个人审批")
    other.open(author.page.url.partition("?")[0].removeprefix(author.base))
    other.click("批准")
    other.sees("已发布")
    _becomes(process, "allow")
    assert change
    assert author.strangers == other.strangers == []
    assert author.faults == other.faults == []


def _becomes(process: Process, action: str) -> None:
    for _ in range(100):
        if _reviewed(process) == action:
            return
    raise AssertionError(f"the sentence never became: {action}")


def test_a_bad_form_says_everything_at_once_and_keeps_what_was_written(browser: Browser, process: Process) -> None:
    desk = _signed_in(browser, process, AUTHOR)
    desk.open("/rules/new")
    desk.page.locator("#phrases").fill(WORD)
    desk.click("保存为草稿")
    errors = desk.page.locator("#errors a")
    assert errors.count() >= 4
    for index in range(errors.count()):
        target = errors.nth(index).get_attribute("href") or ""
        assert desk.page.locator(f"[id='{target.removeprefix('#')}'] .wrong").count() >= 1, target
    assert desk.page.locator("#phrases").input_value() == WORD


def test_of_two_changes_of_one_rule_the_second_is_refused_with_both_texts(browser: Browser, process: Process) -> None:
    author, other = (_signed_in(browser, process, name) for name in (AUTHOR, OTHER))
    changes = []
    for title in ("改一", "改二"):
        author.open("/rules/promise.guaranteed_approval/edit")
        author.page.locator("#title").fill(title)
        author.click("保存为草稿")
        author.click("提交审批")
        author.sees("等另一个人审批")
        changes.append(author.page.url.partition("?")[0].removeprefix(author.base))
    other.open(changes[0])
    other.click("批准")
    other.sees("已发布")
    other.open(changes[1])
    other.click("批准")
    other.sees("改一")
    other.sees("改二")
    assert other.page.get_by_text("待审批").first.is_visible()


def test_an_expired_session_leads_to_signing_in_and_back(browser: Browser, process: Process) -> None:
    desk = _signed_in(browser, process, AUTHOR)
    desk.context.clear_cookies()
    desk.open("/rules?q=获批")
    desk.sees("登录")
    desk.page.get_by_label("姓名").fill(AUTHOR)
    desk.page.get_by_label("密码").fill(PASSWORD)
    desk.click("登录")
    expect(desk.page).to_have_url(re.compile(r"/rules\?q="))


def test_a_forged_form_does_nothing(browser: Browser, process: Process) -> None:
    desk = _signed_in(browser, process, AUTHOR)
    change = _drafted(desk)
    forged = "() => document.querySelectorAll('input[name=csrf]').forEach(each => each.value = '0'.repeat(64))"
    desk.page.evaluate(forged)
    desk.click("提交审批")
    desk.sees("失效")
    desk.open(change)
    desk.sees("草稿")


def test_a_suspended_line_is_said_no_more_and_comes_back_by_two(browser: Browser, process: Process) -> None:
    author, other = (_signed_in(browser, process, name) for name in (AUTHOR, OTHER))
    author.open("/wording?kind=fallback")
    author.page.locator("main table a").first.click()
    line = author.page.url.removeprefix(author.base)
    author.page.locator("#suspend_reason").fill("客户投诉")
    author.click("马上停用")
    author.sees("已停用")
    author.page.locator("#resume_reason").fill("已改口径")
    author.click("申请恢复")
    author.sees("等另一个人审批")
    other.open(author.page.url.partition("?")[0].removeprefix(author.base))
    other.click("批准")
    other.sees("已发布")
    other.open(line.partition("?")[0])
    assert other.page.get_by_role("button", name="马上停用").is_visible()


def test_an_auditor_reads_and_finds_nothing_to_press(browser: Browser, process: Process) -> None:
    desk = _signed_in(browser, process, READER)
    for path in ("", "/rules", "/rules/promise.guaranteed_approval", "/changes", "/wording", "/decisions", "/audit"):
        desk.open(path)
        expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
        for name in ("新增规则", "修改", "停用", "马上停用", "马上冻结", "批准", "提交审批"):
            found = desk.page.get_by_role("link", name=name, exact=True).count()
            assert found + desk.page.get_by_role("button", name=name, exact=True).count() == 0, (path, name)
    desk.open("/rules/new")
    desk.sees("没有这一页的权限")


def test_a_sentence_is_tried_in_the_form_of_a_rule_in_place(browser: Browser, process: Process) -> None:
    author = _signed_in(browser, process, AUTHOR)
    author.open("/rules/new")
    author.page.get_by_label("标题").fill("写到一半")
    author.page.locator("#phrases").fill(WORD)
    author.page.get_by_label("一句话，或者一个词").fill(SAID)
    author.page.get_by_role("button", name="试一下").click()
    author.sees("这条规则，照现在填的")
    expect(author.page.locator("#tried mark").first).to_have_text(WORD)
    assert author.page.get_by_label("标题").input_value() == "写到一半"
    assert author.page.url.endswith("/rules/new")
    assert author.faults == []


def test_who_comes_back_to_a_form_finds_what_was_written_and_is_asked_before_leaving(
    browser: Browser, process: Process
) -> None:
    desk = _signed_in(browser, process, AUTHOR)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.page.on("dialog", answer)
    desk.open("/rules/new")
    written = {"title": "写了很久的标题", "reason": "原因", "law": "广告法", "article": "28", "suggest": "换一种说法"}
    for name, text in {**written, "phrases": WORD, "change_title": "十二月的改动"}.items():
        desk.page.locator(f"#{name}").fill(text)
    desk.page.get_by_role("link", name="概览").click()
    expect(desk.page.get_by_role("heading", level=1, name="概览")).to_be_visible()
    assert asked == ["beforeunload"]
    desk.page.go_back()
    for name, text in {**written, "phrases": WORD, "change_title": "十二月的改动"}.items():
        expect(desk.page.locator(f"#{name}")).to_have_value(text)


def test_what_is_sent_when_the_session_has_ended_comes_back(browser: Browser, process: Process) -> None:
    desk = _signed_in(browser, process, AUTHOR)
    desk.open("/rules/new")
    desk.page.locator("#title").fill("写了很久的标题")
    desk.page.locator("#phrases").fill("甲乙丙丁\n戊己庚辛")
    _signed_in(browser, process, AUTHOR).click("在所有设备上退出")
    desk.click("保存为草稿")
    desk.sees("您填的内容还在")
    desk.page.get_by_label("姓名").fill(AUTHOR)
    desk.page.get_by_label("密码").fill(PASSWORD)
    desk.click("登录")
    desk.click("回到刚才的表单")
    expect(desk.page.locator("#title")).to_have_value("写了很久的标题")
    expect(desk.page.locator("#phrases")).to_have_value("甲乙丙丁\n戊己庚辛")
