"""The rules as they are kept: named YAML texts, with a digest, and where each rule stands in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.documents import Document, DocumentError, Location, parse_document
from guards.lexicon.gates import GateRule
from guards.lexicon.numbers import NumberRule
from guards.lexicon.reader import DISCLOSURES_FILE, GATES_FILE, NUMBERS_FILE, ROLES_FILE, Lexicon, digest_of, read_rules
from guards.lexicon.roles import FigureRole
from guards.lexicon.rules import PhraseRule

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\.yaml")


class Kind(StrEnum):
    """What a rule is about; each kind has its file, or files, and its shape."""

    PHRASE = "phrase"
    DISCLOSURE = "disclosure"
    NUMBER = "number"
    GATE = "gate"
    ROLE = "role"

    @property
    def shape(self) -> type[BaseModel]:
        """The fields that a rule of this kind has."""
        return _SHAPES[self]

    @property
    def key(self) -> str:
        """Under which key of its file the rules stand."""
        return {Kind.DISCLOSURE: "disclosures", Kind.GATE: "gates", Kind.ROLE: "roles"}.get(self, "rules")


_SHAPES: dict[Kind, type[BaseModel]] = {
    Kind.PHRASE: PhraseRule,
    Kind.DISCLOSURE: DisclosureRule,
    Kind.NUMBER: NumberRule,
    Kind.GATE: GateRule,
    Kind.ROLE: FigureRole,
}
_SPECIAL = {DISCLOSURES_FILE: Kind.DISCLOSURE, NUMBERS_FILE: Kind.NUMBER, GATES_FILE: Kind.GATE, ROLES_FILE: Kind.ROLE}
_PREFIXES = {
    "disclosure": Kind.DISCLOSURE,
    "number": Kind.NUMBER,
    "rate": Kind.NUMBER,
    "gate": Kind.GATE,
    "role": Kind.ROLE,
}
FIXED = (Kind.NUMBER, Kind.GATE, Kind.ROLE)
"""What code looks for: rules of these kinds are edited, and neither added nor retired."""
RESERVED = frozenset({"guard", "meaning", "personal_data", "grounding", "disclosures", "numbers", "gates", "roles"})
"""Families that no officer may make: findings of the program bear these names, or files that hold something else."""


def kind_of_file(name: str) -> Kind:
    """What the rules of a file are about."""
    return _SPECIAL.get(name, Kind.PHRASE)


def kind_of_rule(rule: str) -> Kind:
    """What a rule is about, by its id."""
    return _PREFIXES.get(rule.partition(".")[0], Kind.PHRASE)


@dataclass(frozen=True, slots=True)
class StoredRule:
    """One rule as it is written, in the contract's shape (JSON), and where: `location` within `file`."""

    id: str
    kind: Kind
    file: str
    location: Location
    line: int
    data: Mapping[str, Any]


class RuleFiles:
    """All files of a lexicon, by name. Immutable; what is derived from it shares what was parsed already.

    Raises:
        DocumentError: if a name is none that a file of rules may bear.
    """

    def __init__(self, contents: Mapping[str, bytes | str]) -> None:
        if strange := [name for name in contents if not _NAME.fullmatch(name)]:
            raise DocumentError([f"{name}:1: is no name of a file of rules" for name in strange])
        self._contents = {
            name: content.encode() if isinstance(content, str) else content
            for name, content in sorted(contents.items())
        }
        self._documents: dict[str, Document] = {}
        self._lexicon: Lexicon | None = None

    @classmethod
    def read(cls, directory: Path) -> "RuleFiles":
        """The files of a directory, whatever stands in them.

        Raises:
            OSError: if one cannot be read.
        """
        return cls({file.name: file.read_bytes() for file in directory.glob("*.yaml")})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleFiles) and self._contents == other._contents

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def contents(self) -> Mapping[str, bytes]:
        """What stands in each file, byte for byte."""
        return MappingProxyType(self._contents)

    @cached_property
    def digest(self) -> str:
        """A SHA-256 over names and bytes: the `digest` of the lexicon that they are."""
        return digest_of(self._contents)

    def document(self, name: str) -> Document:
        """A file, parsed.

        Raises:
            DocumentError: if it is no YAML.
        """
        if name not in self._documents:
            self._documents[name] = parse_document(Path(name), self._contents[name])
        return self._documents[name]

    def replaced(self, changed: Mapping[str, bytes | None]) -> "RuleFiles":
        """The same with other contents for some files, None for a file that is gone."""
        contents = {**self._contents, **changed}
        derived = RuleFiles({name: content for name, content in contents.items() if content is not None})
        derived._documents = {name: known for name, known in self._documents.items() if name not in changed}
        return derived

    def lexicon(self) -> Lexicon:
        """The rules, checked as the guards read them.

        Raises:
            DocumentError: naming file and line of every problem.
        """
        if self._lexicon is None:
            self._lexicon = read_rules(self._contents, self.document)
        return self._lexicon

    @cached_property
    def rules(self) -> Mapping[str, StoredRule]:
        """Every rule by its id; of two of one id the first.

        Raises:
            DocumentError: if a file is no YAML.
        """
        found: dict[str, StoredRule] = {}
        for name in self._contents:
            for rule in self._stored(name):
                found.setdefault(rule.id, rule)
        return MappingProxyType(found)

    def rules_of(self, name: str) -> list[StoredRule]:
        """The rules of one file, in their order."""
        return list(self._stored(name))

    def family_file(self, family: str) -> str:
        """The file in which rules of a family stand, or will stand if there is none yet."""
        for name in self._contents:
            data = self.document(name).data
            if kind_of_file(name) is Kind.PHRASE and isinstance(data, dict) and data.get("family") == family:
                return name
        return f"{family}.yaml"

    def _stored(self, name: str) -> Iterator[StoredRule]:
        document, kind = self.document(name), kind_of_file(name)
        listed = document.data.get(kind.key) if isinstance(document.data, dict) else None
        for index, data in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(data, dict) and isinstance(data.get("id"), str):
                location = (kind.key, index)
                yield StoredRule(data["id"], kind, name, location, document.line(location), plain(data))


def plain(value: Any) -> Any:
    """A value of a YAML file as JSON has it: days and times as ISO 8601, keys as strings."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value
