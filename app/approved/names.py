"""How a name is read aloud: digits, letters and signs as people say them, so that an engine need not guess."""

import re
import unicodedata

from app.approved.spoken import spoken_count
from guards.text.numerals import digit_by_digit, in_chinese, spoken_integer

_PAUSED = re.compile("[〇㐀-䶿一-鿿]+(?:[，、][〇㐀-䶿一-鿿]+)*")
_PIECE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)*)|(?P<word>[^\W0-9_]+)|(?P<signs>[\W_]+)")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_OF_YEARS = re.compile("[年版款季]")
_LONGEST = 8
"""Digits of the longest number that is read as a size before a measure word."""
_LONGEST_NAME = 40
_RANGE = re.compile(r"(?<![0-9.])([0-9]{1,8})-([0-9]{1,8})(?![0-9.])")
# After these two is 二 (二号); after the others 两 (两天).
_ORDER = re.compile("号(?!码)|[级版档款季]|代(?![理还付偿发购码表])|月(?!光)|日(?!常)")
_MEASURE = re.compile(
    "分钟|小时|元(?![旦宝])|块(?!链)|[角毛厘折倍秒位笔张件种步岁点口]|分(?![期行享公])|天(?![猫津然])|周(?![转边末全大小])|年(?![轻华化])"
    "|期(?![望待货])|个(?![人体性])|人(?![人民工生才])|次(?!日)|名(?![片品])|家(?![里长乡属中具电装居园庭政])|户(?![口外])"
    "|项(?!目)|成(?![功长立就])|百(?![姓货度合福])|千(?![金里家])|万(?![能科达家事和])|亿(?!家)"
)


def spoken_text(given: object) -> str:
    """The spoken form of a name as a request gives it.

    Raises:
        ValueError: where it holds more than Chinese characters and pauses between them.
    """
    text = given.strip() if isinstance(given, str) else ""
    if len(text) > _LONGEST_NAME or not _PAUSED.fullmatch(text):
        raise ValueError(
            "a text of 1 to 40 Chinese characters is expected, with ， or 、 for pauses: "
            "digits, Latin letters and other signs are read as each engine likes"
        )
    return text


def spoken_name(name: str) -> str:
    """A name as it is read aloud, without digits and signs: 360借条 is 三六零借条, 9.9元体验贷 is 九点九元体验贷.

    A number is read as one before a measure word, digit by digit elsewhere; Latin letters stay, as engines spell them.
    """
    name = _RANGE.sub(_spoken_range, _plain(name))
    said, signs, was_number = "", "", False
    for piece in _PIECE.finditer(name):
        text, is_number = piece[0], piece.lastgroup == "number"
        if piece.lastgroup == "signs":
            signs = text
            continue
        if signs and was_number and is_number:
            said += "，"
        elif signs and _is_latin(said[-1:]) and _is_latin(text[0]):
            said += " "
        said += _spoken_number(text, name, piece.end()) if is_number else text
        signs, was_number = "", is_number
    return said


def _plain(name: str) -> str:
    """The name with every digit an ASCII one and full-width letters and signs made narrow."""
    narrow = unicodedata.normalize("NFKC", name)
    return "".join([str(unicodedata.decimal(one)) if one.isdecimal() else one for one in narrow])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _spoken_range(found: re.Match[str]) -> str:
    """12-36期 is 十二到三十六期; two numbers that do not rise, or measure nothing, are no range."""
    low, high = found.groups()
    name, end = found.string, found.end()
    if int(low) >= int(high) or not (_ORDER.match(name, end) or _MEASURE.match(name, end)):
        return found[0]
    return f"{_spoken_number(low, name, end)}到{_spoken_number(high, name, end)}"


def _spoken_number(number: str, name: str, end: int) -> str:
    """A number before what stands at `end` of the name."""
    if "." in number:
        whole, *places = number.split(".")
        return "点".join([in_chinese(whole), *map(digit_by_digit, places)])
    is_read_out = len(number) > _LONGEST or (number[0] == "0" and len(number) > 1)
    if is_read_out or (_YEAR.fullmatch(number) and _OF_YEARS.match(name, end)):
        return digit_by_digit(number)
    if _ORDER.match(name, end):
        return spoken_integer(int(number))
    return spoken_count(int(number)) if _MEASURE.match(name, end) else digit_by_digit(number)
