"""Changes of the rules: what their life cycle asks about them."""

from collections.abc import Collection, Iterable
from datetime import date

from app.lexicon.changes import apply
from app.lexicon.conditions import condition_problems
from app.lexicon.conflicts import Moved, all_between, also_waiting, moved_since
from app.lexicon.differences import change_between
from app.lexicon.drafts import Change
from app.lexicon.examples import EXAMPLE_CODES
from app.lexicon.linter import Linter
from app.lexicon.matter import Proposal
from app.lexicon.problems import Problem, errors
from app.lexicon.shelf import Edition
from app.lexicon.tightening import only_tightens
from app.records import ChangeRecord
from guards.policy import Institution


class RuleMatter:
    """See `app.lexicon.matter.Matter`."""

    subject = "lexicon"
    noun = "规则"
    parts = frozenset({"adds", "edits", "retires"})

    def __init__(self, institution: Institution, facts: Collection[str] | None = None) -> None:
        """`facts`: the names of the facts that requests may have; None where that is not known here."""
        self._linter = Linter(institution)
        self._facts = facts

    def parse(self, body: object) -> Change:
        """See `Change.parse`."""
        return body if isinstance(body, Change) else Change.parse(body)

    def completed(self, change: Change, edition: Edition) -> Change:
        """The same."""
        return change

    def problems(self, edition: Edition, change: Change, day: date, *, is_judged: bool = True) -> list[Problem]:
        """See `app.lexicon.lint.lint`."""
        found = self._linter.problems(edition, change, day, is_judged=is_judged)
        conditions = list(condition_problems(change, edition.files.rules, day, self._facts))
        # A rule that is never in force finds nothing: its examples would all be told, and its days be overlooked.
        unsound = {problem.rule for problem in errors(conditions)}
        return [*(one for one in found if one.rule not in unsound or one.code not in EXAMPLE_CODES), *conditions]

    def proposal(self, edition: Edition, change: Change, day: date) -> Proposal:
        """The files with the change in them. Raises ChangeRefused."""
        return Proposal(apply(edition.files, change, since=day), edition.wording)

    def restored(self, edition: Edition, wanted: Edition) -> Proposal:
        """The rules of the one edition with the wording of the other."""
        return Proposal(wanted.files, edition.wording)

    def between(self, before: Edition, after: Edition, title: str) -> Change:
        """Rule by rule."""
        return change_between(before.files, after.files, title)

    def is_same(self, one: Edition, other: Edition) -> bool:
        """Whether their rules are the same, byte for byte."""
        return one.revision.lexicon == other.revision.lexicon

    def moved(self, change: Change, then: Edition, now: Edition) -> list[Moved]:
        """Rules that read otherwise."""
        if self.is_same(then, now):
            return []
        return moved_since(change, then.files, now.files, now.revision.number)

    def all_moved(self, then: Edition, now: Edition) -> list[Moved]:
        """Every rule that reads otherwise."""
        return all_between(then.files, now.files, now.revision.number)

    def also_waiting(self, change: Change, others: Iterable[tuple[ChangeRecord, Change]], now: Edition) -> list[Moved]:
        """Rules that another change touches too."""
        return also_waiting(change, others, now.files)

    def only_tightens(self, before: Edition, after: Edition) -> bool:
        """See `app.lexicon.tightening`."""
        return only_tightens(before.files, after.files)

    def events(self, change: Change) -> Iterable[tuple[str, str | None]]:
        """None."""
        return ()
