"""As what a figure is said: the words ahead of it and behind it that name it, within its sentence.

A name is linked to the figure in one breath (最低还款是181.70元), across a pause that only a copula follows
(最低还款呢，是181.70元), and from the question before (应还多少？181.70元). Of several the nearest names it, and a
loose one (要还) only where no other does. What is denied carries its name on (应还不是181.70元，是9665.18元);
分别 hands out names in their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from guards.grounding.name_search import Name, Names, stretch_before
from guards.lexicon.roles import FigureRole
from guards.text.sentences import FOLDED_SENTENCE_END
from guards.types import Quantity

_FURTHEST = 34
"""Code points ahead of a figure in which its name is looked for."""
_BREATH, _HALF_BREATH = 14, 12
_PAUSES = re.compile("[，,、]")
_FILLER = "(?:额|金额|的|数额?|钱数?|部分|呢|的话|吧|嘛|啊|这边|这块|方面|这?一?项|上|是|这样|:)"
_AFTER_NAME = re.compile(f"{_FILLER}{{0,4}}")
_COPULA = re.compile(
    "(?:[您我]|这[期次个]?|本[期次]|后面|目前|现在|今天|数[目额]?|金额|钱数|一共|总共|其实|实际上?|应该|准确地?说|的){0,3}"
    "(?:[就也才只正刚]好?){0,2}(?:写的是|写着|算下来|[是为有得共要需:]|只有|只要|等于){0,2}"
)
_RECKONED = re.compile("(?:来)?算")
_TO_PAY = re.compile("(?:一共|总共)?(?:需要?|要|得|应|该)?还的?(?:是|为)?")
_ASKED = re.compile("(?:是|有|要|得)?(?:多少|几|哪|什么时候).{0,4}|[是为]")
_ANNOUNCED = 10
_DENIED = re.compile("(?:不是|并非|而非|不止|不只|没有|不到|不等于|别[记当听]成)(?:您的)?$")
_CORRECTED = re.compile("[，,]? ?(?:而|应该|其实|实际上?|准确地?说|正确的?)?(?:就?是|为)?")
_RESTATED = re.compile("[，,(（]? ?(?:也就是|就是|即|换句话说|我再说一遍|再说一遍)[，,]?(?:说|是)?")
_JOINED = re.compile("[，,、]?(?:和|与|跟|以?及|还有)?(?:是|为)?")
_DENIAL = 10
"""Code points before a figure in which it is denied."""
_HANDED_OUT = "分别"


class Figure(NamedTuple):
    """What stands for a value in a text: a number, or a slot that is not filled yet."""

    quantity: Quantity
    start: int
    end: int


class _Last(NamedTuple):
    """What came of the figure before, of the same quantity; `waiting`: roles that 分别 has yet to hand out."""

    role: FigureRole | None
    end: int
    is_denied: bool
    reached: int
    waiting: tuple[FigureRole, ...]


class Naming:
    """Compiled roles, shared by all threads."""

    def __init__(self, roles: Iterable[FigureRole], *, with_loose: bool = True) -> None:
        by_quantity: dict[Quantity, list[FigureRole]] = {}
        for role in roles:
            for quantity in role.quantities:
                by_quantity.setdefault(quantity, []).append(role)
        self._names = {quantity: Names(own, with_loose=with_loose) for quantity, own in by_quantity.items()}

    def names(self, text: str, figures: Sequence[Figure]) -> list[tuple[FigureRole, ...]]:
        """The roles that the folded text gives to each figure, in the order of the figures."""
        named: list[tuple[FigureRole, ...]] = []
        last: dict[Quantity, _Last] = {}
        for index, figure in enumerate(figures):
            known = self._names.get(figure.quantity)
            if known is None:
                named.append(())
                continue
            before = last.get(figure.quantity)
            since = max(before.reached if before else 0, figure.start - _FURTHEST)
            ahead, is_plain, waiting = _ahead(text, since, figure, known, before)
            following = next((each.start for each in figures[index + 1 :] if each.quantity is figure.quantity), None)
            behind, reached = _behind(text, figure.end, following, known, is_named=is_plain)
            denied = _DENIED.search(text, max(since, figure.start - _DENIAL), figure.start) is not None
            roles = [ahead, *behind] if ahead is not None and (is_plain or not behind) else behind
            named.append(() if denied else tuple({role.id: role for role in roles}.values()))
            last[figure.quantity] = _Last(ahead, figure.end, denied, reached, waiting)
        return named


def _ahead(
    text: str, since: int, figure: Figure, known: Names, before: _Last | None
) -> tuple[FigureRole | None, bool, tuple[FigureRole, ...]]:
    """The role that is named ahead of the figure, whether plainly and in the same breath, and what 分别 has left."""
    if before and before.waiting and _JOINED.fullmatch(text, since, figure.start):
        return before.waiting[0], True, before.waiting[1:]
    stretch, at = stretch_before(text, since, figure.start)
    if found := known.ahead(stretch, at):
        if len(found) > 1 and stretch.find(_HANDED_OUT, found[-1].end) >= 0:
            first, *rest = (name.role for name in _apart(found))
            return first, True, tuple(rest)
        for is_loose in (False, True):
            own = [name for name in found if name.is_loose is is_loose]
            for name in sorted(own, key=lambda each: (each.end, each.end - each.start), reverse=True):
                link = _link(stretch, name, len(stretch))
                if link is not None:
                    return name.role, link and not is_loose, ()
    if before is not None and before.role is not None:
        goes_on = _CORRECTED if before.is_denied else _RESTATED
        if goes_on.fullmatch(text, before.end, figure.start):
            return before.role, True, ()
    return None, False, ()


def _apart(names: Sequence[Name]) -> Iterator[Name]:
    end = -1
    for name in names:
        if name.start >= end:
            end = name.end
            yield name


def _link(text: str, name: Name, start: int) -> bool | None:
    """Whether a name is linked to the figure that begins at `start`: in one breath (True), across a pause (False)."""
    ends = [*FOLDED_SENTENCE_END.finditer(text, name.end, start)]
    if len(ends) > 1:
        return None
    if ends:
        first, second = text[name.end : ends[0].start()], text[ends[0].end() : start].strip("\n ")
        if len(first) > _HALF_BREATH or _PAUSES.search(first):
            return None
        if second:
            return False if _COPULA.fullmatch(second) else None
        announced = not first and name.end - _begins(text, name.start) <= _ANNOUNCED
        return False if announced or _ASKED.fullmatch(first) else None
    pauses = [*_PAUSES.finditer(text, name.end, start)]
    if not pauses:
        return True if start - name.end <= _BREATH else None
    if len(pauses) == 2:  # 滞纳金呢，我查了一下，是181.70元
        last = text[pauses[1].end() : start].strip()
        is_aside = pauses[1].start() - pauses[0].end() <= _HALF_BREATH and last and _COPULA.fullmatch(last)
        return False if is_aside and _AFTER_NAME.fullmatch(text, name.end, pauses[0].start()) else None
    if len(pauses) > 2:
        return None
    first, second = text[name.end : pauses[0].start()], text[pauses[0].end() : start]
    if second.strip() and len(first) <= _HALF_BREATH and _COPULA.fullmatch(second):
        return False
    if _RECKONED.fullmatch(first):  # 按最低还款算，这期还181.70元
        return False if len(second) <= _HALF_BREATH else None
    goes_on = not second.strip() or _TO_PAY.fullmatch(second)
    return False if goes_on and _AFTER_NAME.fullmatch(first) else None


def _begins(text: str, at: int) -> int:
    """Where the clause of a place begins."""
    return max(text.rfind(mark, 0, at) for mark in "，,。！？；!?;\n") + 1


def _behind(
    text: str, end: int, following: int | None, known: Names, *, is_named: bool
) -> tuple[list[FigureRole], int]:
    """The roles by names behind a figure, and up to where these are its own.

    A name right before the next figure is that one's, where this one has another.
    """
    roles, reached = [], end
    for role, length in known.behind(text, end):
        gap = 9 if following is None else following - end - length
        if gap < 0 or (is_named and gap <= 2 and not _PAUSES.search(text, end + length, following or 0)):
            continue
        roles.append(role)
        reached = max(reached, end + length)
    return roles, reached
