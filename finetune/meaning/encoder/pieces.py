"""Which pieces of the base's vocabulary are kept: those that a sentence as the guards read it can hold."""

import re
from collections.abc import Iterable
from pathlib import Path

from finetune.meaning.encoder.base import Base
from finetune.meaning.scoring import whole
from guards.meaning.vocabulary import Vocabulary

_CHINESE = re.compile("[\u4e00-\u9fff]+")
_LATIN = re.compile("[a-z0-9]+")
_LONGEST = 6


def kept_pieces(base: Base, sentences: Iterable[str]) -> list[int]:
    """The places of the kept pieces: all Chinese ones that folding leaves as they are, and what Latin occurs."""
    runs = {run for sentence in sentences for run in _LATIN.findall(sentence)}
    return [
        place
        for place, piece in enumerate(base.pieces)
        if (_CHINESE.fullmatch(piece) and len(piece) <= _LONGEST and whole(piece) == piece)
        or (_LATIN.fullmatch(piece) and (len(piece) == 1 or piece in runs))
    ]


def vocabulary(base: Base, kept: Iterable[int], *, is_spelt: bool = False) -> Vocabulary:
    """Cuts into the kept pieces, or into single characters, with the same tokens."""
    places = list(kept)
    scores = [
        -1e6 if is_spelt and len(base.pieces[place]) > 1 else round(float(base.scores[place]), 3) for place in places
    ]
    return Vocabulary([base.pieces[place] for place in places], scores)


def write_vocabulary(base: Base, kept: Iterable[int], path: Path) -> None:
    """Write what `guards.meaning.vocabulary.read_vocabulary` reads."""
    lines = (f"{base.pieces[place]}\t{base.scores[place]:.3f}\n" for place in kept)
    path.write_text("".join(lines), "utf-8")


def rows_of(base: Base, kept: Iterable[int]) -> list[int]:
    """The base's piece behind each token: first those that stand for no piece."""
    return [base.pad, base.begin, base.end, base.unknown, *kept]
