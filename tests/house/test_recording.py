"""Recordings: the same requests in every run, and each difference between two of them named."""

import json
from pathlib import Path

import pytest

from app.policy import load_policy
from app.settings import Settings
from tests.house.recording import ROOT, differences, examined, main, reviews, spoken_otherwise, texts


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


def test_the_set_holds_the_examples_of_the_rules_on_numbers() -> None:
    assert dict(texts(ROOT))["number.ungrounded.hits.0"] == "最高可借20万1千元。"


def test_each_text_is_judged_with_each_set_of_facts_and_in_most_scenes() -> None:
    judged = [name for name, _ in reviews(ROOT) if name.startswith("review number.ungrounded.hits.0 ")]
    assert [name.split(" ", 2)[2] for name in judged if "scene" not in name] == [
        "acquisition",
        "collection_m1",
        "bill_reminder",
    ]
    assert sum("scene" in name for name in judged) == 4


def test_some_texts_are_spoken_otherwise_than_written_and_the_panel_says_where_it_was_seen() -> None:
    policy = load_policy(Settings(), "示例消费金融有限公司", "4001234567", is_proven=True)
    forms = {name: (written, spoken) for name, written, spoken in spoken_otherwise(ROOT)}
    assert len(forms) > 3_000
    assert all(written != spoken for written, spoken in forms.values())
    name, verdict = next(
        (name, verdict)
        for name, verdict in examined(policy, ROOT)
        if name.startswith("panel promise.") and ".hits." in name and name.endswith(" spoken")
    )
    assert verdict["action"] != "allow", name
    assert verdict["findings"][0][2] == (0, len(forms[name][0]))
