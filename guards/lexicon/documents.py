"""Read YAML data files and check them against pydantic models, naming file and line of every problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from guards.collector import resting_collector
from guards.errors import DataFileError

Location = tuple[str | int, ...]
T = TypeVar("T")


class DocumentError(DataFileError):
    """A data file is missing, is no YAML, or breaks its schema. `problems` are lines of `file:line: what`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file that remembers on which line (from 1) each value begins, and on which one it ends."""

    path: Path
    data: Any
    lines: Mapping[Location, int]
    ends: Mapping[Location, int]

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

    def repeated(self, names: Sequence[str], under: Location = ()) -> list[str]:
        """A problem for each name that an earlier entry has already; the list is the file or stands `under`."""
        first = {name: index for index, name in reversed(list(enumerate(names)))}
        return [
            self.describe((*under, index), f"{name} is already defined above")
            for index, name in enumerate(names)
            if first[name] < index
        ]

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
        content = path.read_bytes()
    except OSError as unreadable:
        raise DocumentError([f"{path}:1: cannot be read: {unreadable}"]) from None
    return parse_document(path, content)


def parse_document(path: Path, content: bytes) -> Document:
    """Parse the content of a YAML file, which need not be on a disk; `path` is its name in what is said of it.

    Raises:
        DocumentError: if it is no YAML, no UTF-8, or repeats a key.
    """
    try:
        with resting_collector():
            node = composed(content.decode("utf-8"))
            return _Builder(path).document(node)
    except UnicodeDecodeError as unreadable:
        raise DocumentError([f"{path}:1: cannot be read: {unreadable}"]) from None
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        raise DocumentError([f"{path}:{mark.line + 1 if mark else 1}: {getattr(broken, 'problem', broken)}"]) from None
    except RecursionError:
        raise DocumentError([f"{path}:1: is nested too deeply"]) from None


if yaml.__with_libyaml__:  # pragma: no branch

    class LibyamlLoader(Composer, yaml.cyaml.CParser, SafeConstructor, Resolver):  # type: ignore[misc,name-defined]
        """Lets libyaml read the characters. Nodes are put together in Python: libyaml's own way to do it ends the
        process on a file that is nested too deeply, where Python raises RecursionError.
        """

        def __init__(self, text: str) -> None:
            yaml.cyaml.CParser.__init__(self, text)  # type: ignore[attr-defined]
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)


def composed(text: str) -> yaml.Node | None:
    """The nodes of a YAML text, from libyaml where PyYAML was built with it, as its wheels are; else from PyYAML alone.

    What libyaml refuses PyYAML is asked about, and refuses it in words of its own or takes it. PyYAML alone refuses a
    little that libyaml takes, such as a tab behind `key:` or a question mark within a flow list (`[a?b, c]`): what is
    valid without libyaml is valid everywhere, and not the other way round.

    Raises:
        yaml.YAMLError: if the text is no YAML.
        RecursionError: if it is nested too deeply.
    """
    if yaml.__with_libyaml__:
        try:
            return yaml.compose(text, Loader=LibyamlLoader)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


class _Builder:
    """Makes plain data of one file's nodes, and notes the lines of each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scalars = SafeConstructor()
        self._lines: dict[Location, int] = {}
        self._ends: dict[Location, int] = {}
        self._reached = 1
        self._seen: set[int] = set()

    def document(self, node: yaml.Node | None) -> Document:
        """The whole file; an empty one holds None."""
        data = self._value(node, ()) if node is not None else None
        return Document(self._path, data, self._lines, self._ends)

    def _value(self, node: yaml.Node, location: Location) -> Any:
        value = self._content(node, location)
        if not isinstance(node, yaml.CollectionNode) or node.flow_style:
            mark = node.end_mark
            # A block of lines (`|`) ends where the next line begins.
            self._reached = max(self._reached, mark.line + (1 if mark.column else 0))
        self._ends[location] = self._reached  # of a block list or mapping: where the last value in it ends
        return value

    def _content(self, node: yaml.Node, location: Location) -> Any:
        if id(node) in self._seen:  # an alias may contain itself, or multiply without end
            raise self._error(node, "an alias; write the value out")
        self._seen.add(id(node))
        self._lines[location] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*location, index)) for index, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            built: dict[Any, Any] = {}
            for key_node, child in node.value:
                key = self._scalar(key_node)
                if key in built:
                    raise self._error(key_node, f"the key {key!r} stands here twice")
                built[key] = self._value(child, (*location, key))
            return built
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, "a key must be a single value")
        if node.tag == Resolver.DEFAULT_SCALAR_TAG:
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as broken:
            raise self._error(node, f"{node.value!r} cannot be read: {getattr(broken, 'problem', broken)}") from None

    def _error(self, node: yaml.Node, problem: str) -> DocumentError:
        return DocumentError([f"{self._path}:{node.start_mark.line + 1}: {problem}"])


def _known(lines: Mapping[Location, int], location: Location) -> Location:
    """The longest prefix that names a value in the file (pydantic adds names of unions and functions)."""
    while location and location not in lines:
        location = location[:-1]
    return location
