"""The pool: bounded, by brief, without repeats."""

from dataclasses import replace

from app.approved.brief import Brief
from app.writing.pool import Pool
from guards.types import Generation, Scenario

BRIEF = Brief(Scenario.ACQUISITION, Generation.YOUNG, "rate_first", (), ("年化利率",))


def other(number: int) -> Brief:
    """Another brief for each number."""
    return replace(BRIEF, tags=(f"tag_{number}",))


def test_is_empty_at_first() -> None:
    assert Pool().draw(BRIEF, 4) == ()


def test_returns_what_was_kept_for_the_brief_only() -> None:
    pool = Pool()
    pool.add(BRIEF, "一。")
    pool.add(other(1), "二。")
    assert pool.draw(BRIEF, 4) == ("一。",)
    assert pool.draw(replace(BRIEF, generation=Generation.SENIOR), 4) == ()


def test_draws_different_ones_and_no_more_than_asked() -> None:
    pool = Pool()
    for text in ("一。", "二。", "三。", "一。"):
        pool.add(BRIEF, text)
    assert sorted(pool.draw(BRIEF, 8)) == sorted(["一。", "二。", "三。"])
    assert len(set(pool.draw(BRIEF, 2))) == 2


def test_forgets_the_oldest_skeleton() -> None:
    pool = Pool(skeletons_each=2)
    for text in ("一。", "二。", "三。"):
        pool.add(BRIEF, text)
    assert set(pool.draw(BRIEF, 8)) == {"二。", "三。"}


def test_forgets_the_brief_that_was_longest_not_asked_for() -> None:
    pool = Pool(briefs=2)
    pool.add(other(1), "一。")
    pool.add(other(2), "二。")
    pool.draw(other(1), 1)
    pool.add(other(3), "三。")
    assert [pool.draw(other(number), 1) for number in (1, 2, 3)] == [("一。",), (), ("三。",)]
