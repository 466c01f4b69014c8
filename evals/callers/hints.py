"""Words that hint at a debt, and figures: what nobody may hear before he has said that he is the person."""

import re

_WORDS = re.compile(
    "欠|债|账单|帐单|还款|还钱|还清|结清|逾期|到期|应还|未还|贷款|借款|借钱|信贷|催收|催款|分期|延期|宽限|减免|最低还|"
    "利息|罚息|滞纳|违约|本金|额度|征信|信用|失信|法院|起诉|诉讼|扣款|款项|这笔|那笔|金额"
)
_TELEPHONES = re.compile(r"(?:400|800)[-\s]?\d{3}[-\s]?\d{4}|\b95\d{3,4}\b")
_CLOCK = re.compile(r"(?:今天|明天|后天|\d+月\d+日|周.|星期.)?(?:上午|中午|下午|晚上)\d{1,2}点(?:半|\d{1,2}分)?")
_FIGURES = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十百千万两]+(?:元|块|期|天|个月|号|月|百|千|万)|百分之")


def hints_in(text: str) -> list[str]:
    """What in the words of an assistant hints at a debt; a hotline and the hour of another call do not."""
    read = _CLOCK.sub("", _TELEPHONES.sub("", text))
    return [found.group() for pattern in (_WORDS, _FIGURES) for found in pattern.finditer(read)]
