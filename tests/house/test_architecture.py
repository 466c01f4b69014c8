"""The house: rooms without cycles, doors that are named, modules that can be read in one go."""

import ast
from pathlib import Path

import pytest

from tests.house.imports import ROOT, Tree, cycles

LONGEST = 300
"""Lines of a module."""
ACROSS_MODULES = {
    "app/api/test_any_request.py",
    "app/api/test_generated_client.py",
    "app/console/test_every_page.py",
    "app/console/test_hostile.py",
    "app/console/test_in_browser.py",
    "app/records/test_durability.py",
    "app/scripts/test_before_identity.py",
    "app/scripts/test_desk_invariants.py",
    "app/scripts/test_spoken_names.py",
    "app/test_enforcement.py",
    "app/test_journey.py",
    "app/test_privacy.py",
    "app/test_publish_killed.py",
    "app/test_refusals.py",
    "finetune/test_serving.py",
    "finetune/test_shipped_model.py",
    "finetune/test_speedrun.py",
    "guards/grounding/test_said_as.py",
    "guards/personal_data/test_cases.py",
    "guards/phrases/test_every_disguise.py",
    "guards/test_benign.py",
    "guards/test_evasions.py",
    "guards/test_field.py",
    "guards/test_incremental.py",
    "guards/test_memory.py",
    "guards/test_number_mutations.py",
    "guards/test_suggestions.py",
}
"""Tests of what several modules, or a script or a model, promise together."""


@pytest.fixture(scope="module")
def tree() -> Tree:
    """The project's own packages."""
    return Tree(ROOT)


def test_no_file_leads_back_to_itself(tree: Tree) -> None:
    assert cycles((found.importer, found.imported) for found in tree.imports) == []


def test_no_room_leads_back_to_itself(tree: Tree) -> None:
    """Rooms are packages: what lies in a package and in the rooms below it is one."""
    arrows = []
    for found in tree.imports:
        importer, imported = found.importer.split("."), found.imported.split(".")
        shared = 0
        while shared < min(len(importer), len(imported)) and importer[shared] == imported[shared]:
            shared += 1
        if shared < min(len(importer), len(imported)):
            arrows.append((".".join(importer[: shared + 1]), ".".join(imported[: shared + 1])))
    assert cycles(arrows) == []


def test_every_room_says_its_question_in_one_line(tree: Tree) -> None:
    silent = []
    for package in tree.packages:
        words = ast.get_docstring(tree.syntax[package], clean=False) or ""
        if "\n" in words or "?" not in words or not words[0].isupper():
            silent.append(package)
    assert silent == []


def test_every_room_names_what_it_hands_out(tree: Tree) -> None:
    wrong = []
    for package in tree.packages:
        listed = tree.all_of(package)
        if listed is None or listed != sorted(set(listed)):
            wrong.append(f"{package}: __all__ is {listed}")
            continue
        defined = {
            alias.asname or alias.name
            for node in tree.syntax[package].body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        wrong += [
            f"{package}: there is no {name}"
            for name in listed
            if f"{package}.{name}" not in tree.files and name not in defined
        ]
    assert wrong == []


def test_nobody_goes_into_a_room_but_by_its_doors(tree: Tree) -> None:
    """From outside a package only the modules that its `__all__` names may be imported."""
    trespassing = []
    for found in tree.imports:
        parts = found.imported.split(".")
        for depth in range(1, len(parts)):
            package, inner = ".".join(parts[:depth]), parts[depth]
            is_inside = found.importer == package or found.importer.startswith(f"{package}.")
            if not is_inside and inner not in (tree.all_of(package) or ()):
                trespassing.append(f"{found.importer} imports {found.imported}, which {package} does not hand out")
    assert trespassing == []


def test_what_a_room_hands_out_somebody_takes(tree: Tree) -> None:
    """A door that nobody uses is a wall that somebody forgot; what runs as a program is its own user."""
    taken = {
        found.imported for found in tree.imports if tree.package_of(found.importer) != tree.package_of(found.imported)
    }
    taken |= {".".join(name.split(".")[:depth]) for name in taken for depth in range(1, name.count(".") + 1)}
    unused = [
        f"{package}.{name}"
        for package in tree.packages
        for name in tree.all_of(package) or ()
        if f"{package}.{name}" in tree.files and f"{package}.{name}" not in taken
    ]
    tests = Tree(ROOT, ["tests", "scripts"])
    used = " ".join(file.read_text("utf-8") for file in tests.files.values())
    assert [name for name in unused if name not in used] == []


def test_no_module_is_longer_than_can_be_read_in_one_go(tree: Tree) -> None:
    lengths = {name: len(file.read_text("utf-8").splitlines()) for name, file in tree.files.items()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_each_file_of_tests_is_named_after_what_it_tests() -> None:
    """A test that outlives its module's name is looked for in vain."""
    strangers = set()
    for room in ("app", "finetune", "guards", "heyan"):
        for file in (ROOT / "tests" / room).rglob("test_*.py"):
            tested = ROOT / file.relative_to(ROOT / "tests").with_name(file.name.removeprefix("test_"))
            if not (tested.is_file() or (tested.with_suffix("") / "__init__.py").is_file()):
                strangers.add(file.relative_to(ROOT / "tests").as_posix())
    assert strangers == ACROSS_MODULES


def test_no_room_has_two_public_classes_of_one_name(tree: Tree) -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for name, syntax in tree.syntax.items():
        for node in syntax.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                owners.setdefault((tree.package_of(name), node.name), []).append(name)
    assert {key: modules for key, modules in owners.items() if len(modules) > 1} == {}


@pytest.mark.parametrize(
    ("arrows", "found"),
    [
        ([("a", "b"), ("b", "c")], []),
        ([("a", "a")], []),
        ([("a", "b"), ("b", "a"), ("b", "c")], [["a", "b"]]),
        ([("a", "b"), ("b", "c"), ("c", "a"), ("d", "e"), ("e", "d")], [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_the_search_for_cycles_finds_them(arrows: list[tuple[str, str]], found: list[list[str]]) -> None:
    assert cycles(arrows) == found


def test_imports_are_seen_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "room" / "inner").mkdir(parents=True)
    (tmp_path / "room" / "__init__.py").write_text('"""What is it?"""\n\n__all__ = ["door"]\n', "utf-8")
    (tmp_path / "room" / "inner" / "__init__.py").write_text('"""What?"""\n', "utf-8")
    (tmp_path / "room" / "door.py").write_text("def f():\n    from room import wall\n    import room.inner\n", "utf-8")
    (tmp_path / "room" / "wall.py").write_text("from room.door import f\nimport json\n", "utf-8")
    (tmp_path / "room" / "inner" / "stairs.py").write_text(
        "from . import x\nfrom .. import wall\nfrom ..door import f\n"
    )
    tree = Tree(tmp_path, ["room"])
    assert {(found.importer, found.imported) for found in tree.imports} == {
        ("room.inner.stairs", "room.inner"),
        ("room.inner.stairs", "room.wall"),
        ("room.inner.stairs", "room.door"),
        ("room.door", "room.wall"),
        ("room.door", "room.inner"),
        ("room.wall", "room.door"),
    }
    assert (tree.all_of("room"), tree.all_of("room.inner")) == (["door"], None)
