"""One decision: its text with every finding in place, marks, the exception that one asks for, evidence."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from app.console.decisions.view import passages, sightings
from app.evidence import verify
from app.parts import Parts
from app.records import Decision, Kind, Mark, Role
from guards.lexicon.scope import CHINA
from tests.app.console.conftest import Opening
from tests.app.services import PERSON, client_of, example

REVIEW = {
    "text": "卡号6222021234567890123，我们这边百分百获批，无利息。",
    "scenario": "acquisition",
    "channel": "ai_voice",
    "stage": "body",
}


async def script(parts: Parts, **changes: Any) -> str:
    """The id of a script that was answered."""
    async with client_of(parts) as client:
        answer = await client.post("/v1/scripts", json=example(**changes))
    return str(answer.json()["script_id"])


async def review(parts: Parts, **changes: Any) -> str:
    """The id of a review that stops the text."""
    async with client_of(parts) as client:
        await client.post("/v1/reviews", json={**REVIEW, **changes})
    [newest] = await parts.log.recent(1)
    return newest.script_id


async def test_a_script_is_shown_as_it_was_spoken(opened: Opening, parts: Parts) -> None:
    made = await script(parts, customer={"pii": PERSON})
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open(f"/decisions/{made}")
    for told in (
        "开场",
        "正文",
        "告知",
        "必须说",
        "怎么读",
        "百分之三点六",
        "产品名",
        "应急贷",
        "单利",
        "第 1 版",
        "咨询过利率",
    ):
        assert told in page.text, told
    assert "没有命中任何规则" in page.text
    assert not any(value in page.html for value in (*PERSON.values(), "13812345678", "u-778"))
    assert "做成例外" not in page.text


async def test_a_call_that_is_not_made_says_why(opened: Opening, parts: Parts) -> None:
    made = await script(parts, customer={"opted_out": True})
    page = await (await opened("张合规", Role.AUDITOR)).open(f"/decisions/{made}")
    assert "这一次没有说话" in page.text
    assert "客户已经拒绝营销来电" in page.text
    assert "《消费者权益保护法实施条例》第 24 条" in page.text


async def test_findings_are_marked_in_place_with_law_and_what_to_say(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    page = await (await opened("张合规", Role.AUDITOR)).open(f"/decisions/{made}")
    assert "<mark>百分百获批</mark>" in page.html
    assert "<mark>无利息</mark>" in page.html
    assert "<mark>****0123</mark>" in page.html
    assert "《广告法》第 28 条（法律）" in page.text
    assert "额度和利率以审批结果为准" in page.text
    assert '/console/rules/promise.guaranteed_approval"' in page.html
    assert "6222021234567890123" not in page.html


def recorded(text: str, *findings: dict[str, Any], segments: Any = None) -> Decision:
    """A decision with these findings."""
    return Decision(
        script_id="a",
        kind=Kind.REVIEW,
        body_digest="",
        created_at=datetime(2026, 11, 21, tzinfo=CHINA),
        action="block",
        policy_revision=1,
        answer=orjson.dumps({"segments": segments} if segments else {}),
        text=text,
        findings=findings,
    )


def found(start: int, end: int, replacement: str | None = None, action: str = "block") -> dict[str, Any]:
    """A finding as it is recorded."""
    return {"rule": "a.b", "action": action, "reason": "x", "span": [start, end], "replacement": replacement}


@pytest.mark.parametrize(
    ("text", "findings", "words"),
    [
        ("说包过啊", [found(1, 3)], ["包过"]),
        ("号****56说包过", [found(1, 11, "****56"), found(12, 14)], ["****56", "包过"]),
        ("包过号****56", [found(0, 2), found(3, 13, "****56")], ["包过", "****56"]),
        (
            "号****56，****78，包过",
            [found(1, 11, "****56"), found(12, 22, "****78"), found(23, 25)],
            ["****56", "****78", "包过"],
        ),
        ("号****56说", [found(1, 11, "****56"), found(2, 12)], ["****56", "****56说"]),
        ("号****56说", [found(1, 11, "****56"), found(0, 5)], ["****56", "号****56"]),
        ("号***6说包过", [found(1, 11, "****56"), found(12, 14)], [None, None]),
        ("短", [found(5, 9)], [None]),
        ("号****56", [found(1, 8, "****56"), found(5, 11, "****56")], [None, None]),
    ],
)
def test_a_place_is_where_it_is_after_numbers_were_masked(
    text: str, findings: list[dict[str, Any]], words: list[str | None]
) -> None:
    made = recorded(text, *findings)
    assert [each.words for each in sightings(made, {}, [])] == words
    assert "".join(piece.text for passage in passages(made) for piece in passage.pieces) == text


def test_a_finding_over_two_segments_is_marked_in_both() -> None:
    segments = [{"stage": "open", "text": "甲乙"}, {"stage": "body", "text": "丙丁", "tts_text": "丙，丁"}]
    first, second = passages(recorded("甲乙丙丁", found(1, 3), found(0, 4, action="observe"), segments=segments))
    assert [(piece.text, piece.is_light, piece.ends) for piece in first.pieces] == [("甲", True, ()), ("乙", False, ())]
    assert [(piece.text, piece.is_light, piece.ends) for piece in second.pieces] == [
        ("丙", False, (1,)),
        ("丁", True, (2,)),
    ]
    assert (first.spoken, second.spoken) == (None, "丙，丁")


async def test_a_finding_is_marked_with_a_note_that_is_masked(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    browser = await opened("张合规", Role.APPROVER)
    await browser.open(f"/decisions/{made}")
    page = await browser.send(f"/decisions/{made}/marks", {"mark-0": "false_hit", "note-0": "电话13812345678"})
    assert "已标注" in page.text
    assert "误命中 张合规" in page.text
    assert "13812345678" not in page.html
    page = await browser.send(f"/decisions/{made}/marks", {"mark-0": "true_hit", "note-0": "再看是对的"})
    [mark] = await parts.marks.of(made)
    assert (mark.mark, mark.note, mark.person) == (Mark.TRUE_HIT, "再看是对的", "张合规")
    assert "做成例外" not in page.text


async def test_all_findings_are_marked_by_one_button(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    browser = await opened("张合规", Role.APPROVER)
    page = await browser.open(f"/decisions/{made}")
    assert page.text.count("保存标注") == 1
    sent = {"mark-0": "true_hit", "note-0": "对", "mark-1": "false_hit", "note-1": "不对", "mark-2": "true_hit"}
    page = await browser.send(f"/decisions/{made}/marks", sent)
    told = {mark.finding: (mark.mark, mark.note, mark.at) for mark in await parts.marks.of(made)}
    assert [told[index][:2] for index in range(3)] == [
        (Mark.TRUE_HIT, "对"),
        (Mark.FALSE_HIT, "不对"),
        (Mark.TRUE_HIT, ""),
    ]
    await browser.send(f"/decisions/{made}/marks", {"note-1": "还是不对"})
    later = {mark.finding: (mark.mark, mark.note, mark.at) for mark in await parts.marks.of(made)}
    assert (later[0], later[2], later[1][1]) == (told[0], told[2], "还是不对")


async def test_what_cannot_be_marked_says_so_beside_the_finding(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open(f"/decisions/{made}")
    page = await browser.send(f"/decisions/{made}/marks", {"note-1": "过" * 501}, status=422)
    assert "请先改好下面 2 处" in page.text
    assert "第 2 处：请选" in page.text
    assert "过" * 501 in page.html
    assert await parts.marks.of(made) == []
    sent = {"csrf": page.forms[f"/console/decisions/{made}/marks"]["csrf"][0], "mark-99": "true_hit"}
    strange = await browser.client.post(f"/console/decisions/{made}/marks", data=sent)
    assert (strange.status_code, "请刷新页面再标注" in strange.text) == (422, True)


async def test_a_false_hit_becomes_the_draft_of_an_exception(opened: Opening, parts: Parts) -> None:
    made = await review(parts, text="不能说我们这边百分百获批这种话。")
    browser = await opened("张合规")
    page = await browser.open(f"/decisions/{made}")
    assert "做成例外" not in page.text
    page = await browser.send(f"/decisions/{made}/marks", {"mark-0": "false_hit", "note-0": "说的是不这样说"})
    page = await browser.open(f"/decisions/{made}/exceptions/0")
    action = f"/console/decisions/{made}/exceptions/0"
    assert page.forms[action]["exception"] == ["不能说我们这边百分百获批这种话"]
    narrow = await browser.client.post(action, data={**page.forms[action], "exception": "获批"})
    assert (narrow.status_code, "请从这句话里选长一点的一段" in narrow.text) == (422, True)
    empty = await browser.client.post(action, data={**page.forms[action], "exception": "　"})
    assert (empty.status_code, "请写上例外的说法" in empty.text) == (422, True)
    answer = await browser.client.post(action, data=page.forms[action])
    [draft] = await parts.headlines.page()
    [edited] = (await parts.lifecycle.get(draft.id)).change.edits
    assert edited["except"][-1] == "不能说我们这边百分百获批这种话"
    assert answer.headers["location"] == f"/console/changes/{draft.id}"
    assert (draft.author, draft.title) == ("张合规", "误命中：承诺必批")


async def test_what_cannot_become_an_exception_says_why(opened: Opening, parts: Parts) -> None:
    made = await review(parts, text="百分百获批")
    browser = await opened("张合规")
    await browser.open(f"/decisions/{made}")
    await browser.send(f"/decisions/{made}/marks", {"mark-0": "false_hit", "note-0": ""})
    page = await browser.open(f"/decisions/{made}/exceptions/0", status=422)
    assert "找不到合适的例外" in page.text
    assert await parts.headlines.page() == []


async def test_an_auditor_makes_no_exception(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    browser = await opened("张合规", Role.AUDITOR)
    await browser.open(f"/decisions/{made}")
    page = await browser.send(f"/decisions/{made}/marks", {"mark-0": "false_hit"})
    assert "做成例外" not in page.text
    sent = {"csrf": page.forms[f"/console/decisions/{made}/marks"]["csrf"][0]}
    refused = await browser.client.post(f"/console/decisions/{made}/exceptions/0", data=sent)
    assert refused.status_code == 403


async def test_evidence_is_a_file_that_can_be_verified(opened: Opening, parts: Parts) -> None:
    made = await review(parts)
    browser = await opened("张合规", Role.APPROVER)
    answer = await browser.client.get(f"/console/decisions/{made}/evidence")
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-{made}.json"'
    assert answer.json()["script_id"] == made
    assert verify(answer.json()) == []
    [row] = await parts.trail.page(event="evidence.issued")
    assert (row.person, row.subject) == ("张合规", made)


async def test_of_an_erased_decision_only_what_counts_is_left(opened: Opening, parts: Parts) -> None:
    made = await script(parts)
    await parts.erasure.of_person(parts.contacts.digest("u-778"), "李管理")
    page = await (await opened("张合规", Role.AUDITOR)).open(f"/decisions/{made}")
    assert "按规定删除" in page.text
    assert "应急贷" not in page.text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN, Role.CALLER])
async def test_who_may_not_look_is_told_so(opened: Opening, parts: Parts, role: Role) -> None:
    made = await review(parts)
    browser = await opened("张合规", role)
    for path in ("", "/evidence"):
        assert "没有这一页的权限" in (await browser.open(f"/decisions/{made}{path}", status=403)).text


async def test_what_is_not_there_is_told_in_chinese(opened: Opening) -> None:
    browser = await opened("张合规", Role.AUDITOR)
    page = await browser.open("/decisions/01K", status=404)
    assert "没有这个编号的决策" in page.text
    assert "there is" not in page.text
