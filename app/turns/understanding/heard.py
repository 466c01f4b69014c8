"""What one utterance of the customer says: intents with their places, an emotion, and days, times and sums it names."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import exp
from typing import Literal

import numpy as np

from app.turns.book import SILENCE
from app.turns.understanding.linear import LinearModel
from app.turns.understanding.times import named_day, named_sum, named_time

Emotion = Literal["anxious", "resistant", "angry", "distressed", "calm"]
UNKNOWN = "unknown"
_WORDS = re.compile(r"[\w一-鿿]")
_CLAUSE = re.compile(r"[^，。！？、,.!?；;\s…]+")
_HIMSELF = re.compile(
    "(?:[喂哦噢嗯啊呃对是的]|没错)*(?:我就是|我是|就是我|是我|本人|是本人|我本人|是我本人)(?:[啊呀哦嘛的呢吧]|没错|你说|您说|怎么了|说吧|干嘛|什么事){0,2}"
)
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

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    def __call__(self, text: str, voice: Voice, now: datetime, surname: str | None = None) -> Heard:
        """What was meant by an utterance that was heard at `now`, an aware time in China.

        `surname`: of the person who is asked for, who may answer by name.
        """
        if not _WORDS.search(text):
            return Heard((Meant(SILENCE, 1.0, 0, len(text)),), None)
        meant = list(self._phrased(text, surname)) or self._meant(text)
        if text.rstrip().endswith(("?", "？")) and len(text) <= _SHORT:  # 嗯？ and 是？ ask, and agree to nothing
            meant = [each for each in meant if each.intent not in _AGREES] or [Meant("repeat", 0.5, 0, len(text))]
        intents = {each.intent for each in meant}
        day, at = named_day(text, now.date()), named_time(text, now)
        return Heard(tuple(meant), emotion_of(intents, voice), day, named_sum(text), at)

    def _phrased(self, text: str, surname: str | None) -> Iterator[Meant]:
        """What needs no model: the person himself, in so many words."""
        bare = "".join(_WORDS.findall(text))
        own = f"我(?:就)?是(?:那个)?{re.escape(surname)}(?:[\u4e00-\u9fff]{{1,2}})?$" if surname else None
        if _HIMSELF.fullmatch(bare) or (own and re.search(own, bare)):
            yield Meant("identity_yes", 1.0, *_trimmed(text))

    def _meant(self, text: str) -> list[Meant]:
        scores = self._model.scores(text)
        found = np.flatnonzero(scores > self._model.thresholds)
        names = [self._model.intents[place] for place in found]
        if any(name not in _ALONE for name in names):
            found = np.array([place for place, name in zip(found, names, strict=True) if name not in _ALONE])
        if not len(found):
            return [Meant(UNKNOWN, 0.5, 0, len(text))]
        clauses = [clause.span() for clause in _CLAUSE.finditer(text)]
        within = [self._model.scores(text[start:end]) for start, end in clauses] if len(clauses) > 1 else []
        meant = []
        for place in sorted(found, key=lambda each: -float(scores[each])):
            best = max(range(len(clauses)), key=lambda each: float(within[each][place])) if within else 0
            start, end = clauses[best] if within else _trimmed(text)
            over = float(scores[place] - self._model.thresholds[place])
            meant.append(Meant(self._model.intents[place], round(1 / (1 + exp(-3 * over)), 2), start, end))
        return meant


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
