"""Measure understanding on hands that took no part in training, and print it."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.turns.understanding.linear import LinearModel
from finetune.understanding.corpus import Utterance, hands_of, read_utterances
from finetune.understanding.intents import read_intents
from finetune.understanding.training import meant, save, scores_of, train, understood


def retrain(corpus: Path, prompts: Path, output: Path) -> None:
    """Train on the corpus, save the weights, and print what they understand of the hands in its folder `heldout`.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    intents = read_intents(prompts)
    names, grave = list(intents), {name for name, is_grave in intents.items() if is_grave}
    model = train(read_utterances(corpus, names), names, grave)
    save(model, output)
    print_figures(model, read_utterances(corpus / "heldout", names), grave)


def print_figures(model: LinearModel, utterances: Sequence[Utterance], grave: Collection[str]) -> None:
    """Macro-F1 of each hand and of all, and for each intent its F1, and precision and recall of the grave ones."""
    for hand in [*hands_of(utterances), None]:
        chosen = [each for each in utterances if hand in (None, each.hand)]
        truth = meant(chosen, model.intents)
        found = understood(scores_of(model, [each.text for each in chosen]), model)
        f1 = f1_of(found, truth)
        print(f"{hand or 'all'}: {len(chosen)} utterances, macro-F1 {np.nanmean(f1):.3f}")
    for place in np.argsort(f1):
        intent = model.intents[place]
        line = f"{intent}: F1 {f1[place]:.2f}"
        if intent in grave:
            right = int((found[:, place] & truth[:, place]).sum())
            line += f", found {right} of {int(truth[:, place].sum())}, {int(found[:, place].sum()) - right} in vain"
        print(line)


def f1_of(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The F1 of each intent; shapes (utterances, intents). NaN where it was neither meant nor found."""
    both = found.sum(axis=0) + truth.sum(axis=0)
    f1: NDArray[np.float64] = np.where(both > 0, 2 * (found & truth).sum(axis=0) / np.maximum(both, 1), np.nan)
    return f1
