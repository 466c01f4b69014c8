"""The shipped checkpoint: whole, small, made for this vocabulary, and able to write what the desk accepts."""

import asyncio
import hashlib
import json
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoTokenizer

from app.approved.skeleton import problems_of, tidy
from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from app.writing.embedded import EmbeddedModel
from app.writing.heldout import is_held_out_pair
from app.writing.lines.bodies import BODIES_FILE, ApprovedBodies, write_approved_bodies
from app.writing.lines.library import SENTENCES_FILE
from app.writing.model import WritingTask
from app.writing.prompt import BODY, END, PAD, START, render_compact, slot_token
from finetune.folders import CORPUS
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.composer import Composer
from finetune.training.loop import PretrainRecipe
from finetune.training.pretrain import corpus_digest
from finetune.training.tokenizer import controls
from guards.lexicon.documents import read_document

MODEL = ROOT / "models" / "heyan-mini"
_BRIEFS, _CANDIDATES, _ENOUGH = 40, 4, 0.9
pytestmark = pytest.mark.skipif(not (MODEL / "config.json").exists(), reason="heyan-mini is not in this tree")


@pytest.fixture(scope="module")
def bodies(vocabulary: Vocabulary) -> ApprovedBodies:
    """Those that are shipped."""
    return read_corpus_of_bodies(CORPUS, vocabulary)


@pytest.fixture
async def model() -> AsyncIterator[EmbeddedModel]:
    """The shipped model, loaded."""
    embedded = EmbeddedModel(MODEL, max_batch=_BRIEFS * _CANDIDATES)
    yield embedded
    await embedded.close()


def test_every_file_can_be_read_by_a_server_under_another_user() -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in MODEL.iterdir()}
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o644} == {}


def test_the_weights_are_bfloat16() -> None:
    assert json.loads((MODEL / "config.json").read_text("utf-8"))["dtype"] == "bfloat16"
    with safe_open(MODEL / "model.safetensors", framework="pt") as weights:
        assert {weights.get_tensor(name).dtype for name in weights.keys()} == {torch.bfloat16}  # noqa: SIM118


def test_the_tokenizer_is_of_this_vocabulary(vocabulary: Vocabulary) -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL, local_files_only=True)
    specials = {PAD, END, START, BODY, *controls(vocabulary)}
    # A tag that falls silent may leave its token behind; one that speaks must have one.
    assert specials <= set(tokenizer.all_special_tokens)
    slots = {slot_token(name) for name in vocabulary.slots}
    assert set(tokenizer.get_added_vocab()) - set(tokenizer.all_special_tokens) == slots


async def test_held_out_briefs_get_a_body_that_the_desk_accepts(
    model: EmbeddedModel, bodies: ApprovedBodies, vocabulary: Vocabulary
) -> None:
    composer = Composer((), vocabulary, 4711, bodies)
    briefs = [sample.brief for sample in composer.samples(_BRIEFS, held_out=True)]
    assert all(is_held_out_pair(brief.scenario, brief.tags) for brief in briefs)
    torch.manual_seed(4711)
    deadline = time.monotonic() + 120
    drafts = await asyncio.gather(*(model.write(WritingTask(brief, _CANDIDATES, deadline)) for brief in briefs))
    failed = []
    for brief, draft in zip(briefs, drafts, strict=True):
        problems = [problems_of(tidy(skeleton), brief) for skeleton in draft.skeletons]
        if all(problems):
            failed.append((render_compact(brief), problems))
    assert len(failed) <= (1 - _ENOUGH) * _BRIEFS, failed


def test_the_shipped_bodies_are_those_of_the_corpus(bodies: ApprovedBodies, tmp_path: Path) -> None:
    write_approved_bodies(bodies, tmp_path)
    shipped = (MODEL / BODIES_FILE).read_text("utf-8")
    assert shipped == (tmp_path / BODIES_FILE).read_text("utf-8"), "run: python -m finetune sentences"
    assert not (MODEL / SENTENCES_FILE).exists(), "with lines of their own, models recombine"


def test_the_weights_were_trained_on_the_corpus_of_today(bodies: ApprovedBodies) -> None:
    origin = json.loads((MODEL / "training.json").read_text("utf-8"))
    assert origin["corpus_sha256"] == corpus_digest(bodies)
    assert origin["bodies"] == len(bodies.approved)
    recipe = read_document(ROOT / "finetune" / "recipes" / "mini-pretrain.yaml").check(PretrainRecipe)
    assert origin["recipe"] == recipe.model_dump()


def test_the_card_says_what_was_measured_of_these_very_weights() -> None:
    record = json.loads((MODEL / "figures.json").read_text("utf-8"))
    assert record["weights_sha256"] == hashlib.sha256((MODEL / "model.safetensors").read_bytes()).hexdigest()
    card = (MODEL / "README.md").read_text("utf-8")
    for figure in record["figures"]:
        assert figure["holds"], figure
        goal = f" [{figure['goal']}]" if figure["goal"] else ""
        value = f"{figure['value']:g} {figure['unit']}".strip()
        assert f"| {figure['name']}{goal} | {value} |" in card
