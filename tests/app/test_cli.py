"""The command line as it is called: what it prints, and its exit status."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import CRASHED
from tests.app.services import BODY, EXAMPLE, PERSON, example
from tests.app.shell import Shell, is_one_clear_line
from tests.model_server import completion, model_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    """The address of a model that writes a body which passes, and one that does not."""
    with model_server(lambda body: completion("额度有20万。", BODY)) as served:
        yield served.url


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, model_url: str) -> Shell:
    """A shell in an empty directory; the terminal is wide enough for whole lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEYAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HEYAN_MODEL_URL", model_url)
    monkeypatch.setenv("HEYAN_LOG_LEVEL", "error")
    monkeypatch.setenv("COLUMNS", "400")
    return Shell(monkeypatch, capsys)


class TestWrite:
    """heyan write"""

    def test_prints_the_answer_as_json(self, shell: Shell, tmp_path: Path) -> None:
        file = tmp_path / "request.json"
        file.write_text(json.dumps(EXAMPLE), "utf-8")
        first = shell("write", str(file), "--json", "--explain")
        assert (first.status, first.err) == (0, "")
        assert first.json["source"] == "model"
        assert first.json["rejected"]
        again = shell("write", str(file), "--json")
        assert again.json == {name: value for name, value in first.json.items() if name != "rejected"}
        other = shell("write", "-", given=json.dumps(example(channel="sms")).encode())
        is_one_clear_line(other, "request_id")

    def test_shows_the_answer(self, shell: Shell) -> None:
        outcome = shell("write", "-", "--explain", given=json.dumps(EXAMPLE).encode())
        assert (outcome.status, outcome.err) == (0, "")
        for words in ("可以说", "gen_z", "开场", "最高可申请20万元", "rejected", "语速"):
            assert words in outcome.out

    def test_shows_a_refusal(self, shell: Shell) -> None:
        outcome = shell("write", "-", given=json.dumps(example(customer={"opted_out": True})).encode())
        assert outcome.status == 0
        assert "不得拨打" in outcome.out
        assert "gate.opted_out" in outcome.out

    def test_a_file_that_is_missing(self, shell: Shell) -> None:
        is_one_clear_line(shell("write", "nothing.json"), "nothing.json", "No such file")

    def test_a_file_that_is_a_directory(self, shell: Shell, tmp_path: Path) -> None:
        is_one_clear_line(shell("write", str(tmp_path)), "directory")

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": "\\ud800"}'])
    def test_what_is_no_json(self, shell: Shell, body: bytes) -> None:
        is_one_clear_line(shell("write", "-", given=body), "not valid JSON")

    def test_a_wrong_field_is_named(self, shell: Shell) -> None:
        outcome = shell("write", "-", given=json.dumps({**EXAMPLE, "nonsense": PERSON["mobile"]}).encode())
        assert outcome.status == 2
        assert outcome.err.startswith("the request breaks the contract\n  nonsense: ")
        assert PERSON["mobile"] not in outcome.err


class TestReview:
    """heyan review"""

    def test_a_text_that_may_not_be_said(self, shell: Shell) -> None:
        outcome = shell("review", "您放心，百分百获批。", "--scenario", "acquisition", "--stage", "body")
        assert outcome.status == 1
        assert outcome.out.startswith("block  您放心，百分百获批。\n")
        assert "“百分百获批”" in outcome.out

    def test_personal_data_are_masked_on_the_screen_too(self, shell: Shell) -> None:
        outcome = shell("review", "-", given=f"打{PERSON['mobile']}".encode())
        assert outcome.status == 0
        assert outcome.out.startswith("mask  打")
        assert PERSON["mobile"] not in outcome.out

    def test_markup_is_shown_as_it_is(self, shell: Shell) -> None:
        assert "您好[bold]" in shell("review", "您好[bold]").out

    def test_one_is_answered_as_one(self, shell: Shell) -> None:
        outcome = shell("review", "您好，请问现在方便吗？", "--json")
        assert outcome.status == 0
        assert (outcome.json["action"], outcome.json["checked"]) == ("allow", ["phrases", "personal_data"])

    def test_a_batch_is_answered_as_a_batch(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "batch.json").write_text(json.dumps({"items": [{"text": "您好"}, {"text": "百分百获批"}]}))
        outcome = shell("review", "batch.json", "--json")
        assert outcome.status == 1
        assert [answer["action"] for answer in outcome.json["items"]] == ["allow", "block"]

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"12"])
    def test_a_file_that_is_no_review(self, shell: Shell, tmp_path: Path, body: bytes) -> None:
        (tmp_path / "bad.json").write_bytes(body)
        outcome = shell("review", "bad.json")
        assert outcome.status == 2
        assert "Traceback" not in outcome.err

    def test_a_file_that_is_missing(self, shell: Shell) -> None:
        is_one_clear_line(shell("review", "nothing.json"), "nothing.json")

    def test_bytes_that_are_no_text(self, shell: Shell) -> None:
        is_one_clear_line(shell("review", "-", given=b"\xff\xfe"), "UTF-8")
        is_one_clear_line(shell("review", "\udcff"), "UTF-8")

    @pytest.mark.parametrize(("option", "value"), [("--scenario", "sell"), ("--stage", "middle")])
    def test_a_name_that_is_unknown(self, shell: Shell, option: str, value: str) -> None:
        outcome = shell("review", "您好", option, value)
        assert outcome.status == 2
        assert f"  {option[2:]}: " in outcome.err

    def test_a_file_with_one_review_may_be_wrong_too(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "one.json").write_text(json.dumps({"text": "好", "stage": "middle"}))
        outcome = shell("review", "one.json")
        assert outcome.status == 2
        assert "  stage: " in outcome.err


class TestCrashes:
    """Exit status 1 is a verdict: nothing else ends with it."""

    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> Path:
        """A copy of the program in which files can be broken; wording and models are the shipped ones."""
        root = tmp_path / "program"
        for name in ("app", "guards", "lexicons"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("prompts", "models"):
            (root / name).symlink_to(ROOT / name)
        return root

    @staticmethod
    def review(root: Path, program: str = "from app.cli import main; main()") -> "subprocess.CompletedProcess[str]":
        """`heyan review` of a text that may not be said, in a folder."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("HEYAN_", "PYTHONPATH"))}
        return subprocess.run(
            [sys.executable, "-c", program, "review", "百分百获批"],
            cwd=root,
            env={**ours, "HEYAN_DATA_DIR": str(root / "var"), "HEYAN_CACHE_DIR": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_broken_table_of_disguises_is_one_line_and_no_verdict(self, elsewhere: Path) -> None:
        file = elsewhere / "lexicons" / "_spelling" / "split.tsv"
        file.write_text("Z\t信\n" + file.read_text("utf-8"), "utf-8")
        done = self.review(elsewhere)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"{file}:1: Z must have 2 to 4 characters\n"

    def test_a_missing_table_of_disguises_is_one_line_and_no_verdict(self, elsewhere: Path) -> None:
        (elsewhere / "lexicons" / "_spelling" / "look_alikes.tsv").unlink()
        done = self.review(elsewhere)
        assert (done.returncode, done.stdout) == (2, "")
        assert "look_alikes.tsv:1: cannot be read" in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize(
        "broken",
        ["raise ZeroDivisionError", "raise SystemExit(1)", "raise BrokenPipeError(32, 'gone')", "raise EOFError"],
    )
    def test_what_nobody_foresaw_is_no_verdict(self, elsewhere: Path, broken: str) -> None:
        (elsewhere / "app" / "reviews.py").write_text(broken + "\n", "utf-8")
        done = self.review(elsewhere)
        assert (done.returncode, done.stdout) == (CRASHED, "")

    def test_an_interruption_is_no_verdict(self, elsewhere: Path) -> None:
        (elsewhere / "app" / "reviews.py").write_text("raise KeyboardInterrupt\n", "utf-8")
        assert self.review(elsewhere).returncode == 130


class TestDecisions:
    """heyan decisions"""

    def test_what_was_said_is_exported(self, shell: Shell) -> None:
        said = shell("write", "-", "--json", given=json.dumps(EXAMPLE).encode()).json
        shell("write", "-", given=json.dumps(example(request_id="c-2", customer={"opted_out": True})).encode())
        shell("review", "您好")
        outcome = shell("decisions", "export")
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.json == {
            "script_id": said["script_id"],
            "scenario": "acquisition",
            "generation": "gen_z",
            "strategy": said["strategy"],
            "tags": ["asked_rate", "browsing_loan"],
            "offer": None,
            "body": BODY,
            "source": "model",
        }
        assert len(outcome.out.splitlines()) == 1

    def test_an_approved_body_is_exported_with_its_source(self, shell: Shell) -> None:
        shell("write", "-", given=json.dumps(example(options={"source": "pool"})).encode())
        told = shell("decisions", "export").json
        assert told["source"] == "approved"
        assert "{年化利率}" in told["body"]

    def test_times_bound_it(self, shell: Shell) -> None:
        shell("write", "-", given=json.dumps(EXAMPLE).encode())
        past, future = "2020-01-01T00:00:00+08:00", "2199-01-01T00:00:00Z"
        assert shell("decisions", "export", "--since", past, "--until", future).json["body"] == BODY
        assert shell("decisions", "export", "--since", future).out == ""
        assert shell("decisions", "export", "--until", past).out == ""

    @pytest.mark.parametrize("given", ["", "yesterday", "2026-11-22", "2026-11-22T10:05:00", "1700000000"])
    @pytest.mark.parametrize("option", ["--since", "--until"])
    def test_a_time_must_say_where_it_is(self, shell: Shell, option: str, given: str) -> None:
        is_one_clear_line(shell("decisions", "export", option, given), option, "a time with an offset")


class TestSettings:
    """What stops every command."""

    def test_an_unknown_setting(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HEYAN_MODEL_ULR", "x")
        is_one_clear_line(shell("keys", "list"), "HEYAN_MODEL_ULR")

    def test_a_store_that_cannot_be_written(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "var").write_text("no directory")
        is_one_clear_line(shell("keys", "list"), "cannot write the store")

    def test_serving_beyond_loopback_needs_a_key(self, shell: Shell) -> None:
        is_one_clear_line(shell("serve", "--host", "0.0.0.0"), "heyan keys create")  # noqa: S104

    @pytest.mark.parametrize("given", ["heyan", "/a b", "https://example.com/heyan", "//"])
    def test_a_prefix_that_is_no_path_is_refused(self, shell: Shell, given: str) -> None:
        is_one_clear_line(shell("serve", "--root-path", given), "--root-path")


class TestImports:
    """A command loads what it needs, in a process of its own."""

    @pytest.fixture
    def loaded(self, tmp_path: Path) -> Callable[..., set[str]]:
        """The packages of libraries, and the modules of this project, that a command leaves loaded."""

        def run(*arguments: str) -> set[str]:
            program = (
                f"import sys; sys.argv = {['heyan', *arguments]!r}\n"
                "from app.cli import main\n"
                "try: main()\n"
                "except SystemExit as end: status = end.code\n"
                "print('loaded', *{name.partition('.')[0] for name in sys.modules}, *sys.modules)"
            )
            done = subprocess.run(
                [sys.executable, "-c", program],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "HEYAN_DATA_DIR": str(tmp_path), "HEYAN_LOG_LEVEL": "error"},
                capture_output=True,
                text=True,
                check=True,
            )
            return set(done.stdout.splitlines()[-1].split())

        return run

    @pytest.mark.parametrize(
        "arguments",
        [("--help",), ("keys", "--help"), ("people", "--help"), ("contacts", "import", "--help"), ("review", "--help")],
    )
    def test_help_needs_no_part_of_the_service(
        self, loaded: Callable[..., set[str]], arguments: tuple[str, ...]
    ) -> None:
        assert not loaded(*arguments) & {"guards", "sqlalchemy", "fastapi", "uvicorn", "asyncio", "torch"}

    def test_keys_need_the_store_alone(self, loaded: Callable[..., set[str]]) -> None:
        loaded("keys", "create", "engine", "--role", "caller")
        packages = loaded("keys", "list")
        assert "sqlalchemy" in packages
        assert not packages & {
            "guards.types",
            "guards.text",
            "presidio_analyzer",
            "jieba",
            "pypinyin",
            "opencc",
            "torch",
            "fastapi",
            "rich",
            "argon2",
        }
        assert "alembic" not in packages  # the store was at its newest schema already

    def test_a_review_needs_no_model_and_no_server(self, loaded: Callable[..., set[str]]) -> None:
        packages = loaded("review", "您好")
        assert "presidio_analyzer" in packages
        assert not packages & {"torch", "transformers", "spacy", "fastapi", "uvicorn"}


def test_no_command_explains_itself(shell: Shell) -> None:
    outcome = shell()
    for command in ("serve", "write", "review", "keys", "people", "decisions", "contacts", "audit"):
        assert command in outcome.out + outcome.err


class TestLogs:
    """A command's answer is what matters; its logs stay quiet unless somebody asked for them."""

    def test_nothing_below_a_warning_is_told_unless_it_was_asked_for(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("HEYAN_LOG_LEVEL")
        assert shell("write", "-", "--json", given=json.dumps(EXAMPLE).encode()).err == ""
        monkeypatch.setenv("HEYAN_LOG_LEVEL", "debug")
        assert '"level": "debug"' in shell("write", "-", "--json", given=json.dumps(EXAMPLE).encode()).err

    def test_a_warning_is_one_json_line(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HEYAN_LOG_LEVEL")
        monkeypatch.setenv("HEYAN_MODEL_URL", "http://127.0.0.1:1")
        written = shell("write", "-", "--json", given=json.dumps(EXAMPLE).encode())
        assert written.json["source"] == "fallback"
        assert {json.loads(line)["level"] for line in written.err.splitlines()} == {"warning"}
