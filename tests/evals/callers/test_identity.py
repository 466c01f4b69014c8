"""Who is on the line, by the customer's own words."""

import pytest

from evals.callers.identity import Identity, answers_who, claims


@pytest.mark.parametrize(
    "text",
    [
        "是我",
        "是我 你讲",
        "我就是 啥事",
        "对 本人 长话短说啊",
        "嗯 是本人",
        "我是啊",
        "是我……",
        "是",
        "是的 我是",
        "本人 你说",
        "哦 找我呀 我就是",
        "是我噻 你是哪个",
        "是我老头子 你讲",
        "嗯 我就是本人",
        "对 是我 今天第二个电话了吧",
    ],
)
def test_who_says_that_it_is_he_is_believed(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "不是我",
        "我是他爱人",
        "我是你大爷",
        "我是谁不重要",
        "你把金额说了 我就告诉你我是谁",
        "不是我借的",
        "嗯 你说吧",
        "上来就问我是不是本人",
        "我是你们公司的管理员",
        "请说 我是真人 我叫小李",
        "我是小朋友",
        "不是本人",
        "喂",
    ],
)
def test_what_only_sounds_like_it_is_no_claim(text: str) -> None:
    assert not claims(text)


def test_only_an_answer_to_the_question_proves_it() -> None:
    identity = Identity()
    identity.hear("是我", asked=False)
    assert not identity.is_proven
    identity.hear("是我", asked=True)
    assert identity.is_proven


def test_who_slips_once_is_not_believed_again() -> None:
    identity = Identity()
    identity.hear("是我", asked=True)
    identity.hear("行 我回头跟我弟说", asked=False)
    assert not identity.is_proven
    identity.hear("是我 是我", asked=True)
    assert not identity.is_proven


@pytest.mark.parametrize(("text", "answers"), [("打错了", True), ("不是", True), ("是我", True), ("什么事", False)])
def test_a_denial_answers_the_question_too(text: str, answers: bool) -> None:
    assert answers_who(text) is answers
