"""Structured logs on standard error; personal data is masked before a line is written."""

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs(level: str, masked: Callable[[str], str]) -> None:
    """One JSON object a line; every string value passes `masked`."""

    def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
