"""The tokenizer: what is one token, what is special, and what no piece may join."""

from transformers import PreTrainedTokenizerFast

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.writing.prompt import BODY, END, PAD, START, compact_messages, render_compact, slot_token
from finetune.lines.reader import Line
from finetune.training.tokenizer import controls
from guards.types import Generation, Scenario


def _ids(tokenizer: PreTrainedTokenizerFast, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def test_every_line_comes_back_as_it_was(tokenizer: PreTrainedTokenizerFast, corpus: list[Line]) -> None:
    rows = tokenizer([line.text for line in corpus], add_special_tokens=False)["input_ids"]
    assert tokenizer.batch_decode(rows, skip_special_tokens=True) == [line.text for line in corpus]


def test_a_slot_is_one_token_that_is_not_special(tokenizer: PreTrainedTokenizerFast, vocabulary: Vocabulary) -> None:
    for name in vocabulary.slots:
        ids = _ids(tokenizer, slot_token(name))
        assert len(ids) == 1
        assert ids[0] not in tokenizer.all_special_ids
        assert tokenizer.decode(ids, skip_special_tokens=True) == slot_token(name)


def test_a_control_is_one_special_token(tokenizer: PreTrainedTokenizerFast, vocabulary: Vocabulary) -> None:
    for token in (PAD, END, START, BODY, *controls(vocabulary)):
        ids = _ids(tokenizer, token)
        assert len(ids) == 1
        assert ids[0] in tokenizer.all_special_ids
        assert tokenizer.decode(ids, skip_special_tokens=True) == ""
    assert (tokenizer.pad_token, tokenizer.eos_token, tokenizer.bos_token) == (PAD, END, START)


def test_a_compact_prompt_is_one_token_an_attribute(tokenizer: PreTrainedTokenizerFast) -> None:
    brief = Brief(
        Scenario.COLLECTION_M1,
        Generation.SENIOR,
        "soothe_and_plan",
        ("no_money", "asked_deferral"),
        ("应还金额", "到期日", "延期期数"),
        ("还款渠道",),
        "deferral",
    )
    ids = _ids(tokenizer, render_compact(brief))
    assert len(ids) == len(
        ("start", "scenario", "generation", "strategy", *brief.tags, "offer", *brief.slots, "may", "body")
    )
    assert set(ids) <= set(tokenizer.all_special_ids)


def test_a_chat_server_sees_the_tokens_of_training(tokenizer: PreTrainedTokenizerFast) -> None:
    brief = Brief(Scenario.ACQUISITION, Generation.YOUNG, "rate_first", ("county",), ("年化利率",), ("产品名",))
    rendered = tokenizer.apply_chat_template(compact_messages(brief), tokenize=False, add_generation_prompt=True)
    assert rendered == render_compact(brief)


def test_punctuation_and_digits_stand_alone(tokenizer: PreTrainedTokenizerFast) -> None:
    joined = [
        text
        for piece, index in tokenizer.get_vocab().items()
        if not piece.startswith(("<|", "{"))
        and len(text := tokenizer.decode([index])) > 1
        and any(character in "，。！？、：" or character.isdigit() for character in text)
    ]
    assert joined == []
    assert len(_ids(tokenizer, "2026")) == 4
    assert len(_ids(tokenizer, "好，好。")) == 4


def test_no_piece_holds_a_whole_phrase(tokenizer: PreTrainedTokenizerFast) -> None:
    plain = [i for piece, i in tokenizer.get_vocab().items() if not piece.startswith(("<|", "{"))]
    assert max(len(tokenizer.decode([index])) for index in plain) <= 4
