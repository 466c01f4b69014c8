"""How much a YAML file holds, in one quick reading: before it is taken apart, which takes twenty times as long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from app.lexicon.problems import Problem, shown

_DEEPEST = 200
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class MostRead:
    """What files of rules may hold that are sent together.

    The largest that ship have 20 KB and a thousand values; a rule of 50,000 phrases with an example each has 4 MB and
    100,000. `sure`: bytes of a file of which PyYAML is asked a second time where libyaml refuses it, which takes
    minutes for a large one.
    """

    bytes: int = 12 * 2**20
    values: int = 300_000
    sure: int = 256 * 2**10


def size_problems(contents: Mapping[str, bytes], most: MostRead | None = None) -> Iterator[Problem]:
    """That the files hold more than is read, or that a large one is broken; nothing of it is looked at then."""
    most = most or MostRead()
    left = most.values
    for name, content in contents.items():
        if len(content) > most.bytes:
            size, bound = len(content) / 2**20, most.bytes // 2**20
            told = f"{name} 有 {size:.1f} MB，一个文件最多 {bound} MB。请拆成几个文件，分几次导入。"
            yield Problem(code="too_large", file=name, message=told, english=f"more than {bound} MiB")
            return
        try:
            for line in _values(content):
                left -= 1
                if left < 0:
                    told = f"{name} 第 {line} 行：一次最多读 {most.values} 项内容，到这里已经超过了。请分几次导入。"
                    english = f"more than {most.values} values"
                    yield Problem(code="too_many_values", file=name, line=line, message=told, english=english)
                    return
        except (yaml.YAMLError, UnicodeDecodeError) as broken:
            if len(content) > most.sure:
                mark, reason = getattr(broken, "problem_mark", None), getattr(broken, "problem", broken)
                line = mark.line + 1 if mark else 1
                told = f"{name} 第 {line} 行：写法不对，从这里起读不下去。请看这一行和上一行的缩进、引号和括号。"
                english = shown(reason)
                yield Problem(code="unreadable_file", file=name, line=line, message=told, english=english)


def first_key(content: bytes, known: Mapping[str, str]) -> tuple[str, str]:
    """The first of the known keys that a file has on top, and what stands there if that is one value; or nothing."""
    depth, key = 0, ""
    try:
        for event in yaml.parse(content.decode(), Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                if key in known:
                    return key, ""
                depth += 1
                key = ""
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.ScalarEvent) and depth == 1:
                if key in known:
                    return key, str(event.value)
                key = "" if key else str(event.value)
            elif isinstance(event, yaml.AliasEvent) and depth == 1:
                key = ""
    except (yaml.YAMLError, UnicodeDecodeError):
        pass
    return "", ""


def _values(content: bytes) -> Iterator[int]:
    """The line of each value and key, as they come; no further than where they stand too deep for any reader."""
    depth = 0
    for event in yaml.parse(content.decode(), Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return  # whoever parses it says so
        if isinstance(event, yaml.NodeEvent):
            yield event.start_mark.line + 1 if event.start_mark else 1
