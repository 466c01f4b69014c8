"""The whole training as one script: its commands exist and stand in order, and it ends where a step fails.

A stand-in for Python takes down what would be run; only the long test runs it.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from evals.model import main as measure_model
from finetune.cli import app, main
from finetune.folders import RECIPES
from finetune.training.loop import PretrainRecipe
from guards.lexicon.documents import read_document
from guards.shipped import ROOT

_STEPS = [
    "finetune check", "finetune pretrain", "evals.model", "finetune dataset", "finetune sft", "finetune compare",
    "finetune card", "finetune export",
]  # fmt: skip


_MEASURING = [("evals.model", "heyan-mini/figures.json"), ("finetune compare", "house-sft/measures.json")]
"""The steps that may miss a goal, and what each leaves when it has measured."""
_PYTHON = """\
#!/bin/sh
printf '%s\\n' "$*" >> commands.txt
case "$*" in
"-m $FAILING"*)
    if [ -n "$WRITES" ]; then : > "$WRITES"; fi
    exit "$STATUS"
    ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script where a checkout has it, and a stand-in for Python."""
    (tmp_path / "finetune").mkdir()
    shutil.copy(ROOT / "finetune" / "speedrun.sh", tmp_path / "finetune")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "python").write_text(_PYTHON, "utf-8")
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def _run(checkout: Path, mode: str, failing: str = "no step", status: int = 1, writes: str = "") -> tuple[int, str]:
    """The exit status of the script and what it said about itself; one step may write a file and then fail."""
    kept = {name: value for name, value in os.environ.items() if name != "OUTPUT"}
    stand_in = {"PYTHON": "./python", "FAILING": failing, "STATUS": str(status), "WRITES": writes}
    script = ["sh", str(checkout / "finetune" / "speedrun.sh")]
    ended = subprocess.run(
        script, check=False, capture_output=True, text=True, env={**kept, **stand_in, "SPEEDRUN": mode}
    )
    return ended.returncode, ended.stderr


def _commands(checkout: Path) -> list[list[str]]:
    """What was run: each command without the interpreter and -m."""
    return [shlex.split(line)[1:] for line in (checkout / "commands.txt").read_text("utf-8").splitlines()]


def _steps(commands: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(each[:2]) if each[0] == "finetune" else each[0] for each in commands]


@pytest.fixture(params=["full", "tiny"])
def commands(request: pytest.FixtureRequest, checkout: Path) -> list[list[str]]:
    """What the script would run in each mode."""
    assert _run(checkout, request.param) == (0, "")
    return _commands(checkout)


def test_the_steps_stand_in_the_order_of_the_training(commands: list[list[str]]) -> None:
    assert _steps(commands) == _STEPS


def test_a_rehearsal_and_the_real_thing_share_no_folder(checkout: Path) -> None:
    outputs = []
    for mode in ("full", "tiny"):
        assert _run(checkout, mode) == (0, "")
        outputs.append(
            {Path(part).parts[:2] for each in _commands(checkout) for part in each if part.startswith("var")}
        )
        (checkout / "commands.txt").unlink()
    assert outputs == [{("var", "speedrun")}, {("var", "speedrun-tiny")}]


@pytest.mark.parametrize(("step", "figures"), _MEASURING)
def test_a_rehearsal_goes_on_after_a_missed_goal_and_the_real_thing_does_not(
    step: str, figures: str, checkout: Path
) -> None:
    for mode, folder, status, count in (
        ("tiny", "var/speedrun-tiny", 0, len(_STEPS)),
        ("full", "var/speedrun", 1, _STEPS.index(step) + 1),
    ):
        (checkout / folder / figures).parent.mkdir(parents=True)
        assert _run(checkout, mode, step, 1, f"{folder}/{figures}") == (status, "")
        assert _steps(_commands(checkout)) == _STEPS[:count]
        (checkout / "commands.txt").unlink()


@pytest.mark.parametrize(("step", "figures"), _MEASURING)
@pytest.mark.parametrize(("status", "is_written"), [(1, False), (2, False), (2, True)])
def test_a_rehearsal_ends_where_a_step_has_not_measured(
    step: str, figures: str, status: int, is_written: bool, checkout: Path
) -> None:
    file = checkout / "var" / "speedrun-tiny" / figures
    file.parent.mkdir(parents=True)
    file.write_text("of an earlier run", "utf-8")
    assert _run(checkout, "tiny", step, status, str(file) if is_written else "") == (status, "")
    assert _steps(_commands(checkout)) == _STEPS[: _STEPS.index(step) + 1]


@pytest.mark.parametrize("step", [each for each in _STEPS if each not in dict(_MEASURING)])
def test_every_other_step_that_fails_ends_the_rehearsal(step: str, checkout: Path) -> None:
    assert _run(checkout, "tiny", step) == (1, "")
    assert _steps(_commands(checkout)) == _STEPS[: _STEPS.index(step) + 1]


def test_an_installed_copy_and_an_unknown_mode_say_so(checkout: Path) -> None:
    assert _run(checkout, "small") == (2, "SPEEDRUN is full or tiny, not small\n")
    (checkout / "pyproject.toml").unlink()
    status, said = _run(checkout, "tiny")
    assert (status, "runs in a checkout of Heyan" in said) == (2, True)
    assert not (checkout / "commands.txt").exists()


@pytest.mark.long
def test_the_rehearsal_runs_to_an_adapter_that_is_fit_to_be_served(tmp_path: Path) -> None:
    settings = {"PYTHON": sys.executable, "SPEEDRUN": "tiny", "OUTPUT": str(tmp_path)}
    subprocess.run(["sh", "finetune/speedrun.sh"], check=True, cwd=ROOT, env={**os.environ, **settings})
    (adapter,) = (tmp_path / "adapters").iterdir()
    assert main(["export", "--check", str(adapter), "--base", str(tmp_path / "heyan-mini")]) == 0


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
