"""Trainers: what the loss is on, how the two sides of KTO are weighed and ordered, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from app.writing.prompt import END
from finetune.dataset.rows import KtoRow, Row, Stage
from finetune.lines.reader import Line
from finetune.recipe.schema import Recipe
from finetune.runs.checkpoint import read_network, read_tokenizer
from finetune.training.rendering import bodies_of, shipped_renderer
from finetune.training.trainer import build_trainer, kto_weights
from guards.lexicon.documents import DocumentError
from tests.finetune.tiny import tiny_recipe, tiny_rows


@pytest.fixture(scope="module")
def rows(corpus: list[Line], vocabulary: Vocabulary) -> dict[Stage, list[Row]]:
    """Rows of every stage."""
    return tiny_rows(corpus, vocabulary)


def _built(recipe: Recipe, rows: list[Row], folder: Path, vocabulary: Vocabulary, template: str | None = None) -> Any:
    tokenizer = read_tokenizer(Path(recipe.model.path))
    tokenizer.chat_template = template or tokenizer.chat_template
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    return build_trainer(recipe, read_network(Path(recipe.model.path), "float32"), tokenizer, renderer, rows, folder)


def test_the_loss_of_sft_is_on_the_body_and_its_end(
    tmp_path: Path,
    tiny_base: Path,
    house: Path,
    rows: dict[Stage, list[Row]],
    vocabulary: Vocabulary,
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    trainer = _built(tiny_recipe(tmp_path, "sft", tiny_base, house), rows["sft"], tmp_path, vocabulary)
    taught = [row for row in rows["sft"] if row.meta.split == "train"]
    assert len(trainer.train_dataset) == len(taught)
    assert len(trainer.eval_dataset) == len(rows["sft"]) - len(taught)
    for found, row in zip(trainer.train_dataset, taught, strict=True):
        learnt = [label for label in found["labels"] if label != -100]
        assert tokenizer.decode(learnt) == bodies_of(row)[0] + END
    batch = next(iter(trainer.get_train_dataloader()))
    assert ((batch["labels"] == -100) | (batch["labels"] == batch["input_ids"])).all()
    assert (batch["labels"][batch["attention_mask"] == 0] == -100).all() if "attention_mask" in batch else True


def test_dpo_sees_both_bodies_after_one_prompt(
    tmp_path: Path,
    tiny_base: Path,
    house: Path,
    rows: dict[Stage, list[Row]],
    vocabulary: Vocabulary,
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    trainer = _built(tiny_recipe(tmp_path, "dpo", tiny_base, house), rows["dpo"], tmp_path, vocabulary)
    taught = [row for row in rows["dpo"] if row.meta.split == "train"]
    for found, row in zip(trainer.train_dataset, taught, strict=True):
        seen = tuple(tokenizer.decode(found[name]) for name in ("chosen_ids", "rejected_ids"))
        assert seen == tuple(body + END for body in bodies_of(row))


def test_kto_reads_rows_in_an_order_that_the_seed_decides_and_weighs_the_rarer_side(
    tmp_path: Path, tiny_base: Path, house: Path, rows: dict[Stage, list[Row]], vocabulary: Vocabulary
) -> None:
    orders = []
    for seed in (3, 3, 4):
        recipe = tiny_recipe(tmp_path, "kto", tiny_base, house, f"train.seed={seed}")
        trainer = _built(recipe, rows["kto"], tmp_path, vocabulary)
        orders.append(list(trainer.train_dataset["completion"]))
        sampled = list(trainer._get_train_sampler())
        assert sampled == list(range(len(trainer.train_dataset)))
    taught = [row for row in rows["kto"] if row.meta.split == "train"]
    assert orders[0] == orders[1] != orders[2]
    assert orders[0] != [bodies_of(row)[0] + END for row in taught]
    labels = list(trainer.train_dataset["label"])
    ratio = trainer.desirable_weight * sum(labels) / (trainer.undesirable_weight * (len(labels) - sum(labels)))
    assert 1 <= ratio <= 1.33


def test_kto_leaves_out_a_last_row_that_has_nobody_to_be_compared_with(
    tmp_path: Path, tiny_base: Path, house: Path, rows: dict[Stage, list[Row]], vocabulary: Vocabulary
) -> None:
    taught = [row for row in rows["kto"] if row.meta.split == "train"]
    recipe = tiny_recipe(tmp_path, "kto", tiny_base, house)
    assert len(_built(recipe, taught[:13], tmp_path, vocabulary).train_dataset) == 12
    assert len(_built(recipe, taught[:14], tmp_path, vocabulary).train_dataset) == 14


@pytest.mark.parametrize(("desirable", "undesirable"), [(10, 200), (200, 10), (7, 7)])
def test_the_weights_of_kto_are_what_trl_advises(desirable: int, undesirable: int) -> None:
    weights = kto_weights(desirable, undesirable)
    assert min(weights.values()) == 1.0 or desirable > undesirable
    ratio = weights["desirable_weight"] * desirable / (weights["undesirable_weight"] * undesirable)
    assert 1 <= ratio <= 1.33


def test_kto_needs_both_sides(
    tmp_path: Path, tiny_base: Path, house: Path, rows: dict[Stage, list[Row]], vocabulary: Vocabulary
) -> None:
    wanted: list[Row] = [row for row in rows["kto"] if isinstance(row, KtoRow) and row.label]
    with pytest.raises(DocumentError, match="16 desirable and 0 undesirable rows; both are needed"):
        _built(tiny_recipe(tmp_path, "kto", tiny_base, house), wanted, tmp_path, vocabulary)


def test_without_rows_to_train_on_there_is_no_trainer(
    tmp_path: Path, tiny_base: Path, house: Path, rows: dict[Stage, list[Row]], vocabulary: Vocabulary
) -> None:
    held_out = [row for row in rows["sft"] if row.meta.split == "validation"]
    with pytest.raises(DocumentError, match=r"sft.jsonl: no row of the split train"):
        _built(tiny_recipe(tmp_path, "sft", tiny_base, house), held_out, tmp_path, vocabulary)


def test_a_template_whose_end_melts_into_the_body_is_refused(
    tmp_path: Path,
    tiny_base: Path,
    house: Path,
    rows: dict[Stage, list[Row]],
    vocabulary: Vocabulary,
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    taught = [row for row in rows["sft"] if row.meta.split == "train"]
    starts = {bodies_of(row)[0][0] for row in taught}
    pieces = (tokenizer.decode([index]) for index in range(len(tokenizer)))
    melting = next(piece for piece in pieces if len(piece) == 2 and piece[1] in starts and "\ufffd" not in piece)
    template = tokenizer.chat_template + melting[0]
    with pytest.raises(DocumentError, match="the trainer would not see the tokens that serving sends"):
        _built(tiny_recipe(tmp_path, "sft", tiny_base, house), rows["sft"], tmp_path, vocabulary, template)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU can do what is asked for here")
def test_what_this_machine_cannot_do_is_reported(
    tmp_path: Path, tiny_base: Path, house: Path, rows: dict[Stage, list[Row]], vocabulary: Vocabulary
) -> None:
    recipe = tiny_recipe(tmp_path, "sft", tiny_base, house, "train.use_cpu=false", "train.bf16=true")
    with pytest.raises(DocumentError, match="train: Your setup doesn't support bf16"):
        _built(recipe, rows["sft"], tmp_path, vocabulary)
