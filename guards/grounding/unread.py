"""What stands where a figure stands and is none that can be read: 逾期好几天, 利息翻一倍, 国庆前还上.

A quantity without a size is talk wherever nothing names it (好几天没联系上您). It is a finding where the words of a
role that facts could fill name it, and not in a question.
"""

import re
from collections.abc import Iterator, Sequence

from guards.grounding.naming import Figure, Naming
from guards.numbers.scan import Number
from guards.text.numerals import DIGIT_NAMES
from guards.types import Quantity, Span

_HINT = re.compile(
    "好几|好些|好多|若干|翻|数日|数天|数期|数个|数月|数百|数千|数万|几天|几个|几分|几倍|几成|几小|几期|几厘|几点|几星|几礼"
    "|倍|一大笔|片刻|多日|许多天|月底|月末|月初|月中旬|月上旬|月下旬"
    "|年底|年末|年初|年前|国庆|元旦|春节|过年|除夕|中秋|端午|清明|五一|十一"
)
_SIZE = f"[{DIGIT_NAMES}两几好百千万]"
_MONTH = "(?:本|这个?|当|下个?|[0-9]{1,2}|[一二三四五六七八九十]{1,2})?月(?:底|末|初|中旬|上旬|下旬)"
_HOLIDAY = "(?:国庆|元旦|春节|过年|除夕|中秋|端午|清明|五一|十一)(?:节|假期|长假)?"
_DAY = f"(?:{_MONTH}|年[底末初]|{_HOLIDAY})(?=[之以]?前|到期|还|为止|截止)"
_TOKENS: tuple[tuple[Quantity, re.Pattern[str]], ...] = (
    (
        Quantity.DAYS,
        re.compile(
            "好几[天日]|好些天|数[天日]|若干[天日]|多日|许多天|好?几个?(?:星期|礼拜)|(?<=逾期)几天|(?<=逾期了)几天"
        ),
    ),
    (Quantity.TERM, re.compile("好几(?:期|个月)|数(?:期|个?月)|若干(?:期|个月)")),
    (
        Quantity.MONEY,
        re.compile(
            f"翻(?:了|上)?{_SIZE}{{0,2}}[倍番]|{_SIZE}{{1,2}}倍|若干元?|数[百千万][万元块]?|好几[百千万]?[元块]钱?"
            "|好多[元块]?钱|一大笔"
        ),
    ),
    (Quantity.RATE, re.compile(f"翻(?:了|上)?{_SIZE}{{0,2}}[倍番]|{_SIZE}{{1,2}}倍|好?几(?:厘|成|个点|个百分点)")),
    (Quantity.MINUTES, re.compile("好?几分钟|好?几个?小时|片刻")),
    (Quantity.DATE, re.compile(_DAY)),
)
_ASKS = re.compile("[。！!；;\n]|[吗呢么]?[?？]|[吗么](?=[，,]|$)")


def may_hold_some(text: str) -> bool:
    """Whether a text may hold a quantity that is not read, judged by single words."""
    return _HINT.search(text) is not None


def unread(text: str, numbers: Sequence[Number], naming: Naming) -> Iterator[tuple[Quantity, Span]]:
    """The quantities of a folded text that are not read as numbers though a role names them.

    `naming`: without loose names.
    """
    taken = {place for number in numbers for place in range(number.span.start, number.span.end)}
    found: set[int] = set()
    for quantity, pattern in _TOKENS:
        tokens = [
            Figure(quantity, *match.span())
            for match in pattern.finditer(text)
            if taken.isdisjoint(range(*match.span())) and not _is_asked(text, match.end())
        ]
        if not tokens:
            continue
        known = [Figure(each.quantity, each.span.start, each.span.end) for each in numbers]
        figures = sorted((*known, *tokens), key=lambda figure: figure.start)
        for figure, roles in zip(figures, naming.names(text, figures), strict=True):
            if figure in tokens and figure.start not in found and any(role.facts or role.derived for role in roles):
                found.add(figure.start)
                yield quantity, Span(figure.start, figure.end)


def _is_asked(text: str, at: int) -> bool:
    """Whether the sentence that goes on here ends as a question."""
    end = _ASKS.search(text, at)
    return end is not None and end[0] not in "。！!；;\n"
