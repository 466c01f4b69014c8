"""Run all guards over one script and gather one verdict; a guard that fails, blocks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol, runtime_checkable

from guards.lexicon.scope import segment_spans
from guards.types import Action, Case, Finding, Guard, Script, Segment, Span, Stage, Verdict


@runtime_checkable
class LookaheadGuard(Protocol):
    """A guard whose findings may reach from one sentence into the next."""

    def may_continue(self, text: str, end: int) -> bool:
        """Whether something that began before `end` may go on behind the end of `text`."""
        ...


Observer = Callable[[str, float], None]
"""Told the name of each guard and the seconds it took."""


class Panel:
    """The guard chain as one function of (script, case).

    Guards named in `both_forms` also read the spoken form; what they find there is located at the segment that says it.
    """

    def __init__(
        self, guards: Sequence[Guard], both_forms: Iterable[str] = (), observer: Observer | None = None
    ) -> None:
        self._guards = tuple(guards)
        self._both_forms = frozenset(both_forms)
        self._observer = observer

    def examine(self, script: Script, case: Case) -> Verdict:
        """The verdict on `script`. Never raises: a broken guard is a block, since nothing vouches for the words."""
        findings: list[Finding] = []
        for guard in self._guards:
            started = perf_counter()
            try:
                found = list(guard(script, case))
                if guard.name in self._both_forms and script.spoken != script.text:
                    found += _located(guard(_as_spoken(script), case), found, script)
                findings += found
            except Exception as failure:  # a guard may break in any way, and every way must block
                findings.append(_failed(guard.name, failure))
            if self._observer:
                self._observer(guard.name, perf_counter() - started)
        return Verdict(tuple(findings))

    def may_continue(self, text: str, end: int) -> bool:
        """Whether something that began before `end` may be no violation yet and become one by what follows `text`."""
        return any(guard.may_continue(text, end) for guard in self._guards if isinstance(guard, LookaheadGuard))

    def examine_text(self, text: str, case: Case) -> Verdict:
        """The verdict on a text that is no script of ours; `case.stage` says which piece of a call it is."""
        return self.examine(Script((Segment(case.stage or Stage.BODY, text, text),)), case)


def _as_spoken(script: Script) -> Script:
    return Script(tuple(replace(segment, text=segment.spoken) for segment in script.segments))


def _located(spoken: Sequence[Finding], written: Sequence[Finding], script: Script) -> list[Finding]:
    """Findings in the spoken form that the written form did not have, at the segment that says them."""
    known = {finding.rule for finding in written}
    spans = segment_spans(script)
    ends: list[int] = []
    for segment in script.segments:
        ends.append((ends[-1] if ends else 0) + len(segment.spoken))
    located = []
    for finding in spoken:
        if finding.rule not in known:
            located.append(replace(finding, span=_segment_of(finding.span, ends, spans)))
    return located


def _segment_of(span: Span | None, ends: Sequence[int], spans: Sequence[Span | None]) -> Span | None:
    if span is None:
        return None
    return next((place for end, place in zip(ends, spans, strict=True) if span.start < end), None)


def _failed(guard: str, failure: Exception) -> Finding:
    """The kind of failure only: a message could repeat the text."""
    return Finding("guard.failed", guard, Action.BLOCK, f"检查没有完成（{type(failure).__name__}），按不通过处理")
