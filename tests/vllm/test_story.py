"""The story of docs/finetuning.md, command by command: from an officer's table to a script that the adapter wrote."""

import asyncio
import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from app.approved.skeleton import sentences
from guards.types import Generation, Scenario
from scripts.vllm_server import ROOT, VllmServer
from tests.vllm.conftest import PATIENT, OpenService

_TREE = ("app", "evals", "finetune", "guards", "lexicons", "models", "prompts", "pyproject.toml")


class Length(NamedTuple):
    """What is added to commands so that they take less time than a user's."""

    sft: str
    compare: str

    def shorter(self, command: str) -> str:
        """A command of the story, as short as that."""
        if " finetune sft" in command:
            return command + self.sft
        return command + self.compare if " finetune compare" in command else command


def _steps(count: int) -> str:
    return "".join(f" --set train.{name}_steps={count}" for name in ("max", "eval", "save"))


_SAMPLE = Length(
    f"{_steps(40)} --set train.per_device_train_batch_size=4 --set data.recombine=4 --set data.replay=200",
    " --briefs 2 --samples 2 || test $? = 1",  # what has hardly learnt may be found worse than its base
)
_HALF = Length(_steps(350), " --briefs 8 --samples 4")
"""Half of the training: from here on the style is heard."""
_LEAST = 0.95
"""Of the orders of a service as the README shows it, not of the brief that officers wrote for."""
_LEAST_STYLE = 0.25
"""Of the scripts after half of the training, those with a sentence of the officers; tags have lines of the corpus."""
_MOMENTS: list[tuple[Scenario, list[str]]] = [
    (Scenario.ACQUISITION, ["asked_rate"]),
    (Scenario.ACTIVATION, ["brand_loyal"]),
    (Scenario.BILL_REMINDER, []),
    (Scenario.BILL_REMINDER, ["autopay_on"]),
    (Scenario.COLLECTION_M1, ["no_money"]),
    (Scenario.COLLECTION_M2, []),
]


def story() -> list[str]:
    """The commands of the section, in order, without the one that serves."""
    text = (ROOT / "docs" / "finetuning.md").read_text("utf-8")
    section = text.split("## From an officer's table to an adapter")[1].split("\n## ")[0]
    whole = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).replace("\\\n", " ")
    return [line for line in whole.splitlines() if "make serve-vllm" not in line]


def run_story(length: Length, folder: Path) -> None:
    """Copy the project into a folder and run the commands there."""
    folder.mkdir()
    for name in _TREE:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    commands = story()
    assert [command.split()[3] for command in commands if "-m finetune" in command] == [
        "dataset", "sft", "compare", "card", "export"
    ]  # fmt: skip
    script = "\n".join(["set -e", *map(length.shorter, commands)]).replace(".venv/bin/python", sys.executable)
    done = subprocess.run(["sh", "-c", script], check=False, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize(
    ("length", "least_style"),
    [(_SAMPLE, 0.0), pytest.param(_HALF, _LEAST_STYLE, marks=pytest.mark.long)],
    ids=["sample", "half"],
)
async def test_the_adapter_that_officers_taught_writes_the_scripts(
    tmp_path: Path, server: VllmServer, open_service: OpenService, length: Length, least_style: float
) -> None:
    workplace = tmp_path / "workplace"
    await asyncio.to_thread(run_story, length, workplace)
    (adapter,) = (workplace / "adapters").glob("house-style-v1-*")
    async with open_service(server, adapters_file=workplace / "adapters" / "adapters.yaml") as service:
        async with asyncio.timeout(60):
            while (await service.ask(Scenario.BILL_REMINDER, options=PATIENT))["model"] != adapter.name:
                await asyncio.sleep(0.5)
        answers = [
            await service.ask(scenario, customer={"generation": generation.value, "tags": tags}, options=PATIENT)
            for scenario, tags in _MOMENTS
            for generation in Generation
        ]
    assert all(answer["action"] == "speak" for answer in answers)
    written = [answer for answer in answers if (answer["source"], answer["model"]) == ("model", adapter.name)]
    assert len(written) >= _LEAST * len(answers), [answer["source"] for answer in answers]
    with (ROOT / "finetune" / "examples" / "house_style.csv").open(encoding="utf-8-sig", newline="") as file:
        approved = {sentence for row in csv.DictReader(file) for sentence in sentences(row["正文"])}
    styled = [answer for answer in written if approved.intersection(sentences(answer["text"]))]
    assert len(styled) >= least_style * len(answers), f"{len(styled)} of {len(answers)}"
    assert (workplace / "var" / "runs" / "house-sft" / "loss.png").stat().st_size > 5_000
    assert "%" in (adapter / "README.md").read_text("utf-8")
