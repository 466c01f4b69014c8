"""The intents that are learnt, as prompts/intents.yaml names them."""

from pathlib import Path

from app.turns.book import INTENTS_FILE, Intent
from guards.lexicon.documents import read_document


def read_intents(prompts: Path) -> dict[str, bool]:
    """The ids in the file's order, and whether each is grave; without those that are found by words alone.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    listed = read_document(prompts / INTENTS_FILE).check(list[Intent])
    return {intent.id: intent.grave for intent in listed if intent.words is None}
