"""Figures that are named by their places: 9665.18元和181.70元，前者是应还，后者是最低还款."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from guards.grounding.behind import closes, last_name
from guards.grounding.name_search import Names
from guards.lexicon.roles import FigureRole

_REFERENCE = re.compile(
    "(?:(?P<first>前者|前面[那这]?一?[个笔]|前一[个笔]|头一?[个笔]|第一[个笔])|(?P<second>中间[那这]?一?[个笔]|第二[个笔])|(?P<third>第三[个笔])"
    "|(?P<last>后者|后面[那这]?一?[个笔]|后一[个笔]|末了那?一?[个笔]|最后那?一?[个笔]|末尾那?一?[个笔]))(?:数|呢|嘛)?[，,]?(?:就|才|则)?(?:是|为|叫)"
)
_HINT = re.compile("[前后]者|[前后头]一?[个笔]|[前后]面|第[一二三]|中间|末了|末尾|最后")
_GAP, _MOST = 12, 4
_PLACES = {"first": 0, "second": 1, "third": 2, "last": -1}


def referred(text: str, figures: Sequence[tuple[int, int]], known: Names) -> Iterator[tuple[int, FigureRole]]:
    """The figures that the text names by their places, and the role of each.

    `figures`: the spans of those of one kind, of which the places count those that stand together before the words.
    """
    if len(figures) < 2 or not _HINT.search(text, figures[0][1]):
        return
    for match in _REFERENCE.finditer(text, figures[1][1]):
        group = _together(figures, match.start())
        place = _PLACES[match.lastgroup or ""]
        name = last_name(text, match.end(), closes(text, match.end(), len(text)), known)
        if name and len(group) > max(1, place):
            yield group[place], name.role


def _together(figures: Sequence[tuple[int, int]], until: int) -> list[int]:
    """The last figures before a place that follow each other closely."""
    first = last = bisect_right(figures, until, key=lambda figure: figure[1]) - 1
    while first > max(0, last - _MOST + 1) and figures[first][0] - figures[first - 1][1] <= _GAP:
        first -= 1
    return list(range(first, last + 1))
