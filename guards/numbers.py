"""Find typed numbers in Chinese text: money, rates, dates, terms, counts, read-out digits.

Two principles decide what is a number. An Arabic digit always belongs to one: where it measures nothing it is DIGITS.
A Chinese numeral is one only where it measures something: 一 before a counter is an article (一位, 一笔), small
numerals that count the talk itself are no claims (两个办法, 三步), 几 alone is none, and idioms (万一, 十分, 一块儿)
are stepped over.

Conventions: 厘 is 0.1 per cent and 分 (of interest) 1 per cent whatever the period, because that is how a listener
hears a monthly quote; 年息三厘 in the sense of 3% a year is on purpose not read so. 成 is 10 per cent. Terms are in
months (两年: 24, 半个月: 0.5), durations in days (一周: 7) or minutes. A clock time and an ordinal beyond the tenth
are DIGITS. 一天 or 一个月 beside a price or a rate, and 一年 beside a rate, name its period and are no durations.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from guards.date_readers import DATE_READERS
from guards.dates import PartialDate
from guards.number_drafts import Draft, Reader, Value
from guards.number_patterns import TOKEN
from guards.numerals import fold
from guards.size_readers import SIZE_READERS
from guards.types import Quantity, Span

__all__ = ["Number", "extract"]

_READERS: dict[str, Reader] = {"idiom": lambda match: None, **DATE_READERS, **SIZE_READERS}
_RANGE = re.compile(r" ?，? ?(?:[至到~、-]|或者?|和|以?及|[至到]?最[高多](?:至|到|可达|不超过|为|是)?) ?")
_RATE_OF = {"day": Quantity.RATE_DAILY, "month": Quantity.RATE_MONTHLY, "year": Quantity.RATE_ANNUAL}
RATES = frozenset({Quantity.RATE, *_RATE_OF.values()})
"""The quantities that are per cent."""
PRICED = RATES | {Quantity.MONEY}
_PERIOD = re.compile(
    "(?P<year>年化|年综合|年利|年息|年费率|每年|按年)|(?P<month>月化|月利|月息|月费率|每个?月|按月)|(?P<day>日化|日利|日息|日费率|每[天日]|按[天日])"
)
_PERIOD_AFTER = re.compile(
    r"[(（]?(?:的?(?:(?P<year>年化|年利|年息|年综合)|(?P<month>月化|月利|月息)|(?P<day>日化|日利|日息))"
    r"|(?:/|每)(?:(?P<year_>年)|(?P<month_>个?月)|(?P<day_>[天日])))"
)
_COST = re.compile("(?P<day>每[天日]|日均|日还|按[天日])|(?P<month>每个?月|每期|月供|月还|月均|按月)")
_ABOUT_BEFORE = re.compile(
    "(?:大约|大概|大致|差不多|将近|接近|估计)[^，。！？；、]{0,4}$"
    "|(?<![预合节违契公条特签])约(?:为|是)?$|(?<![最远附靠就邻])近$|不到$|(?<!最)小$|(?<![尽赶很更加])快$"
)
_ABOUT_AFTER = re.compile("左右|上下|出头|不到|差不多|开外|多(?![次少家项数样久种])")
_STOP = re.compile("[。！？；!?;\n]")
_PAUSE = re.compile("[，。！？；、,!?;\n]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    `value` is a Decimal in the unit of `quantity`, a PartialDate for DATE, the bare digits for DIGITS. `approximate`:
    said as an estimate (左右, 不到). `vague`: it names no single value (两三天, 二十多万); `value` is where it begins.
    `per` (`day`, `month`): a price paid once in each. `span` covers `text` in the original, in code points.
    """

    quantity: Quantity
    value: Value
    span: Span
    text: str
    approximate: bool = False
    vague: bool = False
    per: str | None = None


def extract(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in order, without overlaps. Never raises; takes time linear in the length of the text."""
    folded, positions = fold(text)
    drafts = [draft for match in TOKEN.finditer(folded) if (draft := _READERS[match.lastgroup or ""](match))]
    if not drafts:
        return ()
    numbers: list[Number] = []
    for draft in _settle(folded, drafts):
        start, end = draft.start, draft.end
        if positions is not None:
            # One character may have become two digits (⑮), of which a neighbour took the first.
            start, end = max(positions[start], numbers[-1].span.end if numbers else 0), positions[end - 1] + 1
            if start >= end:
                continue
        quantity = draft.quantity or Quantity.DIGITS
        numbers.append(
            Number(quantity, draft.value, Span(start, end), text[start:end], draft.approximate, draft.vague, draft.per)
        )
    return tuple(numbers)


def _settle(text: str, drafts: list[Draft]) -> list[Draft]:
    """Let neighbours lend each other units and periods, then name what is left and drop what is no number."""
    for left, right in zip(drafts[-2::-1], drafts[:0:-1], strict=True):
        if left.quantity is None and right.quantity is not None and _RANGE.fullmatch(text, left.end, right.start):
            _borrow_unit(left, right)
    settled: list[Draft] = []
    for index, draft in enumerate(drafts):
        if draft.marker and _lend_period(text, drafts, index):
            continue
        if draft.quantity is None:
            if draft.bare is None:
                continue
            draft.quantity, draft.value = draft.bare
        settled.append(draft)
    start = 0
    for draft in settled:
        if draft.quantity in PRICED:
            _place(text, draft, start)
        start = draft.end
    _share_periods(text, settled)
    return settled


def _borrow_unit(left: Draft, right: Draft) -> None:
    if isinstance(right.value, PartialDate):
        if right.value.day is not None and not isinstance(left.value, PartialDate | str):
            left.quantity, left.value = Quantity.DATE, PartialDate(day=int(left.value))
    elif not isinstance(left.value, PartialDate | str) and right.quantity is not Quantity.DIGITS:
        left.quantity, left.factor = right.quantity, right.factor
        left.value *= right.factor * (right.scale if left.scale == 1 else 1)


def _lend_period(text: str, drafts: list[Draft], index: int) -> bool:
    """Whether 一天, 一个月 or 一年 names the period of the price or rate beside it, which then carries it."""
    marker = drafts[index]
    takers = PRICED if marker.marker != "year" else RATES
    if index + 1 < len(drafts):
        after = drafts[index + 1]
        gap = after.start - marker.end
        if _kind(after) in takers and gap <= 6 and not _PAUSE.search(text, marker.end, after.start):
            after.per = marker.marker
            return True
    if index:
        before = drafts[index - 1]
        if _kind(before) in takers and text[before.end : marker.start] in ("", "/", " "):
            before.per = marker.marker
            return True
    return False


def _kind(draft: Draft) -> Quantity | None:
    return draft.quantity or (draft.bare[0] if draft.bare else None)


def _place(text: str, draft: Draft, previous: int) -> None:
    """Find the period and the approximation of a price or rate in the words around it, back to the previous number."""
    window = text[max(previous, draft.start - 16) : draft.start]
    if _ABOUT_BEFORE.search(window) or _ABOUT_AFTER.match(text, draft.end):
        draft.approximate = True
    if draft.vague:
        draft.approximate = True
    if draft.quantity is Quantity.MONEY:
        if draft.per is None:
            clause = _PAUSE.split(window)[-1][-8:]
            draft.per = _last(_COST, clause) or _after(text, draft.end, prices=True)
        return
    if draft.per is None:
        draft.per = _last(_PERIOD, _STOP.split(window)[-1]) or _after(text, draft.end, prices=False)
    if draft.per is not None:
        draft.quantity, draft.per = _RATE_OF[draft.per], None


def _last(pattern: re.Pattern[str], window: str) -> str | None:
    found = None
    for match in pattern.finditer(window):
        found = match.lastgroup
    return found


def _after(text: str, end: int, *, prices: bool) -> str | None:
    match = _PERIOD_AFTER.match(text, end)
    if match is None or match.lastgroup is None:
        return None
    period = match.lastgroup
    if prices:
        return period[:-1] if period in ("day_", "month_") else None
    return period.rstrip("_")


def _share_periods(text: str, drafts: list[Draft]) -> None:
    """In 3.6%至24%的年化利率 both ends have one period."""
    pairs = list(pairwise(drafts))
    for giver, taker in [*pairs, *((right, left) for left, right in reversed(pairs))]:
        if taker.quantity is Quantity.RATE and giver.quantity in RATES:
            low, high = sorted((giver, taker), key=lambda draft: draft.start)
            if _RANGE.fullmatch(text, low.end, high.start):
                taker.quantity = giver.quantity
