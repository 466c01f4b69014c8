"""Fields of vLLM beyond the OpenAI interface, such as structured outputs, and what replaces one that is refused."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.approved.brief import Brief
from app.approved.skeleton import MAX_CHARACTERS
from app.writing.lines.grammar import line_grammar
from app.writing.lines.orders import LineSequences
from app.writing.model import WritingTask
from app.writing.prompt import Profile, slot_token
from app.writing.sampling import CONSTRAINED_MIN_P, MIN_P, WITHOUT_MIN_P

STRUCTURED_OUTPUTS = "structured_outputs"
"""The field that constrains decoding, to a grammar or a pattern."""
_CHARACTER = "[\u4e00-\u9fff，。！？、：；]"
_END = "[。！？]"
_WORD = "APP"
_BLOCK = 24
"""Characters of a block of plain text: few enough to be compiled and masked fast, enough to waste little."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A field, and what is sent `instead` to a server that does not know it.

    One that `requires` another field is sent only beside it; one that `replaces` another is sent only to a server that
    does not know the other.
    """

    name: str
    value: Any
    instead: Mapping[str, Any] = field(default_factory=dict)
    requires: str = ""
    replaces: str = ""

    def is_for(self, refused: Collection[str]) -> bool:
        """Whether a server that `refused` some fields is sent this one, or its substitute if it is among them."""
        return self.requires not in refused and (not self.replaces or self.replaces in refused)


def extensions_for(
    task: WritingTask, profile: Profile, sequences: LineSequences | None = None
) -> tuple[Extension, ...]:
    """The fields of an order, those that the fewest servers know first.

    Decoding of a tuned model that has `sequences` is constrained to approved lines. Lines with a banned phrase are not
    among them, and no words are banned besides: one suppressed within a line would leave no token to continue with.
    Other tuned models need no pattern, since each slot is one of their tokens. Instruct models decode a pattern, and
    must not think aloud.
    """
    words = (Extension("bad_words", list(task.banned)),) if task.banned else ()
    if profile == "compact":
        sequence = sequences.sequence(task.brief, task.banned, counts_slots=False) if sequences else None
        if sequence is None:
            return (*words, Extension("min_p", MIN_P, WITHOUT_MIN_P))
        return (
            Extension(STRUCTURED_OUTPUTS, {"grammar": line_grammar(sequence)}),
            *(replace(each, replaces=STRUCTURED_OUTPUTS) for each in words),
            Extension("min_p", CONSTRAINED_MIN_P, WITHOUT_MIN_P, requires=STRUCTURED_OUTPUTS),
            Extension("min_p", MIN_P, WITHOUT_MIN_P, replaces=STRUCTURED_OUTPUTS),
        )
    return (
        Extension(STRUCTURED_OUTPUTS, {"regex": skeleton_pattern(task.brief)}),
        Extension("chat_template_kwargs", {"enable_thinking": False}),
        *words,
    )


def extended(body: Mapping[str, Any], extensions: Sequence[Extension], refused: Collection[str]) -> dict[str, Any]:
    """The body of a request with the extensions that were not `refused`, and the substitutes of those that were."""
    whole = dict(body)
    for extension in (each for each in extensions if each.is_for(refused)):
        whole |= extension.instead if extension.name in refused else {extension.name: extension.value}
    return whole


def skeleton_pattern(brief: Brief) -> str:
    """A regular expression that matches a whole skeleton, made of nothing but classes, groups, choices and counts.

    What is counted are pieces: a whole block of plain text, or less than a block followed by one slot or one "APP". So
    each text matches in one way only, and all pieces together stay within `MAX_CHARACTERS`. The word "APP" stands
    beside no other letter.
    """
    slots = [slot_token(name) for name in sorted(brief.allowed_slots)]
    part = f"{{0,{_BLOCK - 1}}}"
    choices = [f"{_CHARACTER}{{{_BLOCK}}}", f"{_CHARACTER}{{1,{_BLOCK - 1}}}{_WORD}"]
    if slots:
        choices.append(f"{_CHARACTER}{part}(?:{'|'.join(map(re.escape, slots))})(?:{_WORD})?")
    longest = _BLOCK - 1 + max(map(len, slots), default=0) + len(_WORD)
    most = (MAX_CHARACTERS - len(_WORD) - _BLOCK) // longest
    return f"(?:{_WORD})?(?:{'|'.join(choices)}){{0,{most}}}{_CHARACTER}{part}{_END}"
