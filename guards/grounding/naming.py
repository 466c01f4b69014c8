"""As what a figure is said: the words ahead of it and behind it that name it, within its sentence.

A name is linked to the figure in one breath (最低还款是181.70元), across a pause that only a copula follows
(最低还款呢，是181.70元), and from the question before (应还多少？181.70元). Of several the nearest names it, and a
loose one (要还) only where no other does. What is denied carries its name on (应还不是181.70元，是9665.18元);
分别 hands out names in their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from guards.grounding.behind import behind
from guards.grounding.linking import link
from guards.grounding.name_search import Name, Names, stretch_before
from guards.grounding.references import referred
from guards.lexicon.roles import FigureRole
from guards.types import Quantity

_FURTHEST = 40
"""Code points ahead of a figure in which its name is looked for."""
_DENIED = re.compile(
    "(?:(?<!是)不是|并非|而非|不止|不只|没有|不到|不等于|别[记当听]成)(?:您的)?$"
    "|(?:不是说|不代表|不保证|不意味着|未必|不一定)[^，,。、]{0,9}$"
)
_DISOWNED = re.compile("(?<!是)(?:不是|并非)[^，,。、是]{1,8}$")
_REFUTED = re.compile("(?<![是要])(?:不是|并非)[^，,。、是]{0,6}$")
_NO_MORE = re.compile("(?:那天|的|哦|啊|呢|哈|这个数|这天)?(?:[，,。!;\n]|$)")
_CORRECTED = re.compile("[哦啊呢哈呀嘛的吧]?[，,]? ?(?:而|应该|其实|实际上?|准确地?说|正确的?)?(?:就?是|为)?")
_RESTATED = re.compile("[，,(（]? ?(?:也就是|就是|即|换句话说|我再说一遍|再说一遍)[，,]?(?:说|是)?")
_JOINED = re.compile("[，,、]?(?:和|与|跟|以?及|还有)?(?:另?一[个笔])?(?:是|为)?")
_DENIAL = 14
"""Code points before a figure in which it is denied."""
_THEN = ("就", "便", "才")
_HANDED_OUT = re.compile("分别|依次|各是|各为|先后[是为]|按顺序|[，,:]一[个笔][是为]?$")


def is_denied(text: str, start: int, since: int = 0) -> bool:
    """Whether the figure that begins at a place is said not to be something."""
    return _DENIED.search(text, max(since, start - _DENIAL), start) is not None


def is_refuted(text: str, start: int, end: int) -> bool:
    """Whether a clause says no more of a figure than that it is not the one: 不是12月21号, 不是免息7天."""
    said = _REFUTED.search(text, max(0, start - _DENIAL), start)
    return said is not None and _NO_MORE.match(text, end) is not None


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
        referred_to = self._referred(text, figures)
        for index, figure in enumerate(figures):
            known = self._names.get(figure.quantity)
            if known is None:
                named.append(())
                continue
            before = last.get(figure.quantity)
            since = max(before.reached if before else 0, figure.start - _FURTHEST)
            ahead, is_plain, waiting = _ahead(text, since, figure, known, before)
            following = next((each.start for each in figures[index + 1 :] if each.quantity is figure.quantity), None)
            nearest = figures[index + 1].start if index + 1 < len(figures) else len(text)
            how = None if ahead is None else is_plain
            own, reached = behind(text, figure.end, following, nearest, known, named=how)
            own += referred_to.get(index, [])
            denied = is_denied(text, figure.start, since)
            if denied and text.startswith(_THEN, figure.end):
                own = []  # 不是181.70元就能结清
            if not denied and _DISOWNED.search(text, max(since, figure.start - _DENIAL), figure.start):
                ahead = None  # 不是到账17分钟
            roles = [ahead, *own] if ahead is not None and not denied and (is_plain or not own) else own
            named.append(tuple({role.id: role for role in roles}.values()))
            last[figure.quantity] = _Last(ahead, figure.end, denied, reached, waiting)
        return named

    def _referred(self, text: str, figures: Sequence[Figure]) -> dict[int, list[FigureRole]]:
        """The roles that 前者, 后面那个 and the like give, by the place of the figure among all."""
        roles: dict[int, list[FigureRole]] = {}
        for quantity, known in self._names.items():
            own = [index for index, figure in enumerate(figures) if figure.quantity is quantity]
            spans = [(figures[index].start, figures[index].end) for index in own]
            for place, role in referred(text, spans, known):
                roles.setdefault(own[place], []).append(role)
        return roles


def _ahead(
    text: str, since: int, figure: Figure, known: Names, before: _Last | None
) -> tuple[FigureRole | None, bool, tuple[FigureRole, ...]]:
    """The role that is named ahead of the figure, whether plainly and in the same breath, and what 分别 has left."""
    if before and before.waiting and _JOINED.fullmatch(text, since, figure.start):
        return before.waiting[0], True, before.waiting[1:]
    stretch, at = stretch_before(text, since, figure.start)
    if found := known.ahead(stretch, at):
        if len(found) > 1 and _HANDED_OUT.search(stretch, found[-1].end):
            first, *rest = (name.role for name in _apart(found))
            return first, True, tuple(rest)
        for is_loose in (False, True):
            own = [name for name in found if name.is_loose is is_loose]
            for name in sorted(own, key=lambda each: (each.end, each.end - each.start), reverse=True):
                reaches = link(stretch, name, len(stretch))
                if reaches is not None:
                    return name.role, reaches and not is_loose, ()
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
