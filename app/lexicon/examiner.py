"""Looks at changes while they live, and remembers: mostly the same is asked when it is drafted, submitted, approved."""

import hashlib
import json
from collections import OrderedDict
from dataclasses import replace
from datetime import date
from typing import Generic, TypeVar

from app.lexicon.matter import C, Judge, Matter, Proposal
from app.lexicon.problems import ChangeRefused, Problem, Severity, errors
from app.lexicon.shelf import Edition
from app.records import Now
from guards.lexicon.scope import CHINA

K = TypeVar("K")
V = TypeVar("V")
_MOST = 8
"""Results that are kept."""
_NO_JUDGE = Problem(
    code="not_here", message="命令行不能发布，请在服务里处理。", english="nothing is published from here"
)


class Examiner(Generic[C]):
    """What is wrong with changes of one kind. It may take seconds; several threads may ask at once."""

    def __init__(self, matter: Matter[C], judge: Judge | None, clock: Now) -> None:
        """`judge`: None for who only drafts."""
        self._matter = matter
        self._judge = judge
        self._clock = clock
        self._proposals: OrderedDict[tuple[str, date, str], Proposal] = OrderedDict()
        self._verdicts: OrderedDict[tuple[str, date], list[Problem]] = OrderedDict()

    def problems(self, edition: Edition, change: C, *, is_submitted: bool) -> list[Problem]:
        """Everything worth knowing about a change.

        What stands in the way of its publication is a warning as long as it is a draft: its author may still mean to
        change the wording that it stops.
        """
        if self._judge is None or not change:
            found = self._matter.problems(edition, change, self.day())
            return [*found, _NO_JUDGE] if change and is_submitted and not errors(found) else found
        try:
            # Examples are judged where everything is compiled; only where that fails they are judged to be told of.
            judged = self.judged(self.proposal(edition, change))
            found = self._matter.problems(edition, change, self.day(), is_judged=bool(judged))
        except ChangeRefused as refused:
            found = self._matter.problems(edition, change, self.day())
            return found if errors(found) else [*found, *refused.problems]
        if errors(found):
            return found
        return [*found, *(judged if is_submitted else map(_told_early, judged))]

    def proposal(self, edition: Edition, change: C) -> Proposal:
        """What comes of a change. Raises ChangeRefused; RequestConflict where it no longer fits."""
        text = json.dumps(change.as_json(), ensure_ascii=False, sort_keys=True).encode()
        key = edition.revision.sha256, self.day(), hashlib.sha256(text).hexdigest()
        if (known := self._proposals.get(key)) is None:
            # Examples are judged where everything is compiled.
            found = self._matter.problems(edition, change, self.day(), is_judged=False)
            if problems := errors(found):
                raise ChangeRefused(problems)
            known = _kept(self._proposals, key, self._matter.proposal(edition, change, self.day()))
        return known

    def judged(self, proposal: Proposal) -> list[Problem]:
        """What stands in the way of publishing it."""
        if self._judge is None:
            return [_NO_JUDGE]
        key = proposal.digest, self.day()
        if (known := self._verdicts.get(key)) is None:
            known = _kept(self._verdicts, key, errors(self._judge(proposal)))
        return known

    def day(self) -> date:
        """The day that it is in China, from which on new rules are in force."""
        return self._clock().astimezone(CHINA).date()


def _told_early(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING)


def _kept(known: OrderedDict[K, V], key: K, value: V) -> V:
    known[key] = value
    while len(known) > _MOST:
        known.popitem(last=False)
    return value
