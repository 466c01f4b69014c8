"""What is said in one call moment, and what examines it, in the standard library and the vocabulary only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Protocol, TypeVar, cast

from guards.types import Case, Finding, Span, Stage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a script. `text` is written, `spoken` is the same for a speech engine."""

    stage: Stage
    text: str
    spoken: str
    interruptible: bool = True
    required: bool = False


@dataclass(frozen=True)
class Script:
    """What is said in one call moment: segments in speaking order.

    It carries what was worked out about it for whoever asks next; nothing of the text outlives the script.
    """

    segments: tuple[Segment, ...]
    _worked_out: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """The written form: all segments joined."""
        return "".join(segment.text for segment in self.segments)

    @cached_property
    def spoken(self) -> str:
        """The spoken form: all segments joined."""
        return "".join(segment.spoken for segment in self.segments)

    @property
    def as_spoken(self) -> "Script":
        """The script whose written form is this one's spoken form; itself where the two are the same."""
        return self if self.spoken == self.text else self.once(_spoken_script)

    def once(self, work: "Callable[[Script], T]") -> T:
        """What `work` makes of this script; it is asked once, however many guards want the answer."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        return cast(T, self._worked_out[work])

    @cached_property
    def segment_spans(self) -> tuple[Span | None, ...]:
        """The span of each segment in `text`; None for an empty segment."""
        ends = [*accumulate(len(segment.text) for segment in self.segments)]
        return tuple(Span(start, end) if start < end else None for start, end in pairwise([0, *ends]))

    def segment_at(self, position: int) -> int:
        """The segment, counted from 0, that holds the code point at `position` of `text`; behind it, their number."""
        return sum(end <= position for end in accumulate(len(segment.text) for segment in self.segments))

    def stage_at(self, position: int) -> Stage:
        """The stage of the segment that holds the code point at `position` of `text`.

        Raises:
            IndexError: if `position` lies behind the text.
        """
        return self.segments[self.segment_at(position)].stage


def _spoken_script(script: Script) -> Script:
    return Script(tuple(replace(segment, text=segment.spoken) for segment in script.segments))


class Guard(Protocol):
    """A pure function of script and case. Spans in its findings refer to `script.text`."""

    name: str

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]: ...
