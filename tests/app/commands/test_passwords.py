"""A password is taken when it was typed the same way twice."""

import pytest

from app.commands.passwords import ask_twice
from app.errors import HeyanError


def test_what_was_answered_twice_is_taken() -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "correct horse battery"

    assert ask_twice(answer) == "correct horse battery"
    assert len(set(asked)) == 2


def test_two_answers_that_differ_are_refused() -> None:
    answers = iter(["correct horse battery", "wrong horse battery"])
    with pytest.raises(HeyanError, match="differ") as refused:
        ask_twice(lambda _: next(answers))
    assert "horse" not in str(refused.value)
