"""Comparing: what is measured is what it says, and an adapter that was trained to pieces is found out."""

import json
import shutil
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from app.approved.vocabulary import Vocabulary
from app.writing.lines.library import write_approved_lines
from finetune.adapters.export import export
from finetune.cli import main
from finetune.comparing.compare import Plan, compare
from finetune.lines.composer import Composer
from finetune.lines.reader import Line, approved
from finetune.screening.judge import Judge
from finetune.training.tune import tune
from guards.lexicon.documents import DocumentError
from tests.finetune.tiny import save_tiny, tiny_recipe
from tests.shared import built_once

_PLAN = Plan(briefs=3, samples=2)


@pytest.fixture(scope="module")
def taught_base(
    shared_folder: Path, tokenizer: PreTrainedTokenizerFast, corpus: list[Line], vocabulary: Vocabulary
) -> Path:
    """A tiny base that has begun to learn bodies: an adapter of random weights learns nothing."""

    def build(folder: Path) -> None:
        save_tiny(folder, tokenizer, list(Composer(corpus, vocabulary, 77).samples(320)))
        write_approved_lines(approved(corpus), folder)

    return built_once(shared_folder / "taught" / "heyan-taught", build)


@pytest.fixture(scope="module")
def learnt(shared_folder: Path, taught_base: Path, house: Path, vocabulary: Vocabulary) -> Path:
    """A run on it that was long enough to learn something; tests copy it before they change it."""

    def build(folder: Path) -> None:
        changes = ("train.max_steps=24", "train.learning_rate=1.0e-2", "train.save_steps=24", "train.eval_steps=24")
        tune(tiny_recipe(folder.parent, "sft", taught_base, house, *changes), folder, vocabulary, resume=False)

    return built_once(shared_folder / "learnt" / "house-sft", build)


def test_an_adapter_that_learnt_is_better_and_one_trained_to_pieces_is_worse(
    learnt: Path, taught_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary, judging: Judge
) -> None:
    measures = compare(learnt, house, vocabulary, judging, _PLAN)
    figures = {row["name"]: (row["base"], row["adapter"]) for row in measures["table"]}
    base, adapter = figures["validation loss, nats a character"]
    assert adapter < base
    assert measures["verdict"] == "better"
    assert (measures["briefs"], measures["samples"], measures["rows"]) == (3, 2, 36)
    assert "margin of pairs, nats" in figures
    assert "margin of wanted over unwanted, nats" in figures
    assert "orders of the service with a body to say, %" in figures

    absurd = tiny_recipe(tmp_path, "sft", taught_base, house, "train.learning_rate=2.0", "train.max_grad_norm=1000")
    tune(absurd, tmp_path / "absurd", vocabulary, resume=False)
    measures = compare(tmp_path / "absurd", house, vocabulary, judging, _PLAN)
    assert measures["verdict"] == "worse"
    assert any(reason.startswith("validation loss, nats a character rose") for reason in measures["reasons"])


def test_preferences_are_measured_as_learnt(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary, judging: Judge
) -> None:
    recipe = tiny_recipe(tmp_path, "dpo", tiny_base, house, "train.max_steps=16")
    tune(recipe, tmp_path / "run", vocabulary, resume=False)
    table = compare(tmp_path / "run", house, vocabulary, judging, _PLAN)["table"]
    figures = {row["name"]: (row["base"], row["adapter"]) for row in table}
    assert figures["margin of pairs, nats"][1] > figures["margin of pairs, nats"][0]


def test_the_command_prints_a_table_and_leaves_it_for_the_card(
    learnt: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(learnt, run)
    assert main(["card", str(run)]) == 0
    assert "Nothing yet: `python -m finetune compare` measures it" in (run / "README.md").read_text("utf-8")
    given = ["compare", str(run), "--data", str(house), "--briefs", "2", "--samples", "1"]
    assert main(given) == 0
    reported = capsys.readouterr().out
    assert "| | base | adapter |" in reported
    assert "Verdict: **better**" in reported
    measures = json.loads((run / "measures.json").read_text("utf-8"))
    assert main(["card", str(run)]) == 0
    card = (run / "README.md").read_text("utf-8")
    for part in ("| rows to learn from | 48 |", measures["base"], "Verdict: **better**", "| learning_rate | 0.01 |"):
        assert part in card
    assert "More Information Needed" not in card


def test_an_exported_adapter_is_measured_and_not_changed(
    learnt: Path, taught_base: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = export(learnt, "house-style", tmp_path)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    given = ["compare", str(folder), "--data", str(house), "--briefs", "2", "--samples", "1"]
    assert main([*given, "--base", str(taught_base)]) == 0
    assert "Verdict: **better**" in capsys.readouterr().out
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert main(given) == 2
    assert "models/heyan-taught: holds no weights" in capsys.readouterr().err


def test_what_cannot_be_compared_is_reported(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary, judging: Judge
) -> None:
    with pytest.raises(DocumentError, match="no data set; build one"):
        compare(finished, tmp_path, vocabulary, judging, _PLAN)
    other = tmp_path / "other"
    shutil.copytree(tiny_base, other)
    with (other / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x01")
    with pytest.raises(DocumentError, match="belongs to the base"):
        compare(finished, house, vocabulary, judging, _PLAN, other)
    (tmp_path / "only").mkdir()
    rows = (house / "sft.jsonl").read_text("utf-8").splitlines()
    taught_only = [row for row in rows if '"split": "train"' in row]
    (tmp_path / "only" / "sft.jsonl").write_text("\n".join(taught_only), "utf-8")
    with pytest.raises(DocumentError, match="no row was kept out of training"):
        compare(finished, tmp_path / "only", vocabulary, judging, _PLAN)
    spoilt = tmp_path / "spoilt"
    shutil.copytree(tiny_base, spoilt)
    (spoilt / "sentences.jsonl").write_text("none\n", "utf-8")
    with pytest.raises(DocumentError, match=r"sentences.jsonl:1: not an approved line"):
        compare(finished, house, vocabulary, judging, _PLAN, spoilt)


@pytest.mark.parametrize("option", ["--briefs", "--samples"])
@pytest.mark.parametrize("count", ["0", "-1"])
def test_without_bodies_there_is_no_verdict(
    option: str, count: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(tmp_path), "--data", str(tmp_path), f"{option}={count}"]) == 2
    assert f"'{option}': at least 1 is expected" in capsys.readouterr().err
    with pytest.raises(ValueError, match="there is no verdict without bodies"):
        Plan(**{option.removeprefix("--"): int(count)})


def test_a_card_or_measures_that_cannot_be_written_are_one_line(
    finished: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    (run / "README.md").mkdir()
    (run / "measures.json").mkdir()
    assert main(["compare", str(run), "--data", str(house), "--briefs", "1", "--samples", "1"]) == 1
    assert f"{run / 'measures.json'}: cannot be written: Is a directory\n" in capsys.readouterr().err
    (run / "measures.json").rmdir()
    assert main(["card", str(run)]) == 1
    assert capsys.readouterr().err == f"{run}: cannot be written: Is a directory\n"


def test_the_card_of_what_is_no_run_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card", str(tmp_path)]) == 2
    assert "neither a run nor an exported adapter" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
