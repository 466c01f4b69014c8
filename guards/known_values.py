"""Find the customer's own data in a text by value, however it is spelt."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from guards.spelling import Reading, digits_of, fold

_READ_OUT = re.compile("艾特|at|点|dot")
_DOTS = ("", "点", "dot")
_SHORT_DIGITS = 7
_SHORT_ASCII = 5


def _spellings(value: str, spoken: bool) -> Iterator[str]:
    """The bare forms under which a value may be written, and of an address with @ also those it is read out in."""
    folded = fold(value)
    bare = digits_of(folded)
    yield bare
    if spoken and "@" in folded:
        local, _, domain = folded.rpartition("@")
        for at, first, second in product(("", "艾特", "at"), _DOTS, _DOTS):
            yield digits_of(local.replace(".", first) + at + domain.replace(".", second))
    if bare.isascii() and bare[:-1].isdigit() and bare.endswith("x"):
        yield bare[:-1] + "叉"
    if bare.isdigit() and bare.startswith(("861", "00861")) and len(bare) >= 13:
        yield bare.partition("86")[2]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no ASCII letter or digit touches the span."""
    around = fold(text[max(0, start - 1) : start] + text[end : end + 1])
    return not any(char.isascii() and char.isalnum() for char in around)


def find_known(reading: Reading, known: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end (code points of the original) of every known value in the text.

    A value counts with anything but letters, digits and Chinese characters between its own; values with fewer than two
    of these are ignored. Short numbers and handles count only where they stand alone: 35 is not in 2035.
    """
    spoken = _READ_OUT.search(reading.visible) is not None
    for kind, value in known.items():
        for bare in dict.fromkeys(_spellings(value, spoken)):
            if len(bare) < 2:
                continue
            short = bare.isascii() and len(bare) < (_SHORT_DIGITS if bare.isdigit() else _SHORT_ASCII)
            for start, end in reading.find_bare(bare):
                if not short or _stands_alone(reading.original, start, end):
                    yield kind, start, end
