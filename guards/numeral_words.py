"""Whole numbers in spoken Chinese."""

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿")


def spoken_integer(value: int) -> str:
    """A whole number of at least 0 and below 10^16 in words, as one says it: 2000 is 两千, 10 is 十, 1005 is 一千零五.

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= value < 10**16:
        raise ValueError("only whole numbers from 0 to 10^16 are read aloud")
    if value == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10000)
        groups.append(group)
    words = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            continue
        if words and (group < 1000 or groups[index + 1] == 0):
            words += _DIGITS[0]
        words += ("两" if group == 2 and index and not words else _spoken_group(group, first=not words)) + _MYRIADS[
            index
        ]
    return words


def _spoken_group(group: int, *, first: bool) -> str:
    """One group of four digits in words."""
    words = ""
    pending_zero = False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if digit == 0:
            pending_zero = bool(words)
            continue
        if pending_zero:
            words += _DIGITS[0]
            pending_zero = False
        leading_ten = power == 1 and digit == 1 and not words and first
        name = "两" if digit == 2 and power == 3 else _DIGITS[digit]
        words += ("" if leading_ten else name) + _UNITS[power]
    return words
