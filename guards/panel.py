"""Run all guards over one script and gather one verdict; a guard that fails, blocks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol, runtime_checkable

from guards.script import Guard, Script, Segment
from guards.types import Action, Case, Finding, Stage, Verdict


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

    Guards named in `both_forms` also read the spoken form; what they find there is placed at the segment that says it.
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
                written = list(guard(script, case))
                findings += written  # at once: they stand, whatever becomes of the spoken form
                if guard.name in self._both_forms and script.as_spoken is not script:
                    findings += _placed(guard(script.as_spoken, case), written, script)
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
        return self.examine(script_of(text, case), case)


def script_of(text: str, case: Case) -> Script:
    """A text that is no script of ours, as one; `case.stage` says which piece of a call it is."""
    return Script((Segment(case.stage or Stage.BODY, text, text),))


def _placed(heard: Sequence[Finding], seen: Sequence[Finding], script: Script) -> Iterator[Finding]:
    """Findings on the spoken form, on the written form of the segment that is spoken so.

    Each rule is found once in a segment: not again where its written form breaks the rule already.
    """
    spans = script.segment_spans
    known = {(finding.rule, _segment(finding, script)) for finding in seen}
    for finding in heard:
        segment = _segment(finding, script.as_spoken)
        if (finding.rule, segment) not in known:
            known.add((finding.rule, segment))
            yield replace(finding, span=None if segment is None else spans[segment])


def _segment(finding: Finding, script: Script) -> int | None:
    """The place of the segment in which a finding begins; None for a finding on the whole."""
    return None if finding.span is None else script.segment_at(finding.span.start)


def _failed(guard: str, failure: Exception) -> Finding:
    """The kind of failure only: a message could repeat the text."""
    return Finding("guard.failed", guard, Action.BLOCK, f"检查没有完成（{type(failure).__name__}），按不通过处理")
