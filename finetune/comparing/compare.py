"""Measure an adapter and its base on the rows that were kept out of training."""

import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.approved.vocabulary import Vocabulary
from app.errors import ConfigurationError
from app.writing.lines.library import ApprovedLines, read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.lines.tokens import LineConstraints
from app.writing.prompt import Profile
from app.writing.weights import digest_of_weights
from finetune.adapters.adapter import Adapter, find_adapter
from finetune.adapters.preflight import adapter_problems
from finetune.comparing.scoring import log_likelihoods, write_bodies
from finetune.comparing.shares import fits, percent, shares
from finetune.comparing.verdict import Figure, Measure, judge
from finetune.dataset.rows import STAGES, DpoRow, KtoRow, Row, read_rows
from finetune.folders import CORPUS, located
from finetune.lines.composer import Composer
from finetune.lines.reader import read_lines
from finetune.runs.checkpoint import read_network, read_tokenizer, with_adapter
from finetune.screening.judge import Judge
from finetune.tables.jsonl import Problems
from finetune.training.rendering import Renderer, row_problems, shipped_renderer, taught_by
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT

_CANDIDATES = 4
"""As many as the service asks for at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: at most `briefs` briefs with `samples` bodies each, drawn by `seed`.

    Raises:
        ValueError: if there would be no body, and so no harm to be seen.
    """

    briefs: int = 64
    samples: int = 16
    seed: int = 7

    def __post_init__(self) -> None:
        if min(self.briefs, self.samples) < 1:
            raise ValueError(f"{self.briefs} briefs with {self.samples} samples: there is no verdict without bodies")


@dataclass(frozen=True, slots=True)
class _Subject:
    """An adapter in its base, and what its words are compared with.

    `known` are the approved lines to which decoding is constrained by `constraints` (None: it may write freely),
    `style` the sentences that were taught. The base is constrained to the same lines, so that only weights differ.
    """

    model: Any
    tokenizer: Any
    renderer: Renderer
    profile: Profile
    known: ApprovedLines | None
    style: frozenset[str]
    constraints: LineConstraints | None


def compare(
    folder: Path, data: Path, vocabulary: Vocabulary, judging: Judge, plan: Plan, base: Path | None = None
) -> dict[str, Any]:
    """What `measures.json` says of the adapter of a run or an exported one, on the validation rows below `data`.

    `base` is the folder of its base where it is not the recipe's (for an exported one: models/<name>).

    Raises:
        DocumentError: if the adapter, its base or the rows are not what they should be.
    """
    adapter = find_adapter(folder)
    base = base or located(str(adapter.base.get("path") or f"models/{adapter.base.get('name')}"))
    sha256 = digest_of_weights(base)
    if adapter.base.get("sha256") != sha256:
        raise DocumentError([f"{folder}: belongs to the base {adapter.base.get('sha256')}; {base} is {sha256}"])
    rows = _rows(data, vocabulary)
    held_out = [row for row in rows if row.meta.split == "validation"]
    if not held_out:
        raise DocumentError([f"{data}: no row was kept out of training; build it with --validation"])
    if unfit := adapter_problems(adapter, base):
        raise DocumentError(unfit)
    subject = _subject(adapter, base, rows, vocabulary)
    problems = Problems()
    for row in held_out:
        for problem in row_problems(row, subject.renderer, sys.maxsize):
            problems.add(f"{data} (from {row.meta.source})", problem)
    problems.check()
    briefs = _drawn(held_out, plan)
    orders = _orders(vocabulary, plan) if subject.known is not None else []
    figures = _figures(subject, held_out, briefs, orders, judging, plan)
    verdict, reasons = judge(figures)
    return {
        "format": 1,
        "base": sha256,
        "adapter": adapter.sha256,
        "rows": len(held_out),
        "briefs": len(briefs),
        "samples": plan.samples,
        "seed": plan.seed,
        "table": [asdict(figure) for figure in figures],
        "verdict": verdict,
        "reasons": reasons,
    }


def _rows(data: Path, vocabulary: Vocabulary) -> list[Row]:
    files = [(stage, data / f"{stage}.jsonl") for stage in STAGES if (data / f"{stage}.jsonl").exists()]
    if not files:
        raise DocumentError([f"{data}: no data set; build one with python -m finetune dataset"])
    return [row for stage, file in files for row in read_rows(file, stage, vocabulary)]


def _subject(adapter: Adapter, base: Path, rows: Sequence[Row], vocabulary: Vocabulary) -> _Subject:
    recipe = adapter.recipe["model"]
    template = recipe.get("chat_template")
    tokenizer = read_tokenizer(base, located(template) if template else None)
    network = with_adapter(read_network(base, recipe["dtype"]), adapter.folder)
    taught = frozenset(sentence for _, body in taught_by(rows) for sentence in sentences(body))
    profile: Profile = recipe["profile"]
    known = _known(base, adapter)

    def encoded(text: str) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    return _Subject(
        network.to("cuda" if torch.cuda.is_available() else "cpu").eval(),
        tokenizer,
        shipped_renderer(ROOT, vocabulary, profile, tokenizer),
        profile,
        known,
        taught,
        LineConstraints(LineSequences(known), encoded, tokenizer.eos_token_id, as_server=True) if known else None,
    )


def _known(base: Path, adapter: Adapter) -> ApprovedLines | None:
    """What serving lets be said: the base's lines, and those that the adapter was taught."""
    try:
        own = read_approved_lines(base)
        taught = read_approved_lines(adapter.sentences.parent) if own else None
    except ConfigurationError as broken:
        raise DocumentError([str(broken)]) from None
    return ApprovedLines([*own.approved, *taught.approved]) if own and taught else own


def _drawn(rows: Sequence[Row], plan: Plan) -> list[Brief]:
    """The different briefs of some rows, at most as many as planned."""
    briefs = list(dict.fromkeys(row.brief for row in rows))
    random.Random(plan.seed).shuffle(briefs)
    return briefs[: plan.briefs]


def _orders(vocabulary: Vocabulary, plan: Plan) -> list[Brief]:
    """Briefs as the service orders them, with pairs of tags that no training has seen; the rows have none of those."""
    composer = Composer(read_lines(CORPUS, vocabulary), vocabulary, plan.seed)
    return [sample.brief for sample in composer.samples(plan.briefs, held_out=True)]


def _figures(
    subject: _Subject,
    rows: Sequence[Row],
    briefs: Sequence[Brief],
    orders: Sequence[Brief],
    judging: Judge,
    plan: Plan,
) -> list[Figure]:
    """Every measure, first of the base, then of the adapter."""
    with subject.model.disable_adapter():
        before = [*_measured(subject, rows, briefs, judging, plan), *_served(subject, orders, judging, plan)]
    after = [*_measured(subject, rows, briefs, judging, plan), *_served(subject, orders, judging, plan)]
    return [
        Figure(one.name, one.kind, one.value, other.value, min(one.drawn, other.drawn))
        for one, other in zip(before, after, strict=True)
    ]


def _measured(
    subject: _Subject, rows: Sequence[Row], briefs: Sequence[Brief], judging: Judge, plan: Plan
) -> list[Measure]:
    bodies = _written(subject, briefs, plan)
    return [
        *_losses(subject, rows),
        *shares(bodies, subject.known, subject.style, judging),
        *_preferences(subject, rows),
    ]


def _written(subject: _Subject, briefs: Sequence[Brief], plan: Plan) -> list[tuple[Brief, str]]:
    """Bodies for some briefs, those of one brief after each other, sampled as serving does."""
    found: list[tuple[Brief, str]] = write_bodies(
        subject.model,
        subject.tokenizer,
        subject.renderer,
        briefs,
        subject.profile,
        samples=plan.samples,
        seed=plan.seed,
        constraints=subject.constraints,
    )
    return found


def _served(subject: _Subject, orders: Sequence[Brief], judging: Judge, plan: Plan) -> list[Measure]:
    """How often the service would get a body to say, one of the candidates that it asks for at once; and whose wording
    those bodies are.
    """
    if not orders:
        return []
    bodies = _written(subject, orders, plan)
    fit = fits(bodies, subject.known, judging)
    served = [
        any(fit[at : min(at + _CANDIDATES, order + plan.samples)])
        for order in range(0, len(fit), plan.samples)
        for at in range(order, order + plan.samples, _CANDIDATES)
    ]
    said = [body for (_, body), is_fit in zip(bodies, fit, strict=True) if is_fit]
    own = [sentence in subject.style for body in said for sentence in sentences(body)]
    return [
        Measure("orders of the service with a body to say, %", "share", percent(served), len(served)),
        Measure("sentences of the taught wording in those bodies, %", "style", percent(own), len(said)),
    ]


def _losses(subject: _Subject, rows: Sequence[Row]) -> list[Measure]:
    """Nats a character of the bodies to be written; characters, so that tokenizers can be compared."""
    taught = taught_by(rows)
    if not taught:
        return []
    likely = log_likelihoods(subject.model, subject.tokenizer, subject.renderer, taught)
    return [Measure("validation loss, nats a character", "loss", -sum(likely) / sum(len(body) for _, body in taught))]


def _preferences(subject: _Subject, rows: Sequence[Row]) -> list[Measure]:
    """By how much, and how often, what is wanted is likelier than what is not."""
    found: list[Measure] = []
    pairs = [row for row in rows if isinstance(row, DpoRow)]
    if pairs:
        chosen = _likely(subject, [(row.brief, row.chosen) for row in pairs])
        rejected = _likely(subject, [(row.brief, row.rejected) for row in pairs])
        margins = [one - other for one, other in zip(chosen, rejected, strict=True)]
        found.append(Measure("margin of pairs, nats", "margin", fmean(margins)))
        found.append(Measure("pairs ranked right, %", "ranking", percent([margin > 0 for margin in margins])))
    wanted = [(row.brief, row.body) for row in rows if isinstance(row, KtoRow) and row.label]
    unwanted = [(row.brief, row.body) for row in rows if isinstance(row, KtoRow) and not row.label]
    if wanted and unwanted:
        likes, dislikes = _likely(subject, wanted), _likely(subject, unwanted)
        found.append(Measure("margin of wanted over unwanted, nats", "margin", fmean(likes) - fmean(dislikes)))
    return found


def _likely(subject: _Subject, bodies: Sequence[tuple[Brief, str]]) -> list[float]:
    found: list[float] = log_likelihoods(subject.model, subject.tokenizer, subject.renderer, bodies)
    return found
