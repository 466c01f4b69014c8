"""Whether the facts of a request agree: with each other, with arithmetic, with the call and with the settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from app.approved.spoken import plain
from app.errors import FieldProblem
from guards.lexicon.rules import Scope, Strict
from guards.lexicon.scope import CHINA
from guards.types import Scenario

Value = Decimal | date | datetime | str | tuple[Decimal, ...] | tuple[str, ...]
Values = Mapping[str, Value]
AgreementId = Literal[
    "min_payment",
    "overdue_days",
    "due_ahead",
    "due_before",
    "campaign_end",
    "credit_limit",
    "principal",
    "monthly_rate",
    "instalment_terms",
    "instalment_principal",
    "instalment_term",
    "instalment",
    "as_of_call",
    "as_of_age",
]
_CENT = Decimal("0.01")
_FEWEST_PLACES = 2
"""A monthly rate that is rounded has at least so many decimals."""


class Agreement(Strict):
    """What one fact must agree with. `{would}` in the message becomes what would agree.

    `days`: how far ahead a day may lie. `per_cent`: how far an amount may be from what follows from others.
    """

    id: AgreementId
    scenarios: list[Scope]
    fact: str
    message: str
    days: int | None = None
    per_cent: Decimal | None = None

    def concerns(self, scenario: Scenario) -> bool:
        """Whether it holds in a scenario; one that names none holds in all."""
        return not self.scenarios or scenario in self.scenarios or scenario.group in self.scenarios


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings allow: the credit of one person in yuan, and the age of facts at the call."""

    credit_limit: Decimal = Decimal(200_000)
    age: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Situation:
    """What facts are held against beside each other."""

    call_time: datetime
    limits: Limits = Limits()

    @property
    def today(self) -> date:
        """The day of the call in China."""
        return self.call_time.astimezone(CHINA).date()


def disagreements(
    values: Values, scenario: Scenario, situation: Situation, agreements: Sequence[Agreement]
) -> Iterator[FieldProblem]:
    """Every fact that disagrees, with what would agree."""
    for agreement in agreements:
        if agreement.concerns(scenario):
            would = _CHECKS[agreement.id](values, situation, agreement)
            if would is not None:
                yield FieldProblem(f"facts.{agreement.fact}", agreement.message.replace("{would}", would))


def instalment_term(values: Values) -> int | None:
    """The number of instalments that a monthly payment is of, if the facts say it."""
    terms, chosen = values.get("terms"), values.get("instalment_terms")
    if isinstance(terms, tuple) and len(terms) == 1 and isinstance(terms[0], Decimal):
        return int(terms[0])
    return int(chosen) if isinstance(chosen, Decimal) and isinstance(terms, tuple) and chosen in terms else None


def instalment(principal: Decimal, annual_rate: Decimal, term: int, method: Literal["simple", "irr"]) -> Decimal:
    """The equal monthly instalment of a loan in yuan, by an annual rate in per cent: P·m / (1 - (1+m)^-n).

    The monthly rate m is a twelfth of the annual one for `simple`; for `irr`, compounded, it makes the annual one.
    """
    rate = annual_rate / 100
    monthly = rate / 12 if method == "simple" else (1 + rate) ** (Decimal(1) / 12) - 1
    return principal * monthly / (1 - (1 + monthly) ** -term) if monthly else principal / term


def _number(values: Values, name: str) -> Decimal | None:
    value = values.get(name)
    return value if isinstance(value, Decimal) else None


def _day(values: Values, name: str) -> date | None:
    value = values.get(name)
    return value if isinstance(value, date) else None


def _min_payment(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    least, due = _number(values, "min_payment"), _number(values, "amount_due")
    return plain(due) if least is not None and due is not None and least > due else None


def _overdue_days(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    days, due = _number(values, "overdue_days"), _day(values, "due_date")
    if days is None or due is None:
        return None
    counted = (situation.today - due).days
    return None if days == counted else str(counted) if counted >= 0 else "left out"


def _due_ahead(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    due, first = _day(values, "due_date"), situation.today
    last = first + timedelta(days=agreement.days or 0)
    return None if due is None or first <= due <= last else f"{first} to {last}"


def _due_before(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    due = _day(values, "due_date")
    return None if due is None or due < situation.today else str(situation.today)


def _campaign_end(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    end = _day(values, "campaign_end")
    return None if end is None or end >= situation.today else str(situation.today)


def _credit_limit(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    limit, cap = _number(values, "credit_limit"), situation.limits.credit_limit
    return plain(cap) if limit is not None and limit > cap else None


def _principal(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    principal, limit = _number(values, "principal"), _number(values, "credit_limit")
    most = situation.limits.credit_limit if limit is None else limit
    return plain(most) if principal is not None and principal > most else None


def _monthly_rate(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    monthly, annual = _number(values, "monthly_rate"), _number(values, "annual_rate")
    if monthly is None or annual is None or monthly * 12 == annual:
        return None
    exponent = monthly.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    exact = annual / 12
    if places >= _FEWEST_PLACES and monthly == exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):
        return None
    return plain(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _instalment_terms(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    chosen, terms = _number(values, "instalment_terms"), values.get("terms", ())
    known = [one for one in terms if isinstance(one, Decimal)] if isinstance(terms, tuple) else []
    return None if chosen is None or chosen in known else ", ".join(map(plain, known)) or "which are missing"


def _instalment_principal(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    return "" if "monthly_payment" in values and "principal" not in values else None


def _instalment_term(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    named = instalment_term(values) is not None or "instalment_terms" in values
    return "" if "monthly_payment" in values and not named else None


def _instalment(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    paid, principal, rate = (_number(values, name) for name in ("monthly_payment", "principal", "annual_rate"))
    term = instalment_term(values)
    if paid is None or principal is None or rate is None or not term:
        return None
    method = values.get("rate_method")
    methods: Sequence[Literal["simple", "irr"]] = (
        ("simple",) if method == "simple" else ("irr",) if method == "irr" else ("simple", "irr")
    )
    due = [instalment(principal, rate, term, one) for one in methods]
    if any(abs(paid - one) * 100 <= one * (agreement.per_cent or 0) for one in due):
        return None
    return " or ".join(dict.fromkeys(plain(one.quantize(_CENT, ROUND_HALF_UP)) for one in due))


def _as_of_call(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    as_of, call = values.get("as_of"), situation.call_time
    return call.isoformat() if isinstance(as_of, datetime) and as_of > call else None


def _as_of_age(values: Values, situation: Situation, agreement: Agreement) -> str | None:
    as_of, oldest = values.get("as_of"), situation.call_time - situation.limits.age
    return oldest.isoformat() if isinstance(as_of, datetime) and as_of < oldest else None


Check = Callable[[Values, Situation, Agreement], str | None]
"""What would agree, where something disagrees; None where all is well or a fact is missing."""

_CHECKS: Mapping[AgreementId, Check] = {
    "min_payment": _min_payment,
    "overdue_days": _overdue_days,
    "due_ahead": _due_ahead,
    "due_before": _due_before,
    "campaign_end": _campaign_end,
    "credit_limit": _credit_limit,
    "principal": _principal,
    "monthly_rate": _monthly_rate,
    "instalment_terms": _instalment_terms,
    "instalment_principal": _instalment_principal,
    "instalment_term": _instalment_term,
    "instalment": _instalment,
    "as_of_call": _as_of_call,
    "as_of_age": _as_of_age,
}
AGREEMENTS: frozenset[str] = frozenset(_CHECKS)
"""The ids of all: none may be missing from the file."""
