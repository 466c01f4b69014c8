"""How the second opinion does on lines that had no part in it, with how sure that is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from finetune.meaning.lessons import FINE, HANDS, HELD_OUT, Utterance, read_lessons, read_utterances
from finetune.meaning.scoring import label, score
from finetune.meaning.training import save, train
from guards.meaning.guard import Meaning
from guards.meaning.weights import Weights, read_weights

_Z = 1.959963984540054
"""The quantile of the normal distribution for 95 per cent."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def per_cent(self) -> float:
        """The share; 0 of nothing."""
        return 100 * self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share, in per cent."""
        if not self.of:
            return 0.0, 100.0
        share, square = self.count / self.of, _Z * _Z / self.of
        middle = share + square / 2
        spread = _Z * sqrt(share * (1 - share) / self.of + square / (4 * self.of))
        return tuple(100 * (middle + sign * spread) / (1 + square) for sign in (-1, 1))  # type: ignore[return-value]

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.per_cent:5.1f} % ({abs(low):.1f}–{high:.1f})"


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of some sentences were stopped, or at least noted, and how many of those noted were named right."""

    stopped: Share
    noted: Share
    named: Share


def measure(weights: Weights, lines: Iterable[Utterance]) -> Measured:
    """How the weights do on lines that had no part in them; an honest line is named right by no name."""
    opinion = Meaning(weights)
    stopped = noted = named = of = 0
    for line in lines:
        of += 1
        heard = score(opinion, line.text)
        stopped += heard > weights.revise
        if heard > weights.observe:
            noted += 1
            named += label(opinion, line.text) == line.label
    return Measured(Share(stopped, of), Share(noted, of), Share(named, noted))


def retrain(folder: Path, output: Path) -> None:
    """Train on all that a folder holds but for what is held out, save, and print how that does on what is held out."""
    lessons = read_lessons(folder)
    save(train(lessons), output)
    others = len(lessons.honest) + len(lessons.life) + len(lessons.money)
    print(f"learnt from {len(lessons.authors)} authors and {others:,} further sentences")
    report(read_weights(output), folder)


def report(weights: Weights, folder: Path) -> None:
    """Print how weights do on what a folder holds out: one author, and the hands that were added later."""
    _print_lines(HELD_OUT, weights, read_utterances(folder / HELD_OUT))
    if hands := read_hands(folder):
        _print_lines(f"{HANDS}/hand_*.tsv", weights, hands)
    if everyday := read_everyday(folder):
        found = measure(weights, [Utterance(FINE, "", text) for text in everyday])
        print(f"{'everyday':22} {found.stopped.of:5} sentences: {found.stopped} stopped, {found.noted} noted")


def read_hands(folder: Path) -> list[Utterance]:
    """The lines of all hands that are held out."""
    return [line for hand in sorted((folder / HANDS).glob("*.tsv")) for line in read_utterances(hand)]


def read_everyday(folder: Path) -> list[str]:
    """The everyday sentences that are held out."""
    path = folder / HANDS / "everyday.txt"
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _print_lines(name: str, weights: Weights, lines: Sequence[Utterance]) -> None:
    print(f"measured on {name}")
    bad = [line for line in lines if line.label != FINE]
    for kind in sorted({line.label for line in bad}):
        _print(kind, measure(weights, [line for line in bad if line.label == kind]))
    _print("all", measure(weights, bad))
    found = measure(weights, [line for line in lines if line.label == FINE])
    print(f"{'honest':22} {found.stopped.of:5} lines: {found.stopped} stopped, {found.noted} noted")


def _print(kind: str, found: Measured) -> None:
    shares = f"{found.stopped} stopped, {found.noted} noted, {found.named.per_cent:.1f} % of those named right"
    print(f"{kind:22} {found.stopped.of:5} lines: {shares}")
