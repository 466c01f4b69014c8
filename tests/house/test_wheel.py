"""The wheel: built from a copy of the tree, installed where there is no torch, and used from another folder.

The environment is empty but for the distributions that the wheel itself asks for, directly or not: links to the ones
that are installed here, so that nothing is downloaded and a dependency that pyproject.toml forgets is missing there.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from importlib import metadata
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from scripts.lock import closure
from tests.app.examples import request_body

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "guards", "finetune", "evals", "heyan")
DATA = ("lexicons", "prompts", "models")
BESIDE = ("bench", "docs", "scripts", "tests")
MADE = ("__pycache__", "*.draft")
FETCHED = "gemma-*"
"""Weights under terms of their own, below models/ where somebody accepted these."""
START_SECONDS = 300
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
BUILD = ("wheel", "--no-index", "--no-deps", "--no-build-isolation")


def clean_environment(home: Path, **further: str) -> dict[str, str]:
    """An environment without anybody's settings, of Heyan, of Python or of pip."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PIP_CONFIG_FILE": os.devnull}
    return {**kept, **places, **further}


def run(command: Sequence[str | Path], folder: Path, **further: str) -> subprocess.CompletedProcess[str]:
    """The command as it ended, run in `folder`."""
    environment = clean_environment(folder, **further)
    return subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def done(command: Sequence[str | Path], folder: Path) -> None:
    """Run a command that must succeed."""
    ended = run(command, folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def files_below(folder: Path, names: Iterable[str]) -> set[str]:
    """Every file of some folders, apart from what Python makes of them."""
    return {
        path.relative_to(folder).as_posix()
        for name in names
        for path in (folder / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which something was built before: a rule and a module that have been deleted since."""
    copy = tmp_path_factory.mktemp("tree")
    for name in (*PACKAGES, *DATA, *BESIDE):
        left = (*MADE, FETCHED) if name == "models" else MADE
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(*left))
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, copy)
    for unshipped in ("unfinished.draft", "gemma-270m"):
        (copy / "models" / unshipped).mkdir()
        (copy / "models" / unshipped / "model.safetensors").touch()
    for deleted in ("heyan_data/lexicons/deleted.yaml", "app/deleted.py"):
        (copy / "build" / "lib" / deleted).parent.mkdir(parents=True)
        (copy / "build" / "lib" / deleted).write_text("deleted\n", "utf-8")
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    done([*PIP, *BUILD, "--wheel-dir", folder, tree], folder)
    [built] = folder.glob("heyan-*.whl")
    return built


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it needs without any extra."""
    folder = tmp_path_factory.mktemp("environment")
    done([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], folder)
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    link_needed(required_by(wheel), folder / "needed")
    (packages / "needed.pth").write_text(f"{folder / 'needed'}\n", "utf-8")
    # Without --no-deps: pip looks whether every requirement is met in its version.
    done([*PIP, "--python", folder / "venv" / "bin" / "python", "install", "--no-index", wheel], folder)
    return folder / "venv" / "bin"


def required_by(wheel: Path) -> list[str]:
    """What the wheel says that it requires when no extra is asked for."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []
    requirements = {line: Requirement(line).marker for line in lines}
    return [line for line, marker in requirements.items() if marker is None or marker.evaluate({"extra": ""})]


def link_needed(requirements: list[str], folder: Path) -> None:
    """Link everything that the installed distributions of a closure put beside each other into one folder."""
    folder.mkdir()
    for name in closure(requirements):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))


def test_the_wheel_holds_packages_and_data_and_nothing_that_was_deleted(tree: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    data = {f"heyan_data/{file}" for file in files_below(ROOT, DATA) if not re.search(r"\.draft/|/gemma-", file)}
    assert held == data | files_below(ROOT, PACKAGES)
    assert {f"{package}/py.typed" for package in PACKAGES} <= held
    assert any(file.startswith("finetune/corpus/") for file in held)
    assert any(file.startswith("app/records/migrations/versions/v") for file in held)
    assert (tree / "models" / "unfinished.draft").exists()
    assert (tree / "models" / "gemma-270m").exists()


def test_a_source_distribution_gives_the_same_wheel(tree: Path, wheel: Path, tmp_path: Path) -> None:
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    done([sys.executable, "-c", f"import os; os.chdir({str(tree)!r}); {build}", tmp_path], tmp_path)
    [source] = tmp_path.glob("heyan-*.tar.gz")
    done([*PIP, *BUILD, "--wheel-dir", tmp_path / "again", source], tmp_path)
    [again] = (tmp_path / "again").glob("heyan-*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {file.filename: file.CRC for file in one.infolist() if not file.filename.endswith("RECORD")} == {
            file.filename: file.CRC for file in other.infolist() if not file.filename.endswith("RECORD")
        }


@pytest.mark.parametrize("name", ["torch", "transformers", "asyncpg", "pytest"])
def test_nothing_of_the_extras_can_be_imported_there(bin_folder: Path, tmp_path: Path, name: str) -> None:
    ended = run([bin_folder / "python", "-c", f"import {name}"], tmp_path)
    assert f"No module named '{name}'" in ended.stderr


def test_a_review_finds_a_violation(bin_folder: Path, tmp_path: Path) -> None:
    scene = ("--scenario", "collection_m1", "--stage", "body")
    ended = run([bin_folder / "heyan", "review", "明天派人上门找你", *scene, "--json"], tmp_path)
    assert ended.stdout, ended.stderr
    assert ended.returncode == 1
    answer = json.loads(ended.stdout)
    assert answer["action"] == "block"
    assert "threat.visit" in {finding["rule"] for finding in answer["findings"]}


def test_a_service_whose_model_server_is_down_answers_by_fallback(bin_folder: Path, tmp_path: Path) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        with served([bin_folder / "heyan", "serve", "--port", "0"], tmp_path, HEYAN_MODEL_URL=server) as url:
            response = httpx.post(f"{url}/v1/scripts", json=request_body(), timeout=60, trust_env=False)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["action"], answer["source"]) == ("speak", "fallback")
    assert answer["text"]


def test_the_embedded_model_asks_for_its_extra_in_one_line(bin_folder: Path, tmp_path: Path) -> None:
    ended = run([bin_folder / "heyan", "serve", "--port", "0"], tmp_path)
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    for part in ("torch", "pip install 'heyan[embedded]'", "HEYAN_MODEL_URL"):
        assert part in line


def test_a_postgresql_store_asks_for_its_extra_in_one_line(bin_folder: Path, tmp_path: Path) -> None:
    address = "postgresql://heyan:not-to-be-shown@127.0.0.1:9/heyan"
    ended = run([bin_folder / "heyan", "keys", "list"], tmp_path, HEYAN_DATABASE_URL=address)
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    for part in ("asyncpg", "pip install 'heyan[postgres]'"):
        assert part in line
    assert "not-to-be-shown" not in line


@contextmanager
def served(command: Sequence[str | Path], folder: Path, **further: str) -> Iterator[str]:
    """The address of a service that runs in `folder` until the block ends."""
    shown = folder / "shown.txt"
    with shown.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=clean_environment(folder, **further),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + START_SECONDS
        while "Heyan serves on " not in (text := shown.read_text("utf-8")):
            assert process.poll() is None, text
            assert time.monotonic() < end, text
            time.sleep(0.1)
        yield text.partition("Heyan serves on ")[2].split()[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
