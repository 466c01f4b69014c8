"""How often an approved text was said of late, counted in what was recorded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.approved.holds import Holds, Suspension, line_id
from app.approved.skeleton import SLOT
from app.lexicon.catalogue import Line
from app.lexicon.history import PAGE
from app.records import Decision, DecisionLog, Kind

SPAN = timedelta(days=7)
_MOST = 5_000
"""Scripts that are looked at; more would keep whoever asks waiting."""


@dataclass(frozen=True, slots=True)
class Said:
    """In how many of `scripts` it was said, all recorded since `since`; not `is_whole`: older ones were not counted."""

    count: int
    scripts: int
    since: datetime
    is_whole: bool


async def count_said(log: DecisionLog, lines: Sequence[Line], now: datetime, *, most: int = _MOST) -> list[Said]:
    """How many of the newest scripts of the last seven days say each of these texts.

    Raises:
        StoreError: if they cannot be read.
    """
    since, last, seen = now - SPAN, None, 0
    counts, spoken = [0] * len(lines), [_Spoken(line, now) for line in lines]
    is_whole = False
    while seen < most and not is_whole:
        page = await log.recent(min(PAGE, most - seen), before=last, since=since, kind=Kind.SCRIPT.value)
        seen += len(page)
        last = page[-1].script_id if page else last
        for index, one in enumerate(spoken):
            counts[index] += sum(map(one.is_in, page))
        is_whole = not page
    is_whole = is_whole or not await log.recent(1, before=last, since=since, kind=Kind.SCRIPT.value)
    return [Said(count, seen, since, is_whole) for count in counts]


class _Spoken:
    """Finds a text in what was recorded: in the skeleton of the body, or with anything in the place of its slots."""

    def __init__(self, line: Line, now: datetime) -> None:
        self._holds = Holds(None, (Suspension(line_id(line.kind, line.text), line.text, "", "", now),))
        self._filled = re.compile(".{1,40}?".join(re.escape(piece) for piece in SLOT.sub("\0", line.text).split("\0")))

    def is_in(self, decision: Decision) -> bool:
        if decision.body and self._holds.stops(decision.body):
            return True
        return bool(decision.text and self._filled.search(decision.text))
