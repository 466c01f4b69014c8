"""What the words and numbers around a number say about it: a unit, a period, a weekday, that it is an estimate."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from guards.numbers.dates import PartialDate
from guards.numbers.drafts import Draft
from guards.numbers.units import PRICED, RATES
from guards.text.sentences import FOLDED_SENTENCE_END
from guards.types import Quantity

_RANGE = re.compile(" ?[，,]? ?(?:[至到~、-]|或者?|和|以?及|[至到]?最[高多](?:至|到|可达|不超过|为|是)?) ?")
_RATE_OF = {"day": Quantity.RATE_DAILY, "month": Quantity.RATE_MONTHLY, "year": Quantity.RATE_ANNUAL}
_WINDOW = 16
"""Code points before a price or rate in which its period and its approximation are looked for."""
_PERIOD = re.compile(
    "(?=[年月日每按])(?:(?P<year>年化|年综合|年利|年息|年费率|每年|按年)|(?P<month>月化|月利|月息|月费率|每个?月|按月)|(?P<day>日化|日利|日息|日费率|每[天日]|按[天日]))"
)
_PERIOD_AFTER = re.compile(
    r"[(（]?(?:的?(?:(?P<year>年化|年利|年息|年综合)|(?P<month>月化|月利|月息)|(?P<day>日化|日利|日息))"
    r"|(?:/|每)(?:(?P<year_>年)|(?P<month_>个?月)|(?P<day_>[天日])))"
)
_RATE_BEFORE = re.compile("(?:年化|利率|[年月日]息)(?:利率|综合)?(?:就?[是为按]|呢|只有|才|只要|:)?[，,]?$")
_RATES_BELOW = 100
_DAYS_OF_A_MONTH = range(1, 32)
_COST = re.compile(
    "(?=[月日每按])(?:(?P<day>每[天日]|日均|日还|按[天日])|(?P<month>每个?月|每期|月供|月还(?<!个月还)(?<![本当上下次]月还)|月均|按月))"
)
_PERIOD_HINT = re.compile("[年月日天期]")
_PERIOD_FIRST = frozenset("(（的年月日/每")
_ABOUT_FIRST = frozenset("左上出不差开多")
_ABOUT_HINT = re.compile("[约概致多近计不小快过于满]")
_ABOUT_BEFORE = re.compile(
    "(?:大约|大概|大致|差不多|将近|接近|估计)[^，。！？；、,!?;]{0,4}$"
    "|(?<![预合节违契公条特签])约(?:为|是)?$|(?<![最远附靠就邻])近$|不[到足止]$|(?<!最)小$|(?<![尽赶很更加])快$"
    "|(?<!不)(?:超过|[高低多少]于)$|(?<![借用装存攒])满$"
)
_THRESHOLD = re.compile("(?:元|块钱?)?[^，。！？；、,!?;]{0,2}(?:减|能|可|才|就|送|打折|享|起|以上)")
"""What follows 满 and an amount where it is a condition: 满一百减二十."""
_ABOUT_AFTER = re.compile("左右|上下|出头|不到|差不多|开外|多(?![次少家项数样久种])")
_PAUSE = re.compile("[，。！？；、,!?;\n]")
_NOT_ITS_PERIOD = re.compile("[，。！？；、,!?;\n]|分别|依次")
_NAMES_WEEKDAY = re.compile("[，,、]? ?[(（]?(?:也?就?是)?(?:当天|那天)?[(（]?")


def resolve_units(text: str, drafts: list[Draft]) -> list[Draft]:
    """Let neighbours lend each other units and periods, then name what is left and drop what is no number."""
    quantities = [draft.quantity for draft in drafts]
    if None in quantities:
        _lend_units(text, drafts)
    if quantities.count(Quantity.DATE) > 1:
        drafts = _join_weekdays(text, drafts)
    resolved: list[Draft] = []
    for index, draft in enumerate(drafts):
        if draft.marker and _lend_period(text, drafts, index):
            continue
        if draft.quantity is None:
            if draft.bare is None:
                continue
            is_rate = draft.bare[0] is Quantity.DIGITS and _is_rate(text, draft)
            draft.quantity, draft.value = (Quantity.RATE, draft.value) if is_rate else draft.bare
        resolved.append(draft)
    previous = 0
    for draft in resolved:
        if draft.quantity in PRICED:
            _place(text, draft, previous)
        previous = draft.end
    if Quantity.RATE in quantities:
        _share_periods(text, resolved)
    return resolved


def _is_rate(text: str, draft: Draft) -> bool:
    """年化九点九 is a rate though nobody says 百分之."""
    is_small = isinstance(draft.value, Decimal) and draft.value < _RATES_BELOW
    return is_small and _RATE_BEFORE.search(text, max(0, draft.start - _WINDOW), draft.start) is not None


def _lend_units(text: str, drafts: list[Draft]) -> None:
    """In 5到20万元 and 3、6、12期 all numbers have the unit of the last."""
    for left, right in zip(drafts[-2::-1], drafts[:0:-1], strict=True):
        bare, lender = left.value, right.quantity
        if left.quantity is not None or not isinstance(bare, Decimal) or lender in (None, Quantity.DIGITS):
            continue
        if not _RANGE.fullmatch(text, left.end, right.start):
            continue
        if not isinstance(right.value, PartialDate):
            left.quantity, left.factor, left.unit = lender, right.factor, right.unit
            # In 5到20万 both are counted in 万, in 八千到三万 only the last.
            scaled = bare * right.factor * (right.scale if left.scale == 1 else 1)
            left.value = scaled if isinstance(right.value, Decimal) and scaled <= right.value else bare * right.factor
        elif right.value.day is not None and bare in _DAYS_OF_A_MONTH:
            left.quantity, left.value = Quantity.DATE, PartialDate(day=int(bare))


def _join_weekdays(text: str, drafts: list[Draft]) -> list[Draft]:
    """11月25号星期三 is one date; without the weekday's date it would be heard as the nearest 星期三."""
    joined = drafts[:1]
    for draft in drafts[1:]:
        last = joined[-1]
        day, weekday = _plain_day(last), _plain_weekday(draft)
        if day is None or weekday is None:
            day, weekday = _plain_day(draft), _plain_weekday(last)
        if day is not None and weekday is not None and _NAMES_WEEKDAY.fullmatch(text, last.end, draft.start):
            joined[-1] = replace(last, value=replace(day, weekday=weekday), end=draft.end)
        else:
            joined.append(draft)
    return joined


def _plain_day(draft: Draft) -> PartialDate | None:
    """The calendar date of a draft that is one and names no weekday yet."""
    value = draft.value
    return value if isinstance(value, PartialDate) and value.day is not None and value.weekday is None else None


def _plain_weekday(draft: Draft) -> int | None:
    """The weekday of a draft that names nothing else."""
    value = draft.value
    if isinstance(value, PartialDate) and value.day is None and value.weeks is None and not value.repeats:
        return value.weekday
    return None


def _lend_period(text: str, drafts: Sequence[Draft], index: int) -> bool:
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
    start, end = max(previous, draft.start - _WINDOW), draft.start
    following = text[draft.end : draft.end + 1]
    if (
        draft.vague
        or (_ABOUT_HINT.search(text, start, end) and _is_about(text, start, draft))
        or (following in _ABOUT_FIRST and _ABOUT_AFTER.match(text, draft.end))
    ):
        draft.approximate = True
    if draft.per is None:
        is_price = draft.quantity is Quantity.MONEY
        if is_price:
            draft.per = period_of_price(text, end, start)
        else:
            draft.per = _last(_PERIOD, text, start, end, FOLDED_SENTENCE_END)
        if draft.per is None and following in _PERIOD_FIRST:
            draft.per = _after(text, draft.end, prices=is_price)
    if draft.per is not None and draft.quantity is not Quantity.MONEY:
        draft.quantity, draft.per = _RATE_OF[draft.per], None
        # 年息三分 is 3% to some and 30% to others.
        draft.vague = draft.vague or (draft.quantity is Quantity.RATE_ANNUAL and draft.unit in ("分", "厘"))


def period_of_price(text: str, start: int, previous: int) -> str | None:
    """The period that the words ahead of a price give it, back to where the number before it ends."""
    return _last(_COST, text, max(previous, start - 8), start, _NOT_ITS_PERIOD)


def _is_about(text: str, start: int, draft: Draft) -> bool:
    """Whether what stands before a figure makes it an estimate."""
    if _ABOUT_BEFORE.search(text, start, draft.start) is None:
        return False
    return not (text[draft.start - 1 : draft.start] == "满" and _THRESHOLD.match(text, draft.end))


def _last(pattern: re.Pattern[str], text: str, start: int, end: int, stop: re.Pattern[str]) -> str | None:
    """The name of the last match in a range of the text that no stop follows."""
    if _PERIOD_HINT.search(text, start, end) is None:
        return None
    found = [*pattern.finditer(text, start, end)]
    return found[-1].lastgroup if found and stop.search(text, found[-1].end(), end) is None else None


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
