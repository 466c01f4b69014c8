"""What time it is: asked through a function, so that whoever keeps deadlines can be told another time."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Answers with an aware time."""


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)
