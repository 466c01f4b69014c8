"""Dry runs that go on while pages are read: one task for each, with its progress, and the newest results in memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from app.console.changes.wording_cards import told
from app.console.frame.rendering import in_chinese, told_of
from app.errors import RequestConflict, RequestError
from app.lexicon.problems import ChangeRefused
from app.lexicon.trials import Trial
from app.lexicon.wording_trials import WordingTrial
from app.parts import Parts
from app.records import ChangeRecord
from app.records.names import is_same_person

SIZES = (1_000, 10_000, 50_000)
"""On how many of the newest records a change may be tried."""
_MOST_KEPT, _MOST_WAITING, _MOST_OF_ONE = 32, 4, 2
"""Runs in memory; those that go on, of all people and of one: the next turn is somebody else's."""
_BROKEN = "试跑没有做完，请过一会儿再试一次。"
Key = tuple[str, int, int]


class TooManyRuns(RequestConflict):
    """Others are waited for already."""

    def __init__(self) -> None:
        super().__init__("现在有好几个试跑在排队，请等几分钟再试。(too many dry runs wait)")


class TooManyOfOne(TooManyRuns):
    """The person waits for others of their own already."""

    def __init__(self) -> None:
        RequestConflict.__init__(
            self,
            f"您已经有 {_MOST_OF_ONE} 个试跑在进行，请等其中一个做完再试。"
            "不用守着页面，结果会留在变更页上。(too many dry runs of one person)",
        )


@dataclass(slots=True)
class Run:
    """One dry run. `counted`: records that were judged so far; `failed`: why nothing came of it."""

    records: int
    person: str
    started: datetime
    counted: int = 0
    made: Trial | WordingTrial | None = None
    failed: Sequence[str] = ()
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether there is a result, or none will come."""
        return self.made is not None or bool(self.failed)


class Runs:
    """The dry runs of one process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._runs: dict[Key, Run] = {}

    def of(self, record: ChangeRecord) -> Run | None:
        """The newest run of a change as it reads now, at this moment: what a page says of it must fit together."""
        run = self._runs.get(_key(record))
        return None if run is None else replace(run)

    def start(self, record: ChangeRecord, records: int, person: str) -> Run:
        """Begin a run for a person; one that goes on is not begun again.

        Raises:
            TooManyRuns: while others are waited for.
            TooManyOfOne: while this person's own are.
        """
        key = _key(record)
        known = self._runs.get(key)
        if known is not None and not known.is_over:
            return known
        going = [run for run in self._runs.values() if not run.is_over]
        if sum(is_same_person(run.person, person) for run in going) >= _MOST_OF_ONE:
            raise TooManyOfOne
        if len(going) >= _MOST_WAITING:
            raise TooManyRuns
        self._runs.pop(key, None)
        run = Run(records, person, datetime.now(UTC))
        self._runs[key] = run
        run.task = asyncio.create_task(self._go(run, record))
        over = [name for name, each in self._runs.items() if each.is_over]
        for name in over[: max(len(self._runs) - _MOST_KEPT, 0)]:
            del self._runs[name]
        return run

    async def _go(self, run: Run, record: ChangeRecord) -> None:
        try:
            if record.subject == "wording":
                run.made = await self._parts.wording_trials.run(record.id, run.records)
            else:
                run.made = await self._parts.trials.run(record.id, run.records, _counter(run))
        except asyncio.CancelledError:
            run.failed = [_BROKEN]
            raise
        except ChangeRefused as refused:
            run.failed = [told(problem.message) for problem in refused.problems[:20]]
        except RequestError as refused:
            run.failed = [in_chinese(refused.detail), *(each.told for each in told_of(refused.fields))]
        except Exception as failure:  # whatever it was, the page says that it is over
            run.failed = [_BROKEN]
            self._parts.lines.error("a dry run broke", failure=type(failure).__name__)


def _counter(run: Run) -> Callable[[int], None]:
    def count(records: int) -> None:
        run.counted = records

    return count


def _key(record: ChangeRecord) -> Key:
    return record.id, record.version, record.based_on
