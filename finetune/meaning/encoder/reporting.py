"""How both scores do on what is held out, alone and added, at their thresholds and at equal false alarms."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finetune.meaning.encoder.head import Adding, Head
from finetune.meaning.encoder.making import Scorer, worst
from finetune.meaning.lessons import FINE, HANDS, HELD_OUT, Utterance, read_utterances
from finetune.meaning.measuring import Share, read_everyday, read_hands
from guards.meaning.guard import Meaning
from guards.meaning.weights import Weights

EQUAL = {"honest": (0.01, 0.02, 0.05), "everyday": (0.0025, 0.005, 0.01)}
"""At which shares of what is fine both scores are compared."""

_Scores = Mapping[str, NDArray[np.float64]]


def report(folder: Path, weights: Weights, head: Head, second: Scorer) -> None:
    """Print shares stopped by the first score alone and by the sum, by kind, and both at equal false alarms."""
    groups = {f"{HANDS}/hand_*.tsv": read_hands(folder), HELD_OUT: read_utterances(folder / HELD_OUT)}
    everyday = read_everyday(folder)
    for name, lines in groups.items():
        sorts = {kind: [line.text for line in lines if line.label == kind] for kind in _labels(lines)}
        texts = {**sorts, "everyday": everyday}
        first = {sort: worst(Meaning(weights).scores, each) for sort, each in texts.items()}
        both = _sums(first, {sort: worst(second, each) for sort, each in texts.items()}, head)
        print(f"{name}: stopped by the first score, by both; noted by both")
        for sort in texts:
            _print(sort, first[sort], both[sort], weights, head)
        bad = [sort for sort in sorts if sort != FINE]
        alone, added = (np.concatenate([scores[sort] for sort in bad]) for scores in (first, both))
        _print("all violations", alone, added, weights, head)
        for sort, shares in EQUAL.items():
            for share in shares:
                _print_equal(
                    sort, share, (alone, added), [each[FINE if sort == "honest" else sort] for each in (first, both)]
                )


def _sums(first: _Scores, second: _Scores, head: Head) -> dict[str, NDArray[np.float64]]:
    """The sums, as the guard forms them: where the second score is not asked for, the first stands for the sum."""
    return {
        sort: np.where(
            (first[sort] > head.lower) & (first[sort] < head.upper),
            Adding(head.first, head.second, head.most)(first[sort], second[sort]),
            np.where(first[sort] >= head.upper, np.inf, -99.0),
        )
        for sort in first
    }


def _labels(lines: Sequence[Utterance]) -> list[str]:
    return [*sorted({line.label for line in lines} - {FINE}), FINE]


def _print(sort: str, first: NDArray[np.float64], both: NDArray[np.float64], weights: Weights, head: Head) -> None:
    if not len(first):
        return
    shares = (
        Share(int((scores > least).sum()), len(first))
        for scores, least in ((first, weights.revise), (both, head.revise), (both, head.observe))
    )
    print(f"{'honest' if sort == FINE else sort:22} {len(first):5}: {' | '.join(map(str, shares))}")


def _print_equal(
    sort: str, share: float, bad: Sequence[NDArray[np.float64]], fine: Sequence[NDArray[np.float64]]
) -> None:
    if not len(fine[0]):
        return
    found = (
        Share(int((each > np.quantile(good, 1 - share)).sum()), len(each)) for each, good in zip(bad, fine, strict=True)
    )
    print(f"{'at ' + format(100 * share, 'g') + ' % of ' + sort:22} {len(bad[0]):5}: {' | '.join(map(str, found))}")
