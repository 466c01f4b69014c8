"""The two prompts for a brief: compact control tokens for tuned models, full instructions for any instruct model."""

import hashlib
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import jinja2

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from guards.lexicon.documents import DocumentError

Profile = Literal["compact", "full"]
Message = dict[str, str]
PROMPT_VERSION = "compact.v1"
START = "<|heyan|>"
BODY = "<|body|>"
END = "<|end|>"
PAD = "<|pad|>"
_OFFER_NAMES = {"deferral": "延期还款", "instalment": "分期还款", "waiver": "减免一部分息费"}
OFFERS = tuple(_OFFER_NAMES)
_TEMPLATES = ("system.j2", "user.j2")


def profile_for(model: str, chosen: str) -> Profile:
    """The chosen profile; otherwise compact for models named `heyan-…`, which are tuned, and full for all others."""
    if chosen in ("compact", "full"):
        return "compact" if chosen == "compact" else "full"
    return "compact" if model.rsplit("/", 1)[-1].startswith("heyan-") else "full"


def control(kind: str, name: str) -> str:
    """The control token of one attribute of a brief, such as `<|tag:first_loan|>`."""
    return f"<|{kind}:{name}|>"


def slot_token(name: str) -> str:
    """A slot as models write it: its name in braces."""
    return "{" + name + "}"


def render_compact(brief: Brief) -> str:
    """The compact prompt: the brief's attributes in a fixed order, up to where the body begins."""
    parts = [
        START,
        control("scenario", brief.scenario.value),
        control("generation", brief.generation.value),
        control("strategy", brief.strategy),
        *(control("tag", tag) for tag in brief.tags),
        *((control("offer", brief.offer),) if brief.offer else ()),
        *(control("need", slot) for slot in sorted(brief.slots)),
        *(control("may", slot) for slot in sorted(brief.optional_slots)),
        BODY,
    ]
    return "".join(parts)


def compact_messages(brief: Brief) -> list[Message]:
    """The compact prompt as a single user message, which the shipped chat template passes on unchanged."""
    return [{"role": "user", "content": render_compact(brief)}]


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
            "offer": _OFFER_NAMES.get(brief.offer or ""),
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
