"""YAML files that somebody sends: every problem at once by file and line, or the change that leads to them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from app.lexicon.differences import change_between
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, kind_of_file
from app.lexicon.labels import FIELDS
from app.lexicon.problems import ChangeRefused, Problem, shown
from app.lexicon.shapes import shape_problems, translated
from app.lexicon.yaml_size import size_problems
from guards.lexicon.documents import DocumentError, Location, parse_document
from guards.lexicon.rules import Family

_COLON = re.compile(r"^\s*(?:- +)?[\"']?(?P<name>[a-z_]+|[\u4e00-\u9fff]{1,6})[\"']?\s*：")
_NO_SPACE = re.compile(rf"^\s*(?:- +)?(?P<name>{'|'.join(FIELDS)}):(?=[^\s])")
_WORDS = (
    "phrases|except|words|with|unless_before|unless_between|unless_act|stating|states|scenarios|stages|channels|callees"
)
"""Lists whose items are words; a sentence may hold a comma of its own."""
_LIST = re.compile(rf"^\s*(?:- +)?(?P<name>{_WORDS}):\s*(?:\[[^\"'\]]*(?P<comma>[，、])|(?P<bracket>[【［「]))")
_TAB = re.compile(r"^ *\t")
_EXPLAINING = frozenset({"full_width_colon", "full_width_bracket", "no_space", "tab"})
"""Slips of typing that break a file; where nothing is broken they are none."""
_PLACE = re.compile(r"^(?P<file>[^:]*):(?P<line>\d+): (?P<told>.*)$", re.DOTALL)
_TOLD = (
    (r"stands here twice", "同一个名称写了两次，请留一个"),
    (r"an alias", "不能用 & 和 * 引用，请把内容写全"),
    (r"is nested too deeply", "层次套得太深"),
    (r"cannot be read", "有读不出来的字，请存成 UTF-8"),
    (r"already defined", "这个规则编号前面已经用过了，请换一个"),
    (r"mapping values are not allowed", "缩进不对，或者内容里有冒号没有加引号"),
    (r"could not find expected ':'|while scanning a simple key", "“名称: 内容”少了半角冒号，或者缩进不对"),
    (r"expected ',' or '[\]}]'|did not find expected ',' or", "方括号或花括号没有配对，或者少了半角逗号"),
    (r"cannot start any token", "开头的字符不能这样用，请加引号；缩进要用空格，不能用 Tab"),
    (r"unexpected end of stream|quoted scalar", "引号没有配对"),
    (r"expected <block end>|did not find expected", "缩进不对，或者引号、括号没有配对"),
    (r"another document", "文件里不能有“---”分开的第二份内容"),
)


def import_yaml(files: RuleFiles, contents: Mapping[str, bytes], title: str = "") -> Change:
    """The change that leads from these files to the same with others in their place.

    A file that was not sent stays; a rule that is gone from a file that was sent is retired.

    Raises:
        ChangeRefused: naming file and line of every problem; then nothing is taken.
    """
    if problems := file_problems(contents):
        raise ChangeRefused(problems)
    after = files.replaced(contents)
    try:
        return change_between(files, after, title)
    except (DocumentError, ValidationError) as broken:
        told = "规则文件读不通过，请先改正。"
        raise ChangeRefused([Problem(code="unreadable_file", message=told, english=str(broken))]) from None


def file_problems(contents: Mapping[str, bytes]) -> list[Problem]:
    """Everything that is wrong with the form of YAML files, by file and line; of what is too large that alone."""
    if problems := list(size_problems(contents)):
        return problems
    try:
        files = RuleFiles(contents)
    except DocumentError as strange:
        return [_told(line) for line in strange.problems]
    seen: dict[str, str] = {}
    for name in files.contents:
        found = list(_typing(name, files.contents[name]))
        try:
            found += _shapes(files, name)
            for rule in files.rules_of(name):
                place = f"{name} 第 {rule.line} 行"
                if rule.id in seen:
                    told = f"{place}：规则编号“{rule.id}”在{seen[rule.id]}已经用过了，请换一个。"
                    found.append(
                        Problem(code="duplicate_id", rule=rule.id, file=name, line=rule.line, word=rule.id,
                                message=told, english=f"{rule.id} is defined twice")
                    )  # fmt: skip
                seen.setdefault(rule.id, place)
        except DocumentError as broken:
            found += map(_told, broken.problems)
        problems += _explained(found)
    return problems


def syntax_problems(name: str, content: bytes) -> list[Problem]:
    """Why a file is no YAML, by line; nothing if it is."""
    try:
        parse_document(Path(name), content)
    except DocumentError as broken:
        return _explained([*_typing(name, content), *map(_told, broken.problems)])
    return []


def _explained(found: list[Problem]) -> list[Problem]:
    """Those of one file in the order of their lines, without those that a slip of typing explains."""
    slips = [problem for problem in found if problem.code in _EXPLAINING]
    if len(slips) == len(found):  # nothing is broken: they are words of a sentence
        return []
    explained = {slip.line for slip in slips}
    left = [problem for problem in found if problem.code != "unreadable_file" or problem.line not in explained]
    return sorted(left, key=lambda problem: problem.line or 0)


def _typing(name: str, content: bytes) -> Iterator[Problem]:
    """Marks of a Chinese keyboard where YAML asks for its own, and other slips of typing."""
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if found := _COLON.match(line):
            told = f"“{found['name']}”后面是全角冒号“：”，请改成半角冒号“:”，后面空一格"
            yield _slip("full_width_colon", name, number, "：", told, "a full-width colon")
        elif found := _NO_SPACE.match(line):
            told = f"“{found['name']}:”后面要空一格再写内容"
            yield _slip("no_space", name, number, ":", told, "no space behind the colon")
        elif (found := _LIST.match(line)) and found["comma"]:
            told = f"“{found['name']}”的方括号里用了“{found['comma']}”，请改成半角逗号“,”；确实是词里的符号就加引号"
            yield _slip("full_width_comma", name, number, found["comma"], told, "a full-width comma in a list")
        elif found:
            told = f"“{found['name']}”后面是全角括号“{found['bracket']}”，请改成半角方括号“[”和“]”"
            yield _slip("full_width_bracket", name, number, found["bracket"], told, "a full-width bracket")
        elif _TAB.match(line):
            yield _slip("tab", name, number, "Tab", "开头用了 Tab，请改成空格", "a tab in the margin")


def _slip(code: str, file: str, line: int, word: str, told: str, english: str) -> Problem:
    message = f"{file} 第 {line} 行：{told}。"
    return Problem(code=code, file=file, line=line, word=word, message=message, english=english)


def _shapes(files: RuleFiles, name: str) -> Iterator[Problem]:
    document, kind = files.document(name), kind_of_file(name)
    if kind is Kind.PHRASE:
        try:
            document.check(Family)
            return
        except DocumentError:
            yield from _family(files, name)
    for rule in files.rules_of(name):
        for problem in shape_problems(kind, rule.data):
            path: Location = tuple(int(part) if part.isdigit() else part for part in (problem.field or "").split("."))
            line = document.line((*rule.location, *path))
            message = f"{name} 第 {line} 行：{problem.message}"
            yield replace(problem, rule=rule.id, file=name, line=line, message=message)


def _family(files: RuleFiles, name: str) -> Iterator[Problem]:
    """What is wrong with a file of phrase rules beside the rules."""
    document = files.document(name)
    try:
        Family.model_validate(document.data)
    except ValidationError as invalid:
        for problem in translated(Family, document.data, invalid):
            path = (problem.field or "").split(".")
            if path[0] != "rules" or len(path) == 1 or (len(path) == 2 and problem.code == "wrong_type"):
                line = document.line(tuple(int(part) if part.isdigit() else part for part in path))
                message = f"{name} 第 {line} 行：{problem.message}"
                yield replace(problem, file=name, line=line, message=message)


def _told(line: str) -> Problem:
    """A problem that the reader of data files names in English, in Chinese."""
    found = _PLACE.match(line)
    file, number, english = (found["file"], int(found["line"]), found["told"]) if found else ("", 1, line)
    told = next((chinese for cause, chinese in _TOLD if re.search(cause, english)), "写法不对，请照着别的规则改")
    message = f"{file} 第 {number} 行：{told}。"
    return Problem(code="unreadable_file", file=file, line=number, message=message, english=shown(english))
