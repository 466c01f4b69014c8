"""Runs of digits in folded text: how they are grouped, and which groups are days, times or amounts."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from guards.text.digits import DIGIT_FORMS, with_ascii_digits

DIGIT = f"[{''.join(DIGIT_FORMS)}]"
"""A character class: a digit in any form."""

SIGN = r"(?:[^0-9a-z\u3007\u3400-\u9fff](?<!\*\*))"
"""Neither letter nor digit nor Chinese character; two asterisks are a mask, and nothing is read across it."""

_SHOWN_TAIL = re.compile(r"(?<=\*\*)[0-9]{4}(?![0-9])")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_EXPLAINED = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9./])(?:0?[1-9]|1[0-2])[./](?:0?[1-9]|[12][0-9]|3[01])(?![0-9]|[./][0-9])"
    r"|(?<![0-9-])(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?![0-9]|-[0-9])"
    r"|(?<![0-9:])(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?(?![0-9]|:[0-9])"
    r"|(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?(?![0-9]|[.,][0-9])"
    r"|(?<![0-9.,])[0-9]+\.[0-9]{1,2}(?![0-9]|\.[0-9])"
    rf"|(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9]|\.[0-9])"
    r"|(?<![0-9])[48]00([ -]?)[0-9]{3,4}\2[0-9]{3,4}(?![0-9])"
)
_LONGEST_LISTED = 3
_FEWEST_LISTED = 3


class Run:
    """Digits with at most three signs between one and the next; positions count digits, not characters.

    `digits` are ASCII, whatever was written. What a finder has taken holds # instead.
    """

    def __init__(self, text: str, places: list[int]) -> None:
        self.text = text
        self.digits = with_ascii_digits("".join([text[place] for place in places]))
        self._places = places

    @cached_property
    def _cuts(self) -> list[int]:
        """Where each group but the first begins, and the end of the last one."""
        places = self._places
        inner = [at for at in range(1, len(places)) if places[at] > places[at - 1] + 1]
        return [*inner, len(places)]

    @cached_property
    def _explained(self) -> list[tuple[int, int]]:
        """Ranges of digits that are a day, a time, an amount, an address in a network or a 400 number."""
        places, first = self._places, self._places[0]
        found = _EXPLAINED.finditer(with_ascii_digits(self.text[first : places[-1] + 1]))
        return [(bisect_left(places, first + each.start()), bisect_left(places, first + each.end())) for each in found]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text that holds these digits."""
        return self._places[start], self._places[end - 1] + 1

    def may_begin(self, start: int) -> bool:
        """Whether a number may begin here: no ASCII digit touches it. Chinese digits bound nothing: 第一, 一直."""
        place = self._places[start]
        return place == 0 or not "0" <= self.text[place - 1] <= "9"

    def may_end(self, end: int) -> bool:
        """Whether a number may end before this digit."""
        place = self._places[end - 1] + 1
        return place == len(self.text) or not "0" <= self.text[place] <= "9"

    def ends(self, start: int, reach: int) -> list[int]:
        """The ends of the groups that end after `start` and at most `reach` digits behind it."""
        return self._cuts[bisect_right(self._cuts, start) : bisect_right(self._cuts, start + reach)]

    def is_apart(self, start: int, end: int) -> bool:
        """Whether no other digit of the run touches these."""
        return (start == 0 or start in self.ends(start - 1, 1)) and end in self.ends(end - 1, 1)

    def groups(self, start: int, end: int) -> list[str]:
        """These digits as they are grouped."""
        borders = [start, *self.ends(start, end - start - 1), end]
        return [self.digits[one:other] for one, other in pairwise(borders)]

    def gaps(self, start: int, end: int) -> set[str]:
        """What stands between these groups, each once, without the spaces around it."""
        between = [
            self.text[self._places[cut - 1] + 1 : self._places[cut]] for cut in self.ends(start, end - start - 1)
        ]
        return {gap.strip() or " " for gap in between}

    def is_explained(self, start: int, end: int) -> bool:
        """Whether one of these digits belongs to a day, a time, an amount, a network address or a 400 number."""
        at = bisect_left(self._explained, (end,))
        return at > 0 and self._explained[at - 1][1] > start

    def is_list(self, start: int, end: int) -> bool:
        """Whether these are small numbers that rise, as terms and ages do, and no groups of one number."""
        groups = self.groups(start, end)
        if len(groups) < _FEWEST_LISTED or max(map(len, groups)) > _LONGEST_LISTED:
            return False
        values = [int(group) for group in groups]
        return all(one < other for one, other in pairwise(values))

    def is_spelt(self, start: int, end: int) -> bool:
        """Whether every digit stands alone, as a number is read out, and they are no list."""
        return len(self.ends(start, end - start)) == end - start and not self.is_list(start, end)


class RunFinder:
    """Finds the runs of at least `shortest` digits in the given forms."""

    def __init__(self, forms: str, shortest: int) -> None:
        self._run = re.compile(rf"[{forms}](?:{SIGN}{{0,3}}[{forms}]){{{shortest - 1},}}")
        self._digit = re.compile(f"[{forms}]")

    def __call__(self, text: str) -> Iterator[Run]:
        """All runs, in order; the four digits that a mask shows belong to none."""
        for found in self._run.finditer(text):
            tail = _SHOWN_TAIL.match(text, found.start())
            start = tail.end() if tail else found.start()
            if places := [digit.start() for digit in self._digit.finditer(text, start, found.end())]:
                yield Run(text, places)
