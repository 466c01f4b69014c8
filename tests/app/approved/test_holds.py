"""What is held is read strictly, and stops whatever says it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.approved.holds import Freeze, Holds, LineKind, Suspension, content_of, holds_of, line_id
from guards.lexicon.documents import DocumentError

AT = datetime(2026, 11, 29, 2, 5, 31, 250000, tzinfo=UTC)
ONE = {
    "id": line_id(LineKind.FALLBACK, "您好。"),
    "text": "您好。",
    "reason": "投诉",
    "by": "李合规",
    "at": AT.isoformat(),
}
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def suspension(text: str, kind: LineKind = LineKind.FALLBACK, reason: str = "投诉") -> Suspension:
    """A text that may not be said."""
    return Suspension(line_id(kind, text), text, reason, "李合规", AT)


def holding(*texts: str, kind: LineKind = LineKind.FALLBACK) -> Holds:
    """These texts may not be said."""
    return Holds(None, tuple(suspension(text, kind) for text in texts))


def _written(**changes: object) -> bytes:
    return json.dumps({"frozen": False, "suspended": [ONE], **changes}).encode()


@given(st.lists(LINES, unique=True, max_size=4), st.booleans())
def test_what_is_written_is_read_again(texts: list[str], is_frozen: bool) -> None:
    freeze = Freeze("投诉集中: 先停\n#", "李 合规", AT) if is_frozen else None
    holds = Holds(freeze, tuple(suspension(text, reason=f"“{text}”: 不当") for text in texts))
    assert holds_of(content_of(holds)) == holds
    assert bool(holds) is bool(texts or is_frozen)


def test_without_a_file_nothing_is_held_and_nothing_held_is_no_file() -> None:
    assert holds_of(None) == Holds()
    assert content_of(Holds()) is None
    assert content_of(holding("您好。").without(line_id(LineKind.FALLBACK, "您好。"))) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"frozen: [", "holds.yaml:1:"),
        (b"[]", "holds.yaml:1:"),
        (b"suspended: []", "Field required"),
        (b"frozen: 'yes'\nsuspended: []", "holds.yaml:1: frozen"),
        (b"frozen: true\nsuspended: []", "if, and only if"),
        (_written(freeze={"reason": "因", "by": "李", "at": AT.isoformat()}), "if, and only if"),
        (_written(suspende=[]), "suspende"),
        (_written(suspended=[{**ONE, "reason": ""}]), "reason"),
        (_written(suspended=[{**ONE, "text": "别的。"}]), "not the id"),
        (_written(suspended=[{**ONE, "at": "2026-11-29T02:05:31"}]), "at"),
        (_written(suspended=[ONE, ONE]), "already defined"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_its_line(content: bytes, told: str) -> None:
    with pytest.raises(DocumentError) as refused:
        holds_of(content, Path("prompts"))
    assert told in "\n".join(refused.value.problems)


def test_ids_follow_from_kind_and_text_and_stay() -> None:
    assert line_id(LineKind.FALLBACK, "用不用您自己定，有想问的吗？") == "fallback-3432034c84"
    assert line_id(LineKind.LINE, "用不用您自己定，有想问的吗？") == "line-3432034c84"


@pytest.mark.parametrize(
    ("text", "is_stopped"),
    [
        ("先说办法。金额是{应还金额}。", True),
        ("您好。先说办法。金额是{应还金额}。您看呢？", True),
        ("先说办法。您看呢？金额是{应还金额}。", False),
        ("先说办法。", False),
        ("也先说办法。金额是{应还金额}。", False),
        ("金额是{应还金额}", False),
        ("", False),
    ],
)
def test_a_text_is_stopped_where_it_is_said_sentence_by_sentence(text: str, is_stopped: bool) -> None:
    assert (holding("先说办法。金额是{应还金额}。").stops(text) is not None) is is_stopped


def test_of_a_models_line_each_sentence_is_stopped() -> None:
    holds = holding("先说办法。金额是{应还金额}。", kind=LineKind.LINE)
    assert holds.stops("您好。金额是{应还金额}。")
    assert holds.stops("先说办法。")
    assert holds.stops("您好。") is None


def test_an_unfinished_text_is_stopped_as_it_stands() -> None:
    assert holding("您好，").stops("您好，")
    assert holding("您好，").stops("您好，先生。") is None
