"""Logs: one JSON object a line, personal data masked, and everything as it was when they are over."""

import io
import json
import logging
import sys
from typing import Any

import pytest
import structlog

from app.logs import configured_logs, line_writer
from guards.policy import Policy


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged since the last look."""
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def in_force() -> tuple[Any, ...]:
    """All that a set-up changes."""
    root = logging.getLogger()
    config = structlog.get_config()
    return (
        structlog.is_configured(),
        config["processors"],
        config["wrapper_class"],
        config["logger_factory"],
        list(root.handlers),
        root.level,
        logging.getLogger("httpx").level,
    )


class TestMasking:
    def test_one_masked_object_a_line(self, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
        with configured_logs("info", policy.personal_data.masked):
            structlog.get_logger("heyan").warning("客户13812345678来电", phone="13812345678", count=3, nested={"a": 1})
        out, err = capsys.readouterr()
        line = json.loads(err)
        assert out == ""
        assert "13812345678" not in err
        assert (line["level"], line["count"], line["nested"]) == ("warning", 3, {"a": 1})
        assert line["timestamp"].endswith("Z")

    @pytest.mark.parametrize(
        "value",
        [
            {"mobile": "13812345678"},
            ["13812345678"],
            ("13812345678",),
            {"customers": [{"mobile": "13812345678"}]},
            ValueError("no room for 13812345678"),
            b"13812345678",
            13812345678,
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_also_inside_of_other_values(
        self, value: object, policy: Policy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with configured_logs("info", policy.personal_data.masked):
            structlog.get_logger("heyan").info("answered", detail=value)
        assert "13812345678" not in capsys.readouterr().err

    def test_bound_context_is_masked(self, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
        with (
            configured_logs("info", policy.personal_data.masked),
            structlog.contextvars.bound_contextvars(request_id="13812345678"),
        ):
            structlog.get_logger("heyan").info("answered")
        (line,) = lines(capsys)
        assert "13812345678" not in line["request_id"]

    def test_what_libraries_log_is_masked_as_well(self, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
        with configured_logs("info", policy.personal_data.masked):
            try:
                raise ValueError("13812345678")
            except ValueError:
                logging.getLogger("some.library").exception("no answer for %s", "13812345678")
            logging.getLogger("httpx").info("a request")
        (line,) = lines(capsys)
        assert (line["source"], line["failure"], line["level"]) == ("some.library", "ValueError", "error")
        assert "13812345678" not in json.dumps(line)


class TestLevels:
    def test_less_than_the_level_is_silent(self, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
        with configured_logs("warning", policy.personal_data.masked):
            structlog.get_logger("heyan").info("answered")
            logging.getLogger("some.library").info("answered")
        line_writer("warning").info("answered")
        assert lines(capsys) == []

    def test_a_line_of_ones_own_goes_through_at_its_level(
        self, policy: Policy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with configured_logs("error", policy.personal_data.masked):
            line_writer("debug").debug("answered", status=200)
        (line,) = lines(capsys)
        assert (line["event"], line["level"], line["status"]) == ("answered", "debug", 200)


def test_a_line_that_nobody_can_read_ends_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    with configured_logs("info", str):
        line_writer("info").info("answered")
        logging.getLogger("some.library").error("failed")


class TestAfterwards:
    def test_everything_is_as_it_was(self, policy: Policy) -> None:
        before = in_force()
        with configured_logs("debug", policy.personal_data.masked):
            assert in_force() != before
        assert in_force() == before

    def test_also_when_the_work_failed(self, policy: Policy) -> None:
        before = in_force()
        with pytest.raises(RuntimeError), configured_logs("debug", policy.personal_data.masked):
            raise RuntimeError
        assert in_force() == before

    def test_a_handler_that_somebody_added_meanwhile_stays(self, policy: Policy) -> None:
        root, handler = logging.getLogger(), logging.NullHandler()
        with configured_logs("debug", policy.personal_data.masked):
            root.addHandler(handler)
        assert handler in root.handlers
        root.removeHandler(handler)

    def test_one_inside_of_another_gives_way_to_it(self, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
        with configured_logs("info", policy.personal_data.masked):
            outer = in_force()
            with configured_logs("error", policy.personal_data.masked):
                structlog.get_logger("heyan").info("inside")
            assert in_force() == outer
            structlog.get_logger("heyan").info("outside")
        assert [line["event"] for line in lines(capsys)] == ["outside"]

    def test_the_first_of_two_that_overlap_may_end_first(
        self, policy: Policy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = in_force()
        first = configured_logs("info", policy.personal_data.masked)
        second = configured_logs("warning", policy.personal_data.masked)
        first.__enter__()
        second.__enter__()
        during = in_force()
        first.__exit__(None, None, None)
        assert in_force() == during
        structlog.get_logger("heyan").warning("打13812345678")
        (line,) = lines(capsys)
        assert "13812345678" not in line["event"]
        second.__exit__(None, None, None)
        assert in_force() == before
