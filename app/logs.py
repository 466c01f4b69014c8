"""Structured logs on standard error: one JSON object a line, without personal data."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

_CHATTY = ("httpx", "httpcore", "presidio-analyzer", "presidio-anonymizer", "alembic")
"""Loggers of libraries that tell too much below a warning."""


def line_writer(level: str) -> FilteringBoundLogger:
    """Writes lines of its own, whatever else is configured in this process.

    Nothing is masked, and no time spent on it: it takes numbers, values of closed sets and what was masked already.
    """
    writer: FilteringBoundLogger = structlog.wrap_logger(
        _StandardError(), processors=_processors(), wrapper_class=_filtering(level)
    ).bind()
    return writer


@contextmanager
def configured_logs(level: str, masked: Callable[[str], str]) -> Iterator[None]:
    """Within, all that this process logs is one JSON object a line; whatever its values hold, however deep, passes
    `masked` as text. Afterwards the logs are as they were; of several that overlap, the last one that is open counts.
    """
    setup = _Setup(level, masked)
    try:
        yield
    finally:
        setup.close()


class _StandardError:
    """Standard error as it is when a line is written: a server may have redirected it since the start."""

    def msg(self, line: str) -> None:
        """Write one line, whole; where nobody reads it any more, the work goes on without."""
        with suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _Setup:
    """A configuration of structlog and of the standard library's logging, which knows what was there before."""

    def __init__(self, level: str, masked: Callable[[str], str]) -> None:
        self._is_open = True
        self._before = _Configuration.in_force()
        self._handler = _Forwarding()

        def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
            return {key: _redacted(value, masked) for key, value in event.items()}

        structlog.configure(
            processors=_processors(structlog.contextvars.merge_contextvars, redact),
            wrapper_class=_filtering(level),
            logger_factory=self,
        )
        # Libraries log through the standard library: the same lines, masked alike.
        root = logging.getLogger()
        root.handlers[:] = [self._handler]
        root.setLevel(level.upper())
        for chatty in _CHATTY:
            logging.getLogger(chatty).setLevel(logging.WARNING)

    def __call__(self, *names: str) -> _StandardError:
        """The logger of a module."""
        return _StandardError()

    def close(self) -> None:
        """Put back what was before, unless something else was configured since: that passes over this one later."""
        self._is_open = False
        if structlog.get_config()["logger_factory"] is not self:
            return
        before = self._before
        while isinstance(before.setup, _Setup) and not before.setup._is_open:
            before = before.setup._before
        before.restore()


@dataclass(frozen=True, slots=True)
class _Configuration:
    """What was configured at one time; `structlog` is None where nothing was."""

    structlog: Mapping[str, Any] | None
    handlers: tuple[logging.Handler, ...]
    level: int
    chatty: Mapping[str, int]

    @classmethod
    def in_force(cls) -> "_Configuration":
        root = logging.getLogger()
        return cls(
            structlog.get_config() if structlog.is_configured() else None,
            tuple(root.handlers),
            root.level,
            {name: logging.getLogger(name).level for name in _CHATTY},
        )

    @property
    def setup(self) -> Any:
        """What made structlog's loggers."""
        return self.structlog["logger_factory"] if self.structlog else None

    def restore(self) -> None:
        if self.structlog:
            structlog.configure(**self.structlog)
        else:
            structlog.reset_defaults()
        root = logging.getLogger()
        # Handlers that others added meanwhile are theirs to remove.
        added = [each for each in root.handlers if not isinstance(each, _Forwarding) and each not in self.handlers]
        root.handlers[:] = [*self.handlers, *added]
        root.setLevel(self.level)
        for name, level in self.chatty.items():
            logging.getLogger(name).setLevel(level)


class _Forwarding(logging.Handler):
    """Hands records of the standard library's loggers to ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        failure = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        logger = structlog.get_logger("heyan.library")
        logger.log(record.levelno, record.getMessage(), source=record.name, **({"failure": failure} if failure else {}))


def _processors(*first: Processor) -> list[Processor]:
    return [
        *first,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _filtering(level: str) -> type[FilteringBoundLogger]:
    return structlog.make_filtering_bound_logger(getattr(logging, level.upper()))


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
