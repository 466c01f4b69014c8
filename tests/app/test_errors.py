"""The tree in the docstring is the tree of the classes."""

import inspect
import re

import pytest

from app import errors
from app.errors import FieldProblem, HeyanError, Malformed, RequestError

_LINE = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:\s+(?P<status>\d{3}))?(?:\s|$)")


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Each class in the drawing with its parent and status."""
    tree: dict[str, tuple[str | None, int | None]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").split("\n\n")[1].splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        depth = len(match["indent"])
        above = [entry for entry in above if entry[0] < depth]
        tree[match["name"]] = (above[-1][1] if above else None, int(match["status"]) if match["status"] else None)
        above.append((depth, match["name"]))
    return tree


def defined() -> dict[str, type[HeyanError]]:
    """Each class of the module."""
    return {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, HeyanError) and kind.__module__ == errors.__name__
    }


def test_every_class_is_drawn_under_its_parent() -> None:
    parents = {name: kind.__bases__[0].__name__ if kind is not HeyanError else None for name, kind in defined().items()}
    assert {name: parent for name, (parent, _) in drawn().items()} == parents
    assert len(parents) == 13


def test_every_drawn_status_is_the_classs() -> None:
    kinds = defined()
    statuses = {name: status for name, (_, status) in drawn().items() if status is not None}
    assert statuses == {name: kinds[name].status for name in statuses}
    assert len(statuses) == 7


def test_a_status_is_drawn_where_a_class_sets_its_own() -> None:
    own = {name for name, kind in defined().items() if "status" in vars(kind)}
    assert {name for name, (_, status) in drawn().items() if status} == own - {"HeyanError", "RequestError"}


def test_no_two_request_errors_share_a_status() -> None:
    statuses = [kind.status for kind in defined().values() if issubclass(kind, RequestError)]
    assert len(set(statuses)) == len(statuses)


def test_a_request_error_keeps_its_fields() -> None:
    problem = FieldProblem("facts.terms", "a whole number is expected")
    error = Malformed("the facts are malformed", [problem])
    assert (str(error), error.detail, error.fields) == (error.detail, "the facts are malformed", (problem,))
    with pytest.raises(AttributeError):
        problem.reason = "other"  # type: ignore[misc]
