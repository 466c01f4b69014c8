"""The story of docs/finetuning.md, command by command: from an officer's table to a script that the adapter wrote."""

import asyncio
import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.approved.skeleton import sentences
from guards.types import Generation, Scenario
from scripts.vllm_server import ROOT, VllmServer
from tests.vllm.conftest import OpenService

_TREE = ("app", "evals", "finetune", "guards", "lexicons", "models", "prompts", "pyproject.toml")
_SHORTER = {
    " finetune sft": " --set train.max_steps=350 --set train.eval_steps=350 --set train.save_steps=350",
    " finetune compare": " --briefs 8 --samples 4",
}
"""Half the training, and a shorter comparison; nothing else of a command is changed."""
_PATIENT = {"deadline_ms": 10_000}
_LEAST = 0.95
"""Of the orders of a service as the README shows it, not of the brief that officers wrote for."""
_LEAST_STYLE = 0.25
"""Of the scripts, those with a sentence that officers wrote; tags have lines of the corpus's own."""
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


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the commands were run."""
    folder = tmp_path_factory.mktemp("story")
    for name in _TREE:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    commands = story()
    assert [command.split()[3] for command in commands if "-m finetune" in command] == [
        "dataset", "sft", "compare", "card", "export"
    ]  # fmt: skip
    for name, more in _SHORTER.items():
        commands = [command + more if name in command else command for command in commands]
    script = "\n".join(["set -e", *commands]).replace(".venv/bin/python", sys.executable)
    done = subprocess.run(["sh", "-c", script], check=False, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


async def test_the_adapter_that_officers_taught_writes_the_scripts(
    workplace: Path, server: VllmServer, open_service: OpenService
) -> None:
    (adapter,) = (workplace / "adapters").glob("house-style-v1-*")
    async with open_service(server, adapters_file=workplace / "adapters" / "adapters.yaml") as service:
        async with asyncio.timeout(60):
            while (await service.ask(Scenario.BILL_REMINDER, options=_PATIENT))["model"] != adapter.name:
                await asyncio.sleep(0.5)
        answers = [
            await service.ask(scenario, customer={"generation": generation.value, "tags": tags}, options=_PATIENT)
            for scenario, tags in _MOMENTS
            for generation in Generation
        ]
    assert all(answer["action"] == "speak" for answer in answers)
    written = [answer for answer in answers if (answer["source"], answer["model"]) == ("model", adapter.name)]
    assert len(written) >= _LEAST * len(answers), [answer["source"] for answer in answers]
    with (ROOT / "finetune" / "examples" / "house_style.csv").open(encoding="utf-8-sig", newline="") as file:
        approved = {sentence for row in csv.DictReader(file) for sentence in sentences(row["正文"])}
    styled = [answer for answer in written if approved.intersection(sentences(answer["text"]))]
    assert len(styled) >= _LEAST_STYLE * len(answers), f"{len(styled)} of {len(answers)}"
    assert (workplace / "var" / "runs" / "house-sft" / "loss.png").stat().st_size > 5_000
    assert "%" in (adapter / "README.md").read_text("utf-8")
