"""What is measured of a model: a scripted one that writes well and badly, each fault counted where it belongs."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.data import Data, read_data
from app.metrics import Metrics
from app.scripts.intake import Order
from app.settings import Settings
from app.writing.heldout import is_held_out_pair
from app.writing.lines.library import ApprovedLine, ApprovedLines
from app.writing.model import Draft, WritingTask
from evals import model
from evals.examiner import Examiner
from evals.moments import Moments
from guards.types import Scenario

GOOD = "成本是{年化利率}。您担心利息，这很自然。您还想了解哪项？"
NO_TAG = "成本是{年化利率}。您还想了解哪项？"
PROMISE = "成本是{年化利率}。您来办，保证一定批给您。"
STRANGE = "成本是{年化利率}，尾号{卡尾号}。"
CUT = "成本是{年化利率}。您担心利"


@pytest.fixture(scope="module")
def data() -> Data:
    """The shipped data."""
    return read_data(Settings(), Metrics())


@pytest.fixture
def order(data: Data) -> Order:
    """A moment of marketing with one tag."""
    orders = Moments(data.vocabulary, data.wording).held_out(50, 3)
    found = next(order for order in orders if order.plan.brief.scenario is Scenario.ACQUISITION)
    brief = replace(found.plan.brief, tags=("rate_sensitive",), slots=("年化利率",))
    plan = replace(found.plan, brief=brief)
    return replace(found, plan=plan, moment=replace(found.moment, slots=("年化利率",)))


@pytest.fixture
def examiner(data: Data) -> Examiner:
    """Knows one sentence for the tag."""
    tagged = ApprovedLine(Scenario.ACQUISITION, "您担心利息，这很自然。", tags=frozenset({"rate_sensitive"}))
    return Examiner(data, ApprovedLines([tagged, ApprovedLine(Scenario.ACQUISITION, "您还想了解哪项？")]))


class Scripted:
    """Writes the same candidates for every order, and counts the orders."""

    def __init__(self, *bodies: str) -> None:
        self.bodies = bodies
        self.orders = 0

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        self.orders += 1
        return Draft(self.bodies, "scripted", "test")


async def figures(examiner: Examiner, orders: Sequence[Order], *bodies: str) -> dict[str, float]:
    """The values by name."""
    return {each.name: each.value for each in await model.measure(Scripted(*bodies), examiner, orders)}


def test_moments_have_pairs_that_training_leaves_out(data: Data) -> None:
    moments = Moments(data.vocabulary, data.wording)
    orders = list(moments.held_out(40, 1))
    assert all(is_held_out_pair(order.plan.brief.scenario, order.plan.brief.tags) for order in orders)
    assert {order.plan.brief.scenario for order in orders} == set(Scenario) - {Scenario.COLLECTION_M3_PLUS}
    assert [order.plan for order in orders] == [order.plan for order in moments.held_out(40, 1)]
    assert [order.plan for order in orders] != [order.plan for order in moments.held_out(40, 2)]


async def test_a_good_model_reaches_every_goal_but_variety(examiner: Examiner, order: Order) -> None:
    found = await model.measure(Scripted(GOOD, GOOD, GOOD, GOOD), examiner, [order, order])
    missed = [each.name for each in found if not each.holds]
    assert missed == ["distinct bodies of ten moments asked 50 times each"]


async def test_each_fault_is_counted(examiner: Examiner, order: Order) -> None:
    found = await figures(examiner, [order, order], PROMISE, STRANGE, CUT, NO_TAG)
    assert found["tags of the customer taken up in words"] == 0
    assert found["candidates with legal slots only"] == 75
    assert found["first candidate passes the whole guard chain"] == 0
    assert found["one of four passes the whole guard chain"] == 100
    assert found["candidates missing or unfinished"] == 2
    assert (await figures(examiner, [order, order], PROMISE, STRANGE, CUT))["candidates missing or unfinished"] == 4
    none = await figures(examiner, [order, order], PROMISE, STRANGE, CUT, PROMISE)
    assert none["one of four passes the whole guard chain"] == 0


def test_without_sentences_it_is_unknown_which_tags_were_addressed(data: Data, order: Order) -> None:
    assert Examiner(data, None).examine(GOOD, order).tags is None


@pytest.mark.parametrize("count", ["0", "1", "-3", "many"])
def test_fewer_than_two_moments_are_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        model.main(["--moments", count])
    assert refused.value.code == 2
    assert "argument --moments: " in capsys.readouterr().err


def test_where_torch_is_not_installed_one_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert model.main(["--model-dir", str(tmp_path), "--moments", "2"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("the embedded model needs torch, not installed here")


def test_a_checkpoint_that_is_none_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert model.main(["--model-dir", str(tmp_path), "--moments", "2"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
