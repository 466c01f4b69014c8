"""Names are no claims, written or said; what merely resembles one is."""

import pytest

from guards.grounding.names import without_names
from guards.types import Fact, Quantity


def blanked(text: str, *names: str) -> bool:
    """Whether something of the text is taken for a name."""
    return without_names(text, [Fact("product", Quantity.TEXT, name) for name in names]) != text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("应急贷360最高可借", "应急贷360"),
        ("跟您说说三六零借条。", "三六零借条"),
        ("工薪贷(2号)我只讲关键的", "工薪贷（2号）"),
        ("工薪贷二号，利息", "工薪贷二号"),
        ("九点九元体验贷我讲实的", "九点九元体验贷"),
        ("七天贷的利息", "七天贷"),
        ("e贷三点零pro的利息", "E贷三点零Pro"),
        ("三六零,借条", "三六零，借条"),
        ("三六零，借条", "三六零，借条"),
        ("先看7天贷", "7天贷"),
    ],
)
def test_a_name_is_no_claim(text: str, name: str) -> None:
    assert blanked(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("先还360元", "360"),
        ("免息7天贷款", "7天贷"),
        ("免息七天贷款", "七天贷"),
        ("借十七天贷", "七天贷"),
        ("借17天贷", "7天贷"),
        ("应急贷360元", "应急贷360"),
        ("应急贷3601", "应急贷360"),
        ("应急贷三六零一二", "应急贷三六零"),
        ("应急贷三期", "应急贷三"),
        ("应急贷3.6%", "应急贷3.6"),
        ("最高二十万元", "二十万元"),
        ("免息七天", "七天"),
        ("百分之三体验贷", "百分之三体验贷"),
        ("先还三六零", "三六零"),
    ],
)
def test_what_resembles_a_name_is_a_claim(text: str, name: str) -> None:
    assert not blanked(text, name)
