"""Read and check the lexicon directory: phrase families, disclosures, gates, rules on numbers and roles."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path

from guards.lexicon.disclosures import DisclosureRule, Disclosures
from guards.lexicon.documents import Document, DocumentError, parse_document
from guards.lexicon.gates import GateSettings
from guards.lexicon.numbers import NumberRules
from guards.lexicon.roles import FigureRoles
from guards.lexicon.rules import Family, PhraseRule, Scoped
from guards.text import lookalikes
from guards.text.folding import Folding, folded_text

GATES_FILE = "gates.yaml"
DISCLOSURES_FILE = "disclosures.yaml"
NUMBERS_FILE = "numbers.yaml"
ROLES_FILE = "roles.yaml"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules, and where each stands (`file:line`). `digest` is a SHA-256 over the files' names and bytes."""

    families: tuple[Family, ...]
    disclosures: tuple[DisclosureRule, ...]
    gates: GateSettings
    numbers: NumberRules
    roles: FigureRoles
    places: dict[str, str]
    digest: str

    def phrase_rules(self) -> Iterator[PhraseRule]:
        """Every phrase rule of every family."""
        for family in self.families:
            yield from family.rules

    def changes(self) -> Iterator[date]:
        """Every day on which a rule comes into force, or is in force no longer."""
        scoped: tuple[Scoped, ...] = (*self.phrase_rules(), *self.disclosures)
        for effective in (*(rule.effective for rule in scoped), *(rule.effective for rule in self.numbers.rules)):
            yield effective.since
            if effective.until is not None and effective.until < date.max:
                yield effective.until + timedelta(days=1)


def read_lexicon(directory: Path) -> Lexicon:
    """Read every YAML file of the directory.

    Raises:
        DocumentError: naming file and line of every problem, all of them at once.
    """
    problems = _foreign_tables(directory / lookalikes.FOLDER.name)
    problems += [f"{file}:1: would not be read; call it .yaml" for file in sorted(directory.glob("*.yml"))]
    contents: dict[str, bytes] = {}
    unread: list[str] = []
    for file in sorted(directory.glob("*.yaml")):
        try:
            contents[file.name] = file.read_bytes()
        except OSError as unreadable:
            unread.append(file.name)
            problems.append(f"{file}:1: cannot be read: {unreadable}")
    problems = [f"{directory}:1: has no {name}" for name in _missing([*contents, *unread])] + problems
    return _read(contents, problems, lambda name: parse_document(directory / name, contents[name]))


def read_rules(contents: Mapping[str, bytes], parsed: Callable[[str], Document] | None = None) -> Lexicon:
    """Read a lexicon whose files need not be on a disk: what stands in each of them, by its name.

    `parsed` gives the documents of a caller who has parsed them already.

    One from before there were roles is read as it was.

    Raises:
        DocumentError: naming file and line of every problem, all of them at once.
    """
    parse = parsed or (lambda name: parse_document(Path(name), contents[name]))
    problems = [f"{name}:1: is missing" for name in _missing(contents) if name != ROLES_FILE]
    return _read(contents, problems, parse)


def check_tables(folder: Path) -> None:
    """See that the tables of spellings in a folder can be read.

    Raises:
        DocumentError: naming file and line of everything that is wrong with them.
    """
    if broken := list(lookalikes.broken_lines(folder)):
        raise DocumentError(broken)


def _read(contents: Mapping[str, bytes], problems: list[str], parsed: Callable[[str], Document]) -> Lexicon:
    check_tables(lookalikes.FOLDER)  # nothing can be folded without them
    families: list[Family] = []
    disclosures: list[DisclosureRule] = []
    gates: GateSettings | None = None
    numbers: NumberRules | None = None
    roles: FigureRoles | None = None
    places: dict[str, str] = {}
    for name in sorted(contents):
        try:
            document = parsed(name)
            if name == GATES_FILE:
                gates = document.check(GateSettings)
            elif name == NUMBERS_FILE:
                numbers = document.check(NumberRules)
                problems += _register(document, "rules", [rule.id for rule in numbers.rules], places)
                problems += [document.describe(*problem) for problem in numbers.problems()]
            elif name == ROLES_FILE:
                roles = document.check(FigureRoles)
                problems += _register(document, "roles", [role.id for role in roles.roles], places)
                problems += [document.describe(*problem) for problem in roles.problems()]
            elif name == DISCLOSURES_FILE:
                disclosures = document.check(Disclosures).disclosures
                problems += _empty_words(document, "disclosures", disclosures, Folding.TIGHT)
                problems += _register(document, "disclosures", [rule.id for rule in disclosures], places)
            else:
                family = document.check(Family)
                families.append(family)
                problems += _empty_words(document, "rules", family.rules, family.folding)
                problems += _register(document, "rules", [rule.id for rule in family.rules], places)
        except DocumentError as invalid:
            problems += invalid.problems
    if problems or gates is None or numbers is None or (roles is None and ROLES_FILE in contents):
        raise DocumentError(problems)
    known = roles or FigureRoles.none()
    return Lexicon(tuple(families), tuple(disclosures), gates, numbers, known, places, digest_of(contents))


def digest_of(contents: Mapping[str, bytes]) -> str:
    """A SHA-256 over the names and bytes of the files of a lexicon."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0".encode() + contents[name] + b"\0")
    return digest.hexdigest()


def _foreign_tables(folder: Path) -> list[str]:
    """Tables of disguises beside the lexicon that are not the program's: nobody would read them."""
    problems: list[str] = []
    if not folder.is_dir():
        return problems
    for file in sorted({*folder.iterdir(), *(folder / own.name for own in lookalikes.FOLDER.iterdir())}):
        own = lookalikes.FOLDER / file.name
        lines, own_lines = _lines(file), _lines(own)
        if lines != own_lines:
            pairs = enumerate(zip_longest(lines, own_lines), 1)
            number = next(number for number, (line, own_line) in pairs if line != own_line)
            problems.append(
                f"{file}:{number}: differs from {own}, and would not be read: the tables of disguises belong to the "
                f"program; take {folder.name} out of the copy"
            )
    return problems


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True) if file.is_file() else [b""]


def _missing(names: Iterable[str]) -> list[str]:
    return sorted({GATES_FILE, DISCLOSURES_FILE, NUMBERS_FILE, ROLES_FILE} - set(names))


def _empty_words(
    document: Document, key: str, rules: Sequence[PhraseRule | DisclosureRule], folding: Folding
) -> list[str]:
    """Phrases and exceptions of which folding leaves nothing: they would match nowhere, or everywhere."""
    problems = []
    for index, rule in enumerate(rules):
        lists = {"phrases": rule.phrases, "except": rule.exceptions if isinstance(rule, PhraseRule) else []}
        for name, words in lists.items():
            for place, word in enumerate(words):
                if not folded_text(word, folding):
                    problems.append(document.describe((key, index, name, place), f"nothing is left of {word!r}"))
    return problems


def _register(document: Document, key: str, ids: list[str], places: dict[str, str]) -> list[str]:
    """Note where each rule stands; a second rule of the same id is a problem."""
    problems = []
    for index, rule in enumerate(ids):
        if rule in places:
            problems.append(document.describe((key, index), f"{rule} is already defined at {places[rule]}"))
        else:
            places[rule] = f"{document.path}:{document.line((key, index))}"
    return problems
