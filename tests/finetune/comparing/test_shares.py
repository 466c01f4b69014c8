"""Shares: what counts as usable, and what the guards let through of it."""

import pytest

from app.approved.brief import Brief
from app.writing.lines.library import ApprovedLine, ApprovedLines
from finetune.comparing.shares import fits, shares
from finetune.screening.judge import Judge
from guards.types import Generation, Scenario


def test_the_shares_count_what_they_name(judging: Judge) -> None:
    brief = Brief(Scenario.ACQUISITION, Generation.YOUNG, "rate_first", (), ("年化利率",))
    good, base = "先跟您说成本，{年化利率}。", "您想先看哪一项？"
    bodies = [
        (brief, good + base),
        (brief, "额度最高可申请{额度上限}。"),  # a slot that was not ordered, and one that was is missing
        (brief, good + "我保证您一定能批。"),  # usable, and stopped
        (brief, good + "{没有这个}。"),
    ]
    free = {name: value for name, _, value, _ in shares(bodies, None, {good}, judging)}
    assert free == {
        "bodies usable, %": 50,
        "usable bodies that pass the guards, %": 50,
        "sentences of the taught wording, %": pytest.approx(300 / 7),
    }
    known = ApprovedLines([ApprovedLine(Scenario.ACQUISITION, each) for each in (good, base)])
    bound = {name: value for name, _, value, _ in shares(bodies, known, {good}, judging)}
    assert bound == {
        "bodies usable, %": 25,
        "usable bodies that pass the guards, %": 100,
        "sentences of the taught wording, %": pytest.approx(300 / 7),
    }
    assert [value for _, _, value, _ in shares([], known, {good}, judging)] == [0, 0, 0]
    assert fits(bodies, None, judging) == [True, False, False, False], "what the guards stop is not to be said"
    assert fits(bodies, known, judging) == [True, False, False, False]
    assert fits(bodies, ApprovedLines([ApprovedLine(Scenario.ACQUISITION, base)]), judging) == [False] * 4
    assert fits([(brief, base), (brief, base * 2)], known, judging) == [True, False], "a slot left out is complemented"
