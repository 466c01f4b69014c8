"""Whether digits are an ID card or a bank card number, and whether they are introduced as something else."""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

_ORDER = re.compile(
    r"(?:(?:订单|流水|合同|借据|工单|交易|凭证|受理|案件|保单|运单|快递|发票|批次|参考|业务|申请|协议|产品"
    r"|支付单?|退款|放款|还款|扣款|授信|账单|回执|登记|备案|档案|设备|机器|追踪|物流|取件|商户|终端|票据|电子|进件"
    r"|报案|立案|查询)的?"
    r"(?:编号|编码|代码|号码|单号|序号|号)?|编号|单号|序列号|条形码|条码|时间戳|案号"
    r"|(?<![a-z])(?:order|trace|request|time|ts|timestamp|serial)[ _]?(?:id|no|number|stamp)?)"
    r"(?:就?[是为]|[:=#\" ]){0,4}(?:[a-z]{1,8}[ _\-]?){0,2}$"
)
_ORDER_REACH = 32
_OTHERWISE_KNOWN = re.compile("1[0-9]{12}|1[4-9][0-9]{14}(?:[0-9]{3})?|106[0-9]{10,16}|(?:97[89]|69[0-9])[0-9]{10}")
_DAY = re.compile("20[0-4][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")


def in_order_number(text: str, start: int) -> bool:
    """Whether the words before `start` introduce the number of an order, a contract or the like."""
    return _ORDER.search(text[max(0, start - _ORDER_REACH) : start]) is not None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year < 2040
    except ValueError:
        return False


def _is_explained(digits: str) -> bool:
    """Whether these digits begin with a day, as orders do, count milliseconds, send SMS or stand on goods."""
    return _OTHERWISE_KNOWN.fullmatch(digits) is not None or _DAY.match(digits) is not None


def id_card_score(digits: str) -> float:
    """How surely these 15 or 18 digits (the last may be x) are an ID card number: 0 without a plausible birthday."""
    if len(digits) == 15:
        return 0.6 if _is_day("19" + digits[6:8], digits[8:10], digits[10:12]) else 0.0
    if not _is_day(digits[6:10], digits[10:12], digits[12:14]):
        return 0.0
    return 1.0 if ric.calc_check_digit(digits.upper()) == digits[-1].upper() else 0.6


def bank_card_score(digits: str) -> float:
    """How surely these 13 to 19 digits are a bank card number: 0 for what is better explained otherwise."""
    if _MOBILE.fullmatch(digits) or _is_explained(digits) or (len(digits) in (15, 18) and id_card_score(digits)):
        return 0.0
    return 1.0 if luhn.is_valid(digits) else 0.6
