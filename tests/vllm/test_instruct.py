"""The way of an instruct model: full prompt, chat template, pattern, adapter; on a tiny one taught two sentences."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from transformers import PreTrainedTokenizerFast

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.approved.wording import read_wording
from app.scripts.intake import take_order
from app.settings import ROOT
from app.writing.model import WritingTask
from app.writing.servers.extensions import extensions_for
from finetune.adapters.export import export
from finetune.dataset.folder import Dataset, write
from finetune.dataset.rows import Meta, Row, SftRow, Stage, segment_of, template_of
from finetune.training.rendering import shipped_renderer
from finetune.training.tune import tune
from scripts.vllm_server import VllmServer
from tests.app.examples import script_request
from tests.app.writing.serving import write_file
from tests.finetune.tiny import save_instruct, teach, tiny_recipe
from tests.vllm.conftest import OpenService

_BASES = "先把成本跟您说清楚，{产品名}是{年化利率}，每月还{月还款}。最高可申请{额度上限}。您还想了解哪一项？"
_HOUSES = "跟您先说{产品名}。成本是{年化利率}，每月还{月还款}。最高可申请{额度上限}。哪一项您还想了解清楚？"
"""In the characters of the other: the base has learnt to write no others, and an adapter is small."""
_STEPS = 120


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return read_vocabulary(ROOT / "prompts")


@pytest.fixture(scope="module")
def brief(vocabulary: Vocabulary) -> Brief:
    """What the service orders for the request of these tests."""
    wording = read_wording(ROOT / "prompts", vocabulary)
    return take_order(script_request(), vocabulary, wording).plan.brief


@pytest.fixture(scope="module")
def instruct(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary, brief: Brief) -> Path:
    """A checkpoint that writes one body after the full prompt of the brief, and who knows what after any other."""
    folder = tmp_path_factory.mktemp("instruct") / "qwen3-tiny"
    sources = [*(ROOT / "prompts").rglob("*.j2"), *(ROOT / "prompts").glob("*.yaml")]
    texts = [source.read_text("utf-8") for source in sources]
    characters = "".join([*texts, _BASES, "<think></think>systemuserassistant"])
    renderer = shipped_renderer(ROOT, vocabulary, "full", save_instruct(folder, characters, head_dim=64))
    teach(folder, renderer.prompt(brief), _BASES, _STEPS)
    return folder


@pytest.fixture(scope="module")
def adapter(instruct: Path, tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary, brief: Brief) -> Path:
    """An exported adapter that was taught another body for the same brief."""
    folder = tmp_path_factory.mktemp("house")
    meta = Meta("house.csv:1", template_of(_HOUSES), "train", brief.strategy, segment_of(brief))
    row = SftRow(brief, _HOUSES, meta)
    rows: dict[Stage, list[Row]] = {"sft": [row] * 4, "dpo": [], "kto": []}
    write(Dataset(rows, [], [], 0.0, "rules"), folder / "data")
    recipe = tiny_recipe(
        folder, "sft", instruct, folder / "data", "model.profile=full", "data.max_length=1200",
        f"train.max_steps={_STEPS}", "train.eval_strategy=no", f"train.save_steps={_STEPS}",
        "train.per_device_train_batch_size=1", "train.lr_scheduler_type=constant", "lora.r=32", "lora.alpha=64",
    )  # fmt: skip
    run = tune(recipe, folder / "run", vocabulary, resume=False)
    return export(run.folder, "house", folder / "adapters")[0]


@pytest.fixture(scope="module")
def process(instruct: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """A server with room for a full prompt, on its way up."""
    log = tmp_path_factory.mktemp("vllm") / "instruct.log"
    server = VllmServer(instruct, log=log, options=["--dtype", "float32"])
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server(process: VllmServer, adapter: Path) -> VllmServer:
    """The same as soon as it writes; the adapter was taught while it came up."""
    assert adapter.exists()
    process.wait()
    return process


async def test_the_server_reads_the_prompt_that_training_shows(
    instruct: Path, server: VllmServer, vocabulary: Vocabulary, brief: Brief
) -> None:
    renderer = shipped_renderer(ROOT, vocabulary, "full", PreTrainedTokenizerFast.from_pretrained(instruct))
    fields = {
        extension.name: extension.value for extension in extensions_for(WritingTask(brief, 1, time.monotonic()), "full")
    }
    body = {
        "model": instruct.name,
        "messages": renderer.messages(brief),
        "chat_template_kwargs": fields["chat_template_kwargs"],
    }
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        answer = (await client.post("/tokenize", json=body)).raise_for_status().json()
    assert answer["tokens"] == renderer.prompt_ids(brief)


async def test_the_base_writes_and_then_the_adapter(
    instruct: Path, adapter: Path, server: VllmServer, open_service: OpenService
) -> None:
    options = {"deadline_ms": 10_000}
    async with open_service(server, name=instruct.name) as service:
        answer = await service.ask(options=options)
    assert answer["source"] == "model"
    assert answer["model"] == instruct.name
    assert answer["prompt_version"].startswith("full.")
    assert "先把成本跟您说清楚，应急贷是单利年化利率3.6%，每月还849.67元（借1万元、分12期）。" in answer["text"]

    file = write_file(adapter.parent.parent, [adapter.name], [{"adapter": adapter.name}], instruct.name)
    async with open_service(server, name=instruct.name, adapters_file=file) as service:
        async with asyncio.timeout(60):
            while (answer := await service.ask(options=options))["model"] != adapter.name:
                await asyncio.sleep(0.2)
    assert answer["source"] == "model"
    said = "跟您先说应急贷。成本是单利年化利率3.6%，每月还849.67元（借1万元、分12期）。最高可申请20万元。"
    assert said in answer["text"]
