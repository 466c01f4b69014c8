"""Rows: what is written is read again, and every line that is no row is named with its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from finetune.dataset.rows import STAGES, DpoRow, KtoRow, Meta, Row, SftRow, Stage, read_rows, template_of, write_rows
from guards.lexicon.documents import DocumentError
from guards.types import Generation, Scenario

_BODY = "成本是{年化利率}。您看方便吗？"
_BRIEF = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", ("asked_rate",), ("年化利率",), ("产品名",))
_META = Meta("house.csv:2", template_of(_BODY), "train", "rate_first", "acquisition/gen_z")
_KTO_META = Meta(
    "decisions.jsonl:7", template_of(_BODY), "validation", "rate_first", "acquisition/gen_z", {"convert": 9}, 0.25, 0.97
)
_ROWS: dict[Stage, Row] = {
    "sft": SftRow(_BRIEF, _BODY, _META),
    "dpo": DpoRow(_BRIEF, _BODY, "百分百获批。", _META),
    "kto": KtoRow(_BRIEF, _BODY, False, _KTO_META),
}


def _object(stage: Stage, tmp_path: Path) -> dict[str, Any]:
    """The row of a stage as it is written."""
    write_rows(tmp_path / "one.jsonl", [_ROWS[stage]])
    found: dict[str, Any] = json.loads((tmp_path / "one.jsonl").read_text("utf-8"))
    return found


def _problems(path: Path, stage: Stage, vocabulary: Vocabulary) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        read_rows(path, stage, vocabulary)
    return refused.value.problems


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_written_is_read_again(stage: Stage, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / f"{stage}.jsonl"
    write_rows(path, [_ROWS[stage], _ROWS[stage]])
    assert read_rows(path, stage, vocabulary) == [_ROWS[stage]] * 2
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_brief_is_written_with_the_names_of_its_fields_and_chinese_as_itself(tmp_path: Path) -> None:
    assert _object("sft", tmp_path)["brief"] == {
        "scenario": "acquisition",
        "generation": "gen_z",
        "strategy": "rate_first",
        "tags": ["asked_rate"],
        "slots": ["年化利率"],
        "optional_slots": ["产品名"],
        "offer": None,
    }
    assert _BODY in (tmp_path / "one.jsonl").read_text("utf-8")


def test_a_row_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    path.write_text("what was there before\n", "utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_rows(path, [_ROWS["sft"], SftRow(_BRIEF, "半个字符\ud800", _META)])
    assert path.read_text("utf-8") == "what was there before\n"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def _set(*keys: str, to: object) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for key in keys[:-1]:
            row = row[key]
        row[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    ("stage", "change", "problem"),
    [
        ("sft", _set("extra", to=1), "extra: Extra inputs are not permitted"),
        ("sft", _set("brief", "extra", to=1), "brief.extra: Extra inputs are not permitted"),
        ("sft", _set("meta", "extra", to=1), "meta.extra: Extra inputs are not permitted"),
        ("sft", _set("body", to=""), "body: String should have at least 1 character"),
        ("sft", _set("brief", "scenario", to="sales"), "brief.scenario: Input should be"),
        ("sft", _set("brief", "scenario", to="collection_m3_plus"), "is left to a person"),
        ("sft", _set("brief", "strategy", to="remind_plain"), "brief.strategy: is no strategy of acquisition"),
        ("sft", _set("brief", "tags", to=["no_such"]), "brief.tags: number 1 is no tag that acquisition takes up"),
        (
            "sft",
            _set("brief", "tags", to=["asked_rate", "data_source_asked"]),
            "brief.tags: number 2 is no tag that acquisition takes up",
        ),
        ("sft", _set("brief", "tags", to=["no_money"]), "brief.tags: number 1 is no tag that acquisition takes up"),
        ("sft", _set("brief", "tags", to=["asked_rate", "county", "first_loan"]), "at most 2 different tags"),
        ("sft", _set("brief", "tags", to=["county", "county"]), "at most 2 different tags"),
        ("sft", _set("brief", "tags", to=["said_no_need"]), "brief.tags: number 1 is no tag that acquisition takes up"),
        ("sft", _set("brief", "tags", to="county"), "brief.tags: Input should be a valid tuple"),
        ("sft", _set("brief", "slots", to=["年化利率", "利率"]), "brief.slots: an unknown slot"),
        ("sft", _set("brief", "optional_slots", to=["年化利率"]), "one that stands there twice"),
        ("sft", _set("brief", "slots", to=[]), "brief.slots: the body uses others"),
        ("sft", _set("brief", "offer", to="deferral"), "brief.offer: one of deferral, instalment, waiver"),
        ("sft", _set("meta", "split", to="test"), "meta.split: Input should be"),
        ("sft", _set("meta", "template", to="0" * 64), "meta.template: is not the SHA-256 of the body"),
        ("sft", _set("meta", "segment", to="acquisition/senior"), "strategy or segment differ"),
        ("sft", _set("meta", "strategy", to="benefit_first"), "strategy or segment differ"),
        ("dpo", _set("rejected", to=""), "rejected: String should have at least 1 character"),
        ("dpo", _set("chosen", to="好的。"), "meta.template: is not the SHA-256 of the body"),
        ("kto", _set("label", to="true"), "label: Input should be a valid boolean"),
        ("kto", _set("label", to=1), "label: Input should be a valid boolean"),
        ("kto", _set("meta", "propensity", to=1.5), "meta.propensity: Input should be less than or equal to 1"),
        ("kto", _set("meta", "counts", to={"convert": -1}), "meta.counts.convert: Input should be greater"),
    ],
)
def test_what_is_no_row_is_named_with_its_line(
    stage: Stage, change: Callable[[dict[str, Any]], None], problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    row = _object(stage, tmp_path)
    good = json.dumps(row)
    change(row)
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{good}\n{json.dumps(row)}\n", "utf-8")
    reported = _problems(path, stage, vocabulary)
    assert all(each.startswith(f"{path}:2: ") for each in reported)
    assert any(problem in each for each in reported)


def test_rows_of_another_stage_are_none(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_rows(tmp_path / "dpo.jsonl", [_ROWS["dpo"]])
    assert any("body: Field required" in each for each in _problems(tmp_path / "dpo.jsonl", "sft", vocabulary))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "is no JSON: Expecting property name"),
        ("[]", "is no JSON object"),
        ('{"body": "a", "body": "b"}', "is no JSON: a key stands here twice"),
        ('{"label": NaN}', "is no JSON: NaN is no number of JSON"),
        ("[" * 100_000, "is no JSON: nested too deeply"),
        (r'{"body": ["\ud800"]}', r"is no JSON: half a character (\ud800 to \udfff) stands alone"),
        (r'{"\udc00": 1}', r"is no JSON: half a character"),
    ],
)
def test_a_line_that_is_no_object_is_named(line: str, problem: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(f"\n{line}\n", "utf-8")
    (reported,) = _problems(path, "sft", vocabulary)
    assert reported.startswith(f"{path}:2: {problem}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "rows.jsonl"
    assert _problems(path, "sft", vocabulary) == [f"{path}:1: cannot be read: No such file or directory"]
    path.write_bytes("正文".encode("gb18030"))
    assert _problems(path, "sft", vocabulary) == [f"{path}:1: cannot be read: it is not UTF-8"]


def test_of_many_problems_fifty_are_reported_and_the_rest_counted(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("[]\n" * 53, "utf-8")
    reported = _problems(path, "sft", vocabulary)
    assert reported[49:] == [f"{path}:50: is no JSON object", "and 3 more problems"]


def test_a_blank_line_and_a_byte_order_mark_are_no_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "rows.jsonl"
    write_rows(path, [_ROWS["sft"]])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert read_rows(path, "sft", vocabulary) == [_ROWS["sft"]]
