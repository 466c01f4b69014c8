"""Fine-tune the encoder: violations are to score above what is fine, and those of a kind to lie together."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from finetune.meaning.encoder.network import Network
from finetune.meaning.encoder.samples import Sample, batches, blurred
from finetune.meaning.lessons import FINE
from guards.meaning.vocabulary import Vocabulary

_SCALE = 16.0
"""Scores are this many times the product of a unit vector and a column of the head."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How it learns. `frozen`: so many of the lowest layers stay as they are; the pieces' embeddings do anyhow."""

    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)
    frozen: int = 4
    places: int = 72
    epochs: int = 3
    batch: int = 32
    rate: float = 2e-4
    decay: float = 0.9
    ranking: float = 4.0
    naming: float = 0.3
    smoothing: float = 0.05
    seed: int = 20


class Columns(nn.Module):  # type: ignore[misc]
    """Two linear maps of a sentence's vector: how much it sounds like a violation, and of which kind."""

    def __init__(self, width: int, kinds: int) -> None:
        super().__init__()
        self.alarm, self.kinds = nn.Linear(width, 1), nn.Linear(width, kinds)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Alarm (sentences,) and kinds (sentences, kinds)."""
        scaled = _SCALE * vectors
        return self.alarm(scaled).squeeze(1), self.kinds(scaled)

    def weights(self) -> tuple[NDArray[np.float32], float, NDArray[np.float32], NDArray[np.float32]]:
        """Alarm (width,), its bias, kinds (kinds, width) and their biases, for vectors of length 1."""
        with torch.no_grad():
            return (
                (_SCALE * self.alarm.weight[0]).numpy(), float(self.alarm.bias),
                (_SCALE * self.kinds.weight).numpy(), self.kinds.bias.numpy().copy(),
            )  # fmt: skip


def learn(
    network: Network,
    held: Sequence[Sample],
    labels: Sequence[str],
    vocabulary: Vocabulary,
    spelling: Vocabulary,
    settings: Settings,
    say: Callable[[str], None] = print,
) -> Columns:
    """Teach the network in place; the head that reads its vectors."""
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    head = Columns(network.words.embedding_dim, len(labels))
    places = {label: place for place, label in enumerate(labels)}
    optimizer = torch.optim.AdamW(_groups(network, head, settings), weight_decay=0.01, betas=(0.9, 0.98))
    read = [list(batches(held, settings.batch, chance)) for _ in range(settings.epochs)]
    slope = _slope(sum(map(len, read)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, slope)
    network.train()
    for epoch, groups in enumerate(read, 1):
        losses: list[float] = []
        for batch in groups:
            tokens = filled(blurred(vocabulary, spelling, batch, chance))
            alarm, kinds = head(network(tokens))
            loss = _loss(alarm, kinds, batch, places, settings)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            if len(losses) % 100 == 0:
                say(f"epoch {epoch}, batch {len(losses)}: loss {np.mean(losses[-100:]):.3f}")
    network.eval()
    return head


def _slope(steps: int) -> Callable[[int], float]:
    """The share of the rate at a step: up over the first tenth, then down to nothing."""
    warm = max(1, steps // 10)
    return lambda step: min((step + 1) / warm, (steps - step) / (steps - warm + 1))


def filled(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of tokens as a tensor, filled up to the longest."""
    tokens = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = torch.tensor(row)
    return tokens


def _groups(network: Network, head: Columns, settings: Settings) -> list[dict[str, Any]]:
    """What is learnt, the lower the slower."""
    network.words.requires_grad_(False)
    network.places.requires_grad_(False)
    network.first.requires_grad_(False)
    groups = [{"params": list(head.parameters()), "lr": 4 * settings.rate}]
    for depth, layer in enumerate(network.layers):
        layer.requires_grad_(depth >= settings.frozen)
        if depth >= settings.frozen:
            rate = settings.rate * settings.decay ** (len(network.layers) - 1 - depth)
            groups.append({"params": list(layer.parameters()), "lr": rate})
    return groups


def _loss(alarm: Tensor, kinds: Tensor, batch: Sequence[Sample], places: dict[str, int], settings: Settings) -> Tensor:
    """Alarms by themselves, violations against the worst of what is fine, and names."""
    is_bad = torch.tensor([sample.label != FINE for sample in batch])
    counts = torch.tensor([sample.counts for sample in batch])
    smoothed = is_bad.float() * (1 - 2 * settings.smoothing) + settings.smoothing
    loss = (binary_cross_entropy_with_logits(alarm, smoothed, reduction="none") * counts).sum() / counts.sum()
    if is_bad.any() and not is_bad.all():
        fine = torch.logsumexp(alarm[~is_bad] + counts[~is_bad].log(), 0)
        loss = loss + settings.ranking * nn.functional.softplus(fine - alarm[is_bad]).mean() / 4
    if is_bad.any():
        wanted = torch.tensor([places[sample.label] for sample in batch if sample.label != FINE])
        loss = loss + settings.naming * cross_entropy(kinds[is_bad], wanted, label_smoothing=2 * settings.smoothing)
    return loss
