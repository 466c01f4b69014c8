"""Recordings: the same requests in every run, and each difference between two of them named."""

import json
from pathlib import Path

import pytest

from tests.house.recording import ROOT, differences, main, reviews, texts


def test_equal_recordings_do_not_differ() -> None:
    answer = {"action": "allow", "findings": []}
    assert differences({"a": answer}, {"a": dict(answer)}) == []


def test_each_difference_is_named_by_request_and_member() -> None:
    before = {"a": {"action": "allow", "text": "好"}, "b": {}, "c": {"action": "mask"}}
    after = {"a": {"action": "block", "text": "好"}, "c": {"action": "mask", "span": 1}, "d": {}}
    assert differences(before, after) == [
        "a: action: 'allow' -> 'block'",
        "c: span: None -> 1",
        "only after: d",
        "only before: b",
    ]


def test_comparing_tells_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    one.write_text(json.dumps(["a", {"action": "allow"}]) + "\n", "utf-8")
    other.write_text(json.dumps(["a", {"action": "block"}]) + "\n", "utf-8")
    assert main(["compare", str(one), str(one)]) == 0
    assert main(["compare", str(one), str(other)]) == 1
    assert "a: action: 'allow' -> 'block'" in capsys.readouterr().out


def test_the_set_holds_every_rule_and_both_corpora() -> None:
    names = {name.split(":")[0].rsplit(".hits", 1)[0].rsplit(".misses", 1)[0] for name, _ in texts(ROOT)}
    assert {"promise.guaranteed_approval", "disclosure.recording", "benign_corpus.tsv", "evasions.tsv"} <= names
    listed = [name for name, _ in reviews(ROOT)]
    assert len(set(listed)) == len(listed) > 40_000
