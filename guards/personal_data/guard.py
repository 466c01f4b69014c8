"""The guard against personal data: what looks like it, and what is known to be the customer's."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter

from guards.personal_data.interrupted import may_go_on
from guards.personal_data.known import find_known
from guards.personal_data.masking import mask, masked_form
from guards.personal_data.presidio import Recognisers
from guards.script import Script, Segment
from guards.text import reading
from guards.text.digits import MASK, NormalizedText
from guards.text.folding import Folding, fold
from guards.types import Action, Case, Finding, Span, Stage

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
    "alipay": "支付宝账号",
    "online_account": "网络账号",
    "licence_plate": "车牌号",
    "certificate": "证件号",
    "date_of_birth": "出生日期",
    "address": "详细地址",
    "workplace": "工作单位",
    "name": "姓名",
    "name_in_context": "姓名",
}


class PersonalData:
    """Finds personal data; every finding asks for masking and says what the span becomes.

    `allowed` holds strings that are never personal data, such as the institution's hotline and address.
    """

    name = "personal_data"

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        known = [NormalizedText(text) for text in allowed]
        self._allowed = frozenset(visible for each in known if (visible := each.visible.strip()))
        self._allowed_bare = frozenset(bare for each in known if len(bare := each.bare.text) > 1)
        self._recognise = Recognisers()

    def __call__(self, script: Script, case: Case) -> list[Finding]:
        """All personal data in `script.text`, in order of position; known values also where a recogniser saw them."""
        text = script.text
        found = sorted(self._find_all(reading.of(script).normalized, case))
        # A request's own hotline may look like anybody's landline; the customer's known number still counts as theirs.
        hotlines = {fact.value for fact in case.facts or () if fact.name == "hotline"} if found else ()
        return [
            Finding(
                rule=f"{self.name}.{rule}",
                guard=self.name,
                action=Action.MASK,
                reason=f"话术中出现{'客户的' if rule != kind else ''}{_LABELS.get(kind, '个人信息')}，须遮盖后才能使用",
                span=Span(start, end),
                replacement=masked_form(kind, text[start:end]),
            )
            for start, end, kind, rule in found
            if not (rule == "landline" and NormalizedText(text[start:end]).bare.text in hotlines)
        ]

    def may_continue(self, text: str, end: int) -> bool:
        """Whether a number that began before `end` may go on behind the end of `text`."""
        return may_go_on(fold(text[:end], Folding.PLAIN).text, fold(text[end:], Folding.PLAIN).text)

    def _find_all(self, texts: Sequence[NormalizedText], case: Case) -> set[tuple[int, int, str, str]]:
        """What is found as the text is read out, and what markup hides; start, end, kind and rule."""
        as_spoken, *as_written = texts
        found = set(self._find(as_spoken, case))
        for text in as_written:
            seen = _merged((start, end) for start, end, _, _ in found)
            found |= {
                (start, end, kind, rule)
                for start, end, kind, rule in self._find(text, case)
                if rule != kind or not _lies_within(start, end, seen)
            }
        return found

    def _find(self, text: NormalizedText, case: Case) -> Iterator[tuple[int, int, str, str]]:
        """Start, end, kind and rule of everything that is not allowed."""
        found = [
            (*text.original_span(result.start, result.end), result.entity_type, result.entity_type)
            for result in self._recognise(text.visible)
        ]
        if case.known_personal_data:
            known = find_known(text, case.known_personal_data)
            # A kind that we have no name for was made up by the caller and may itself be the data.
            found += ((start, end, kind, f"known_{kind if kind in _LABELS else 'other'}") for kind, start, end in known)
        if found:
            spared = self._spared(text)
            yield from (each for each in found if not self._is_spared(text.original, *each[:2], spared))

    def masked(self, text: str, case: Case | None = None) -> str:
        """The text with all personal data masked; masking it once more changes nothing.

        Masking can lay bare a number that its neighbour had hidden, so it is repeated until nothing is left. That ends:
        each round takes letters and digits away for good, and adds none outside of masks, which are never read again.
        """
        case = case or Case()
        while findings := self(Script((Segment(Stage.BODY, text, text),)), case):
            text = mask(text, findings)
        return text

    def _spared(self, text: NormalizedText) -> list[tuple[int, int]]:
        """Where the original says something allowed, or something already masked: see `_merged`."""
        visible = text.visible
        spans = []
        for literal in (*self._allowed, MASK):
            at = visible.find(literal)
            while at >= 0:
                spans.append(text.original_span(at, at + len(literal)))
                at = visible.find(literal, at + len(literal))
        return _merged(spans)

    def _is_spared(self, text: str, start: int, end: int, spared: list[tuple[int, int]]) -> bool:
        return _lies_within(start, end, spared) or NormalizedText(text[start:end]).bare.text in self._allowed_bare


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The starts in order, each with the furthest end so far."""
    ordered = sorted(spans)
    return list(zip((start for start, _ in ordered), accumulate((end for _, end in ordered), max), strict=True))


def _lies_within(start: int, end: int, merged: list[tuple[int, int]]) -> bool:
    before = bisect_right(merged, start, key=itemgetter(0))
    return before > 0 and end <= merged[before - 1][1]
