"""YAML files that are sent are measured before they are taken apart; what real files need passes."""

import pytest

from app.lexicon import uploads
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.transfer import Format, imported
from app.lexicon.yaml_size import MostRead, first_key, size_problems
from tests.app.lexicon.rules import SHIPPED, SMALL

KNOWN = {"family": "", "gates": "gates.yaml"}
FEW = MostRead(bytes=2**20, values=6, sure=10)


def refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Problem:
    """Why a file is not taken, which is seen without taking it apart."""
    monkeypatch.setattr(uploads, "parse_document", None)
    monkeypatch.setattr(uploads, "RuleFiles", None)
    with pytest.raises(ChangeRefused) as raised:
        imported(SMALL, content, Format.YAML)
    (problem,) = raised.value.problems
    return problem


def test_a_file_of_very_many_values_is_refused_at_the_line_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = refused(b"- a\n" * 2_000_000, monkeypatch)
    assert (problem.code, problem.line) == ("too_many_values", 300_000)
    assert problem.message.startswith("rules.yaml 第 300000 行")


def test_a_file_of_very_many_bytes_is_refused_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = refused(b"#" * (12 * 2**20 + 1), monkeypatch)
    assert (problem.code, problem.message) == (
        "too_large",
        "rules.yaml 有 12.0 MB，一个文件最多 12 MB。请拆成几个文件，分几次导入。",
    )


def test_fifty_thousand_phrases_with_an_example_each_and_all_shipped_files_are_not_too_much() -> None:
    items = "".join(f"- 您好，这是第{number:05}号保证通过，请您放心。\n" for number in range(50_000))
    assert list(size_problems({**SHIPPED.contents, "new.yaml": f"a:\n{items}b:\n{items}".encode()})) == []


def test_values_of_all_files_together_are_counted() -> None:
    assert list(size_problems({"a.yaml": b"[a, b]", "b.yaml": b"{c: d}"}, FEW)) == []
    (problem,) = size_problems({"a.yaml": b"[a, b]", "b.yaml": b"{c: d,\n e: f}"}, FEW)
    assert (problem.code, problem.file, problem.line) == ("too_many_values", "b.yaml", 2)


def test_only_a_large_file_that_is_broken_is_told_of_without_a_second_reading() -> None:
    (problem,) = size_problems({"a.yaml": b"a: b\nc: [\n- d"}, FEW)
    assert (problem.code, problem.line) == ("unreadable_file", 3)
    assert list(size_problems({"a.yaml": b"a: ["}, FEW)) == []
    assert [each.code for each in size_problems({"a.yaml": b"\xff" * 20}, FEW)] == ["unreadable_file"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("family: promise\nrules: [", ("family", "promise")),
        ("title: family\nrules: [{family: no}]\nfamily: yes", ("family", "yes")),
        ("a: &b 1\nc: *b\nfamily: x", ("family", "x")),
        ("x: 1\ngates:\n - family: no", ("gates", "")),
        ("- family", ("", "")),
        ("[[", ("", "")),
    ],
)
def test_what_a_file_is_stands_in_its_first_known_key(text: str, expected: tuple[str, str]) -> None:
    assert first_key(text.encode(), KNOWN) == expected
