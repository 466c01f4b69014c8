"""Find the customer's own data in a text by value, however it is spelt.

No value becomes a regular expression: `re` keeps those that it compiles, and nothing of a request may outlive it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import product

from guards.text.digits import Bare, NormalizedText, with_ascii_digits
from guards.text.words import listed_readings

_LONGEST_NAME = 6
_LETTER_U = ("u", "v", "yu")
_TONES = frozenset("012345")
_READ_ALOUD = {"com": ("com", "康姆", "抗姆", "康母"), "qq": ("qq", "扣扣")}
_DATE = re.compile(r"((?:19|20)[0-9]{2})[年\-./ ]{0,3}([0-9]{1,2})[月\-./ ]{0,3}([0-9]{1,2})[日号]?")
_SAID_DATE = re.compile(
    r"(?<![0-9])(?=((?P<year>(?:[0-9]{2})?[0-9]{2}) ?[年\-./ ] ?(?P<month>[0-9十]{1,3}) ?[月\-./ ] ?"
    r"(?P<day>[0-9十]{1,3})(?![0-9十])[日号]?))"
)
_ID_CARD = re.compile(r"[1-9][0-9]{5}((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9x]")
_SMALL_NUMBER = re.compile(r"[1-9][0-9]{0,2}(?![0-9])")
_MOST_NUMBERS = 4

_Range = tuple[int, int]
"""Start and end in the text that is searched."""


def cardinal(number: int) -> str:
    """A number from 1 to 999 as it is said, its digits then as `digits_of` has them: 12 → 十2, 102 → 1百02."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{hundreds}百" if hundreds else ""
    if tens:
        said += "十" if number < 20 else f"{tens}十"
    elif hundreds and ones:
        said += "0"
    return said + (str(ones) if ones else "")


def with_cardinals(bare: str) -> Iterator[str]:
    """A bare value in which some small numbers are said as numbers (八十八号 for 88号), not digit by digit."""
    numbers = [found for found in re.finditer("[0-9]+", bare) if _SMALL_NUMBER.fullmatch(found[0])][:_MOST_NUMBERS]
    for forms in product(*((found[0], cardinal(int(found[0]))) for found in numbers)):
        pieces, position = "", 0
        for found, form in zip(numbers, forms, strict=True):
            pieces += bare[position : found.start()] + form
            position = found.end()
        yield pieces + bare[position:]


def read_out(bare: str) -> Iterator[str]:
    """A bare address as a speaker says its parts: 康姆 for com, 扣扣 for qq."""
    parts = re.split(f"({'|'.join(_READ_ALOUD)})", bare)
    return map("".join, product(*(_READ_ALOUD.get(part, (part,)) for part in parts)))


def _day(visible: str) -> date | None:
    """The day that a value is, or the birthday that an ID card number holds."""
    found = _DATE.fullmatch(visible) or _ID_CARD.fullmatch(visible)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


class Day:
    """A day, in all the forms in which a folded text with ASCII digits gives it."""

    def __init__(self, day: date) -> None:
        self._years = (str(day.year), f"{day.year % 100:02}")
        self._months, self._days = ((str(number), f"0{number}", cardinal(number)) for number in (day.month, day.day))

    def find(self, text: str) -> Iterator[_Range]:
        """Where the text gives the day."""
        done = 0
        for found in _SAID_DATE.finditer(text):
            if found.start() >= done and self._is(*found.group("year", "month", "day")):
                done = found.end(1)
                yield found.span(1)

    def _is(self, year: str, month: str, day: str) -> bool:
        return year in self._years and month in self._months and day in self._days


def day_of(value: str) -> Day | None:
    """The day that such a value is or, for an ID card, the birthday."""
    day = _day(value.strip())
    return None if day is None else Day(day)


def _syllables(character: str) -> set[str]:
    """All readings of a character in plain letters: 吕 → lu, lv, lyu."""
    return {syllable.replace("ü", letter) for syllable in listed_readings(character) for letter in _LETTER_U}


class Pinyin:
    """A name in pinyin, with tone numbers or without, given name last or first."""

    def __init__(self, readings: Sequence[Sequence[str]]) -> None:
        """`readings`: those of each character, the longest first."""
        surnames = (1, 2) if len(readings) > 2 else (1,)
        self._orders = (tuple(readings), *((*readings[size:], *readings[:size]) for size in surnames))

    def find(self, text: str) -> Iterator[_Range]:
        """Where a bare text names the person."""
        done = 0
        firsts = {first for order in self._orders for first in order[0]}
        for start in sorted({start for first in firsts for start in _places(text, first)}):
            ends = (end for order in self._orders for end in _ends(text, start, order))
            if start >= done and (end := next(ends, None)):
                done = end
                yield start, end


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _ends(text: str, start: int, readings: Sequence[Sequence[str]]) -> Iterator[int]:
    """Where one reading of each character, and perhaps a tone, may end one after another; the longest first."""
    if not readings:
        yield start
    else:
        for reading in readings[0]:
            if text.startswith(reading, start):
                end = start + len(reading)
                if text[end : end + 1] in _TONES:
                    yield from _ends(text, end + 1, readings[1:])
                yield from _ends(text, end, readings[1:])


def pinyin_of(name: str) -> Pinyin | None:
    """How a person of that name is named in pinyin; None for what is no name in Chinese characters."""
    if not 2 <= len(name) <= _LONGEST_NAME:
        return None
    readings = [sorted(_syllables(character), key=len, reverse=True) for character in name]
    return Pinyin(readings) if all(readings) else None


_SHORT_DIGITS = 7
_SHORT_ASCII = 5
_LETTERS = re.compile("[a-z]{3}")
_DIGIT = re.compile("[0-9]")
_DAY = re.compile(r"[0-9零〇一二三四五六七八九十] ?[年\-./]")
_FEWEST_DIGITS = 8
_NUMBER = re.compile(rf"([0-9]{{{_FEWEST_DIGITS},}})x?")
_ORDINAL = re.compile("[第前后中头末尾]?[0-9一二两三四五六七八九十]{1,2}个?(?:位|段|组|节|部分|截)")
_ORDINAL_END = re.compile("[位段组节部截]")
_WORDS = re.compile("[^0-9]+")
_FARTHEST = 8
"""Characters for each digit of a number that words interrupt, the words included."""
_SAID = "艾特|爱特|圈a|小老鼠|点|下划线|中?[横划]?杠|减号|"
_READ_OUT = (re.compile(rf"{_SAID}at|dot"), re.compile(rf"{_SAID}(?<![a-z])(?:at|dot)(?![a-z])"))
_ANY_READ_OUT = re.compile("艾特|爱特|圈a|小老鼠|点|下划线|杠|减号|at|dot")
_SIGNED = re.compile(r"[@._\-]")


class _Text:
    """A text, and what is left of it when what a speaker adds to numbers and addresses is gone."""

    def __init__(self, given: NormalizedText) -> None:
        self.visible = given.visible
        self.unmasked = given.unmasked
        self.bare = given.bare
        self.has_letters = _LETTERS.search(self.bare.text) is not None
        self.has_cardinals = "十" in self.bare.text or "百" in self.bare.text
        self.has_days = _DAY.search(self.unmasked) is not None

    @cached_property
    def digits_only(self) -> list[Bare]:
        """Digits of any form, and those that are ASCII: 一 may belong to the words between."""
        written = _ORDINAL.sub(_blank, self.unmasked) if _ORDINAL_END.search(self.unmasked) else self.unmasked
        views = dict.fromkeys((with_ascii_digits(written), written))
        return [Bare(_WORDS.sub(_blank, view)) for view in views if len(_DIGIT.findall(view)) >= _FEWEST_DIGITS]

    @cached_property
    def without_signs_read_out(self) -> list[Bare]:
        """Without 艾特, 点 and the like; at and dot are also taken out of longer words, since nothing may part them."""
        if not _ANY_READ_OUT.search(self.unmasked):
            return []
        return [Bare(signs.sub(_blank, self.unmasked)) for signs in _READ_OUT]

    def find(self, bare: Bare, spelling: str) -> Iterator[_Range]:
        """Where a bare form of the text reads so; a short number or word has to stand alone."""
        is_short = spelling.isascii() and len(spelling) < (_SHORT_DIGITS if spelling.isdigit() else _SHORT_ASCII)
        return (each for each in bare.find(spelling) if not is_short or self.stands_alone(*each))

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether no ASCII letter or digit touches the range."""
        around = self.visible[max(0, start - 1) : start] + self.visible[end : end + 1]
        return not any(char.isascii() and char.isalnum() for char in around)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


class KnownValue:
    """A value of the request, and what is known of its spellings."""

    def __init__(self, value: str) -> None:
        given = NormalizedText(value)
        self.bare = given.bare.text
        self.spellings = tuple(_spellings(self.bare))
        number = _NUMBER.fullmatch(self.bare)
        self.number = number and number[1]
        self._visible = given.visible

    @cached_property
    def with_cardinals(self) -> tuple[str, ...]:
        """Its spellings with numbers that are said as such (八十八号), if it has any beside other words."""
        return () if self.bare.isascii() else tuple(with_cardinals(self.bare))

    @cached_property
    def read_out(self) -> tuple[str, ...]:
        """Its spellings when the signs in it are said, if there are any."""
        if self.bare.isdigit() or not _SIGNED.search(self._visible):
            return ()
        bare = dict.fromkeys([self.bare, *(Bare(signs.sub(_blank, self._visible)).text for signs in _READ_OUT)])
        return tuple(spelling for each in bare if len(each) > 1 for spelling in read_out(each))

    @cached_property
    def pinyin(self) -> Pinyin | None:
        """The value as a name in pinyin, if it may be a name."""
        return pinyin_of("".join(filter(str.isalnum, self._visible)))

    @cached_property
    def day(self) -> Day | None:
        """The day that the value is or that an ID card holds."""
        return day_of(with_ascii_digits(self._visible))


def _spellings(bare: str) -> Iterator[str]:
    """The bare forms under which a value may be written anywhere."""
    yield bare
    if bare.isascii() and bare[:-1].isdigit() and bare.endswith("x"):
        yield bare[:-1] + "叉"
        yield bare[:-1] + "艾克斯"
    if bare.isdigit() and bare.startswith(("861", "00861")) and len(bare) >= 13:
        yield bare.partition("86")[2]


def find_known(given: NormalizedText, known: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end (code points of the original) of every known value in the text.

    A value counts with anything but letters, digits and Chinese characters between its own; values with fewer than two
    of these are ignored. Long numbers count also when words interrupt them, names also in pinyin, addresses with an @
    also read aloud, days in all their forms. Short numbers and handles count only where they stand alone: 35 is not
    in 2035.
    """
    text = _Text(given)
    for kind, value in ((kind, KnownValue(value)) for kind, value in known.items()):
        if len(value.bare) >= 2:
            for start, end in _find(text, value):
                yield kind, *given.original_span(start, end)


def _find(text: _Text, value: KnownValue) -> Iterator[_Range]:
    for spelling in value.spellings + (value.with_cardinals if text.has_cardinals else ()):
        yield from text.find(text.bare, spelling)
    if value.number:
        yield from _find_interrupted(text, value.number)
    if text.without_signs_read_out and value.read_out:
        for bare, spelling in product(text.without_signs_read_out, value.read_out):
            yield from text.find(bare, spelling)
    if text.has_letters and value.pinyin:
        ranges = (text.bare.range(*found) for found in value.pinyin.find(text.bare.text))
        yield from (each for each in ranges if text.stands_alone(*each))
    if text.has_days and value.day:
        yield from value.day.find(with_ascii_digits(text.unmasked))


def _find_interrupted(text: _Text, number: str) -> Iterator[_Range]:
    """Where words stand between the digits: 前三位138，中间1234，最后5678."""
    for digits in text.digits_only:
        yield from (each for each in digits.find(number) if each[1] - each[0] <= len(number) * _FARTHEST)
