"""What a request asked for, so that a repeat of it is known as one, also with less time left than at first."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from app.records import Decision
from app.requests import ScriptRequest

_LATER = timedelta(minutes=5)
"""An engine that tries again is somewhat later; what is asked for much later is another call."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`digest` covers what makes two requests different: all but the deadline and the time of the call. `exact` covers
    everything, as recorded decisions did before.
    """

    digest: str
    exact: str
    call_time: datetime

    @classmethod
    def of(cls, request: ScriptRequest, digest: Callable[[bytes], str]) -> Self:
        """What a request asks for; `digest` makes the digests."""
        body = request.model_dump(mode="json", exclude_unset=True)
        options = {name: value for name, value in body.get("options", {}).items() if name != "deadline_ms"}
        lasting = {name: value for name, value in body.items() if name not in ("call_time", "options")}
        # The standard library's writer, since it takes every number that the body's reader does.
        exact, kept = (
            digest(json.dumps(each, sort_keys=True).encode())
            for each in (body, {**lasting, "options": options} if options else lasting)
        )
        return cls(kept, exact, request.call_time)

    def repeats(self, first: "Asked") -> bool:
        """Whether this asks for the same as an earlier one."""
        return self.exact == first.exact or (self.digest == first.digest and self._is_soon_after(first.call_time))

    def repeats_recorded(self, known: Decision) -> bool:
        """Whether this asks for what a recorded decision answered."""
        if known.body_digest != self.digest:
            return known.body_digest == self.exact
        return self._is_soon_after(datetime.fromisoformat(known.request["call_time"]))

    def _is_soon_after(self, first: datetime) -> bool:
        return timedelta(0) <= self.call_time - first <= _LATER
