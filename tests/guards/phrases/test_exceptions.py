"""Exceptions with gaps, and what bystanders say."""

import pytest

from guards.phrases.exceptions import is_excepted
from guards.phrases.spelling import exceptions_of
from guards.text.bystanders import is_beside
from guards.text.folding import Folding, fold
from guards.types import Act, Span


@pytest.mark.parametrize(
    ("exception", "text", "hit", "is_part"),
    [
        ("放款前…不收费", "放款前我们不收费", "不收费", True),
        ("放款前…不收费", "放款前，我们不收费", "不收费", False),
        ("放款前…不收费", "我们不收费，放款前", "不收费", False),
        ("放款前…不收费", "放款前您只管把资料准备好我们不收费", "不收费", False),
        ("好处费，…骗", "给点好处费，那是在骗您", "好处费", True),
        ("…", "我们不收费", "不收费", False),
        ("不收费的", "我们不收费的", "不收费", True),
    ],
)
def test_an_exception_may_have_a_gap(exception: str, text: str, hit: str, *, is_part: bool) -> None:
    folded = fold(text, Folding.TIGHT)
    at = folded.text.index(hit)
    words = exceptions_of([exception], Folding.TIGHT)
    assert is_excepted(folded, Span(at, at + len(hit)), words, text) is is_part


@pytest.mark.parametrize(
    ("text", "hit", "act", "is_said_beside"),
    [
        ("宽限那两天收利息不", "宽限", Act.MUSES, True),
        ("我想申请停息挂账", "停息挂账", Act.MUSES, True),
        ("有没有保本的理财？", "保本", Act.MUSES, True),
        ("给您减免，行吗？", "减免", Act.MUSES, False),
        ("有没有保本的？有，我们就是。", "保本", Act.MUSES, False),
        ("逾期不打紧，能不能借都照样办", "照样", Act.MUSES, False),
        ("两名被告人制作假流水，法院判了刑", "假流水", Act.TELLS, True),
        ("央行的节目都说我们这边保本", "保本", Act.TELLS, False),
    ],
)
def test_bystanders_are_told_from_sellers(text: str, hit: str, act: Act, *, is_said_beside: bool) -> None:
    at = text.index(hit)
    assert is_beside(text, Span(at, at + len(hit)), frozenset({act})) is is_said_beside
    assert not is_beside(text, Span(at, at + len(hit)), frozenset({Act.DENIES}))
