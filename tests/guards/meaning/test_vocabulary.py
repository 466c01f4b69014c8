"""A sentence is cut into the pieces that are likeliest together, and what no piece covers is one unknown token."""

from pathlib import Path

import pytest

from guards.meaning.vocabulary import BEGIN, END, FILLER, SPECIAL, UNKNOWN, Vocabulary, read_vocabulary

PIECES = Vocabulary(["还", "款", "还款", "日"], [-3.0, -3.0, -4.0, -5.0])


def test_the_likelier_of_two_ways_to_cut_is_taken() -> None:
    assert PIECES.tokens("还款日") == [BEGIN, SPECIAL + 2, SPECIAL + 3, END]
    apart = Vocabulary(["还", "款", "还款"], [-1.0, -1.0, -4.0])
    assert apart.tokens("还款") == [BEGIN, SPECIAL, SPECIAL + 1, END]


def test_a_character_that_no_piece_holds_is_unknown_and_the_rest_is_cut_as_ever() -> None:
    assert PIECES.tokens("还😀款") == [BEGIN, SPECIAL, UNKNOWN, SPECIAL + 1, END]
    assert PIECES.tokens("") == [BEGIN, END]
    assert Vocabulary([], []).tokens("还") == [BEGIN, UNKNOWN, END]


def test_sentences_are_filled_up_to_the_longest() -> None:
    assert PIECES.rows(["还款", "日还款"]).tolist() == [
        [BEGIN, SPECIAL + 2, END, FILLER],
        [BEGIN, SPECIAL + 3, SPECIAL + 2, END],
    ]
    assert PIECES.rows([]).shape == (0, 0)


def test_a_file_of_pairs_is_read_and_anything_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pieces.tsv"
    file.write_text("还\t-1\n还款\t-1.5\n", "utf-8")
    assert read_vocabulary(file).tokens("还款") == [BEGIN, SPECIAL + 1, END]
    file.write_text("还\t-1\n还款\n", "utf-8")
    with pytest.raises(ValueError, match=r"pieces.tsv holds no vocabulary"):
        read_vocabulary(file)
    with pytest.raises(FileNotFoundError):
        read_vocabulary(tmp_path / "none.tsv")
