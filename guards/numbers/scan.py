"""Find typed numbers in Chinese text: money, rates, dates, terms, counts, read-out digits.

Two principles decide what is a number. An Arabic digit always belongs to one: where it measures nothing it is DIGITS.
A Chinese numeral is one only where it measures something: 一 before a counter is an article (一位, 一笔), small
numerals that count the talk itself are no claims (两个办法, 三步), 几 alone is none, and idioms (万一, 十分, 一块儿)
are stepped over.

Conventions: 厘 is 0.1 per cent and 分 (of interest) 1 per cent whatever the period, because that is how a listener
hears a monthly quote; 年息三厘 in the sense of 3% a year is on purpose not read so. 成 is 10 per cent. Terms are in
months (两年: 24, 半个月: 0.5), durations in days (一周: 7) or minutes. An ordinal beyond the tenth is DIGITS, as is a
clock time, which is its hour and minute (晚上八点半: 20:30). 一天 or 一个月 beside a price or a rate, and 一年 beside a
rate, name its period and are no durations.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from guards.numbers.context import resolve_units
from guards.numbers.dates import PartialDate
from guards.numbers.drafts import Draft, Reader, Value
from guards.numbers.grammar import TOKEN
from guards.numbers.sizes import SIZE_READERS
from guards.numbers.spoken_dates import DATE_READERS
from guards.numbers.units import FOREIGN
from guards.text.folding import Folded
from guards.text.lookalikes import look_alikes
from guards.text.numerals import normalise_digits
from guards.text.reading import Reading
from guards.types import Fact, Quantity, Span

_READERS: dict[str, Reader] = {
    **dict.fromkeys(("idiom", "word_idiom", "tail_length"), lambda match: None),
    **DATE_READERS,
    **SIZE_READERS,
}
# Characters that fold to one character each, and those of them that may become a part of a number.
_ONE_TO_ONE = re.compile("[\n -%'-;=?-~·¥—“”‘’、-】一-鿿！-～]*")
_NUMERALS = (
    "0-9０-９〇一七万三丗两九二五亖亿仟仨伍佰俩倆億兩八六几十千卄卅半折卌叁叄参參四块塊壹天幺"
    "幾廿弌弍弎把拾捌日晚柒毛玖百肆萬貳贰陆陸零韆"
)
_TAKEN_FOR_NUMERALS = frozenset("一二两三四五六七八九十百千万亿零天日晚块毛把半几壹贰")
_GROUPED = re.compile("[0-9],[0-9]{3}")
_GROUPS_APART = re.compile("(?<![0-9.,，分选第期延])[0-9]{1,3}(?:，[0-9]{3})+(?=(?:[.][0-9]+)?[元块])")


class Number(NamedTuple):
    """A number in a text.

    `value` is a Decimal in the unit of `quantity`, a PartialDate for DATE, the bare digits for DIGITS. `approximate`:
    said as an estimate (左右, 不到). `vague`: it names no single value (两三天, 二十多万); `value` is where it begins.
    `per` (`day`, `month`): a price paid once in each. `unit`: as said, folded; empty where the number has none of its
    own (20万, 百分之三). `span` covers `text`, in code points.
    """

    quantity: Quantity
    value: Value
    span: Span
    text: str
    approximate: bool = False
    vague: bool = False
    per: str | None = None
    unit: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether it is an amount of other money than yuan."""
        return self.unit in FOREIGN


@dataclass(frozen=True, slots=True)
class Scan:
    """A text as it was read for numbers: folded, and the numbers with their places in the folded text."""

    folded: Folded
    text: str
    numbers: tuple[Number, ...]


_NOTHING = Scan(Folded("", lambda: ((), ())), "", ())


def extract(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in order, without overlaps. Never raises; takes time linear in the length of the text."""
    return numbers_in(Reading(text))


def numbers_in(reading: Reading) -> tuple[Number, ...]:
    """As `extract`, worked out once for each reading."""
    return reading.once(_numbers_in)


def scan(reading: Reading) -> Scan:
    """A text as it was read for numbers, worked out once for each reading."""
    return reading.once(_scan)


def _numbers_in(reading: Reading) -> tuple[Number, ...]:
    scanned, text = scan(reading), reading.raw
    if scanned.numbers and _ONE_TO_ONE.fullmatch(text) is None:
        return tuple(_relocated(scanned, text))
    return tuple([_as_written(number, text) for number in scanned.numbers])


def find(text: str) -> tuple[Number, ...]:
    """All numbers of a text that is folded and normalised already, such as `Scan.text`."""
    drafts: list[Draft] = []
    end = 0
    for match in TOKEN.finditer(text):
        if draft := _READERS[match.lastgroup or ""](match):
            draft.start = max(draft.start, end)  # a date begins before its match (今年, 下个), but not in its neighbour
            end = draft.end
            drafts.append(draft)
    return tuple([_named(text, draft) for draft in resolve_units(text, drafts)])


def _named(text: str, draft: Draft) -> Number:
    start, end, quantity = draft.start, draft.end, draft.quantity or Quantity.DIGITS
    said = text[start:end]
    return Number(quantity, draft.value, Span(start, end), said, draft.approximate, draft.vague, draft.per, draft.unit)


def has_numeral(text: str) -> bool:
    """Whether a text may hold a number, judged by its characters alone; rare characters count as numerals."""
    return _numeral().search(text) is not None or _ONE_TO_ONE.fullmatch(text) is None


@cache
def _numeral() -> re.Pattern[str]:
    others = "".join(written for written, meant in look_alikes().items() if meant in _TAKEN_FOR_NUMERALS)
    return re.compile(f"[{_NUMERALS}{others}]")


def _scan(reading: Reading) -> Scan:
    text = reading.raw
    if not has_numeral(text):
        return _NOTHING
    folded = reading.plain
    plain = normalise_digits(folded.text)
    if "，" in text and _GROUPED.search(plain):
        # Folding makes the Chinese comma an ASCII one, but in 分12，200元 it is a pause.
        origins = folded.origins
        plain = "".join(["，" if text[origins[place]] == "，" else letter for place, letter in enumerate(plain)])
        plain = _GROUPS_APART.sub(lambda amount: amount[0].replace("，", ","), plain)
    return Scan(folded, plain, find(plain))


def _relocated(scanned: Scan, text: str) -> Iterator[Number]:
    """The numbers at their places in the original text."""
    end = 0
    for number in scanned.numbers:
        span = scanned.folded.span(number.span.start, number.span.end)
        # One character may have become two digits (⑮), of which a neighbour took the first.
        start = max(span.start, end)
        if start < span.end:
            end = span.end
            yield number._replace(span=Span(start, end), text=text[start:end])


def _as_written(number: Number, text: str) -> Number:
    said = text[number.span.start : number.span.end]
    return number if said == number.text else number._replace(text=said)


def states(numbers: Iterable[Number], fact: Fact) -> bool:
    """Whether some number has the fact's quantity and exactly its value; a date may leave out the year."""
    if fact.quantity is Quantity.TEXT:
        return True
    return any(number.quantity is fact.quantity and _has_value(number, fact.value) for number in numbers)


def _has_value(number: Number, value: object) -> bool:
    said = number.value
    if number.vague or number.is_foreign:
        return False
    if isinstance(said, PartialDate):
        return isinstance(value, date) and None not in (said.month, said.day) and said.matches(value, None)
    return said == value
