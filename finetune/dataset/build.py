"""Build the rows of a data set from officers' scripts and recorded calls: read, judge every body, split."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from finetune.dataset.calls import Decision, Outcome, read_decisions, read_outcomes
from finetune.dataset.folder import Dataset
from finetune.dataset.posterior import StrategyComparison, compare_strategies
from finetune.dataset.preferences import Preference, join, prefer
from finetune.dataset.rows import DpoRow, KtoRow, Meta, Row, SftRow, Split, Stage, segment_of, template_of
from finetune.dataset.sources import Pair, read_approved, read_pairs
from finetune.screening.gate import Gate
from finetune.tables.jsonl import Problems
from guards.lexicon.documents import DocumentError


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a data set is made of, by kind."""

    approved: Sequence[Path] = ()
    decisions: Sequence[Path] = ()
    outcomes: Sequence[Path] = ()
    pairs: Sequence[Path] = ()

    def by_kind(self) -> dict[str, Sequence[Path]]:
        """Every kind with its files."""
        return {each: getattr(self, each) for each in Sources.__slots__}


def build(sources: Sources, validation: float, vocabulary: Vocabulary, gate: Gate) -> Dataset:
    """Read, join, judge and split. `validation` is the share of wordings that is kept out of training.

    Raises:
        DocumentError: naming file and row of every problem, or saying that no row came out.
    """
    if not any(sources.by_kind().values()):
        raise DocumentError(["give scripts (--approved), pairs (--pairs) or calls (--decisions and --outcomes)"])
    if bool(sources.decisions) is not bool(sources.outcomes):
        raise DocumentError(["--decisions and --outcomes tell something only together"])
    problems = Problems()
    builder = _Builder(validation, vocabulary, gate, problems)
    listed = [_listed(kind, path, gate, problems) for kind, paths in sources.by_kind().items() for path in paths]
    sft = builder.sft(sources.approved)
    dpo = builder.dpo(sources.pairs)
    kto, ranked = builder.kto(sources.decisions, sources.outcomes)
    problems.check()
    found: dict[Stage, Sequence[Row]] = {"sft": sft, "dpo": dpo, "kto": kto}
    rows = {stage: some for stage, some in found.items() if some}
    if not rows:
        raise DocumentError([f"{path}:1: no row came of it" for paths in sources.by_kind().values() for path in paths])
    return Dataset(rows, listed, ranked, validation, gate.rules, builder.fates)


def split_of(template: str, validation: float) -> Split:
    """The side of a wording, by its hash: the same in every stage, and however many other wordings there are."""
    return "validation" if int(template[:8], 16) < validation * 2**32 else "train"


class _Builder:
    """Makes the rows of each stage; what is wrong goes to `problems`, what was left out is counted in `fates`."""

    def __init__(self, validation: float, vocabulary: Vocabulary, gate: Gate, problems: Problems) -> None:
        self._validation = validation
        self._vocabulary = vocabulary
        self._gate = gate
        self._problems = problems
        self.fates: dict[str, Counter[str]] = {}

    def sft(self, files: Iterable[Path]) -> list[Row]:
        """Officers' scripts as targets."""
        scripts = [each for path in files for each in read_approved(path, self._vocabulary, self._problems)]
        for script in scripts:
            self._require(script.place, "body", script.body, script.brief)
        rows = [SftRow(each.brief, each.body, self._meta(each.place, each.body, each.brief)) for each in scripts]
        return self._once("approved", rows, lambda row: (row.brief, row.body))

    def dpo(self, files: Iterable[Path]) -> list[Row]:
        """Compliance pairs: the chosen body may be said, the rejected may not."""
        pairs = [each for path in files for each in read_pairs(path, self._vocabulary, self._problems)]
        for pair in pairs:
            self._require(pair.place, "body", pair.chosen, pair.brief)
            self._require_stopped(pair)
        rows = [
            DpoRow(each.brief, each.chosen, each.rejected, self._meta(each.place, each.chosen, each.brief))
            for each in pairs
        ]
        return self._once("pairs", rows, lambda row: (row.brief, row.chosen, row.rejected))

    def kto(self, decisions: Iterable[Path], outcomes: Iterable[Path]) -> tuple[list[Row], list[StrategyComparison]]:
        """Bodies of strategies that did better or worse, and how every strategy did."""
        said: list[Decision] = [
            each for path in decisions for each in read_decisions(path, self._vocabulary, self._problems)
        ]
        for decision in said:
            if self._gate.is_personal(decision.body):
                self._problems.add(decision.place, "body: holds personal data")
        ended: list[Outcome] = [each for path in outcomes for each in read_outcomes(path, self._problems)]
        exposures, fates = join(said, ended, self._problems)
        ranked = compare_strategies(exposures)
        preferences, dropped = prefer(said, ranked, self._fits)
        if said or ended:
            self.fates |= {"outcomes": fates, "decisions": dropped}
        return [self._kto_row(each) for each in preferences], ranked

    def _kto_row(self, preference: Preference) -> KtoRow:
        said, comparison = preference.decision, preference.comparison
        meta = self._meta(said.place, said.body, said.brief, comparison)
        return KtoRow(said.brief, said.body, comparison.label is True, meta)

    def _fits(self, decision: Decision, label: bool) -> bool:
        """Rules may have changed since it was said, so what is wanted is judged again."""
        judged = self._gate.problems if label else self._gate.flaws
        return not judged(decision.body, decision.brief)

    def _require(self, place: str, column: str, body: str, brief: Brief) -> None:
        for problem in self._gate.problems(body, brief):
            self._problems.add(place, f"{column}: {problem}")

    def _require_stopped(self, pair: Pair) -> None:
        if self._gate.is_personal(pair.rejected):
            self._problems.add(pair.place, "violation: holds personal data")
        elif not self._gate.violations(pair.rejected, pair.brief):
            self._problems.add(pair.place, "violation: no rule stops it, so the pair proves nothing")

    def _meta(self, place: str, body: str, brief: Brief, comparison: StrategyComparison | None = None) -> Meta:
        """`place` loses its folder: a data set must not show where files lie on a machine."""
        template = template_of(body)
        meta = Meta(Path(place).name, template, split_of(template, self._validation), brief.strategy, segment_of(brief))
        if comparison is None:
            return meta
        known = {
            "counts": comparison.counts,
            "propensity": comparison.propensity,
            "probability": comparison.probability,
        }
        return Meta(**{**asdict(meta), **known})

    def _once(self, kind: str, rows: Sequence[Any], key: Callable[[Any], object]) -> list[Row]:
        """The rows without repeats, of which the first stays."""
        kept: dict[object, Row] = {}
        for row in rows:
            kept.setdefault(key(row), row)
        if rows:
            self.fates[kind] = Counter(rows=len(kept), repeated=len(rows) - len(kept))
        return list(kept.values())


def _listed(kind: str, path: Path, gate: Gate, problems: Problems) -> dict[str, object]:
    """A file as the report names it."""
    if gate.is_personal(path.name):
        problems.add(gate.masked(path.name), "the name of the file holds personal data; rename it")
    try:
        raw = path.read_bytes()
    except OSError:
        return {}  # reading its rows reports it
    return {"kind": kind, "name": path.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
