"""The files of turns: what is shipped holds together, and what does not is told with its line."""

from pathlib import Path

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording, read_prompts, wording_of
from app.settings import ROOT
from app.turns.book import INTENTS_FILE, TURNS_FILE, WORDS_FILE, Book, bare, book_of, fits, meant_by
from guards.lexicon.documents import DocumentError
from guards.types import Generation

LEAST_INTENTS, LEAST_TEXTS, LEAST_WORDINGS = 60, 3000, 5


def changed(wording: Wording, vocabulary: Vocabulary, name: str, old: str, new: str) -> Wording:
    """The shipped wording with a file changed in one place."""
    contents = read_prompts(ROOT / "prompts")
    assert contents[name].decode().count(old) >= 1, old
    return wording_of({**contents, name: contents[name].decode().replace(old, new, 1).encode()}, vocabulary)


def test_what_is_shipped_is_large_enough_to_talk(book: Book) -> None:
    assert len(book.intents) >= LEAST_INTENTS
    assert sum(len(words.texts) for each in book.words.values() for words in each) >= LEAST_TEXTS
    for act in book.words:
        for generation in Generation:
            assert len(book.texts(act, generation, "calm")) >= LEAST_WORDINGS, (act, generation)


def test_every_act_is_reached_by_a_rule(book: Book) -> None:
    reached = {act for rule in book.rules for act in meant_by(rule.act)}
    assert set(book.acts) - reached == {"pre.ask"}, "what opens a call asks in words of its own"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (TURNS_FILE, "heard: [self_harm]", "heard: [self_harmed]", "unknown intent self_harmed"),
        (TURNS_FILE, "act: hand.care}", "act: hand.cares}", "hand.cares has no words"),
        (TURNS_FILE, "facts: [min_payment]", "facts: [least]", "unknown fact least"),
        (TURNS_FILE, "unsaid: [any.hold]", "unsaid: [any.holds]", "no act is called any.holds"),
        (TURNS_FILE, "  - {act: hand.unclear}\n", "  - {heard: [hello], act: hand.unclear}\n", "must hold whatever"),
        (WORDS_FILE, "{应还金额}", "{应还的钱}", "unknown slots 应还的钱"),
        (WORDS_FILE, "- act: any.hold\n", "- act: any.holds\n", "any.holds is no act"),
        (INTENTS_FILE, "{id: stop,", "{id: stop_urging,", "stop_urging"),
        (INTENTS_FILE, "grave: false", "grave: perhaps", "grave"),
    ],
)
def test_what_does_not_hold_together_is_told_with_its_line(
    name: str, old: str, new: str, told: str, wording: Wording, vocabulary: Vocabulary
) -> None:
    broken = changed(wording, vocabulary, name, old, new)
    with pytest.raises(DocumentError) as refused:
        book_of(broken, vocabulary, Path("prompts"))
    assert any(told in problem and problem.startswith(f"prompts/{name}:") for problem in refused.value.problems)


def test_a_file_that_is_missing_is_named(wording: Wording, vocabulary: Vocabulary) -> None:
    contents = {name: each for name, each in read_prompts(ROOT / "prompts").items() if name != TURNS_FILE}
    with pytest.raises(DocumentError, match="is missing"):
        book_of(wording_of(contents, vocabulary), vocabulary)


def test_names_with_a_star_fit_what_begins_so() -> None:
    assert fits("plan.deferral.job", "plan.*")
    assert fits("m.rate", "m.rate")
    assert not fits("m.rate", "m.rates")
    assert bare("好，您慢慢来。") == "好您慢慢来"
