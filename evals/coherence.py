"""What a rule can see of incoherence in a whole script: sentences that are good alone and wrong where they stand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from app.approved.vocabulary import REPLY

NEVER_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})
"""No tag forbids any words."""
NAMES = (
    "remedy_before_matter",
    "question_before_end",
    "says_twice",
    "announces_and_does_not",
    "hangs_up_and_asks",
    "contradicts_tag",
    "introduces_twice",
)
"""The faults, in the order in which they are looked for."""

_COLLECTION = frozenset({"collection_m1", "collection_m2"})
_SENTENCE = re.compile(r"[^。！？!?\s][^。！？!?\n]*[。！？!?]*")
_NO_WORD = re.compile(r"\W")
_ALIKE, _LEAST_CHARACTERS = 0.8, 8
_ON_PURPOSE = ("再说一遍", "我再说一遍")

_NUMBER = r"(?:[0-9０-９][0-9０-９.,]*[万千百]?|[零〇一二两三四五六七八九十百千万亿点]+)"
_AMOUNT = rf"{_NUMBER}(?:元|块钱)"
_DATE = r"[0-9０-９一二三四五六七八九十]+月[0-9０-９一二三四五六七八九十]+[日号]"
_WAYS = "(?:延期|分期|减免)"
_MATTER = re.compile(rf"{_DATE}|{_AMOUNT}")
_REMEDY = re.compile(
    rf"(?<![您你不])(?:申请|提交|办理?|[提交]个?)[^，。！？不没的过到]{{0,3}}{_WAYS}"
    rf"|(?<![您你]的){_WAYS}[^，。！？不没]{{0,5}}(?:申请|能办)(?!收到|已经|还在|正在|在审)"
    "|(?<!不)(?:可以|能)(?:先|在线|自己|提)*申请|可以先?还上?(?:一部分|一些|一点)"
    "|(?<!还)先还(?:上?一|些|点|最低|您|得|拿|能|手|个|[0-9])|多少[，就都]*先?还多少|最低(?:还款|能还)|还[个够]?最低"
)
_REFUSED = re.compile("(?:不能|不可以|没法|没办法|无法|没有|不用|不必)[^，。！？]{0,4}$")
_FIGURE = re.compile(
    rf"{_AMOUNT}|{_DATE}|百分之|[0-9]%|[0-9０-９](?:期|天|分钟|个名额)|尾号[是为]?[0-9]"
    "|最高可申请|每月还|年化|到期|应还|(?<![借信房车网])贷(?![款后记方])|备用金|这[款笔](?:产品|贷款|借款)"
)
_PAUSE = "(?=[，、：；。！？,:;!?]|$)"
_HANGS_UP = rf"(?:我|这就)(?:这?就|先)*挂(?:断|机|电话)?了?{_PAUSE}|(?:^|，)先挂了?[。！]?$"
_STOPS = re.compile(
    rf"先不(?:往下|多)?[说讲谈](?:了|事|{_PAUSE})|不多[说讲]了|[我就]不(?:往下)?[说讲聊]了?{_PAUSE}|今天(?:就|先)*不[说讲]了"
    "|不(?:多|再)?(?:打扰|耽误)[您你]?了|(?:先|今天|这就)不多?打扰|先[说讲聊]?到这[儿里]|我(?:先|就)停"
    rf"|我(?:就|先|这就|在这儿)*等(?:着|[您你](?!的))|等[您你][^，。！？]{{1,8}}再[说讲聊谈]|{_HANGS_UP}"
)
_OTHER_MATTERS = re.compile("别的|其他|其余|客气话|闲话|之前|以前|过去|怎么|用不用")
_IN_SHORT = re.compile("我?(?:只|就|直接|先|单)(?:说|讲|报|提|问)")
_LEAVES = re.compile(
    rf"再见|不(?:多|再)?(?:打扰|耽误)[您你]?了|不多打扰{_PAUSE}|(?:今天|就|先)(?:就|先)?[说讲聊]?到这[儿里]|{_HANGS_UP}"
)
_WHO_CALLS = re.compile("我(?:就|的确|确实)?是[^。！？]{0,30}?语音助手")
_RECORDED = re.compile("通话[^，。！？]{0,3}录音")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is incoherent, by name, and the sentence at which a listener would notice it."""

    name: str
    sentence: str


def faults(
    text: str,
    scenario: str,
    strategy: str | None = None,
    tags: Sequence[str] = (),
    never: Mapping[str, Sequence[str]] = NEVER_NOTHING,
) -> list[Fault]:
    """Everything incoherent about a whole script, in the order of `NAMES`; empty for a coherent one.

    `text` is the written form, from the opening to the close. `tags` are ids, `never` the words that contradict each.
    """
    said = _SENTENCE.findall(text)
    judged: Sequence[Iterator[str]] = (
        _early_remedy(said) if scenario in _COLLECTION and strategy != REPLY else iter(()),
        _early_questions(said),
        _repetitions(said),
        _broken_announcements(said),
        _questions_after_leaving(said),
        _contradictions(said, [words for tag in tags for words in never.get(tag, ())]),
        _introductions(said, asked="asked_ai" in tags),
    )
    return [Fault(name, sentence) for name, found in zip(NAMES, judged, strict=True) for sentence in found]


def _early_remedy(said: Sequence[str]) -> Iterator[str]:
    """The first sentence, if it comes to a remedy before anybody has said how much, or since when."""
    for sentence in said:
        remedy = next((it for it in _REMEDY.finditer(sentence) if not _REFUSED.search(sentence[: it.start()])), None)
        if _MATTER.search(sentence[: remedy.start()] if remedy else sentence):
            return
        if remedy:
            yield sentence
            return


def _early_questions(said: Sequence[str]) -> Iterator[str]:
    return (sentence for sentence in said[:-1] if "？" in sentence or "?" in sentence)


def _repetitions(said: Sequence[str]) -> Iterator[str]:
    """Each sentence that says what an earlier one has said; what is repeated to seniors on purpose is none."""
    earlier: list[str] = []
    for sentence in said:
        if sentence.startswith(_ON_PURPOSE):
            continue
        bare = _NO_WORD.sub("", sentence)
        if any(_is_alike(bare, other) for other in earlier):
            yield sentence
        earlier.append(bare)


def _is_alike(one: str, other: str) -> bool:
    """Whether two sentences without punctuation are the same, or share most pairs of neighbouring characters."""
    if one == other:
        return True
    if min(len(one), len(other)) < _LEAST_CHARACTERS:
        return False
    pairs, others = set(pairwise(one)), set(pairwise(other))
    return len(pairs & others) >= _ALIKE * max(len(pairs), len(others))


def _broken_announcements(said: Sequence[str]) -> Iterator[str]:
    """Each announcement to stop or to wait after which, in whatever sentence, matter follows all the same."""
    for at, sentence in enumerate(said):
        rest = _after_stop(sentence)
        if rest is not None and any(_FIGURE.search(later) for later in (rest, *said[at + 1 :])):
            yield sentence


def _after_stop(sentence: str) -> str | None:
    """What a sentence says after it has announced to stop or to wait; None if it announces nothing of the kind.

    不多说，只讲利息 announces to be short, and 别的先不说 to leave something else out.
    """
    stop = _STOPS.search(sentence)
    if stop is None or sentence.endswith(("？", "?")) or _OTHER_MATTERS.search(sentence):
        return None
    rest = sentence[stop.end() :].lstrip("，、：；,:;")
    return None if _IN_SHORT.match(rest) else rest


def _questions_after_leaving(said: Sequence[str]) -> Iterator[str]:
    has_left = False
    for sentence in said:
        has_left = has_left or _LEAVES.search(sentence) is not None
        if has_left and ("？" in sentence or "?" in sentence):
            yield sentence


def _contradictions(said: Sequence[str], never: Sequence[str]) -> Iterator[str]:
    return (sentence for sentence in said if any(words in sentence for words in never))


def _introductions(said: Sequence[str], *, asked: bool) -> Iterator[str]:
    """Each sentence that tells again who calls, unless that was `asked`, or that the call is recorded."""
    for pattern in (_RECORDED,) if asked else (_WHO_CALLS, _RECORDED):
        found = [sentence for sentence in said for _ in pattern.findall(sentence)]
        yield from found[1:]
