"""Find dates of birth in folded text: a day that words such as 出生, 生日 or 生的 say somebody was born on."""

import re
from collections.abc import Iterator
from itertools import product

from guards.personal_data.cues import WordsAndPattern, listed
from guards.personal_data.hits import Hit
from guards.personal_data.people import PUBLIC
from guards.text.digits import DIGIT_FORMS, with_ascii_digits

# The text has ASCII digits, whatever was written: 二十三 is 2十3 here.
_CALENDAR = "(?:[农阴旧阳公新]历)?"
_TENS = "(?:[1-9]?十[1-9]?|[廿卅][1-9]?)"
_MONTH = r"(?:(?:1[0-2]|0?[1-9])(?![0-9])|十[12]?|闰?[正冬腊](?=月)|闰(?:[1-9]|十[12]?))"
_DAY = rf"(?:(?:3[01]|[12][0-9]|0?[1-9])(?![0-9十])|{_TENS}|初(?:[1-9]|十))"
_MONTH_AND_DAY = rf"{_MONTH} ?月份? ?{_DAY}(?: ?[日号])?+"
_YEAR = "(?<![0-9])(?:(?:19|20)[0-9]{2}|[0-9]{2})"
_WITH_YEAR = (
    rf"{_YEAR} ?年 ?,?{_CALENDAR} ?(?:{_MONTH_AND_DAY}|{_MONTH} ?月)"
    rf"|(?<![0-9])(?:19|20)[0-9]{{2}} ?(?P<sign>[-./]) ?{_MONTH} ?(?P=sign) ?(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2} ?(?:0[1-9]|1[0-2]) ?(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|(?<![0-9]){_CALENDAR}{_MONTH_AND_DAY},{{0,2}} ?{_YEAR} ?年"
)
_WITHOUT_YEAR = rf"(?<![0-9年十]){_CALENDAR}{_MONTH_AND_DAY}"
_NO_DEADLINE = "(?![0-9.]| ?(?:之?[前后]|以[前后]|截止|到期|止|起|开始|[至到~]|内|当[天日]|-))"

_SAYS = (
    "(?:就?[是为在于填写:=,]|[填写登记录]+的?[是为]|身份证上?|应该|系统里?|那一?[栏项]"
    r"|我?[念报说]一?[下遍]|is|[ \"'(]|的?(?:日期|时间)"
    "|年月日?|日(?=[是为:]))"
)
_BORN = "出生(?!地|证|率|人口|缺陷)|生日|生于|生辰(?:8字)?|(?<![a-z])(?:dob|date of birth|birth ?da(?:y|te))(?![a-z])"
_BEHIND_CUE = re.compile(rf"(?:{_BORN}){_SAYS}{{0,6}}(?P<date>{_WITH_YEAR}|{_WITHOUT_YEAR}{_NO_DEADLINE})")
_OF_SOMEBODY = "[我您你他她]|[爸妈儿女孩宝]"
# What is given, sold or done for a birthday has a day of its own.
_NO_TREAT = (
    "(?![券礼卡月季会宴周专快祝惠]|派对|蛋糕|福利|特权|红包|优惠|活动|套餐|当[天月日]|权益|折扣|积分|双倍"
    "|聚会|歌|那[天月])"
)
_BEFORE_CUE = re.compile(
    rf"(?P<date>{_WITH_YEAR}) ?(?:那天|的时候|凌晨|早上|晚上|上午|下午|在[\u4e00-\u9fff]{{2,6}})?,? ?[才就刚]?"
    rf"(?:出生|降生|生(?:的(?!效)|人|于|$|(?=[,。;!?？、)]))|(?:[就才]?是.{{0,6}}?)?的?生日{_NO_TREAT})"
)
_BARE_BEFORE_CUE = re.compile(
    rf"(?P<date>{_WITHOUT_YEAR}) ?(?:出生|生的(?!效)|[就才]?是(?:{_OF_SOMEBODY}).{{0,4}}?生日{_NO_TREAT})"
)
_OWNERS = re.compile(
    "(?:公司|平台|品牌|银行|商城|app|祖国|国家|中国|建[党国军]|学校|母校|[店厂]|企业|集团|产品|偶像|明星)[的 ]{0,2}$"
)
"""Who has a birthday and is no person."""
_REACH = 12

BIRTH = WordsAndPattern(
    [
        *listed("出生 生日 生于 生辰 dob birth 降生"),
        *(f"{sign}生" for sign in "日号月十" + "".join(DIGIT_FORMS)),
    ],
    re.compile(
        rf"[0-9{''.join(DIGIT_FORMS)}十][年月\-./]|[正冬腊]月|(?:19|20)[0-9]{{6}}|[12１２一二][九零〇0-9].{{6}}"
    ),
)
"""A cue: without it, nobody's date of birth is told."""


def births(text: str) -> Iterator[Hit]:
    """Days on which somebody is said to be born, with the year, or without it where the day is somebody's birthday.

    Days of campaigns, of what is given for a birthday, and of the birth of firms and of persons of history are none.
    """
    # As it is written first: the 二 of 老二14年 is no part of the year.
    for digits, pattern in product((text, with_ascii_digits(text)), (_BEHIND_CUE, _BEFORE_CUE, _BARE_BEFORE_CUE)):
        for found in pattern.finditer(digits):
            if not _is_known_to_all(text, found.start()):
                yield Hit("date_of_birth", *found.span("date"), 0.7)


def _is_known_to_all(text: str, start: int) -> bool:
    """Whether what stands before names a firm, a country or a person of history."""
    before = text[max(0, start - _REACH) : start]
    return _OWNERS.search(before) is not None or any(name in before for name in PUBLIC)
