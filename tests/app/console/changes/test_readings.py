"""How fields of rules read: names and values in Chinese, whatever their shape."""

import re
from typing import Any

import pytest

from app.console.changes.readings import MOST, differing, plainly, whole
from tests.app.lexicon.rules import RULE, SHIPPED


@pytest.mark.parametrize("name", list(SHIPPED.rules))
def test_every_shipped_rule_reads_without_the_words_of_engineers(name: str) -> None:
    read = whole(SHIPPED.rules[name].data)
    assert read
    for field in read:
        assert re.search("[\u4e00-\u9fff]", field.label), field.label
        for text in field.added.shown if field.label != "正则" else ():
            assert not re.search(r"[{}\[\]]'|\b(None|True|False|block|marketing|present)\b", text), text


def test_a_rule_reads_by_its_fields() -> None:
    near = {"words": ["包", "保"], "with": ["过"], "within": 3, "unless_before": ["不"]}
    read = {field.label: field.added.shown for field in whole({**RULE, "near": [near], "scenarios": ["marketing"]})}
    assert read["处理方式"] == ("拦下",)
    assert read["适用场景"] == ("营销",)
    assert read["成对词"] == ("“包”或“保”后面 3 个字以内有“过”；前面紧接“不”不算",)
    assert read["依据"] == ("《广告法》（法律，未核对原文）",)
    assert read["生效日"] == ("2026-01-01",)
    assert read["不该命中"] == ("审批结果以系统为准。", "包裹过来了。")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("unless_fact", {"费用": "present"}, ("知道“费用”",)),
        ("unless_fact", {"到账": "today"}, ("“到账”就是当天",)),
        ("only_if_fact", {"期数": ["3", "6"]}, ("“期数”是3、6之一",)),
        ("unless_fact", {"期数": {"min": 0.0, "max": 3.0}}, ("“期数” ≥ 0，≤ 3",)),
        ("waiver", {"phrases": ["打错了"], "unless": ["贷款"]}, ("说了“打错了”，但没有说“贷款”",)),
        ("even_if_negated", True, ("是",)),
        ("whole_script", None, ()),
    ],
)
def test_conditions_read_as_sentences(field: str, value: Any, told: tuple[str, ...]) -> None:
    assert differing({"field": field, "before": None, "after": value}).added.shown == told


def test_settings_of_a_file_read_by_their_names() -> None:
    assert plainly("collection_hours", {"start": "08:00:00", "end": "20:00:00"}) == "08:00–20:00"
    assert plainly("roles", {"collection_m1": ["debtor"]}) == "逾期1–30天：借款人"


def test_words_that_only_changed_their_order_are_no_new_words() -> None:
    read = differing({"field": "phrases", "before": ["甲", "乙"], "after": ["乙", "甲"]})
    assert read.is_moved
    assert read.added.shown == ("乙", "甲")


def test_long_lists_are_cut_and_counted() -> None:
    read = differing({"field": "phrases", "added": [f"词{number}" for number in range(MOST + 5)], "removed": ["旧"]})
    assert (len(read.added.shown), read.added.more, len(read.added)) == (MOST, 5, MOST + 5)
    assert read.removed.shown == ("旧",)
