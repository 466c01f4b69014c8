"""Approved lines: which skeletons they allow, and how they are kept beside a checkpoint."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.approved.brief import Brief
from app.errors import ConfigurationError
from app.writing.lines.library import (
    SENTENCES_FILE,
    ApprovedLine,
    ApprovedLines,
    read_approved_lines,
    write_approved_lines,
)
from guards.types import Generation, Scenario

BILL = Scenario.BILL_REMINDER
PLAIN = ApprovedLine(BILL, "应还{应还金额}。")
TAGGED = ApprovedLine(BILL, "自动扣款开着呢。", tags=frozenset({"autopay_on"}))
OFFERED = ApprovedLine(Scenario.COLLECTION_M1, "可以申请延期。", offers=frozenset({"deferral"}))
SENTENCES = ApprovedLines([PLAIN, TAGGED, OFFERED])


def brief(scenario: Scenario = BILL, tags: tuple[str, ...] = (), offer: str | None = None) -> Brief:
    return Brief(scenario, Generation.YOUNG, "remind_plain", tags, offer=offer)


@pytest.mark.parametrize(
    ("skeleton", "order", "allowed"),
    [
        ("应还{应还金额}。", brief(), True),
        ("应还{应还金额}。应还{应还金额}。", brief(), False),
        ("应还{到期日}。", brief(), False),
        ("应还{应还金额}", brief(), False),
        ("应还{应还金额}。还没说完", brief(), False),
        ("应还{应还金额}。", brief(Scenario.COLLECTION_M1), False),
        ("自动扣款开着呢。", brief(), False),
        ("自动扣款开着呢。", brief(tags=("forgetful", "autopay_on")), True),
        ("可以申请延期。", brief(Scenario.COLLECTION_M1), False),
        ("可以申请延期。", brief(Scenario.COLLECTION_M1, offer="waiver"), False),
        ("可以申请延期。", brief(Scenario.COLLECTION_M1, offer="deferral"), True),
    ],
)
def test_only_what_was_written_for_the_brief_is_allowed(skeleton: str, order: Brief, allowed: bool) -> None:
    assert SENTENCES.allows_once(skeleton, order) is allowed


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_approved_lines([OFFERED, TAGGED, PLAIN, PLAIN], tmp_path)
    assert len((tmp_path / SENTENCES_FILE).read_text("utf-8").splitlines()) == 3
    again = read_approved_lines(tmp_path)
    assert again is not None
    assert again.allows_once("自动扣款开着呢。", brief(tags=("autopay_on",)))
    assert not again.allows_once("自动扣款开着呢。", brief())


def test_a_checkpoint_without_approved_lines_writes_freely(tmp_path: Path) -> None:
    assert read_approved_lines(tmp_path) is None


@pytest.mark.parametrize("line", ["{", "[]", '{"scenario": "none", "text": "", "tags": [], "offers": []}', "null"])
def test_a_broken_row_is_named(tmp_path: Path, line: str) -> None:
    write_approved_lines([PLAIN], tmp_path)
    with (tmp_path / SENTENCES_FILE).open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    with pytest.raises(ConfigurationError, match=rf"{SENTENCES_FILE}:2"):
        read_approved_lines(tmp_path)


def test_a_line_keeps_its_part_and_is_allowed_sentence_by_sentence(tmp_path: Path) -> None:
    line = ApprovedLine(BILL, "您慢慢听。应还{应还金额}。", strategies=frozenset({"remind_plain"}), part="remind")
    write_approved_lines([line, ApprovedLine(BILL, "谢谢您。", part="reply")], tmp_path)
    again = read_approved_lines(tmp_path)
    assert again is not None
    order = Brief(BILL, Generation.YOUNG, "remind_plain", (), ("应还金额",))
    assert again.for_brief(order) == [line.text]
    assert again.part_of(line.text, order) == "remind"
    assert again.allows_once("应还{应还金额}。您慢慢听。", order)
    assert not again.allows_once("谢谢您。", order)
    caring = replace(order, strategy="remind_caring")
    assert again.for_brief(caring) == []
    assert not again.allows_once("您慢慢听。", caring)
    assert again.allows_once("谢谢您。", replace(order, strategy="reply"))
