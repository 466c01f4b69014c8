"""Read sizes, shares and read-out digits out of matches of `guards.number_patterns.TOKEN`."""

import re
from decimal import Decimal

from guards.number_drafts import Draft, Reader, Value, plain_digits
from guards.number_patterns import UNITS
from guards.numerals import DIGITS, LARGE_UNITS, Reading, read
from guards.types import Quantity

_HALF = Decimal("0.5")
_FACTORS = {unit: (quantity, Decimal(size)) for unit, (quantity, size) in UNITS.items()}
_TALK_COUNTERS = frozenset("步种句遍声页")
_TALK_NOUN = re.compile(
    "办法|方案|选择|问题|事|方面|地方|方式|途径|渠道|步骤|原因|数|字|重点|要点|好处|建议|小?提醒|情况|选项|信息|词|时间"
)
_INTEREST = re.compile("[息利][^，。！？；、]{0,4}$")
_INTEREST_AFTER = re.compile("[半一二三四五六七八九]?的?[利息]")
_HALVES = {
    "年": (Quantity.TERM, "6"),
    "月": (Quantity.TERM, "0.5"),
    "季度": (Quantity.TERM, "1.5"),
    "小时": (Quantity.MINUTES, "30"),
    "钟头": (Quantity.MINUTES, "30"),
    "分钟": (Quantity.MINUTES, "0.5"),
    "价": (Quantity.DISCOUNT, "5"),
    "日": (Quantity.DAYS, "0.5"),
    "周": (Quantity.DAYS, "3.5"),
}
_SCALES = "百千万亿"
_ROUGH_MONEY = ("元", "元钱", "块钱", "毛钱", "角钱", "分钱")
_ARABIC = re.compile("[0-9]")
_TENTHS = frozenset("0123456789一二三四五六七八九半几")
"""What may follow 个点 as tenths of a per cent (十五个点四), so that the value is not read in full."""
_MARKERS = {"一天": "day", "一个月": "month", "一年": "year"}


def _read_clock(match: re.Match[str]) -> Draft:
    return Draft(Quantity.DIGITS, match[0], match.start(), match.end())


def _read_digits(match: re.Match[str]) -> Draft:
    name = match.lastgroup or ""
    return Draft(Quantity.DIGITS, plain_digits(match[name]), match.start(name), match.end(name))


def _read_fraction(match: re.Match[str]) -> Draft | None:
    whole, share = read(match["parts"]), read(match["share"])
    if whole is None or share is None or not whole.value:
        return Draft(Quantity.RATE, Decimal(0), match.start(), match.end(), vague=True)
    value = share.value * 100 / whole.value
    return Draft(Quantity.RATE, value, match.start(), match.end(), vague=share.vague or whole.vague)


def _read_whole(match: re.Match[str]) -> Draft:
    return Draft(Quantity.RATE, Decimal(100), match.start(), match.end())


def _read_rough(match: re.Match[str]) -> Draft:
    """百把块, 三点几, 个把月 name no single value; 俩月 and 半拉月 do."""
    text, start, end = match[0], match.start(), match.end()
    if match["pair"]:
        quantity, size = _FACTORS[("个" if match["pair_unit"] == "月" else "") + match["pair_unit"]]
        return Draft(quantity, size * (2 if match["pair"] == "俩" else 3), start, end)
    if text == "半拉月":
        return Draft(Quantity.TERM, _HALF, start, end)
    if "几" in text:
        return Draft(Quantity.RATE, Decimal(0), start, end, vague=True)
    unit = next((unit for unit in ("月", "年", "礼拜", "星期", "钟头", "小时") if text.endswith(unit)), "元")
    quantity, size = _FACTORS["个月" if unit == "月" else unit]
    return Draft(quantity, size, start, end, vague=True)


def _read_half(match: re.Match[str]) -> Draft:
    if match["half_of"]:
        return Draft(Quantity.RATE, Decimal(50), match.start(), match.end())
    quantity, size = _HALVES[match["half_unit"]]
    return Draft(quantity, Decimal(size), match.start(), match.end())


def _read_number(match: re.Match[str]) -> Draft | None:
    run, start, end = match["run"], match.start(), match.end()
    arabic, before = run[0].isascii(), match.string[start - 1 : start]
    reading = read(run)
    if match["unit"] == "折":
        return _read_discount(match, reading)
    if reading is None:
        # Nothing that can be read, but too much to be chance: never a fact, so never let through.
        draft = Draft(Quantity.DIGITS, plain_digits(run), start, end) if arabic or len(run) > 2 else None
    elif before == "第":
        draft = Draft(Quantity.DIGITS, str(reading.value), start, end)
    else:
        value, vague = reading
        if match["loose"] or (run[0] in _SCALES and before in ("上", "数")):
            value, vague = value * LARGE_UNITS.get(match["scale"] or "", 1), True
        draft = _read_sized(match, value, vague, arabic)
    if draft is None and _ARABIC.search(match[0]):
        return Draft(Quantity.DIGITS, plain_digits(match[0]), start, end)
    return draft


def _read_sized(match: re.Match[str], value: Decimal, vague: bool, arabic: bool) -> Draft | None:
    run, unit = match["run"], match["unit"]
    if unit is None:
        return _bare(match, value, vague, arabic)
    if (run == "几" and unit not in _ROUGH_MONEY) or (run[0] in _SCALES and unit[0] not in "元块%"):
        return None
    if unit == "分" or match["counter"]:
        return _read_count(match, value, vague, arabic)
    return _read_measure(match, value, vague)


def _read_measure(match: re.Match[str], value: Decimal, vague: bool) -> Draft | None:
    """A numeral with a unit of money, rate or time."""
    run, unit, end = match["run"], match["unit"], match.end()
    if unit == "块" and run == "一" and match.string[end : end + 1] in ("上", "多"):
        return None
    quantity, factor = _FACTORS[unit]
    if "半" in unit:
        value += _HALF
    value = value / 60 if unit[0] == "秒" else value * factor
    if quantity is Quantity.MONEY:
        value += _change(match)
    if unit == "个点" and match.string[end : end + 1] in _TENTHS:
        vague = True
    draft = Draft(quantity, value, match.start(), end, vague, bool(match["loose"]), factor=factor, scale=_scale(run))
    draft.marker = _MARKERS.get(match[0])
    return draft


def _read_count(match: re.Match[str], value: Decimal, vague: bool, arabic: bool) -> Draft | None:
    """A numeral with a counter. 分 is interest (月息一分), else points, which in Chinese numerals are few by idiom."""
    start, end, unit, text = match.start(), match.end(), match["unit"], match.string
    if unit != "分":
        is_claim = arabic or not _is_article_or_talk(value, unit, text, end)
    elif _INTEREST.search(text, max(0, start - 8), start) or _INTEREST_AFTER.match(text, end):
        return Draft(Quantity.RATE, value, start, end, vague)
    else:
        is_claim = arabic or value >= 100
    return Draft(Quantity.COUNT, value, start, end, vague) if is_claim else None


def _scale(run: str) -> int:
    return LARGE_UNITS.get(run[-1], 1)


def _change(match: re.Match[str]) -> Decimal:
    jiao, fen = match["jiao"] or match["tail_jiao"], match["fen"] or match["only_fen"]
    tenths = DIGITS.get(jiao, jiao) if jiao else 0
    hundredths = DIGITS.get(fen, fen) if fen else 0
    return Decimal(f"0.{tenths}{hundredths}")


def _read_discount(match: re.Match[str], reading: Reading | None) -> Draft:
    run = match["run"]
    if len(run) == 2 and all(character in DIGITS for character in run):
        reading = Reading(Decimal(f"{DIGITS[run[0]]}.{DIGITS[run[1]]}"))
    value, vague = reading or Reading(Decimal(0), vague=True)
    return Draft(Quantity.DISCOUNT, value if value < 10 else value / 10, match.start(), match.end(), vague)


def _is_article_or_talk(value: Decimal, unit: str, text: str, end: int) -> bool:
    if value == 1:
        return unit not in ("名额", "席位") and not text.startswith(("名额", "席位"), end)
    return value <= 10 and (
        unit in _TALK_COUNTERS or (unit in ("个", "件") and _TALK_NOUN.match(text, end) is not None)
    )


def _bare(match: re.Match[str], value: Decimal, vague: bool, arabic: bool) -> Draft | None:
    """A numeral without a unit: 20万 is money, 6789 digits, 三 nothing unless its neighbour lends a unit (三到五天)."""
    run, start, end = match["run"], match.start(), match.end()
    loose = bool(match["loose"])
    scale = _scale(run)
    named: tuple[Quantity, Value] | None = None
    sized = any(character in run for character in _SCALES) or match["scale"]
    if match.string[start - 1 : start] == "¥" or (sized and (run[0] not in _SCALES or len(run) > 1 or vague)):
        named = (Quantity.MONEY, value)
    elif arabic:
        named = (Quantity.DIGITS, plain_digits(run))
    elif "十" in run or "廿" in run or "点" in run:
        named = (Quantity.DIGITS, str(value)) if len(run) > 1 and not vague else None
    elif len(run) > 2:
        named = (Quantity.DIGITS, plain_digits(run))
    return Draft(None, value, start, end, vague, loose, scale=scale, bare=named)


SIZE_READERS: dict[str, Reader] = {
    "clock": _read_clock,
    "tail": _read_digits,
    "line": _read_digits,
    "groups": _read_digits,
    "fraction": _read_fraction,
    "whole": _read_whole,
    "rough": _read_rough,
    "half": _read_half,
    "number": _read_number,
}
