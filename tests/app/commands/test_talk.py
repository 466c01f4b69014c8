"""heyan talk as it is called, without a terminal: a line a turn, plain output."""

import json
from pathlib import Path

import pytest

from tests.app.shell import Shell, is_one_clear_line
from tests.app.turns.calls import DEBT


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """A shell in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEYAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HEYAN_LOG_LEVEL", "error")
    return Shell(monkeypatch, capsys)


def test_a_scripted_call_in_this_process(shell: Shell) -> None:
    lines = "是我\n没钱还啊最近\n/save bug.json\n/退回\n我要找人工\n"
    outcome = shell("talk", "--local", "--scenario", "collection_m1", given=lines.encode())
    assert (outcome.status, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    for words in ("逾期1–30天 · 王先生，33岁", "本人吗", "听懂：没钱", "记下：有困难", "接下来：转人工"):
        assert words in outcome.out
    kept = json.loads(Path("bug.json").read_text("utf-8"))
    assert kept["transcript"][-1] == {"role": "customer", "text": "没钱还啊最近"}
    again = shell("talk", "--local", "--case", "bug.json", given=b"")
    assert again.out.startswith("—— bug.json ——\n机器人：")
    assert "听懂：没钱" in again.out


def test_a_case_of_ones_own(shell: Shell) -> None:
    Path("case.json").write_text(json.dumps(DEBT), "utf-8")
    outcome = shell("talk", "--local", "--case", "case.json", given="打错了\n".encode())
    assert outcome.status == 0
    assert "王先生" in outcome.out
    assert "记下：打错了" in outcome.out


def test_who_is_known_is_not_asked_who_he_is(shell: Shell) -> None:
    outcome = shell("talk", "--local", "--scenario", "bill_reminder", "--verified", given=b"")
    assert "本人吗" not in outcome.out
    assert "对方：是本人" in outcome.out


def test_nobody_at_the_address_is_told_and_is_no_success(shell: Shell) -> None:
    outcome = shell("talk", "--url", "http://127.0.0.1:9", "--scenario", "acquisition", given=b"")
    assert outcome.status == 2
    assert "没有答上：连不上 http://127.0.0.1:9" in outcome.out
    assert "Traceback" not in outcome.err


def test_without_a_terminal_it_must_be_said_who_is_called(shell: Shell) -> None:
    is_one_clear_line(shell("talk", "--local"), "--scenario", "--case")


def test_what_is_no_scenario_or_no_case_is_one_clear_line(shell: Shell) -> None:
    is_one_clear_line(shell("talk", "--scenario", "sell"), "--scenario", "collection_m1")
    is_one_clear_line(shell("talk", "--case", "nothing.json"), "nothing.json", "No such file")
    is_one_clear_line(shell("talk", "--case", "nothing.json", "--scenario", "acquisition"), "one of them")
    for content in (b"{", b"[]", b'{"case": 1}', b'{"case": {}, "transcript": [1]}'):
        Path("bad.json").write_bytes(content)
        is_one_clear_line(shell("talk", "--case", "bad.json"), "bad.json")


def test_bytes_that_are_no_text(shell: Shell) -> None:
    outcome = shell("talk", "--url", "http://127.0.0.1:9", "--scenario", "acquisition", given=b"\xff\xfe\n")
    assert outcome.status == 2
    assert "UTF-8" in outcome.err
