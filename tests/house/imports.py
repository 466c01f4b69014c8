"""The tree as its imports tell it: modules, packages and who imports whom, read from the source, nothing run."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "guards", "finetune", "evals", "heyan", "bench")


@dataclass(frozen=True, slots=True)
class Import:
    """One module imports another: `names` out of it, none for the module itself."""

    importer: str
    imported: str
    names: tuple[str, ...]


class Tree:
    """The modules below the top-level packages of a folder."""

    def __init__(self, root: Path, rooms: Iterable[str] = ROOMS) -> None:
        self.files = {
            _name(file.relative_to(root)): file for room in rooms for file in sorted((root / room).rglob("*.py"))
        }
        self.packages = sorted(name for name, file in self.files.items() if file.name == "__init__.py")

    @cached_property
    def syntax(self) -> Mapping[str, ast.Module]:
        """The syntax tree of each module."""
        return {name: ast.parse(file.read_text("utf-8")) for name, file in self.files.items()}

    @cached_property
    def imports(self) -> list[Import]:
        """Every import of one module of the tree by another, wherever in the code it stands."""
        return [found for name, syntax in self.syntax.items() for found in self._imports_of(name, syntax)]

    def package_of(self, module: str) -> str:
        """The package that a module is or lies in."""
        return module if module in self.packages else module.rpartition(".")[0]

    def all_of(self, package: str) -> list[str] | None:
        """What a package's `__all__` lists; None if it has none."""
        for statement in self.syntax[package].body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                    listed = ast.literal_eval(statement.value) if statement.value else []
                    return [str(name) for name in listed]
        return None

    def _imports_of(self, importer: str, syntax: ast.Module) -> Iterator[Import]:
        for node in ast.walk(syntax):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in self.files:
                        yield Import(importer, alias.name, ())
            elif isinstance(node, ast.ImportFrom) and (source := self._source(importer, node)) in self.files:
                names = [alias.name for alias in node.names]
                modules = [name for name in names if f"{source}.{name}" in self.files]
                for name in modules:
                    yield Import(importer, f"{source}.{name}", ())
                if rest := tuple(name for name in names if name not in modules):
                    yield Import(importer, source, rest)

    def _source(self, importer: str, node: ast.ImportFrom) -> str:
        """The module after `from`; each dot after the first leads out of one package."""
        if not node.level:
            return node.module or ""
        package = self.package_of(importer)
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package


def cycles(arrows: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of names that lead back to themselves, each sorted; none in a tree whose arrows point down."""
    ahead: dict[str, set[str]] = {}
    for start, end in arrows:
        if start != end:
            ahead.setdefault(start, set()).add(end)
    reached = {name: _reached(name, ahead) for name in ahead}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in ahead
        if name in reached[name]
    }
    return [list(group) for group in sorted(groups)]


def _reached(start: str, ahead: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(ahead.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += ahead.get(name, ())
    return seen


def _name(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")
