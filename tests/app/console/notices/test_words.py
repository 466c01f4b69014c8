"""What officers read of platforms, kinds and failures is Chinese, and there are words for all of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.console.notices.words import KINDS, PLATFORMS, platform, short, state, why
from app.records import NoticeKind, Platform
from app.records.outbox import Delivery
from tests.app.notices.receivers import AT, ID, notice

DELIVERY = Delivery(7, ID, notice(), AT, 0, AT, None, None)


def test_every_platform_and_kind_has_words() -> None:
    assert [name for name, _ in PLATFORMS] == list(Platform)
    assert [name for name, _ in KINDS] == list(NoticeKind)
    assert [platform(each) for each in Platform] == [words for _, words in PLATFORMS]
    for kind, words in KINDS:
        assert words.startswith(short(NoticeKind(kind)))


@pytest.mark.parametrize("failure", ["timeout", "unreachable", "no JSON", "no code"])
def test_a_failure_without_a_number_is_told_in_chinese_only(failure: str) -> None:
    assert not why(failure).isascii()
    assert failure not in why(failure)


@pytest.mark.parametrize("number", ["404", "500", "302"])
def test_a_status_is_told_with_its_number(number: str) -> None:
    assert number in why(f"HTTP {number}")
    assert not why(f"HTTP {number}").isascii()


@pytest.mark.parametrize("code", ["93000", "310000", "19021", "19024", "7", "-1"])
def test_a_code_is_told_with_its_number(code: str) -> None:
    assert code in why(f"code {code}")
    assert not why(f"code {code}").isascii()


def test_where_a_notice_stands() -> None:
    failed = replace(DELIVERY, attempts=1, failure="timeout", due_at=AT + timedelta(seconds=10))
    words = [
        state(each)[0]
        for each in (
            DELIVERY,
            failed,
            replace(failed, due_at=None),
            replace(DELIVERY, attempts=1, due_at=None, delivered_at=AT),
        )
    ]
    assert len(set(words)) == 4
    assert words[3] == "已送达"
