"""What is wrong with a change of approved wording is told before anybody is asked to approve it."""

import re
from typing import Any

import pytest

from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import COMPLEMENTS_FILE, FALLBACKS_FILE, STITCH_FILE
from app.data import Data
from app.lexicon.problems import Problem, Severity, errors
from app.lexicon.rewording import Edited, Rewording
from app.lexicon.wording_files import WordingFiles
from app.lexicon.wording_lint import changed, wording_problems
from tests.app.lexicon.wordings import (
    BODY,
    BRIDGE,
    COMPLEMENT,
    FILES,
    LEAVING,
    OTHER,
    REPLY,
    RIDER,
    SEGMENT,
    WORDS,
    add,
    edit,
    exchange,
    named,
)

OPENING = "【{机构}】您好，"
HUMAN = "明白，您的情况我记下了。请人工同事跟您细谈，哪个时间合适？"
CELL = [
    stored.id
    for stored in FILES.lines.values()
    if any(spot.file == FALLBACKS_FILE and spot.path[0] == 0 for spot in stored.spots)
]
"""All bodies of the first cell."""
UNKNOWN = "fallback-0000000000"


@pytest.fixture(scope="module")
def shared(data: Data) -> Data:
    """What the shipped files say; its name keeps failures short."""
    return data


def _found(data: Data, body: dict[str, Any], files: WordingFiles = FILES) -> list[Problem]:
    found = wording_problems(files, Rewording.parse(body), data.vocabulary, data.deployment.prompts)
    for problem in found:
        assert re.search("[\u4e00-\u9fff]", problem.message), problem
        assert problem.english, problem
    return found


def _codes(found: list[Problem]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in found]


@pytest.mark.parametrize(
    "body",
    [
        edit(BODY, "{产品名}的利息是{年化利率}。"),
        edit(LEAVING, "好的，我记下了。打扰您了。"),  # was approved with a word that no model may say in a message
        edit(HUMAN, "明白，情况我记下了。请人工同事跟您谈，什么时间合适？"),
        edit(REPLY, "手里够用就好。"),
        edit(BRIDGE, "由人工专员跟您说，请稍等。"),
        edit(OPENING, "【{机构}】{称呼}您好。"),
        edit(COMPLEMENT, "要还{应还金额}。"),
        edit(RIDER, "其余的照合同计息。"),
        add(OTHER, "{产品名}最高可申请{额度上限}。您想了解吗？"),
        add(REPLY, "够用就好。", before=True),
        {"retires": [named(OTHER)]},
        {"adds": [{"beside": named(OTHER), "text": "甲。"}, {"beside": named(REPLY), "text": "甲。"}]},
        edit(BODY, "好" * 399 + "。"),
        {"title": "只有题目"},
    ],
)
def test_what_is_sound_has_no_problem(shared: Data, body: dict[str, Any]) -> None:
    assert _found(shared, body) == []


def test_every_shipped_text_may_take_the_place_of_its_like(shared: Data) -> None:
    """What is approved already is written as it may be: with another mark at its end it is still."""
    edits = tuple(
        Edited(stored.id, f"{stored.text[:-1]}{'。' if stored.text[-1] == '！' else '！'}")
        for stored in FILES.lines.values()
        if stored.text[-1] in "。！？"
    )
    assert len(edits) > 200
    assert errors(_found(shared, Rewording(edits=edits).as_json())) == []


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"edits": [{"id": UNKNOWN, "text": "甲。"}]}, "unknown_line", "edits.0.id"),
        ({"retires": [UNKNOWN]}, "unknown_line", "retires.0"),
        ({"adds": [{"beside": UNKNOWN, "text": "甲。"}]}, "unknown_line", "adds.0.beside"),
        ({"edits": [{"id": "line-0000000000", "text": "甲。"}]}, "line_of_model", "edits.0.id"),
        ({"retires": ["line-0000000000"]}, "line_of_model", "retires.0"),
        ({"retires": [named(SEGMENT)]}, "fixed_text", "retires.0"),
        ({"retires": [named(BRIDGE)]}, "fixed_text", "retires.0"),
        ({"retires": [named(COMPLEMENT)]}, "fixed_text", "retires.0"),
        (add(SEGMENT, "甲。"), "fixed_text", "adds.0.beside"),
        (edit(BODY, BODY), "same_text", "edits.0.text"),
        (edit(BODY, OTHER), "text_taken", "edits.0.text"),
        (add(BODY, OTHER), "text_taken", "adds.0.text"),
        (add(BODY, BODY), "text_taken", "adds.0.text"),
        (edit(BODY, ""), "empty_text", "edits.0.text"),
        (edit(BODY, " \n"), "empty_text", "edits.0.text"),
        (edit(BODY, f" {LEAVING}甲"), "empty_text", "edits.0.text"),
        (edit(BODY, "甲。\n"), "empty_text", "edits.0.text"),
        (edit(BODY, "好" * 400 + "。"), "too_long", "edits.0.text"),
        (edit(BODY, "甲\n乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\u200b乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\u2028乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\ufeff乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\u3000乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\0乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "甲\ud800乙。"), "unprintable", "edits.0.text"),
        (edit(BODY, "{产品名"), "unpaired_brace", "edits.0.text"),
        (edit(BODY, "产品名}。"), "unpaired_brace", "edits.0.text"),
        (edit(BODY, "{{产品名}}。"), "unpaired_brace", "edits.0.text"),
        (edit(BODY, "{产品}。"), "unknown_slot", "edits.0.text"),
        (edit(BODY, "{}。"), "unknown_slot", "edits.0.text"),
        (edit(BODY, "{ 产品名 }。"), "unknown_slot", "edits.0.text"),
        (edit(BODY, "{机构}。"), "unknown_slot", "edits.0.text"),
        (edit(REPLY, "{产品名}。"), "unknown_slot", "edits.0.text"),
        (edit(BRIDGE, "{机构}。"), "unknown_slot", "edits.0.text"),
        (edit(COMPLEMENT, "{称呼}应还{应还金额}。"), "unknown_slot", "edits.0.text"),
        (edit(BODY, "您听我说，{产品名}。"), "unfit_channel", "edits.0.text"),
        (add(BODY, "我是语音助手。"), "unfit_channel", "adds.0.text"),
    ],
)
def test_each_slip_is_told_with_the_text_that_it_is_about(
    shared: Data, body: dict[str, Any], code: str, field: str
) -> None:
    found = _found(shared, body)
    assert (code, field) in _codes(errors(found)), found
    assert {problem.field for problem in found} == {field}


def test_words_without_an_end_are_only_warned_of(shared: Data) -> None:
    [found] = _found(shared, edit(REPLY, "手里够用就好"))
    assert (found.code, found.severity) == ("no_end", Severity.WARNING)
    open_ended = WordingFiles({**WORDS, BRIDGES_FILE: "- {generations: [senior], text: 请稍等}\n".encode()})
    name = next(stored.id for stored in open_ended.lines.values() if stored.text == "请稍等")
    assert "no_end" not in dict(_codes(_found(shared, {"edits": [{"id": name, "text": "稍等"}]}, open_ended)))


def test_everything_is_told_at_once_each_where_it_stands(shared: Data) -> None:
    body = {
        "adds": [{"beside": named(BODY), "text": "{产品。"}, {"beside": UNKNOWN, "text": ""}],
        "edits": [{"id": named(REPLY), "text": ""}, {"id": named(OTHER), "text": "甲\0。"}],
        "retires": [named(OTHER), named(SEGMENT)],
    }
    assert set(_codes(_found(shared, body))) == {
        ("unpaired_brace", "adds.0.text"),
        ("unknown_line", "adds.1.beside"),
        ("empty_text", "edits.0.text"),
        ("duplicate_id", "edits.1.id"),
        ("unprintable", "edits.1.text"),
        ("duplicate_id", "retires.0"),
        ("fixed_text", "retires.1"),
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"edits": [{"id": named(BODY), "text": "甲。"}, {"id": named(OTHER), "text": "甲。"}]}, "edits.1.text"),
        ({"adds": [{"beside": named(BODY), "text": "甲。"}, {"beside": named(BODY), "text": "甲。"}]}, "adds.1.text"),
        ({**edit(BODY, "甲。"), **add(OTHER, "甲。")}, "adds.0.text"),
    ],
)
def test_the_same_words_are_not_put_twice_in_one_place(shared: Data, body: dict[str, Any], field: str) -> None:
    assert _codes(_found(shared, body)) == [("text_taken", field)]


def test_texts_are_not_changed_beside_whole_files(shared: Data) -> None:
    body = {**edit(BODY, "甲。"), **exchange(BRIDGES_FILE, "请您稍等", "稍等")}
    assert ("files_and_texts", "files") in _codes(_found(shared, body))


def test_a_text_that_is_also_a_fixed_one_cannot_be_retired(shared: Data) -> None:
    bridges = WORDS[BRIDGES_FILE].decode().replace(BRIDGE, REPLY).encode()
    files = WordingFiles({**WORDS, BRIDGES_FILE: bridges})
    assert _codes(_found(shared, {"retires": [named(REPLY)]}, files)) == [("fixed_text", "retires.0")]
    assert _found(shared, add(REPLY, "甲。"), files) == []


def test_what_shares_its_line_with_others_is_refused_with_its_line(shared: Data) -> None:
    text = WORDS[FALLBACKS_FILE].decode()
    files = WordingFiles({**WORDS, FALLBACKS_FILE: text.replace("    - text: 直", "    -\n      text: 直", 1).encode()})
    for body in (add(OTHER, "甲。"), {"retires": [named(OTHER)]}):
        [found] = _found(shared, body, files)
        assert (found.code, found.file) == ("entangled", FALLBACKS_FILE)
        assert f"第 {found.line} 行" in found.message
    assert _found(shared, edit(OTHER, "{产品名}的利息是{年化利率}。"), files) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"retires": [named(BODY)]}, "最后一句兜底话术"),
        ({"retires": [named(LEAVING)]}, "至少一句接客户话的"),
        (edit(BODY, "每月还{月还款}。"), "最后一句兜底话术"),
        (edit(LEAVING, "{产品名}。"), "接客户话的兜底话术"),
        (edit(RIDER, "每月还{月还款}。"), "不认识“{月还款}”"),
        (exchange(REPLIES_FILE, "kept: true", "kept: false"), "没有话可回了"),
        (exchange(REPLIES_FILE, "said_busy", "said_lazy"), "不是要用这些话来回的情形"),
        (exchange(REPLIES_FILE, "need\n  scenarios: [acquisition", "need\n  scenarios: [collection_m1"), "不会在逾期1"),
        (exchange(STITCH_FILE, "collection\n  channel: sms", "servicing\n  channel: sms"), "催收在短信上没有"),
        (exchange(STITCH_FILE, "stage: body", "stage: open"), "没有写话术"),
        (exchange(STITCH_FILE, "when: {verified: true}}\n", "when: {verified: true}, text: 甲}\n"), "正好要有一处"),
        (exchange(BRIDGES_FILE, "[senior]", "[young]"), "前面已经写过了"),
        (exchange(BRIDGES_FILE, BRIDGE, '"{机构}"'), "不能有花括号"),
        (exchange(BRIDGES_FILE, "generations: [senior], ", ""), "少了一项"),
        (exchange(BRIDGES_FILE, "text: 接下来，", "text：接下来，"), "全角冒号"),
        (exchange(BRIDGES_FILE, "[senior]", "[elder]"), "不是已有的名称"),
        (exchange(BRIDGES_FILE, f"text: {BRIDGE}", "text: 1"), "要加引号"),
        (exchange(BRIDGES_FILE, "请您稍等", "好" * 400), "最多 400 个字"),
        (exchange(BRIDGES_FILE, f"text: {BRIDGE}", "text: ''"), "不能是空的"),
        (exchange(COMPLEMENTS_FILE, "groups: [marketing]", "groups: []"), "至少一句"),
        ({"files": {BRIDGES_FILE: ""}}, "一串话"),
        ({"files": {FALLBACKS_FILE: "{}"}}, "一串话"),
        ({"files": {FALLBACKS_FILE: "[]"}}, "没有兜底话术了"),
        ({"retires": CELL}, "至少一句"),
    ],
)  # fmt: skip
def test_what_the_whole_files_would_lack_is_told_in_words_with_file_and_line(
    shared: Data, body: dict[str, Any], told: str
) -> None:
    found = _found(shared, body)
    assert any(told in problem.message for problem in found), [problem.message for problem in found]
    for problem in found:
        assert (problem.code, problem.severity) == ("bad_wording", Severity.ERROR)
        assert problem.file in WORDS
        assert f"{problem.file} 第 {problem.line} 行：" in problem.message
        assert "话术有问题" not in problem.message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("- {generations: [senior]", "没有配对"),
        ("- a: &x 1\n  b: *x\n", "请把内容写全"),
        ("- a：1\n- b: [", "全角冒号"),
    ],
)
def test_files_that_are_no_yaml_are_told_by_line_in_words(shared: Data, content: str, told: str) -> None:
    found = _found(shared, {"files": {BRIDGES_FILE: content}})
    assert any(told in problem.message for problem in found), found
    assert all(problem.message.startswith(f"{BRIDGES_FILE} 第 {problem.line} 行：") for problem in found)


def test_whole_files_take_the_place_of_theirs_byte_for_byte() -> None:
    sent = "\ufeff" + WORDS[BRIDGES_FILE].decode().replace("\n", "\r\n")
    assert changed(FILES, Rewording(files={BRIDGES_FILE: sent})) == {**WORDS, BRIDGES_FILE: sent.encode()}
