"""A cut vocabulary: the texts that it was cut for are read as before, all others are still spelt."""

import pytest

from scripts.vocabulary_cut import Pieces, cut, merges_of, tokenizer_of, with_ancestors

_MERGED = ("还款", "利率", "合同", "还款利率", "hello", "hell", "he", "ll", "o", "h", "e", "l", "▁")
_SINGLE = "还款利率合同您，"
_BYTES = [f"<0x{number:02X}>" for number in range(256)]
_TEXTS = ["您还款，合同\n", "利率 合同"]


@pytest.fixture
def pieces() -> Pieces:
    """A vocabulary with control tokens, line breaks, bytes, words and single characters."""
    controls = ["<pad>", "<eos>", "<bos>", "<unk>"]
    plain = ["\n", "\n\n"]
    words = dict.fromkeys([*_MERGED, *_SINGLE])
    everything = [*controls, *plain, *_BYTES, *words]
    scores = {piece: -float(number) for number, piece in enumerate(everything)}
    return Pieces(scores, frozenset(controls), frozenset(plain), frozenset(_BYTES))


def test_the_texts_are_read_in_the_same_pieces(pieces: Pieces) -> None:
    before, after = tokenizer_of(pieces), cut(pieces, _TEXTS, "").tokenizer
    for text in _TEXTS:
        assert after.encode(text).tokens == before.encode(text).tokens


def test_what_no_text_needs_is_gone_and_the_order_stays(pieces: Pieces) -> None:
    left = list(cut(pieces, _TEXTS, "").pieces.scores)
    assert "hello" not in left
    assert "还款利率" not in left
    assert "\n\n" not in left
    assert left == [piece for piece in pieces.scores if piece in left]


def test_numbers_are_given_anew_without_a_gap(pieces: Pieces) -> None:
    found = cut(pieces, _TEXTS, "")
    numbers = found.tokenizer.get_vocab(with_added_tokens=True)
    assert [numbers[piece] for piece in found.pieces.scores] == list(range(len(numbers)))


def test_characters_that_are_always_kept_stay_if_they_were_there(pieces: Pieces) -> None:
    left = cut(pieces, ["您"], "率龘").pieces.scores
    assert "率" in left
    assert "龘" not in left


def test_any_other_text_is_spelt_in_bytes(pieces: Pieces) -> None:
    tokenizer = cut(pieces, _TEXTS, "").tokenizer
    read = tokenizer.encode("hello龘")
    assert "<unk>" not in read.tokens
    assert tokenizer.decode(read.ids) == "hello龘"


def test_a_piece_is_kept_with_all_that_it_is_merged_from() -> None:
    among = {"还款利率", "还款", "利率", "还", "款", "利", "率", "款利"}
    assert with_ancestors(["还款利率"], among) == among - {"款利"}
    assert with_ancestors(["款利"], among) == {"款利", "款", "利"}


def test_the_likelier_piece_is_merged_first() -> None:
    assert merges_of({"甲": -5.0, "乙": -6.0, "丙": -7.0, "乙丙": -2.0, "甲乙": -1.0}) == [("甲", "乙"), ("乙", "丙")]


def test_a_text_that_would_not_come_back_is_an_error(pieces: Pieces) -> None:
    """The vocabulary knows spaces and their sign as one and the same."""
    with pytest.raises(ValueError, match="would not come back as it was"):
        cut(pieces, ["还款▁合同"], "")
