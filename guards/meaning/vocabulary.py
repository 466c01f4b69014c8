"""A sentence as tokens of an encoder: the likeliest way to cut it into known pieces."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILLER, BEGIN, END, UNKNOWN = range(4)
"""Tokens that stand for no piece: what fills up, what a sentence begins and ends with, and an unknown character."""
SPECIAL = 4

_UNKNOWN_SCORE = -30.0
"""Less than any piece: a character is unknown only where no piece covers it."""


class Vocabulary:
    """Pieces, each with the logarithm of how likely it is; the first piece is token `SPECIAL`."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._known = {
            piece: (SPECIAL + place, score) for place, (piece, score) in enumerate(zip(pieces, scores, strict=True))
        }
        self._longest = max(map(len, pieces), default=1)

    def tokens(self, sentence: str) -> list[int]:
        """The tokens of a sentence, with those that begin and end it."""
        best: list[tuple[float, int, int]] = [(0.0, 0, BEGIN)]
        for end in range(1, len(sentence) + 1):
            found = best[end - 1][0] + _UNKNOWN_SCORE, end - 1, UNKNOWN
            for start in range(max(0, end - self._longest), end):
                if (known := self._known.get(sentence[start:end])) and best[start][0] + known[1] > found[0]:
                    found = best[start][0] + known[1], start, known[0]
            best.append(found)
        tokens, place = [END], len(sentence)
        while place:
            _, start, token = best[place]
            tokens.append(token)
            place = start
        return [*tokens, BEGIN][::-1]

    def rows(self, sentences: Sequence[str]) -> NDArray[np.int64]:
        """The tokens of sentences, filled up to the longest: (sentences, tokens)."""
        cut = [self.tokens(sentence) for sentence in sentences]
        rows = np.full((len(cut), max(map(len, cut), default=0)), FILLER, dtype=np.int64)
        for row, tokens in zip(rows, cut, strict=True):
            row[: len(tokens)] = tokens
        return rows


def read_vocabulary(path: Path) -> Vocabulary:
    """Read pieces and scores, a pair a line, separated by a tab.

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if a line is no such pair.
    """
    pairs = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{path.name} holds no vocabulary")
    return Vocabulary([piece for piece, _ in pairs], [float(score) for _, score in pairs])
