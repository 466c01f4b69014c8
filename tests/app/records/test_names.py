"""Who is one person: what cannot be told apart on a screen is no second person."""

import pytest

from app.records.names import is_name, is_same_person

INVISIBLE = (0x00AD, 0x034F, 0x115F, 0x17B4, 0x180B, 0x200B, 0x200D, 0x2060, 0x2800, 0x3164, 0xFE0F, 0xFFA0, 0xE0100)


@pytest.mark.parametrize("other", ["zhang wei", "ZHANG  WEI", "Ｚｈａｎｇ　Ｗｅｉ", "ZhangWei"])
def test_case_width_and_spaces_make_no_other_person(other: str) -> None:
    assert is_same_person("Zhang Wei", other)


@pytest.mark.parametrize("code", INVISIBLE)
def test_what_cannot_be_seen_makes_no_other_person_and_stands_in_no_name(code: int) -> None:
    for name in (f"Zhang{chr(code)} Wei", f"Zhang Wei{chr(code)}"):
        assert is_same_person("Zhang Wei", name)
        assert not is_name(name)


def test_another_name_is_another_person() -> None:
    assert not is_same_person("张伟", "张炜")
    assert is_name("欧阳·买买提")
