"""The whole training as one script: it runs, and every command in it is one that exists."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from evals.model import main as measure_model
from finetune.cli import app
from finetune.folders import RECIPES
from finetune.training.loop import PretrainRecipe
from guards.lexicon.documents import read_document
from guards.shipped import ROOT

_STEPS = [
    "finetune check", "finetune pretrain", "evals.model", "finetune dataset", "finetune sft", "finetune compare",
    "finetune card", "finetune export",
]  # fmt: skip


@pytest.fixture(params=["full", "tiny"])
def commands(request: pytest.FixtureRequest, tmp_path: Path) -> list[list[str]]:
    """What the script would run, taken down by a stand-in for Python: each command without the interpreter and -m."""
    python, log = tmp_path / "python", tmp_path / "commands.txt"
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(log))}\n', "utf-8")
    python.chmod(0o755)
    settings = {"PYTHON": str(python), "SPEEDRUN": request.param, "OUTPUT": str(tmp_path / "speedrun")}
    subprocess.run(["sh", "finetune/speedrun.sh"], check=True, cwd=ROOT, env={**os.environ, **settings})
    return [shlex.split(line)[1:] for line in log.read_text("utf-8").splitlines()]


def test_the_steps_stand_in_the_order_of_the_training(commands: list[list[str]]) -> None:
    assert [" ".join(each[:2]) if each[0] == "finetune" else each[0] for each in commands] == _STEPS


def test_every_command_and_option_exists(commands: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    for module, *given in commands:
        if module == "finetune":
            known.commands[given[0]].make_context(given[0], given[1:])  # raises for what it does not know
            continue
        with pytest.raises(SystemExit):
            measure_model(["--help"])
        described = capsys.readouterr().out
        assert all(option in described for option in given if option.startswith("--"))


def test_every_file_that_it_reads_is_shipped(commands: list[list[str]]) -> None:
    read = [part for command in commands for part in command if part.startswith("finetune/")]
    assert len(read) == 3
    assert all((ROOT / part).is_file() for part in read)


@pytest.mark.parametrize("name", ["mini-pretrain", "tiny-pretrain"])
def test_the_recipes_of_pretraining_are_valid(name: str) -> None:
    assert read_document(RECIPES / f"{name}.yaml").check(PretrainRecipe).samples >= 2000
