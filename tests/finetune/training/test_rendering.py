"""Rendering: training sees, token by token, the prompt that serving sends, and learns the body and its end alone."""

from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from app.approved.vocabulary import Vocabulary
from app.approved.wording import approved_bodies, read_wording
from app.settings import ROOT
from app.writing.full_prompt import FullPrompt
from app.writing.prompt import BODY, END, compact_messages, render_compact
from finetune.dataset.rows import DpoRow, KtoRow, Row, SftRow
from finetune.lines.reader import Line
from finetune.training.rendering import Renderer, bodies_of, row_problems, shipped_renderer, taught_by
from tests.finetune.tiny import QWEN3, tiny_rows


@pytest.fixture(scope="module")
def rows(corpus: list[Line], vocabulary: Vocabulary) -> list[Row]:
    """One row of each stage."""
    return [some[0] for some in tiny_rows(corpus, vocabulary).values()]


@pytest.fixture
def compact(vocabulary: Vocabulary, tokenizer: PreTrainedTokenizerFast) -> Renderer:
    """The renderer of tuned models."""
    return shipped_renderer(ROOT, vocabulary, "compact", tokenizer)


def _with_template(tokenizer: Any, template: str) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer,
        eos_token=END,
        bos_token=BODY,
        pad_token=END,
        chat_template=template,
    )


def test_the_compact_prompt_is_what_serving_sends(
    compact: Renderer, tokenizer: PreTrainedTokenizerFast, rows: list[Row]
) -> None:
    for row in rows:
        served = tokenizer.apply_chat_template(compact_messages(row.brief), add_generation_prompt=True)["input_ids"]
        assert compact.prompt_ids(row.brief) == served
        assert compact.prompt(row.brief) == render_compact(row.brief)
        assert tokenizer(compact.prompt(row.brief))["input_ids"] == served


def test_the_full_prompt_is_what_serving_sends_with_its_examples_and_without_thinking(
    vocabulary: Vocabulary, tokenizer: PreTrainedTokenizerFast, rows: list[Row]
) -> None:
    instruct = _with_template(tokenizer, QWEN3)
    renderer = shipped_renderer(ROOT, vocabulary, "full", instruct)
    prompt, wording = FullPrompt(ROOT / "prompts" / "templates", vocabulary), read_wording(ROOT / "prompts", vocabulary)
    for row in rows:
        examples = approved_bodies(row.brief, wording)[:3]
        assert examples
        messages = prompt.render(row.brief, (), examples)
        served = instruct.apply_chat_template(messages, add_generation_prompt=True, enable_thinking=False)["input_ids"]
        assert renderer.prompt_ids(row.brief) == served
        assert renderer.prompt(row.brief).endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")
        assert instruct(renderer.prompt(row.brief))["input_ids"] == served


def test_a_beginning_that_the_tokenizer_adds_stands_there_once(
    vocabulary: Vocabulary, tokenizer: PreTrainedTokenizerFast, rows: list[Row]
) -> None:
    from tokenizers import Tokenizer, processors

    inner = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    inner.post_processor = processors.TemplateProcessing(
        single=f"{BODY} $A", special_tokens=[(BODY, inner.token_to_id(BODY))]
    )
    adding = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token=END, bos_token=BODY, pad_token=END, chat_template="{{ bos_token }}" + QWEN3
    )
    renderer = shipped_renderer(ROOT, vocabulary, "full", adding)
    ids = renderer.prompt_ids(rows[0].brief)
    assert ids.count(adding.bos_token_id) == 1
    assert adding(renderer.prompt(rows[0].brief))["input_ids"] == ids


def test_a_row_of_each_stage_has_trls_columns_and_ends_with_the_tokenizers_end(
    compact: Renderer, rows: list[Row]
) -> None:
    sft, dpo, kto = rows
    assert isinstance(sft, SftRow)
    assert isinstance(dpo, DpoRow)
    assert isinstance(kto, KtoRow)
    prompt = render_compact(sft.brief)
    assert compact.trainer_rows(rows) == [
        {"prompt": prompt, "completion": sft.body + END},
        {"prompt": prompt, "chosen": dpo.chosen + END, "rejected": dpo.rejected + END},
        {"prompt": prompt, "completion": kto.body + END, "label": True},
    ]


def test_only_what_is_wanted_is_taught(rows: list[Row]) -> None:
    sft, dpo, kto = rows
    assert isinstance(kto, KtoRow)
    unwanted = KtoRow(kto.brief, kto.body, False, kto.meta)
    assert taught_by([sft, dpo, kto, unwanted]) == [(sft.brief, bodies_of(sft)[0])] * 3
    assert bodies_of(dpo) == (dpo.chosen, dpo.rejected)  # type: ignore[union-attr]


def test_a_row_that_is_too_long_is_reported_and_never_cut(compact: Renderer, rows: list[Row]) -> None:
    longest = max(compact.length(rows[1].brief, body) for body in bodies_of(rows[1]))
    assert row_problems(rows[1], compact, longest) == []
    expected = f"{longest} tokens, more than data.max_length {longest - 1}; no row is ever cut"
    assert row_problems(rows[1], compact, longest - 1) == [expected]


def test_a_tag_that_the_tokenizer_does_not_know_is_reported(
    vocabulary: Vocabulary, tiny_base: Path, rows: list[Row], tokenizer: PreTrainedTokenizerFast
) -> None:
    text = tokenizer.backend_tokenizer.to_str().replace(f"scenario:{rows[0].brief.scenario.value}|", "scenario:gone|")
    from tokenizers import Tokenizer

    older = _with_template(tokenizer, tokenizer.chat_template)
    older = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(text), eos_token=END, pad_token=END, chat_template=older.chat_template
    )
    renderer = shipped_renderer(ROOT, vocabulary, "compact", older)
    problems = row_problems(rows[0], renderer, 500)
    assert problems == [f"the model's tokenizer knows no <|scenario:{rows[0].brief.scenario.value}|>"]
