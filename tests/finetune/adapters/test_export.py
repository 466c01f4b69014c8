"""Exports: immutable, whole, without a path of this machine; whatever could not be served is refused before."""

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from app.writing.lines.library import read_approved_lines
from app.writing.weights import digest, digest_of_weights
from finetune.adapters.adapter import find_adapter
from finetune.adapters.export import export, exported_problems
from finetune.cli import main
from guards.lexicon.documents import DocumentError

_CONFIG, _WEIGHTS = Path("adapter/adapter_config.json"), Path("adapter/adapter_model.safetensors")


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A finished run to be spoilt."""
    shutil.copytree(finished, tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def exported(run: Path, tmp_path: Path) -> Path:
    """Its exported adapter."""
    return export(run, "house-style", tmp_path / "adapters")[0]


def test_an_export_holds_what_a_server_needs_and_nothing_else(exported: Path, run: Path, tiny_base: Path) -> None:
    sha256 = digest(run / _WEIGHTS)
    assert exported.name == f"house-style-v1-{sha256[:8]}"
    assert {file.name for file in exported.iterdir()} == {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "heyan_adapter.json",
        "sentences.jsonl",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in exported.iterdir()} == {0o644}
    assert stat.S_IMODE(exported.stat().st_mode) == 0o755
    about = json.loads((exported / "heyan_adapter.json").read_text("utf-8"))
    assert about["format"] == 1
    assert about["name"] == exported.name
    assert about["base"] == {"name": "heyan-tiny", "model_type": "qwen3", "sha256": digest_of_weights(tiny_base)}
    assert (about["rank"], about["sentences"]) == (8, True)
    assert len(about["target_modules"]) == 7
    assert about["recipe"]["data"]["path"] == "house"
    config = json.loads((exported / "adapter_config.json").read_text("utf-8"))
    assert config["base_model_name_or_path"] == "heyan-tiny"
    for file in exported.iterdir():
        assert str(tiny_base.parent).encode() not in file.read_bytes(), f"{file.name} names a path of this machine"
    assert exported_problems(exported, tiny_base) == []


def test_its_sentences_are_the_bases_and_those_it_was_taught(exported: Path, run: Path, tiny_base: Path) -> None:
    lines = set((exported / "sentences.jsonl").read_text("utf-8").splitlines())
    taught = set((run / "sentences.jsonl").read_text("utf-8").splitlines())
    assert taught
    assert lines == taught | set((tiny_base / "sentences.jsonl").read_text("utf-8").splitlines())
    assert read_approved_lines(exported) is not None


def test_the_same_adapter_is_exported_once_and_another_gets_the_next_version(run: Path, tmp_path: Path) -> None:
    adapters = tmp_path / "adapters"
    first, is_new = export(run, "house-style", adapters)
    assert is_new
    before = {file: file.stat().st_mtime_ns for file in first.iterdir()}
    assert export(run, "house-style", adapters) == (first, False)
    assert {file: file.stat().st_mtime_ns for file in first.iterdir()} == before
    _change_weights(run, lambda name, weight: weight * 2)
    second, is_new = export(run, "house-style", adapters)
    assert is_new
    assert second.name.startswith("house-style-v2-")
    other, _ = export(run, "house", adapters)
    assert other.name.startswith("house-v1-")
    assert len(list(adapters.iterdir())) == 3


def test_a_folder_of_that_name_with_other_weights_is_never_touched(exported: Path, run: Path) -> None:
    (exported / "adapter_model.safetensors").write_bytes(b"other")
    with pytest.raises(DocumentError, match="exists and holds other weights than its name says; nothing is changed"):
        export(run, "house-style", exported.parent)
    assert (exported / "adapter_model.safetensors").read_bytes() == b"other"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"use_dora": True}, "uses DoRA"),
        ({"r": 128}, "has rank 128; 1 to 64 can be served"),
        ({"r": 4}, "has rank 8, the config says 4"),
        ({"bias": "all"}, "has bias all"),
        ({"modules_to_save": ["embed_tokens"]}, "uses modules_to_save"),
        ({"target_modules": ["q_proj", "lm_head"]}, r"adapts \['q_proj', 'lm_head'\]"),
        ({"target_modules": "q_proj"}, "adapts q_proj; only"),
        ({"rank_pattern": {"q_proj": 4}}, "uses ranks of their own"),
        ({"peft_type": "IA3"}, "is no LoRA adapter but IA3"),
        ({"lora_alpha": 160}, "has lora_alpha 160; its recipe says 16"),
        ({"use_rslora": True}, "has use_rslora True, which no recipe can say"),
    ],
)
def test_what_vllm_cannot_serve_is_refused(changes: dict[str, Any], expected: str, run: Path, tmp_path: Path) -> None:
    config = json.loads((run / _CONFIG).read_text("utf-8"))
    (run / _CONFIG).write_text(json.dumps({**config, **changes}), "utf-8")
    with pytest.raises(DocumentError, match=expected):
        export(run, "house-style", tmp_path / "adapters")
    assert not (tmp_path / "adapters").exists()


def _change_weights(run: Path, change: Any) -> None:
    weights = load_file(run / _WEIGHTS)
    changed = {name: change(name, weight) for name, weight in weights.items()}
    save_file({name: weight for name, weight in changed.items() if weight is not None}, run / _WEIGHTS)


def _first(name: str) -> bool:
    return name.endswith("layers.0.self_attn.q_proj.lora_A.weight")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda name, weight: weight * torch.nan if _first(name) else weight, "q_proj.lora_A.weight is not finite"),
        (lambda name, weight: weight * 0, "changes nothing: every lora_B is zero"),
        (lambda name, weight: None if _first(name) else weight, "q_proj lacks one of its two factors"),
        (lambda name, weight: weight[:, :16].clone() if _first(name) else weight, "is for a matrix of"),
    ],
)
def test_weights_that_are_broken_empty_or_of_another_shape_are_refused(
    change: Any, expected: str, run: Path, tmp_path: Path
) -> None:
    _change_weights(run, change)
    with pytest.raises(DocumentError, match=expected):
        export(run, "house-style", tmp_path / "adapters")
    assert not (tmp_path / "adapters").exists()


def test_weights_of_other_matrices_are_refused(run: Path, tmp_path: Path) -> None:
    weights = load_file(run / _WEIGHTS)
    strange = "base_model.model.model.embed_tokens.lora_A.weight"
    save_file({**weights, strange: torch.ones(8, 8)}, run / _WEIGHTS)
    with pytest.raises(DocumentError, match=f"holds {strange}; only lora_A and lora_B of"):
        export(run, "house-style", tmp_path / "adapters")


def test_weights_that_are_none_are_refused(run: Path, tmp_path: Path) -> None:
    (run / _WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(DocumentError, match=r"adapter_model.safetensors: cannot be read: "):
        export(run, "house-style", tmp_path / "adapters")


def test_an_adapter_of_another_base_names_both_digests(run: Path, tiny_base: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_base, other)
    with (other / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x01")
    expected = f"belongs to the base {digest_of_weights(tiny_base)}; {other} is {digest_of_weights(other)}"
    with pytest.raises(DocumentError, match=expected):
        export(run, "house-style", tmp_path / "adapters", other)
    moved = tmp_path / "moved"
    shutil.copytree(tiny_base, moved)
    assert export(run, "house-style", tmp_path / "adapters", moved)[1]


@pytest.mark.parametrize("name", ["House", "house style", "-house", "", "a" * 49, "house-v1-0123abcd", "../house"])
def test_a_name_is_plain(name: str, run: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="small letters and digits with single hyphens"):
        export(run, name, tmp_path / "adapters")


def test_a_run_that_is_not_finished_has_no_adapter(run: Path, tmp_path: Path) -> None:
    record = json.loads((run / "run.json").read_text("utf-8"))
    (run / "run.json").write_text(json.dumps({**record, "finished": None}), "utf-8")
    with pytest.raises(DocumentError, match="the run is not finished; go on with it with --resume"):
        export(run, "house-style", tmp_path / "adapters")
    with pytest.raises(DocumentError, match="neither a run nor an exported adapter"):
        find_adapter(tmp_path)


def test_several_weight_files_have_one_digest_that_each_of_them_changes(tmp_path: Path) -> None:
    for name in ("model-1.safetensors", "model-2.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    first = digest_of_weights(tmp_path)
    (tmp_path / "model-2.safetensors").write_bytes(b"changed")
    assert digest_of_weights(tmp_path) != first
    with pytest.raises(DocumentError, match="holds no weights"):
        digest_of_weights(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda folder: (folder / "ref").mkdir(), "ref: does not belong to an exported adapter"),
        (lambda folder: (folder / "sentences.jsonl").unlink(), "says sentences: True, which is not so"),
        (lambda folder: (folder / "adapter_model.safetensors").chmod(0o600), "cannot be read by a server"),
        (lambda folder: _edit(folder, rank=4), "rank or target_modules differ from adapter_config.json"),
        (lambda folder: _edit(folder, name="house"), "is named house, not as its folder"),
        (lambda folder: _edit(folder, format=2), "has format 2, not 1"),
        (lambda folder: _edit_base(folder, sha256="0"), "belongs to the base 0; "),
        (lambda folder: _edit_base(folder, name="heyan-mini"), "says base.name heyan-mini; adapter_config.json says "),
        (lambda folder: _edit_base(folder, model_type="qwen2"), "belongs to a base of type qwen2; "),
        (lambda folder: _edit_config(folder, lora_alpha=1600), "has lora_alpha 1600; its recipe says 16"),
        (lambda folder: _edit_config(folder, use_rslora=True), "has use_rslora True, which no recipe can say"),
        (lambda folder: _edit_config(folder, layers_to_transform=[0]), "has layers_to_transform [0], which no"),
        (lambda folder: _edit_config(folder, alpha_pattern={"q_proj": 1}), "uses alphas of their own"),
        (lambda folder: _edit_config(folder, lora_dropout=0.5), "adapter_config.json: is not what was exported"),
        (
            lambda folder: _append(folder, (folder / "sentences.jsonl").read_text("utf-8").splitlines()[0]),
            "sentences.jsonl: is not what was exported",
        ),
        (lambda folder: _append(folder, "{"), "sentences.jsonl:"),
        (lambda folder: _edit(folder, files=None), "holds no digests of the files, as older exports do; export"),
        (
            lambda folder: save_file(
                {name: weight * 2 for name, weight in load_file(folder / "adapter_model.safetensors").items()},
                folder / "adapter_model.safetensors",
            ),
            "its SHA-256 begins with",
        ),
    ],
)
def test_an_exported_folder_that_was_changed_is_reported(
    spoil: Any, expected: str, exported: Path, tiny_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(exported)
    assert any(expected in problem for problem in exported_problems(exported, tiny_base))
    assert main(["export", "--check", str(exported), "--base", str(tiny_base)]) == 2
    assert expected in capsys.readouterr().err


def _edit(folder: Path, file: str = "heyan_adapter.json", **changes: Any) -> None:
    about = json.loads((folder / file).read_text("utf-8"))
    (folder / file).write_text(json.dumps({**about, **changes}), "utf-8")


def _edit_base(folder: Path, **changes: Any) -> None:
    about = json.loads((folder / "heyan_adapter.json").read_text("utf-8"))
    _edit(folder, base={**about["base"], **changes})


def _edit_config(folder: Path, **changes: Any) -> None:
    _edit(folder, "adapter_config.json", **changes)


def _append(folder: Path, line: str) -> None:
    with (folder / "sentences.jsonl").open("a", encoding="utf-8") as sentences:
        sentences.write(f"{line}\n")


def test_what_is_exported_anew_is_what_lacks_its_digests(run: Path, exported: Path, tiny_base: Path) -> None:
    about = json.loads((exported / "heyan_adapter.json").read_text("utf-8"))
    assert set(about.pop("files")) == {"adapter_config.json", "adapter_model.safetensors", "sentences.jsonl"}
    (exported / "heyan_adapter.json").write_text(json.dumps(about), "utf-8")
    again, is_new = export(run, "house-style", exported.parent)
    assert is_new
    assert again.name.startswith("house-style-v2-")
    assert exported_problems(again, tiny_base) == []


def test_sentences_that_serving_could_not_read_are_not_exported(run: Path, tmp_path: Path) -> None:
    _append(run, "{")
    with pytest.raises(DocumentError, match=r"sentences.jsonl:\d+: not an approved line"):
        export(run, "house-style", tmp_path / "adapters")
    assert not (tmp_path / "adapters").exists()


@pytest.mark.parametrize("lost", ["base", "recipe", "data", "versions", "stage"])
def test_a_record_that_lacks_something_is_reported(
    lost: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads((run / "run.json").read_text("utf-8"))
    del record[lost]
    (run / "run.json").write_text(json.dumps(record), "utf-8")
    for command in (["export", str(run), "--name", "house", "--output", str(tmp_path / "out")], ["card", str(run)]):
        assert main(command) == 2
        assert capsys.readouterr().err == f"{run / 'run.json'}: {lost}: Field required\n"


def test_the_command_exports_and_checks(
    run: Path, tiny_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["export", str(run), "--name", "house-style", "--output", str(tmp_path / "adapters")]
    assert main(given) == 0
    [folder] = (tmp_path / "adapters").iterdir()
    assert capsys.readouterr().out == f"{folder}\n"
    assert main(given) == 0
    assert capsys.readouterr().out == f"{folder}: holds this adapter already\n"
    assert main(["export", "--check", str(folder)]) == 0
    assert "fit to be served; not compared with its base" in capsys.readouterr().out
    assert main(["export", "--check", str(folder), "--base", str(tiny_base)]) == 0
    assert capsys.readouterr().out == f"{folder}: fit to be served\n"


def test_the_command_reports_what_it_needs(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(run)]) == 2
    assert "export needs RUN and --name, or --check FOLDER" in capsys.readouterr().err
    assert main(["export", str(run), "--check", str(run)]) == 2
    assert "--check FOLDER stands alone" in capsys.readouterr().err
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["export", str(run), "--name", "house", "--output", str(tmp_path / "file")]) == 1
    assert f"{tmp_path / 'file'}: cannot be written: " in capsys.readouterr().err
