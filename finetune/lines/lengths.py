"""How long a body is when it is spoken, and how long it may be, so that what must be said around it has room."""

from collections.abc import Mapping

from app.approved.skeleton import SLOT, slots_in
from app.writing.lines.bodies import ApprovedBody
from guards.types import Generation, Group

_TYPICAL: Mapping[Group, frozenset[str]] = {
    Group.MARKETING: frozenset({"月还款"}),
    Group.SERVICING: frozenset(),
    Group.COLLECTION: frozenset({"逾期天数"}),
}
_SPOKEN_LENGTH = {"年化利率": 13, "月还款": 20, "应还金额": 10, "到期日": 6, "产品名": 4, "还款渠道": 5, "额度上限": 4}
_LENGTHS: Mapping[Group, Mapping[Generation, int]] = {
    Group.MARKETING: {Generation.GEN_Z: 85, Generation.YOUNG: 95, Generation.MIDDLE_AGED: 98, Generation.SENIOR: 85},
    Group.SERVICING: {Generation.GEN_Z: 75, Generation.YOUNG: 75, Generation.MIDDLE_AGED: 75, Generation.SENIOR: 62},
    Group.COLLECTION: {
        Generation.GEN_Z: 105,
        Generation.YOUNG: 105,
        Generation.MIDDLE_AGED: 105,
        Generation.SENIOR: 85,
    },
}
"""Characters of the spoken form, with what is said in most calls, that leave room for what must be said around them."""
_REPLY_LENGTH = 48


def longest(group: Group, generation: Generation, *, is_reply: bool) -> int:
    """The most characters that a body may have."""
    return _REPLY_LENGTH if is_reply else _LENGTHS[group][generation]


def spoken_length(body: ApprovedBody) -> int:
    """Characters of what is said in most calls, by the longest wordings."""
    offers: dict[str, int] = {}
    total = 0
    for sentence in body.sentences:
        most = max(map(_characters, sentence.texts))
        if sentence.offer:
            offers[sentence.offer] = offers.get(sentence.offer, 0) + most
        elif sentence.needs is None or sentence.needs in _TYPICAL[body.scenario.group]:
            total += most
    return total + max(offers.values(), default=0)


def _characters(text: str) -> int:
    words = len([character for character in SLOT.sub("", text) if character not in "，。！？、：；"])
    return words + sum(_SPOKEN_LENGTH.get(slot, 4) for slot in slots_in(text))
