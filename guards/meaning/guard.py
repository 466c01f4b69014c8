"""The guard that gives the second opinion on the written form, and never allows anything.

Each sentence is scored by how its characters follow each other; the weights were learnt from hand-written lines
(`python -m finetune meaning`). The same text always gets the same score.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from guards.meaning.features import LABEL_BITS, REACHES, SHORTEST, distinct_features, features, placed_features
from guards.meaning.kinds import ADVICE, REASONS, is_in_scope, stopping
from guards.meaning.reading import Piece, pieces
from guards.meaning.weights import Weights
from guards.script import Script
from guards.types import Action, Case, Finding

_MOST_FEATURES, _MOST_WORDS = 6, 3
_LEAST_SHARE = 0.3
"""A feature that says less than this share of what the first one says did not tip the scales."""
_NO_WORD = re.compile("[0-9a-z]|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐)")
"""What a reason never repeats: numbers, and what may be somebody's name."""


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
        findings = []
        for score, piece in zip(self.scores([piece.read for piece in read]).tolist(), read, strict=True):
            if score <= self._weights.observe:
                continue
            kind = self.label(piece.read)
            if is_in_scope(kind, case):
                findings.append(self._finding(kind, score, piece, script.text, case))
        return findings

    def scores(self, read: Sequence[str]) -> NDArray[np.float64]:
        """How much each piece sounds like a violation, however long it is: from about -2 to 2."""
        buckets, owners = distinct_features(read)
        sums = np.bincount(owners, self._weights.alarm[buckets], len(read))
        lengths = np.sqrt(np.bincount(owners, np.square(self._weights.rarity[buckets]), len(read)))
        scores: NDArray[np.float64] = sums / np.maximum(lengths, SHORTEST) + self._weights.bias
        return scores

    def label(self, piece: str) -> str:
        """Which kind of violation a piece sounds like, if it is one."""
        buckets, _ = features([piece], LABEL_BITS)
        scores = self._weights.kinds[:, buckets].sum(axis=1) + self._weights.kind_biases
        return self._weights.labels[int(scores.argmax())]

    def words(self, piece: str, private: Iterable[str] = ()) -> list[str]:
        """The words of a piece that tipped the scales, at most three, in speaking order.

        They are stretches of the features with the most weight. Numbers are never among them, nor what overlaps a text
        of `private`.
        """
        closed = [found.span() for found in _NO_WORD.finditer(piece)]
        closed += [found.span() for each in private if each for found in re.finditer(re.escape(each), piece)]
        buckets, whole, _ = placed_features([piece])
        said = np.where(whole, self._weights.alarm[buckets], 0)
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

    def _finding(self, kind: str, score: float, piece: Piece, text: str, case: Case) -> Finding:
        action = stopping(kind) if score > self._weights.revise else Action.OBSERVE
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
