"""Dry runs of changed wording: which texts go and come, how often those were said, and what would stop these."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.lexicon.catalogue import Line
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import Problem
from app.lexicon.rewording import Rewording
from app.lexicon.said import Said, count_said
from app.lexicon.wording_differences import WordingDifference, wording_difference
from app.records import DecisionLog, Now, utc_now

_MOST = 50
"""Texts of which it is counted how often they were said."""


@dataclass(frozen=True, slots=True)
class WordingTrial:
    """What came of a dry run. `against`: the revision it was compared with. `said`: of the first texts that are gone.

    `problems`: what stands in the way of publishing it.
    """

    change: str
    against: int
    difference: WordingDifference
    said: Sequence[Said]
    problems: Sequence[Problem]
    seconds: float


class WordingTrials:
    """Dry runs of one process."""

    def __init__(self, life: Lifecycle[Rewording], log: DecisionLog, *, clock: Now = utc_now) -> None:
        self._life = life
        self._log = log
        self._clock = clock

    async def run(self, identity: str, records: int) -> WordingTrial:
        """Try a change; it is counted in the `records` newest scripts how often was said what would be gone.

        Raises:
            UnknownChange: if there is no such change.
            ChangeRefused, HeldAnew: if nothing can come of it.
            StoreError: if the store does not answer.
        """
        started = time.monotonic()
        before, after = await self._life.sides(await self._life.get(identity))
        told = wording_difference(before.wording, after.wording)
        problems = await self._life.judged(after)
        lines = [Line(stored.id, stored.kind, stored.text, ()) for stored in told.gone[:_MOST]]
        said = await count_said(self._log, lines, self._clock(), most=records) if lines else []
        return WordingTrial(identity, before.revision.number, told, said, problems, time.monotonic() - started)
