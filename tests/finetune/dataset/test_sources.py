"""Officers' tables and the service's exports: every format and name that is understood, every row that is not."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from finetune.dataset.calls import Decision, Outcome, read_decisions, read_outcomes
from finetune.dataset.sources import Approved, Pair, read_approved, read_pairs
from finetune.tables.jsonl import Problems
from guards.lexicon.documents import DocumentError
from guards.types import Generation, Scenario

_HEADER = "场景,年龄段,策略,标签,方案,正文"
_BODY = "先跟您说成本，{年化利率}。您哪天有空看看？"
_ROW = f"获客,Z世代,年化先讲,咨询过利率、县域,,{_BODY}"
_BRIEF = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", ("asked_rate", "county"), ("年化利率",))
_PLAN = "可以先办{延期期数}的延期。应还{应还金额}。您看哪天方便？"


def _approved(path: Path, vocabulary: Vocabulary) -> list[Approved]:
    problems = Problems()
    found = list(read_approved(path, vocabulary, problems))
    problems.check()
    return found


def _reported(read: Callable[[Problems], Iterator[object]]) -> list[str]:
    """What is reported of a file, of which nothing with a problem may come."""
    problems = Problems()
    found = list(read(problems))
    assert len(problems)
    assert not found
    with pytest.raises(DocumentError) as refused:
        problems.check()
    return refused.value.problems


def _file(tmp_path: Path, content: str, name: str = "house.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return path


def _workbook(tmp_path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column, value)
    book.save(tmp_path / "house.xlsx")
    return tmp_path / "house.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_each_encoding_of_officers(encoding: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(tmp_path, f"{_HEADER}\r\n\r\n{_ROW}\r\n", encoding=encoding)
    assert _approved(path, vocabulary) == [Approved(f"{path}:3", _BRIEF, _BODY)]


def test_a_workbook_is_read_with_the_numbers_of_its_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [
        [*_HEADER.split(",")],
        [],
        ["获客", "Z世代", "年化先讲", "咨询过利率、县域", None, _BODY],
    ]
    path = _workbook(tmp_path, rows, [])
    assert _approved(path, vocabulary) == [Approved(f"{path}:3", _BRIEF, _BODY)]


def test_a_formula_without_a_saved_value_is_named_by_its_cell(tmp_path: Path, vocabulary: Vocabulary) -> None:
    header: list[object] = ["场景", "年龄段", "标签", "正文"]
    path = _workbook(tmp_path, [header, ["获客", "Z世代", '="县"&"域"', _BODY], ["获客", "=B2", None, _BODY]], [])
    assert _reported(lambda problems: read_approved(path, vocabulary, problems)) == [
        f"{path}:2: C2 of sheet 1 is a formula without a saved value; calculate and save the workbook",
        f"{path}:3: B3 of sheet 1 is a formula without a saved value; calculate and save the workbook",
    ]


def test_of_a_formula_the_saved_value_is_read_also_when_it_is_empty(tmp_path: Path, vocabulary: Vocabulary) -> None:
    header: list[object] = ["场景", "年龄段", "标签", "策略", "正文"]
    path = _workbook(tmp_path, [header, ["获客", "Z世代", '="县"&"域"', '=""', _BODY]])
    saved = {
        '<c r="C2"><f>"县"&amp;"域"</f><v /></c>': '<c r="C2" t="str"><f>"县"&amp;"域"</f><v>县域</v></c>',
        '<c r="D2"><f>""</f><v /></c>': '<c r="D2" t="str"><f>""</f><v></v></c>',
    }
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for without, with_value in saved.items():
        assert without in sheet
        sheet = sheet.replace(without, with_value)
    with zipfile.ZipFile(path, "w") as book:
        for name, part in {**parts, "xl/worksheets/sheet1.xml": sheet.encode()}.items():
            book.writestr(name, part)
    (script,) = _approved(path, vocabulary)
    assert (script.brief.tags, script.brief.strategy) == (("county",), "rate_first")


_AS_JSON = {
    "场景": "获客",
    "generation": "gen_z",
    "策略": "rate_first",
    "标签": ["asked_rate", "县域"],
    "offer": None,
    "正文": _BODY,
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", f"scenario\tgeneration\tstrategy\ttags\tbody\n获客\tgen_z\trate_first\tasked_rate,county\t{_BODY}"),
        (
            "a.csv",
            f'Body ,备注,场景,Tags,Generation,STRATEGY\n"{_BODY}",说明,acquisition,咨询过利率；县域,z 世代,年化先讲',
        ),
        ("a.csv", f'场景,年龄段,策略,标签,正文\n獲客,Ｚ世代,年化先讲,咨询过利率，县域,"{_BODY[:8]}\n {_BODY[8:-1]}?"'),
        ("a.jsonl", json.dumps(_AS_JSON)),
    ],
)
def test_columns_and_names_are_understood_in_both_languages(
    name: str, content: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (script,) = _approved(_file(tmp_path, content, name), vocabulary)
    assert (script.brief, script.body) == (_BRIEF, _BODY)


def test_a_row_without_generation_and_strategy_stands_for_each_generation_with_its_own_strategy(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = _file(tmp_path, f"{_HEADER}\n获客,,,,,{_BODY}")
    assert [(each.brief.generation, each.brief.strategy) for each in _approved(path, vocabulary)] == [
        (Generation.GEN_Z, "rate_first"),
        (Generation.YOUNG, "benefit_first"),
        (Generation.MIDDLE_AGED, "rate_first"),
        (Generation.SENIOR, "plain_talk"),
    ]


def test_a_brief_asks_for_the_slots_of_the_body(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(
        tmp_path, f"{_HEADER}\n逾期1-30天,老年,,,延期,{_PLAN.replace('您看', '在{还款渠道}办{产品名}的延期，')}"
    )
    (script,) = _approved(path, vocabulary)
    assert script.brief == Brief(
        Scenario.COLLECTION_M1,
        Generation.SENIOR,
        "soothe_and_plan",
        (),
        ("延期期数", "应还金额"),
        ("还款渠道", "产品名"),
        "deferral",
    )


def test_a_workbook_whose_size_is_reported_wrong_is_read_whole(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _workbook(tmp_path, [["场景", "年龄段", "正文"], ["获客", "Z世代", _BODY]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            assert not name.endswith("sheet1.xml") or b'<dimension ref="A1:C2"' in part
            book.writestr(name, part.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"'))
    assert [each.body for each in _approved(path, vocabulary)] == [_BODY]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("获客,,,,,成本是年化利率3.6%。", "body: says a figure; write {年化利率} instead of the number"),
        ("获客,,,,,成本是年化利率３．６％。", "body: says a figure; write {年化利率} instead of the number"),
        ("获客,,,,,成本是年化利率百分之三点六。", "body: says a figure; write {年化利率} instead of the number"),
        ("获客,,,,,利率三厘。", "body: says a figure; write {年化利率} or {月利率} instead of the number"),
        ("获客,,,,,可以分十二期。", "body: says a figure; write {期数} or {延期期数} instead of the number"),
        ("获客,,,,,打95588就行。", "body: says a figure; write {卡尾号} or {客服热线} instead of the number"),
        ("获客,,,,,成本是{年利率}。", "body: names a slot that does not exist (nearest: 年化利率)"),
        ("获客,,,,,应还{应还金额}。", "{应还金额} is never known in acquisition"),
        (f"逾期1–30天,,,,,{_PLAN}", "says {延期期数} without the offer deferral"),
        (f"获可,,,,,{_BODY}", "scenario: is unknown here (nearest: 获客)"),
        (f"获客,零零后,,,,{_BODY}", "generation: is unknown here"),
        (f"获客,,直接提醒,,,{_BODY}", "strategy: is unknown here (nearest: 直接回应)"),
        (f"获客,,,农忙,,{_BODY}", "tags: is unknown here (nearest: 农忙季)"),
        (f"获客,,,没钱还,,{_BODY}", "brief.tags: number 1 is no tag that acquisition takes up with this strategy"),
        (f"获客,,,县域、首贷新客、通勤中,,{_BODY}", "brief.tags: at most 2 different tags"),
        (f"获客,,,,打折,{_BODY}", "offer: is unknown here"),
        (f"获客,,,,延期,{_BODY}", "brief.offer: one of deferral, instalment, waiver, and only in collection"),
        (
            f"逾期61天以上,,,,,{_BODY}",
            "brief.scenario: collection_m3_plus is left to a person; nothing is written for it",
        ),
        ("获客,,,,,", "body: must not be empty"),
        (f",,,,,{_BODY}", "scenario: must not be empty"),
        (f"获客,,,,,{_BODY},多一格", "has cells beyond the columns that the first row names"),
    ],
)
def test_a_row_that_means_nothing_is_named(row: str, problem: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(tmp_path, f"{_HEADER}\n{row}\n")
    assert f"{path}:2: {problem}" in _reported(lambda problems: read_approved(path, vocabulary, problems))


def test_days_that_are_reported_by_today_are_no_figures(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(tmp_path, f"{_HEADER}\n获客,Z世代,,,,成本是{{年化利率}}。您今天还是明天有一点时间？\n")
    assert len(_approved(path, vocabulary)) == 1


def test_problems_of_all_rows_are_reported_at_once_and_quote_nothing(tmp_path: Path, vocabulary: Vocabulary) -> None:
    phone = "13800138000"
    path = _file(
        tmp_path, f"{_HEADER}\n{phone},{phone},{phone},{phone},{phone},找{phone}。{{{phone}}}\n{phone},,,,,{phone}\n"
    )
    reported = _reported(lambda problems: read_approved(path, vocabulary, problems))
    assert {each.removeprefix(f"{path}:").split(":")[0] for each in reported} == {"2", "3"}
    assert {each.split(": ")[1] for each in reported} >= {"scenario", "generation", "tags", "offer", "body"}
    assert not any(phone in each for each in reported)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("场景,年龄,正文", "column 2 is unknown (nearest: 年龄段); known are 场景/scenario"),
        ("场景,策略", "lacks the columns body; known are 场景/scenario"),
        ("场景,正文,Body", "names the column body twice"),
    ],
)
def test_a_header_that_is_not_understood_is_named(
    header: str, problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = _file(tmp_path, f"\n{header}\n获客,Z世代,{_BODY}\n")
    reported = _reported(lambda problems: read_approved(path, vocabulary, problems))
    assert any(each.startswith(f"{path}:2: {problem}") for each in reported)


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("a.csv", f"{_HEADER}\n{_ROW}".encode("utf-16"), "1: is neither UTF-8 nor GB18030; save it as CSV UTF-8"),
        (
            "a.csv",
            f"{_HEADER}\n{_ROW}".encode().replace(b"\xe5\x85\x88", b"\xe5\x85"),
            "1: is UTF-8 with bytes on line 2",
        ),
        ("a.csv", b"\xef\xbb\xbf" + f"{_HEADER}\n{_ROW}".encode("gb18030"), "1: is UTF-8 with bytes on line 1"),
        ("a.csv", f'{_HEADER}\n"获"客,,,,,{_BODY}'.encode(), "2: is no table: "),
        ("a.csv", f'{_HEADER}\n"获客,,,,,{_BODY}'.encode(), "2: is no table: "),
        ("a.xlsx", b"PK\x03\x04 is no workbook", "1: is no XLSX workbook, or a damaged one"),
        ("a.xls", b"", "1: is none of .csv, .tsv, .xlsx and .jsonl"),
        ("a.jsonl", b'{"scenario": 3, "body": "a"}', "1: scenario: a text or a list of texts is expected"),
        ("a.jsonl", '{"scenario": "获客", "body": ["a", 3]}'.encode(), "1: body: a text or a list of texts is"),
        ("a.jsonl", '{"scenario": "获客", "body": "", "tag": "a"}'.encode(), "1: column 3 is unknown (nearest: tags)"),
    ],
)
def test_a_file_that_is_no_table_is_named(
    name: str, raw: bytes, problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    reported = _reported(lambda problems: read_approved(path, vocabulary, problems))
    assert any(each.startswith(f"{path}:{problem}") for each in reported)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.jsonl"])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    reported = _reported(lambda problems: read_approved(tmp_path / name, vocabulary, problems))
    assert reported == [f"{tmp_path / name}:1: cannot be read: No such file or directory"]


def test_rows_on_two_sheets_are_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _workbook(tmp_path, [[*_HEADER.split(",")]], [["旧话术"]])
    reported = _reported(lambda problems: read_approved(path, vocabulary, problems))
    assert reported == [f"{path}:1: holds rows on several sheets; only one may"]


def test_a_pair_takes_its_brief_from_the_compliant_body(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(tmp_path, f"场景,年龄段,正文,违规\n获客,Z世代,{_BODY},保证获批，百分之百通过。\n")
    problems = Problems()
    (pair,) = read_pairs(path, vocabulary, problems)
    problems.check()
    brief = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", (), ("年化利率",))
    assert pair == Pair(f"{path}:2", brief, _BODY, "保证获批，百分之百通过。")


@pytest.mark.parametrize(
    ("chosen", "rejected", "problem"),
    [
        ("利率3.6%。", "保证获批。", "body: says a figure; write "),
        (_BODY, "3.6%，保证获批。", "violation: says a figure; write "),
        (_BODY, "{利率}，保证获批。", "violation: names a slot that does not exist"),
        (_BODY, "成本是{年化利率}。尾号是{卡尾号}。您看方便吗？", "violation: {卡尾号} is never known in acquisition"),
    ],
)
def test_both_sides_of_a_pair_are_skeletons(
    chosen: str, rejected: str, problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = _file(tmp_path, f"场景,年龄段,chosen,rejected\n获客,Z世代,{chosen},{rejected}\n")
    reported = _reported(lambda problems: read_pairs(path, vocabulary, problems))
    assert all(each.startswith(f"{path}:2: {problem}") for each in reported)


def test_a_violation_may_promise_what_is_not_offered(tmp_path: Path, vocabulary: Vocabulary) -> None:
    body, violation = "您慢慢说。您看哪天方便？", "可以先办{延期期数}的延期。您看哪天方便？"
    path = _file(tmp_path, f"场景,年龄段,正文,违规\n逾期1–30天,老年,{body},{violation}\n")
    problems = Problems()
    (pair,) = read_pairs(path, vocabulary, problems)
    problems.check()
    assert (pair.brief.offer, pair.rejected) == (None, violation)


_DECISION: dict[str, object] = {
    "script_id": "01A",
    "scenario": "acquisition",
    "generation": "gen_z",
    "strategy": "rate_first",
    "tags": ["asked_rate", "county"],
    "offer": None,
    "body": _BODY,
    "source": "model",
}
_OUTCOME: dict[str, object] = {"script_id": "01A", "outcome": "hang_up", "matured": True, "propensity": 0.25}


def test_a_decision_is_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _file(tmp_path, json.dumps(_DECISION), "decisions.jsonl")
    problems = Problems()
    assert list(read_decisions(path, vocabulary, problems)) == [Decision(f"{path}:1", "01A", _BRIEF, _BODY, "model")]
    problems.check()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"source": "officer"}, "source: Input should be"),
        ({"strategy": "remind_plain"}, "brief.strategy: is no strategy of acquisition"),
        ({"tags": ["no_such"]}, "brief.tags: number 1 is no tag that acquisition takes up"),
        ({"offer": "deferral"}, "brief.offer: one of deferral"),
        ({"body": "成本是年化利率3.6%。"}, "body: says a figure"),
        ({"script_id": ""}, "script_id: String should have at least 1 character"),
        ({"text": "成本是3.6%。"}, "text: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_decision_is_named(
    change: dict[str, object], problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = _file(tmp_path, json.dumps(_DECISION | change), "decisions.jsonl")
    reported = _reported(lambda problems: read_decisions(path, vocabulary, problems))
    assert [each.startswith(f"{path}:1: {problem}") for each in reported] == [True]


def test_an_outcome_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps(_OUTCOME) + "\n" + json.dumps(_OUTCOME | {"propensity": None}), "o.jsonl")
    problems = Problems()
    assert list(read_outcomes(path, problems)) == [
        Outcome(f"{path}:1", "01A", "hang_up", True, 0.25),
        Outcome(f"{path}:2", "01A", "hang_up", True, None),
    ]
    problems.check()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"outcome": "sold"}, "outcome: Input should be"),
        ({"matured": "yes"}, "matured: Input should be a valid boolean"),
        ({"propensity": 0}, "propensity: Input should be greater than 0"),
        ({"propensity": 1.01}, "propensity: Input should be less than or equal to 1"),
        ({"propensity": "0.5"}, "propensity: Input should be a valid number"),
        ({"customer": "x"}, "customer: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_outcome_is_named(change: dict[str, object], problem: str, tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps(_OUTCOME | change), "outcomes.jsonl")
    reported = _reported(lambda problems: read_outcomes(path, problems))
    assert [each.startswith(f"{path}:1: {problem}") for each in reported] == [True]
