"""Cut a SentencePiece vocabulary down to what given texts need; each of them is read in the same pieces as before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

SPACE = "▁"
UNKNOWN = "<unk>"


@dataclass(frozen=True, slots=True)
class Pieces:
    """A vocabulary in the order of its numbers. Of two merges, the one whose result has the higher score comes first.

    `controls` are never read out of a text but as a whole, `plain` neither, but they are part of what is said (line
    breaks); `bytes_` spell what no other piece does.
    """

    scores: Mapping[str, float]
    controls: frozenset[str]
    plain: frozenset[str]
    bytes_: frozenset[str]

    @property
    def merged(self) -> dict[str, float]:
        """The pieces that come about by merging, or are single characters."""
        apart = self.controls | self.plain | self.bytes_
        return {piece: score for piece, score in self.scores.items() if piece not in apart}

    def only(self, kept: Iterable[str]) -> "Pieces":
        """The same with the `kept` pieces alone, in their old order."""
        wanted = frozenset(kept)
        scores = {piece: score for piece, score in self.scores.items() if piece in wanted}
        return Pieces(scores, self.controls & scores.keys(), self.plain & scores.keys(), self.bytes_ & scores.keys())


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a vocabulary, in its old order, and the tokenizer of that."""

    pieces: Pieces
    tokenizer: Any


def cut(pieces: Pieces, texts: Collection[str], always: Collection[str]) -> Cut:
    """The vocabulary that reads `texts` in the same pieces as before; `always` are kept if they are pieces at all.

    Control tokens and bytes stay, so any other text can still be read and written.

    Raises:
        ValueError: if a text would be read in other pieces than before, or would not come back as it was.
    """
    characters = {*"".join(texts).replace(" ", SPACE), *always}
    # No piece with another character can come about in these texts, and merges of the whole vocabulary take minutes.
    within = {piece for piece in pieces.merged if characters.issuperset(piece)}
    before_pieces = pieces.only(within | pieces.controls | pieces.plain | pieces.bytes_)
    before = tokenizer_of(before_pieces)
    read = {piece for text in texts for piece in before.encode(text, add_special_tokens=False).tokens}
    wanted = with_ancestors(read | (set(always) & within), before_pieces.merged)
    left = pieces.only(wanted | pieces.controls | pieces.bytes_ | (read & pieces.plain))
    after = tokenizer_of(left)
    for text in texts:
        _prove(text, before, after)
    return Cut(left, after)


def with_ancestors(pieces: Iterable[str], among: Collection[str]) -> set[str]:
    """The pieces with everything out of which they may be merged."""
    found: set[str] = set()
    waiting = set(pieces)
    while waiting:
        piece = waiting.pop()
        found.add(piece)
        parts = {part for pair in splits(piece, among) for part in pair}
        waiting |= parts - found
    return found


def splits(piece: str, among: Collection[str]) -> list[tuple[str, str]]:
    """Every pair of pieces that would merge into this one."""
    pairs = ((piece[:at], piece[at:]) for at in range(1, len(piece)))
    return [(left, right) for left, right in pairs if left in among and right in among]


def merges_of(scores: Mapping[str, float]) -> list[tuple[str, str]]:
    """The merges of a vocabulary, first things first."""
    number = {piece: at for at, piece in enumerate(scores)}
    ranked = []
    for piece, score in scores.items():
        pairs = sorted(splits(piece, scores), key=lambda pair: (number[pair[0]], number[pair[1]]))
        ranked += [(score, *pair) for pair in pairs]
    ranked.sort(key=lambda each: (each[0], len(each[1]), len(each[2])), reverse=True)
    return [(left, right) for _, left, right in ranked]


def tokenizer_of(pieces: Pieces) -> Any:
    """The tokenizer of a vocabulary, as Gemma's is built; it adds no beginning."""
    numbers = {piece: number for number, piece in enumerate(pieces.scores)}
    model = models.BPE(numbers, merges_of(pieces.merged), unk_token=UNKNOWN, fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", SPACE)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()],
    )
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in sorted(pieces.controls)])
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in sorted(pieces.plain)])
    return tokenizer


def _prove(text: str, before: Any, after: Any) -> None:
    read = after.encode(text, add_special_tokens=False)
    if read.tokens != before.encode(text, add_special_tokens=False).tokens:
        raise ValueError(f"would be read in other pieces than before: {text}")
    if after.decode(read.ids, skip_special_tokens=False) != text:
        raise ValueError(f"would not come back as it was: {text}")
