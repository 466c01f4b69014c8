"""One text and what was worked out about it, kept for whoever asks next; a script carries the reading of its text."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from guards.script import Script
from guards.text.digits import NormalizedText, normalized
from guards.text.folding import Folded, Folding, fold
from guards.text.sentences import Sentences

T = TypeVar("T")


class Reading:
    """A text as guards read it: folded in every way, cut into sentences, its digits made alike.

    Rooms above attach what they make of it by `once`, as `guards.numbers` does its numbers.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._worked_out: dict[Callable[..., Any], Any] = {}

    @cached_property
    def plain(self) -> Folded:
        """The text without what only decorates: see `Folding.PLAIN`."""
        return fold(self.raw, Folding.PLAIN)

    @cached_property
    def tight(self) -> Folded:
        """The text without anything but letters and numbers: see `Folding.TIGHT`."""
        return fold(self.raw, Folding.TIGHT)

    def folded(self, folding: Folding) -> Folded:
        """The text in one of the foldings."""
        match folding:
            case Folding.PLAIN:
                return self.plain
            case Folding.TIGHT:
                return self.tight
            case _:
                return fold(self.raw, folding)

    @cached_property
    def sentences(self) -> Sentences:
        """Where the sentences of the text end."""
        return Sentences(self.raw)

    @cached_property
    def normalized(self) -> tuple[NormalizedText, ...]:
        """The text with its digits and signs made alike, as it is read out and as a log would show it."""
        return normalized(self.raw, self.plain)

    def once(self, work: Callable[["Reading"], T]) -> T:
        """What `work` makes of this text; it is asked once."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        known: T = self._worked_out[work]
        return known


def of(script: Script) -> Reading:
    """The reading of a script's written form, the same one for every guard; see `Script.as_spoken` for the other."""
    return script.once(_read)


def _read(script: Script) -> Reading:
    return Reading(script.text)
