"""The same verdict on text that arrives in pieces: whole sentences come out, and never a character of a violation.

When a sentence is released follows from the text alone, so it does not matter how the text was cut. A sentence waits
for its end, and beyond it only as long as something that began in it may still go on: a phrase for its length, a number
for at most 96 code points, and words that look like a violation for the next sentence, which may state the facts that
allow them. Each sentence is judged together with everything before it: the work grows with the square of the text's
length, which for a call is small.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from guards.panel import Panel
from guards.personal_data.masking import mask
from guards.text.digits import with_ascii_digits
from guards.text.folding import Folding, fold
from guards.text.sentences import SENTENCE_MARKS
from guards.types import Action, Case, Finding, Span, Stage, Verdict

_END = re.compile(f"[{SENTENCE_MARKS}]+[”’」』）)]*")
"""As the guards read it: what they take for one sentence comes out whole or not at all."""
_ARABIC = frozenset("0123456789")
_DIGITS = frozenset("0123456789零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖拾十百千万亿点半")
_TELLING = 3
"""Fewer digits of a number identify nobody, and stand in many sentences."""
_FARTHEST = 96
"""Code points over which the digits of one number may be strewn."""


class Stream:
    """Text in, sentences out. What is released may be said; after a violation nothing more is.

    The case counts as a piece of the stage it names, of the body if it names none: required disclosures are made by
    whoever opens the call.
    """

    def __init__(self, panel: Panel, case: Case) -> None:
        self._panel = panel
        self._case = replace(case, stage=case.stage or Stage.BODY)
        self._text = ""
        self._released = 0
        self._verdict = Verdict()
        self._is_closed = False
        self._held = -1, -1
        """The last end across which something was still going on, and how far the text had been read by then."""

    @property
    def verdict(self) -> Verdict:
        """The findings so far; if one of them stops the text, it is the last word."""
        return self._verdict

    @property
    def is_stopped(self) -> bool:
        """Whether a violation was found: everything from its sentence on is withheld."""
        return self._verdict.action > Action.MASK

    def feed(self, piece: str) -> list[str]:
        """Take the next piece and give the sentences that may be said now, personal data masked.

        Raises:
            ValueError: if the stream was closed.
        """
        if self._is_closed:
            raise ValueError("the stream is closed")
        if self.is_stopped:
            return []
        self._text += piece
        return list(self._release())

    def close(self) -> list[str]:
        """Say that nothing more will come; gives what was still held back and may be said."""
        if self._is_closed or self.is_stopped:
            self._is_closed = True
            return []
        self._is_closed = True
        return list(self._release())

    def _release(self) -> Iterator[str]:
        while not self.is_stopped and self._released < len(self._text):
            end = self._releasable_end()
            if end is None:
                return
            begun, self._released = self._released, end
            masks = [_from(begun, found) for found in self._verdict.findings if _is_mask_after(begun, found)]
            yield mask(self._text[:end], masks)[begun:]

    def _releasable_end(self) -> int | None:
        """The end of the next stretch that may be released, or None if more text must come first or never may."""
        for end in self._ends():
            ahead = self._lookahead(end)
            if ahead is None:
                return None
            verdict = self._judged(end, ahead)
            if verdict.action > Action.MASK:
                # The next sentence may state the facts that allow the words.
                further = next((later for later in self._ends() if later > max(end, ahead)), None)
                if further is None and not self._is_closed:
                    return None
                verdict = self._judged(end, len(self._text) if further is None else further)
            if not any(found.span and found.span.start < end < found.span.end for found in verdict.findings):
                self._verdict = verdict
                return None if verdict.action > Action.MASK else end
        return None

    def _ends(self) -> Iterator[int]:
        """Where sentences end that are known to be complete, after what was released."""
        for found in _END.finditer(self._text, self._released):
            if found.end() < len(self._text):
                yield found.end()
        if self._is_closed:
            yield len(self._text)

    def _lookahead(self, end: int) -> int | None:
        """Up to where the text must be read to know that nothing goes on across `end`; None: further than it goes."""
        held, reached = self._held
        for ahead in range(reached + 1 if held == end else end, len(self._text) + 1):
            if not self._unresolved_end(end, ahead):
                return ahead
        self._held = end, len(self._text)
        return len(self._text) if self._is_closed else None

    def _unresolved_end(self, end: int, ahead: int) -> bool:
        """Whether something that began before `end` may go on behind `ahead`."""
        before, after = _bare(self._text[self._released : end]), _bare(self._text[end:ahead])
        if ahead - end < _FARTHEST and before and before[-1] in _DIGITS and (not after or set(after) <= _DIGITS):
            return True
        if any(_is_begun(_bare(value), before, after) for value in self._case.known_personal_data.values()):
            return True
        if ahead - end < _FARTHEST and self._is_number_begun(end, ahead):
            return True
        return self._panel.may_continue(self._text[:ahead], end)

    def _is_number_begun(self, end: int, ahead: int) -> bool:
        """Whether words may stand between the digits of a known number: 前三位138。中间1234。最后5678."""
        numbers = [_digits(_bare(value)) for value in self._case.known_personal_data.values()]
        if not any(numbers):
            return False
        before, after = self._text[self._released : end], self._text[end:ahead]
        views = {(_digits(before), _digits(after)), (_digits(_ascii(before)), _digits(_ascii(after)))}
        return any(_is_begun(number, *view, _TELLING) for number in numbers for view in views)

    def _judged(self, end: int, ahead: int) -> Verdict:
        """The verdict on the text up to `ahead`, as far as it concerns what stands before `end`."""
        verdict = self._panel.examine_text(self._text[:ahead], self._case)
        return Verdict(tuple(found for found in verdict.findings if found.span is None or found.span.start < end))


def _is_begun(value: str, before: str, after: str, least: int = 1) -> bool:
    """Whether at least so much of the value ends `before` that `after` goes on with it and more must follow."""
    return any(
        before.endswith(value[:begun]) and value[begun:].startswith(after) and len(after) < len(value) - begun
        for begun in range(least, len(value))
    )


def _is_mask_after(begun: int, found: Finding) -> bool:
    return found.replacement is not None and found.span is not None and found.span.end > begun


def _from(begun: int, found: Finding) -> Finding:
    """The finding without what was released before anybody could know that it began there."""
    return replace(found, span=Span(max(begun, found.span.start), found.span.end)) if found.span else found


def _digits(text: str) -> str:
    return "".join(filter(_ARABIC.__contains__, text))


def _ascii(text: str) -> str:
    return with_ascii_digits(fold(text, Folding.PLAIN).text)


def _bare(text: str) -> str:
    return fold(text, Folding.TIGHT).text
