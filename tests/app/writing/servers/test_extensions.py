"""The pattern of a skeleton: nothing that a brief does not allow can match, and everything approved does."""

import re
from itertools import product

import pytest

from app.approved.brief import Brief
from app.approved.skeleton import MAX_CHARACTERS, slots_in
from app.writing.servers.extensions import skeleton_pattern
from guards.types import Generation, Scenario
from tests.app.conftest import Shipped

SLOTS = ("年化利率", "额度上限")
BRIEF = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", (), SLOTS, ("产品名", "还款渠道"))


def matches(text: str, brief: Brief = BRIEF) -> bool:
    """Whether a server that is bound to the pattern could have written it."""
    return re.fullmatch(skeleton_pattern(brief), text) is not None


@pytest.mark.parametrize(
    "body",
    [
        "好。",
        "。",
        "您好，成本是{年化利率}。您看合适吗？",
        "{产品名}最高{额度上限}，{年化利率}！",
        "{年化利率}{额度上限}。",
        "先看看；不急、慢慢来：好。",
        "APP上就能看。",
        "打开官方APP，看{年化利率}。在{产品名}APP也能看，我们的APP。",
        "说" * 280 + "。",
        "成本是{年化利率}，您再看看额度。" * 11,
    ],
)
def test_a_skeleton_matches(body: str) -> None:
    assert matches(body)


@pytest.mark.parametrize(
    "broken", [*"0123456789０９²①", *"azAZP", "AP", "APPS", "APPAPP", " ", "\n", "　", *"“”%.,()<>*—…"]
)
@pytest.mark.parametrize(
    "place", ["{}成本是。", "成本{}是。", "成本是{}。", "成本是。{}", "好，{{年化利率}}{}。", "好{{年化{}利率}}。"]
)
def test_digits_letters_and_other_signs_match_nowhere(place: str, broken: str) -> None:
    assert not matches(place.format(broken))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "成本是{年化利率}",
        "成本是{年化利率}，",
        "成本是{月利率}。",
        "成本是{年化利率。",
        "成本是年化利率}。",
        "成本是{}。",
        "成本是{{年化利率}}。",
        "成本是{年化}利率。",
        "成本是{ 年化利率 }。",
        "成本是{年化利率|额度上限}。",
        "成本是{年化利率}。好",
        "<think>好。</think>好。",
    ],
)
def test_other_slots_half_slots_and_open_ends_do_not_match(body: str) -> None:
    assert not matches(body)


def test_no_slot_matches_without_one_in_the_brief() -> None:
    bare = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first")
    assert matches("您好，打开APP看看。", bare)
    assert not matches("成本是{年化利率}。", bare)


@pytest.mark.parametrize(
    "unit", ["说", "说APP", "{年化利率}", "说{年化利率}", "{产品名}APP说", "说说说说说说说说说{还款渠道}"]
)
def test_nothing_longer_than_a_skeleton_matches(unit: str) -> None:
    bodies = [unit * count + "。" for count in range(1, MAX_CHARACTERS + 2)]
    longest = max(len(body) for body in bodies if matches(body))
    assert 40 < longest <= MAX_CHARACTERS


def test_every_approved_body_matches(shipped: Shipped) -> None:
    for (scenario, generation), bodies in shipped.wording.fallbacks.items():
        for body in bodies:
            brief = Brief(scenario, generation, "", (), tuple(dict.fromkeys(slots_in(body.text))))
            assert matches(body.text, brief), body.text


def test_every_set_of_shipped_slots_makes_a_pattern(shipped: Shipped) -> None:
    slots = tuple(shipped.vocabulary.slots)
    for one, other in product(slots, slots):
        brief = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "", (), (one,), (other,))
        assert matches(f"好，{{{one}}}，{{{other}}}。", brief)
