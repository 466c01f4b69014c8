"""Data sets: what may be taught is judged, split and written whole; anything else is named and nothing is written."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from finetune.cli import main
from finetune.dataset.build import Sources, build, split_of
from finetune.dataset.folder import describe, replace_folder, write
from finetune.dataset.rows import DpoRow, KtoRow, SftRow, read_rows, template_of
from finetune.screening.gate import Gate
from finetune.screening.judge import Judge, shipped_policy
from guards.lexicon.documents import DocumentError

_HEADER = "场景,年龄段,策略,标签,方案,正文"
_BODIES = [f"先跟您说成本，{{年化利率}}。{ask}" for ask in ("您哪天有空看看？", "您自己看看合不合适。", "用不用都行。")]
_PHONE = "13800138000"


@pytest.fixture(scope="module")
def gate(vocabulary: Vocabulary) -> Gate:
    """A gate with the shipped rules."""
    return Gate(Judge(shipped_policy(ROOT, vocabulary), vocabulary))


def _approved(tmp_path: Path, *rows: str) -> Sources:
    path = tmp_path / "house.csv"
    path.write_text("\n".join((_HEADER, *rows)), "utf-8")
    return Sources(approved=[path])


def _pairs(tmp_path: Path, *rows: str) -> Sources:
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(("场景,年龄段,正文,违规", *rows)), "utf-8")
    return Sources(pairs=[path])


def _calls(tmp_path: Path, rows: list[tuple[dict[str, object], dict[str, object]]]) -> Sources:
    """Decisions and outcomes of calls, each with a script of its own unless it names one."""
    decisions, outcomes = tmp_path / "decisions.jsonl", tmp_path / "outcomes.jsonl"
    said, ended = [], []
    for number, (decision, outcome) in enumerate(rows):
        said.append(
            {
                "script_id": f"S{number}",
                "scenario": "acquisition",
                "generation": "gen_z",
                "strategy": "rate_first",
                "tags": [],
                "offer": None,
                "body": _BODIES[number % 3],
                "source": "model",
            }
            | decision
        )
        ended.append({"script_id": f"S{number}", "outcome": "neutral", "matured": True} | outcome)
    decisions.write_text("".join(json.dumps(each) + "\n" for each in said), "utf-8")
    outcomes.write_text("".join(json.dumps(each) + "\n" for each in ended), "utf-8")
    return Sources(decisions=[decisions], outcomes=[outcomes])


def _planted(**decision: object) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Six hundred calls in which one strategy wins and one loses."""
    draw = random.Random(3)
    rows: list[tuple[dict[str, object], dict[str, object]]] = []
    for number in range(600):
        strategy = ("rate_first", "benefit_first")[number % 2]
        weights = (12, 60, 28) if strategy == "rate_first" else (1, 50, 49)
        outcome = draw.choices(["convert", "neutral", "hang_up"], weights)[0]
        rows.append(({"strategy": strategy} | decision, {"outcome": outcome}))
    return rows


def _reported(sources: Sources, vocabulary: Vocabulary, gate: Gate) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        build(sources, 0.1, vocabulary, gate)
    return refused.value.problems


def test_approved_scripts_become_targets_that_say_where_they_come_from(
    tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    rows = (f"获客,Z世代,,,,{_BODIES[0]}", f"获客,,,,,{_BODIES[0]}", f"获客,老年,,,,{_BODIES[1]}")
    dataset = build(_approved(tmp_path, *rows), 0.1, vocabulary, gate)
    sft = [row for row in dataset.rows["sft"] if isinstance(row, SftRow)]
    assert [(row.meta.source, row.brief.generation.value, row.body) for row in sft] == [
        ("house.csv:2", "gen_z", _BODIES[0]),
        ("house.csv:3", "young", _BODIES[0]),
        ("house.csv:3", "middle_aged", _BODIES[0]),
        ("house.csv:3", "senior", _BODIES[0]),
        ("house.csv:4", "senior", _BODIES[1]),
    ]
    assert dataset.fates["approved"] == {"rows": 5, "repeated": 1}
    assert {(row.meta.strategy, row.meta.segment) for row in sft} == {
        (row.brief.strategy, f"acquisition/{row.brief.generation.value}") for row in sft
    }


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("获客,Z世代,,,,{年化利率}，保证获批。您看看？", "body: may not be said: "),
        (f"获客,Z世代,,,,{{年化利率}}，加我微信heyan{_PHONE}。", "body: "),
        (
            "获客,Z世代,,,,每月还{月还款}。成本是{年化利率}。",
            "body: is no usable skeleton: 先说{年化利率}，再说每月的数",
        ),
        (f"获客,Z世代,,,,王小明先生，{_BODIES[0]}", "body: names a person"),
        ("获客,Z世代,,,,成本是{年化利率}", "body: is no usable skeleton: 最后一句没有说完，要用句号或问号结尾"),
        ("逾期1–30天,老年,,,,您可以延期，缓几个月再还。应还{应还金额}。", "body: may not be said: "),
    ],
)
def test_what_may_not_be_said_is_no_target(
    row: str, problem: str, tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    reported = _reported(_approved(tmp_path, row), vocabulary, gate)
    assert any(each.startswith(f"{tmp_path}/house.csv:2: {problem}") for each in reported)
    assert not any(each in line for line in reported for each in (_PHONE, "王小明"))


def test_a_pair_becomes_a_preference(tmp_path: Path, vocabulary: Vocabulary, gate: Gate) -> None:
    dataset = build(_pairs(tmp_path, f"获客,Z世代,{_BODIES[0]},{{年化利率}}，保证获批。"), 0.1, vocabulary, gate)
    (row,) = dataset.rows["dpo"]
    assert isinstance(row, DpoRow)
    assert (row.chosen, row.rejected) == (_BODIES[0], "{年化利率}，保证获批。")
    assert row.meta.template == template_of(_BODIES[0])


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (f"{_BODIES[0]},{_BODIES[1]}", "violation: no rule stops it, so the pair proves nothing"),
        ("{年化利率}，保证获批。,{年化利率}，百分百获批。", "body: may not be said: "),
        (f"{_BODIES[0]},请找住在朝阳区建国路八十八号院三号楼二单元五零一室的张伟。", "violation: holds personal data"),
        (f"{_BODIES[0]},王小明先生，{{年化利率}}，保证获批。", "violation: holds personal data"),
    ],
)
def test_a_pair_that_proves_nothing_is_named(
    pair: str, problem: str, tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    reported = _reported(_pairs(tmp_path, f"获客,Z世代,{pair}"), vocabulary, gate)
    assert any(each.startswith(f"{tmp_path}/pairs.csv:2: {problem}") for each in reported)


def test_a_planted_preference_becomes_labels_in_balance(tmp_path: Path, vocabulary: Vocabulary, gate: Gate) -> None:
    dataset = build(_calls(tmp_path, _planted()), 0.1, vocabulary, gate)
    kto = [row for row in dataset.rows["kto"] if isinstance(row, KtoRow)]
    assert {(row.brief.strategy, row.label) for row in kto} == {("rate_first", True), ("benefit_first", False)}
    assert Counter(row.label for row in kto) == {True: 3, False: 3}
    assert dataset.fates["decisions"] == {"repeated": 594, "unbalanced": 0}
    assert dataset.fates["outcomes"] == {"used": 600}
    for row in kto:
        assert row.meta.counts is not None
        assert sum(row.meta.counts.values()) == 300
        assert row.meta.probability is not None
        assert (row.meta.probability > 0.9) is row.label


def test_a_side_with_more_bodies_gives_only_as_many(tmp_path: Path, vocabulary: Vocabulary, gate: Gate) -> None:
    rows = [
        (said | {"body": _BODIES[0]} if said["strategy"] == "rate_first" else said, ended) for said, ended in _planted()
    ]
    dataset = build(_calls(tmp_path, rows), 0.1, vocabulary, gate)
    assert Counter(row.label for row in dataset.rows["kto"] if isinstance(row, KtoRow)) == {True: 1, False: 1}
    assert dataset.fates["decisions"]["unbalanced"] == 2


def test_what_the_rules_stop_today_is_never_wanted_whatever_it_earned(
    tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    forbidden = "{年化利率}，保证获批。"
    rows = [(said | {"body": forbidden} if n < 30 else said, ended) for n, (said, ended) in enumerate(_planted())]
    dataset = build(_calls(tmp_path, rows), 0.1, vocabulary, gate)
    taught = {(row.label, row.body) for row in dataset.rows["kto"] if isinstance(row, KtoRow)}
    assert (True, forbidden) not in taught
    assert dataset.fates["decisions"]["not_compliant"] == 15


def test_outcomes_that_mean_nothing_are_counted_and_left_out(
    tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    rows = _planted()
    rows += [({}, {"matured": False}), ({}, {"script_id": "unknown"}), ({"source": "fallback"}, {})]
    dataset = build(_calls(tmp_path, rows), 0.1, vocabulary, gate)
    assert dataset.fates["outcomes"] == {"used": 600, "not_matured": 1, "without_decision": 1, "of_fallbacks": 1}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([({}, {}), ({"script_id": "S0"}, {})], "decisions.jsonl:2: the script stands already at "),
        ([({}, {}), ({}, {"script_id": "S0"})], "outcomes.jsonl:2: the call of this script ended already at "),
        ([({}, {}), ({}, {"propensity": 0.5})], "outcomes.jsonl:2: acquisition/gen_z: all calls have a prop"),
        ([({}, {"script_id": "A"}), ({}, {"script_id": "B"})], "outcomes.jsonl:1: most outcomes have no decision"),
        ([({"body": "去朝阳区建国路八十八号院三号楼二单元五零一室。"}, {})], "decisions.jsonl:1: body: "),
        ([({"body": f"王总您好，{_BODIES[0]}"}, {})], "decisions.jsonl:1: body: holds personal data"),
    ],
)
def test_calls_that_cannot_be_joined_are_named(
    rows: list[tuple[dict[str, object], dict[str, object]]],
    problem: str,
    tmp_path: Path,
    vocabulary: Vocabulary,
    gate: Gate,
) -> None:
    reported = _reported(_calls(tmp_path, rows), vocabulary, gate)
    assert any(each.startswith(f"{tmp_path}/{problem}") for each in reported)


def test_single_calls_are_no_preference(tmp_path: Path, vocabulary: Vocabulary, gate: Gate) -> None:
    rows: list[tuple[dict[str, object], dict[str, object]]] = [
        ({}, {"outcome": "convert"}),
        ({"strategy": "benefit_first"}, {"outcome": "complaint"}),
    ]
    reported = _reported(_calls(tmp_path, rows), vocabulary, gate)
    assert reported == [f"{tmp_path}/{name}.jsonl:1: no row came of it" for name in ("decisions", "outcomes")]


@pytest.mark.parametrize(
    ("sources", "problem"),
    [
        (Sources(), "give scripts (--approved)"),
        (Sources(decisions=[Path("decisions.jsonl")]), "--decisions and --outcomes tell something only together"),
        (Sources(outcomes=[Path("outcomes.jsonl")]), "--decisions and --outcomes tell something only together"),
    ],
)
def test_sources_that_cannot_give_a_row_are_refused(
    sources: Sources, problem: str, vocabulary: Vocabulary, gate: Gate
) -> None:
    (reported,) = _reported(sources, vocabulary, gate)
    assert reported.startswith(problem)


def test_the_name_of_a_file_holds_no_personal_data(tmp_path: Path, vocabulary: Vocabulary, gate: Gate) -> None:
    path = tmp_path / f"{_PHONE}.csv"
    path.write_text(f"{_HEADER}\n获客,Z世代,,,,{_BODIES[0]}", "utf-8")
    (reported,) = _reported(Sources(approved=[path]), vocabulary, gate)
    assert "the name of the file holds personal data" in reported
    assert _PHONE not in reported


def test_one_wording_is_never_on_both_sides_and_the_share_is_kept() -> None:
    templates = [template_of(str(number)) for number in range(4000)]
    for share in (0.0, 0.1, 0.5):
        kept_out = {each for each in templates if split_of(each, share) == "validation"}
        assert len(kept_out) == pytest.approx(4000 * share, rel=0.15)
    more = {each for each in templates if split_of(each, 0.2) == "validation"}
    assert {each for each in templates if split_of(each, 0.1) == "validation"} < more


@pytest.fixture
def everything(tmp_path: Path) -> Sources:
    """One file of each kind; a wording stands in all of them."""
    calls = _calls(tmp_path, _planted())
    approved = _approved(tmp_path, *(f"获客,,,,,{body}" for body in _BODIES))
    pairs = _pairs(tmp_path, *(f"获客,,{body},{body}保证获批。" for body in _BODIES))
    return Sources(approved.approved, calls.decisions, calls.outcomes, pairs.pairs)


def test_a_data_set_is_written_with_a_report_that_its_files_bear_out(
    tmp_path: Path, everything: Sources, vocabulary: Vocabulary, gate: Gate
) -> None:
    output = tmp_path / "datasets" / "house"
    report = write(build(everything, 0.5, vocabulary, gate), output)
    assert report == json.loads((output / "dataset.json").read_text("utf-8"))
    assert {each.name for each in output.iterdir()} == {"dataset.json", "dpo.jsonl", "kto.jsonl", "sft.jsonl"}
    sides: dict[str, set[str]] = {}
    for name, of in report["files"].items():
        rows = read_rows(output / name, name.removesuffix(".jsonl"), vocabulary)
        splits = Counter(row.meta.split for row in rows)
        assert (of["rows"], of["train"], of["validation"]) == (len(rows), splits["train"], splits["validation"])
        assert of["sha256"] == hashlib.sha256((output / name).read_bytes()).hexdigest()
        assert sum(count for segment in of["coverage"].values() for count in segment.values()) == len(rows)
        for row in rows:
            sides.setdefault(row.meta.template, set()).add(row.meta.split)
    assert len(sides) == len(_BODIES)
    assert all(len(splits) == 1 for splits in sides.values())
    assert [(each["kind"], each["name"]) for each in report["sources"]] == [
        ("approved", "house.csv"),
        ("decisions", "decisions.jsonl"),
        ("outcomes", "outcomes.jsonl"),
        ("pairs", "pairs.csv"),
    ]
    house = everything.approved[0].read_bytes()
    assert (
        report["sources"][0] | {"sha256": hashlib.sha256(house).hexdigest(), "bytes": len(house)}
        == report["sources"][0]
    )
    assert str(tmp_path) not in "".join(each.read_text("utf-8") for each in output.iterdir())
    assert report["files"]["kto.jsonl"]["labels"].keys() == {"train", "validation"}
    assert any("rate_first: 300 calls" in line and line.endswith(": desirable") for line in describe(report))


def test_the_same_sources_give_the_same_bytes(
    tmp_path: Path, everything: Sources, vocabulary: Vocabulary, gate: Gate
) -> None:
    contents = []
    for name in ("first", "second"):
        write(build(everything, 0.1, vocabulary, gate), tmp_path / name)
        contents.append({each.name: each.read_bytes() for each in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]


def test_a_data_set_takes_the_place_of_an_older_one_and_of_nothing_else(
    tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    dataset = build(_approved(tmp_path, f"获客,,,,,{_BODIES[0]}"), 0.1, vocabulary, gate)
    output = tmp_path / "house"
    write(dataset, output)
    (output / "kto.jsonl").write_text("of an older one", "utf-8")
    write(dataset, output)
    assert sorted(each.name for each in output.iterdir()) == ["dataset.json", "sft.jsonl"]
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("dear", "utf-8")
    for taken in (other, tmp_path / "house.csv"):
        with pytest.raises(DocumentError, match="is no data set, and will not be replaced"):
            write(dataset, taken)
    assert (other / "letter.txt").read_text("utf-8") == "dear"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["house", "house.csv", "letters"]


def test_a_data_set_that_cannot_be_written_leaves_the_older_one_and_nothing_else(
    tmp_path: Path, vocabulary: Vocabulary, gate: Gate
) -> None:
    dataset = build(_approved(tmp_path, f"获客,,,,,{_BODIES[0]}"), 0.1, vocabulary, gate)
    output = tmp_path / "house"
    before = write(dataset, output)
    broken: dict[str, Any] = {"no": object()}
    with pytest.raises(TypeError):
        write(type(dataset)(dataset.rows, [broken], [], 0.1, "rules"), output)
    assert json.loads((output / "dataset.json").read_text("utf-8")) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["house", "house.csv"]


def test_an_older_folder_steps_back_when_the_new_one_cannot_take_its_place(tmp_path: Path) -> None:
    older = tmp_path / "house"
    older.mkdir()
    (older / "dataset.json").write_text("{}", "utf-8")
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "missing", older)
    assert [each.name for each in tmp_path.iterdir()] == ["house"]
    assert (older / "dataset.json").read_text("utf-8") == "{}"


def _run(*given: object) -> int:
    return main(["dataset", *map(str, given)])


def test_the_command_writes_a_data_set_and_says_what_is_in_it(
    tmp_path: Path, everything: Sources, capsys: pytest.CaptureFixture[str]
) -> None:
    files: Iterator[object] = (part for kind, paths in everything.by_kind().items() for part in (f"--{kind}", *paths))
    assert _run(*files, "--output", tmp_path / "house", "--validation", "0.5") == 0
    reported = capsys.readouterr().out
    assert "sft.jsonl: 12 rows of 3 wordings: " in reported
    assert "acquisition/gen_z benefit_first: 300 calls" in reported
    assert (tmp_path / "house" / "dataset.json").is_file()


def test_the_command_names_every_problem_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = _approved(
        tmp_path, "获可,,,,,利率3.6%。", f"获客,,,,,{_BODIES[0]}", "获客,,,,,{年化利率}，保证获批。"
    ).approved
    assert _run("--approved", path, "--output", tmp_path / "house") == 2
    reported = capsys.readouterr().err
    assert all(f"{path}:{row}: " in reported for row in (2, 4))
    assert f"{path}:3: " not in reported
    assert [each.name for each in tmp_path.iterdir()] == ["house.csv"]


def test_the_command_says_in_one_line_that_a_folder_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = _approved(tmp_path, f"获客,,,,,{_BODIES[0]}").approved
    output = path / "house"
    assert _run("--approved", path, "--output", output) == 1
    assert capsys.readouterr().err == f"{output}: cannot be written: File exists\n"


@pytest.mark.parametrize("share", ["0.6", "-0.1", "nan", "many"])
def test_a_share_that_is_none_is_refused(share: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--approved", "a.csv", "--output", tmp_path, "--validation", share) == 2
    assert "--validation" in capsys.readouterr().err


def test_the_shipped_examples_give_a_data_set(vocabulary: Vocabulary, gate: Gate) -> None:
    examples = ROOT / "finetune" / "examples"
    sources = Sources(approved=[examples / "house_style.csv"], pairs=[examples / "compliance_pairs.jsonl"])
    dataset = build(sources, 0.1, vocabulary, gate)
    assert {stage: len(rows) for stage, rows in dataset.rows.items()} == {"sft": 200, "dpo": 120}
