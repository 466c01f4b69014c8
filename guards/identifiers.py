"""Find codes and handles that identify a person in folded text, in linear time."""

import re
from collections.abc import Iterator

from stdnum.cn import uscc

from guards.identity_numbers import DIGIT, NO_DIGIT_AFTER, Finder, Hit, id_card_score, in_order_number

_USCC = re.compile(r"(?<![0-9a-z])[1-9][0-9]{7}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])")


def credit_codes(text: str) -> Iterator[Hit]:
    """Unified social credit codes with a right check digit."""
    for found in _USCC.finditer(text):
        if uscc.is_valid(found[0]) and not id_card_score(found[0]):
            yield Hit("uscc", found.start(), found.end(), 1.0)


def _pattern(kind: str, pattern: str, score: float, *, order_numbers: bool = True) -> Finder:
    """A finder for group 1 of a pattern, or the whole of it."""
    compiled = re.compile(pattern)
    group = min(compiled.groups, 1)

    def find(text: str) -> Iterator[Hit]:
        for found in compiled.finditer(text):
            if order_numbers or not in_order_number(text, found.start()):
                yield Hit(kind, *found.span(group), score)

    return find


_EDGE = r"(?<![0-9a-z])"
_END = r"(?![0-9a-z])"
_IS = r"(?:号码?|账号|帐号|id)?[是为叫:,，、 ]{0,3}"

passports = _pattern(
    "passport",
    rf"{_EDGE}(?:[eg] ?[0-9]{{8}}|e[a-hj-np-z] ?[0-9]{{7}}|[dsp]e? ?[0-9]{{7,8}}|(?<=护照)1[45][0-9]{{7}}|"
    rf"(?<=护照号)1[45][0-9]{{7}}|(?<=护照号码)1[45][0-9]{{7}}){_END}",
    0.7,
    order_numbers=False,
)
hk_macao_permits = _pattern(
    "hk_macao_permit",
    rf"{_EDGE}(?:[chmw] ?[0-9]{{8}}(?:[0-9]{{2}})?|c[a-hj-np-z] ?[0-9]{{7}}){_END}",
    0.7,
    order_numbers=False,
)
taiwan_permits = _pattern(
    "taiwan_permit",
    rf"{_EDGE}[tl] ?[0-9]{{8}}{_END}"
    rf"|(?:台胞证|(?:台湾居民来往大陆|台湾)通行证){_IS}[0-9]{{8}}(?:[0-9]{{2}})?{NO_DIGIT_AFTER}",
    0.7,
)
emails = _pattern(
    "email",
    rf"(?:[a-z0-9._%+\-]{{1,64}}|{DIGIT}{{5,64}})(?: ?@ ?| ?艾特 ?| ?\(at\) ?)[a-z0-9][a-z0-9\-]{{0,62}}"
    r"(?: ?[.点] ?[a-z0-9][a-z0-9\-]{0,62}){1,5}",
    0.9,
)
wechats = _pattern(
    "wechat",
    r"(?:[微薇威]信|wechat|weixin|(?<![a-z0-9])[vw]x|(?<![a-z0-9])v信|加(?:我|个|一下)?v)"
    rf"{_IS}([a-z][a-z0-9_\-]{{5,}}|{DIGIT}{{6,}}{NO_DIGIT_AFTER})",
    0.8,
)
qqs = _pattern("qq", rf"(?:(?<![a-z0-9])qq|扣扣|企鹅号){_IS}((?![0零〇洞]){DIGIT}{DIGIT}{{4,10}}){NO_DIGIT_AFTER}", 0.8)
licence_plates = _pattern(
    "licence_plate",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领](?!app)[a-hj-np-z][ \-·]?"
    r"(?:(?=(?:[a-hj-np-z]{0,2}[0-9]){3})[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学警港澳]|[a-hj-k][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[a-hj-k])"
    rf"{_END}",
    0.8,
)
