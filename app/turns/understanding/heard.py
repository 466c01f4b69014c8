"""What one utterance of the customer says: intents with their places, an emotion, and days, times and sums it names."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import exp
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.turns.book import SILENCE
from app.turns.understanding.linear import LinearModel
from app.turns.understanding.times import named_day, named_sum, named_time

Emotion = Literal["anxious", "resistant", "angry", "distressed", "calm"]
UNKNOWN = "unknown"
_WORDS = re.compile(r"[\w一-鿿]")
_CLAUSE = re.compile(r"[^，。！？、,.!?；;\s…]+")
_FEW = 6
_USUAL, _WEAKLY, _CLEARLY = -0.25, 0.2, 0.3
"""The score from which an intent may stand beside others; how far above its threshold it is weakly or clearly meant."""
_NEARLY = 0.2
"""How far below its threshold a grave intent is still taken for meant, where nothing else is."""
_BRIEF = 8
"""Characters of an utterance in which a machine would name a menu or itself."""
_JUST, _LIKELY, _SURE = 0.62, 0.7, 0.9
"""Scores that are only just enough, that are likely, and that are beyond doubt."""
_CONSENTS = frozenset({"affirm", "partial", "promise"})
_DEATH = re.compile("死|跳|命|活|药|刀|割|轻生|遗|解脱|了断|一了百了")
_DIGIT = re.compile("[0-9０-９一二三四五六七八九十百千万两号]")
_COMPLAINS = re.compile(
    "投诉|头诉|举报|告你|告他|起诉你|12378|12345|12315|12363|一二三|银监|监管|消协|消保|媒体|曝光|律师|工信|报警|公安|法院告"
)
_YOUNG = re.compile(
    "小学|中学|[初出高][一二三]|初中|高中|职高|直高|上学|读书|念书|幼儿园|[年连]级|妈妈|爸爸|我爸|我妈|奶奶|爷爷|小孩|孩子|小朋友|未成|成年|满十八|"
    "作业|自习|学生|老师|[一二三四五六七八九十]岁|九睡|1[0-7]岁|[我才是]十[一二三四五六七]|呃十|身份证还没|还没身份证"
)
_HELD = re.compile(
    "拘|关|监|狱|看守|牢|号子|服刑|里面|里头|进去|判|抓|逮|公安|派出|警|刑|法院|坐牢|局|戒|蹲|押|捕|留|羁|居|改造|案|纪委|经侦|检察|扣|铁窗|枪|探视|年"
)
_MENU = re.compile(
    "[0-9一二三四五六七八九零井星]键|按|请说|请讲|智能|助[理手]|留言|欢迎|机主|总机|分机|客服|语音|拨|坐席|转接|稍[等后]|AI|人工|机器|业务|服务"
)
_IS_IT_ME = re.compile("是不是(?:本人|我)|问我是")
_DECLINED = re.compile("(?:不要|不用|别|不想)(?:给我)?(?:转人工|找人工|投诉)")
_SHORT, _AGREES = 4, frozenset({"affirm", "identity_yes", "thanks"})
_HURRIED = 6.5
"""Characters a second from which somebody is hurried."""
_LOUD, _HIGH = frozenset({"raised", "loud", "shouting", "high"}), frozenset({"raised", "high", "sharp"})
_HARDSHIP = frozenset({"no_money", "wages_late", "unemployed", "ill", "family_hardship", "disaster"})
_GRIEF = frozenset({"self_harm", "ill", "family_hardship", "disaster", "deceased"})
_ANGRY, _RESISTANT = frozenset({"abuse", "complain"}), frozenset({"stop", "stop_urging", "refuse_to_pay"})
_WORRIED = frozenset({"credit_report", "legal_question", "scam_doubt"})
_ALONE = frozenset({UNKNOWN, "noise", "hello"})
"""What is meant only where nothing else is."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How it sounded, as far as the engine can tell."""

    chars_per_second: float | None = None
    loudness: str | None = None
    pitch: str | None = None

    @property
    def is_hurried(self) -> bool:
        """Whether somebody speaks as one who is pressed."""
        return self.chars_per_second is not None and self.chars_per_second >= _HURRIED

    @property
    def is_raised(self) -> bool:
        """Whether the voice is loud or high."""
        return self.loudness in _LOUD or self.pitch in _HIGH


NO_VOICE = Voice()


@dataclass(frozen=True, slots=True)
class Meant:
    """One intent; `score` from 0 to 1; the place in code points of the utterance, `end` not included."""

    intent: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood. `at`: a time that was named; `day` and `amount` (yuan): what may be a promise."""

    meant: tuple[Meant, ...]
    emotion: Emotion | None
    day: date | None = None
    amount: Decimal | None = None
    at: datetime | None = None
    text: str = ""

    @property
    def intents(self) -> frozenset[str]:
        """Their ids."""
        return frozenset(each.intent for each in self.meant)

    @property
    def is_tense(self) -> bool:
        """Whether a word of apology or understanding comes first."""
        return self.emotion not in (None, "calm")


class Understanding:
    """Understands one utterance at a time; the same words mean the same."""

    def __init__(
        self,
        model: LinearModel,
        phrases: Mapping[str, Sequence[str]],
        grave: Collection[str] = (),
        patterns: Mapping[str, re.Pattern[str]] = MappingProxyType({}),
    ) -> None:
        """`phrases`: whole utterances without pauses, and what they mean; they come before the model. `grave`: intents
        that are taken for what was nearly meant where nothing else was understood. `patterns` mean theirs anywhere.
        """
        self._patterns = patterns
        self._model = model
        self._phrases = phrases
        self._grave = [model.places[intent] for intent in grave if intent in model.places]

    def __call__(self, text: str, voice: Voice, now: datetime) -> Heard:
        """What was meant by an utterance that was heard at `now`, an aware time in China."""
        if not _WORDS.search(text):
            return Heard((Meant(SILENCE, 1.0, 0, len(text)),), None)
        meant = self._phrased(text) or sober(text, self._meant(text))
        said = [
            Meant(intent, 0.9, *found.span())
            for intent, pattern in self._patterns.items()
            if (found := pattern.search(text)) is not None
        ]
        meant = [*said, *(each for each in meant if each.intent != UNKNOWN)] if said else meant
        if text.rstrip().endswith(("?", "？")) and len(text) <= _SHORT:  # 嗯？ and 是？ ask, and agree to nothing
            meant = [each for each in meant if each.intent not in _AGREES] or [Meant("repeat", 0.5, 0, len(text))]
        intents = {each.intent for each in meant}
        day, at = named_day(text, now.date()), named_time(text, now)
        return Heard(tuple(meant), emotion_of(intents, voice), day, named_sum(text), at, text)

    def _phrased(self, text: str) -> list[Meant]:
        """What needs no model: utterances that are known as a whole."""
        found = self._phrases.get("".join(_WORDS.findall(text)))
        return [Meant(intent, 1.0, *_trimmed(text)) for intent in found or ()]

    def _said_in_a_clause(self, text: str) -> list[Meant]:
        """Where the whole says nothing: what one of its clauses says that is known as a whole."""
        for clause in _CLAUSE.finditer(text):
            if found := self._phrases.get("".join(_WORDS.findall(clause[0]))):
                return [Meant(intent, 0.6, *clause.span()) for intent in found]
        return []

    def _meant(self, text: str) -> list[Meant]:
        scores = self._model.scores(text)
        over = scores - self._model.thresholds
        found = np.flatnonzero(over > 0)
        # The low thresholds of grave intents are for what nothing else explains.
        weak = [place for place in found if scores[place] < _USUAL and over[place] < _WEAKLY]
        found = np.array([place for place in found if place not in weak or not _explained(over, found, int(place))])
        names = [self._model.intents[place] for place in found]
        if any(name not in _ALONE for name in names):
            found = np.array([place for place, name in zip(found, names, strict=True) if name not in _ALONE])
        if (not len(found) or names == [UNKNOWN]) and (said := self._said_in_a_clause(text)):
            return said
        if not len(found) or names == [UNKNOWN]:
            nearest = max(self._grave, key=lambda each: float(over[each]), default=None)
            if nearest is None or over[nearest] < -_NEARLY:
                return [Meant(UNKNOWN, 0.5, 0, len(text))]
            found = np.array([nearest])
        clauses = [clause.span() for clause in _CLAUSE.finditer(text)]
        within = [self._model.scores(text[start:end]) for start, end in clauses] if len(clauses) > 1 else []
        meant = []
        for place in sorted(found, key=lambda each: -float(scores[each])):
            best = max(range(len(clauses)), key=lambda each: float(within[each][place])) if within else 0
            start, end = clauses[best] if within else _trimmed(text)
            score = round(1 / (1 + exp(-3 * float(over[place]))), 2)
            meant.append(Meant(self._model.intents[place], score, start, end))
        return meant


def _explained(over: NDArray[np.floating[Any]], found: NDArray[np.intp], place: int) -> bool:
    """Whether something else was clearly meant."""
    return any(other != place and over[other] > _CLEARLY for other in found)


def sober(text: str, meant: list[Meant]) -> list[Meant]:
    """What was meant, without grave intents that only the length or the numbers of an utterance suggest."""
    words, named = "".join(_WORDS.findall(text)), {each.intent for each in meant}
    kept = [
        each
        for each in meant
        if not (each.intent == "self_harm" and each.score < _SURE and len(words) <= _FEW and not _DEATH.search(words))
        and not (is_weak(each) and each.intent == "complain" and _DIGIT.search(words) and not _COMPLAINS.search(words))
        and not (is_weak(each) and each.intent == "minor" and not _YOUNG.search(words))
        and not (each.intent == "in_custody" and _DIGIT.search(words) and not _HELD.search(words))
        and not (each.intent == "other_machine" and len(words) <= _BRIEF and not _MENU.search(words))
        and not (each.intent == "identity_no" and _IS_IT_ME.search(words))
        and not (each.intent == "dispute_amount" and each.score < _LIKELY and named & _CONSENTS)
        and not (each.intent in ("human_agent", "complain") and _DECLINED.search(words))
    ]
    return kept or [Meant(UNKNOWN, 0.5, 0, len(text))]


def is_weak(meant: Meant) -> bool:
    """Whether an intent is only just above its threshold."""
    return meant.score < _JUST


def emotion_of(intents: Collection[str], voice: Voice) -> Emotion | None:
    """How somebody feels, by words and voice; None where neither tells."""
    said = set(intents)
    if "self_harm" in said or "deceased" in said or (said & _GRIEF and said & {"no_money", "unemployed"}):
        return "distressed"
    if said & _ANGRY or (voice.is_raised and said & _RESISTANT):
        return "angry"
    if said & _HARDSHIP and (voice.is_hurried or voice.is_raised):
        return "distressed" if said & _GRIEF else "anxious"
    if said & _RESISTANT:
        return "resistant"
    if said & _WORRIED or voice.is_hurried:
        return "anxious"
    if voice.is_raised:
        return "angry"
    return "calm" if voice.chars_per_second is not None else None


def _trimmed(text: str) -> tuple[int, int]:
    found = list(_WORDS.finditer(text))
    return found[0].start(), found[-1].end()
