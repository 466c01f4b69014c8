"""How sure a process is of its rules."""

from app.lexicon.standing import Standing


class Clock:
    """A clock that only the test moves; `reading` in seconds."""

    def __init__(self) -> None:
        self.reading = 100.0

    def __call__(self) -> float:
        return self.reading


def test_a_store_that_was_never_reached_is_stale_at_once() -> None:
    standing = Standing(60)
    assert standing.is_stale
    assert standing.policy == "last good"


def test_it_is_stale_when_the_store_was_silent_for_too_long() -> None:
    clock = Clock()
    standing = Standing(60, clock)
    standing.reached()
    standing.lost()
    clock.reading += 60
    assert (standing.is_stale, standing.policy) == (False, "last good")
    clock.reading += 0.1
    assert standing.is_stale
    standing.reached()
    assert (standing.is_stale, standing.policy, standing.problem) == (False, "newest", None)


def test_a_refused_revision_is_named_without_its_words() -> None:
    standing = Standing(60)
    standing.reached()
    standing.refuse(7, "absolute.yaml:3: 国家级")
    assert (standing.policy, standing.problem) == (
        "last good",
        "revision 7 cannot be put in force: see the log",
    )
    assert not standing.is_stale
    standing.accept()
    assert standing.problem is None
