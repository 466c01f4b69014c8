"""Find telephone, ID card and bank card numbers in folded text, however grouped, in linear time."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from stdnum import luhn

from guards.personal_data.checksums import bank_card_score, id_card_score, in_order_number
from guards.personal_data.digit_runs import DIGIT, SIGN, Run, RunFinder
from guards.personal_data.hits import Hit, without
from guards.personal_data.interrupted import within_interruptions
from guards.text.digits import DIGIT_FORMS

SHORTEST = 10
"""Digits of the shortest of these numbers: a landline of seven with its area code."""

_SHORTEST_CARD, _LONGEST_CARD = 13, 19
_BIRTHDAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_ID_CARD = re.compile(rf"(?=[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}{_BIRTHDAY}[0-9]{{3}})")
_OLD_ID_CARD = re.compile(rf"(?=[1-9][0-9]{{7}}{_BIRTHDAY}[0-9]{{3}})")
_CARD = re.compile(r"(?=[1-9][0-9]{12})")
_MOBILE = re.compile(r"(?=((?:(?:00)?86|0)?)1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?=((?:0|86)(?:10|2[0-9]|[3-9][0-9]{2}))[1-9][0-9]{6})")

_CHECK_X = re.compile(rf"{SIGN}{{0,3}}(?:x(?![0-9a-z])|叉|[艾爱埃]克斯)")
_EXTENSION = re.compile(rf"(?:-|转|分机)(?:[0-9]{{1,6}}(?![0-9])|(?![0-9]){DIGIT}{{1,6}})")
_MOBILE_SHAPES = ([11], [3, 4, 4], [3, 8], [7, 4], [3, 3, 5])
_NO_CARD_BEHIND = re.compile(r"(?:[0-9]\.|\+)$")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_ROUND = re.compile("[0-9]*00")
_HOTLINE = re.compile("9[56][0-9]{3,4}|1[012][0-9]{3}|[48]00|[48]00[0-9]{7}")
_CARD_WORD = re.compile(r"(?:卡|账号|帐号|账户)(?:号码?)?[是为:, ]{0,4}$")
_CARD_WORD_REACH = 10
_PHONE_WORD = re.compile("(?:手机|电话|号码?|联系方式)[是为:, ]{0,4}$")
_SUM = re.compile(
    r"(?:\.[0-9]{1,2}(?![0-9]))? ?(?:[元块圆亿股吨角]|万(?!先生|女士|小姐|某|老师|经理|能|一)|人民币"
    "|美[元金]|港[元币]|rmb)"
)
_SUM_WORD = re.compile(
    r"(?:[金余总限差定存]额|额度|[合共总]计|总共|资产|负债|规模|市值|[¥￥$]|人民币|rmb)[是为达约: ]{0,3}$"
)
_MEASURE = re.compile(" ?[元块万千亿%期个天年月日号时点折笔人次家名分岁]")
_LETTER = re.compile("[a-z]")
_COMMA = re.compile("[,、;。]")
_TIGHT = re.compile(r"[ \-_·./|~—()*]+")
_HYPHENED = re.compile(r"[ \-()]+")

_Found = tuple[str, int, int, float]
"""Kind, first digit, digit behind the last, score."""


def _is_loose(run: Run, start: int, end: int) -> bool:
    """Whether nothing holds these groups together: different signs between them, a list, a sum, a day."""
    gaps = run.gaps(start, end)
    if len(gaps) > 1 or run.is_list(start, end) or run.is_explained(start, end):
        return True
    if any(_COMMA.search(gap) for gap in gaps):
        return _is_series(run, start, end) or _MEASURE.match(run.text, run.span(start, end)[1]) is not None
    return False


def _id_cards(run: Run) -> Iterator[_Found]:
    for found in _ID_CARD.finditer(run.digits):
        start = found.start()
        first, behind = run.span(start, start + 17)
        if _CHECK_X.match(run.text, behind):
            digits, end = run.digits[start : start + 17] + "x", start + 17
        else:
            digits, end = run.digits[start : start + 18], start + 18
        if len(digits) < 18 or not run.may_begin(start) or not run.may_end(end):
            continue
        score = id_card_score(digits)
        if score == 1.0 or (score and not in_order_number(run.text, first)):
            yield "id_card", start, end, score


def _old_id_cards(run: Run) -> Iterator[_Found]:
    for found in _OLD_ID_CARD.finditer(run.digits):
        start, end = found.start(), found.start() + 15
        score = id_card_score(run.digits[start:end])
        is_apart = run.is_apart(start, end) and _is_one(run, start, end)
        if score and is_apart and not in_order_number(run.text, run.span(start, end)[0]):
            yield "id_card", start, end, score


def _is_one(run: Run, start: int, end: int) -> bool:
    """Whether these groups may be one number: read out digit by digit, hyphened, or held together otherwise."""
    if _is_in_code(run, start, end):
        return False
    return run.is_spelt(start, end) or _is_hyphened(run, start, end) or not _is_loose(run, start, end)


def _is_in_code(run: Run, start: int, end: int) -> bool:
    """Whether a letter touches these digits, as in the name of a file or an order."""
    first, behind = run.span(start, end)
    return _LETTER.match(run.text, first - 1) is not None or _LETTER.match(run.text, behind) is not None


def _is_hyphened(run: Run, start: int, end: int) -> bool:
    """Whether nothing but spaces, hyphens and brackets stands between these groups, which are no list and no day."""
    return (
        all(_HYPHENED.fullmatch(gap) for gap in run.gaps(start, end))
        and not run.is_list(start, end)
        and not run.is_explained(start, end)
    )


def _is_sum(run: Run, start: int, end: int) -> bool:
    """Whether the words around say that these digits are money."""
    first, behind = run.span(start, end)
    before = run.text[max(0, first - _CARD_WORD_REACH) : first]
    if _PHONE_WORD.search(before) or _CARD_WORD.search(before):
        return False
    return (_SUM.match(run.text, behind) or _SUM_WORD.search(before)) is not None


def _mobiles(run: Run) -> Iterator[tuple[int, int, int]]:
    """Where a mobile number might be: its beginning with the code of the country, without it, and its end."""
    for found in _MOBILE.finditer(run.digits):
        own = found.end(1)
        if run.may_begin(found.start()) and run.may_end(own + 11) and not _is_sum(run, found.start(), own + 11):
            yield found.start(), own, own + 11


def _clear_mobiles(run: Run) -> Iterator[_Found]:
    for start, own, end in _mobiles(run):
        shape = [len(group) for group in run.groups(own, end)]
        if run.is_apart(start, end) and shape in _MOBILE_SHAPES and (len(shape) == 1 or not run.is_explained(own, end)):
            yield "mobile", start, end, 0.9


def _unbroken_mobiles(run: Run) -> Iterator[_Found]:
    for start, own, end in _mobiles(run):
        if len(run.groups(own, end)) == 1:
            yield "mobile", start, end, 0.9


def _odd_mobiles(run: Run) -> Iterator[_Found]:
    for start, own, end in _mobiles(run):
        if _is_one(run, own, end):
            yield "mobile", start, end, 0.7


def _cards(run: Run, is_card: Callable[[Run, int, int], bool]) -> Iterator[_Found]:
    for found in _CARD.finditer(run.digits):
        start = found.start()
        if not run.may_begin(start):
            continue
        for end in _card_ends(run, start):
            digits = run.digits[start:end]
            if digits.isdigit() and is_card(run, start, end) and (score := _card_score(run, start, digits)):
                yield "bank_card", start, end, score
                break


def _card_ends(run: Run, start: int) -> list[int]:
    """Where a card might end: the longest first; last those whose last group rather begins a date or an amount."""
    ends = run.ends(start, _LONGEST_CARD)
    if not ends and run.may_end(start + _LONGEST_CARD):
        return [start + _LONGEST_CARD]  # within Chinese digits, which bound nothing
    long_enough = [end for end in reversed(ends) if end - start >= _SHORTEST_CARD]
    return sorted(long_enough, key=lambda end: _MEASURE.match(run.text, run.span(start, end)[1]) is not None)


def _card_score(run: Run, start: int, digits: str) -> float:
    """How surely these digits are a card; 0 also for what is introduced as something else."""
    score = bank_card_score(digits)
    if score == 1.0 and digits.startswith("62"):
        return score
    first = run.span(start, start + 1)[0]
    before = run.text[max(0, first - 2) : first]
    is_in_code = score < 1.0 and "a" <= before[-1:] <= "z"
    return 0.0 if is_in_code or _NO_CARD_BEHIND.search(before) or in_order_number(run.text, first) else score


def _is_clear_card(run: Run, start: int, end: int) -> bool:
    sizes = [len(group) for group in run.groups(start, end)]
    if len(sizes) == 1:
        return not _is_sum(run, start, end)
    if sizes[0] == 6 and len(sizes) == 2:
        return run.digits.startswith("62", start)
    if sizes[:3] != [4, 4, 4] or max(sizes) > 4:
        return False
    return all(_TIGHT.fullmatch(gap) for gap in run.gaps(start, end)) and not _is_series(run, start, end)


def _is_series(run: Run, start: int, end: int) -> bool:
    """Whether these groups are years, round sums or hotlines."""
    groups = run.groups(start, end)
    return any(all(map(pattern.fullmatch, groups)) for pattern in (_YEAR, _ROUND, _HOTLINE))


def _is_odd_card(run: Run, start: int, end: int) -> bool:
    if run.is_spelt(start, end):
        return True
    if _is_loose(run, start, end) or _is_series(run, start, end) or _is_in_code(run, start, end):
        return False
    if run.gaps(start, end) == {"."} and len(run.groups(start, end)) == 2:
        return False  # a fraction
    first = run.span(start, end)[0]
    return (
        run.digits.startswith("62", start)
        or luhn.is_valid(run.digits[start:end])
        or _CARD_WORD.search(run.text[max(0, first - _CARD_WORD_REACH) : first]) is not None
    )


def _landlines(run: Run) -> Iterator[_Found]:
    for found in _LANDLINE.finditer(run.digits):
        start = found.start()
        first = run.span(start, start + 1)[0]
        before = run.text[first - 1 : first]
        if not run.may_begin(start) or before == "." or (run.digits[start] == "8" and before != "+"):
            continue
        for end in (found.end(1) + 8, found.end(1) + 7):
            if run.digits[start:end].isdigit() and end <= len(run.digits) and _is_landline(run, start, end):
                yield "landline", start, end, 0.8
                break


def _is_landline(run: Run, start: int, end: int) -> bool:
    if not run.may_end(end) or run.is_explained(start, end):
        return False
    sizes = [len(group) for group in run.groups(start, end)]
    is_tight = all(_TIGHT.fullmatch(gap) for gap in run.gaps(start, end)) or not _is_loose(run, start, end)
    return (min(sizes) >= 3 and is_tight) or run.is_spelt(start, end) or run.digits[start] == "8"


# Long kinds before short ones, and clear groupings before odd ones.
_FINDERS: tuple[Callable[[Run], Iterator[_Found]], ...] = (
    _id_cards,
    _old_id_cards,
    _clear_mobiles,
    partial(_cards, is_card=_is_clear_card),
    _unbroken_mobiles,
    partial(_cards, is_card=_is_odd_card),
    _odd_mobiles,
    _landlines,
)


def _read(run: Run) -> Iterator[Hit]:
    """The numbers of one run; what one finder takes is no digit any more for the next."""
    for find in _FINDERS:
        pieces: list[str] = []
        position = 0
        for kind, start, end, score in find(run):
            if start >= position:
                pieces += run.digits[position:start], "#" * (end - start)
                position = end
                yield Hit(kind, *_reach(run, kind, start, end), score)
        if pieces:
            run.digits = "".join(pieces) + run.digits[position:]


def _reach(run: Run, kind: str, start: int, end: int) -> tuple[int, int]:
    """The range of the text, with the plus before, the extension or the check letter behind."""
    first, behind = run.span(start, end)
    if run.digits.startswith("86", start) and run.text[first - 1 : first] == "+":
        first -= 1
    if kind == "landline" and (extension := _EXTENSION.match(run.text, behind)):
        behind = extension.end()
    if kind == "id_card" and end - start == 17 and (letter := _CHECK_X.match(run.text, behind)):
        behind = letter.end()
    return first, behind


_ALPHABETS = (RunFinder("0-9", SHORTEST), RunFinder("".join(DIGIT_FORMS), SHORTEST))


def numbers(text: str) -> Iterator[Hit]:
    """Mobile, landline, ID card and bank card numbers, also where words interrupt them or letters stand for digits."""
    yield from _numbers(text)
    yield from within_interruptions(text, _numbers)


def _numbers(text: str) -> Iterator[Hit]:
    """The same as they stand, none overlapping another.

    ASCII digits are read first, so that the 一 of 一直 after a number is not taken for its last digit. A wrong check
    digit is a slip of the pen, not an excuse. What an order or a contract calls its number is no bank card, unless it
    is a right UnionPay number.
    """
    for runs in _ALPHABETS:
        taken: list[Hit] = []
        for run in runs(text):
            hits = list(_read(run))
            taken += hits
            yield from hits
        text = without(text, taken)
