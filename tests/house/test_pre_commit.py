"""What is looked at before a commit is what `make check` runs."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_hooks_run_the_commands_of_make_check() -> None:
    [recipe] = re.findall(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    checked = [command.strip() for command in re.findall(r"\$\(BIN\)/([^)|>\n]+)", recipe)]
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repository["repo"] == "local", "hooks from elsewhere would need the network"
    assert [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]] == checked
