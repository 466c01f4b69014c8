"""The utterances that understanding is learnt from: one a line, with the intents that it expresses."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guards.lexicon.documents import DocumentError


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one customer said in one turn, and what was meant; `hand`: who wrote it."""

    text: str
    intents: frozenset[str]
    hand: str


def read_utterances(folder: Path, intents: Collection[str]) -> list[Utterance]:
    """Every line of the folder's files, `intents<TAB>text`, intents joined by +.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    problems: list[str] = []
    found = [each for file in sorted(folder.glob("*.tsv")) for each in _read(file, intents, problems)]
    if problems or not found:
        raise DocumentError(problems or [f"{folder}:1: holds no utterances"])
    return found


def _read(file: Path, intents: Collection[str], problems: list[str]) -> Iterator[Utterance]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line:
            continue
        meant, tab, text = line.partition("\t")
        unknown = [intent for intent in meant.split("+") if intent not in intents]
        if not tab or not text.strip():
            problems.append(f"{file}:{number}: intents, a tab and a text are expected")
        elif unknown:
            problems.append(f"{file}:{number}: unknown intents {', '.join(unknown)}")
        else:
            yield Utterance(text, frozenset(meant.split("+")), file.stem)


def hands_of(utterances: Sequence[Utterance]) -> list[str]:
    """Who wrote them, each once."""
    return list(dict.fromkeys(each.hand for each in utterances))
