"""The full prompt for a brief: instructions for any instruct model, from Jinja templates that anybody may edit."""

import hashlib
import traceback
from collections.abc import Sequence
from pathlib import Path

import jinja2

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.writing.prompt import OFFER_NAMES, Message
from guards.lexicon.documents import DocumentError

_TEMPLATES = ("system.j2", "user.j2")


class FullPrompt:
    """The full prompt, from the templates of a directory; a name that a template uses and nothing fills is an error."""

    def __init__(self, directory: Path, vocabulary: Vocabulary) -> None:
        loader = jinja2.FileSystemLoader(directory)
        # No HTML is made here, so nothing is escaped.
        environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
        self._directory = directory
        self._vocabulary = vocabulary
        try:
            sources = [(directory / name).read_text("utf-8") for name in _TEMPLATES]
            self._system, self._user = (environment.get_template(name) for name in _TEMPLATES)
        except OSError as missing:
            raise DocumentError([f"{directory}:1: cannot be read: {missing}"]) from None
        except jinja2.TemplateSyntaxError as broken:
            raise DocumentError([f"{broken.filename}:{broken.lineno}: {broken.message}"]) from None
        digest = hashlib.sha256("".join(sources).encode()).hexdigest()
        self.version = f"full.{digest[:8]}"

    def render(self, brief: Brief, hints: Sequence[str], examples: Sequence[str]) -> list[Message]:
        """The messages for one brief.

        Raises:
            DocumentError: if a template uses a name that nothing fills.
        """
        generation = self._vocabulary.generations[brief.generation]
        values = {
            "scenario": self._vocabulary.scenarios[brief.scenario],
            "generation": generation,
            "sentence_chars": generation.sentence_chars,
            "strategy": self._vocabulary.strategies[brief.strategy],
            "tags": [self._vocabulary.tags[tag] for tag in brief.tags],
            "offer": OFFER_NAMES.get(brief.offer or ""),
            "slots": brief.slots,
            "optional_slots": brief.optional_slots,
            "examples": list(examples),
            "hints": list(hints),
        }
        try:
            return [
                {"role": "system", "content": self._system.render(values)},
                {"role": "user", "content": self._user.render(values)},
            ]
        except jinja2.UndefinedError as undefined:
            raise DocumentError([f"{self._location(undefined)}: {undefined.message}"]) from None

    def _location(self, undefined: jinja2.UndefinedError) -> str:
        """The `file:line` of the template that was being rendered."""
        frames = traceback.extract_tb(undefined.__traceback__)
        lines = [f"{frame.filename}:{frame.lineno}" for frame in frames if Path(frame.filename).name in _TEMPLATES]
        return lines[-1] if lines else f"{self._directory}:1"
