"""The guard that gives the second opinion on the written form, and never allows anything.

Each sentence is scored by how its characters follow each other; the weights were learnt from hand-written lines
(`python -m finetune meaning`). The same text always gets the same score. Where that score leaves a sentence open, an
encoder may be asked for a second one; where it has no answer in time, the first score decides and a finding says so.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guards.meaning.encoder import Vector
from guards.meaning.features import LABEL_BITS, REACHES, SHORTEST, distinct_features, features, placed_features
from guards.meaning.head import SecondScore
from guards.meaning.kinds import ADVICE, REASONS, UNHEARD, is_in_scope, stopping
from guards.meaning.reading import Piece, pieces
from guards.meaning.weights import Weights
from guards.script import Script
from guards.text.digits import MASK
from guards.types import Action, Case, Finding

_MOST_FEATURES, _MOST_WORDS = 6, 3
_LEAST_SHARE = 0.3
"""A feature that says less than this share of what the first one says did not tip the scales."""
_NO_WORD = re.compile("[0-9a-z]|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐)")
"""What a reason never repeats: numbers, and what may be somebody's name."""
_UNHEARD_REASON = f"有的句子第一道打分拿不准，第二道没有及时答复，只按第一道的分处理，{ADVICE[Action.OBSERVE]}"


class _Opinion(NamedTuple):
    """What is thought of one piece: of which kind it is, if it is a violation, and whether it is stopped or noted."""

    kind: str
    is_stopped: bool


class Meaning:
    """The guard that gives the second opinion on the written form."""

    name = "meaning"

    def __init__(
        self,
        weights: Weights,
        second: SecondScore | None = None,
        masked: Callable[[str, Case], str] = lambda text, case: text,
    ) -> None:
        """`second`: what is asked where the first score leaves a sentence open, which sees it only as `masked`."""
        self.weights = weights
        self.second = second
        self._masked = masked

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """A finding for each sentence that sounds like a violation, on the whole sentence."""
        asked = self._open(script, case)
        vectors = self._vectors(asked)
        findings = []
        for piece, first in script.once(self._read):
            opinion = self._opinion(piece.read, first, vectors.get(asked.get(piece, "")))
            if opinion and is_in_scope(opinion.kind, case):
                findings.append(self._finding(opinion, piece, script.text, case))
        unheard = next((piece for piece, sentence in asked.items() if vectors[sentence] is None), None)
        if unheard:
            rule = f"{self.name}.{UNHEARD}"
            findings.append(Finding(rule, self.name, Action.OBSERVE, _UNHEARD_REASON, unheard.span(script.text)))
        return findings

    def undecided(self, script: Script, case: Case) -> list[str]:
        """The sentences that the first score leaves open, as the encoder is asked about them, each once.

        Whoever has time before a script is examined may have them encoded by then.
        """
        return list(dict.fromkeys(self._open(script, case).values()))

    def scores(self, read: Sequence[str]) -> NDArray[np.float64]:
        """How much each piece sounds like a violation, however long it is: from about -2 to 2."""
        buckets, owners = distinct_features(read)
        sums = np.bincount(owners, self.weights.alarm[buckets], len(read))
        lengths = np.sqrt(np.bincount(owners, np.square(self.weights.rarity[buckets]), len(read)))
        scores: NDArray[np.float64] = sums / np.maximum(lengths, SHORTEST) + self.weights.bias
        return scores

    def label(self, piece: str) -> str:
        """Which kind of violation a piece sounds like, if it is one."""
        buckets, _ = features([piece], LABEL_BITS)
        scores = self.weights.kinds[:, buckets].sum(axis=1) + self.weights.kind_biases
        return self.weights.labels[int(scores.argmax())]

    def words(self, piece: str, private: Iterable[str] = ()) -> list[str]:
        """The words of a piece that tipped the scales, at most three, in speaking order.

        They are stretches of the features with the most weight. Numbers are never among them, nor what overlaps a text
        of `private`.
        """
        closed = [found.span() for found in _NO_WORD.finditer(piece)]
        closed += [found.span() for each in private if each for found in re.finditer(re.escape(each), piece)]
        buckets, whole, _ = placed_features([piece])
        said = np.where(whole, self.weights.alarm[buckets], 0)
        said[0] = said[3:] = 0  # a single character is no word, and what leaves something out begins and ends anywhere
        stretches: list[tuple[int, int, float]] = []
        least = _LEAST_SHARE * float(said.max(initial=0))
        for place in np.argsort(-said, axis=None, kind="stable")[:_MOST_FEATURES].tolist():
            kind, start = divmod(place, said.shape[1])
            end, weight = start + REACHES[kind], float(said[kind, start])
            if weight > max(least, 0) and not any(start < high and low < end for low, high in closed):
                stretches = _merged(stretches, (start, end, weight))
        strongest = sorted(stretches, key=lambda stretch: -stretch[2])[:_MOST_WORDS]
        return list(dict.fromkeys(piece[start:end] for start, end, _ in sorted(strongest)))

    def _read(self, script: Script) -> list[tuple[Piece, float]]:
        """The pieces of a script with their first scores."""
        read = pieces(script.text)
        return list(zip(read, self.scores([piece.read for piece in read]).tolist(), strict=True)) if read else []

    def _open(self, script: Script, case: Case) -> dict[Piece, str]:
        """The pieces that the first score leaves open, and what the encoder reads of each: nobody's personal data."""
        if self.second is None:
            return {}
        found = {}
        for piece, first in script.once(self._read):
            if self.second.head.leaves_open(first):
                span = piece.span(script.text)
                masked = self._masked(script.text[span.start : span.end], case).replace(MASK, "")
                if sentence := "".join(part.read for part in pieces(masked)):
                    found[piece] = sentence
        return found

    def _vectors(self, asked: dict[Piece, str]) -> dict[str, Vector | None]:
        """What the encoder knows of sentences, each asked about once."""
        if self.second is None or not asked:
            return {}
        sentences = list(dict.fromkeys(asked.values()))
        return dict(zip(sentences, self.second.encoder(sentences), strict=True))

    def _opinion(self, read: str, first: float, vector: Vector | None) -> _Opinion | None:
        """What the sum of both scores says, or the first one alone where there is no second."""
        if self.second is None or vector is None:
            if first <= self.weights.observe:
                return None
            return _Opinion(self.label(read), first > self.weights.revise)
        head = self.second.head
        score = head.score(first, vector)
        return _Opinion(head.label(vector), score > head.revise) if score > head.observe else None

    def _finding(self, opinion: _Opinion, piece: Piece, text: str, case: Case) -> Finding:
        kind = opinion.kind
        action = stopping(kind) if opinion.is_stopped else Action.OBSERVE
        private = chain.from_iterable(
            (each.read for each in pieces(value)) for value in case.known_personal_data.values()
        )
        words = "".join(f"“{word}”" for word in self.words(piece.read, private))
        because = f"（主要因为{words}）" if words else ""
        return Finding(
            f"{self.name}.{kind}", self.name, action, f"{REASONS[kind]}{because}，{ADVICE[action]}", piece.span(text)
        )


def _merged(stretches: Iterable[tuple[int, int, float]], new: tuple[int, int, float]) -> list[tuple[int, int, float]]:
    """Stretches with another one, joined with those that it overlaps or touches."""
    start, end, weight = new
    apart = []
    for low, high, held in stretches:
        if low <= end and start <= high:
            start, end, weight = min(start, low), max(end, high), weight + held
        else:
            apart.append((low, high, held))
    return [*apart, (start, end, weight)]
