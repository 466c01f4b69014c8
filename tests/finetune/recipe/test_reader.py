"""Recipes: strict to the last name, whatever is wrong is reported with its line or the change that made it."""

from pathlib import Path

import pytest

from finetune.cli import main
from finetune.dataset.rows import Stage
from finetune.folders import located
from finetune.recipe.reader import read_recipe
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT
from tests.finetune.tiny import recipe_text

RECIPES = ROOT / "finetune" / "recipes"


@pytest.fixture
def text() -> str:
    """A recipe that is one."""
    return recipe_text("sft", Path("models/tiny"), Path("var/datasets/tiny"))


def _read(folder: Path, text: str, *changes: str, stage: Stage = "sft") -> str:
    """The problems of a recipe."""
    file = folder / "recipe.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError) as refused:
        read_recipe(file, stage, changes)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("mini-sft", "sft"),
        ("mini-dpo", "dpo"),
        ("mini-kto", "kto"),
        ("gemma-270m-sft", "sft"),
        ("qwen3-8b-sft", "sft"),
        ("qwen3-8b-kto", "kto"),
    ],
)
def test_every_shipped_recipe_is_one(name: str, stage: Stage) -> None:
    recipe = read_recipe(RECIPES / f"{name}.yaml", stage)
    assert recipe.model.profile == ("compact" if name.startswith("mini") else "full")
    assert located(recipe.data.path) == ROOT / "var" / "datasets" / "house"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("lora: {r: 8, alpha: 16}", "lora: {r: 8, alpha: 16, use_dora: true}", ":5: lora.use_dora: Extra inputs"),
        ("r: 8", "r: 65", ":5: lora.r: Input should be less than or equal to 64"),
        ("r: 8", "r: 8, target_modules: [lm_head]", ":5: lora.target_modules"),
        ("stage: sft", "stage: sft\nepochs: 3", ":2: epochs: Extra inputs"),
        ("seed: 3", "sead: 3", ":10: train.sead: SFTConfig knows no such name; did you mean seed?"),
        ("seed: 3", "warmup_ratio: 0.1", ":10: train.warmup_ratio: is a name of older versions; write warmup_steps"),
        ("seed: 3", "evaluation_strategy: steps", ":10: train.evaluation_strategy: is a name of older versions"),
        ("seed: 3", "gradient_checkpointing: true", "write activation_checkpointing"),
        ("seed: 3", "output_dir: x", ":10: train.output_dir: is not set here: write output"),
        ("seed: 3", "packing: true", ":10: train.packing: is not set here: bodies are never packed"),
        ("seed: 3", "hub_model_id: x", ":10: train.hub_model_id: is not set here: nothing is sent anywhere"),
        ("seed: 3", "report_to: wandb", "nothing is sent anywhere"),
        ("seed: 3", "beta: 0.1", ":10: train.beta: SFTConfig knows no such name"),
        ("learning_rate: 5.0e-3", "learning_rate: fast", ":9: train.learning_rate: Input should be a valid number"),
        ("seed: 3", "save_total_limit: 1", ":10: train.save_total_limit: at least 2"),
        ("seed: 3", "lr_scheduler_type: sine", ":7: train: sine is not a valid"),
        ("seed: 3", "optim: sgdx", ":7: train: sgdx is not a valid"),
    ],
)
def test_what_is_no_recipe_is_reported_with_file_and_line(
    text: str, old: str, new: str, expected: str, tmp_path: Path
) -> None:
    assert old in text
    assert expected in _read(tmp_path, text.replace(old, new, 1))


def test_every_problem_is_reported_at_once(text: str, tmp_path: Path) -> None:
    problems = _read(tmp_path, text.replace("seed: 3", "sead: 3").replace("use_cpu: true", "no_cuda: true"))
    assert "train.sead" in problems
    assert "train.no_cuda: is a name of older versions; write use_cpu: true" in problems


def test_kto_needs_batches_of_rows_in_their_order(text: str, tmp_path: Path) -> None:
    kto = text.replace("stage: sft", "stage: kto")
    assert "at least 2" in _read(tmp_path, kto.replace("train_batch_size: 4", "train_batch_size: 1"), stage="kto")
    assert "sequential" in _read(tmp_path, kto.replace("seed: 3", "train_sampling_strategy: random"), stage="kto")


def test_a_recipe_of_another_stage_is_refused(text: str, tmp_path: Path) -> None:
    assert "recipe.yaml:1: stage: is sft; this command trains dpo" in _read(tmp_path, text, stage="dpo")


def test_changes_replace_values_in_their_own_kinds(text: str, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text, "utf-8")
    recipe = read_recipe(file, "sft", ["train.seed=7", "train.learning_rate=1e-4", "adapter=var/runs/x", "lora.r=4"])
    assert (recipe.train["seed"], recipe.train["learning_rate"]) == (7, 1e-4)
    assert (recipe.adapter, recipe.lora.r) == ("var/runs/x", 4)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("train.sead=7", "--set train.sead=7: SFTConfig knows no such name; did you mean seed?"),
        ("train.seed=soon", "--set train.seed=soon: Input should be a valid integer"),
        ("trian.seed=7", "--set trian.seed=7: the recipe has no trian"),
        ("lora.rank=7", "--set lora.rank=7: Extra inputs"),
        ("train.seed", "--set train.seed: expected key.key=value"),
        ("train.seed=[", "--set train.seed=[: the value cannot be read"),
    ],
)
def test_a_change_that_does_not_fit_is_reported_as_it_was_given(
    text: str, change: str, expected: str, tmp_path: Path
) -> None:
    assert expected in _read(tmp_path, text, change)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("per_device_train_batch_size=0", "greater than or equal to 1"),
        ("per_device_train_batch_size=-1", "greater than or equal to 1"),
        ("gradient_accumulation_steps=0", "greater than or equal to 1"),
        ("learning_rate=.nan", "finite number"),
        ("learning_rate=-1e-3", "greater than 0"),
        ("num_train_epochs=0", "greater than 0"),
        ("save_steps=0", "greater than 0"),
        ("max_steps=-5", "greater than or equal to 1"),
        ("max_steps=0", "greater than or equal to 1"),
        ("seed=-1", "greater than or equal to 0"),
        ("data_seed=-1", "greater than or equal to 0"),
        ("dataloader_num_workers=-1", "greater than or equal to 0"),
        ("weight_decay=-1", "greater than or equal to 0"),
        ("save_strategy=best", "steps or epoch: without its checkpoints a run cannot go on"),
        ("save_strategy=no", "steps or epoch: without its checkpoints a run cannot go on"),
        ("ignore_data_skip=true", "a run that goes on must learn from the rows that are left"),
        ("log_level=foo", "one of detail, debug, info, warning"),
    ],
)
def test_a_value_beyond_its_limits_is_reported_before_anything_is_loaded(
    text: str, value: str, expected: str, tmp_path: Path
) -> None:
    reported = _read(tmp_path, text, f"train.{value}")
    assert reported.startswith(f"--set train.{value}: ")
    assert expected in reported


@pytest.mark.parametrize("value", ["max_steps=-1", "save_strategy=epoch", "warmup_steps=0.1", "data_seed=null"])
def test_a_value_within_its_limits_is_one(text: str, value: str, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text, "utf-8")
    assert read_recipe(file, "sft", [f"train.{value}"]).place == f"{file}:7: train"


def test_the_command_reports_the_problem_and_trains_nothing(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text.replace("seed: 3", "sead: 3"), "utf-8")
    assert main(["sft", str(file), "--output", str(tmp_path / "run")]) == 2
    assert f"{file}:10: train.sead" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
