"""The adapters file: what it may say, that each folder is checked, and that a broken new version changes nothing."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from app.errors import ConfigurationError
from app.writing.servers.adapters import AdapterRegistry, is_versioned, read_adapters
from guards.lexicon.documents import DocumentError
from tests.app.writing.serving import (
    BASE,
    BRIEF,
    HOUSE,
    INSTITUTION,
    OTHER,
    export_adapter,
    make_registry,
    task,
    write_file,
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Leave the logs as they were."""
    yield
    structlog.reset_defaults()


def test_a_file_names_base_adapters_and_routes(tmp_path: Path) -> None:
    export_adapter(tmp_path, HOUSE, "好。")
    export_adapter(tmp_path, OTHER)
    routes = [{"adapter": OTHER, "institution": "另一家"}, {"adapter": HOUSE, "scenarios": ["acquisition"]}]
    adapters = read_adapters(write_file(tmp_path, [HOUSE, OTHER], routes))
    assert adapters.base == BASE
    assert set(adapters.named) == {HOUSE, OTHER}
    chosen = adapters.adapter_for(task(), INSTITUTION)
    assert chosen is not None
    assert (chosen.name, str(chosen.path)) == (HOUSE, f"adapters/{HOUSE}")
    assert chosen.sequences is not None
    assert chosen.sequences.approved.allows_once("好。", BRIEF)
    assert adapters.named[OTHER].sequences is None
    elsewhere = adapters.adapter_for(task(), "另一家")
    assert elsewhere is not None
    assert elsewhere.name == OTHER


def test_without_routes_all_goes_to_the_base(tmp_path: Path) -> None:
    assert make_registry(tmp_path, [HOUSE]).adapter_for(task()) is None


@pytest.mark.parametrize("name", [HOUSE, OTHER, "a-v1-00000000", "A.b_c-v3-v10-deadbeef"])
def test_versioned_names(name: str) -> None:
    assert is_versioned(name)


@pytest.mark.parametrize(
    "name", ["", "heyan-mini", "house-style-v1", "house-v1-3F9A2C71", "house-v1-3f9a2c7", "-v1-3f9a2c71", f"{HOUSE}\n"]
)
def test_other_names(name: str) -> None:
    assert not is_versioned(name)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ":1: .*"),
        ("base: [", ":1: "),
        ("adapters: []", ":1: .*[Ff]ield required"),
        ("base: heyan-mini\nadaptors: []", ":2: adaptors: "),
        (f"base: b\nadapters:\n- name: {HOUSE}", ":3: .*[Ff]ield required"),
        ("base: b\nadapters:\n- name: house-style\n  path: house-style", ":3: adapters.0.name: "),
        (f"base: b\nadapters:\n- name: {HOUSE}\n  path: /tmp/{HOUSE}", ":4: .*below the folder"),
        (f"base: b\nadapters:\n- name: {HOUSE}\n  path: ../{HOUSE}", ":4: .*below the folder"),
        (f"base: b\nadapters:\n- name: {HOUSE}\n  path: adapters/house", f":4: .*must end in {HOUSE}"),
        (
            "base: b\nadapters:" + 2 * f"\n- {{name: {HOUSE}, path: adapters/{HOUSE}}}",
            ":4: .*is already listed above",
        ),
        (f"base: b\nroutes:\n- adapter: {HOUSE}", f":3: routes.0.adapter: {HOUSE} is not among"),
        (f"base: b\nroutes:\n- adapter: {HOUSE}\n  share: 0", ":4: routes.0.share: "),
        (f"base: b\nroutes:\n- adapter: {HOUSE}\n  share: 101", ":4: routes.0.share: "),
        (f"base: b\nroutes:\n- adapter: {HOUSE}\n  scenarios: []", ":4: routes.0.scenarios: "),
        (f"base: b\nroutes:\n- adapter: {HOUSE}\n  scenarios: [acquisitions]", ":4: routes.0.scenarios.0: "),
        (f"base: b\nroutes:\n- adapter: {HOUSE}\n  tags: [x]", ":4: routes.0.tags: "),
        (
            "base: b\nroutes:" + 2 * f"\n- {{adapter: {HOUSE}, experiment: e, share: 60}}",
            ":4: routes.1: more than 100 per cent of e",
        ),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, problem: str) -> None:
    export_adapter(tmp_path, HOUSE)
    file = tmp_path / "adapters.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=str(file) + problem):
        read_adapters(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.yaml:1: cannot be read"):
        AdapterRegistry(tmp_path / "none.yaml", INSTITUTION)


@pytest.mark.parametrize("missing", ["adapter_config.json", "adapter_model.safetensors", "heyan_adapter.json"])
def test_a_file_that_an_adapter_lacks_is_named(tmp_path: Path, missing: str) -> None:
    (export_adapter(tmp_path, HOUSE) / missing).unlink()
    with pytest.raises(DocumentError, match=f"{HOUSE}/{missing}:1: is missing"):
        read_adapters(write_file(tmp_path, [HOUSE]))


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ({"format": 2}, "format: "),
        ({"name": OTHER}, f"name: must be {HOUSE}, as the folder"),
        ({"base": {"model_type": "qwen3"}}, "base"),
        ({"base": {"model_type": "qwen3", "sha256": "abc"}}, "base.sha256: "),
        (
            {"base": {"name": "heyan-other", "model_type": "qwen3", "sha256": "0" * 64}},
            f":1: base.name: is heyan-other, but the adapters' base is {BASE}",
        ),
        ({"rank": 0}, "rank: "),
        ({"target_modules": []}, "target_modules: "),
        ({"sentences": "no answer"}, "sentences: "),
        ({"sentences": True}, f"{HOUSE}/sentences.jsonl:1: is missing"),
    ],
)
def test_a_card_that_is_wrong_is_named(tmp_path: Path, card: dict[str, Any], problem: str) -> None:
    export_adapter(tmp_path, HOUSE, **card)
    with pytest.raises(DocumentError, match=problem) as refused:
        read_adapters(write_file(tmp_path, [HOUSE]))
    assert str(tmp_path / "adapters" / HOUSE) in str(refused.value)


def test_a_card_may_say_more(tmp_path: Path) -> None:
    export_adapter(tmp_path, HOUSE, dataset_sha256="1" * 64, recipe={"stage": "sft"})
    assert HOUSE in read_adapters(write_file(tmp_path, [HOUSE])).named


def test_a_card_may_say_less(tmp_path: Path) -> None:
    """As the first exports did."""
    export_adapter(tmp_path, HOUSE, base={"model_type": "qwen3", "sha256": "0" * 64})
    assert HOUSE in read_adapters(write_file(tmp_path, [HOUSE])).named


def test_a_base_may_be_served_under_a_longer_name(tmp_path: Path) -> None:
    export_adapter(tmp_path, HOUSE)
    assert HOUSE in read_adapters(write_file(tmp_path, [HOUSE], base=f"registry/{BASE}")).named


def test_weights_that_are_not_those_of_the_name_are_named(tmp_path: Path) -> None:
    weights = export_adapter(tmp_path, HOUSE) / "adapter_model.safetensors"
    file = write_file(tmp_path, [HOUSE])
    read_adapters(file)
    weights.write_bytes(b"half of the wei")
    with pytest.raises(DocumentError, match=f"{weights}:1: its SHA-256 begins with [0-9a-f]{{8}}, which is not how"):
        read_adapters(file)


def test_weights_are_not_read_again_while_they_stay_as_they_are(tmp_path: Path) -> None:
    weights = export_adapter(tmp_path, HOUSE) / "adapter_model.safetensors"
    file, content, status = write_file(tmp_path, [HOUSE]), weights.read_bytes(), weights.stat()
    read_adapters(file)
    weights.write_bytes(content[::-1])
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    read_adapters(file)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(DocumentError, match="SHA-256"):
        read_adapters(file)


class TestWhereTheBaseIsAtHand:
    OWN, FOREIGN = hashlib.sha256(b"own").hexdigest(), "0" * 64

    @pytest.fixture
    def checkpoint(self, tmp_path: Path) -> Path:
        """A checkpoint under the name of the base."""
        folder = tmp_path / "models" / BASE
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"own")
        return folder

    def file(self, directory: Path, sha256: str, name: str = BASE) -> Path:
        """A file with one adapter that was trained on weights of this digest."""
        export_adapter(directory, HOUSE, base={"name": name, "model_type": "qwen3", "sha256": sha256})
        return write_file(directory, [HOUSE], base=name)

    def test_adapters_of_its_weights_are_taken(self, tmp_path: Path, checkpoint: Path) -> None:
        assert HOUSE in read_adapters(self.file(tmp_path, self.OWN), checkpoint).named

    def test_adapters_of_other_weights_are_named(self, tmp_path: Path, checkpoint: Path) -> None:
        with pytest.raises(DocumentError, match=f":1: base.sha256: is {self.FOREIGN}, but {checkpoint} is {self.OWN}"):
            read_adapters(self.file(tmp_path, self.FOREIGN), checkpoint)

    def test_a_checkpoint_of_another_name_says_nothing(self, tmp_path: Path, checkpoint: Path) -> None:
        file = self.file(tmp_path, self.FOREIGN, "heyan-other")
        assert HOUSE in read_adapters(file, checkpoint).named

    def test_a_folder_without_weights_says_nothing(self, tmp_path: Path, checkpoint: Path) -> None:
        (checkpoint / "model.safetensors").unlink()
        assert HOUSE in read_adapters(self.file(tmp_path, self.FOREIGN), checkpoint).named

    def test_a_new_version_of_the_file_is_held_against_it_too(self, tmp_path: Path, checkpoint: Path) -> None:
        registry = AdapterRegistry(write_file(tmp_path, []), INSTITUTION, checkpoint)
        self.file(tmp_path, self.FOREIGN)
        with capture_logs() as logged:
            registry.refresh()
        assert [line["log_level"] for line in logged] == ["error"]
        assert registry.current.named == {}


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe"])
def test_approved_lines_that_are_unusable_are_named(tmp_path: Path, content: bytes) -> None:
    (export_adapter(tmp_path, HOUSE) / "sentences.jsonl").write_bytes(content)
    with pytest.raises((DocumentError, ConfigurationError), match=r"sentences\.jsonl:1: "):
        read_adapters(write_file(tmp_path, [HOUSE]))


class TestARegistry:
    ROUTE = {"adapter": HOUSE}

    def test_is_read_again_when_the_file_changed(self, tmp_path: Path) -> None:
        registry = make_registry(tmp_path, [HOUSE])
        write_file(tmp_path, [HOUSE], [self.ROUTE])
        assert registry.adapter_for(task()) is None
        registry.refresh()
        chosen = registry.adapter_for(task())
        assert chosen is not None
        assert chosen.name == HOUSE

    def test_is_not_read_again_otherwise(self, tmp_path: Path) -> None:
        registry = make_registry(tmp_path, [HOUSE])
        current = registry.current
        registry.refresh()
        assert registry.current is current

    @pytest.mark.parametrize(
        "text", ["", "base: [", "base: another\n", f"base: {BASE}\nroutes: [{{adapter: {OTHER}}}]"]
    )
    def test_keeps_the_last_good_version_of_a_broken_file(self, tmp_path: Path, text: str) -> None:
        registry = make_registry(tmp_path, [HOUSE], [self.ROUTE])
        registry.file.write_text(text, "utf-8")
        with capture_logs() as logged:
            registry.refresh()
            registry.refresh()
        assert [(line["log_level"], str(registry.file) in line["problems"]) for line in logged] == [("error", True)]
        chosen = registry.adapter_for(task())
        assert chosen is not None
        assert chosen.name == HOUSE
        write_file(tmp_path, [HOUSE])
        registry.refresh()
        assert registry.adapter_for(task()) is None

    def test_keeps_the_last_good_version_of_a_file_that_is_gone(self, tmp_path: Path) -> None:
        registry = make_registry(tmp_path, [HOUSE], [self.ROUTE])
        registry.file.unlink()
        with capture_logs() as logged:
            registry.refresh()
        assert len(logged) == 1
        assert registry.adapter_for(task()) is not None

    def test_waits_for_a_folder_that_is_on_its_way(self, tmp_path: Path) -> None:
        registry = make_registry(tmp_path, [HOUSE])
        write_file(tmp_path, [HOUSE, OTHER])
        with capture_logs() as logged:
            registry.refresh()
            assert set(registry.current.named) == {HOUSE}
            source = export_adapter(tmp_path / "elsewhere", OTHER)
            shutil.copytree(source, tmp_path / "adapters" / OTHER)
            registry.refresh()
        assert set(registry.current.named) == {HOUSE, OTHER}
        assert [line["log_level"] for line in logged] == ["error", "info"]


def test_a_card_is_plain_json(tmp_path: Path) -> None:
    """As exporters write it, indented or not."""
    folder = export_adapter(tmp_path, HOUSE)
    card = json.loads((folder / "heyan_adapter.json").read_text("utf-8"))
    (folder / "heyan_adapter.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert HOUSE in read_adapters(write_file(tmp_path, [HOUSE])).named
