"""Through which word of a rule does a sentence hit it, and read how?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from guards.lexicon.rules import Family, Near, PhraseRule
from guards.phrases.compiled import STAGES
from guards.phrases.guard import Phrases
from guards.script import Script
from guards.text import reading
from guards.text.folding import Folding, folded_text
from guards.text.lookalikes import risky_look_alikes
from guards.types import Case, Span

_PARTS = ("phrases", "near", "patterns")
_READINGS = {"sound": "谐音", "likely": "谐音", "look": "形近"}


@dataclass(frozen=True, slots=True)
class Cause:
    """A word of a rule: where it stands (`phrases.3`), and `told` with its reading: `说法“不上征信”（谐音：否→不）`."""

    field: str
    told: str


def cause_of(family: Family, rule: PhraseRule, script: Script, case: Case) -> Cause | None:
    """The first of the rule's words through which the script hits it; None where no single word does.

    The words are halved until one is left, each time compiled anew: nothing for the way of a request.
    """

    for part in _PARTS:

        def hits(indices: Sequence[int], part: str = part) -> bool:
            return bool(_guard(family, rule, part, indices)(script, case))

        every = range(len(getattr(rule, part)))
        if not every or not hits(every):
            continue
        index = _first(every, hits)
        guard = _guard(family, rule, part, [index])
        return Cause(f"{part}.{index}", _told(part, getattr(rule, part)[index], guard, script, case))
    return None


def _guard(family: Family, rule: PhraseRule, part: str, indices: Sequence[int]) -> Phrases:
    """The rule with these of its words, and no others."""
    words: dict[str, Any] = {name: [] for name in _PARTS}
    words[part] = [getattr(rule, part)[index] for index in indices]
    return Phrases([family.model_copy(update={"rules": [rule.model_copy(update=words)]})])


def _first(indices: Sequence[int], hits: Callable[[Sequence[int]], bool]) -> int:
    while len(indices) > 1:
        half = indices[: len(indices) // 2]
        indices = half if hits(half) else indices[len(half) :]
    return indices[0]


def _told(part: str, word: Any, guard: Phrases, script: Script, case: Case) -> str:
    if isinstance(word, Near):
        return f"成对词“{' / '.join(word.words)}”和“{' / '.join(word.with_)}”"
    if part == "patterns":
        return f"正则“{word}”"
    spans = {finding.span for finding in guard(script, case)}
    for kind, span in _found(guard, script, case):
        if span in spans:
            return f"说法“{word}”{_read(kind, script.text[span.start : span.end], word)}"
    return f"说法“{word}”"


def _found(guard: Phrases, script: Script, case: Case) -> Iterator[tuple[str, Span]]:
    for search in guard.searches:
        for (_, stage, _), _, span in search.find(reading.of(script), case.scenario):
            yield STAGES[stage], span


def _read(kind: str, written: str, word: str) -> str:
    """How what is written became the word; nothing where it is just that."""
    if written == word:
        return ""
    one, other = (folded_text(text, Folding.TIGHT) for text in (written, word))
    alike = str.maketrans(dict(risky_look_alikes()))
    what = "形近" if kind == "phrase" and one.translate(alike) == other.translate(alike) else _READINGS.get(kind)
    if len(one) != len(other):
        return f"（{what or '写法'}：写作“{written}”）"
    pairs = [f"{a}→{b}" for a, b in zip(one, other, strict=True) if a != b]
    return f"（{what or '写法'}：{'、'.join(dict.fromkeys(pairs))}）" if pairs else f"（写作“{written}”）"
