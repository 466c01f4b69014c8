"""The verdict: harm outweighs every gain, and what chance alone may cause is neither."""

import math

import pytest

from finetune.comparing.verdict import Figure, judge

_LOSS = Figure("loss", "loss", 1.0, 0.5)
_STYLE = Figure("style", "style", 10, 90)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([_LOSS], "better"),
        ([_LOSS, _STYLE, Figure("usable", "share", 90, 88)], "better"),
        ([_LOSS, _STYLE, Figure("usable", "share", 90, 87.9)], "worse"),
        ([_LOSS, Figure("usable", "share", 90, 70, 6)], "better"),  # of six bodies, chance takes as many
        ([_LOSS, Figure("usable", "share", 100, 0, 1)], "worse"),  # but not all of them
        ([Figure("style", "style", 0, 6.4, 24)], "no better"),
        ([Figure("style", "style", 0, 6.4, 2400)], "better"),
        ([_LOSS, Figure("usable", "share", 90, 70, 60)], "worse"),
        ([_LOSS, Figure("usable", "share", 99.9, 97.8, 1000)], "worse"),
        ([_LOSS, Figure("usable", "share", 50, 47.8, 1000)], "better"),
        ([_STYLE, Figure("loss", "loss", 1.0, 1.03)], "worse"),
        ([_STYLE, Figure("loss", "loss", 1.0, math.nan)], "worse"),
        ([Figure("loss", "loss", 1.0, 1.01), Figure("margin", "margin", 1, 2)], "better"),
        ([Figure("ranking", "ranking", 50, 51)], "better"),
        ([Figure("loss", "loss", 1.0, 0.99)], "no better"),
        ([Figure("usable", "share", 50, 90)], "no better"),
    ],
)
def test_the_verdict_weighs_harm_before_gain(figures: list[Figure], verdict: str) -> None:
    found, reasons = judge(figures)
    assert found == verdict
    assert reasons
