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
from guards.meaning.head import SecondScore, read_head


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
    if settings.encoder == "embedded":
        return open_embedded(settings.encoder_dir, settings.encoder_head)
    if settings.encoder_model is None:
        raise ConfigurationError("HEYAN_ENCODER_MODEL: the name of the model on the server HEYAN_ENCODER is needed")
    try:
        source = ServedEncoder(settings.encoder, name=settings.encoder_model, key=settings.encoder_key)
    except ConfigurationError as wrong:
        raise ConfigurationError(f"HEYAN_ENCODER: {wrong}") from None
    return _hearing(source, settings.encoder_head)


def open_embedded(folder: Path, head: Path) -> Hearing:
    """The second score of an encoder that runs here and its head.

    Raises:
        ConfigurationError: as `open_hearing`.
    """
    return _hearing(EmbeddedEncoder(folder), head)


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


def _hearing(source: Source, file: Path) -> Hearing:
    try:
        head = read_head(file)
        listener = Listener(source, head.width)
        return Hearing(SecondScore(listener, head), listener)
    except OSError as unread:
        reason = str(unread.strerror)
    except ValueError as broken:
        reason = str(broken)
    source.close()
    raise ConfigurationError(f"HEYAN_ENCODER_HEAD: {file}: {reason}")
