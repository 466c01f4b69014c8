"""Rules written into a form: what is kept, what is left alone, and what is said beside which field."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from app.lexicon.drafts import Change
from app.parts import Parts
from app.records import ChangeState, Role
from guards.lexicon.scope import china_today
from tests.app.console.browsers import Browser, Page
from tests.app.console.conftest import Opening
from tests.app.console.stories import published
from tests.app.lexicon.rules import shipped

RULE = "promise.guaranteed_approval"
NEW: dict[str, str | Sequence[str]] = {
    "family": "promise",
    "title": "承诺包过件",
    "phrases": "百分百包过件\r\n\r\n  闭眼包过件  ",
    "reason": "不得承诺审批结果",
    "law": "广告法",
    "force": "law",
    "hits": "我们百分百包过件。\r\n这边闭眼包过件。",
    "misses": "包裹过来了。",
    "scenarios": ["marketing"],
}


async def send(browser: Browser, path: str, fields: Mapping[str, Any], query: str = "") -> httpx.Response:
    """Open a form and send it with other fields, without going on to where it leads."""
    page = await browser.open(f"{path}{query}")
    data = {**page.forms[f"/console{path}"], **fields}
    return await browser.client.post(f"/console{path}", data=data)


async def kept(parts: Parts, answer: httpx.Response) -> Change:
    """The draft that a form led to."""
    assert answer.status_code == 303, answer.text
    return (await parts.lifecycle.get(identity_of(answer))).change


def identity_of(answer: httpx.Response) -> str:
    """The change to which an answer leads."""
    where = answer.headers["location"]
    assert where.startswith("/console/changes/")
    return str(where.partition("/changes/")[2])


async def test_a_new_rule_becomes_a_draft(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await send(browser, "/rules/new", {**NEW, "comment": "请打13812345678"})
    (rule,) = (await kept(parts, answer)).adds
    assert str(rule["id"]).startswith("promise.rule_")
    assert {name: value for name, value in rule.items() if name != "id"} == {
        "title": "承诺包过件",
        "action": "block",
        "scenarios": ["marketing"],
        "phrases": ["百分百包过件", "闭眼包过件"],
        "reason": "不得承诺审批结果",
        "source": {"law": "广告法", "force": "law"},
        "examples": {"hits": ["我们百分百包过件。", "这边闭眼包过件。"], "misses": ["包裹过来了。"]},
    }
    record = (await parts.lifecycle.get(identity_of(answer))).record
    assert record.title == "新增：承诺包过件"
    assert "13812345678" not in record.comment


async def test_the_force_that_is_shown_is_the_one_that_is_kept(opened: Opening, parts: Parts) -> None:
    own = {name: value for name, value in NEW.items() if name != "force"}
    answer = await send(await opened("张合规", Role.EDITOR), "/rules/new", own)
    (rule,) = (await kept(parts, answer)).adds
    assert rule["source"] == {"law": "广告法", "force": "policy"}


async def test_a_new_family_and_a_pair_of_words_and_days(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    own = {"family": "", "new_family": "gift_cards", "name": "swap", "phrases": "", "hits": "拿礼品卡来抵账。"}
    pair = {"near": ["0"], "near-0-words": "礼品卡", "near-0-with": "抵账\n抵债", "near-0-within": "6"}
    days = {"from": "2030-01-01", "until": "2030-12-31", "near-0-ordered": "no", "negated": "yes", "verified": "yes"}
    (rule,) = (await kept(parts, await send(browser, "/rules/new", {**NEW, **own, **pair, **days}))).adds
    assert rule["id"] == "gift_cards.swap"
    assert rule["near"] == [{"words": ["礼品卡"], "with": ["抵账", "抵债"], "within": 6, "ordered": False}]
    assert rule["effective"] == {"from": "2030-01-01", "until": "2030-12-31"}
    assert rule["even_if_negated"] is True
    assert rule["source"]["verified"] is True


async def test_everything_that_is_missing_is_told_at_once_beside_its_field(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await send(browser, "/rules/new", {"family": "promise"})
    assert answer.status_code == 422
    for field in ("title", "phrases", "reason", "law", "hits", "misses"):
        assert f'id="{field}-wrong"' in answer.text, field
        assert f'href="#field-{field}"' in answer.text, field
    answer = await send(browser, "/rules/new", {**NEW, "phrases": ""})
    assert 'id="phrases-wrong"' in answer.text
    assert "请至少写一个说法" in answer.text
    answer = await send(browser, "/rules/new", {**NEW, "family": ""})
    assert 'id="family-wrong"' in answer.text
    assert "百分百包过件" in answer.text


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"phrases": "百分百包过件\n，，"}, "phrases", "“，，”"),
    ({"hits": "我们好好谈。"}, "hits", "“我们好好谈。”"),
    ({"misses": "我们百分百包过件呢"}, "misses", "写进“例外”"),
    ({"patterns": "包过.*件"}, "patterns", "没有上限"),
    ({"from": "2030-02-31"}, "from", "不是日期"),
    ({"from": "2030-02-03", "until": "2030-02-01"}, "until", "在生效日 2030-02-03 之前"),
    ({"until": "2020-02-01"}, "until", "永远不会生效"),
    (
        {"phrases": "不上征信", "hits": "这个不上征信。", "misses": "这个否上征信。"},
        "misses",
        "因为说法“不上征信”（谐音：否→不）",
    ),
    ({"phrases": "不上征信", "hits": "这个不上征信。", "misses": "这个否上征信。"}, "phrases", "会命中不该命中的例句"),
    ({"name": "包过"}, "name", "小写英文字母"),
    ({"new_family": "", "name": "x" * 90}, "name", "太长"),
    ({"title": "长" * 201}, "title", "最多 200 个字"),
    ({"near": ["3"], "near-3-words": "包过", "near-3-within": "4"}, "near-3-with", "没有写全"),
    ({"near": ["3"], "near-3-words": "包", "near-3-with": "过", "near-3-within": "x"}, "near-3-within", "整数"),
)


async def test_a_wrong_field_is_told_beside_it_with_the_word(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for fields, field, told in WRONG:
        answer = await send(browser, "/rules/new", {**NEW, **fields})
        assert answer.status_code == 422, fields
        page = Page(answer)
        assert f'id="{field}-wrong"' in page.html, fields
        assert told in page.text, fields
        assert "（phrases）" not in page.text
        assert page.forms["/console/rules/new"]["title"] == [{**NEW, **fields}["title"]]


async def test_an_id_that_is_taken_is_told_beside_it(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await send(browser, "/rules/new", {**NEW, "name": "guaranteed_approval"})
    assert answer.status_code == 422
    assert 'id="name-wrong"' in answer.text


async def test_a_form_sent_as_it_stands_changes_nothing(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for name in (await parts.lifecycle.rules()).rules:
        answer = await send(browser, f"/rules/{name}/edit", {})
        assert answer.status_code == 422, name
        assert "还什么也没有改" in answer.text, name


async def test_what_the_form_does_not_know_stays_as_it_is(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    rules = (await parts.lifecycle.rules()).rules
    chosen = {
        next(name for name, rule in rules.items() if rule.kind == "phrase" and rule.data.get(field))
        for field in ("unless_fact", "stating", "near", "patterns")
    }
    others = {"disclosure.institution", "number.ungrounded", "gate.opted_out", "role.min_payment"}
    for name in chosen | others:
        reason = str(rules[name].data["reason"]) + "。"
        (rule,) = (await kept(parts, await send(browser, f"/rules/{name}/edit", {"reason": reason}))).edits
        assert rule == {**rules[name].data, "reason": reason}, name


async def test_the_words_of_a_role_are_edited_a_line_each(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    known = (await parts.lifecycle.rules()).rules["role.penalty"].data
    words = "\n".join([*known["before"], "惩罚金"])
    hits = "\n".join([*known["examples"]["hits"], "惩罚金181.70元。"])
    (rule,) = (
        await kept(parts, await send(browser, "/rules/role.penalty/edit", {"before": words, "hits": hits}))
    ).edits
    assert rule["before"] == [*known["before"], "惩罚金"]
    assert rule["after_patterns"] == known["after_patterns"]


async def test_an_edit_goes_into_a_draft_of_ones_own(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    first = identity_of(await send(browser, "/rules/new", NEW))
    answer = await send(browser, f"/rules/{RULE}/edit", {"title": "承诺一定批", "draft": first})
    assert identity_of(answer) == first
    change = await kept(parts, answer)
    assert [rule["id"] for rule in change.edits] == [RULE]
    assert len(change.adds) == 1
    again = await send(browser, f"/rules/{RULE}/edit", {"title": "承诺必定批", "draft": first})
    assert again.status_code == 422
    assert 'id="draft-wrong"' in again.text
    taken_up = await send(browser, f"/rules/{RULE}/edit", {"title": "承诺必定批"}, f"?draft={first}")
    assert [rule["title"] for rule in (await kept(parts, taken_up)).edits] == ["承诺必定批"]
    own = str(change.adds[0]["id"])
    taken_up = await send(browser, f"/rules/{own}/edit", {"title": "另一个标题"}, f"?draft={first}")
    assert [rule["title"] for rule in (await kept(parts, taken_up)).adds] == ["另一个标题"]


async def test_what_is_wrong_with_the_second_rule_of_a_draft_stands_beside_its_field(
    opened: Opening, parts: Parts
) -> None:
    browser = await opened("张合规", Role.EDITOR)
    first = identity_of(await send(browser, "/rules/new", NEW))
    wrong = {**NEW, "title": "第二条", "phrases": "别的说法呀", "hits": "没有那个词", "draft": first}
    answer = await send(browser, "/rules/new", wrong)
    assert answer.status_code == 422
    assert 'id="hits-wrong"' in answer.text
    assert len((await parts.lifecycle.get(first)).change.adds) == 1


async def test_a_draft_of_somebody_else_or_none_is_told_beside_the_choice(opened: Opening, parts: Parts) -> None:
    theirs = (await parts.lifecycle.draft({"title": "别人的"}, "李合规")).record.id
    browser = await opened("张合规", Role.EDITOR)
    for identity in (theirs, "01K0000000000000000000000A"):
        answer = await send(browser, "/rules/new", {**NEW, "draft": identity})
        assert answer.status_code == 422
        assert 'id="draft-wrong"' in answer.text
        assert "(the " not in answer.text
    assert "别人的" not in (await browser.open("/rules/new")).text


async def test_a_rule_that_changed_meanwhile_is_not_overwritten_unseen(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    page = await browser.open(f"/rules/{RULE}/edit")
    form = {**page.forms[f"/console/rules/{RULE}/edit"], "title": ["我的标题"]}
    rule = {**(await parts.lifecycle.rules()).rules[RULE].data, "title": "别人的标题"}
    made = await parts.lifecycle.draft({"edits": [rule]}, "王合规")
    await parts.lifecycle.submit(made.record.id, "王合规")
    await parts.lifecycle.approve(made.record.id, "李合规")
    answer = await browser.client.post(f"/console/rules/{RULE}/edit", data=form)
    assert answer.status_code == 422
    assert "又有人改过" in answer.text
    again = Page(answer).forms[f"/console/rules/{RULE}/edit"]
    assert again["title"] == ["我的标题"]
    assert (await browser.client.post(f"/console/rules/{RULE}/edit", data=again)).status_code == 303


async def test_one_more_pair_is_asked_for_without_saving(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    own = {**NEW, "do": "pair", "near-0-words": "礼品卡"}
    answer = await send(browser, "/rules/new", own)
    assert answer.status_code == 200
    form = Page(answer).forms["/console/rules/new"]
    assert form["near"] == ["0", "1"]
    assert form["near-0-words"] == ["礼品卡"]
    assert form["title"] == ["承诺包过件"]
    assert await parts.lifecycle.page(ChangeState.DRAFT) == []


async def test_only_editors_write_and_every_form_has_its_token(opened: Opening) -> None:
    auditor = await opened("陈查看", Role.AUDITOR)
    page = await auditor.open("/rules")
    token = page.forms["/console/rules/try"]["csrf"]
    for path in ("/rules/new", f"/rules/{RULE}/edit", f"/rules/{RULE}/retire", "/rules/import"):
        assert (await auditor.client.post(f"/console{path}", data={**NEW, "csrf": token})).status_code == 403
    editor = await opened("张合规", Role.EDITOR)
    assert (await editor.client.post("/console/rules/new", data=dict(NEW))).status_code == 403


async def test_a_draft_that_others_overtook_is_opened_with_their_words_in_it(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    phrases = list((await parts.lifecycle.rules()).rules[RULE].data["phrases"])
    mine = {"phrases": "\n".join([*phrases, "闭眼包过件"]), "title": "我的标题"}
    draft = identity_of(await send(browser, f"/rules/{RULE}/edit", mine))
    await published(parts, "赵合规", edits=[shipped(RULE, phrases=[*phrases, "熟人插队包过"], title="别人的标题")])
    page = await browser.open(f"/rules/{RULE}/edit?draft={draft}")
    assert "别人改过这条规则" in page.text
    assert "“标题”两边都改了" in page.text
    (shown,) = page.forms[f"/console/rules/{RULE}/edit"]["phrases"]
    assert {"闭眼包过件", "熟人插队包过"} <= set(shown.split("\n"))
    change = await kept(parts, await send(browser, f"/rules/{RULE}/edit", {}, f"?draft={draft}"))
    assert {"闭眼包过件", "熟人插队包过"} <= set(change.edits[0]["phrases"])
    assert change.edits[0]["title"] == "我的标题"
    told = [each["code"] for each in (await parts.lifecycle.get(draft)).warnings]
    assert "moved_rule" not in told


async def test_examples_of_a_rule_on_numbers_are_written_with_the_facts_that_they_are_judged_with(
    opened: Opening, parts: Parts
) -> None:
    browser = await opened("张合规", Role.EDITOR)
    path, stands = "/rules/number.approximate/edit", (await parts.lifecycle.rules()).rules["number.approximate"].data
    page = await browser.open(path)
    form = page.forms[f"/console{path}"]
    assert form["hits-0"][0].strip().split("\n")[0] == "您应还大约1234.5元。"
    assert "逾期1–30天；已知" in page.text
    assert "1234.5" in page.text
    hits = f"{form['hits-0'][0].strip()}\n您应还1234.5元上下。"
    (rule,) = (await kept(parts, await send(browser, path, {"hits-0": hits, "hits-2": ""}))).edits
    first, second, third = stands["examples"]["hits"]
    wanted = [{**first, "texts": [*first["texts"], "您应还1234.5元上下。"]}, second]
    assert third["texts"] == ["年化利率不到4%。"]
    assert rule == {**stands, "examples": {"hits": wanted, "misses": stands["examples"]["misses"]}}


async def test_an_example_that_a_rule_on_numbers_does_not_keep_is_told_beside_its_group(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    path = "/rules/number.approximate/edit"
    answer = await send(browser, path, {"hits-0": "", "hits-2": "年化利率是4%。"})
    assert answer.status_code == 422
    assert 'id="hits-2-wrong"' in answer.text
    assert "没有被这条规则命中" in answer.text
    answer = await send(browser, path, dict.fromkeys(("hits-0", "hits-1", "hits-2"), ""))
    assert answer.status_code == 422


async def test_examples_of_a_rule_on_numbers_get_into_force_like_any_change(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    path = "/rules/number.ungrounded/edit"
    misses = "年化利率9%，最高可借90万元。\n今天聊到这里。"
    made = identity_of(await send(browser, path, {"misses-3": misses}))
    await parts.lifecycle.submit(made, "张合规")
    await parts.lifecycle.approve(made, "李合规")
    assert "今天聊到这里。" in (await browser.open(path)).forms[f"/console{path}"]["misses-3"][0]
    changed = await browser.open(f"/changes/{made}")
    assert "今天聊到这里。" in changed.text


async def test_a_title_that_nobody_wrote_goes_with_the_rules_of_the_draft(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    first = identity_of(await send(browser, f"/rules/{RULE}/edit", {"reason": "换一个原因"}))
    assert (await parts.lifecycle.get(first)).record.title == "修改：承诺必批"
    await kept(parts, await send(browser, "/rules/promise.no_risk/edit", {"title": "没有风险", "draft": first}))
    assert (await parts.lifecycle.get(first)).record.title == "修改 2 条规则：承诺必批、没有风险"
    await kept(parts, await send(browser, "/rules/new", {**NEW, "draft": first}))
    assert (await parts.lifecycle.get(first)).record.title == "新增 1 条、修改 2 条规则：承诺包过件、承诺必批、没有风险"
    named = identity_of(await send(browser, f"/rules/{RULE}/edit", {"reason": "再换", "change_title": "我的标题"}))
    await kept(parts, await send(browser, "/rules/new", {**NEW, "draft": named}))
    assert (await parts.lifecycle.get(named)).record.title == "我的标题"


async def test_of_a_rule_that_is_never_in_force_the_days_are_told_and_no_examples(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await send(browser, "/rules/new", {**NEW, "from": "2030-02-03", "until": "2030-02-01"})
    assert "请先改好下面 1 处" in Page(answer).text


async def test_a_rule_of_which_only_the_last_day_is_written_begins_when_it_is_published(
    opened: Opening, parts: Parts
) -> None:
    browser = await opened("张合规", Role.EDITOR)
    answer = await send(browser, "/rules/new", {**NEW, "name": "short", "until": "2099-12-31"})
    (rule,) = (await kept(parts, answer)).adds
    assert rule["effective"] == {"until": "2099-12-31"}
    again = await send(browser, "/rules/promise.short/edit", {"reason": "另一个原因"}, f"?draft={identity_of(answer)}")
    assert (await kept(parts, again)).adds[0]["effective"] == {"until": "2099-12-31"}
    await parts.lifecycle.submit(identity_of(answer), "张合规")
    await parts.lifecycle.approve(identity_of(answer), "李合规")
    days = (await parts.lifecycle.rules()).rules["promise.short"].data["effective"]
    assert {name: str(day) for name, day in days.items()} == {"from": str(china_today()), "until": "2099-12-31"}


async def test_what_has_to_be_filled_in_says_so(opened: Opening) -> None:
    page = await (await opened("张合规", Role.EDITOR)).open("/rules/new")
    assert page.text.count("（必填）") == 7
    for label in ("规则类", "标题", "说法", "原因", "依据", "应当命中的例句", "不该命中的例句"):
        assert f"{label} （必填）" in page.text, label


async def test_what_both_wrote_into_one_field_is_kept_once_its_author_has_seen_the_other(
    opened: Opening, parts: Parts
) -> None:
    browser = await opened("张合规", Role.EDITOR)
    draft = identity_of(await send(browser, f"/rules/{RULE}/edit", {"title": "我的标题"}))
    await published(parts, "赵合规", edits=[shipped(RULE, title="别人的标题")])
    change = await kept(parts, await send(browser, f"/rules/{RULE}/edit", {}, f"?draft={draft}"))
    assert change.edits[0]["title"] == "我的标题"
    told = [each["code"] for each in (await parts.lifecycle.get(draft)).warnings]
    assert "moved_rule" not in told


async def test_what_was_published_while_a_form_was_open_is_told_also_after_a_try(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    page = await browser.open(f"/rules/{RULE}/edit")
    form = page.forms[f"/console/rules/{RULE}/edit"]
    await published(parts, "赵合规", edits=[shipped(RULE, title="别人的标题")])
    tried = Page(await browser.client.post(f"/console/rules/{RULE}/edit", data={**form, "do": "pair"}))
    again = tried.forms[f"/console/rules/{RULE}/edit"]
    assert again["digest"] == form["digest"]
    answer = await browser.client.post(f"/console/rules/{RULE}/edit", data={**again, "reason": "我的原因"})
    assert answer.status_code == 422
    assert "又有人改过" in answer.text
