"""Dry runs: what a change of rules, wherever it stands, does to recorded scripts and to approved wording."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.lexicon.altered import Altered, altered_rules
from app.lexicon.approved import ApprovedTexts
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles
from app.lexicon.history import newest
from app.lexicon.impact import Impact, Progress
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.recorded import CaseReader
from app.lexicon.replay import replay
from app.records import DecisionLog
from guards.lexicon.scope import china_today
from guards.policy import Institution


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a dry run. `against`: the revision that the rules of the change were compared with."""

    change: str
    against: int
    impact: Impact


class Trials:
    """Dry runs of one process, one after another: each takes its processes of its own, and as much of the machine."""

    def __init__(
        self,
        lifecycle: Lifecycle[Change],
        log: DecisionLog,
        reader: CaseReader,
        institution: Institution,
        approved: Callable[[], ApprovedTexts],
    ) -> None:
        """`approved` lists what is approved to be said; it may take seconds."""
        self._lifecycle = lifecycle
        self._log = log
        self._reader = reader
        self._institution = institution
        self._approved = approved
        self._turn = asyncio.Semaphore(1)

    async def run(self, identity: str, records: int, progress: Progress | None = None) -> Trial:
        """Try a change on the `records` newest recorded texts and on all approved wording.

        What it is compared with, see `Lifecycle.sides`.

        Raises:
            UnknownChange: if there is no such change.
            ChangeRefused: if its rules cannot be read.
            ReplayError: if a process that judges ended early.
            StoreError: if the store does not answer.
        """
        before, after = await self._lifecycle.sides(await self._lifecycle.get(identity))
        async with self._turn:
            altered = await asyncio.to_thread(self._altered, before.files, after.files)
            approved = await asyncio.to_thread(self._approved)
            pages, against = newest(self._log, records), before.revision.number
            # What a text does not say is no reason against its words: many are sentences that somebody tried alone.
            judging = (rule.id for rule in after.files.rules.values() if rule.kind in (Kind.PHRASE, Kind.NUMBER))
            others = frozenset(judging) - altered.rules
            made = await replay(altered, pages, self._reader, approved, others=others, progress=progress)
            return Trial(identity, against, made)

    def _altered(self, before: RuleFiles, after: RuleFiles) -> Altered:
        return altered_rules(before.lexicon(), after.lexicon(), self._institution, china_today())
