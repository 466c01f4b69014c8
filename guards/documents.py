"""Read YAML data files and check them against pydantic models, naming file and line of every problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

Location = tuple[str | int, ...]
T = TypeVar("T")


class DocumentError(ValueError):
    """A data file is missing, is no YAML, or breaks its schema. `problems` are lines of `file:line: what`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file that remembers on which line (from 1) each value stands."""

    path: Path
    data: Any
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """The line of the value at `location`, or of its nearest enclosing value."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def error(self, location: Location, problem: str) -> DocumentError:
        """A DocumentError that points at one value of this file."""
        return DocumentError([self.describe(location, problem)])

    def describe(self, location: Location, problem: str) -> str:
        """`file:line: where: problem`."""
        where = ".".join(str(part) for part in location)
        return f"{self.path}:{self.line(location)}: {where + ': ' if where else ''}{problem}"

    def check(self, kind: type[T]) -> T:
        """The data as `kind`.

        Raises:
            DocumentError: naming file and line of every value that does not fit.
        """
        try:
            return TypeAdapter(kind).validate_python(self.data)
        except ValidationError as invalid:
            problems = [self.describe(_known(self.lines, error["loc"]), error["msg"]) for error in invalid.errors()]
            raise DocumentError(problems) from None


def read_document(path: Path) -> Document:
    """Parse one YAML file.

    Raises:
        DocumentError: if the file cannot be read, is no YAML, or repeats a key.
    """
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise DocumentError([f"{path}:1: cannot be read: {unreadable}"]) from None
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        raise DocumentError([f"{path}:{mark.line + 1 if mark else 1}: {getattr(broken, 'problem', broken)}"]) from None
    lines: dict[Location, int] = {}
    return Document(path, _build(path, node, (), lines) if node is not None else None, lines)


def _build(path: Path, node: yaml.Node, location: Location, lines: dict[Location, int]) -> Any:
    lines[location] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(path, child, (*location, index), lines) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        built: dict[Any, Any] = {}
        for key_node, child in node.value:
            key = _scalar(key_node)
            if key in built:
                raise DocumentError([f"{path}:{key_node.start_mark.line + 1}: the key {key!r} stands here twice"])
            built[key] = _build(path, child, (*location, key), lines)
        return built
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    return yaml.SafeLoader("").construct_object(node, deep=True)


def _known(lines: Mapping[Location, int], location: Location) -> Location:
    """The longest prefix that names a value in the file (pydantic adds names of unions and functions)."""
    while location and location not in lines:
        location = location[:-1]
    return location
