"""Whether characters that only sound or look like a rule make a sense of their own: nobody disguised anything there."""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from guards.text.words import FIRST, LAST, frequencies

_OFTEN, _SELDOM = 20_000, 3_000
"""A character met so often by itself is never taken for another in a pattern; one met less is strange there."""
PARTICLES = frozenset(
    "的了是在不我你您他她它们这那个一有就都也还要会能到上下去来和与呢吗吧啊嘛么谁给让帮请对跟把被从向为很再又请没叫"
)
"""Characters that are never taken for another by themselves, nor tell that another is meant."""
_UNLISTED = frozenset({"免洗"})
"""Everyday words that are in no dictionary yet."""
_OWN = PARTICLES | set("贷款借息额率期费还欠债")
"""The same, and characters of which the trade makes words that no dictionary lists (应急贷)."""
_WINDOW = 24
_OF_CREDIT = re.compile(
    "贷|借|欠[^条缺]|债|还款|款项|放款|下款|额度|逾期|利息|利率|征信|审批|秒批|批款|催收|黑户|资质|信用|授信|起诉|法院"
    "|提额|优惠|办理|名额|还钱|欠钱|首付|手续费|客户|免息|到账|资料|案|流水|律师|本金|分期|网贷|老赖|失信"
    "|再不|不还|拖[了到着延欠下]|拖[一半三]|派出所|警察|法庭|要钱|[找逮看]你|你就是|你这|您这个|别躲|条件|先到先得|一分钱|别[人家][不做拒办]|找我"
    "|身份证|[收两一]个点|拒|当[天场]|没人[查管]|下[钱款卡]|放钱|刷[卡完]|代办|账单|通讯录|有工作|来就|直接[打转发]给|加我|门槛|也能|再拖|产品|进件|做单|冲量|人人|申请|银行|自动审|新客|芝麻|公积金|工资卡|金额|够判|老家|兄弟|掏不|嘴硬|转我|插个?队|[一二三五六八两几][千万]|到卡|提交|签[了个]?字|得认|认账|拿不出|还不起|[千万]块"
)


def speaks_of_credit(text: str, start: int, end: int) -> bool:
    """Whether borrowing or debt is spoken of around a range."""
    around = text[max(0, start - _WINDOW) : start] + "，" + text[end : end + _WINDOW]
    return _OF_CREDIT.search(around) is not None


def is_in_word(text: str, place: int) -> bool:
    """Whether the character is part of a listed word of two or three characters."""
    listed, after = frequencies(), place + 1
    if place:
        before = text[place - 1 : after]
        if before in listed or before in _UNLISTED:
            return True
        if place > 1 and text[place - 2 : after] in listed:
            return True
    if after < len(text):
        behind = text[place : after + 1]
        if behind in listed or behind in _UNLISTED:
            return True
        if place and text[place - 1 : after + 1] in listed:
            return True
    return after + 1 < len(text) and text[place : after + 2] in listed


def is_seldom_met(character: str) -> bool:
    """Whether a character that no word explains must be meant for another."""
    return frequencies().get(character, 0) < _SELDOM


def doubtful_places(text: str, points: NDArray[np.uint32]) -> list[int]:
    """Where characters stand that may be meant for others."""
    return [place for place in _tell().take(points, mode="clip").nonzero()[0].tolist() if not is_in_word(text, place)]


@cache
def _tell() -> NDArray[np.bool_]:
    """By code point the characters that may be meant for another, if no listed word holds them."""
    table = np.zeros(ord(LAST) + 2, dtype=np.bool_)
    counted = frequencies()
    for point in range(ord(FIRST), ord(LAST) + 1):
        table[point] = counted.get(chr(point), 0) < _OFTEN and chr(point) not in _OWN
    return table
