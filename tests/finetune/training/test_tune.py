"""Runs: the same seed gives the same adapter, broken off or not; nothing half written is ever gone on from."""

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app.approved.skeleton import sentences
from app.approved.vocabulary import Vocabulary
from app.writing.lines.library import read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.weights import digest_of_weights
from finetune.adapters.export import export, exported_problems
from finetune.cli import main
from finetune.dataset.rows import SftRow, read_rows
from finetune.recipe.schema import TARGETS
from finetune.runs.run import LOCK, MARKER, Run, is_complete, locked, read_log
from finetune.training.tune import tune
from guards.lexicon.documents import DocumentError
from guards.shipped import ROOT
from tests.finetune.tiny import recipe_text, save_instruct, tiny_recipe


def _weights(run: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(run / "adapter" / "adapter_model.safetensors"))


def _same(one: Path, other: Path) -> bool:
    weights, others = _weights(one), _weights(other)
    return weights.keys() == others.keys() and all(torch.equal(weights[name], others[name]) for name in weights)


def _broken_off(finished: Path, folder: Path) -> Path:
    """The same run as it stood when it was killed while it wrote its second checkpoint."""
    shutil.copytree(finished, folder)
    record = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps({**record, "finished": None}), "utf-8")
    shutil.rmtree(folder / "adapter")
    half = folder / "checkpoints" / "checkpoint-8"
    (half / MARKER).unlink()
    (half / "optimizer.pt").write_bytes((half / "optimizer.pt").read_bytes()[:100])
    return folder


def test_a_finished_run_holds_what_it_was_made_from_and_how_it_went(
    finished: Path, tiny_base: Path, house: Path, vocabulary: Vocabulary
) -> None:
    record = Run(finished).read()
    assert record["base"]["sha256"] == digest_of_weights(tiny_base)
    report = json.loads((house / "dataset.json").read_text("utf-8"))
    assert record["data"]["sha256"] == report["files"]["sft.jsonl"]["sha256"]
    assert record["data"]["rows"] == {"train": 48, "validation": 12, "recombined": 0, "replayed": 0}
    assert record["finished"] >= record["started"]
    assert record["versions"]["trl"]
    losses = [entry["loss"] for entry in read_log(finished / "log.jsonl") if "loss" in entry]
    assert len(losses) == 2
    assert losses[1] < losses[0]
    assert record["metrics"]["eval_loss"] > 0
    assert (finished / "loss.png").read_bytes().startswith(b"\x89PNG")
    taught = {sentence for row in read_rows(house / "sft.jsonl", "sft", vocabulary) for sentence in sentences(row.body)}  # type: ignore[union-attr]
    listed = [json.loads(line) for line in (finished / "sentences.jsonl").read_text("utf-8").splitlines()]
    assert {row["text"] for row in listed} == taught
    assert {file.name for file in (finished / "adapter").iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in (finished / "adapter").iterdir()} == {0o644}


def test_the_same_seed_gives_the_same_adapter_and_another_seed_another(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    tune(tiny_recipe(tmp_path, "sft", tiny_base, house), tmp_path / "again", vocabulary, resume=False)
    assert _same(finished, tmp_path / "again")
    other = tiny_recipe(tmp_path, "sft", tiny_base, house, "train.seed=4")
    tune(other, tmp_path / "other", vocabulary, resume=False)
    assert not _same(finished, tmp_path / "other")


def test_a_run_that_was_broken_off_ends_as_if_it_had_not_been(
    finished: Path,
    tiny_base: Path,
    house: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = _broken_off(finished, tmp_path / "run")
    tune(tiny_recipe(tmp_path, "sft", tiny_base, house), run, vocabulary, resume=True)
    reported = capsys.readouterr().out
    assert "checkpoint-8: half written, removed" in reported
    assert "going on from checkpoint-4" in reported
    assert _same(finished, run)
    steps = [entry["step"] for entry in read_log(run / "log.jsonl") if "loss" in entry]
    assert steps == [4, 8]


def test_without_a_complete_checkpoint_a_run_begins_again(
    finished: Path,
    tiny_base: Path,
    house: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = _broken_off(finished, tmp_path / "run")
    (run / "checkpoints" / "checkpoint-4" / "trainer_state.json").write_text("{}", "utf-8")
    tune(tiny_recipe(tmp_path, "sft", tiny_base, house), run, vocabulary, resume=True)
    assert "no complete checkpoint; beginning again" in capsys.readouterr().out
    assert _same(finished, run)


def test_a_full_disk_is_one_line_and_the_last_complete_checkpoint_stays(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    run = _broken_off(finished, tmp_path / "run")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text("sft", tiny_base, house), "utf-8")
    whole = finished / "checkpoints" / "checkpoint-8"
    sizes = {file.name: file.stat().st_size for file in whole.iterdir()}
    limit = sizes.pop("optimizer.pt") - 1
    assert max(sizes.values()) < limit, "only the optimizer must be too large for this disk"
    program = (
        f"import resource, sys, torch; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "torch.set_num_threads(1)\n"
        "from finetune.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    given = ["sft", str(recipe), "--output", str(run), "--resume"]
    failed = subprocess.run(
        [sys.executable, "-c", program, *given], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert failed.returncode == 1
    reported = f"{run}: cannot be written: File too large; make room, then go on with --resume"
    assert failed.stderr.splitlines()[-1] == reported, "torch knows no reason"
    assert "Traceback" not in failed.stderr
    assert is_complete(run / "checkpoints" / "checkpoint-4")
    assert not (run / "checkpoints" / "checkpoint-8").exists(), "half a checkpoint only takes up room"
    assert not list(run.glob("*.draft"))
    assert Run(run).last_checkpoint() == run / "checkpoints" / "checkpoint-4"
    tune(tiny_recipe(tmp_path, "sft", tiny_base, house), run, vocabulary, resume=True)
    assert _same(finished, run)


@pytest.mark.parametrize("stage", ["dpo", "kto"])
def test_preferences_go_on_from_an_adapter_also_when_broken_off(
    stage: Any, finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    recipe = tiny_recipe(tmp_path, stage, tiny_base, house, f"adapter={finished}", "train.learning_rate=1e-3")
    tune(recipe, tmp_path / "whole", vocabulary, resume=False)
    before, after = _weights(finished), _weights(tmp_path / "whole")
    assert before.keys() == after.keys(), "the frozen copy must not be saved"
    assert not all(torch.equal(before[name], after[name]) for name in before)
    first = next(entry for entry in read_log(tmp_path / "whole" / "log.jsonl") if "rewards/margins" in entry)
    last = [entry for entry in read_log(tmp_path / "whole" / "log.jsonl") if "rewards/margins" in entry][-1]
    assert last["rewards/margins"] > first["rewards/margins"]
    run = _broken_off(tmp_path / "whole", tmp_path / "broken")
    tune(recipe, run, vocabulary, resume=True)
    assert _same(tmp_path / "whole", run)
    earlier, listed = (set((folder / "sentences.jsonl").read_text("utf-8").splitlines()) for folder in (finished, run))
    assert earlier <= listed


def test_preferences_learn_from_a_plain_base_too(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    run = tune(tiny_recipe(tmp_path, "dpo", tiny_base, house), tmp_path / "run", vocabulary, resume=False)
    margins = [entry["rewards/margins"] for entry in read_log(run.log) if "rewards/margins" in entry]
    assert margins[-1] > margins[0]


def test_a_finished_run_is_left_as_it_is(
    finished: Path,
    tiny_base: Path,
    house: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = (finished / "run.json").read_bytes()
    tune(tiny_recipe(tmp_path, "sft", tiny_base, house), finished, vocabulary, resume=True)
    assert "finished already" in capsys.readouterr().out
    assert (finished / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), "is not empty; --resume goes on with a run, --output names another folder"),
        (("train.max_steps=9",), "cannot go on: recipe differ from when it began"),
    ],
)
def test_a_run_is_never_overwritten_nor_gone_on_with_by_another_recipe(
    changes: tuple[str, ...],
    expected: str,
    finished: Path,
    tiny_base: Path,
    house: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
) -> None:
    recipe = tiny_recipe(tmp_path, "sft", tiny_base, house, *changes)
    with pytest.raises(DocumentError, match=expected):
        tune(recipe, finished, vocabulary, resume=bool(changes))


@pytest.mark.parametrize(
    ("stage", "change", "expected"),
    [
        ("sft", "train.loss_type=foo", "Invalid `loss_type` foo"),
        ("sft", "train.pad_token=xyz", "The specified `pad_token` ('xyz') is not found"),
        ("sft", "train.lr_scheduler_kwargs={foo: 1}", "unexpected keyword argument 'foo'"),
        ("dpo", "train.loss_type=[foo]", "Unknown loss type: foo"),
        ("kto", "train.loss_type=foo", "UnboundLocalError"),
    ],
)
@pytest.mark.filterwarnings("ignore:`pad_token` is deprecated")
def test_what_the_libraries_refuse_is_reported_of_the_recipe_and_leaves_no_run(
    stage: Any, change: str, expected: str, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(DocumentError) as refused:
        tune(tiny_recipe(tmp_path, stage, tiny_base, house, change), tmp_path / "run", vocabulary, resume=False)
    assert f"{tmp_path / f'tiny-{stage}.yaml'}:7: train: " in str(refused.value)
    assert expected in str(refused.value)
    assert not (tmp_path / "run").exists(), "the recipe, corrected, must find its place free"


def test_a_run_that_trains_is_left_alone_by_every_other_process(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = _broken_off(finished, tmp_path / "run")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text("sft", tiny_base, house), "utf-8")
    with locked(run):
        assert main(["sft", str(recipe), "--output", str(run), "--resume"]) == 1
        assert capsys.readouterr().err == f"{run}: another process trains here\n"
        assert (run / "checkpoints" / "checkpoint-8").exists(), "the other one is writing it"
    assert not (run / LOCK).exists()


def test_an_instruct_model_takes_the_same_way_with_all_seven_matrices(
    house: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    base = tmp_path / "qwen3-tiny"
    save_instruct(base, (house / "sft.jsonl").read_text("utf-8"))
    recipe = tiny_recipe(
        tmp_path, "sft", base, house, "model.profile=full", "data.max_length=4000", "train.max_steps=2",
        "train.eval_strategy=no", "train.logging_steps=1",
    )  # fmt: skip
    run = tune(recipe, tmp_path / "run", vocabulary, resume=False)
    folder, is_new = export(run.folder, "tiny-full", tmp_path / "adapters")
    assert is_new
    assert exported_problems(folder, base) == []
    about = json.loads((folder / "heyan_adapter.json").read_text("utf-8"))
    assert set(about["target_modules"]) == set(TARGETS)
    assert about["sentences"] is False
    adapted = {name.split(".lora_")[0].rsplit(".", 1)[-1] for name in _weights(run.folder)}
    assert adapted == set(TARGETS)


def test_the_command_trains_and_says_where(
    tiny_base: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text("sft", tiny_base, house), "utf-8")
    run = tmp_path / "run"
    given = ["sft", str(recipe), "--set", "train.max_steps=2", "--set", "train.eval_steps=2", "--output", str(run)]
    assert main(given) == 0
    reported = capsys.readouterr()
    assert f"{run}: the adapter is trained" in reported.out
    assert "step 2 of 2: eval_loss" in reported.out
    assert "it/s" not in reported.err, "a progress bar belongs on a terminal"
    assert Run(run).read()["finished"]


def test_a_folder_that_cannot_be_written_is_reported(
    tiny_base: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe_text("sft", tiny_base, house), "utf-8")
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["sft", str(recipe), "--output", str(tmp_path / "file" / "run")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'file' / 'run'}: cannot be written: Not a directory\n"


def test_what_was_taught_can_be_said_as_it_was_taught(finished: Path, house: Path, vocabulary: Vocabulary) -> None:
    known = read_approved_lines(finished)
    assert known is not None
    for row in read_rows(house / "sft.jsonl", "sft", vocabulary):
        assert isinstance(row, SftRow)
        sequence = LineSequences(known).sequence(row.brief, counts_slots=False)
        assert sequence is not None
        state = sequence.start
        for sentence in sentences(row.body):
            following = {sequence.lines[at].text: at for at in sequence.next(state)}
            assert sentence in following, row.body
            state = sequence.after(state, following[sentence])
        assert sequence.may_end(state), row.body
