"""Read numbers that words interrupt (138然后1234) or letters disguise (l38O…) as if nothing did."""

import re
from collections.abc import Iterator

from guards.personal_data.digit_runs import DIGIT, SIGN
from guards.personal_data.hits import Finder, Hit
from guards.text.digits import DIGIT_FORMS

_LETTERS = {"o": "0", "l": "1", "i": "1", "z": "2", "з": "3", "s": "5", "b": "8"}
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
DIGIT_OR_LIKE = f"[{''.join(_LETTERS)}{''.join(DIGIT_FORMS)}]"
"""A character class: a digit in any form, or a letter that looks like one."""

# Digits and letters that look like some. S, B and Z begin codes of orders, and are digits in short groups only.
_DISGUISED = re.compile(
    rf"(?<![a-z0-9])(?:{DIGIT}|[oliз](?=[ \-.]?{DIGIT_OR_LIKE})|[szb](?={DIGIT_OR_LIKE}{{2,7}}(?![a-z0-9])))(?:["
    rf" \-._]{{0,3}}{DIGIT_OR_LIKE})+(?![a-z0-9])"
)
_MOST_LETTERS = 6

_PART = "(?:位数?|段|组|节|部分|截|个数字?|个号)"
# No 和, 到, 至 or 或: what they join are two numbers.
_SAID = (
    "然后|接着|接下来|紧接着|随后|[后下前][面边头]的?|之后|往后|跟着|中间|当中|最后|末[尾了]|尾巴|开头|[头尾]号|剩下"
    "|余下"
    "|再[来接加]?|[再来]?[念报说输读打拨][上完]?(?:一下)?|[加接跟连续][上着]|继续|往下|下一[段组]|出?生日?期?"
    "|出生年月日?|月日|尾数|后几位|完了|隔开|转|x{2,3}|空一?格|空一下|空[个白]|四?个空格|空|换行"
    "|[中横划短]{0,2}[杠线]|[横划]|分隔符?|连[字接][符号]|减号|下划线"
    "|斜[杠线]|[星井括]号|小数点|[逗顿句]号|点|停顿?(?:一下)?|顿(?:一下)?|等一?[下等]|稍等|您?[听记](?:一下|好)?了?"
    "|对[吧吗]?|没错|[呃额嗯唔啊哦噢喔欸诶唉哎呀呢吧嘛哈]|[这那][个些]|[这那]?几位|就是|应该是|好像是|还[有是]|连着"
    "|[是为]"
    "|(?<![a-z])(?:uh|um|er|then|and|dash|hyphen|space|dot|minus)(?![a-z])"
    rf"|[第最]?[前中后头末尾]?面?[一二两三四五六七八九十0-9]{{1,2}}{_PART}"
)
# Most characters begin none of these words: it is quicker to look at that first.
_BEGINS = (
    "[然接紧随后下前之往跟中最末尾开头剩余再空四换横划短杠线分连减斜星井括小逗顿句点停等稍您听"
    "记对没呃额嗯唔啊哦噢喔欸诶唉哎呀呢吧嘛哈这那就应好还是为ueatdhsmx来念报说输读打拨"
    "续几加出生月完隔转第面一二两三五六七八九十0-9]"
)
_SAID_FIRST = rf"{SIGN}{{0,3}}+(?={_BEGINS})(?:{_SAID})"
# Two or three asterisks hide nothing where a whole number is left; four are a mask.
_LONG_SIGN = r"\*{2,3}(?!\*)|[ .\-_]{4,12}"
GAP = rf"(?:{_LONG_SIGN}|{_SAID_FIRST}){{1,4}}+{SIGN}{{0,3}}+"
"""What is said between two digits, none of it a word that joins two numbers."""
_GAP = re.compile(rf"(?<={DIGIT}){GAP}(?={DIGIT})")
_SPELT = {
    word: str(digit)
    for digit, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
}
SPELT = rf"(?:(?<![a-z])(?:{'|'.join(_SPELT)})(?![a-z]))"
"""A digit as English has it, which counts among others: 139nine04…."""
_GAP_OR_SPELT = re.compile(
    rf"{_GAP.pattern}|(?<={DIGIT}){SPELT}|(?<={DIGIT}[ \-]){SPELT}(?=[ \-]?{DIGIT})"
    rf"|{SPELT}(?={DIGIT})"
)
_BEGUN = re.compile(rf"{DIGIT}(?:{GAP}|{SIGN}{{0,3}})$")
_GOING_ON = re.compile(rf"(?:{DIGIT}|{GAP}|{SIGN})*+")
_WORD_BEGUN = re.compile(f"{_BEGINS}[^0-9]*$")
_MOST_BEFORE, _MOST_AFTER, _LONGEST_WORD = 40, 96, 8
"""How much is read of what stands before a cut and after it, and of a word that may not be whole yet; code points."""


def digits_for_letters(text: str) -> str:
    """The text, character for character, with digits for the letters between digits that look like some."""
    return _DISGUISED.sub(_undisguised, text)


def _undisguised(found: re.Match[str]) -> str:
    letters = len(_LETTER.findall(found[0]))
    if not letters or letters > _MOST_LETTERS or letters * 2 > sum(map(str.isalnum, found[0])):
        return found[0]
    return _LETTER.sub(lambda letter: _LETTERS[letter[0]], found[0])


def may_go_on(before: str, after: str) -> bool:
    """Whether a number that ends `before`, or is interrupted there, may go on behind `after`: 前三位138。最|后…"""
    digits = digits_for_letters(before[-_MOST_BEFORE:])
    if len(after) >= _MOST_AFTER or not _BEGUN.search(digits):
        return False
    rest = _GOING_ON.sub("", digits_for_letters(after), count=1)
    return not rest or (len(rest) < _LONGEST_WORD and _WORD_BEGUN.match(rest) is not None)


def within_interruptions(text: str, find: Finder) -> Iterator[Hit]:
    """What `find` finds in the text once letters are digits and what is said between digits is a hyphen.

    Only what it did not see in the text as it stands; ranges are those of the text.
    """
    digits = digits_for_letters(text)
    pieces: list[str] = []
    places: list[int] = []
    ends: list[int] = []
    position = 0
    for gap in _GAP_OR_SPELT.finditer(digits):
        pieces += digits[position : gap.start()], _SPELT.get(gap[0], "-")
        places += range(position, gap.start() + 1)
        ends += *range(position + 1, gap.start() + 1), gap.end()
        position = gap.end()
    view = "".join(pieces) + digits[position:]
    places += range(position, len(digits))
    ends += range(position + 1, len(digits) + 1)
    if view != text:
        for kind, start, end, score in find(view):
            first, behind = places[start], ends[end - 1]
            if text[first:behind] != view[start:end]:
                yield Hit(kind, first, behind, score)
