"""Make the encoder and its head: from the base weights and the lessons to the files that the guards read."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions

from finetune.folders import replacing
from finetune.meaning.encoder.base import Base
from finetune.meaning.encoder.graph import graph_of
from finetune.meaning.encoder.head import Adding, Head, Scores, limits, write_head
from finetune.meaning.encoder.learning import Columns, Settings, learn
from finetune.meaning.encoder.network import Network, started_from
from finetune.meaning.encoder.pieces import kept_pieces, rows_of, vocabulary, write_vocabulary
from finetune.meaning.encoder.samples import parted, samples
from finetune.meaning.lessons import FINE, Lessons
from finetune.meaning.training import judge
from guards.meaning.reading import pieces
from guards.meaning.vocabulary import read_vocabulary

ENCODER, MODEL, VOCABULARY, HEAD = "encoder", "model.onnx", "vocabulary.tsv", "head.npz"
SETTINGS = Settings()
KEPT_AUTHOR = 5
"""The author of whom the encoder sees nothing, so that thresholds can be set: the sixth."""
ADDING = Adding()

Scorer = Callable[[Sequence[str]], NDArray[np.float64]]
"""Gives sentences, as the guards read them, a score each."""


def make(
    base: Base, lessons: Lessons, folder: Path, settings: Settings = SETTINGS, say: Callable[[str], None] = print
) -> Head:
    """Train an encoder, write it and its head into a folder, and give the head.

    What sets the thresholds no score saw: one author and the last stretch of each file of sentences.
    """
    learnt, kept = parted(lessons, [KEPT_AUTHOR % len(lessons.authors)])
    held = samples(learnt)
    labels = sorted({sample.label for sample in held} - {FINE})
    places = kept_pieces(base, [sample.read for sample in samples(lessons)])
    cutting, spelling = vocabulary(base, places), vocabulary(base, places, is_spelt=True)
    network = started_from(base, rows_of(base, places), settings.layers, settings.places)
    say(f"{len(held):,} sentences to learn from, {len(places):,} pieces, {settings}")
    columns = learn(network, held, labels, cutting, spelling, settings, say)
    save_encoder(network, base, places, folder / ENCODER)
    return save_head(columns, labels, folder, learnt, kept)


def save_encoder(network: Network, base: Base, places: Sequence[int], folder: Path) -> None:
    """Write model and vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / MODEL) as file:
        file.write(graph_of(network).SerializeToString())
    write_vocabulary(base, places, folder / VOCABULARY)


def save_head(columns: Columns, labels: Sequence[str], folder: Path, learnt: Lessons, kept: Lessons) -> Head:
    """Write what reads the vectors of the encoder that a folder holds, as it is written, its limits set on `kept`."""
    alarm, bias, kinds, kind_biases = columns.weights()
    first, second = judge(learnt), scorer(read_encoder(folder / ENCODER), alarm, bias)
    found = limits(scores(kept, first), scores(kept, second), ADDING)
    head = Head(
        alarm, bias, kinds, kind_biases, labels, ADDING.first, ADDING.second, ADDING.most,
        found.lower, found.upper, found.revise, found.observe, digest(folder / ENCODER),
    )  # fmt: skip
    write_head(head, folder / HEAD)
    return head


def digest(encoder: Path) -> str:
    """What an encoder is known by: SHA-256 of its model and its vocabulary, one after the other."""
    return hashlib.sha256((encoder / MODEL).read_bytes() + (encoder / VOCABULARY).read_bytes()).hexdigest()


def read_encoder(folder: Path) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """What gives sentences their vectors, one by one."""
    cutting = read_vocabulary(folder / VOCABULARY)
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = InferenceSession((folder / MODEL).read_bytes(), options, providers=["CPUExecutionProvider"])

    def vectors(read: Sequence[str]) -> NDArray[np.float32]:
        rows = (np.array([cutting.tokens(sentence)[: SETTINGS.places]], dtype=np.int64) for sentence in read)
        return np.concatenate([session.run(None, {"tokens": row})[0] for row in rows])

    return vectors


def scorer(vectors: Callable[[Sequence[str]], NDArray[np.float32]], alarm: NDArray[np.float32], bias: float) -> Scorer:
    """The second score."""
    return lambda read: (vectors(read) @ alarm + bias).astype(np.float64)


def scores(lessons: Lessons, scorer: Scorer) -> Scores:
    """Scores of all utterances of the lessons, by sort: of each, the worst of its sentences."""
    lines = [line for author in lessons.authors for line in author]
    return {
        "bad": worst(scorer, [line.text for line in lines if line.label != FINE]),
        "fine": worst(scorer, [line.text for line in lines if line.label == FINE]),
        "life": worst(scorer, lessons.life),
        "money": worst(scorer, lessons.money),
    }


def worst(scorer: Scorer, texts: Sequence[str]) -> NDArray[np.float64]:
    """The highest score among the sentences of each text that has any."""
    cut = [[piece.read for piece in pieces(text)] for text in texts]
    flat = [read for each in cut for read in each]
    if not flat:
        return np.zeros(0)
    found = scorer(flat)
    ends = np.cumsum([len(each) for each in cut])
    return np.array([found[end - len(each) : end].max() for each, end in zip(cut, ends, strict=True) if each])
