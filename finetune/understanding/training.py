"""Train the linear model of understanding, choose its thresholds on hands that it did not learn from, and measure it."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from app.turns.understanding.features import BITS, VIEWS, counted
from app.turns.understanding.linear import SHARES, SHORTEST, WEIGHTS_FILE, LinearModel
from finetune.understanding.corpus import Utterance, hands_of

UNKNOWN = "unknown"
_COST = 0.7
_STEPS = np.linspace(-0.8, 0.2, 41)
_FOLDS = 3
_RECALL = 0.985
"""What the thresholds of grave intents are to keep on unseen hands, if that costs no more than `_FALSE`."""
_FALSE = 0.004
"""The greatest share of other utterances that may be taken for a grave intent."""


def train(utterances: Sequence[Utterance], intents: Sequence[str], grave: Collection[str]) -> LinearModel:
    """The model of all utterances; thresholds come from models that had not seen the hand they are tried on."""
    hands = hands_of(utterances)
    scores = np.zeros((len(utterances), len(intents)))
    for fold in range(_FOLDS):
        unseen = set(hands[fold::_FOLDS])
        places = np.array([each.hand in unseen for each in utterances])
        known = [each for each in utterances if each.hand not in unseen]
        model = _fitted(known, intents)
        scores[places] = scores_of(model, [each.text for each in utterances if each.hand in unseen])
    truth = meant(utterances, intents)
    model = _fitted(utterances, intents)
    thresholds = [
        _threshold(scores[:, place], truth[:, place], is_grave=intent in grave) for place, intent in enumerate(intents)
    ]
    model.thresholds[:] = thresholds
    return model


def scores_of(model: LinearModel, texts: Sequence[str]) -> NDArray[np.float64]:
    """Shape (texts, intents): what the model in service would score, many at once."""
    weights = model.weights.astype(np.float32) * model.scales[:, None, None]
    flat = weights.reshape(len(model.intents), -1)
    scores: NDArray[np.float64] = _weighed(_counts(texts), model.rarity) @ flat.T + model.biases
    return scores


def meant(utterances: Sequence[Utterance], intents: Sequence[str]) -> NDArray[np.bool_]:
    """Shape (utterances, intents): which were meant."""
    return np.array([[intent in each.intents for intent in intents] for each in utterances])


def understood(scores: NDArray[np.float64], model: LinearModel) -> NDArray[np.bool_]:
    """Shape (texts, intents): what is taken as meant; unknown where nothing else is."""
    found = scores > model.thresholds
    unknown = model.places[UNKNOWN]
    found[:, unknown] = False
    found[:, unknown] = ~found.any(axis=1)
    return found


def save(model: LinearModel, folder: Path) -> None:
    """Write the weights where the service looks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / WEIGHTS_FILE,
        intents=np.array(model.intents),
        rarity=model.rarity.astype(np.float16),
        weights=model.weights,
        scales=model.scales,
        biases=model.biases,
        thresholds=model.thresholds,
    )


def _fitted(utterances: Sequence[Utterance], intents: Sequence[str]) -> LinearModel:
    counts = _counts([each.text for each in utterances])
    rarity = np.stack([_rarity(each) for each in counts]).astype(np.float16).astype(np.float32)
    inputs, truth = _weighed(counts, rarity), meant(utterances, intents)
    weights = np.zeros((len(intents), VIEWS, 1 << BITS), np.int8)
    scales, biases = np.ones(len(intents), np.float32), np.full(len(intents), -1, np.float32)
    for place in range(len(intents)):
        machine: Any = LinearSVC(C=_COST, random_state=0)
        machine.fit(inputs, truth[:, place])
        row = machine.coef_[0].reshape(VIEWS, -1)
        scales[place] = max(float(np.abs(row).max()), 1e-9) / 127
        weights[place] = np.rint(row / scales[place])
        biases[place] = machine.intercept_[0]
    return LinearModel(tuple(intents), rarity, weights, scales, biases, np.zeros(len(intents), np.float32))


def _counts(texts: Sequence[str]) -> list[Any]:
    matrices = []
    for buckets, owners in counted(texts):
        matrix = sparse.csr_matrix((np.ones(len(buckets)), (owners, buckets)), shape=(len(texts), 1 << BITS))
        matrix.sum_duplicates()
        matrices.append(matrix)
    return matrices


def _rarity(counts: Any) -> NDArray[np.float32]:
    """How telling a feature is; one that a single utterance has tells nothing."""
    having = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity: NDArray[np.float32] = np.where(having > 1, np.log(counts.shape[0] / (1 + having)), 0).astype(np.float32)
    return rarity


def _weighed(counts: Iterable[Any], rarity: NDArray[np.float32]) -> Any:
    views = []
    for view, matrix in enumerate(counts):
        weighed = matrix.copy()
        weighed.data = 1 + np.log(weighed.data)
        weighed = weighed @ sparse.diags(rarity[view].astype(np.float64))
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1))).ravel()
        views.append(sparse.diags(SHARES[view] / np.maximum(lengths, SHORTEST)) @ weighed)
    return sparse.hstack(views).tocsr()


def _threshold(scores: NDArray[np.float64], truth: NDArray[np.bool_], *, is_grave: bool) -> float:
    """The best by F1; of a grave intent the highest that keeps its recall, if few others are taken for it."""
    best, best_f1 = 0.0, -1.0
    for step in _STEPS:
        found = scores > step
        right = int((found & truth).sum())
        f1 = 2 * right / max(int(found.sum() + truth.sum()), 1)
        if f1 > best_f1:
            best, best_f1 = float(step), f1
    if is_grave:
        for step in sorted(_STEPS[_STEPS < best], reverse=True):
            if float((scores[truth] > best).mean()) >= _RECALL or float((scores[~truth] > step).mean()) > _FALSE:
                break
            best = float(step)
    return best
