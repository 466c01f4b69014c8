"""A text by sound: its characters as they are usually heard, and again where letters stand for syllables or part words.

A text has one spelling as it stands. Around each run of Latin letters it is spelt again, with the syllables
that the letters are, and around what was inserted (a digit, a letter, 啊) once more without it. All spellings stand
side by side in one row of numbers, so that whatever is looked for is looked for once.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from guards.phrases.kinship import Cell
from guards.phrases.sense import doubtful_places
from guards.phrases.syllables import WIDEST, Keys, Numbers, numbers, salts, usual

FIRST_SOUND = 0x100
"""Numbers of sounds are code points from here on, so that none has a meaning in a pattern."""
_LATIN_RUN = re.compile("[a-z]+")
_DIGITS = "(?<=[\u4e00-\u9fffa-z])[0-9]{1,2}(?=[\u4e00-\u9fffa-z])(?![元万块千百%个年月日号天期折点分秒小])"
_DIGITS_BETWEEN = re.compile(_DIGITS)
_TELLING = re.compile(
    f"(?P<latin>[a-z]+)|(?P<part>{_DIGITS}"
    "|(?<=[\u4e00-\u9fffa-z])(?:[啊呀呢嗯呃噢哎唉呐嘞哦喔诶欸唔]|那个|这个|就是)(?=[\u4e00-\u9fffa-z]))"
)
_REACH, _NEAR_REACH = 20, 16
"""How far around letters and around what parts others a text is spelt again."""
_LONGEST_RUN, _LONGEST_SYLLABLE = 80, 6
_LONGEST_PART = 2
_MOST_CUTS = 8
_VOWELS = frozenset("aeo")
"""Single letters that are syllables, too."""
_AS_WRITTEN = frozenset({"ai"})
"""Words in letters that rules name and that are syllables, too."""
_PAUSE = 0
_FIRST_LETTER, _LAST_LETTER = ord("a"), ord("z")
_BESIDE = 3
"""How far from a letter the stretch of a phrase of six characters may end."""


class _Token(NamedTuple):
    """A stretch that may be read otherwise than it stands: as the syllables of each of `cuts`, or not at all."""

    start: int
    end: int
    cuts: Sequence[Sequence[Cell]]
    parts: bool

    @property
    def is_loose(self) -> bool:
        """Whether even the best cut leaves single letters."""
        return bool(self.cuts) and any(cell.letters == "" for cell in self.cuts[0])


class Heard:
    """An undisguised text by sound, worked out once for all that is looked for in it."""

    def __init__(self, text: str, pauses: Callable[[], Iterable[int]] = tuple) -> None:
        """`pauses`: before which characters the original pauses."""
        self.text = text
        self._find_pauses = pauses
        self.points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.row: Numbers = usual().take(self.points, mode="clip")
        """The numbers of all spellings, the first as long as the text; between two of them stands one of nothing."""
        self.latin_runs: Sequence[tuple[str, int, int]] = ()
        """The runs of Latin letters, each with its place."""
        self._seams: set[int] = set()
        self._cells: list[Cell] = []
        self._tokens: list[_Token] = []
        if _TELLING.search(text):
            self._tokens = [self._token(found) for found in _TELLING.finditer(text)]
            self.latin_runs = [(run[0], *run.span()) for run in _LATIN_RUN.finditer(text)]
            self._cells = list(self._spelt_again())
            more = np.fromiter((cell.number for cell in self._cells), np.int64, len(self._cells))
            self.row = np.concatenate((self.row, more))

    @cached_property
    def keys(self) -> Keys:
        """The keys of all stretches of two to `WIDEST` sounds, those of two first."""
        first, second, third, fourth = salts()
        two = first[self.row[:-1]] + second[self.row[1:]]
        three = two[:-1] + third[self.row[2:]]
        return np.concatenate((two, three, three[:-1] + fourth[self.row[3:]]))

    @cached_property
    def read(self) -> str:
        """The row as a text: each sound is one character."""
        return (self.row + FIRST_SOUND).astype("<u4").tobytes().decode("utf-32-le")

    @cached_property
    def pauses(self) -> Sequence[int]:
        """Before which characters the original pauses, in their order."""
        return sorted(self._find_pauses())

    def breath(self, start: int, end: int) -> tuple[str, str]:
        """What stands before and behind a range without a pause between."""
        first, last = bisect_right(self.pauses, start), bisect_left(self.pauses, end)
        low = self.pauses[first - 1] if first else 0
        high = self.pauses[last] if last < len(self.pauses) else len(self.text)
        return self.text[low:start], self.text[end:high]

    @cached_property
    def doubtful(self) -> frozenset[int]:
        """Where characters of the text stand that may be meant for others."""
        return frozenset(doubtful_places(self.text, self.points))

    def doubtful_keys(self) -> Numbers:
        """Which of the keys are those of stretches with something in doubt."""
        return self._keys_beside(self.doubtful, 0, range(len(self.text), len(self.row)))

    def keys_beside_letters(self) -> Numbers:
        """Which of the keys are those of stretches beside or over letters that are no syllables."""
        letters = (self.row >= _FIRST_LETTER) & (self.row <= _LAST_LETTER)
        return self._keys_beside(letters.nonzero()[0].tolist(), _BESIDE, ())

    def _keys_beside(self, places: Iterable[int], beside: int, every: Iterable[int]) -> Numbers:
        """The keys of stretches no further from one of the places, and of those that begin at `every` one."""
        found: list[int] = []
        first = 0
        places, every = list(places), set(every)
        for width in range(2, WIDEST + 1):
            count = max(0, len(self.row) - width + 1)
            starts = {
                start for place in places for start in range(place - width + 1 - beside, place + 1 + beside)
            } | every
            found += (first + start for start in sorted(starts) if 0 <= start < count)
            first += count
        return np.array(found, dtype=np.int64)

    def place(self, index: int) -> int:
        """Where in the row the stretch begins whose key is at `index`."""
        for width in range(2, WIDEST + 1):
            stretches = max(0, len(self.row) - width + 1)
            if index < stretches:
                return index
            index -= stretches
        raise IndexError(index)

    def cell(self, place: int) -> Cell:
        """The sound at a place of the row."""
        if place < len(self.text):
            return Cell(self.row.item(place), place, place + 1)
        return self._cells[place - len(self.text)]

    def cells(self, start: int, end: int) -> list[Cell] | None:
        """The sounds there, None where they are not all of one spelling."""
        if start < 0 or end > len(self.row):
            return None
        found = [self.cell(place) for place in range(start, end)]
        within = end <= len(self.text) or start >= len(self.text)
        return found if within and all(cell.number != _PAUSE for cell in found) else None

    def around(self, place: int, reach: int) -> tuple[int, int]:
        """The range of the row around a place that is one spelling of the text."""
        if place < len(self.text):
            return max(0, place - reach), min(len(self.text), place + reach)
        low = high = place
        while low > max(len(self.text) + 1, place - reach) and self.row[low - 1] != _PAUSE:
            low -= 1
        while high < min(len(self.row), place + reach) and self.row[high] != _PAUSE:
            high += 1
        return low, high

    def joins_letters(self, at: int) -> bool:
        """Whether a cut there would go through Latin letters that are no syllables, as before the can of scan."""
        return at not in self._seams and self.is_seam(at)

    def is_seam(self, at: int) -> bool:
        """Whether a cut there would part two syllables of one run of letters."""
        return 0 < at < len(self.text) and _is_latin(self.text[at - 1]) and _is_latin(self.text[at])

    def _token(self, found: re.Match[str]) -> _Token:
        start, end = found.span()
        if found.lastgroup == "part":
            return _Token(start, end, (), parts=True)
        cuts = _cuts(found[0], start) if len(found[0]) <= _LONGEST_RUN else []
        token = _Token(start, end, cuts, parts=len(found[0]) <= _LONGEST_PART)
        if cuts and not token.is_loose:
            self._seams.update(cell.start for cell in cuts[0])
        return token

    def _spelt_again(self) -> Iterator[Cell]:
        end = len(self.text)
        for index, token in enumerate(self._tokens):
            for number in range(len(token.cuts)):
                yield Cell(_PAUSE, end, end)
                yield from self._around(index, _REACH, number, parted=False)
                if number == 0 and (token.is_loose or self._is_parted(index)):
                    yield Cell(_PAUSE, end, end)
                    yield from self._around(index, _REACH, 0, parted=True)
            if token.parts:
                yield Cell(_PAUSE, end, end)
                yield from self._around(index, _NEAR_REACH, None, parted=True)

    def _letters(self, place: int) -> str:
        token = self._tokens[place]
        return self.text[token.start : token.end]

    def _is_parted(self, index: int) -> bool:
        return any(self._tokens[place].parts for place in (index - 1, index + 1) if 0 <= place < len(self._tokens))

    def _around(self, index: int, reach: int, number: int | None, *, parted: bool) -> Iterator[Cell]:
        """The sounds around a token in its cut of that number, None: without it; `parted`: nor what parts others."""
        low, high = self._tokens[index].start - reach, self._tokens[index].end + reach
        first = last = index
        while first and self._tokens[first - 1].start >= low:
            first -= 1
        while last + 1 < len(self._tokens) and self._tokens[last + 1].end <= high:
            last += 1
        at = max(0, low, self._tokens[first - 1].end if first else 0)
        for place in range(first, last + 1):
            token = self._tokens[place]
            yield from self._as_it_stands(at, token.start)
            if place == index and number is None:
                pass
            elif token.cuts:
                # What is spelt alike is read alike: ai家ai户.
                cut = token.cuts[number or 0] if self._letters(place) == self._letters(index) else token.cuts[0]
                yield from (cell for cell in cut if cell.letters or not parted)
            elif not (parted and token.parts):
                yield from self._as_it_stands(token.start, token.end)
            at = token.end
        following = self._tokens[last + 1].start if last + 1 < len(self._tokens) else len(self.text)
        yield from self._as_it_stands(at, min(high, following))

    def _as_it_stands(self, start: int, end: int) -> Iterator[Cell]:
        return (Cell(number, at, at + 1) for at, number in enumerate(self.row[start:end].tolist(), start))


def holds_digits_between(text: str) -> bool:
    """Whether digits stand between characters and count nothing, as in 包1过."""
    return _DIGITS_BETWEEN.search(text) is not None


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"


def _cuts(run: str, start: int) -> list[list[Cell]]:
    """The ways to cut letters into syllables that leave the fewest letters over; none where nothing is a syllable."""
    known = numbers()
    best: list[list[tuple[int, int, list[Cell]]]] = [[] for _ in run]
    best.append([(0, 0, [])])
    for at in reversed(range(len(run))):
        options: list[tuple[int, int, list[Cell]]] = []
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(run)) + 1):
            letters = run[at:end]
            single = [Cell(ord(letter), start + place, start + place + 1) for place, letter in enumerate(letters, at)]
            if len(letters) == 1:
                cost = 1 if letters in _VOWELS else 2
                options += [(left + cost, count + 1, [*single, *rest]) for left, count, rest in best[end]]
            elif letters in _AS_WRITTEN:
                options += [(left, count + len(letters), [*single, *rest]) for left, count, rest in best[end]]
            if len(letters) > 1 and letters in known:
                cell = Cell(known[letters], start + at, start + end, letters)
                options += [(left, count + 1, [cell, *rest]) for left, count, rest in best[end]]
        options.sort(key=lambda option: option[:2])
        best[at] = options[:_MOST_CUTS]
    least = best[0][0][0]
    return [
        cells for left, _, cells in best[0] if left <= least + 1 and (not left or any(cell.letters for cell in cells))
    ]
