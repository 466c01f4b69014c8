"""Fields of vLLM beyond the common interface, each of which a server may refuse without costing the others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.writing.constraint import skeleton_pattern
from app.writing.model import WritingTask
from app.writing.prompt import Profile
from app.writing.sampling import MIN_P, WITHOUT_MIN_P


@dataclass(frozen=True, slots=True)
class Extension:
    """One field, and what is sent `instead` to a server that does not know it."""

    name: str
    value: Any
    instead: Mapping[str, Any] = field(default_factory=dict)


def extensions_for(task: WritingTask, profile: Profile) -> tuple[Extension, ...]:
    """The fields of an order, those that fewest servers know first.

    Tuned models need no pattern, since each slot is one of their tokens; instruct models must not think aloud.
    """
    words = (Extension("bad_words", list(task.banned)),) if task.banned else ()
    if profile == "compact":
        return (*words, Extension("min_p", MIN_P, WITHOUT_MIN_P))
    return (
        Extension("structured_outputs", {"regex": skeleton_pattern(task.brief)}),
        Extension("chat_template_kwargs", {"enable_thinking": False}),
        *words,
    )


def extended(body: Mapping[str, Any], extensions: Sequence[Extension], refused: Collection[str]) -> dict[str, Any]:
    """The body with every extension whose name is not among `refused`, and substitutes for those that are."""
    whole = dict(body)
    for extension in extensions:
        whole |= extension.instead if extension.name in refused else {extension.name: extension.value}
    return whole
