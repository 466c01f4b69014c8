"""What a real vLLM server does with our orders: candidates, suppressed words, patterns, deadlines, equal words."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.approved.skeleton import problems_of
from app.approved.vocabulary import read_vocabulary
from app.errors import ModelTimeout
from app.writing.lines.library import read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.model import WritingTask
from app.writing.prompt import compact_messages, render_compact, slot_token
from app.writing.servers.extensions import extensions_for, skeleton_pattern
from app.writing.servers.model import ServedModel
from finetune.folders import CORPUS
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.composer import Composer
from guards.shipped import ROOT
from scripts.vllm_server import VllmServer
from tests.app.writing.serving import BRIEF, make_served
from tests.vllm.conftest import MODEL

_MANY = 48
"""Candidates: enough to keep two cores busy for seconds."""


@asynccontextmanager
async def served(server: VllmServer, **options: Any) -> AsyncIterator[ServedModel]:
    """A client of one server."""
    model = make_served(server.url, name=MODEL.name, **options)
    try:
        yield model
    finally:
        await model.close()


def order(candidates: int = 4, seconds: float = 60.0, banned: tuple[str, ...] = ()) -> WritingTask:
    """An order for the brief of all these tests."""
    return WritingTask(BRIEF, candidates, time.monotonic() + seconds, banned)


def work_on(server: VllmServer) -> tuple[float, float]:
    """Requests that run now, and tokens written so far, by the server's own metrics."""
    page = httpx.get(f"{server.url}/metrics", timeout=10, trust_env=False).text
    running = re.findall(r"^vllm:num_requests_running\{[^}]*\} (\S+)", page, re.MULTILINE)
    written = re.findall(r"^vllm:generation_tokens_total\{[^}]*\} (\S+)", page, re.MULTILINE)
    assert running
    assert written
    return sum(map(float, running)), sum(map(float, written))


async def until_idle(server: VllmServer) -> float:
    """The tokens that it has written once nothing runs any more."""
    async with asyncio.timeout(30):
        while (counts := await asyncio.to_thread(work_on, server))[0]:
            await asyncio.sleep(0.1)
    return counts[1]


@pytest.mark.parametrize("candidates", [1, 4, 8])
async def test_as_many_candidates_as_were_ordered(server: VllmServer, candidates: int) -> None:
    async with served(server) as model:
        draft = await model.write(order(candidates))
    assert len(draft.skeletons) == candidates
    assert draft.model == MODEL.name
    usable = [skeleton for skeleton in draft.skeletons if not problems_of(skeleton, BRIEF)]
    assert len(usable) >= candidates - 1


async def test_banned_words_are_not_written(server: VllmServer) -> None:
    """The server knows tokens, not words: what is one token it suppresses for sure, the guards see to the rest."""
    word = slot_token("额度上限")
    async with served(server) as model:
        free = (await model.write(order(16))).skeletons
        bound = (await model.write(order(16, banned=(word,)))).skeletons
    assert sum(word in skeleton for skeleton in free) > len(free) / 2
    assert bound
    assert not any(word in skeleton for skeleton in bound)


async def test_an_instruct_model_can_write_nothing_but_what_the_pattern_allows(server: VllmServer) -> None:
    body = {
        "model": MODEL.name,
        "messages": [{"role": "user", "content": "Say 123 in English, please: "}],
        "n": 8,
        "max_tokens": 320,
        "temperature": 2.0,
    }
    async with served(server) as model:
        replica = model.fleet.replicas[0]
        free = await replica.complete(body, ())
        bound = await replica.complete(body, extensions_for(order(banned=("包过",)), "full"))
        assert not replica._refused, "the server did not take every field"
    pattern = re.compile(skeleton_pattern(BRIEF))
    assert bound
    assert [text for text in bound if not pattern.fullmatch(text)] == []
    assert [text for text in free if not pattern.fullmatch(text)] != []


async def test_decoding_is_constrained_to_approved_lines_and_to_the_tags(server: VllmServer) -> None:
    """The server compiles the grammar of each brief; also so hot a model says nothing but whole lines."""
    known = read_approved_lines(MODEL)
    assert known is not None
    vocabulary = read_vocabulary(ROOT / "prompts")
    composer = Composer((), vocabulary, 20261123, read_corpus_of_bodies(CORPUS, vocabulary))
    briefs = [sample.brief for sample in composer.samples(12, held_out=True)]
    sequences = LineSequences(known)
    once = []
    async with served(server) as model:
        replica = model.fleet.replicas[0]
        for brief in briefs:
            constrained = extensions_for(WritingTask(brief, 4, time.monotonic() + 60), "compact", sequences)
            body = {"model": MODEL.name, "messages": compact_messages(brief), "max_tokens": 200, "n": 4}
            texts = await replica.complete({**body, "temperature": 1.5}, constrained)
            assert not replica._refused, "the server did not take every field"
            assert texts
            for text in texts:
                assert known.allows(text, brief), text
                once.append(known.allows_once(text, brief))
                assert known.addressed(text, brief) >= known.addressable(brief), text
    assert all(once), "a body says nothing twice"


async def test_the_server_stops_writing_when_nobody_waits_any_more(server: VllmServer) -> None:
    """A deadline that is over, or a caller who hangs up, costs fewer tokens than a whole order."""
    before = await until_idle(server)
    async with served(server) as model:
        started = time.monotonic()
        await model.write(order(_MANY))
        part = (time.monotonic() - started) / 4
        whole = await until_idle(server)
        with pytest.raises(ModelTimeout):
            await model.write(order(_MANY, seconds=part))
        late = await until_idle(server)
        writing = asyncio.create_task(model.write(order(_MANY)))
        await asyncio.sleep(part)
        assert not writing.done()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        withdrawn = await until_idle(server)
    assert late - whole < 0.8 * (whole - before)
    assert withdrawn - late < 0.8 * (whole - before)


async def test_greedy_text_is_the_same_in_transformers_and_in_vllm(server: VllmServer) -> None:
    vocabulary = read_vocabulary(ROOT / "prompts")
    composer = Composer((), vocabulary, 20261122, read_corpus_of_bodies(CORPUS, vocabulary))
    briefs = [sample.brief for sample in composer.samples(12, held_out=True)]
    tokenizer = AutoTokenizer.from_pretrained(MODEL, local_files_only=True)
    network = AutoModelForCausalLM.from_pretrained(MODEL, local_files_only=True, dtype=torch.float32).eval()
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        for brief in briefs:
            prompt = tokenizer(render_compact(brief), add_special_tokens=False, return_tensors="pt")
            with torch.inference_mode():
                ids = network.generate(**prompt, do_sample=False, max_new_tokens=200)[0, prompt["input_ids"].shape[1] :]
            body = {"model": MODEL.name, "messages": compact_messages(brief), "temperature": 0, "max_tokens": 200}
            answer = (await client.post("/v1/chat/completions", json=body)).raise_for_status().json()
            assert answer["choices"][0]["message"]["content"] == tokenizer.decode(ids, skip_special_tokens=True)
