"""Train the linear model of understanding; its thresholds are chosen on hands that it did not learn from."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from app.turns.understanding.features import BITS, counted
from app.turns.understanding.linear import SHARES, SHORTEST, WEIGHTS_FILE, LinearModel
from finetune.understanding.corpus import Utterance, hands_of

UNKNOWN = "unknown"
_COST = 0.7
_SEEN = 2
"""In how many utterances a feature must stand to tell anything."""
_STEPS = np.linspace(-0.8, 0.2, 41)
_FOLDS = 4
_USUAL, _LOWEST = -0.25, -0.7
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
    inputs = _weighed(_counts(texts, model.buckets), model.buckets, model.rarity)
    scores: NDArray[np.float64] = (inputs @ model.weights.astype(np.float64)) * model.scales + model.biases
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
        buckets=model.buckets,
        rarity=model.rarity.astype(np.float16),
        weights=model.weights,
        scales=model.scales,
        biases=model.biases,
        thresholds=model.thresholds,
    )


def _fitted(utterances: Sequence[Utterance], intents: Sequence[str]) -> LinearModel:
    texts = [each.text for each in utterances]
    found, owners = counted(texts)
    once = np.unique(np.stack((found, owners), axis=1), axis=0)[:, 0]
    every, having = np.unique(once, return_counts=True)
    buckets = every[having >= _SEEN].astype(np.int32)
    rarity = np.log(len(texts) / (1 + having[having >= _SEEN])).astype(np.float16).astype(np.float32)
    inputs, truth = _weighed(_counts(texts, buckets), buckets, rarity), meant(utterances, intents)
    weights = np.zeros((len(buckets), len(intents)), np.int8)
    scales, biases = np.ones(len(intents), np.float32), np.full(len(intents), -1, np.float32)
    for place in range(len(intents)):
        if not truth[:, place].any():  # nobody ever meant it: it is never found
            continue
        machine: Any = LinearSVC(C=_COST, random_state=0)
        machine.fit(inputs, truth[:, place])
        scales[place] = max(float(np.abs(machine.coef_).max()), 1e-9) / 127
        weights[:, place] = np.rint(machine.coef_[0] / scales[place])
        biases[place] = machine.intercept_[0]
    return LinearModel(tuple(intents), buckets, rarity, weights, scales, biases, np.zeros(len(intents), np.float32))


def _counts(texts: Sequence[str], buckets: NDArray[np.int32]) -> Any:
    found, owners = counted(texts)
    places = np.minimum(np.searchsorted(buckets, found), len(buckets) - 1)
    known = buckets[places] == found
    cells = (np.ones(int(known.sum())), (owners[known], places[known]))
    matrix = sparse.csr_matrix(cells, shape=(len(texts), len(buckets)))
    matrix.sum_duplicates()
    return matrix


def _weighed(counts: Any, buckets: NDArray[np.int32], rarity: NDArray[np.float32]) -> Any:
    weighed = counts.copy()
    weighed.data = 1 + np.log(weighed.data)
    total = sparse.csr_matrix(weighed.shape)
    for view, share in enumerate(SHARES):
        of_view = (buckets >> BITS == view).astype(np.float64)
        part = weighed @ sparse.diags(rarity.astype(np.float64) * of_view)
        lengths = np.sqrt(np.asarray(part.multiply(part).sum(axis=1))).ravel()
        total = total + sparse.diags(share / np.maximum(lengths, SHORTEST)) @ part
    return total.tocsr()


def _threshold(scores: NDArray[np.float64], truth: NDArray[np.bool_], *, is_grave: bool) -> float:
    """The best by F1, drawn half-way to what is usual; of a grave intent lower, if few others are taken for it then."""
    if not truth.any():
        return _USUAL
    found = scores[:, None] > _STEPS
    right = (found & truth[:, None]).sum(axis=0)
    f1 = 2 * right / np.maximum(found.sum(axis=0) + truth.sum(), 1)
    best = (float(_STEPS[int(f1.argmax())]) + _USUAL) / 2
    if is_grave:
        for step in np.arange(best, _LOWEST, -0.02):
            if float((scores[~truth] > step).mean()) > _FALSE:
                break
            best = float(step)
            if float((scores[truth] > step).mean()) >= _RECALL:
                break
    return best
