"""`make serve-vllm` starts no server for adapters that were trained on other weights."""

import shutil
from pathlib import Path

import pytest
import yaml
from safetensors.torch import load_file, save_file

from finetune.adapters.export import export
from guards.lexicon.documents import DocumentError
from scripts.serve_vllm import check_adapters, main
from scripts.vllm_server import cores_of_each, positions_of


@pytest.fixture
def adapter(finished: Path, tmp_path: Path) -> Path:
    """An exported adapter of the tiny base."""
    return export(finished, "house-style", tmp_path / "adapters")[0]


def _file(adapter: Path, base: str) -> Path:
    file = adapter.parent / "adapters.yaml"
    file.write_text(yaml.safe_dump({"base": base, "adapters": [{"name": adapter.name, "path": adapter.name}]}), "utf-8")
    return file


def test_adapters_of_the_checkpoint_are_served(adapter: Path, tiny_base: Path) -> None:
    check_adapters(_file(adapter, tiny_base.name), tiny_base)


def test_adapters_of_other_weights_are_not(
    adapter: Path, tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "retrained" / tiny_base.name
    shutil.copytree(tiny_base, other)
    weights = load_file(other / "model.safetensors")
    save_file({name: tensor + 1 for name, tensor in weights.items()}, other / "model.safetensors", {"format": "pt"})
    monkeypatch.setenv("MODEL", str(other))
    monkeypatch.setenv("ADAPTERS", str(_file(adapter, tiny_base.name)))
    assert main() == 2
    assert f"{adapter}: belongs to the base" in capsys.readouterr().err


def test_adapters_of_another_name_are_not(adapter: Path, tiny_base: Path, tmp_path: Path) -> None:
    renamed = shutil.copytree(tiny_base, tmp_path / "heyan-mini")
    with pytest.raises(DocumentError, match=r"adapters\.yaml:1: base is heyan-tiny, but heyan-mini is to be served"):
        check_adapters(_file(adapter, tiny_base.name), renamed)


def test_a_missing_checkpoint_or_file_is_reported(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL", str(tmp_path / "nothing"))
    assert main() == 2
    assert "nothing holds no checkpoint that vLLM could serve" in capsys.readouterr().err
    monkeypatch.setenv("MODEL", str(tiny_base))
    monkeypatch.setenv("ADAPTERS", str(tmp_path / "adapters.yaml"))
    assert main() == 2
    assert "adapters.yaml:1" in capsys.readouterr().err


def test_a_server_reads_as_much_as_its_checkpoint_can(tiny_base: Path) -> None:
    assert positions_of(tiny_base) == 32768


@pytest.mark.parametrize(
    ("servers", "shares"), [(1, [[]]), (2, [[0, 4], [2]]), (3, [[0], [2], [4]]), (4, [[], [], [], []])]
)
def test_servers_share_out_the_cores(servers: int, shares: list[list[int]]) -> None:
    assert cores_of_each(servers, {4, 0, 2}) == shares
