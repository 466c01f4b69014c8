"""Where the sentences of a text end."""

import re
from bisect import bisect_right
from functools import cached_property

from guards.types import Span

SENTENCE_MARKS = "。！？；｡"
SENTENCE_END = re.compile(f"[{SENTENCE_MARKS}]")
"""What ends a spoken sentence. ASCII punctuation and line breaks among Chinese characters are decoration."""
FOLDED_SENTENCE_END = re.compile("[。！？；!?;\n]")
"""The same in plainly folded text, where ！ has become !."""


class Sentences:
    """The sentences of a text, found when first asked for; `end` finds where one ends."""

    def __init__(self, text: str, end: re.Pattern[str] = SENTENCE_END) -> None:
        self.text = text
        self._end = end

    def at(self, position: int) -> int:
        """The sentence that holds a code point, counted from 0."""
        return bisect_right(self._ends, position)

    def around(self, span: Span) -> Span:
        """The sentence that holds the span, and the one after it."""
        before = bisect_right(self._ends, span.start)
        after = bisect_right(self._ends, span.end) + 1
        start = self._ends[before - 1] if before else 0
        return Span(start, self._ends[after] if after < len(self._ends) else len(self.text))

    @cached_property
    def _ends(self) -> list[int]:
        return [mark.end() for mark in self._end.finditer(self.text)]
