"""Whether the facts of a case hold a number: as they stand, or by one of a closed list of derivations."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from guards.numbers.dates import PartialDate
from guards.numbers.drafts import plain_digits
from guards.numbers.scan import Number, find
from guards.numbers.units import RATES
from guards.text.folding import Folding, fold
from guards.text.numerals import normalise_digits
from guards.text.sentences import FOLDED_SENTENCE_END
from guards.types import Fact, Quantity

_TOTAL = re.compile("(?:合计|一共|总共|共计|加起来|总计)[^。！？；!?;]{0,8}$")
_TAIL = re.compile("(?:尾号|末四位|后四位|末尾)[^，。！？；,!?;]{0,4}$")
_DUE_BEFORE = re.compile("(?:到期日?|截止日?期?|还款日|扣款日?|期限|最后一天)(?:就?[是为在到])?$")
_DUE_AFTER = re.compile(
    "(?:[就也才]?(?:是|要|该|得|会|应该)?|为)(?:您的?|系统|自动|账单|会|将|要){0,4}(?:最后|到期|截止|还款日|还款(?!吗|么|方便)|(?<![天日晚])还(?=[上清钱了])|扣款|自动扣)"
    "|(?:之|以)?前"
)
_NEAR = {"今": 0, "昨": -1, "明": 1}
_NEAR_BEFORE = re.compile("([今昨明])[天日][是,，]?$")
_PLACES_AFTER = re.compile("的?(?:活动)?(?:名额|席位)")
_PLACES_BEFORE = re.compile("(?:名额|席位|限量)[^。！？；!?;]{0,8}$|[前限]$")
_ENDS = re.compile("[，。！？；、,.!?;:)）\n 了吧呢可]|$")
_OF_PLACES = frozenset({"个", "位", "名", "份", "人"})
_ROUND_PRINCIPALS = frozenset({Decimal(100), Decimal(1000), Decimal(10000)})
_FEN = Decimal("0.01")
_RATE_PLACES = (Decimal("0.001"), Decimal("0.0001"))


class Ledger:
    """The facts of one case, by quantity. `today` None: what can only be told from it is not checked."""

    def __init__(self, facts: Sequence[Fact], today: date | None, days_in_year: tuple[int, ...]) -> None:
        self.today, self.days_in_year = today, days_in_year
        self._facts: dict[Quantity, list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(fact.quantity, []).append(fact)

    def grounds(self, text: str, number: Number) -> bool:
        """Whether the facts hold the number; `text` is what `number.span` refers to."""
        if number.vague:
            return False
        judge = _JUDGES.get(number.quantity)
        return self.holds(number) if judge is None else judge(text, number, self)

    def of(self, quantity: Quantity) -> Sequence[Fact]:
        """The facts of one quantity."""
        return self._facts.get(quantity, ())

    def holds(self, number: Number) -> bool:
        """Whether a fact has just this value."""
        return number.value in [fact.value for fact in self.of(number.quantity)]

    def annual_rates(self) -> list[Decimal]:
        """In per cent."""
        return [fact.value for fact in self.of(Quantity.RATE_ANNUAL) if isinstance(fact.value, Decimal)]


def is_daily_cost(text: str, principal: Number, cost: Number, ledger: Ledger) -> bool:
    """一万块钱一天一块: the interest of one day on a round principal, in fen, at an annual rate that is a fact."""
    if cost.per != "day" or cost.quantity is not Quantity.MONEY or principal.quantity is not Quantity.MONEY:
        return False
    if principal.vague or principal.per is not None or cost.vague or principal.is_foreign or cost.is_foreign:
        return False
    if principal.value not in _ROUND_PRINCIPALS and not ledger.holds(principal):
        return False
    if cost.span.start - principal.span.end > 10 or FOLDED_SENTENCE_END.search(
        text, principal.span.end, cost.span.start
    ):
        return False
    amount = principal.value
    return isinstance(amount, Decimal) and any(
        (amount * rate / 100 / days).quantize(_FEN, ROUND_HALF_UP) == cost.value
        for rate in ledger.annual_rates()
        for days in ledger.days_in_year
    )


def _grounds_rate(text: str, number: Number, ledger: Ledger) -> bool:
    """A rate whose period is not said: only where the facts leave no doubt which is meant."""
    return sum(any(fact.value == number.value for fact in ledger.of(period)) for period in RATES) == 1


def _grounds_daily_rate(text: str, number: Number, ledger: Ledger) -> bool:
    return ledger.holds(number) or any(
        number.value in (rate / days, *((rate / days).quantize(places, ROUND_HALF_UP) for places in _RATE_PLACES))
        for rate in ledger.annual_rates()
        for days in ledger.days_in_year
    )


def _grounds_money(text: str, number: Number, ledger: Ledger) -> bool:
    if number.is_foreign:
        return False
    facts = ledger.of(Quantity.MONEY)
    if number.per == "day":
        facts = [fact for fact in facts if "daily" in fact.name]
    elif number.per == "month":
        facts = [fact for fact in facts if "month" in fact.name] or facts
    if number.value in [fact.value for fact in facts]:
        return True
    if number.per is not None or not _TOTAL.search(text, max(0, number.span.start - 12), number.span.start):
        return False
    amounts = [fact.value for fact in facts if isinstance(fact.value, Decimal)]
    return any(first + second == number.value for first, second in combinations(amounts, 2))


def _grounds_count(text: str, number: Number, ledger: Ledger) -> bool:
    """The quota is a number of places, of nothing else; other counts are compared by value."""
    held = [fact for fact in ledger.of(Quantity.COUNT) if fact.value == number.value]
    return any(fact.name != "quota" or _counts_places(text, number) for fact in held)


def _counts_places(text: str, number: Number) -> bool:
    if number.unit in ("名额", "席位"):
        return True
    start, end = number.span.start, number.span.end
    return number.unit in _OF_PLACES and bool(
        _PLACES_AFTER.match(text, end)
        or (_PLACES_BEFORE.search(text, max(0, start - 12), start) and _ENDS.match(text, end))
    )


def _grounds_date(text: str, number: Number, ledger: Ledger) -> bool:
    """今天 and 明天 only tell when we talk, unless the words around them say that something is due then."""
    said, start, end = number.value, number.span.start, number.span.end
    is_near = isinstance(said, PartialDate) and said.days is not None
    if is_near and not (_DUE_AFTER.match(text, end) or _DUE_BEFORE.search(text, max(0, start - 12), start)):
        return True
    days = [fact.value for fact in ledger.of(Quantity.DATE) if isinstance(fact.value, date)]
    if ledger.today and (when := _NEAR_BEFORE.search(text, max(0, start - 4), start)):
        days.append(ledger.today + timedelta(days=_NEAR[when[1]]))  # 到今天12月7号 tells when we talk as well
    return isinstance(said, PartialDate) and any(said.matches(day, ledger.today) for day in days)


def _grounds_digits(text: str, number: Number, ledger: Ledger) -> bool:
    said = str(number.value)
    if ":" in said:
        return said in _clock_times(ledger)
    known = ledger.of(Quantity.DIGITS)
    if said in [plain_digits(_plain(fact)) for fact in known]:
        return True
    is_tail = _TAIL.search(text, max(0, number.span.start - 10), number.span.start)
    return bool(is_tail) and any(is_tail_of(said, fact) for fact in known)


def is_tail_of(said: str, fact: Fact) -> bool:
    """Whether these are the last four of the fact's digits."""
    return len(said) == 4 and plain_digits(_plain(fact)).endswith(said)


def _clock_times(ledger: Ledger) -> set[object]:
    """The clock times that the facts name, such as service hours 9:00-21:00."""
    facts = [*ledger.of(Quantity.TEXT), *ledger.of(Quantity.DIGITS)]
    return {number.value for fact in facts for number in find(_plain(fact))}


def _plain(fact: Fact) -> str:
    value = str(fact.value)
    return value if value.isascii() else normalise_digits(fold(value, Folding.PLAIN).text)


_JUDGES: dict[Quantity, Callable[[str, Number, Ledger], bool]] = {
    Quantity.MONEY: _grounds_money,
    Quantity.DATE: _grounds_date,
    Quantity.DIGITS: _grounds_digits,
    Quantity.COUNT: _grounds_count,
    Quantity.RATE: _grounds_rate,
    Quantity.RATE_DAILY: _grounds_daily_rate,
}
