"""Utterances: what is shipped can be learnt from, and what cannot be read is told with its line."""

from pathlib import Path

import pytest

from finetune.folders import CORPUS, PROMPTS
from finetune.understanding.corpus import hands_of, read_utterances
from finetune.understanding.intents import read_intents
from guards.lexicon.documents import DocumentError

LEAST, LEAST_OF_EACH = 6000, 60


def test_what_is_shipped_covers_every_intent_and_several_hands() -> None:
    intents = read_intents(PROMPTS)
    utterances = read_utterances(CORPUS / "utterances", intents)
    assert len(utterances) >= LEAST
    assert len(hands_of(utterances)) >= 6
    for intent in intents:
        assert sum(intent in each.intents for each in utterances) >= LEAST_OF_EACH, intent


def test_no_utterance_that_is_measured_is_learnt() -> None:
    intents = read_intents(PROMPTS)
    learnt = {(each.text, each.intents) for each in read_utterances(CORPUS / "utterances", intents)}
    measured = read_utterances(CORPUS / "utterances" / "heldout", intents)
    shared = [each.text for each in measured if (each.text, each.intents) in learnt and len(each.text) > 8]
    assert len(shared) <= len(measured) // 100, shared


@pytest.mark.parametrize(
    ("line", "told"),
    [("stop 别打了", "a tab and a text"), ("halt\t别打了", "unknown intents halt"), ("stop\t ", "a tab and a text")],
)
def test_what_cannot_be_read_is_told_with_its_line(line: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(f"stop\t别再打了\n{line}\n", "utf-8")
    with pytest.raises(DocumentError, match=rf"a\.tsv:2: .*{told}"):
        read_utterances(tmp_path, ["stop"])


def test_a_folder_without_utterances_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no utterances"):
        read_utterances(tmp_path, ["stop"])
