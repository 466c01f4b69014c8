"""Data files: each kind of problem names the file and the line on which it stands."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from guards.lexicon.documents import DocumentError, LibyamlLoader, read_document

ROOT = Path(__file__).parents[3]


class Item(BaseModel):
    """A shape to check against."""

    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = 0


def write(directory: Path, content: str | bytes) -> Path:
    """A file `file.yaml` with that content."""
    path = directory / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


UNREADABLE = {
    "no YAML": ("a: 1\nb: [1\nc: 2", 3, "expected"),
    "bad indentation": ("a: 1\n  b: 2", 2, "mapping values are not allowed"),
    "tab": ("a:\n\tb: 1", 2, "cannot start any token"),
    "two documents": ("a: 1\n---\nb: 2", 2, "another document"),
    "key twice": ("a: 1\nb: 2\na: 3", 3, "'a' stands here twice"),
    "key twice, deep": ("a:\n  - b: 1\n    c: 2\n    b: 3", 4, "'b' stands here twice"),
    "no such day": ("a: 1\nfrom: 2026-02-30", 2, "day is out of range"),
    "no such tag": ("a: 1\nb:\n  - !secret x", 3, "!secret"),
    "wrong tag": ("a: 1\nb: !!int x", 2, "invalid literal"),
    "merge key": ("a: 1\n<<: {b: 2}", 2, "'<<' cannot be read"),
    "key that is a list": ("a: 1\n? [b, c]\n: d", 2, "a key must be a single value"),
    "alias": ("a: &x [1]\nb: *x", 1, "an alias"),
    "alias of itself": ("a: 1\nb: &x [*x]", 2, "an alias"),
    "unknown alias": ("a: 1\nb: *x", 2, "undefined alias"),
    "control character": ("a: 1\nb: \x01", 1, "special characters"),
    "not UTF-8": (b"a: \xff\xfe", 1, "cannot be read"),
    "too deep": ("[" * 5000, 1, "nested too deeply"),
}


@pytest.mark.parametrize(("content", "line", "problem"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_named_by_file_and_line(
    content: str | bytes, line: int, problem: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DocumentError) as raised:
        read_document(path)
    (told,) = raised.value.problems
    assert told.startswith(f"{path}:{line}: ")
    assert problem in told


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(DocumentError) as raised:
            read_document(path)
        assert raised.value.problems[0].startswith(f"{path}:1: cannot be read")


MISFITS = {
    "unknown key": ("- name: a\n  sise: 3", [(2, "0.sise")]),
    "wrong type": ("- name: a\n- name: b\n  size: many", [(3, "1.size")]),
    "missing key": ("- name: a\n- size: 1", [(2, "1")]),
    "wrong shape": ("name: a", [(1, "Input should be a valid list")]),
    "all at once": ("- name: 1\n- name: b\n  size: x\n  other: y", [(1, "0.name"), (3, "1.size"), (4, "1.other")]),
    "empty file": ("", [(1, "Input should be a valid list")]),
    "comment only": ("# nothing\n", [(1, "Input should be a valid list")]),
}


@pytest.mark.parametrize(("content", "wanted"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_named_by_file_and_line(
    content: str, wanted: list[tuple[int, str]], tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DocumentError) as raised:
        read_document(path).check(list[Item])
    assert len(raised.value.problems) == len(wanted)
    for told, (line, where) in zip(raised.value.problems, wanted, strict=True):
        assert told.startswith(f"{path}:{line}: {where}")
    assert str(raised.value) == "\n".join(raised.value.problems)


def test_what_fits_is_returned_as_its_kind(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "- {name: 一, size: 2}\n- name: b"))
    assert document.check(list[Item]) == [Item(name="一", size=2), Item(name="b")]


def test_the_line_of_a_value_is_its_own_or_that_of_what_encloses_it(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "\na:\n  b:\n    - 1\n    - 2\n"))
    assert document.line(("a", "b", 1)) == 5
    assert document.line(("a", "b", 7, "c")) == document.line(("a", "b")) == 4
    assert document.line(("z",)) == 2
    assert str(document.error(("a", "b", 1), "wrong")) == f"{document.path}:5: a.b.1: wrong"


SHIPPED = [*sorted((ROOT / "lexicons").glob("*.yaml")), *sorted((ROOT / "prompts").glob("*.yaml"))]
ODD = {
    "a value below its key": "a:\n\n  b:\n  - 1\nc:\n# told later\n- 1\n-\n- 2",
    "long texts": "a:\n  - |\n    x\n    y\n  - >-\n    z\n\nb: \"x\n  y\"\nc: 'd\n\n  e'",
    "tags and anchors": "a: &x\n\n  - !!str 1\nb: !!map\n  c: 1",
    "flow": "{a: 1,\n b: [1,\n2],\n c: {d: [\n], e: f}}",
    "nothing": "a:\n\n\nb:\n-\n-\n  c: 1",
    "explicit keys": "? a\n: b\n? |\n  c\n: - d\n  - e",
}


def lines(node: yaml.Node) -> list[tuple[str, int]]:
    """The tag and the line of a node and of all within."""
    within: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        within = node.value
    elif isinstance(node, yaml.MappingNode):
        within = [each for pair in node.value for each in pair]
    return [(node.tag, node.start_mark.line + 1), *(line for each in within for line in lines(each))]


@pytest.mark.parametrize("text", [*(path.read_text("utf-8") for path in SHIPPED), *ODD.values()])
def test_libyaml_finds_everything_on_the_lines_on_which_pyyaml_finds_it(text: str) -> None:
    fast, plain = yaml.compose(text, Loader=LibyamlLoader), yaml.compose(text, Loader=yaml.SafeLoader)
    assert fast is not None
    assert plain is not None
    assert lines(fast) == lines(plain)


@pytest.mark.parametrize(
    ("text", "data"), [("a:\t1", {"a": 1}), ("[a?b, c]", ["a?b", "c"]), ("{a?: 1}", {"a?": 1}), ("a: \t b", {"a": "b"})]
)
def test_libyaml_takes_a_little_that_pyyaml_alone_refuses(text: str, data: object, tmp_path: Path) -> None:
    with pytest.raises(yaml.YAMLError):
        yaml.compose(text, Loader=yaml.SafeLoader)
    assert read_document(write(tmp_path, text)).data == data


def test_a_file_is_read_without_libyaml_too(tmp_path: Path) -> None:
    path = write(tmp_path, "a:\n  - 1\n  - b: 2\n")
    program = (
        "import sys, pathlib\n"
        "sys.modules['yaml._yaml'] = None\n"
        "import yaml\n"
        "from guards.lexicon.documents import read_document\n"
        "read = read_document(pathlib.Path(sys.argv[1]))\n"
        "print(yaml.__with_libyaml__, read.data, read.line(('a', 1, 'b')))"
    )
    done = subprocess.run([sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False {'a': [1, {'b': 2}]} 3"


def test_a_name_that_stands_earlier_is_told_where_it_stands_again(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, "items:\n  - a\n  - b\n  - a\n"))
    assert document.repeated(["a", "b"], ("items",)) == []
    (told,) = document.repeated(["a", "b", "a"], ("items",))
    assert told.endswith("file.yaml:4: items.2: a is already defined above")
