"""YAML files that are sent: slips of typing by file and line in Chinese, and the change that they ask for."""

import pytest

from app.lexicon.changes import apply
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.uploads import file_problems, import_yaml
from tests.app.lexicon.rules import DAY, SHIPPED

FILE = """\
family: extra
folding: tight
rules:
  - id: extra.one
    title: 承诺
    action: block
    phrases: [包过件, 必过件]
    reason: 不得承诺
    source: {law: 广告法, force: law}
    effective: {from: 2026-01-01}
    examples: {hits: [我们包过件], misses: [通过]}
"""
SLIPS: dict[str, tuple[str, str, str, int]] = {
    "colon": ("title: 承诺", "title：承诺", "full_width_colon", 5),
    "comma": ("包过件, 必过件", "包过件，必过件", "full_width_comma", 7),
    "bracket": ("[包过件, 必过件]", "【包过件, 必过件】", "full_width_bracket", 7),
    "space": ("action: block", "action:block", "no_space", 6),
    "tab": ("    reason", "\treason", "tab", 8),
    "open list": ("必过件]", "必过件", "unreadable_file", 8),
    "key twice": ("    reason", "    title: 又一个\n    reason", "unreadable_file", 8),
    "misspelt key": ("reason:", "reasn:", "unknown_field", 8),
    "no such day": ("2026-01-01", "2026-02-30", "unreadable_file", 10),
    "no such folding": ("folding: tight", "folding: loose", "unknown_value", 2),
    "no rules": ("rules:", "rule:", "unknown_field", 4),
    "two rules of one id": ("rules:\n", "rules:\n" + FILE.split("rules:\n")[1], "duplicate_id", 12),
}


def told(text: str | bytes) -> list[Problem]:
    """What is wrong with a file."""
    return file_problems({"extra.yaml": text.encode() if isinstance(text, str) else text})


@pytest.mark.parametrize(("old", "new", "code", "line"), SLIPS.values(), ids=SLIPS)
def test_a_slip_of_typing_is_named_by_file_and_line(old: str, new: str, code: str, line: int) -> None:
    assert FILE.count(old) == 1
    problem = next(problem for problem in told(FILE.replace(old, new)) if problem.code == code)
    assert (problem.file, problem.line) == ("extra.yaml", line)
    assert problem.message.startswith(f"extra.yaml 第 {line} 行：")


def test_the_shipped_files_have_no_problems_and_ask_for_nothing() -> None:
    assert file_problems(SHIPPED.contents) == []
    assert not import_yaml(SHIPPED, SHIPPED.contents)


def test_what_is_no_utf_8_is_told_as_such() -> None:
    assert [problem.code for problem in told(FILE.encode("gb18030"))] == ["unreadable_file"]


def test_a_file_becomes_a_change_that_leads_to_it() -> None:
    change = import_yaml(SHIPPED, {"extra.yaml": FILE.encode()}, "t")
    assert [added["id"] for added in change.adds] == ["extra.one"]
    text = SHIPPED.contents["threat.yaml"].decode().replace("title: ", "title: 新", 1)
    change = import_yaml(SHIPPED, {"threat.yaml": text.encode()})
    assert apply(SHIPPED, change, since=DAY).contents["threat.yaml"].decode() == text


def test_nothing_of_a_broken_upload_is_taken() -> None:
    with pytest.raises(ChangeRefused) as raised:
        import_yaml(SHIPPED, {"extra.yaml": FILE.encode(), "more.yaml": b"a: [", "../x.yaml": b""})
    assert raised.value.problems
