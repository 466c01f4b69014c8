"""Orders, addresses and clients of scripted model servers, and adapters as they are exported."""

import hashlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from app.approved.brief import Brief
from app.approved.vocabulary import read_vocabulary
from app.settings import ROOT
from app.writing.full_prompt import FullPrompt
from app.writing.lines.library import ApprovedLine, write_approved_lines
from app.writing.model import ModelHealth, WritingTask
from app.writing.servers.adapters import AdapterRegistry
from app.writing.servers.fleet import BackoffPolicy
from app.writing.servers.model import ServedModel
from guards.types import Generation, Scenario
from tests.model_server import ModelServer

BRIEF = Brief(
    Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", ("asked_rate",), ("年化利率", "额度上限"), ("产品名",)
)
INSTITUTION = "示例消费金融有限公司"
BASE = "heyan-fake"
_PROMPT = FullPrompt(ROOT / "prompts" / "templates", read_vocabulary(ROOT / "prompts"))


def versioned(name: str) -> str:
    """The name with the digest of the weights that `export_adapter` gives it."""
    return f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


HOUSE, OTHER = versioned("house-style-v1"), versioned("calm_voice-v12")


def task(seconds: float = 30.0, **changes: Any) -> WritingTask:
    """An order with time enough."""
    return replace(WritingTask(BRIEF, 4, time.monotonic() + seconds, ("包过", "秒批")), **changes)


def make_served(addresses: str, *, examples: Sequence[str] = (), **options: Any) -> ServedModel:
    """A client of model servers that soon tries ejected ones again."""
    settings = {"name": None, "key": None, "profile": "auto", "backoff": BackoffPolicy(0.01, 0.05, 1.0), **options}
    return ServedModel(addresses, prompt=_PROMPT, examples=lambda brief: examples, **settings)


@asynccontextmanager
async def serving(*servers: ModelServer, **options: Any) -> AsyncIterator[tuple[ServedModel, ModelHealth]]:
    """A client of running servers, with their health; its background tasks end with the block."""
    health = ModelHealth()
    model = make_served(",".join(server.url for server in servers), health=health, **options)
    model.start()
    try:
        yield model, health
    finally:
        await model.close()


def export_adapter(directory: Path, name: str, /, *sentences: str, **card: Any) -> Path:
    """An adapter's folder as it is exported; with sentences, these are its approved lines."""
    folder = directory / "adapters" / name
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    (folder / "adapter_model.safetensors").write_bytes(name.rpartition("-")[0].encode())
    if sentences:
        write_approved_lines([ApprovedLine(Scenario.ACQUISITION, each) for each in sentences], folder)
    whole = {
        "format": 1,
        "name": name,
        "base": {"name": BASE, "model_type": "qwen3", "sha256": "0" * 64},
        "rank": 8,
        "target_modules": ["q_proj"],
        "sentences": bool(sentences),
        **card,
    }
    (folder / "heyan_adapter.json").write_text(json.dumps(whole), "utf-8")
    return folder


def write_file(directory: Path, names: Sequence[str], routes: Sequence[Any] = (), base: str = BASE) -> Path:
    """The file that lists adapters, replaced as a whole."""
    file = directory / "adapters.yaml"
    adapters = [{"name": name, "path": f"adapters/{name}"} for name in names]
    beside = directory / "adapters.new"
    beside.write_text(yaml.safe_dump({"base": base, "adapters": adapters, "routes": list(routes)}), "utf-8")
    beside.replace(file)
    return file


def make_registry(directory: Path, names: Sequence[str], routes: Sequence[Any] = ()) -> AdapterRegistry:
    """A registry of exported adapters without approved lines."""
    for name in names:
        export_adapter(directory, name)
    return AdapterRegistry(write_file(directory, names, routes), INSTITUTION)
