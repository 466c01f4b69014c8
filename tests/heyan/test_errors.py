"""The tree of errors: one class a status, and one line that repeats only what the service said."""

import pickle

import pytest

from heyan import errors
from heyan.errors import FieldProblem, HeyanError, Malformed, Refused, TimedOut, Unreachable, Unreadable, kind_of


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "Refused"),
        (401, "Unauthorised"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (405, "Refused"),
        (409, "Conflict"),
        (413, "TooLarge"),
        (422, "Malformed"),
        (429, "TooManyRequests"),
        (500, "ServerError"),
        (503, "ServerError"),
    ],
)
def test_each_status_has_its_class(status: int, name: str) -> None:
    assert kind_of(status).__name__ == name
    assert issubclass(kind_of(status), Refused)


def test_every_error_stands_in_the_drawn_tree() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, HeyanError)]
    assert len(classes) == 13
    for one in classes:
        assert f" {one.__name__} " in f" {errors.__doc__} ".replace("\n", " ")


def test_a_timeout_is_a_kind_of_nobody_answered_and_a_refusal_is_not() -> None:
    assert issubclass(TimedOut, Unreachable)
    assert not issubclass(Refused, Unreachable)
    assert not issubclass(Unreadable, Unreachable)


def test_a_refusal_tells_status_error_detail_and_every_field_in_one_line() -> None:
    fields = [FieldProblem("facts.terms", "is missing"), FieldProblem("options.x", "is not known")]
    refusal = Malformed(422, "Malformed", "the request breaks the contract", fields)
    assert str(refusal) == (
        "422 Malformed: the request breaks the contract (facts.terms: is missing; options.x: is not known)"
    )
    assert str(Refused(400)) == "400"


def test_a_refusal_survives_the_way_between_processes() -> None:
    refusal = Malformed(422, "Malformed", "no", [FieldProblem("facts", "why")], 1.5)
    copied = pickle.loads(pickle.dumps(refusal))  # noqa: S301  written a moment ago
    assert (type(copied), vars(copied)) == (Malformed, vars(refusal))
