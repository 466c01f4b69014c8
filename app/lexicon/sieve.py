"""Which of many texts may a set of rules hit at all? Read together, they are read three times as fast as one by one.

The texts are said behind one another, parted by sentence ends and a character that no rule holds, and judged by rules
that ask for less: wherever and of whom they are said, whatever the facts, and negated or not. Whatever hits a text by
itself hits it there, so that what is left out need not be judged; the rest is judged by itself.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

from app.lexicon.altered import Side
from guards.lexicon.rules import Family, PhraseRule
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.types import Case, Stage

_TOGETHER = 2500
"""Characters that are read together: with more, what must be carried along takes longer than what is saved."""
_SEPARATOR = "龘"
_PARTED = Segment(Stage.BODY, f"。{_SEPARATOR}。", f"。{_SEPARATOR}。")
_MARKUP = re.compile("[<&]")
"""What may take away what stands behind it."""
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+[:)]|\(\?\(")
_UNFIT = frozenset({"^", r"\A", r"\Z", r"\D"})
"""What depends on where a text begins, or matches the separator and cannot be kept from it."""
_END = f"(?=\\n?(?:。?{_SEPARATOR}|\\Z))"
"""Where a text ends, with others behind it or none: what `$` means in it alone."""


class Sieve:
    """The phrase rules of one side, to tell which texts they leave alone. Without any it is no use: see `sieve_of`."""

    def __init__(self, families: Sequence[Family], earlier: Phrases | None = None) -> None:
        self._phrases = Phrases(families, earlier)

    def may_hit(self, scripts: Sequence[Script]) -> list[bool]:
        """Of each script whether a rule may hit it."""
        may = [_MARKUP.search(script.text + script.spoken) is not None for script in scripts]
        places = [place for place, is_taken in enumerate(may) if not is_taken]
        for some in _together(places, scripts):
            for place in self._hit([scripts[place] for place in some]):
                may[some[place]] = True
        return may

    def _hit(self, scripts: Sequence[Script]) -> Iterator[int]:
        segments = [segment for script in scripts for segment in (*script.segments, _PARTED)]
        whole = Script(tuple(segments))
        for form in dict.fromkeys((whole, whole.as_spoken)):
            is_spoken = form is not whole
            lengths = [len((script.spoken if is_spoken else script.text) + _PARTED.text) for script in scripts]
            ends = list(accumulate(lengths))
            for finding in self._phrases(form, Case()):
                if finding.span is not None:
                    first, last = (bisect_right(ends, at) for at in (finding.span.start, finding.span.end - 1))
                    yield from range(first, last + 1)


def sieve_of(side: Side, earlier: Phrases | None = None) -> Sieve | None:
    """A sieve for the rules of a side; None where they ask for more than words. `earlier`: what is compiled of them."""
    if side.disclosures or side.numbers:
        return None
    families = []
    for family in side.families:
        rules = [_lenient(rule) for rule in family.rules]
        if None in rules:
            return None
        families.append(family.model_copy(update={"rules": rules}))
    return Sieve(families, earlier) if families else None


def _lenient(rule: PhraseRule) -> PhraseRule | None:
    """A rule that hits at least what this one hits; None if there is none for many texts together."""
    patterns = [within_one_text(pattern) for pattern in rule.patterns]
    words = chain(rule.phrases, *((*near.words, *near.with_) for near in rule.near))
    if None in patterns or any(_SEPARATOR in word for word in words):
        return None
    anywhere: dict[str, object] = {"scenarios": [], "stages": [], "channels": [], "callees": []}
    whatever: dict[str, object] = {"unless_fact": None, "stating": [], "even_if_negated": True, "unless_act": []}
    return rule.model_copy(update={**anywhere, **whatever, "patterns": patterns})


def within_one_text(pattern: str) -> str | None:
    """A pattern that matches in each of many texts together what this one matches in it alone; None if there is none.

    No part of it, what it forbids included, reads a separator: to read one is to read the end of the text.
    """
    if _FLAGS.search(pattern):
        return None
    kept: list[str] = []
    for part in _TOKEN.findall(pattern):
        if part in _UNFIT or part == _SEPARATOR:
            return None
        if part == "$":
            kept.append(_END)
        elif part == ".":
            kept.append(f"[^\\n{_SEPARATOR}]")
        elif part.startswith("[^"):
            kept.append(f"[^{_SEPARATOR}{part[2:]}" if not part.startswith("[^]") else f"[^\\]{_SEPARATOR}{part[3:]}")
        elif part.startswith("[") and re.match(part, _SEPARATOR):
            return None
        else:
            kept.append(part)
    return "".join(kept)


def _together(places: Sequence[int], scripts: Sequence[Script]) -> Iterator[list[int]]:
    some: list[int] = []
    size = 0
    for place in places:
        if some and size + len(scripts[place].text) > _TOGETHER:
            yield some
            some, size = [], 0
        some.append(place)
        size += len(scripts[place].text)
    if some:
        yield some
