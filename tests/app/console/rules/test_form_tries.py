"""A sentence tried in the form of a rule: as typed, not kept, with what the rules in force do beside it."""

from collections.abc import Mapping, Sequence

import httpx

from app.parts import Parts
from app.records import Role
from tests.app.console.browsers import Browser
from tests.app.console.conftest import Opening

RULE = "promise.guaranteed_approval"
OWN, NOW = "这条规则，照现在填的", "现在生效的规则"


async def tried(
    browser: Browser, path: str, fields: Mapping[str, str | Sequence[str]], **headers: str
) -> tuple[httpx.Response, str, str]:
    """The answer of the form, what it says of the rule in it, and what of the rules in force."""
    page = await browser.open(path)
    data = {**page.forms[f"/console{path}"], "do": "try", **fields}
    answer = await browser.client.post(f"/console{path}", data=data, headers=headers)
    _, _, both = answer.text.partition(OWN)
    own, _, now = both.partition(NOW)
    return answer, own, now


async def test_a_new_rule_is_tried_before_it_is_complete_or_kept(opened: Opening, parts: Parts) -> None:
    browser = await opened("张合规", Role.EDITOR)
    fields = {"family": "promise", "phrases": "青山绿水", "action": "revise", "say": "这件事青山绿水，您放心。"}
    answer, own, now = await tried(browser, "/rules/new", fields, **{"hx-request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "这件事<mark>青山绿水</mark>，您放心。" in own
    assert "会改写" in own
    assert "现在没有规则命中这句话" in now
    assert await parts.headlines.page() == []


async def test_without_scripts_the_form_comes_back_as_it_was_with_what_came_of_it(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    fields = {"title": "写到一半", "phrases": "青山绿水", "misses": "山清水秀", "say": "青山绿水，百分百获批。"}
    answer, own, now = await tried(browser, "/rules/new", fields)
    assert answer.status_code == 200
    for kept in ('value="写到一半"', "山清水秀</textarea>", "青山绿水，百分百获批。</textarea>"):
        assert kept in answer.text
    assert "<mark>青山绿水</mark>，百分百获批。" in own
    assert f"/console/rules/{RULE}" in now
    assert "不改也会命中" in now


async def test_an_edited_rule_is_tried_as_it_is_typed_and_not_as_it_is_in_force(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    path = f"/rules/{RULE}/edit"
    phrases = {"phrases": "青山绿水", "near-0-words": "", "near-0-with": "", "from": "2099-01-01"}
    nothing = {"patterns": "", "except": ""}
    _, own, now = await tried(browser, path, {**phrases, **nothing, "near": [], "say": "我们这边百分百获批"})
    assert "没有命中" in own
    assert "不改也会命中" in now
    _, own, now = await tried(browser, path, {**phrases, **nothing, "near": [], "say": "青山绿水", "say_stage": "body"})
    assert "<mark>青山绿水</mark>" in own
    assert "没有命中" not in own
    scoped = {**phrases, **nothing, "near": [], "scenarios": ["collection"], "say": "青山绿水"}
    _, own, _ = await tried(browser, path, {**scoped, "say_scenario": "acquisition"})
    assert "没有命中" in own


async def test_what_must_be_said_is_said_or_lacking(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    path, where = "/rules/disclosure.opt_out/edit", {"say_scenario": "acquisition", "say_channel": "ai_voice"}
    page = await browser.open(path)
    assert page.forms[f"/console{path}"]["say_stage"] == [""]
    _, own, _ = await tried(browser, path, {"phrases": "青山绿水", "patterns": "", "say": "您好。", **where})
    assert "没有说到" in own
    _, own, _ = await tried(browser, path, {"phrases": "青山绿水", "patterns": "", "say": "您好，青山绿水。", **where})
    assert "说到了" in own


async def test_what_cannot_be_tried_says_why_beside_its_field(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for fields, name in (
        ({"phrases": "青山绿水", "say": ""}, "say"),
        ({"phrases": "青山绿水", "say": "好" * 2_001}, "say"),
        ({"phrases": "", "say": "好"}, "phrases"),
        ({"patterns": "[", "say": "好"}, "patterns"),
    ):
        answer, own, _ = await tried(browser, "/rules/new", fields)
        assert (answer.status_code, own) == (422, "")
        assert f'id="{name}-wrong"' in answer.text, fields
        assert 'id="title-wrong"' not in answer.text
    answer, _, _ = await tried(browser, "/rules/new", {"phrases": "", "say": ""}, **{"hx-request": "true"})
    assert (answer.status_code, answer.text.count("<li>")) == (200, 2)


async def test_rules_that_are_code_have_no_box(opened: Opening) -> None:
    browser = await opened("张合规", Role.EDITOR)
    for rule in ("number.ungrounded", "gate.quiet_hours"):
        page = await browser.open(f"/rules/{rule}/edit")
        assert "试一句话" not in page.text
