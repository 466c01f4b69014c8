"""One fact of a request, read as the vocabulary's type says; a refusal never repeats what was given."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.approved.agreement import Value
from app.approved.names import spoken_text
from app.approved.vocabulary import FactSpec
from guards.types import Quantity

_LARGEST = Decimal(10) ** 12
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)


def parsed(given: Any, spec: FactSpec) -> Value:
    """One fact, converted to its type.

    Raises:
        ValueError: saying what was expected, never repeating the value.
    """
    match spec.type:
        case "decimal":
            return _decimal(given, 2 if spec.quantity is Quantity.MONEY else 6)
        case "integer":
            return _integer(given)
        case "integers":
            many = given if isinstance(given, list) else [given]
            if not 1 <= len(many) <= 12:
                raise ValueError("one to twelve whole numbers are expected")
            return tuple(_integer(one) for one in many)
        case "date":
            if not isinstance(given, str) or len(given) != len("2026-11-25") or given[4] != "-" or given[7] != "-":
                raise ValueError("a date such as 2026-11-25 is expected")
            try:
                return date.fromisoformat(given)
            except ValueError:
                raise ValueError("a date such as 2026-11-25 is expected") from None
        case "time":
            return _time(given)
        case "digits":
            least, most = spec.digits or (1, 32)
            bare = given.replace("-", "") if isinstance(given, str) else ""
            if not (bare.isascii() and bare.isdigit() and least <= len(bare) <= most):
                raise ValueError(f"a string of {least} to {most} digits is expected")
            return str(bare)
        case "choice":
            if given not in (spec.choices or []):
                raise ValueError(f"one of {', '.join(spec.choices or [])} is expected")
            return str(given)
        case "choices":
            if not isinstance(given, list) or not all(one in (spec.choices or []) for one in given):
                raise ValueError(f"a list of {', '.join(spec.choices or [])} is expected")
            return tuple(dict.fromkeys(str(one) for one in given))
        case "text":
            return _text(given) if spec.spoken_of is None else spoken_text(given)


def _decimal(given: Any, places: int) -> Decimal:
    if not isinstance(given, str):
        raise ValueError('a decimal string such as "3.6" is expected')
    if len(given) > 20 or not given.isascii() or not given.replace(".", "", 1).isdigit():
        raise ValueError('a decimal string such as "3.6" is expected')
    value = Decimal(given)
    exponent = value.as_tuple().exponent
    if value >= _LARGEST or (isinstance(exponent, int) and -exponent > places):
        raise ValueError(f"a number below 10^12 with at most {places} decimals is expected")
    return value


def _integer(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise ValueError("a whole number is expected")
    if isinstance(given, str) and not (given.isascii() and given.isdigit() and len(given) <= 9):
        raise ValueError("a whole number is expected")
    value = Decimal(int(given))
    if not 0 <= value < 10**9:
        raise ValueError("a whole number from 0 to 10^9 is expected")
    return value


def _time(given: Any) -> datetime:
    expected = "a time with an offset such as 2026-11-22T10:05:00+08:00 is expected"
    if not isinstance(given, str) or not _TIME.match(given):
        raise ValueError(expected)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(expected) from None
    if moment.utcoffset() is None:
        raise ValueError(expected)
    return moment


def _text(given: Any) -> str:
    if not isinstance(given, str) or not 1 <= len(given.strip()) <= 40:
        raise ValueError("a text of 1 to 40 characters is expected")
    text = given.strip()
    if any(not (character.isalnum() or character in "（）()·-. ") for character in text):
        raise ValueError("letters and numbers are expected, without braces, markup or control characters")
    if not any(character.isalnum() for character in text):
        raise ValueError("letters and numbers are expected, not signs alone")
    return text
