"""Logs: one JSON object a line, personal data masked."""

import json
from collections.abc import Iterator

import pytest
import structlog

from app.logs import configure_logs
from guards.policy import Policy


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave the logs as they were."""
    yield
    structlog.reset_defaults()


def test_one_masked_object_a_line(policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", policy.personal_data.masked)
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
def test_also_inside_of_other_values(value: object, policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", policy.personal_data.masked)
    structlog.get_logger("heyan").info("answered", detail=value)
    assert "13812345678" not in capsys.readouterr().err


def test_bound_context_is_masked(policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", policy.personal_data.masked)
    with structlog.contextvars.bound_contextvars(request_id="13812345678"):
        structlog.get_logger("heyan").info("answered")
    assert "13812345678" not in capsys.readouterr().err


def test_less_than_the_level_is_silent(policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", policy.personal_data.masked)
    structlog.get_logger("heyan").info("answered")
    assert capsys.readouterr().err == ""
