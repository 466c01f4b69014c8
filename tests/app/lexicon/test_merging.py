"""A rule that two persons changed keeps what both changed."""

from typing import Any

import pytest

from app.lexicon.merging import merged

BASE: dict[str, Any] = {
    "id": "promise.one",
    "title": "承诺",
    "phrases": ["包过", "必下"],
    "source": {"law": "广告法", "article": "28", "force": "law"},
    "examples": {"hits": ["包过"], "misses": ["以审批为准"]},
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**BASE, **fields}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (
            {"phrases": ["包过", "必下", "秒过"]},
            {"phrases": ["包过", "必下", "内部通道"]},
            ["包过", "必下", "内部通道", "秒过"],
        ),
        ({"phrases": ["必下"]}, {"phrases": ["包过", "必下", "内部通道"]}, ["必下", "内部通道"]),
        ({"phrases": ["包过"]}, {"phrases": ["必下"]}, []),
        ({}, {"phrases": ["必下"]}, ["必下"]),
        ({"phrases": ["包过", "秒过"]}, {"phrases": ["包过", "秒过"]}, ["包过", "秒过"]),
    ],
)
def test_words_of_both_stay_and_what_either_took_out_goes(
    ours: dict[str, Any], theirs: dict[str, Any], expected: list[str]
) -> None:
    found = merged(BASE, changed(**ours), changed(**theirs))
    assert found.rule["phrases"] == expected
    assert found.both == ()


def test_what_one_changed_is_taken_and_what_both_changed_otherwise_is_told() -> None:
    ours = changed(title="我们的", source={**BASE["source"], "article": "29"}, suggest="请改说")
    theirs = changed(title="他们的", source={**BASE["source"], "law": "民法典"})
    found = merged(BASE, ours, theirs)
    assert found.rule["title"] == "我们的"
    assert found.rule["source"] == {"law": "民法典", "article": "29", "force": "law"}
    assert found.rule["suggest"] == "请改说"
    assert found.both == ("title",)


def test_a_field_that_one_took_out_is_gone() -> None:
    ours = {name: value for name, value in BASE.items() if name != "phrases"}
    assert "phrases" not in merged(BASE, ours, changed(title="他们的")).rule
    assert merged(BASE, ours, changed(phrases=["必下"])).both == ("phrases",)
