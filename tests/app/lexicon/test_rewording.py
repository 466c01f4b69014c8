"""A change of approved wording as it is sent: taken whole, or refused with everything that is wrong with it."""

import json
import re
from typing import Any

import pytest

from app.approved.replies import BRIDGES_FILE
from app.lexicon.problems import ChangeRefused
from app.lexicon.rewording import Edited, Resumed, Rewording
from app.lexicon.wording_files import Beside

ONE, TWO, THREE = "fallback-0123456789", "reply-abcdefabcd", "segment-0000000000"
SINCE = "2026-11-22T02:05:00+00:00"
WHOLE = Rewording(
    "改话术",
    (Beside(ONE, "甲", is_before=True), Beside(ONE, "乙")),
    (Edited(TWO, "丙"),),
    (THREE,),
    {BRIDGES_FILE: "- 甲\r\n"},
    (Resumed(ONE, "丁", SINCE),),
    SINCE,
    {ONE: "戊"},
)


def _problems(body: object) -> dict[str, str]:
    """What is said of a body, field by field."""
    with pytest.raises(ChangeRefused) as refused:
        Rewording.parse(body)
    told = {field.field: field.reason for field in refused.value.fields}
    assert len(told) == len(refused.value.fields)
    assert all(re.search("[\u4e00-\u9fff].* \\(.*[a-z].*\\)$", reason, re.DOTALL) for reason in told.values()), told
    return told


@pytest.mark.parametrize("change", [Rewording(), Rewording("题"), WHOLE])
def test_what_is_kept_as_json_reads_back_the_same(change: Rewording) -> None:
    assert Rewording.parse(json.loads(json.dumps(change.as_json()))) == change


@pytest.mark.parametrize("body", [{}, {"title": None, "adds": None, "edits": [], "files": {}, "was": None}])
def test_what_names_nothing_changes_nothing(body: dict[str, Any]) -> None:
    change = Rewording.parse(body)
    assert (bool(change), change.changes_texts, change.touches) == (False, False, ())


def test_what_it_touches_is_named_once_each() -> None:
    assert set(WHOLE.touches) == {ONE, TWO, THREE}
    assert len(WHOLE.touches) == 3
    assert (bool(Rewording(unfreezes=SINCE)), Rewording(unfreezes=SINCE).changes_texts) == (True, False)
    assert Rewording(files={BRIDGES_FILE: ""}).changes_texts


@pytest.mark.parametrize("body", [None, [], "x", 1, True, 1.5])
def test_what_is_no_object_is_no_change(body: object) -> None:
    assert list(_problems(body)) == ["body"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = _problems(
        {
            "colour": 1,
            "retire": [ONE],
            "title": "长" * 201,
            "adds": [{"beside": ONE}, {"beside": "x", "text": 1, "before": 2}, 1, {"beside": ONE, "text": "", "b": 1}],
            "edits": {"id": ONE},
            "retires": [ONE, 5, "extra.one", None],
            "files": {"facts.yaml": ""},
            "resumes": [{"id": ONE, "text": "甲", "since": each} for each in ("2026-11-22", "gestern")],
            "unfreezes": "2026-11-22T02:05:00",
            "was": [1],
        }
    )  # fmt: skip
    assert set(told) == {
        *("colour", "retire", "title", "edits", "files", "unfreezes", "was"),
        *("adds.0.text", "adds.1.beside", "adds.1.text", "adds.1.before", "adds.2", "adds.3.b"),
        *("retires.1", "retires.2", "retires.3", "resumes.0.since", "resumes.1.since"),
    }
    assert "是不是想写“删除”（retires）" in told["retire"]
    assert "可以写的有" in told["colour"]
    assert "第 2 条" in told["retires.1"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": 5}, "title"),
        ({"title": "题\0"}, "title"),
        ({"title": ["题"]}, "title"),
        ({"adds": ""}, "adds"),
        ({"adds": 0}, "adds"),
        ({"adds": "甲"}, "adds"),
        ({"edits": [[ONE, "甲"]]}, "edits.0"),
        ({"edits": [None]}, "edits.0"),
        ({"edits": [{"id": ONE, "text": None}]}, "edits.0.text"),
        ({"edits": [{"id": ONE.upper(), "text": "甲"}]}, "edits.0.id"),
        ({"edits": [{"id": f"x{ONE}", "text": "甲"}]}, "edits.0.id"),
        ({"edits": [{"id": f"{ONE}0", "text": "甲"}]}, "edits.0.id"),
        ({"edits": [{"id": f"{ONE}\n", "text": "甲"}]}, "edits.0.id"),
        ({"adds": [{"beside": ONE, "text": "甲", "before": None}]}, "adds.0.before"),
        ({"adds": [{"beside": ONE, "text": "甲", "before": 1}]}, "adds.0.before"),
        ({"retires": ONE}, "retires"),
        ({"retires": {ONE: 1}}, "retires"),
        ({"retires": [f"{ONE}\n"]}, "retires.0"),
        ({"files": [BRIDGES_FILE]}, "files"),
        ({"files": {BRIDGES_FILE: None}}, "files"),
        ({"files": {BRIDGES_FILE: ["甲"]}}, "files"),
        ({"files": {"holds.yaml": "frozen: false"}}, "files"),
        ({"files": {"institution.yaml": ""}}, "files"),
        ({"files": {"../prompts/bridges.yaml": ""}}, "files"),
        ({"unfreezes": ""}, "unfreezes"),
        ({"unfreezes": True}, "unfreezes"),
        ({"resumes": [{"id": ONE, "text": "甲", "since": None}]}, "resumes.0.since"),
        ({"resumes": [{"id": ONE, "since": SINCE}]}, "resumes.0.text"),
        ({"\u0000": 1}, "\u0000"),
    ],
)
def test_each_slip_is_named_by_its_field(body: dict[str, Any], field: str) -> None:
    assert list(_problems(body)) == [field]


def test_words_are_not_looked_at_before_the_files_are_there() -> None:
    change = Rewording.parse({"edits": [{"id": ONE, "text": ""}], "retires": [ONE, ONE]})
    assert (change.edits, change.retires) == ((Edited(ONE, ""),), (ONE, ONE))
