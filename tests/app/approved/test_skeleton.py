"""Skeletons: what is tidied, what is refused and what the hint says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.approved.brief import Brief
from app.approved.skeleton import MAX_CHARACTERS, channel_problems, problems_of, sentences, slots_in, tidy
from app.approved.wording import Wording
from guards.types import Channel, Generation, Scenario

LOAN = Brief(Scenario.ACQUISITION, Generation.YOUNG, "rate_first", (), ("年化利率",), ("产品名", "月还款"))
DEBT = Brief(Scenario.COLLECTION_M1, Generation.YOUNG, "plan_plain", (), ("应还金额", "到期日"), ())


def test_slots_in_order_with_repeats() -> None:
    assert slots_in("{甲}和{乙}，还有{甲}。") == ["甲", "乙", "甲"]
    assert slots_in("没有槽位。") == []


def test_sentences_that_are_finished() -> None:
    assert sentences("一。二！三？没有说完") == ["一。", "二！", "三？"]


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("  成本是{年化利率}。\n您看呢？ ", "成本是{年化利率}。您看呢？"),
        ("“成本是{年化利率}。”", "成本是{年化利率}。"),
        ("正文：成本是{年化利率}。", "成本是{年化利率}。"),
        ("输出: 成本是{年化利率}。", "成本是{年化利率}。"),
        ("<think>先说利率。\n再说。</think>\n成本是{年化利率}。", "成本是{年化利率}。"),
        ("成本是{年化利率},您看呢?", "成本是{年化利率}，您看呢？"),
        ("```成本是{年化利率}。```", "成本是{年化利率}。"),
        ("", ""),
    ],
)
def test_tidy(written: str, tidied: str) -> None:
    assert tidy(written) == tidied


@given(st.text())
def test_problems_are_found_in_anything(text: str) -> None:
    skeleton = tidy(text)
    assert problems_of(skeleton, LOAN) or "{年化利率}" in skeleton


@pytest.mark.parametrize(
    "skeleton",
    [
        "成本是{年化利率}。",
        "{产品名}的成本是{年化利率}，每月还{月还款}。您看呢？",
        "在官方APP看{年化利率}！",
        "成本是{年化利率}：先看、再用；都行。",
    ],
)
def test_nothing_is_wrong(skeleton: str) -> None:
    assert problems_of(skeleton, LOAN) == []


@pytest.mark.parametrize(
    ("skeleton", "hint"),
    [
        ("", "正文是空的"),
        ("{年化利率}" + "您" * MAX_CHARACTERS + "。", "正文太长"),
        ("成本是{年化利率}", "没有说完"),
        ("成本是{年化利率}，", "没有说完"),
        ("成本是{年化利率。", "花括号"),
        ("成本是{{年化利率}}。", "花括号"),
        ("成本是{年化利率}，第1期。", "数字、字母"),
        ("成本是{年化利率}，第１期。", "数字、字母"),
        ("成本是{年化利率}，٣期。", "数字、字母"),
        ("成本是{年化利率}OK。", "数字、字母"),
        ("成本是{年化利率}%。", "数字、字母"),
        ("成本是{年化利率}😊。", "数字、字母"),
        ("成本是{年化利率}（单利）。", "数字、字母"),
        ("成本是{年化利率}，额度{额度上限}。", "没有给出的槽位"),
        ("成本是{年化利率}{}。", "没有给出的槽位"),
        ("看看{产品名}。", "缺少槽位{年化利率}"),
        ("每月还{月还款}，成本是{年化利率}。", "先说{年化利率}"),
    ],
)
def test_what_is_wrong_is_the_hint(skeleton: str, hint: str) -> None:
    assert any(hint in problem for problem in problems_of(skeleton, LOAN)), problems_of(skeleton, LOAN)


def test_everything_wrong_is_reported_at_once() -> None:
    assert len(problems_of("第1期{额度上限}", LOAN)) == 4


def test_collection_says_the_matter_before_a_remedy() -> None:
    assert problems_of("手头紧您说了。应还{应还金额}，{到期日}到期。可以申请延期。", DEBT) == []
    wanted = ["先说是哪一笔、多少钱，再说办法"]
    assert problems_of("可以申请延期。应还{应还金额}，{到期日}到期。", DEBT) == wanted
    assert problems_of("先还一部分也行。应还{应还金额}，{到期日}到期。", DEBT) == wanted
    reply = replace(DEBT, strategy="reply", slots=())
    assert problems_of("可以申请延期。", reply) == []


def test_a_problem_never_quotes_what_is_between_braces() -> None:
    """Problems are recorded and sent to models as hints: invariant 3."""
    assert "13812345678" not in "".join(problems_of("{13812345678}{张三}。", LOAN))
    assert "张三" not in "".join(problems_of("{13812345678}{张三}。", LOAN))


def test_every_approved_body_is_a_skeleton(wording: Wording) -> None:
    for (scenario, generation), bodies in wording.fallbacks.items():
        for body in bodies:
            slots = tuple(dict.fromkeys(slots_in(body.text)))
            assert problems_of(body.text, Brief(scenario, generation, "any", (), slots)) == [], body.text
            assert tidy(body.text) == body.text


@pytest.mark.parametrize(
    ("sentence", "fits"),
    [
        ("来电打断您了，理解您不想接。", False),
        ("什么时候能坐下来说？您讲个时候。", False),
        ("这通就说到这儿，您歇着吧。", False),
        ("{产品名}我用大白话讲。", False),
        ("不会的就停下来问。", False),
        ("您说个方便的日子。", False),
        ("跟您说明一下，每月还{月还款}。", True),
        ("利息跟您说清楚，按{年化利率}算。", True),
        ("您说明白就好。", True),
    ],
)
def test_a_short_message_speaks_of_no_speaking(sentence: str, fits: bool) -> None:
    assert bool(channel_problems(sentence, Channel.SMS)) is not fits
    assert not channel_problems(sentence, Channel.AI_VOICE)
