"""The encoder in this process: the same sentence always comes out the same, and what is missing is named."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.encoders.embedded import EmbeddedEncoder
from app.errors import ConfigurationError
from app.settings import ROOT
from tests.app.encoders.toy import toy_encoder, toy_vector

LONG = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return toy_encoder(tmp_path / "encoder")


def test_a_sentence_is_cut_into_pieces_and_becomes_one_vector(folder: Path) -> None:
    encoder = EmbeddedEncoder(folder)
    good, promise, strange = encoder(["您好", "坏打包票", "囧"], time.monotonic() + LONG)
    assert good is not None
    assert promise is not None
    assert strange is not None
    assert good.tolist() == pytest.approx(toy_vector(1, 4, 5, 2))
    assert promise.tolist() == pytest.approx(toy_vector(1, 6, 7, 2))
    assert strange.tolist() == pytest.approx(toy_vector(1, 3, 2))
    assert good.dtype == np.float32
    encoder.close()


def test_a_sentence_comes_out_the_same_beside_any_other(folder: Path) -> None:
    encoder, until = EmbeddedEncoder(folder), time.monotonic() + LONG
    (alone,), (_, beside) = encoder(["您好"], until), encoder(["坏" * 60, "您好"], until)
    assert alone is not None
    assert beside is not None
    assert alone.tobytes() == beside.tobytes()


def test_only_so_much_of_a_sentence_is_read(folder: Path) -> None:
    (long,) = EmbeddedEncoder(folder)(["坏" * 100], time.monotonic() + LONG)
    assert long is not None
    assert long.tolist() == pytest.approx(toy_vector(1, *[6] * 71))


def test_after_its_time_nothing_more_is_worked_out(folder: Path) -> None:
    assert EmbeddedEncoder(folder)(["您好", "坏"], time.monotonic() - 1) == [None, None]


def test_its_digest_is_that_of_both_files(folder: Path) -> None:
    network, vocabulary = (folder / "model.onnx").read_bytes(), (folder / "vocabulary.tsv").read_bytes()
    assert EmbeddedEncoder(folder).digest == hashlib.sha256(network + vocabulary).hexdigest()


@pytest.mark.parametrize("name", ["model.onnx", "vocabulary.tsv"])
def test_a_missing_file_is_named_with_what_to_do(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(ConfigurationError, match=rf"{name}: No such file .*HEYAN_ENCODER=none"):
        EmbeddedEncoder(folder)


@pytest.mark.parametrize(("name", "content"), [("model.onnx", b"nothing"), ("vocabulary.tsv", b"no pair\n")])
def test_a_broken_file_is_named_with_what_to_do(name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=rf"{name}.*HEYAN_ENCODER=none"):
        EmbeddedEncoder(folder)


def test_without_what_runs_it_the_start_says_what_to_install(folder: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "sys.modules['onnxruntime'] = None\n"
        "from app.encoders.embedded import EmbeddedEncoder\n"
        "from app.errors import ConfigurationError\n"
        "try:\n"
        "    EmbeddedEncoder(Path(sys.argv[1]))\n"
        "except ConfigurationError as refused:\n"
        "    print(refused)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "needs onnxruntime, not installed here: pip install onnxruntime, or set HEYAN_ENCODER=none" in done.stdout
