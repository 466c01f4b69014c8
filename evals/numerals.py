"""Find numbers that no fact accounts for, without the service's own number reader: a second check of grounding."""

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"[0-9０-９]+(?:\.[0-9]+)?%?")
_NUMERALS = "零〇一二两三四五六七八九十百千万亿半"
_IN_WORDS = re.compile(
    rf"百分之[{_NUMERALS}点]+|[{_NUMERALS}点]+个?(?:元|块钱?|角|分钱|分钟|小时|天|日|号|月|年|期|折|成|倍|名|万|厘)"
)
_IDIOMS = frozenset({"千万", "一天", "一日", "一月", "一年", "一期", "一个月", "一成", "一名"})
_MARK = "□"


def stray_numbers(text: str, approved: Iterable[str]) -> list[str]:
    """Digits, and numerals with a unit, outside the `approved` renderings of the facts.

    A rendering is replaced by a mark that is no number, longest first, so that 120万元 does not hide behind 20万元.
    """
    for rendering in sorted(set(approved), key=len, reverse=True):
        if rendering:
            text = text.replace(rendering, _MARK)
    return _DIGITS.findall(text) + [found for found in _IN_WORDS.findall(text) if found not in _IDIOMS]


def numbers_said(text: str) -> frozenset[str]:
    """The different numbers in digits that a text says."""
    return frozenset(_DIGITS.findall(text))
