"""The settings alone say who encodes; what does not fit or is missing stops the start, with what to do."""

import time
from pathlib import Path

import pytest

from app.encoders.embedded import EmbeddedEncoder
from app.encoders.opening import open_hearing, require_encoder
from app.errors import ConfigurationError
from app.settings import Settings
from tests.app.encoders.toy import toy_encoder, write_head


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder, and a head that was trained for it."""
    folder = toy_encoder(tmp_path / "encoder")
    write_head(tmp_path / "head.npz", EmbeddedEncoder(folder).digest)
    return folder


def embedded(folder: Path) -> Settings:
    return Settings(encoder="embedded", encoder_dir=folder, encoder_head=folder.parent / "head.npz")


def test_the_embedded_encoder_is_opened_with_its_head(folder: Path) -> None:
    settings = embedded(folder)
    require_encoder(settings)
    hearing = open_hearing(settings)
    assert hearing is not None
    assert hearing.second.encoder is hearing.listener
    (vector,) = hearing.listener(["坏"])
    assert vector is not None
    assert hearing.second.head.label(vector) == "threat"
    hearing.listener.close()


def test_none_is_none_and_needs_no_file(tmp_path: Path) -> None:
    settings = Settings(encoder="none", encoder_dir=tmp_path, encoder_head=tmp_path / "head.npz")
    require_encoder(settings)
    assert open_hearing(settings) is None


def test_a_server_is_not_asked_when_it_is_opened(tmp_path: Path) -> None:
    head = write_head(tmp_path / "head.npz", "served bge")
    settings = Settings(encoder="http://127.0.0.1:9", encoder_model="bge", encoder_head=head)
    require_encoder(settings)
    hearing = open_hearing(settings)
    assert hearing is not None
    assert hearing.second.digest.startswith("served bge ")
    assert hearing.listener.missed == 0
    began = time.monotonic()
    assert hearing.listener(["甲"]) == [None]
    assert time.monotonic() - began < 60
    hearing.listener.close()


@pytest.mark.parametrize("gone", ["encoder/model.onnx", "encoder/vocabulary.tsv", "head.npz"])
def test_what_is_missing_is_named_before_anything_takes_its_time(gone: str, folder: Path) -> None:
    (folder.parent / gone).unlink()
    for look in (require_encoder, open_hearing):
        with pytest.raises(ConfigurationError, match=rf"{Path(gone).name}.*"):
            look(embedded(folder))
    with pytest.raises(
        ConfigurationError, match="restore it, or set HEYAN_ENCODER=none, or to the address of a server"
    ):
        require_encoder(embedded(folder))


def test_a_head_for_another_encoder_is_refused(folder: Path) -> None:
    write_head(folder.parent / "head.npz", "another")
    with pytest.raises(ConfigurationError, match=r"head.npz: the head was trained for the encoder another, not for"):
        open_hearing(embedded(folder))


def test_a_broken_head_is_named(folder: Path) -> None:
    (folder.parent / "head.npz").write_bytes(b"nothing")
    with pytest.raises(ConfigurationError, match=r"HEYAN_ENCODER_HEAD: .*head.npz: .*holds no head"):
        open_hearing(embedded(folder))


def test_a_server_needs_the_name_of_its_model_and_an_address_with_a_host(tmp_path: Path) -> None:
    head = write_head(tmp_path / "head.npz", "served bge")
    with pytest.raises(ConfigurationError, match="HEYAN_ENCODER_MODEL"):
        open_hearing(Settings(encoder="http://encoder", encoder_head=head))
    with pytest.raises(ConfigurationError, match="HEYAN_ENCODER: the model server's address"):
        open_hearing(Settings(encoder="http://", encoder_model="bge", encoder_head=head))
