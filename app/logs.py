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
    # Libraries log through the standard library: the same lines, masked alike.
    logging.basicConfig(level=level.upper(), handlers=[_Forwarding()], force=True)
    for chatty in ("httpx", "httpcore", "presidio-analyzer", "presidio-anonymizer", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Forwarding(logging.Handler):
    """Hands records of the standard library's loggers to ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        failure = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        logger = structlog.get_logger("heyan.library")
        logger.log(record.levelno, record.getMessage(), source=record.name, **({"failure": failure} if failure else {}))


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
