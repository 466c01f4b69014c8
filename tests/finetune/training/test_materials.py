"""What a training is made from: rows, bases and adapters that do not fit are refused before anything is trained."""

import shutil
from pathlib import Path

import pytest
import torch
from transformers import Qwen3ForCausalLM

from app.approved.skeleton import sentences
from app.approved.vocabulary import Vocabulary
from app.writing.lines.library import read_approved_lines
from app.writing.weights import digest_of_weights
from finetune.dataset.rows import SftRow, read_rows
from finetune.training.tune import tune
from guards.lexicon.documents import DocumentError
from tests.finetune.tiny import tiny_recipe


def test_another_base_than_the_recipe_names_is_refused(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    recipe = tiny_recipe(tmp_path, "sft", tiny_base, house, f"model.sha256={'f' * 64}")
    with pytest.raises(DocumentError, match=f"its weights are {digest_of_weights(tiny_base)}; the recipe wants ffff"):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)
    assert not (tmp_path / "run").exists()


def test_an_adapter_of_another_base_or_shape_is_not_gone_on_from(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    other = tmp_path / "heyan-other"
    shutil.copytree(tiny_base, other)
    weights = other / "model.safetensors"
    network = Qwen3ForCausalLM.from_pretrained(other)
    with torch.no_grad():
        network.model.norm.weight.add_(1)
    network.save_pretrained(other)
    assert weights.exists()
    recipe = tiny_recipe(tmp_path, "dpo", other, house, f"adapter={finished}")
    with pytest.raises(DocumentError, match=f"belongs to the base {digest_of_weights(tiny_base)}"):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("lora.r=4", r"has r 8; the recipe says lora.r 4"),
        ("lora.alpha=8", r"has alpha 16; the recipe says lora.alpha 8"),
        ("lora.dropout=0.1", r"has dropout 0.0; the recipe says lora.dropout 0.1"),
        ("lora.target_modules=[q_proj]", r"has target_modules \['down_proj', .*; the recipe says .* \['q_proj'\]"),
    ],
)
def test_an_adapter_with_other_lora_values_is_not_gone_on_from(
    change: str, expected: str, finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    recipe = tiny_recipe(tmp_path, "dpo", tiny_base, house, f"adapter={finished}", change)
    with pytest.raises(DocumentError, match=expected):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)
    assert not (tmp_path / "run").exists()


def test_rows_that_nobody_judged_are_not_taught(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    shutil.copytree(house, tmp_path / "house")
    with (tmp_path / "house" / "sft.jsonl").open("a", encoding="utf-8") as rows:
        rows.write("\n")
    recipe = tiny_recipe(tmp_path, "sft", tiny_base, tmp_path / "house")
    with pytest.raises(DocumentError, match=r"is not what dataset.json says; build the data set again"):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)
    (tmp_path / "house" / "dataset.json").unlink()
    with pytest.raises(DocumentError, match="no data set; build one"):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)


def test_rows_that_are_too_long_are_all_reported_and_nothing_is_trained(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    recipe = tiny_recipe(tmp_path, "sft", tiny_base, house, "data.max_length=16")
    with pytest.raises(DocumentError) as refused:
        tune(recipe, tmp_path / "run", vocabulary, resume=False)
    assert len(refused.value.problems) == 51
    assert refused.value.problems[-1] == "and 10 more problems"
    assert "tiny.csv:0" in refused.value.problems[0]
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("base", ["nothing", "unweighted"])
def test_a_base_that_is_none_is_reported(
    base: str, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    if base == "unweighted":
        shutil.copytree(tiny_base, tmp_path / base)
        (tmp_path / base / "model.safetensors").unlink()
    recipe = tiny_recipe(tmp_path, "sft", tmp_path / base, house)
    with pytest.raises(DocumentError, match=f"{base}: no usable"):
        tune(recipe, tmp_path / "run", vocabulary, resume=False)


def test_a_recipe_may_have_approved_bodies_recombined(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    changes = ("data.recombine=3", "train.max_steps=1", "train.eval_strategy=no")
    run = tune(tiny_recipe(tmp_path, "sft", tiny_base, house, *changes), tmp_path / "run", vocabulary, resume=False)
    rows = run.read()["data"]["rows"]
    assert rows["train"] == 48
    assert rows["recombined"] > 0
    with pytest.raises(DocumentError, match=r"--set data.recombine=3: only sft has bodies that may be recombined"):
        tiny_recipe(tmp_path, "dpo", tiny_base, house, *changes)


def test_a_recipe_may_have_bodies_of_the_corpus_taught_again(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    changes = ("data.replay=40", "train.max_steps=1", "train.eval_strategy=no")
    run = tune(tiny_recipe(tmp_path, "sft", tiny_base, house, *changes), tmp_path / "run", vocabulary, resume=False)
    assert run.read()["data"]["rows"] == {"train": 48, "validation": 12, "recombined": 0, "replayed": 40}
    rows = [row for row in read_rows(house / "sft.jsonl", "sft", vocabulary) if isinstance(row, SftRow)]
    taught = {sentence for row in rows for sentence in sentences(row.body)}
    listed = read_approved_lines(run.folder)
    assert listed is not None
    assert {sentence for text in listed.texts for sentence in sentences(text)} == taught, "replay teaches nothing new"
    with pytest.raises(DocumentError, match=r"--set data.replay=3: only sft can be taught bodies of the corpus again"):
        tiny_recipe(tmp_path, "dpo", tiny_base, house, "data.replay=3")
