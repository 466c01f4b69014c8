"""A second opinion on what no phrase names: a small linear model over characters, which never allows anything.

Each sentence is scored by how its characters follow each other; the weights were learnt from hand-written lines
(`python -m finetune meaning`). The same text always gets the same score.
"""

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from guards.script import Script
from guards.text.folding import Folding, fold, folded_text
from guards.text.numerals import NUMERAL_CHARACTERS
from guards.text.sentences import SENTENCE_MARKS
from guards.types import Action, Case, Channel, Finding, Span

BITS = 17
"""Features are counted in 2**17 buckets."""
LABEL_BITS = 14
"""Those that decide of which kind a sentence is, in 2**14."""
LONGEST = 64
"""A sentence longer than this many characters is read in parts."""

REASONS = {
    "guarantee": "听起来像是在保证审批、放款或额度",
    "credit_blind": "听起来像是说征信好坏都没关系",
    "threat": "听起来像是在威胁客户",
    "exposure": "听起来像是要把欠款的事告诉别人",
    "impersonation": "听起来像是冒充公检法、监管部门或律师",
    "legal_exaggeration": "听起来像是夸大法律或征信后果",
    "insult": "听起来像是在贬损客户",
    "off_channel_payment": "听起来像是让客户走非官方渠道付款",
    "credentials": "听起来像是在索要密码、验证码或卡号",
    "over_borrowing": "听起来像是在劝客户多借",
    "borrow_to_repay": "听起来像是劝客户借钱还钱",
    "forbidden_purpose": "听起来像是建议把借款用于不允许的用途",
    "urgency": "听起来像是制造紧迫感，催客户做决定",
    "hidden_cost": "听起来像是淡化利息或费用",
    "endorsement": "听起来像是拿政府或监管部门作背书",
    "human_pretence": "听起来像是机器人冒充真人",
    "concession": "听起来像是没有授权就许诺减免",
    "elderly_secrecy": "听起来像是劝客户瞒着家人",
    "disparagement": "听起来像是在贬低同行",
}
"""What a finding says of each kind of violation; the keys are the labels of the training lines."""
_ADVICE = {Action.OBSERVE: "仅供留意", Action.REVISE: "请换一种说法", Action.ESCALATE: "请人工复核"}
_FOR_A_PERSON = frozenset({"threat", "exposure", "impersonation", "insult", "off_channel_payment", "credentials"})

_SENTENCE = re.compile(f"[^{SENTENCE_MARKS}\n]+")
_NUMBER = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{NUMERAL_CHARACTERS}]{{2,}}")
_NOISE = re.compile("[^\u4e00-\u9fffa-z0-9]+")
_PART = re.compile(f"[^，,、：:]{{1,{LONGEST}}}[，,、：:]*")
_SALTS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_KINDS = np.arange(5, dtype=np.uint64)[:, None]
_GAP = "\0\0\0"
_PARTS = frozenset(
    {"alarm", "alarm_scale", "bias", "labels", "kinds", "kinds_scale", "kind_biases", "revise", "observe"}
)


@dataclass(frozen=True, eq=False)
class Weights:
    """What was learnt. `alarm`: (2**BITS,), `kinds`: (labels, 2**LABEL_BITS), both with a bias beside.

    A sentence that scores above `revise` is stopped, one above `observe` is only noted. `digest`: SHA-256 of the file.
    """

    alarm: NDArray[np.float32]
    bias: float
    labels: tuple[str, ...]
    kinds: NDArray[np.float32]
    kind_biases: NDArray[np.float32]
    revise: float
    observe: float
    digest: str = ""

    def __post_init__(self) -> None:
        for learnt in (self.alarm, self.kinds, self.kind_biases):
            learnt.setflags(write=False)  # all threads share them


def read_weights(path: Path) -> Weights:
    """Read what `python -m finetune meaning` wrote.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if the file is none of ours, or of another shape.
    """
    content = path.read_bytes()
    try:
        with np.load(BytesIO(content), allow_pickle=False) as held:
            if missing := _PARTS - set(held.files):
                raise ValueError(f"it lacks {', '.join(sorted(missing))}")
            weights = Weights(
                held["alarm"].astype(np.float32) * held["alarm_scale"],
                float(held["bias"]),
                tuple(map(str, held["labels"])),
                held["kinds"].astype(np.float32) * held["kinds_scale"],
                held["kind_biases"].astype(np.float32),
                float(held["revise"]),
                float(held["observe"]),
                hashlib.sha256(content).hexdigest(),
            )
    except (ValueError, TypeError, EOFError, BadZipFile, OSError, zlib.error) as broken:
        raise ValueError(f"{path.name} holds no weights ({broken}); train it anew") from None
    shapes = (weights.alarm.shape, weights.kinds.shape, weights.kind_biases.shape)
    count = len(weights.labels)
    if shapes != ((1 << BITS,), (count, 1 << LABEL_BITS), (count,)) or not set(weights.labels) <= set(REASONS):
        raise ValueError(f"{path.name} was made for other features or labels; train it anew")
    return weights


class Piece(NamedTuple):
    """A sentence or part of one as the model reads it; `low` and `high` bound it in the folded sentence."""

    read: str
    start: int
    end: int
    low: int
    high: int

    def span(self, text: str) -> Span:
        """Where it stands in the text."""
        place = fold(text[self.start : self.end], Folding.PLAIN).span(self.low, self.high)
        return Span(self.start + place.start, self.start + place.end)


def pieces(text: str) -> list[Piece]:
    """The sentences of a text as the model reads them.

    They end where those of the text do: folded, ！ could not be distinguished from the ! that decorates. Numbers read
    all alike, and only letters and Chinese characters are left.
    """
    found = []
    for sentence in _SENTENCE.finditer(text):
        plain = folded_text(sentence[0], Folding.PLAIN)
        for low, high in [(0, len(plain))] if len(plain) <= LONGEST else _parts(plain):
            if read := _NOISE.sub("", _NUMBER.sub("0", plain[low:high])):
                found.append(Piece(read, *sentence.span(), low, high))
    return found


def _parts(text: str) -> list[tuple[int, int]]:
    """A long sentence cut at its pauses into parts of at most about `LONGEST` characters."""
    parts: list[tuple[int, int]] = []
    for part in _PART.finditer(text):
        if parts and part.end() - parts[-1][0] <= LONGEST:
            parts[-1] = parts[-1][0], part.end()
        else:
            parts.append(part.span())
    return parts


def features(read: Sequence[str], bits: int = BITS) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The buckets of all features of the pieces, and for each the place of its piece.

    Features are single characters, and two or three that follow each other, also with one or two left out between.
    """
    buckets, whole, owners = _buckets(read, bits)
    return buckets[whole], np.broadcast_to(owners, whole.shape)[whole]


def _buckets(read: Sequence[str], bits: int) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]:
    """For each kind of feature (rows) and each character (columns) the bucket, and whether the piece goes so far."""
    joined = _GAP.join(read) + _GAP
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(read)), [len(piece) + len(_GAP) for piece in read])[: -len(_GAP)]
    salted = codes * _SALTS[:, None]
    first, second, third = salted[0, :-3], salted[1, 1:-2], salted[2, 2:-1]
    pairs = first + second
    keys = np.stack((first, pairs, pairs + third, salted[1, :-3] + third, salted[2, :-3] + salted[0, 3:]))
    keys ^= _KINDS
    keys *= _SALTS[0]
    keys >>= np.uint64(64 - bits)
    has = codes != 0
    whole = np.empty((len(_KINDS), len(owners)), dtype=np.bool_)
    whole[0] = has[:-3]
    whole[1] = whole[0] & has[1:-2]
    whole[2] = whole[3] = whole[1] & has[2:-1]
    whole[4] = whole[3] & has[3:]
    return keys.astype(np.intp), whole, owners


class Meaning:
    """The guard that gives the second opinion on the written form."""

    name = "meaning"

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """A finding for each sentence that sounds like a violation, on the whole sentence."""
        read = pieces(script.text)
        if not read:
            return []
        scores = self.scores([piece.read for piece in read])
        findings = []
        for score, piece in zip(scores.tolist(), read, strict=True):
            if score <= self._weights.observe:
                continue
            label = self.label(piece.read)
            if _is_in_scope(label, case):
                findings.append(self._finding(label, score, piece.span(script.text)))
        return findings

    def scores(self, read: Sequence[str]) -> NDArray[np.floating[Any]]:
        """How much each piece sounds like a violation; above 0 it is likelier one than not."""
        buckets, whole, owners = _buckets(read, BITS)
        weights = (self._weights.alarm[buckets] * whole).sum(axis=0)
        return np.bincount(owners, weights, len(read)) + self._weights.bias

    def label(self, piece: str) -> str:
        """Which kind of violation a piece sounds like, if it is one."""
        buckets, _ = features([piece], LABEL_BITS)
        scores = self._weights.kinds[:, buckets].sum(axis=1) + self._weights.kind_biases
        return self._weights.labels[int(scores.argmax())]

    def _finding(self, label: str, score: float, span: Span) -> Finding:
        action = Action.OBSERVE
        if score > self._weights.revise:
            action = Action.ESCALATE if label in _FOR_A_PERSON else Action.REVISE
        return Finding(f"{self.name}.{label}", self.name, action, f"{REASONS[label]}，{_ADVICE[action]}", span)


def _is_in_scope(label: str, case: Case) -> bool:
    """Whether the case leaves the words in question: offers may be made where there are some, persons are persons."""
    if label == "concession":
        return not case.offers
    return label != "human_pretence" or case.channel in (None, Channel.AI_VOICE)
