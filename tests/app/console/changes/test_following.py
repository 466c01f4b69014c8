"""Of a text that is stopped: what is wrong with it comes first, and what only follows is folded away."""

from typing import Any

from app.approved.holds import LineKind
from app.console.changes.following import parted
from app.lexicon.problems import Problem, Severity
from app.parts import Parts
from app.records import ChangeState
from tests.app.console.conftest import Opening
from tests.app.console.stories import line_of

TEXT = "好的，您欠5000元。"


def problem(rule: str, words: str | None, text: str = TEXT) -> dict[str, Any]:
    """A problem as a change keeps it."""
    told = f"规则“{rule}”会拦下“{text}”里的“{words}”。" if words else f"规则“{rule}”要求的内容，“{text}”没有说到。"
    one = Problem(code="stopped_by_rule", rule=rule, word=words, message=told, english="", severity=Severity.WARNING)
    return one.as_json()


def test_what_is_hit_in_the_new_text_comes_before_what_follows() -> None:
    lacking = [problem(f"disclosure.{name}", None) for name in ("institution", "hotline", "hotline")]
    stitched = problem("number.ungrounded", "5000元", "别的话。")
    direct, following = parted([*lacking, stitched, problem("number.ungrounded", "5000元")], [TEXT])
    assert [("number.ungrounded" in one, TEXT in one) for one in direct] == [(True, True)]
    assert len(following) == 3
    assert parted(lacking, [TEXT]) == ([lacking[0]["message"], lacking[1]["message"]], [])


async def test_the_page_of_a_wording_draft_names_the_hit_and_leads_back_to_the_sentence(
    opened: Opening, parts: Parts
) -> None:
    line = await line_of(parts, LineKind.REPLY, words="给您添烦了")
    browser = await opened("张合规")
    made = await parts.rewording.draft({"title": "改一句", "edits": [{"id": line.id, "text": TEXT}]}, "张合规")
    path = f"/changes/{made.record.id}"
    page = await browser.open(path)
    assert "和已批准的话术冲突" not in page.text
    assert "过不了现行规则，改好才能提交" in page.text
    assert "5000元" in page.html.partition("过不了现行规则")[2].partition("</li>")[0]
    form = f"/wording/{line.id}/edit"
    assert f"{form}?draft={made.record.id}" in page.html
    page = await browser.open(f"{form}?draft={made.record.id}")
    assert page.forms[f"/console{form}"]["text"] == [TEXT]
    await browser.send(form, {"text": "好的，我记下了。"})
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert [one.text for one in draft.change.edits] == ["好的，我记下了。"]


async def test_a_sentence_that_is_put_beside_another_is_taken_up_again(opened: Opening, parts: Parts) -> None:
    line = await line_of(parts, LineKind.REPLY)
    adds = [{"beside": line.id, "text": text, "before": True} for text in ("好，那今天先不多说了。", "好，改天再说。")]
    made = await parts.rewording.draft({"title": "加两句", "adds": adds}, "张合规")
    browser = await opened("张合规")
    page = await browser.open(f"/changes/{made.record.id}")
    form = f"/wording/{line.id}/add"
    assert f"{form}?entry=1&amp;draft={made.record.id}" in page.html
    page = await browser.open(f"{form}?entry=1&draft={made.record.id}")
    assert page.forms[f"/console{form}"]["text"] == ["好，改天再说。"]
    await browser.send(form, {"text": "好，下次再说。"})
    [draft] = await parts.rewording.page(ChangeState.DRAFT)
    assert [(one.text, one.is_before) for one in draft.change.adds] == [
        ("好，那今天先不多说了。", True),
        ("好，下次再说。", True),
    ]
