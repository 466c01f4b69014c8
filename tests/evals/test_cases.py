"""Case files: what is read, what is refused, and that the shipped ones are sound and not from the training corpus."""

import csv
import re
from collections import Counter
from pathlib import Path

import orjson
import pytest

from app.approved.skeleton import sentences
from app.approved.vocabulary import read_vocabulary
from app.settings import ROOT
from evals.__main__ import CASES
from evals.cases import CaseError, ReviewCase, ScriptCase, read_cases
from finetune.folders import CORPUS
from finetune.lines.reader import read_lines
from guards.types import Generation, Scenario

_SCRIPT = '{"id": "a", "request": {"scenario": "acquisition"}, "expected": {"action": "speak"}}'
_REVIEW = '{"id": "b", "request": {"text": "您好。"}, "expected": {"action": "allow"}}'


def _file(folder: Path, *lines: str, name: str = "cases.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_a_request_with_a_text_is_a_review(tmp_path: Path) -> None:
    dataset = read_cases([_file(tmp_path, _SCRIPT, "", _REVIEW)])
    assert [type(case) for case in dataset.cases] == [ScriptCase, ReviewCase]
    assert [case.id for case in dataset.scripts] == ["a"]
    assert [case.id for case in dataset.reviews] == ["b"]


def test_the_digest_follows_the_bytes_and_not_the_name(tmp_path: Path) -> None:
    one = read_cases([_file(tmp_path, _SCRIPT, name="one.jsonl")]).digest
    assert one == read_cases([_file(tmp_path, _SCRIPT, name="two.jsonl")]).digest
    assert one != read_cases([_file(tmp_path, _REVIEW, name="two.jsonl")]).digest


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["{"], "cases.jsonl:1: no JSON"),
        ([_SCRIPT, _SCRIPT], "cases.jsonl:2: a stands already at"),
        ([_SCRIPT.replace('"speak"', '"shout"')], "cases.jsonl:1: expected.action"),
        ([_SCRIPT.replace('"expected"', '"wanted"')], "cases.jsonl:1: wanted"),
        (["[]"], "cases.jsonl:1:"),
        ([""], "there are no cases"),
    ],
)
def test_unusable_files_are_refused_with_file_and_line(tmp_path: Path, lines: list[str], problem: str) -> None:
    with pytest.raises(CaseError, match=re.escape(problem)):
        read_cases([_file(tmp_path, *lines)])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"none\.jsonl"):
        read_cases([tmp_path / "none.jsonl"])


def test_the_shipped_cases_cover_every_generation_in_every_spoken_scenario() -> None:
    dataset = read_cases(sorted(CASES.glob("*.jsonl")))
    families = Counter(case.family for case in dataset.scripts if case.family)
    covered = {
        (case.request["scenario"], case.id.rsplit(".", 1)[-1]) for case in dataset.scripts if case.family is not None
    }
    spoken = [scenario for scenario in Scenario if scenario is not Scenario.COLLECTION_M3_PLUS]
    assert covered == {(scenario.value, generation.value) for scenario in spoken for generation in Generation}
    assert set(families.values()) == {len(Generation)}
    assert len(dataset.scripts) >= 60
    assert len(dataset.reviews) >= 40


def test_members_of_a_family_differ_in_the_person_only() -> None:
    families: dict[str, set[bytes]] = {}
    for case in read_cases(sorted(CASES.glob("*.jsonl"))).scripts:
        if case.family is None:
            continue
        customer = {key: case.request["customer"][key] for key in case.request["customer"] if key not in _PERSON}
        same = orjson.dumps({**case.request, "customer": customer}, option=orjson.OPT_SORT_KEYS)
        families.setdefault(case.family, set()).add(same)
    assert {family: len(variants) for family, variants in families.items()} == dict.fromkeys(families, 1)


_PERSON = ("age", "surname", "honorific")


def test_no_case_says_a_line_of_the_corpus_or_of_the_examples() -> None:
    vocabulary = read_vocabulary(ROOT / "prompts")
    examples = ROOT / "finetune" / "examples"
    with (examples / "house_style.csv").open(encoding="utf-8") as table:
        taught = [row["正文"] for row in csv.DictReader(table)]
    taught += [orjson.loads(pair)["body"] for pair in (examples / "compliance_pairs.jsonl").read_text().splitlines()]
    assert len(taught) == 320
    taught += [line.text for line in read_lines(CORPUS, vocabulary)]
    learnt = {_bare(part) for text in taught for part in (text, *sentences(text))}
    dataset = read_cases(sorted(CASES.glob("*.jsonl")))
    texts = [str(case.request["text"]) for case in dataset.reviews]
    said = {_bare(text) for text in texts} | {
        _bare(sentence) for text in texts for sentence in re.split("(?<=[。！？])", text) if len(_bare(sentence)) > 3
    }
    assert "您看哪天方便" not in said  # what the comparison would find
    assert said.isdisjoint(learnt)


def _bare(text: str) -> str:
    return re.sub(r"[^\w{}]", "", text)
