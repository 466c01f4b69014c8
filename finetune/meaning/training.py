"""Train the second opinion of `guards.meaning`: the same weights from the same lessons, every time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

from finetune.meaning.lessons import FINE, Lessons, Utterance
from finetune.meaning.scoring import score, whole
from guards.meaning.features import BITS, LABEL_BITS, SHORTEST, distinct_features, features, placed_features
from guards.meaning.guard import Meaning
from guards.meaning.weights import Weights

_STRENGTH, _STRENGTH_OF_NAMES = 1.0, 0.03
_SEED = 20
_EVERYDAY_COUNTS = 3.0
"""An everyday sentence weighs as much as three others: nearly all that is ever said is of their sort."""
_EMPHASIS = (1.5, 1.2, 1.0, 0.7, 0.7)
"""How much each kind of feature counts, in the order of `REACHES`: what leaves something out is the least sure sign."""
_STOPPED = {"fine": 0.010, "life": 0.0025, "money": 0.012}
"""What share of unseen sentences that nobody minds may be stopped: less than is promised, for other authors to come.

Of everyday talk half: at twice as many, the chain stops more than its share of `tests/guards/benign_corpus.tsv`.
"""
_NOTED = {"fine": 0.04, "life": 0.03, "money": 0.04}


def train(lessons: Lessons) -> Weights:
    """Learn weights, with thresholds that are set on sentences of which the judging weights saw none.

    As many times as there are authors, one author and a stretch of every other file are left out and then scored.
    """
    fair = _scores_unseen(lessons)
    revise, observe = (_threshold(fair, shares) for shares in (_STOPPED, _NOTED))
    lines = [line for author in lessons.authors for line in author]
    bad = [line for line in lines if line.label != FINE]
    namer = LinearSVC(C=_STRENGTH_OF_NAMES, random_state=_SEED, class_weight="balanced")
    namer.fit(_counts([whole(line.text) for line in bad]), [line.label for line in bad])
    alarm, rarity, bias = _judge(lines, lessons.honest, [*lessons.life, *lessons.money])
    return Weights(
        alarm, rarity, bias, tuple(map(str, namer.classes_)), namer.coef_.astype(np.float32),
        namer.intercept_.astype(np.float32), revise, min(observe, revise),
    )  # fmt: skip


def judge(lessons: Lessons) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """The score that is learnt from these lessons, of sentences as the guards read them."""
    lines = [line for author in lessons.authors for line in author]
    return _opinion(*_judge(lines, lessons.honest, [*lessons.life, *lessons.money])).scores


def save(weights: Weights, path: Path) -> None:
    """Write the weights as eight-bit numbers with their scale, the same bytes for the same weights."""
    (alarm, alarm_scale), (rarity, rarity_scale), (kinds, kinds_scale) = map(
        _eight_bits, (weights.alarm, weights.rarity, weights.kinds)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        alarm=alarm,
        alarm_scale=alarm_scale,
        rarity=rarity,
        rarity_scale=rarity_scale,
        kinds=kinds,
        kinds_scale=kinds_scale,
        bias=np.float64(weights.bias),
        labels=np.array(weights.labels),
        kind_biases=weights.kind_biases,
        revise=np.float64(weights.revise),
        observe=np.float64(weights.observe),
    )


def _scores_unseen(lessons: Lessons) -> dict[str, NDArray[np.float64]]:
    """Scores of honest lines and everyday sentences by weights that learnt from the rest."""
    parts = len(lessons.authors)
    scores: dict[str, list[float]] = {"fine": [], "life": [], "money": []}
    for place, author in enumerate(lessons.authors):
        others = [line for other in lessons.authors if other is not author for line in other]
        honest, life, money = (
            _without(sentences, place, parts) for sentences in (lessons.honest, lessons.life, lessons.money)
        )
        opinion = _opinion(*_judge(others, honest, [*life, *money]))
        scores["fine"] += [score(opinion, line.text) for line in author if line.label == FINE]
        scores["life"] += [score(opinion, text) for text in _stretch(lessons.life, place, parts)]
        scores["money"] += [score(opinion, text) for text in _stretch(lessons.money, place, parts)]
    return {name: np.array(each) for name, each in scores.items()}


def _threshold(scores: dict[str, NDArray[np.float64]], shares: dict[str, float]) -> float:
    """The lowest score above which there is no more than the share of any sort."""
    known = {sort: share for sort, share in shares.items() if len(scores[sort])}
    return round(max(float(np.quantile(scores[sort], 1 - share)) for sort, share in known.items()), 6)


def _stretch(sentences: Sequence[str], place: int, parts: int) -> Sequence[str]:
    return sentences[len(sentences) * place // parts : len(sentences) * (place + 1) // parts]


def _without(sentences: Sequence[str], place: int, parts: int) -> list[str]:
    return [*sentences[: len(sentences) * place // parts], *sentences[len(sentences) * (place + 1) // parts :]]


def _judge(
    lines: Sequence[Utterance], honest: Sequence[str], everyday: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """What each feature says for a violation, how rare it is, and the bias."""
    texts = [*(whole(line.text) for line in lines), *map(whole, honest), *map(whole, everyday)]
    is_bad = np.zeros(len(texts), dtype=np.bool_)
    is_bad[: len(lines)] = [line.label != FINE for line in lines]
    counts = np.ones(len(texts))
    counts[len(texts) - len(everyday) :] = _EVERYDAY_COUNTS
    held = _matrix(*distinct_features(texts), len(texts), BITS)
    rarity = (np.log((1 + len(texts)) / (1 + held.getnnz(axis=0))) + 1) * _emphasis(texts)
    judge = LinearSVC(C=_STRENGTH, random_state=_SEED)
    judge.fit(_scaled(held.multiply(rarity).tocsr()), is_bad, sample_weight=counts)
    alarm = judge.coef_[0] * rarity
    return alarm.astype(np.float32), rarity.astype(np.float32), float(judge.intercept_[0])


def _emphasis(texts: Sequence[str]) -> NDArray[np.float64]:
    """How much the features in each bucket count; where two kinds share one, the later kind decides."""
    buckets, is_whole, _ = placed_features(texts)
    emphasis = np.ones(1 << BITS)
    for kind, much in enumerate(_EMPHASIS):
        emphasis[buckets[kind][is_whole[kind]]] = much
    return emphasis


def _scaled(rows: csr_matrix) -> csr_matrix:
    """Rows by their length, as the guard takes it."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags(1 / np.maximum(lengths, SHORTEST)) @ rows


def _opinion(alarm: NDArray[np.float32], rarity: NDArray[np.float32], bias: float) -> Meaning:
    """A guard that only scores."""
    nothing = np.zeros((0, 1 << LABEL_BITS), dtype=np.float32)
    return Meaning(Weights(alarm, rarity, bias, (), nothing, nothing[:, 0], 0, 0))


def _counts(texts: Sequence[str]) -> csr_matrix:
    return _matrix(*features(texts, LABEL_BITS), len(texts), LABEL_BITS)


def _matrix(buckets: NDArray[np.intp], owners: NDArray[np.intp], rows: int, bits: int) -> csr_matrix:
    return csr_matrix((np.ones(len(buckets)), (owners, buckets)), shape=(rows, 1 << bits))


def _eight_bits(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], np.float32]:
    scale = np.float32(max(float(np.abs(values).max(initial=0)), 1e-9) / 127)
    return np.rint(values / scale).astype(np.int8), scale
