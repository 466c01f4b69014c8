"""Read sizes, shares and read-out digits out of matches of `guards.numbers.grammar.TOKEN`."""

import re
from decimal import Decimal

from guards.numbers.drafts import Draft, Reader, Value, plain_digits
from guards.numbers.units import FOREIGN, ONE, UNITS
from guards.text.numerals import DIGITS, LARGE_UNITS, SMALL_UNITS, Numeral, read
from guards.types import Quantity

_HALF = Decimal("0.5")
_TALK_COUNTERS = frozenset("步种句遍声页")
_TALK_NOUN = re.compile(
    "办法|方案|选择|问题|事|方面|地方|方式|途径|渠道|步骤|原因|数|字|重点|要点|好处|建议|小?提醒|情况|选项|信息|词|时间|优惠|金额|数额|日子|概念|说法|不一样|不同"
)
_INTEREST = re.compile("[息利][^，。！？；、,!?;]{0,4}$")
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
_SIZED = frozenset(_SCALES)
_OPEN = _SCALES + "几"
"""Numerals that may begin with one of these, and then often are none (上百, 千八百, 几天)."""
_ROUGH_MONEY = ("元", "元钱", "块钱", "毛钱", "角钱", "分钱")
_MEASURED = re.compile(
    "(?:多|来|几)?(?:公里|里[路地]|千?米(?![饭粉线])|平方?米?(?![台均时常安])|厘米|毫米|公斤|千克|斤|克(?![服隆扣])|吨|毫?升(?![级高到])|座"
    "|亩|度(?:电|角)|匹|棵|颗(?!粒)|字(?![样号])|[头只](?=牛|羊|猪|鸡|鸭))"
)
"""What follows an amount that is none of money: 一百多米, 四千克."""
_ARABIC = re.compile("[0-9]")
_TENTHS = frozenset("0123456789一二三四五六七八九半几")
"""What may follow 个点 as tenths of a per cent (十五个点四), so that the value is not read in full."""
_MARKERS = {"一天": "day", "一个月": "month", "一年": "year"}
_YUAN_BEFORE = re.compile("(?:¥|人民币|rmb|cny) ?$")
_FOREIGN_BEFORE = re.compile("(?:" + "|".join(re.escape(name) for name in sorted(FOREIGN)) + ")$|[$€£₩₽₹฿₿] $")
_CURRENCY_ENDS = frozenset(name[-1] for name in FOREIGN) | {" "}


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


def _read_slang(match: re.Match[str]) -> Draft:
    """万五 after 息 or 率 is 万分之五."""
    parts = LARGE_UNITS.get(match["slang_parts"]) or SMALL_UNITS[match["slang_parts"]]
    return Draft(Quantity.RATE, Decimal(DIGITS[match["slang_share"]] * 100) / parts, match.start(), match.end())


def _read_rough(match: re.Match[str]) -> Draft:
    """百把块 and 个把月 name no single value; 俩月 and 半拉月 do."""
    text, start, end = match[0], match.start(), match.end()
    if match["pair"]:
        quantity, size = UNITS[("个" if match["pair_unit"] == "月" else "") + match["pair_unit"]]
        return Draft(quantity, size * (2 if match["pair"] == "俩" else 3), start, end)
    if text == "半拉月":
        return Draft(Quantity.TERM, _HALF, start, end)
    unit = next((unit for unit in ("月", "年", "礼拜", "星期", "钟头", "小时") if text.endswith(unit)), "元")
    quantity, size = UNITS["个月" if unit == "月" else unit]
    return Draft(quantity, size, start - text.startswith("把"), end, vague=True)


def _read_some_per_cent(match: re.Match[str]) -> Draft:
    return Draft(Quantity.RATE, Decimal(0), match.start(), match.end(), vague=True)


def _read_half(match: re.Match[str]) -> Draft:
    quantity, size = _HALVES[match["half_unit"]]
    return Draft(quantity, Decimal(size), match.start(), match.end())


def _read_half_price(match: re.Match[str]) -> Draft:
    return Draft(Quantity.DISCOUNT, Decimal(5), match.start(), match.end())


def _read_one_half(match: re.Match[str]) -> Draft:
    return Draft(Quantity.RATE, Decimal(50), match.start(), match.end())


def _read_number(match: re.Match[str]) -> Draft | None:
    run, loose, unit = match.group("run", "loose", "unit")
    start, end = match.span()
    reading = read(run)
    if reading is None:
        if unit == "折":
            return _read_discount(match, reading)
        # Nothing that can be read, but too much to be chance: never a fact, so never let through.
        measures = run[0].isascii() or len(run) > 2 or unit is not None
        draft = Draft(Quantity.DIGITS, plain_digits(run), start, end) if measures else None
    elif match.string[start - 1 : start] == "第":
        draft = Draft(Quantity.DIGITS, str(reading.value), start, end)
    else:
        if loose or run[0] in _OPEN:
            reading = _estimated(match, reading)
        if unit is None:
            draft = _bare(match, reading)
        elif run[0] in _OPEN and _is_open(run, unit):
            draft = None
        elif unit in UNITS:
            draft = _read_measure(match, reading, run, unit)
        else:
            draft = _read_discount(match, reading) if unit == "折" else _read_count(match, reading)
    if draft is None and _ARABIC.search(match[0]):
        return Draft(Quantity.DIGITS, plain_digits(match[0]), start, end)
    return draft


def _estimated(match: re.Match[str], reading: Numeral) -> Numeral:
    """The reading with what makes a size vague: 三千多, 二十多万, 上万, 百八十."""
    run, loose, scale = match.group("run", "loose", "scale")
    if loose:
        return Numeral(reading.value * LARGE_UNITS.get(scale or "", 1), vague=True)
    is_open = match.string[match.start() - 1 : match.start()] in ("上", "数") or run[1:].strip(_SCALES)
    return Numeral(reading.value, vague=reading.vague or (run[0] in _SCALES and bool(is_open)))


def _is_open(run: str, unit: str) -> bool:
    """Whether 几 or a unit of size alone counts nothing: 几天, 百天; but 几块钱 and 万元 are amounts."""
    return unit not in _ROUGH_MONEY if run == "几" else run[0] != "几" and unit[0] not in "元块%"


def _read_measure(match: re.Match[str], reading: Numeral, run: str, unit: str) -> Draft | None:
    """A numeral with a unit of money, rate or time."""
    quantity, factor = UNITS[unit]
    start, end = match.span()
    value, vague = reading
    marker = None
    if "半" in unit:
        value += _HALF
    if factor is not ONE:
        value *= factor
    if quantity is Quantity.MONEY:
        if run == "一" and unit == "块" and match.string[end : end + 1] in ("上", "多"):
            return None
        if end > match.end("unit"):
            value += _change(match)
        if match.string[start - 1 : start] in _CURRENCY_ENDS:
            unit = _foreign_before(match.string, start) or unit
    elif quantity is Quantity.RATE:
        value += _tenths(match["tenth"]) * factor
        vague = vague or (unit == "个点" and match.string[end : end + 1] in _TENTHS)
    elif unit[0] == "秒":
        value /= 60
    elif run == "一":
        marker = _MARKERS.get(match[0])
    approximate = match["loose"] is not None
    return Draft(quantity, value, start, end, vague, approximate, unit, None, factor, _scale(run), None, marker)


def _scale(run: str) -> int:
    """What a numeral before may borrow: in 5到20万, 5 is 50,000."""
    return LARGE_UNITS.get(run[-1], 1)


def _read_count(match: re.Match[str], reading: Numeral) -> Draft | None:
    """A numeral with a counter. 分 is interest (月息一分), else points, which in Chinese numerals are few by idiom."""
    start, end, unit, text = match.start(), match.end(), match["unit"], match.string
    value, vague = reading
    is_arabic = match["run"][0].isascii()
    if unit != "分":
        is_claim = is_arabic or not _is_article_or_talk(value, unit, text, end)
    elif _INTEREST.search(text, max(0, start - 8), start) or _INTEREST_AFTER.match(text, end):
        return Draft(Quantity.RATE, value + _tenths(match["tenth_of_fen"]), start, end, vague, unit=unit)
    else:
        is_claim = is_arabic or value >= 100
    return Draft(Quantity.COUNT, value, start, match.end("unit"), vague, unit=unit) if is_claim else None


def _tenths(digit: str | None) -> Decimal:
    """What follows 厘, 成 or 分 of interest: 九厘五, 三成半."""
    return Decimal(0) if digit is None else Decimal(5 if digit == "半" else DIGITS.get(digit, digit)) / 10


def _change(match: re.Match[str]) -> Decimal:
    """Yuan of the 角 and 分 that follow the unit (三块五毛二)."""
    jiao, tail = match.group("jiao", "tail_jiao")
    tenths = jiao or tail or "0"
    hundredths = next(filter(None, match.group("fen", "only_fen", "last_fen", "zero_fen")), "0")
    return Decimal(f"0.{DIGITS.get(tenths, tenths)}{DIGITS.get(hundredths, hundredths)}")


def _foreign_before(text: str, start: int) -> str:
    """The name of another currency right before an amount ($100, 美元100), or nothing."""
    named = _FOREIGN_BEFORE.search(text, max(0, start - 5), start)
    return named[0].strip() if named else ""


def _read_discount(match: re.Match[str], reading: Numeral | None) -> Draft:
    run = match["run"]
    if len(run) == 2 and all(character in DIGITS for character in run):
        reading = Numeral(Decimal(f"{DIGITS[run[0]]}.{DIGITS[run[1]]}"))
    value, vague = reading or Numeral(Decimal(0), vague=True)
    return Draft(Quantity.DISCOUNT, value if value < 10 else value / 10, match.start(), match.end(), vague)


def _is_article_or_talk(value: Decimal, unit: str, text: str, end: int) -> bool:
    if value == 1:
        return unit not in ("名额", "席位") and not text.startswith(("名额", "席位"), end)
    return value <= 10 and (
        unit in _TALK_COUNTERS or (unit in ("个", "件") and _TALK_NOUN.match(text, end) is not None)
    )


def _bare(match: re.Match[str], reading: Numeral) -> Draft | None:
    """A numeral without a unit: 20万 is money, 6789 digits, 三 nothing unless its neighbour lends a unit (三到五天)."""
    run, text, start, end = match["run"], match.string, match.start(), match.end()
    value, vague = reading
    unit = _foreign_before(text, start)
    named: tuple[Quantity, Value] | None = None
    sized = not _SIZED.isdisjoint(run) or match["scale"]
    if (
        unit
        or _YUAN_BEFORE.search(text, max(0, start - 4), start)
        or (sized and (run[0] not in _SCALES or len(run) > 1 or vague) and not _MEASURED.match(text, end))
    ):
        named = (Quantity.MONEY, value)
    elif run[0].isascii():
        named = (Quantity.DIGITS, plain_digits(run))
    elif "十" in run or "廿" in run or "点" in run:
        named = (Quantity.DIGITS, str(value)) if len(run) > 1 and not vague else None
    elif len(run) > 2:
        named = (Quantity.DIGITS, plain_digits(run))
    return Draft(None, value, start, end, vague, bool(match["loose"]), unit, scale=_scale(run), bare=named)


SIZE_READERS: dict[str, Reader] = {
    "tail": _read_digits,
    "last_four": _read_digits,
    "line": _read_digits,
    "groups": _read_digits,
    "said_groups": _read_digits,
    "fraction": _read_fraction,
    "whole": _read_whole,
    "slang": _read_slang,
    "rough": _read_rough,
    "rough_word": _read_rough,
    "some_per_cent": _read_some_per_cent,
    "half": _read_half,
    "one_half": _read_one_half,
    "half_price": _read_half_price,
    "number": _read_number,
}
