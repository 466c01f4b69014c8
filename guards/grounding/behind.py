"""What the words behind a figure call it: its own names, what it is said to be, what is said of it right after.

181.70元是最低还款 says what a figure is, as do 181.70元的最低还款, 181.70元，最低还款； and 181.70元，您要还的就这么多.
What it is said not to be (不是罚息，那是最低还款) is passed over, and so is what is only asked.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from guards.grounding.linking import PAUSES
from guards.grounding.name_search import Name, Names
from guards.lexicon.roles import FigureRole
from guards.text.sentences import FOLDED_SENTENCE_END

_CLAUSE_ENDS = re.compile("[，,。！？；!?;\n…～~)）]|$")
_ENDS_SENTENCE = re.compile("[。！？；!?;\n…]")
_OF = re.compile(" ?(?:整)?(?:的|这个?|那个?){1,2}(?:您的?|本期|这期|这个月)?")
_TURN = re.compile(
    " ?整?(?P<mark>[，,、:。！？；!?;…～~ ]{0,2})"
    "(?:(?:不是的?|不对|不|对的?|没错|是的|嗯|其实|哦|我?说错了?|讲错了?|错了|更正一下)[，,。!]){0,2}"
    "(?P<that>(?:这|那|它)(?:个数?|数|些|笔钱?|里|儿|点)?)?"
    "(?:可|其实|才|也|就|只|都|正好?|刚好|恰好|应该|仅仅?|确实|不过|,){0,3}"
    "(?P<is>(?P<denied>[并可]?不)?(?:是|算|为|叫|属于|等于)(?P<asked>不是|不算)?)"
)
_ASKS = re.compile("[吗么]$")
_NP_TAIL = re.compile(
    "[的还要应该得需付交额度金款数目字钱呢吧哦啊哈了呀嘛项这那部分标准档可以能先借申请上清是到它时候日期间天号码个人专线子]{0,8}"
)
_APPOSED = re.compile("[，,] ?([^，,。！？；!?;\n:、是为]{2,16})(?=[，,。！？；!?;\n]|$)")
_FIGURE_NEXT, _NEXT_NAME = 4, 2
_OF_WITHIN, _OWN_LENGTH, _ATTRIBUTE_WITHIN = 4, 3, 16
_SUCH = re.compile(
    "(?:就|只|才|也|都|正好|一共|总共)?(?:是|只有|有|要)?(?:这个数|这么多|这些(?!天)|这点|这个[钱价]|它)"
    "(?![^，。！？,!?；;]{3})"
)
_SUCH_WITHIN = 36


class Behind(NamedTuple):
    """Roles by what stands behind a figure, and up to where these words are its own."""

    roles: list[FigureRole]
    reached: int


def behind(text: str, end: int, following: int | None, nearest: int, known: Names, *, named: bool | None) -> Behind:
    """The roles by names behind a figure.

    `following`: where the next figure of its kind begins; `nearest`: the next of any. `named`: plainly so ahead of the
    figure, by a loose name or across a pause (False), or not at all (None).
    """
    roles, reached = _right_behind(text, end, following, known, is_named=named is True)
    for found in (
        None if named else _attribute(text, end, nearest, known),
        _predicate(text, end, nearest, known),
        _apposition(text, end, nearest, known) if named is None and not roles else None,
        _such(text, end, nearest, known),
    ):
        if found is not None:
            roles.append(found[0])
            reached = max(reached, found[1])
    return Behind(roles, reached)


def _right_behind(
    text: str, end: int, following: int | None, known: Names, *, is_named: bool
) -> tuple[list[FigureRole], int]:
    """A name right before the next figure is that one's, where this one has another."""
    roles, reached = [], end
    for role, length in known.behind(text, end):
        gap = 9 if following is None else following - end - length
        if gap < 0 or (is_named and gap <= 2 and not PAUSES.search(text, end + length, following or 0)):
            continue
        roles.append(role)
        reached = max(reached, end + length)
    return roles, reached


_Found = tuple[FigureRole, int] | None


def _attribute(text: str, end: int, nearest: int, known: Names) -> _Found:
    """181.70元的最低还款: the name that begins right there and ends the clause, or is talked of."""
    of = _OF.match(text, end)
    since, furthest, least = (of.end(), _OF_WITHIN, 1) if of else (end, 0, _OWN_LENGTH)
    names = [
        name
        for name in _names(text, since, min(nearest, since + _ATTRIBUTE_WITHIN), known)
        if not name.is_loose and name.start - since <= furthest and name.end - name.start >= least
    ]
    if not names or names[0].end + _NEXT_NAME >= nearest < len(text):
        return None
    name = min(names, key=lambda each: (each.start, -each.end))
    return name.role, name.end


def _predicate(text: str, end: int, nearest: int, known: Names) -> _Found:
    at = end
    while turn := _TURN.match(text, at, nearest):
        if turn["that"] is None and _ENDS_SENTENCE.search(turn["mark"]):
            return None
        close = closes(text, turn.end(), nearest)
        if close == turn.end() or close == nearest < len(text):  # what stands right before a figure is its own
            return None
        is_asked = turn["asked"] or _ASKS.search(text, turn.end(), close)
        if not turn["denied"] and not is_asked and (found := last_name(text, turn.end(), close, known)):
            return found.role, close
        at = close
    return None


def _apposition(text: str, end: int, nearest: int, known: Names) -> _Found:
    """181.70元，最低还款；"""
    apposed = _APPOSED.match(text, end)
    if apposed is None or apposed.end() > nearest:
        return None
    if apposed.end() + _FIGURE_NEXT >= nearest < len(text) and PAUSES.match(text, apposed.end()):
        return None  # 181.70元，最低还款，9665.18元 does not tell whose name it is
    found = last_name(text, *apposed.span(1), known)
    return (found.role, apposed.end()) if found and not found.is_loose else None


def _such(text: str, end: int, nearest: int, known: Names) -> _Found:
    """181.70元，您这期要还的就这么多."""
    such = _SUCH.search(text, end, min(nearest, end + _SUCH_WITHIN))
    if such is None or FOLDED_SENTENCE_END.search(text, end, such.start()):
        return None
    begins = max(text.rfind(mark, end, such.start()) for mark in "，,")
    found = last_name(text, begins + 1, such.start(), known) if begins >= 0 else None
    return (found.role, such.end()) if found else None


def last_name(text: str, since: int, until: int, known: Names) -> Name | None:
    """The name that a phrase comes to (您这期要还的总数), a plain one before a loose one."""
    names = [name for name in _names(text, since, until, known) if _NP_TAIL.fullmatch(text, name.end, until)]
    for is_loose in (False, True):
        own = [name for name in names if name.is_loose is is_loose]
        if own:
            return max(own, key=lambda each: (each.end, each.end - each.start))
    return None


def _names(text: str, since: int, until: int, known: Names) -> Sequence[Name]:
    return [name._replace(start=name.start + since, end=name.end + since) for name in known.ahead(text[since:until], 0)]


def closes(text: str, at: int, nearest: int) -> int:
    """Where the clause that begins at a place ends, at the latest where the next figure begins."""
    end = _CLAUSE_ENDS.search(text, at)
    return min(end.start() if end else len(text), nearest)
