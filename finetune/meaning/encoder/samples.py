"""What the encoder learns from, what it is judged by, and in which batches it reads."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from finetune.meaning.lessons import FINE, Lessons, Utterance
from finetune.meaning.scoring import whole
from guards.meaning.vocabulary import Vocabulary

_PARTS = 8
"""The last of so many stretches of every file of sentences is kept from the encoder."""
_EVERYDAY_COUNTS = 3.0
_HONEST_READ = 0.25
"""Sentences of the corpus resemble each other: a quarter of them, other ones each time, is enough."""
_SPELT, _SKIPPED = 0.15, 0.1
"""The share of sentences that are cut into single characters, and of pieces that are unknown while it learns."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence as the model reads it, its label, and how much it counts."""

    read: str
    label: str
    counts: float = 1.0
    is_of_corpus: bool = field(default=False, kw_only=True)


def parted(lessons: Lessons, left_out: Sequence[int]) -> tuple[Lessons, Lessons]:
    """The lessons to learn from, and those to judge by: some authors, and the last stretch of each file."""
    learnt, kept = [], []
    for sentences in (lessons.honest, lessons.life, lessons.money):
        cut = len(sentences) * (_PARTS - 1) // _PARTS
        learnt.append(sentences[:cut])
        kept.append(sentences[cut:])
    authors: tuple[list[Sequence[Utterance]], list[Sequence[Utterance]]] = [], []
    for place, author in enumerate(lessons.authors):
        authors[place in left_out].append(author)
    return Lessons(authors[0], *learnt), Lessons(authors[1], *kept)


def samples(lessons: Lessons) -> list[Sample]:
    """All that is in the lessons, each text once."""
    found = {
        **{read: Sample(read, FINE, is_of_corpus=True) for read in map(whole, lessons.honest)},
        **{read: Sample(read, FINE, _EVERYDAY_COUNTS) for read in map(whole, [*lessons.life, *lessons.money])},
        **{
            read: Sample(read, line.label)
            for author in lessons.authors
            for line in author
            if (read := whole(line.text))
        },
    }
    found.pop("", None)
    return list(found.values())


def batches(held: Sequence[Sample], size: int, chance: random.Random) -> Iterator[list[Sample]]:
    """Once through the samples at random, those of like length together."""
    read = [sample for sample in held if not sample.is_of_corpus or chance.random() < _HONEST_READ]
    chance.shuffle(read)
    wide = 16 * size
    groups = []
    for start in range(0, len(read), wide):
        stretch = sorted(read[start : start + wide], key=lambda sample: len(sample.read))
        groups += [stretch[place : place + size] for place in range(0, len(stretch), size)]
    chance.shuffle(groups)
    yield from groups


def blurred(
    vocabulary: Vocabulary, spelling: Vocabulary, batch: Sequence[Sample], chance: random.Random
) -> list[list[int]]:
    """Tokens of a batch, some sentences spelt by characters, some pieces missing: no surface to remember."""
    rows = []
    for sample in batch:
        tokens = (spelling if chance.random() < _SPELT else vocabulary).tokens(sample.read)
        inner = [token for token in tokens[1:-1] if chance.random() >= _SKIPPED]
        rows.append([tokens[0], *(inner or tokens[1:-1]), tokens[-1]])
    return rows
