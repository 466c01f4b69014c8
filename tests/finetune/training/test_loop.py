"""Training: it learns, it repeats itself exactly, it learns bodies only, and it refuses recipes it does not know."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from app.approved.vocabulary import Vocabulary
from app.writing.prompt import BODY, END, render_compact
from finetune.cli import main
from finetune.lines.composer import Composer, Sample
from finetune.lines.reader import Line
from finetune.training.loop import CHECKPOINT, LOG, Encoded, PretrainRecipe, build_model, encode, evaluate, train
from guards.lexicon.documents import DocumentError, read_document
from guards.shipped import ROOT

_SHIPPED = ROOT / "finetune" / "recipes" / "mini-pretrain.yaml"
_TINY = """\
seed: 5
pieces: 1024
samples: 320
held_out: 16
hidden_size: 32
layers: 1
heads: 2
key_value_heads: 1
intermediate_size: 64
head_dim: 16
batch: 8
learning_rate: 5.0e-3
log_every: 20
"""


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    """A recipe of forty steps."""
    file = tmp_path / "tiny.yaml"
    file.write_text(_TINY, "utf-8")
    return file


@pytest.fixture(scope="module")
def samples(corpus: list[Line], vocabulary: Vocabulary) -> list[Sample]:
    """What the tiny recipe trains on."""
    return list(Composer(corpus, vocabulary, 5).samples(320))


def _trained(
    recipe: PretrainRecipe, rows: list[Encoded], tokenizer: PreTrainedTokenizerFast, log: Path
) -> tuple[Qwen3ForCausalLM, float]:
    model = build_model(recipe, tokenizer)
    before = evaluate(model, rows[:16], recipe.batch)
    log.mkdir()
    train(model, rows, {"unseen_pairs": rows[:16]}, recipe, log)
    return model, before


def test_forty_steps_lower_the_loss_and_the_same_seed_gives_the_same_weights(
    recipe_file: Path, samples: list[Sample], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    recipe = read_document(recipe_file).check(PretrainRecipe)
    rows = encode(samples, tokenizer)
    first, before = _trained(recipe, rows, tokenizer, tmp_path / "first")
    assert evaluate(first, rows[:16], recipe.batch) < before - 1.0
    log = [json.loads(line) for line in (tmp_path / "first" / LOG).read_text().splitlines()]
    assert [(row["step"], row["of"]) for row in log] == [(20, 40), (40, 40)]
    assert log[1]["unseen_pairs"] < log[0]["unseen_pairs"]
    second, _ = _trained(recipe, rows, tokenizer, tmp_path / "second")
    other, _ = _trained(recipe.model_copy(update={"seed": 6}), rows, tokenizer, tmp_path / "other")
    weights = [model.state_dict() for model in (first, second, other)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert not all(torch.equal(weights[0][name], weights[2][name]) for name in weights[0])


def test_a_training_that_was_broken_off_goes_on_and_ends_the_same(
    recipe_file: Path, samples: list[Sample], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    recipe = read_document(recipe_file).check(PretrainRecipe).model_copy(update={"log_every": 10})
    rows = encode(samples, tokenizer)
    whole, _ = _trained(recipe, rows, tokenizer, tmp_path / "whole")
    broken = tmp_path / "broken"
    broken.mkdir()

    class PowerCut(Exception):  # noqa: N818
        pass

    class Progress:
        """Stands in for the bar: the power fails at the twenty-fifth step."""

        def add_task(self, name: str, *, total: int, completed: int) -> int:
            self.began_at = completed
            return 0

        def update(self, bar: int, *, completed: int, description: str) -> None:
            if completed == 25 and self.began_at == 0:
                raise PowerCut

    with pytest.raises(PowerCut):
        train(build_model(recipe, tokenizer), rows, {"unseen_pairs": rows[:16]}, recipe, broken, Progress())  # type: ignore[arg-type]
    (broken / "log_so_far").hardlink_to(broken / LOG)
    resumed, bar = build_model(recipe, tokenizer), Progress()
    train(resumed, rows, {"unseen_pairs": rows[:16]}, recipe, broken, bar)  # type: ignore[arg-type]
    assert bar.began_at == 20
    weights = [model.state_dict() for model in (whole, resumed)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    logs = [(folder / LOG).read_text("utf-8").splitlines() for folder in (tmp_path / "whole", broken)]
    assert [json.loads(line)["loss"] for line in logs[0]] == [json.loads(line)["loss"] for line in logs[1]]
    # A log that is replaced and not written over is there completely at every moment.
    assert (broken / "log_so_far").read_text("utf-8").splitlines() == logs[1][:2]
    assert not list(broken.glob("*.draft"))


@pytest.mark.parametrize("left", [0, 500])
def test_a_checkpoint_that_cannot_be_read_is_named_with_what_to_do(
    left: int, recipe_file: Path, samples: list[Sample], tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    recipe = read_document(recipe_file).check(PretrainRecipe).model_copy(update={"epochs": 0.1})
    rows = encode(samples[:64], tokenizer)
    _trained(recipe, rows, tokenizer, tmp_path / "begun")
    checkpoint = tmp_path / "begun" / CHECKPOINT
    checkpoint.write_bytes(checkpoint.read_bytes()[:left])
    with pytest.raises(DocumentError, match=rf"{checkpoint}: cannot be read \(\w+\); remove it to begin"):
        train(build_model(recipe, tokenizer), rows, {"unseen_pairs": rows[:16]}, recipe, tmp_path / "begun")


def test_a_row_is_the_prompt_then_the_body_and_its_end(
    samples: list[Sample], tokenizer: PreTrainedTokenizerFast
) -> None:
    for sample, (ids, prompt) in zip(samples[:20], encode(samples[:20], tokenizer), strict=True):
        assert tokenizer.decode(ids[:prompt]) == render_compact(sample.brief)
        assert tokenizer.decode(ids[:prompt]).endswith(BODY)
        assert tokenizer.decode(ids[prompt:]) == sample.body + END


def test_the_loss_is_on_the_body_only_and_padding_counts_nothing(
    recipe_file: Path, samples: list[Sample], tokenizer: PreTrainedTokenizerFast
) -> None:
    recipe = read_document(recipe_file).check(PretrainRecipe)
    model = build_model(recipe, tokenizer).eval()
    rows = sorted(encode(samples[:30], tokenizer), key=lambda row: len(row[0]))
    shortest, longest = rows[0], rows[-1]
    assert len(shortest[0]) < len(longest[0])
    losses = []
    with torch.inference_mode():
        for ids, prompt in (shortest, longest):
            logits = model(input_ids=torch.tensor([ids])).logits[0, prompt - 1 : -1]
            losses.append(functional.cross_entropy(logits, torch.tensor(ids[prompt:]), reduction="none"))
    expected = torch.cat(losses).mean().item()
    assert evaluate(model, [shortest, longest], 2) == pytest.approx(expected, rel=1e-4)
    assert evaluate(model, [shortest], 1) == pytest.approx(losses[0].mean().item(), rel=1e-4)


def test_the_shipped_recipe_is_one() -> None:
    assert read_document(_SHIPPED).check(PretrainRecipe).samples > 0


@pytest.mark.parametrize(
    ("content", "place", "key"),
    [
        (_TINY + "dropout: 0.1\n", 14, "dropout"),
        (_TINY.replace("batch: 8", "batch: 0"), 11, "batch"),
        (_TINY.replace("learning_rate: 5.0e-3", "learning_rate: fast"), 12, "learning_rate"),
    ],
)
def test_a_recipe_that_is_none_is_refused_with_file_and_line(
    recipe_file: Path, content: str, place: int, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe_file.write_text(content, "utf-8")
    with pytest.raises(DocumentError, match=f"tiny.yaml:{place}: {key}"):
        read_document(recipe_file).check(PretrainRecipe)
    assert main(["pretrain", str(recipe_file), "--output", str(tmp_path / "model")]) == 2
    assert f"{recipe_file}:{place}: {key}" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_finished_checkpoint_is_kept_and_no_other_is_replaced(
    recipe_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe_file.write_text(f"{_TINY}epochs: 0.1\n", "utf-8")
    output = tmp_path / "heyan-tiny"
    command = ["pretrain", str(recipe_file), "--output", str(output), "--keep"]
    assert main(command) == 0
    written = (output / "model.safetensors").stat().st_mtime_ns
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out == f"{output}: finished already\n"
    assert main([*command, "--seed", "6"]) == 2
    assert f"{output}/training.json: made by another recipe; " in capsys.readouterr().err
    (output / "training.json").unlink()
    assert main(command) == 2
    assert f"{output}/training.json: is missing: heyan-tiny was not trained here" in capsys.readouterr().err
    assert (output / "model.safetensors").stat().st_mtime_ns == written


def test_a_checkpoint_appears_complete_readable_and_beside_its_card(recipe_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "heyan-tiny"
    output.mkdir()
    (output / "README.md").write_text("card", "utf-8")
    (output / "stale.bin").write_bytes(b"old")
    umask = os.umask(0o077)
    try:
        assert main(["pretrain", str(recipe_file), "--output", str(output)]) == 0
    finally:
        os.umask(umask)
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in output.iterdir()}
    wanted = {
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "training.json",
        LOG,
        "training_curve.png",
    }
    assert wanted <= set(files)
    assert CHECKPOINT not in files
    assert "stale.bin" not in files
    assert set(files.values()) == {0o644}
    assert not output.with_name("heyan-tiny.draft").exists()
    shutil.rmtree(output)
