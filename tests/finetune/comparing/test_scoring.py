"""Scoring: log-likelihoods of the body alone, and bodies sampled as serving samples them."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from app.writing.lines.library import read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.lines.tokens import LineConstraints
from finetune.comparing.scoring import log_likelihoods, write_bodies
from finetune.dataset.rows import SftRow, read_rows
from finetune.runs.checkpoint import read_network
from finetune.training.rendering import shipped_renderer
from guards.types import Scenario


@pytest.fixture(scope="module")
def taught(house: Path, vocabulary: Vocabulary) -> list[tuple[Brief, str]]:
    """Some briefs with their bodies, of different lengths."""
    rows = read_rows(house / "sft.jsonl", "sft", vocabulary)
    return [(row.brief, row.body) for row in rows[:7] if isinstance(row, SftRow)]


def test_a_log_likelihood_is_that_of_the_body_and_its_end_whatever_stands_beside_it(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    found = log_likelihoods(network, tokenizer, renderer, taught)
    for (brief, body), likely in zip(taught, found, strict=True):
        prompt = renderer.prompt_ids(brief)
        ids = prompt + tokenizer(body)["input_ids"] + [tokenizer.eos_token_id]
        with torch.inference_mode():
            logits = torch.log_softmax(network(input_ids=torch.tensor([ids])).logits[0], -1)
        expected = sum(float(logits[place - 1, ids[place]]) for place in range(len(prompt), len(ids)))
        assert likely == pytest.approx(expected, rel=1e-4)


def test_the_same_seed_writes_the_same_bodies(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    briefs = [brief for brief, _ in taught[:2]]
    written = [write_bodies(network, tokenizer, renderer, briefs, "full", samples=2, seed=seed) for seed in (1, 1, 2)]
    assert written[0] == written[1] != written[2]
    assert [brief for brief, _ in written[0]] == [briefs[0], briefs[0], briefs[1], briefs[1]]


def test_decoding_is_constrained_to_approved_lines_where_there_are_any(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    known = read_approved_lines(tiny_base)
    assert known is not None
    end = tokenizer.eos_token_id
    constraints = LineConstraints(LineSequences(known), lambda text: tokenizer(text)["input_ids"], end, as_server=True)
    nowhere = replace(taught[0][0], scenario=Scenario.COLLECTION_M3_PLUS)
    briefs = [*(brief for brief, _ in taught), nowhere]
    written = write_bodies(network, tokenizer, renderer, briefs, "compact", samples=3, seed=1, constraints=constraints)
    assert {body for brief, body in written if brief == nowhere} == {""}
    answered = [(brief, body) for brief, body in written if brief != nowhere]
    complete = [known.allows(body, brief) for brief, body in answered]
    assert sum(complete) >= len(answered) / 2, "random weights seldom find the end in time"
    assert all(known.allows("".join(sentences(body)), brief) for brief, body in answered), "all they say is"
