"""Train the second opinion of `guards.meaning` on hand-written lines, and measure it on lines it never saw."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from guards.lexicon.documents import DocumentError
from guards.meaning import BITS, LABEL_BITS, REASONS, Meaning, Weights, features, pieces, read_weights

FINE = "fine"
HELD_OUT, HONEST = "lines_heldout.tsv", "honest.txt"
_STRENGTH = 0.03
_SEED = 20
_STOPPED_FINE = 0.04
_NOTED_FINE = 0.09


@dataclass(frozen=True, slots=True)
class Utterance:
    """A hand-written utterance. `label` is `fine` or a key of `REASONS`; lines that say the same thing share `idea`."""

    label: str
    idea: str
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What share of violations was stopped or at least noted, and what share of honest lines, in per cent."""

    violations: int
    stopped: float
    noted: float
    named: float
    honest: int
    falsely_stopped: float
    falsely_noted: float


def retrain(folder: Path, output: Path) -> None:
    """Train on all authors of a folder but the one held out, save, and print how what was saved does on the latter."""
    authors = sorted(set(folder.glob("*.tsv")) - {folder / HELD_OUT})
    honest = read_honest(folder / HONEST) if (folder / HONEST).exists() else []
    save(train([read_utterances(author) for author in authors], honest), output)
    saved = read_weights(output)
    held_out = read_utterances(folder / HELD_OUT)
    print(f"learnt from {len(authors)} authors and {len(honest):,} honest sentences; measured on {HELD_OUT}")
    for label in [*sorted({line.label for line in held_out} - {FINE}), None]:
        found = measure(saved, [line for line in held_out if label is None or line.label in (label, FINE)])
        shares = (
            f"{found.stopped:5.1f} % stopped, {found.noted:5.1f} % noted, {found.named:5.1f} % of those named right"
        )
        print(f"{label or 'all':20} {found.violations:4} lines: {shares}")
    shares = f"{found.falsely_stopped:5.1f} % stopped, {found.falsely_noted:5.1f} % noted"
    print(f"{'honest':20} {found.honest:4} lines: {shares}")


def read_utterances(path: Path) -> list[Utterance]:
    """Read one author's file of `label<TAB>idea<TAB>text`.

    Raises:
        DocumentError: naming file and line of whatever is no such line, has an unknown label or came before.
    """
    seen: dict[str, int] = {}
    lines: list[Utterance] = []
    problems: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != len(Utterance.__slots__) or not all(row):
                problems.append(f"{path}:{number}: needs label, idea and text, separated by tabs")
                continue
            line = Utterance(*row)
            if line.label != FINE and line.label not in REASONS:
                problems.append(f"{path}:{number}: unknown label {line.label!r}")
            if line.text in seen:
                problems.append(f"{path}:{number}: says the same as line {seen[line.text]}")
            seen[line.text] = number
            lines.append(line)
    if problems:
        raise DocumentError(problems)
    return lines


def read_honest(path: Path) -> list[str]:
    """Further honest sentences, one a line, slots read as 某某.

    They are those of the corpus when the weights were last trained. The corpus itself is not read: what may be said
    must not change because somebody wrote another line.

    Raises:
        OSError: if the file cannot be read.
    """
    return path.read_text("utf-8").splitlines()


def train(by_author: Sequence[Sequence[Utterance]], honest: Iterable[str]) -> Weights:
    """Learn weights from several authors' lines and further honest sentences.

    The thresholds are set on each author's lines by weights that were learnt from the other authors.
    """
    honest = list(honest)
    scores: list[float] = []
    for author in by_author:
        others = [line for other in by_author if other is not author for line in other]
        opinion = Meaning(_fit(others, honest, revise=0, observe=0))
        scores += [_score(opinion, line.text) for line in author if line.label == FINE]
    revise, observe = (round(float(np.quantile(scores, 1 - share)), 6) for share in (_STOPPED_FINE, _NOTED_FINE))
    return _fit([line for author in by_author for line in author], honest, revise=revise, observe=observe)


def measure(weights: Weights, lines: Sequence[Utterance]) -> Measured:
    """How the weights do on lines that had no part in them."""
    opinion = Meaning(weights)
    bad = [line for line in lines if line.label != FINE]
    scores = np.array([_score(opinion, line.text) for line in bad])
    fine = np.array([_score(opinion, line.text) for line in lines if line.label == FINE])
    named = [
        _label(opinion, line.text) == line.label
        for line, score in zip(bad, scores, strict=True)
        if score > weights.observe
    ]
    return Measured(
        len(bad), _share(scores > weights.revise), _share(scores > weights.observe), _share(np.array(named)),
        len(fine), _share(fine > weights.revise), _share(fine > weights.observe),
    )  # fmt: skip


def save(weights: Weights, path: Path) -> None:
    """Write the weights as eight-bit numbers with their scale, the same bytes for the same weights."""
    alarm, alarm_scale = _eight_bits(weights.alarm)
    kinds, kinds_scale = _eight_bits(weights.kinds)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        alarm=alarm,
        alarm_scale=alarm_scale,
        bias=np.float64(weights.bias),
        labels=np.array(weights.labels),
        kinds=kinds,
        kinds_scale=kinds_scale,
        kind_biases=weights.kind_biases,
        revise=np.float64(weights.revise),
        observe=np.float64(weights.observe),
    )


def _fit(lines: Sequence[Utterance], honest: Sequence[str], *, revise: float, observe: float) -> Weights:
    texts = [*(_whole(line.text) for line in lines), *(_whole(text) for text in honest)]
    is_bad = np.array([line.label != FINE for line in lines] + [False] * len(honest))
    judge = LinearSVC(C=_STRENGTH, random_state=_SEED).fit(_matrix(texts, BITS), is_bad)
    bad = [line for line in lines if line.label != FINE]
    namer = LinearSVC(C=_STRENGTH, random_state=_SEED, class_weight="balanced")
    namer.fit(_matrix([_whole(line.text) for line in bad], LABEL_BITS), [line.label for line in bad])
    return Weights(
        judge.coef_[0].astype(np.float32),
        float(judge.intercept_[0]),
        tuple(map(str, namer.classes_)),
        namer.coef_.astype(np.float32),
        namer.intercept_.astype(np.float32),
        revise,
        observe,
    )


def _matrix(texts: Sequence[str], bits: int) -> csr_matrix:
    buckets, owners = features(texts, bits)
    return csr_matrix((np.ones(len(buckets)), (owners, buckets)), shape=(len(texts), 1 << bits))


def _read(text: str) -> list[str]:
    return [piece.read for piece in pieces(text)]


def _whole(text: str) -> str:
    return "".join(_read(text))


def _score(opinion: Meaning, text: str) -> float:
    read = _read(text)
    return float(opinion.scores(read).max()) if read else -np.inf


def _label(opinion: Meaning, text: str) -> str:
    read = _read(text)
    return opinion.label(read[int(opinion.scores(read).argmax())])


def _share(of: NDArray[np.bool_]) -> float:
    return round(100 * float(of.mean()), 2) if len(of) else 0.0


def _eight_bits(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], np.float32]:
    scale = np.float32(max(float(np.abs(values).max()), 1e-9) / 127)
    return np.rint(values / scale).astype(np.int8), scale
