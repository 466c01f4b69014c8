"""The README's commands, run as they stand there against a started server."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
START_SECONDS = 120


def commands(readme: str, start: str) -> list[str]:
    """Every command in the README's shell blocks that begins with `start`, quotes and line breaks kept."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / readme).read_text("utf-8"), re.DOTALL)
    lines = "\n".join(blocks)
    return re.findall(rf"^{re.escape(start)}(?:[^\n']|'[^']*')*", lines, re.MULTILINE)


def environment_of(data: Path) -> dict[str, str]:
    """The environment of a program that keeps its data in a folder, without any other settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEYAN_")}
    return {**kept, "HEYAN_DATA_DIR": str(data), "HEYAN_CACHE_DIR": os.environ["HEYAN_CACHE_DIR"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server as `make serve` starts it, on a free port and an empty data directory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = environment_of(tmp_path_factory.mktemp("data"))
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--host", "127.0.0.1", "--port", str(port)], cwd=ROOT, env=environment
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(START_SECONDS * 10):
            try:
                if httpx.get(f"{url}/health/ready", timeout=2).status_code == 200:
                    break
            except httpx.TransportError:
                assert process.poll() is None, "the server ended while it started"
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def run_curl(command: str, url: str) -> dict[str, Any]:
    """The JSON answer to a curl command of the README, sent to `url`."""
    done = subprocess.run(
        command.replace("http://127.0.0.1:8000", url), shell=True, cwd=ROOT, capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("readme", READMES)
def test_first_request_gives_a_script(readme: str, server: str) -> None:
    [first] = [command for command in commands(readme, "curl") if "/v1/scripts" in command]
    answer = run_curl(first, server)
    assert answer["action"] == "speak"
    assert answer["source"] == "model"
    for figure in ("20万元", "单利年化利率3.6%", "还849.67元（借1万元、分12期）"):
        assert figure in answer["text"]
    assert answer["delivery"]["speech_rate"] < 1
    assert answer["delivery"]["repeat_key_points"] is True
    assert answer["text"] == "".join(segment["text"] for segment in answer["segments"])


@pytest.mark.parametrize("readme", READMES)
def test_review_finds_what_the_readme_says(readme: str, server: str) -> None:
    [review] = [command for command in commands(readme, "curl") if "/v1/reviews" in command]
    answer = run_curl(review, server)
    assert answer["action"] == "block"
    told = {finding["rule"] for finding in answer["findings"] if finding["action"] != "observe"}
    assert {rule for rule in told if not rule.startswith("meaning.")} == {
        "promise.guaranteed_approval",
        "free_of_charge.no_interest",
        "personal_data.bank_card",
    }
    assert "****0123" in answer["masked_text"]
    assert "6222021234567890123" not in answer["masked_text"]


@pytest.mark.parametrize("readme", READMES)
def test_shown_answer_is_a_real_one(readme: str, server: str) -> None:
    """The answer printed in the README passes today's rules for the README's own request."""
    text = (ROOT / readme).read_text("utf-8")
    [shown] = re.findall(r"<!-- answer:begin -->\n```json\n(.*?)```\n<!-- answer:end -->", text, re.DOTALL)
    answer = json.loads(shown)
    [first] = [command for command in commands(readme, "curl") if "/v1/scripts" in command]
    request = json.loads(re.findall(r"-d '(.*)'", first, re.DOTALL)[0])
    review = httpx.post(
        f"{server}/v1/reviews",
        json={
            "text": answer["text"],
            "scenario": request["scenario"],
            "channel": "ai_voice",
            "facts": request["facts"],
        },
        timeout=30,
    ).json()
    assert review["action"] == "allow", review


@pytest.mark.parametrize("readme", READMES)
def test_command_line_examples_run(readme: str, tmp_path: Path) -> None:
    environment = environment_of(tmp_path)

    def run(command: str) -> tuple[int, str]:
        program = command.replace(".venv/bin/heyan", f"{sys.executable} -m app")
        done = subprocess.run(program, shell=True, cwd=ROOT, env=environment, capture_output=True, check=False)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    write, review = commands(readme, ".venv/bin/heyan")
    status, shown = run(write)
    assert status == 0, shown
    assert "可以说" in shown
    status, shown = run(review)
    assert status == 1
    assert "threat.visit" in shown


def test_make_verbs_named_in_the_readmes_exist() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for readme in (*READMES, "CONTRIBUTING.md", "docs/operations.md"):
        named = set(re.findall(r"make ([a-z]+(?:-[a-z]+)*)", (ROOT / readme).read_text("utf-8")))
        assert named - {"python"} <= verbs, readme


def test_links_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_setting_is_documented() -> None:
    from app.settings import Settings

    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"`HEYAN_{name.upper()}`" in page
