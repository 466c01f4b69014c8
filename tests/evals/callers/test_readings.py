"""Calls as texts and as lines of JSON."""

from pathlib import Path

import orjson

from evals.callers.readings import faults, line_of, readable, write_lines, write_readings
from tests.evals.callers.scripted import OPENING, Scripted, answer, customer, ended, matter, played


async def test_a_call_can_be_read_from_its_beginning_to_what_was_wrong() -> None:
    call = await played(
        Scripted(answer(), matter(), ended()), customer({"when": ["any"], "lines": [{"text": "", "interrupts": True}]})
    )
    text = readable(call)
    assert "M1催收" in text
    assert f"机器  {OPENING[: (len(OPENING) + 1) // 2]}——" in text
    assert "客户  （没有声音）" in text
    assert "核实身份前露出：还没收到" not in text
    assert "核实身份前露出：3460" in text
    assert "结果：结束通话" in text
    assert "应当：结束通话（promise_to_pay）" in text
    assert "结束得不对" in text


async def test_a_call_without_faults_says_so() -> None:
    call = await played(Scripted(answer(), matter(), ended("end_call", "promise_to_pay")))
    assert faults(call) == []
    assert "问题：没有" in readable(call)


async def test_a_line_of_json_holds_every_turn_and_the_end(tmp_path: Path) -> None:
    call = await played(Scripted(answer(), matter(), ended("end_call", "promise_to_pay")))
    record = orjson.loads(line_of(call, seed=1))
    assert (record["id"], record["action"], record["ends_right"]) == ("somebody", "end_call", True)
    assert [turn["customer"] for turn in record["turns"]] == ["是我", "二十五号还一千五", None]
    assert record["turns"][1]["may_be_told"] is True
    write_lines(tmp_path / "deep" / "calls.jsonl", [call, call], seed=1)
    assert len((tmp_path / "deep" / "calls.jsonl").read_text("utf-8").splitlines()) == 2


async def test_only_the_first_round_of_calls_that_are_kept_is_written(tmp_path: Path) -> None:
    kept, other = customer(id="kept", reading=True), customer(id="other")
    calls = [await played(Scripted(ended()), each, round_) for each in (kept, other) for round_ in (1, 2)]
    files = write_readings(tmp_path / "calls", calls)
    assert [file.name for file in files] == ["kept.txt"]
    assert files[0].read_text("utf-8").startswith("kept")
