"""Whether digits are an ID card or a bank card number, and whether they are introduced as something else."""

import re
from datetime import date, datetime

from stdnum import luhn
from stdnum.cn import ric

_ORDER = re.compile(
    r"(?:(?:订单|流水|合同|借据|工单|交易|凭证|受理|案件|保单|运单|快递|发票|批次|参考|业务|申请|协议|产品)"
    r"(?:编号|编码|代码|号码|单号|号)?|编号|单号)[是为: #]{0,4}(?:[a-z]{1,8}[ _\-]?){0,2}$"
)
_ORDER_REACH = 32
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")


def in_order_number(text: str, start: int) -> bool:
    """Whether the words before `start` introduce the number of an order, a contract or the like."""
    return _ORDER.search(text[max(0, start - _ORDER_REACH) : start]) is not None


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
    """How surely these 15 or 18 digits (the last may be x) are an ID card number: 0 without a plausible birthday."""
    if len(digits) == 15:
        return 0.6 if _is_day("19" + digits[6:8], digits[8:10], digits[10:12]) else 0.0
    if not _is_day(digits[6:10], digits[10:12], digits[12:14]):
        return 0.0
    return 1.0 if ric.calc_check_digit(digits.upper()) == digits[-1].upper() else 0.6


def bank_card_score(digits: str) -> float:
    """How surely these 13 to 19 digits are a bank card number: 0 for what is better explained otherwise."""
    if _MOBILE.fullmatch(digits) or _is_time(digits) or (len(digits) in (15, 18) and id_card_score(digits)):
        return 0.0
    return 1.0 if luhn.is_valid(digits) else 0.6
