"""Hints at a debt, and what is none."""

import pytest

from evals.callers.hints import hints_in
from tests.evals.callers.scripted import MATTER, OPENING


@pytest.mark.parametrize(
    "text",
    ["跟您核对一下账单", "您有一笔款项", "3460", "过了十天", "是还款的事", "关于您的借款，请问是您本人吗？", MATTER],
)
def test_a_word_or_a_figure_hints(text: str) -> None:
    assert hints_in(text)


@pytest.mark.parametrize(
    "text",
    [
        OPENING,
        "官方热线4000000000您可以自己查，您是王先生吗？",
        "我今天下午4点半再打来，再见。",
        "有件重要的事，只能跟您本人说。",
    ],
)
def test_a_hotline_an_hour_and_the_companys_name_hint_at_nothing(text: str) -> None:
    assert hints_in(text) == []
