"""Structured logs on standard error; personal data is masked before a line is written."""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs(level: str, masked: Callable[[str], str]) -> None:
    """One JSON object a line; whatever its values hold, however deep, passes `masked` as text."""

    def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: _redacted(value, masked) for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # Standard error as it is when a line is written: a server may have redirected it since the start.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _redacted(value: Any, masked: Callable[[str], str]) -> Any:
    """The value as JSON has it, every text in it masked; a number that masking would change becomes text."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(key)): _redacted(inner, masked) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(inner, masked) for inner in value]
    text = repr(value)
    shown = masked(text)
    return value if shown == text else shown
