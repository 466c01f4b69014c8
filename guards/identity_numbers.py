"""Find telephone, ID card and bank card numbers in folded text, in linear time."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from stdnum import luhn
from stdnum.cn import ric

from guards.spelling import DIGIT_FORMS, digits_of


class Hit(NamedTuple):
    """A kind of personal data, its range of the folded text, and how sure the finder is (0 < score ≤ 1)."""

    kind: str
    start: int
    end: int
    score: float


Finder = Callable[[str], Iterable[Hit]]

DIGIT = f"[{''.join(DIGIT_FORMS)}]"
"""A character class: a digit in any form."""

NO_DIGIT_BEFORE, NO_DIGIT_AFTER = "(?<![0-9])", "(?![0-9])"
"""Chinese digits do not bound a number: 一 or 两 may belong to the sentence around it."""

_ORDER = re.compile(
    r"(?:(?:订单|流水|合同|借据|工单|交易|凭证|受理|案件|保单|运单|快递|发票|批次|参考|业务|申请)(?:编号|号码|单号|号)?"
    r"|编号|单号)[是为: #]{0,4}$"
)
_MOBILE_DIGITS = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_ID_DIGITS = re.compile(r"[1-9][0-9]{16}[0-9x]|[1-9][0-9]{14}")
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2})+")


def in_order_number(text: str, start: int) -> bool:
    """Whether the words before `start` introduce the number of an order, a contract or the like."""
    return _ORDER.search(text[max(0, start - 14) : start]) is not None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year < 2040
    except ValueError:
        return False


def _is_time(digits: str) -> bool:
    if len(digits) not in (14, 17) or not digits.startswith("20"):
        return False
    try:
        datetime.strptime(digits[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return False
    return True


def id_card_score(digits: str) -> float:
    """How surely these digits (lower-case x) are an ID card number: 0 without a plausible birthday."""
    if not _ID_DIGITS.fullmatch(digits):
        return 0.0
    if len(digits) == 15:
        return 0.6 if _is_day("19" + digits[6:8], digits[8:10], digits[10:12]) else 0.0
    if not _is_day(digits[6:10], digits[10:12], digits[12:14]):
        return 0.0
    return 1.0 if ric.calc_check_digit(digits.upper()) == digits[-1].upper() else 0.6


def bank_card_score(digits: str) -> float:
    """How surely these digits are a bank card number: 0 for what is better explained otherwise."""
    if not 13 <= len(digits) <= 19 or not digits.isdigit() or digits[0] == "0":
        return 0.0
    if id_card_score(digits) or _MOBILE_DIGITS.fullmatch(digits) or _is_time(digits):
        return 0.0
    return 1.0 if luhn.is_valid(digits) else 0.6


class _Alphabet:
    """The finders for numbers written in some of the forms of the ten digits."""

    def __init__(self, forms: Sequence[str]) -> None:
        def one_of(*values: int) -> str:
            return "[" + "".join(forms[value] for value in values) + "]"

        d = one_of(*range(10))
        nonzero, high = one_of(*range(1, 10)), one_of(*range(3, 10))
        zero, one, two, six, eight = (one_of(value) for value in (0, 1, 2, 6, 8))
        gap, hyphened, grouped, odd = r"[ \-()]{0,3}", r"[ \-]{0,2}", r"[ \-._·/|~]{1,2}", r"[._·/|~*,:]"
        between = r"[^0-9a-z\u3007\u4e00-\u9fff]{1,3}"
        # Four digits right after asterisks are what a mask shows of a card.
        no_shown_tail = rf"(?!(?<=\*\*){d}{{4}}{NO_DIGIT_AFTER})"
        area = rf"(?:{one}{zero}|{two}{d}|{high}{d}{{2}})"
        self._mobile = re.compile(
            rf"{NO_DIGIT_BEFORE}{no_shown_tail}(?:(?:\+|{zero}{zero})?{eight}{six}{gap}|{zero})?"
            rf"(?:{one}{gap}{high}(?:{gap}{d}){{9}}|{one}{high}{d}{odd}{d}{{4}}{odd}{d}{{4}}){NO_DIGIT_AFTER}"
        )
        self._landline = re.compile(
            rf"(?<![0-9.])(?:{zero}|\+{eight}{six}{gap}){area}{gap}{nonzero}{d}{{2,3}}[ \-]?{d}{{4}}{NO_DIGIT_AFTER}"
            rf"(?:(?:-|转|分机){d}{{1,6}}{NO_DIGIT_AFTER})?"
        )
        self._id_cards = (
            re.compile(
                rf"{NO_DIGIT_BEFORE}(?=({nonzero}(?:{hyphened}{d}){{16}}{hyphened}(?:{d}|[x叉]){NO_DIGIT_AFTER}))"
            ),
            re.compile(rf"(?<!{d})(?=({nonzero}(?:{hyphened}{d}){{14}}(?!{d})))"),
        )
        self._bank_card = re.compile(
            rf"{NO_DIGIT_BEFORE}(?<![0-9]\.){no_shown_tail}(?:"
            rf"{nonzero}{d}{{3}}(?:{grouped}{d}{{4}}){{2,3}}{grouped}{d}{{1,4}}|{six}{two}{d}{{4}}{grouped}{d}{{7,13}}|"
            rf"{nonzero}{d}{{12,18}}){NO_DIGIT_AFTER}"
        )
        self._spelt = re.compile(
            rf"(?<!{d}){d}(?!{d})(?:{between}{d}(?!{d})){{10,18}}(?:{between}[x叉](?![a-z]))?",
        )

    def find(self, text: str) -> Iterator[Hit]:
        """All numbers; the first of two that overlap is the likelier one."""
        yield from self._find_id_cards(text)
        for found in self._bank_card.finditer(text):
            digits = digits_of(found[0])
            score = bank_card_score(digits)
            if not score or (len(digits) < len(found[0]) and _YEARS.fullmatch(digits)):
                continue
            if not in_order_number(text, found.start()) or (score == 1.0 and digits.startswith("62")):
                yield Hit("bank_card", found.start(), found.end(), score)
        for found in self._mobile.finditer(text):
            yield Hit("mobile", found.start(), found.end(), 0.9)
        for found in self._landline.finditer(text):
            yield Hit("landline", found.start(), found.end(), 0.8)
        for found in self._spelt.finditer(text):
            digits = digits_of(found[0]).replace("叉", "x")
            if _MOBILE_DIGITS.fullmatch(digits):
                yield Hit("mobile", found.start(), found.end(), 0.7)
            elif score := id_card_score(digits):
                yield Hit("id_card", found.start(), found.end(), score)
            elif score := bank_card_score(digits):
                yield Hit("bank_card", found.start(), found.end(), score)

    def _find_id_cards(self, text: str) -> Iterator[Hit]:
        for pattern in self._id_cards:
            position = 0
            while found := pattern.search(text, position):
                position = found.start() + 1
                score = id_card_score(digits_of(found[1]).replace("叉", "x"))
                if score == 1.0 or (score and not in_order_number(text, found.start())):
                    yield Hit("id_card", *found.span(1), score)
                    position = found.end(1)


_ALPHABETS = (_Alphabet("0123456789"), _Alphabet(DIGIT_FORMS))


def numbers(text: str) -> Iterator[Hit]:
    """Mobile, landline, ID card and bank card numbers, none overlapping another.

    ASCII digits are read first, so that the 一 of 一直 after a number is not taken for its last digit, and long kinds
    before short ones, so that no mobile number is cut out of a card. A wrong check digit is a slip of the pen, not an
    excuse. What an order or a contract calls its number is no bank card, unless it is a right UnionPay number.
    """
    for alphabet in _ALPHABETS:
        taken = bytearray(len(text))
        for hit in alphabet.find(text):
            if not any(taken[hit.start : hit.end]):
                taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
                yield hit
        # A letter in its place: nothing reads across it.
        if any(taken):
            text = "".join(["z" if used else char for char, used in zip(text, taken, strict=True)])
