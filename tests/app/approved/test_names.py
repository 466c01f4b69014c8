"""Names read aloud: as people read them, with nothing left that an engine would guess at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.approved.names import spoken_name, spoken_text

_ALLOWED = st.text(
    st.characters(categories=["L", "N"]) | st.sampled_from("（）()·-. 0123456789贷借元期天号"), min_size=1, max_size=40
).filter(lambda name: any(character.isalnum() for character in name))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("应急贷", "应急贷"),
        ("官方APP", "官方APP"),
        ("360借条", "三六零借条"),
        ("应急贷360", "应急贷三六零"),
        ("95518专享贷", "九五五一八专享贷"),
        ("80后贷", "八零后贷"),
        ("58周转贷", "五八周转贷"),
        ("E贷3.0-Pro", "E贷三点零Pro"),
        ("e秒贷2.0", "e秒贷二点零"),
        ("轻松贷1.0.2版", "轻松贷一点零点二版"),
        ("9.9元体验贷", "九点九元体验贷"),
        ("工薪贷(2号)", "工薪贷二号"),
        ("工薪贷（１２号）", "工薪贷十二号"),
        ("1号贷", "一号贷"),
        ("7天贷", "七天贷"),
        ("2天贷", "两天贷"),
        ("12期免息贷", "十二期免息贷"),
        ("12-36期分期贷", "十二到三十六期分期贷"),
        ("20万应急贷", "二十万应急贷"),
        ("1000元体验金", "一千元体验金"),
        ("2026年特惠贷", "二零二六年特惠贷"),
        ("95518-2号贷", "九五五一八，二号贷"),
        ("Pro-Max贷", "Pro Max贷"),
        ("优·享贷", "优享贷"),
        ("A1贷", "A一贷"),
        ("007贷", "零零七贷"),
    ],
)
def test_a_name_as_people_read_it(name: str, said: str) -> None:
    assert spoken_name(name) == said


@given(name=_ALLOWED)
def test_no_digit_and_no_sign_is_left(name: str) -> None:
    said = spoken_name(name)
    assert said
    assert not any(character.isdecimal() or character in "-.·()（）" for character in said), said
    assert all(character.isalnum() or character in "， " or not character.isascii() for character in said), said


@pytest.mark.parametrize("text", ["三六零借条", "三六零，借条", " 官方应用 ", "甲、乙"])
def test_a_spoken_form_of_chinese_characters_and_pauses(text: str) -> None:
    assert spoken_text(text) == text.strip()


@pytest.mark.parametrize("text", ["", " ", "360借条", "Ａ贷", "A贷", "三-六", "借条。", "，借条", "借条，", "贷" * 41])
def test_another_spoken_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Chinese characters is expected"):
        spoken_text(text)
