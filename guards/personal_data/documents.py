"""Find codes that identify a person, a firm or a car in folded text, in linear time."""

import re
from collections.abc import Iterator

from stdnum.cn import uscc

from guards.personal_data.checksums import id_card_score, in_order_number
from guards.personal_data.cues import WordsAndPattern, listed
from guards.personal_data.digit_runs import DIGIT
from guards.personal_data.hits import Finder, Hit, without
from guards.text.digits import DIGIT_FORMS, digits_of

_EDGE = "(?<![0-9a-z])"
_END = "(?![0-9a-z])"
_IS = r"(?:号码?)?[是为:, ]{0,3}"
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PLATE_LETTER = "[a-hj-np-z]"


def _digits(count: int) -> str:
    """That many digits, with a space or a hyphen between two of them or none."""
    return rf"[#](?:[ \-]?[#]){{{count - 1}}}"


def _pattern(kind: str, pattern: str, score: float, *, order_numbers: bool = False) -> Finder:
    """A finder for the group of a pattern that took part, or the whole match; # stands for the digits of a class.

    ASCII digits are read first, so that the 一 of 一直 after a code is not taken for a part of it.
    """
    written, spoken = (re.compile(pattern.replace("#", forms)) for forms in ("0-9", "".join(DIGIT_FORMS)))

    def find(text: str) -> Iterator[Hit]:
        for compiled in (written, spoken):
            hits = [
                Hit(kind, *found.span(found.lastindex or 0), score)
                for found in compiled.finditer(text)
                if order_numbers or not in_order_number(text, found.start())
            ]
            yield from hits
            text = without(text, hits)

    return find


_CREDIT_CODES = _pattern(
    "uscc",
    rf"{_EDGE}(?![0零〇洞])[#](?:[ \-]?[#]){{7}}(?:[ \-]?[#a-hj-npqrtuwxy]){{10}}{_END}",
    1.0,
    order_numbers=True,
)


def credit_codes(text: str) -> Iterator[Hit]:
    """Unified social credit codes with a right check digit."""
    for hit in _CREDIT_CODES(text):
        code = digits_of(text[hit.start : hit.end])
        if uscc.is_valid(code) and not (code[:17].isdigit() and id_card_score(code)):
            yield hit


passports = _pattern(
    "passport",
    rf"{_EDGE}(?:[eg][ \-]?{_digits(8)}|e[a-hj-np-z][ \-]?{_digits(7)}|[dsp]e?[ \-]?{_digits(7)}[#]?){_END}"
    rf"|护照{_IS}([1一幺壹][45四五肆伍]{_digits(7)}){_END}"
    rf"|(?:护照|passport) ?(?:number|no\.?)?{_IS}([a-z]{{1,2}}[ \-]?{_digits(7)}[#]?){_END}",
    0.7,
)
hk_macao_permits = _pattern(
    "hk_macao_permit",
    rf"{_EDGE}(?:[chmw][ \-]?{_digits(8)}(?:[ \-]?{_digits(2)})?|c[a-hj-np-z][ \-]?{_digits(7)}){_END}",
    0.7,
)
taiwan_permits = _pattern(
    "taiwan_permit",
    rf"(?<!/){_EDGE}[tl][ \-]?{_digits(8)}{_END}"
    rf"|(?:台胞证|(?:台湾居民来往大陆|台湾)通行证){_IS}{_digits(8)}(?:{_digits(2)})?(?![0-9])",
    0.7,
    order_numbers=True,
)
_PLATE_SIGN = r"(?: ?(?:[\-·.]|[中横短]?杠|点|空格) ?| )?"
PLATE = re.compile(rf"[{_PLATE_PROVINCES}] ?(?!app){_PLATE_LETTER}(?:{_PLATE_SIGN}|,)(?:[a-z0-9]|{DIGIT}){{4}}")
"""A cue: without it, there is no licence plate."""
licence_plates = _pattern(
    "licence_plate",
    rf"[{_PLATE_PROVINCES}] ?(?!app){_PLATE_LETTER}{_PLATE_SIGN}"
    rf"(?:(?=(?:{_PLATE_LETTER}{{0,2}}[#]){{3}})[a-hj-np-z#]{{4}}[a-hj-np-z#挂学警港澳]"
    rf"|[a-hj-k][a-hj-np-z#][#]{{4}}|[#]{{5}}[a-hj-k]){_END}"
    # A dot or the word for plates makes certain of what has one letter or digit more, or a comma.
    rf"|[{_PLATE_PROVINCES}] ?{_PLATE_LETTER} ?· ?(?=(?:{_PLATE_LETTER}{{0,2}}[#]){{4}})[a-hj-np-z#]{{6}}{_END}"
    rf"|车[牌号][^。;!?]{{0,14}}?([{_PLATE_PROVINCES}] ?{_PLATE_LETTER},(?=(?:{_PLATE_LETTER}{{0,2}}[#]){{3}})"
    rf"[a-hj-np-z#]{{5}}){_END}",
    0.8,
    order_numbers=True,
)

_CERTIFICATES = (
    "军官证|士兵证|士官证|警官证|军人证|军人保障卡|文职证|学员证|退伍证|退役证|残疾证|残疾人证|社保卡?|社会保障卡"
    "|医保卡?|公积金|学生证|学籍|出生证明?|结婚证|离婚证|房产证|不动产权?证书?|驾驶证|驾照|行驶证"
    "|户口[本簿]|居住证|居留证|回乡证|通行证|证件"
)
certificates = _pattern(
    "certificate",
    rf"(?:{_CERTIFICATES})(?:的?(?:证件?)?(?:号码?|编号|账号|卡号))?(?:就?[是为叫:]|[, ]){{0,3}}"
    r"((?:[\u4e00-\u9fff]{1,4}字(?:\(?[0-9]{4}\)?)?第? ?)?(?:[a-z]{1,3}[ \-]?)?[#](?:["
    r" \-]?[#]){4,19}(?:[a-z][#]{0,4})?(?![0-9]| ?[元块万年月日天]) ?号?)",
    0.3,  # less than a kind that the number itself shows
    order_numbers=True,
)
CERTIFICATE = WordsAndPattern(
    [
        *listed(
            "军官证 士兵证 士官证 警官证 军人证 军人保障卡 文职证 学员证 退伍证 退役证 残疾证 残疾人证 社保 "
            "社会保障卡 医保 公积金 学生证"
        ),
        *listed(
            "学籍 出生证 结婚证 离婚证 房产证 产权证 驾驶证 驾照 行驶证 户口本 户口簿 居住证 居留证 回乡证 通行证 证件"
        ),
    ],
    re.compile(rf"(?:{_CERTIFICATES}).{{0,20}}{DIGIT}"),
)
"""A cue: without it, no other certificate is named."""
