"""The guard against personal data: what looks like it, and what is known to be the customer's."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from operator import itemgetter

from guards.known_values import find_known
from guards.masking import mask, masked_form
from guards.recognisers import Recognisers
from guards.spelling import MASK, Reading, digits_of, fold
from guards.types import Action, Case, Finding, Script, Segment, Span, Stage

__all__ = ["PersonalData", "mask"]

_LABELS = {
    "mobile": "手机号",
    "landline": "固定电话",
    "id_card": "身份证号",
    "bank_card": "银行卡号",
    "uscc": "统一社会信用代码",
    "passport": "护照号",
    "hk_macao_permit": "港澳通行证号",
    "taiwan_permit": "台湾通行证号",
    "email": "电子邮箱",
    "wechat": "微信号",
    "qq": "QQ号",
    "licence_plate": "车牌号",
    "address": "详细地址",
    "name": "姓名",
    "name_in_context": "姓名",
}


class PersonalData:
    """Finds personal data; every finding asks for masking and says what the span becomes.

    `allowed` holds strings that are never personal data, such as the institution's hotline and address.
    """

    name = "personal_data"

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        folded = frozenset(visible for text in allowed if (visible := Reading(text).visible.strip()))
        self._allowed = folded
        self._allowed_bare = frozenset(bare for text in folded if len(bare := digits_of(text)) > 1)
        self._recognise = Recognisers()

    def __call__(self, script: Script, case: Case) -> list[Finding]:
        """All personal data in `script.text`, in order of position; known values also where a recogniser saw them."""
        text = script.text
        reading = Reading(text)
        found = {
            (*reading.original_span(result.start, result.end), result.entity_type, result.entity_type)
            for result in self._recognise(reading.visible)
        }
        known = find_known(reading, case.known_personal_data)
        # A kind that we have no name for was made up by the caller and may itself be the data.
        found |= {(start, end, kind, f"known_{kind if kind in _LABELS else 'other'}") for kind, start, end in known}
        if not found:
            return []
        spared = self._spared(reading)
        # A request's own hotline may look like anybody's landline; the customer's known number still counts as theirs.
        hotlines = {fact.value for fact in case.facts or () if fact.name == "hotline"}
        return [
            Finding(
                rule=f"{self.name}.{rule}",
                guard=self.name,
                action=Action.MASK,
                reason=f"话术中出现{'客户的' if rule != kind else ''}{_LABELS.get(kind, '个人信息')}，须遮盖后才能使用",
                span=Span(start, end),
                replacement=masked_form(kind, text[start:end]),
            )
            for start, end, kind, rule in sorted(found)
            if not self._is_spared(text, start, end, spared)
            and not (rule == "landline" and digits_of(fold(text[start:end])) in hotlines)
        ]

    def masked(self, text: str, case: Case | None = None) -> str:
        """The text with all personal data masked; masking it once more changes nothing.

        Masking can lay bare a number that its neighbour had hidden, so it is repeated until nothing is left. That ends:
        each round takes letters and digits away for good, and adds none outside of masks, which are never read again.
        """
        case = case or Case()
        while findings := self(Script((Segment(Stage.BODY, text, text),)), case):
            text = mask(text, findings)
        return text

    def _spared(self, reading: Reading) -> list[tuple[int, int]]:
        """Where the original says something allowed, or something already masked: start, furthest end so far."""
        visible = reading.visible
        spans = []
        for literal in (*self._allowed, MASK):
            at = visible.find(literal)
            while at >= 0:
                spans.append(reading.original_span(at, at + len(literal)))
                at = visible.find(literal, at + len(literal))
        spans.sort()
        return list(zip((start for start, _ in spans), accumulate((end for _, end in spans), max), strict=True))

    def _is_spared(self, text: str, start: int, end: int, spared: list[tuple[int, int]]) -> bool:
        before = bisect_right(spared, start, key=itemgetter(0))
        return (before > 0 and end <= spared[before - 1][1]) or digits_of(fold(text[start:end])) in self._allowed_bare
