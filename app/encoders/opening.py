"""Which encoder the settings name, with the head that was trained for it: never what happens to be installed."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.encoders.embedded import FILES, INSTEAD, EmbeddedEncoder
from app.encoders.listener import Listener, Source
from app.encoders.served import ServedEncoder
from app.errors import ConfigurationError
from app.settings import Settings
from guards.meaning.head import Head, SecondScore, read_head


@dataclass(frozen=True, slots=True)
class Hearing:
    """A second score, and the listener that is its encoder."""

    second: SecondScore
    listener: Listener


def open_hearing(settings: Settings) -> Hearing | None:
    """The second score of the settings, whose server is not asked yet; None: there is to be none.

    Raises:
        ConfigurationError: if encoder or head are unusable, or not made for each other, saying what to do.
    """
    if settings.encoder == "none":
        return None
    head = _head(settings)
    listener = Listener(_source(settings), head.width)
    try:
        return Hearing(SecondScore(listener, head), listener)
    except ValueError as strange:
        listener.close()
        raise ConfigurationError(f"{settings.encoder_head}: {strange}") from None


def require_encoder(settings: Settings) -> None:
    """Look whether the embedded encoder is here, if the settings want it: before anything takes its time.

    Raises:
        ConfigurationError: naming what is missing, and what to do.
    """
    for missing in _missing(settings):
        raise ConfigurationError(missing)


def _missing(settings: Settings) -> Iterator[str]:
    if settings.encoder == "embedded":
        if find_spec("onnxruntime") is None:
            yield f"the embedded encoder needs onnxruntime, not installed here: pip install onnxruntime, {INSTEAD}"
        for file in (*(settings.encoder_dir / name for name in FILES), settings.encoder_head):
            if not file.is_file():
                yield f"{file} of the embedded encoder is missing: restore it, {INSTEAD}"


def _head(settings: Settings) -> Head:
    file: Path = settings.encoder_head
    try:
        return read_head(file)
    except OSError as unread:
        raise ConfigurationError(f"HEYAN_ENCODER_HEAD: {file}: {unread.strerror}") from None
    except ValueError as broken:
        raise ConfigurationError(f"HEYAN_ENCODER_HEAD: {file}: {broken}") from None


def _source(settings: Settings) -> Source:
    if settings.encoder == "embedded":
        return EmbeddedEncoder(settings.encoder_dir)
    if settings.encoder_model is None:
        raise ConfigurationError("HEYAN_ENCODER_MODEL: the name of the model on the server HEYAN_ENCODER is needed")
    try:
        return ServedEncoder(settings.encoder, name=settings.encoder_model, key=settings.encoder_key)
    except ConfigurationError as wrong:
        raise ConfigurationError(f"HEYAN_ENCODER: {wrong}") from None
