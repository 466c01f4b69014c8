"""A proof is remembered until anything that decides about it has changed, and never stands in for another one."""

import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.data import read_data
from app.errors import ConfigurationError
from app.metrics import Metrics
from app.proof_memory import ProofMemory, digest_of_what_decides
from app.scripts.proof import prove_wording
from app.settings import ROOT, Settings, user_cache
from guards.lexicon.reader import read_lexicon
from guards.lexicon.scope import china_today
from guards.policy import Policy
from guards.types import Case, Stage
from tests.app.encoders.toy import toy_encoder, write_head

TODAY = date(2026, 11, 20)


@dataclass
class Prover:
    """Counts how often wording is to be proven; proves it, or trusts it."""

    prove: Callable[[Policy, Vocabulary, Wording], None] = lambda policy, vocabulary, wording: None
    asked: list[int] = field(default_factory=list)

    def __call__(self, policy: Policy, vocabulary: Vocabulary, wording: Wording) -> None:
        self.asked.append(policy.revision)
        self.prove(policy, vocabulary, wording)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Copies of all files, and an empty cache."""
    for name in ("prompts", "lexicons"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "models" / "meaning" / "weights.npz", tmp_path / "weights.npz")
    return Settings(
        data_dir=tmp_path / "var",
        cache_dir=tmp_path / "cache",
        prompts_dir=tmp_path / "prompts",
        lexicons_dir=tmp_path / "lexicons",
        meaning_file=tmp_path / "weights.npz",
    )


@pytest.fixture
def code(tmp_path: Path) -> dict[str, Path]:
    """A package of one file in the place of the code."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "code.py").write_text("answer = 42\n")
    return {"package": tmp_path / "package"}


def entries(settings: Settings) -> list[Path]:
    assert settings.cache_dir is not None
    return sorted((settings.cache_dir / "proofs").iterdir())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


class TestStart:
    """Reading the data of a service."""

    def test_a_second_start_does_not_prove_again(self, settings: Settings) -> None:
        prover = Prover()
        first = read_data(settings, Metrics(), prover)
        assert len(prover.asked) == 1
        again = read_data(settings, Metrics(), prover)
        assert len(prover.asked) == 1
        assert again.policy.digest == first.policy.digest

    def test_a_broken_word_stops_the_start_although_an_older_proof_is_remembered(self, settings: Settings) -> None:
        read_data(settings, Metrics(), Prover())
        file = settings.prompts_dir / "fallbacks.yaml"
        old = "用不用您自己定，有想问的吗？"
        line = file.read_text("utf-8").partition(old)[0].count("\n") + 1
        edit(file, old, "百分百获批，有想问的吗？")
        for _ in range(2):  # a refusal is not remembered as a proof either
            with pytest.raises(ConfigurationError) as refused:
                read_data(settings, Metrics(), prove_wording)
            assert f"{file}:{line}: promise.guaranteed_approval: " in str(refused.value)
        assert len(entries(settings)) == 1

    def test_a_rule_that_misses_its_own_example_stops_the_start_all_the_same(self, settings: Settings) -> None:
        read_data(settings, Metrics(), Prover())
        edit(settings.lexicons_dir / "absolute.yaml", "hits:\n", "hits:\n        - 今天天气不错\n")
        with pytest.raises(ConfigurationError, match="is not hit by its own example '今天天气不错'"):
            read_data(settings, Metrics(), Prover())

    def test_no_memory_proves_always(self, settings: Settings) -> None:
        prover = Prover()
        forgetful = settings.model_copy(update={"cache_dir": None})
        read_data(forgetful, Metrics(), prover)
        read_data(forgetful, Metrics(), prover)
        assert len(prover.asked) == 2

    def test_a_file_that_changes_after_the_look_into_the_memory_is_proven(self, settings: Settings) -> None:
        class Interrupted(ProofMemory):
            @property
            def holds(self) -> bool:
                known = super().holds
                edit(settings.prompts_dir / "fallbacks.yaml", "用不用您自己定", "百分百获批")
                return known

        read_data(settings, Metrics(), Prover())
        with pytest.raises(ConfigurationError, match=r"promise\.guaranteed_approval"):
            read_data(settings, Metrics(), prove_wording, Interrupted(settings, china_today()))

    def test_a_file_that_changes_while_it_is_proven_is_not_taken_as_proven(self, settings: Settings) -> None:
        def change(policy: Policy, vocabulary: Vocabulary, wording: Wording) -> None:
            edit(settings.prompts_dir / "fallbacks.yaml", "用不用您自己定", "用不用您来定")

        read_data(settings, Metrics(), Prover(change))
        prover = Prover()
        read_data(settings, Metrics(), prover)
        assert len(prover.asked) == 1

    def test_a_proof_that_the_encoder_did_not_hear_is_not_remembered(self, settings: Settings, tmp_path: Path) -> None:
        def examine(policy: Policy, vocabulary: Vocabulary, wording: Wording) -> None:
            policy.panel.examine_text("您好。", Case(stage=Stage.BODY))

        head = write_head(tmp_path / "head.npz", "served bge")
        nobody = {"encoder": "http://127.0.0.1:9", "encoder_model": "bge", "encoder_head": head}
        data = read_data(settings.model_copy(update=nobody), Metrics(), Prover(examine))
        assert data.unremembered == "the encoder did not answer"
        assert not (tmp_path / "cache").exists()
        data.deployment.close()


class TestMemory:
    """What an entry is good for."""

    def test_what_is_noted_holds_in_the_next_process(self, settings: Settings, code: dict[str, Path]) -> None:
        memory = ProofMemory(settings, TODAY, code)
        assert not memory.holds
        memory.note(())
        assert ProofMemory(settings, TODAY, code).holds
        (entry,) = entries(settings)
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600

    @pytest.mark.parametrize("changed", ["rule", "other file of rules", "prompt", "weight", "code", "new file", "cap"])
    def test_whatever_decides_is_proven_again_when_it_changed(
        self, changed: str, settings: Settings, code: dict[str, Path]
    ) -> None:
        ProofMemory(settings, TODAY, code).note(())
        match changed:
            case "rule":
                edit(settings.lexicons_dir / "gates.yaml", "\n", " \n")
            case "other file of rules":
                (settings.lexicons_dir / "_spelling").mkdir(exist_ok=True)
                (settings.lexicons_dir / "_spelling" / "more.tsv").write_text("a\tb\n")
            case "prompt":
                edit(settings.prompts_dir / "stitch.yaml", "\n", " \n")
            case "weight":
                settings.meaning_file.write_bytes(settings.meaning_file.read_bytes() + b"\0")
            case "code":
                edit(code["package"] / "code.py", "42", "43")
            case "new file":
                (code["package"] / "more.py").write_text("")
            case _:
                settings = settings.model_copy(update={"annual_rate_cap": settings.annual_rate_cap + 1})
        assert not ProofMemory(settings, TODAY, code).holds

    @pytest.mark.parametrize("changed", ["network", "vocabulary", "head", "none", "server"])
    def test_another_encoder_or_head_is_another_proof(
        self, changed: str, settings: Settings, code: dict[str, Path], tmp_path: Path
    ) -> None:
        folder, head = toy_encoder(tmp_path / "encoder"), write_head(tmp_path / "head.npz", "any")
        settings = settings.model_copy(update={"encoder": "embedded", "encoder_dir": folder, "encoder_head": head})
        before = digest_of_what_decides(settings, code)
        match changed:
            case "network":
                (folder / "model.onnx").write_bytes(b"")
            case "vocabulary":
                (folder / "vocabulary.tsv").write_bytes(b"")
            case "head":
                head.write_bytes(b"")
            case "none":
                settings = settings.model_copy(update={"encoder": "none"})
            case _:
                settings = settings.model_copy(update={"encoder": "http://a", "encoder_model": "bge"})
        after = digest_of_what_decides(settings, code)
        assert after != before
        other = settings.model_copy(update={"encoder_model": "other"})
        assert (digest_of_what_decides(other, code) != after) is (changed == "server")

    def test_another_library_is_another_proof(
        self, settings: Settings, code: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = digest_of_what_decides(settings, code)
        (tmp_path / "site" / "presidio_x-1.0.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        assert digest_of_what_decides(settings, code) != before

    def test_the_same_files_elsewhere_are_the_same(self, settings: Settings, tmp_path: Path) -> None:
        elsewhere = shutil.copytree(settings.prompts_dir, tmp_path / "elsewhere")
        moved = settings.model_copy(update={"prompts_dir": Path(elsewhere)})
        assert digest_of_what_decides(moved) == digest_of_what_decides(settings)

    def test_it_holds_until_a_day_on_which_a_rule_comes_or_goes(
        self, settings: Settings, code: dict[str, Path]
    ) -> None:
        changes = (date(2026, 3, 5), date(2026, 3, 9))

        def holding(noted_on: int) -> list[int]:
            ProofMemory(settings, date(2026, 3, noted_on), code).note(changes)
            return [day for day in range(1, 13) if ProofMemory(settings, date(2026, 3, day), code).holds]

        assert holding(4) == [1, 2, 3, 4]
        assert holding(5) == holding(8) == [5, 6, 7, 8]
        assert holding(9) == [9, 10, 11, 12]

    @pytest.mark.parametrize("day", ["2030-03-05", "2030-03-05T00:00:00Z", '"2030\\x2d03-05"', "1898899200"])
    def test_a_day_counts_however_it_is_written(self, day: str, settings: Settings) -> None:
        edit(settings.lexicons_dir / "absolute.yaml", "{from: ", f"{{from: {day}, until: 2030-03-07}} # ")
        assert {date(2030, 3, 5), date(2030, 3, 8)} <= set(read_lexicon(settings.lexicons_dir).changes())

    @pytest.mark.parametrize("content", [b"", b"heyan: rules and wording are proven: other\n", b"\xff\x00", b"{}"])
    def test_an_entry_that_is_broken_or_foreign_is_ignored(
        self, content: bytes, settings: Settings, code: dict[str, Path]
    ) -> None:
        ProofMemory(settings, TODAY, code).note(())
        (entry,) = entries(settings)
        entry.write_bytes(content)
        memory = ProofMemory(settings, TODAY, code)
        assert not memory.holds
        memory.note(())
        assert ProofMemory(settings, TODAY, code).holds

    def test_an_entry_that_is_a_folder_is_ignored(self, settings: Settings, code: dict[str, Path]) -> None:
        ProofMemory(settings, TODAY, code).note(())
        (entry,) = entries(settings)
        entry.unlink()
        entry.mkdir()
        memory = ProofMemory(settings, TODAY, code)
        assert not memory.holds
        memory.note(())
        assert entries(settings) == [entry]

    @pytest.mark.parametrize("where", ["/dev/null", "/proc/heyan", "a file"])
    def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
        self, where: str, settings: Settings, code: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a file").touch()
        memory = ProofMemory(settings.model_copy(update={"cache_dir": tmp_path / where}), TODAY, code)
        assert memory.note(())
        assert not memory.holds
        assert capsys.readouterr().out == ""

    def test_files_that_are_missing_are_left_to_whoever_reads_them(
        self, settings: Settings, code: dict[str, Path]
    ) -> None:
        settings.meaning_file.unlink()
        memory = ProofMemory(settings, TODAY, code)
        memory.note(())
        assert not memory.holds

    def test_old_entries_are_forgotten(self, settings: Settings, code: dict[str, Path]) -> None:
        for number in range(40):
            (code["package"] / "code.py").write_text(f"answer = {number}\n")
            ProofMemory(settings, TODAY, code).note(())
        assert len(entries(settings)) == 32
        assert ProofMemory(settings, TODAY, code).holds


class TestUserCache:
    """Where it is kept when nothing is said."""

    def test_the_folder_of_the_user_is_taken(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert user_cache() == tmp_path / ".cache" / "heyan"
        monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/mine")
        assert user_cache() == Path("/var/cache/mine/heyan")
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
        assert user_cache() == tmp_path / ".cache" / "heyan"

    def test_the_setting_is_read(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HEYAN_CACHE_DIR", str(tmp_path))
        assert Settings().cache_dir == tmp_path
