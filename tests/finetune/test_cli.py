"""The command line: what it takes, what it refuses, and what it does not load."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from finetune.cli import app, main
from guards.shipped import ROOT

_COMMANDS = (
    "check", "show", "sentences", "pretrain", "meaning", "understanding", "encoder", "dataset", "sft", "dpo", "kto",
    "export", "card", "compare",
)  # fmt: skip


def test_the_commands_are_those_that_are_documented() -> None:
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    assert tuple(known.commands) == _COMMANDS


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_describes_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"python -m finetune {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["chek"], "No such command 'chek'."),
        (["compare", "run"], "Missing option '--data'."),
        (["sft", "--sett", "x"], "No such option: --sett"),
        (["show", "--count", "many"], "Invalid value for '--count'"),
    ],
)
def test_what_cannot_be_understood_is_one_line_and_exit_status_2(
    given: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(expected)


def test_an_option_takes_several_files_in_a_row_or_one_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"{name}.csv" for name in ("one", "two", "three")]
    for given in (
        files,
        [files[0], "--approved", *files[1:]],
        [files[0], "--validation", "0.1", "--approved", *files[1:]],
    ):
        status = main(["dataset", "--output", str(tmp_path / "data"), "--approved", *map(str, given)])
        assert status == 2
        assert capsys.readouterr().err.splitlines() == [
            f"{file}:1: cannot be read: No such file or directory" for file in files
        ]


def test_a_file_that_ends_too_early_is_no_interruption() -> None:
    broken = typer.Typer()

    @broken.command()
    def read() -> None:
        raise EOFError("the file ends too early")

    with pytest.raises(EOFError, match="too early"):
        main([], broken)


def test_an_interruption_ends_with_130() -> None:
    interrupted = typer.Typer()

    @interrupted.command()
    def wait() -> None:
        raise KeyboardInterrupt

    assert main([], interrupted) == 130


def test_a_corpus_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path, tmp_path / "nonexistent"):
        assert main(["check", str(folder)]) == 2
        assert capsys.readouterr().err.startswith(f"{folder}: no corpus")


@pytest.mark.parametrize(
    ("given", "status", "unneeded"),
    [
        (["--help"], 0, {"torch", "transformers", "trl", "presidio_analyzer", "guards.policy"}),
        (["card", "nowhere"], 2, {"torch", "transformers", "trl", "peft", "datasets", "guards.policy"}),
    ],
)
def test_what_a_command_does_not_need_is_not_loaded(given: list[str], status: int, unneeded: set[str]) -> None:
    program = (
        f"import sys; from finetune.cli import main; assert main({given!r}) == {status};"
        f"print('loaded', *{unneeded!r} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "loaded"
