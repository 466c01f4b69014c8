"""Several servers as one, over real HTTP: load, failures, deadlines, and who is trusted again when."""

import asyncio
import itertools
import socket
import threading
import time
from contextlib import ExitStack
from functools import partial

import pytest

from app.errors import ModelTimeout, ModelUnavailable
from app.writing.fleet import Pace
from app.writing.model import Draft
from app.writing.served import ServedModel
from tests.app.writing.serving import make_served, serving, task
from tests.model_server import Json, ModelServer, Reply, completion, model_server, refusal, until

NEVER = Pace(first=3600.0)
"""Nobody who is out is tried as long as a test lasts."""
GOOD = completion("好。")


def is_trial(body: Json) -> bool:
    """Whether a server is merely being tried."""
    return bool(body["max_tokens"] == 1)


class Gate:
    """Answers orders when it is opened, and trials at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def __call__(self, body: Json) -> Reply:
        if not is_trial(body):
            assert self.opened.wait(20)
        return GOOD


@pytest.fixture
def gate() -> Gate:
    """One for all servers of a test."""
    return Gate()


async def orders_on(model: ServedModel, count: int) -> list["asyncio.Task[Draft]"]:
    """Orders that were all sent, one after another."""
    orders = []
    for number in range(1, count + 1):
        orders.append(asyncio.create_task(model.write(task())))
        await until(partial(_all_sent, model, number))
    return orders


def _all_sent(model: ServedModel, count: int) -> bool:
    return sum(each.outstanding for each in model.fleet.replicas) == count


def _asked(server: ModelServer, times: int) -> bool:
    return len(server.asked) == times


class TestLoad:
    async def test_is_spread_evenly(self, gate: Gate) -> None:
        with model_server(gate) as one, model_server(gate) as two, model_server(gate) as three:
            async with serving(one, two, three, name="heyan-fake") as (model, _):
                orders = await orders_on(model, 6)
                await until(lambda: [one.at_once, two.at_once, three.at_once] == [2, 2, 2])
                gate.opened.set()
                await asyncio.gather(*orders)
        assert [len(each.asked) for each in (one, two, three)] == [2, 2, 2]

    async def test_goes_where_least_is_outstanding(self, gate: Gate) -> None:
        with model_server(gate) as busy, model_server(lambda body: GOOD) as quick:
            async with serving(busy, quick, name="heyan-fake") as (model, _):
                waiting = asyncio.create_task(model.write(task()))
                await until(lambda: busy.at_once == 1)
                for _ in range(5):
                    await model.write(task())
                gate.opened.set()
                await waiting
        assert (len(busy.asked), len(quick.asked)) == (1, 5)

    async def test_takes_turns_where_all_is_equal(self) -> None:
        with model_server(lambda body: GOOD) as one, model_server(lambda body: GOOD) as two:
            async with serving(one, two, name="heyan-fake") as (model, _):
                for _ in range(6):
                    await model.write(task())
        assert (len(one.asked), len(two.asked)) == (3, 3)


def failing(status: int) -> Reply:
    """An answer that says nothing else than that something went wrong."""
    return Reply(b"", status)


class TestAServerThatFails:
    @pytest.mark.parametrize("reply", [failing(500), failing(503), Reply(b"<html>")], ids=["500", "503", "nonsense"])
    async def test_costs_no_order_and_is_left_out(self, reply: Reply) -> None:
        with model_server(lambda body: reply) as bad, model_server(lambda body: GOOD) as good:
            async with serving(bad, good, name="heyan-fake", pace=NEVER) as (model, health):
                for _ in range(4):
                    assert (await model.write(task())).skeletons == ("好。",)
                assert [replica.is_out for replica in model.fleet.replicas] == [True, False]
                assert health.is_answering is None
        assert (len(bad.asked), len(good.asked)) == (1, 4)

    async def test_that_breaks_off_costs_no_order(self, gate: Gate) -> None:
        with ExitStack() as stack:
            dying = ModelServer(gate)
            dying.start()
            good = stack.enter_context(model_server(lambda body: GOOD))
            async with serving(dying, good, name="heyan-fake", pace=NEVER) as (model, _):
                order = asyncio.create_task(model.write(task()))
                await until(lambda: dying.at_once == 1)
                await asyncio.to_thread(dying.die)
                assert (await order).skeletons == ("好。",)
                assert len(model.fleet.live) == 1
            gate.opened.set()

    async def test_that_cannot_be_reached_costs_no_order(self) -> None:
        with socket.socket() as taken, model_server(lambda body: GOOD) as good:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            dead = f"http://127.0.0.1:{taken.getsockname()[1]}"
            model = make_served(f"{dead},{good.url}", pace=NEVER)
            assert [(await model.write(task())).skeletons for _ in range(3)] == [("好。",)] * 3
            assert len(model.fleet.live) == 1
            await model.close()

    async def test_is_tried_until_it_writes_and_then_trusted(self) -> None:
        replies = {"bad": failing(500)}
        with model_server(lambda body: replies.get("bad", GOOD)) as served:
            async with serving(served, name="heyan-fake") as (model, health):
                with pytest.raises(ModelUnavailable, match="500"):
                    await model.write(task())
                assert health.is_answering is False
                await until(lambda: len(served.asked) >= 4)
                assert model.fleet.live == ()
                replies.clear()
                await until(lambda: model.fleet.live)
                assert health.is_answering is True
                assert (await model.write(task())).skeletons == ("好。",)
        trials = served.asked[1:-1]
        assert all(is_trial(body) and body["model"] == "heyan-fake" for body in trials)

    async def test_that_only_lists_its_models_is_not_trusted(self) -> None:
        with model_server(lambda body: failing(500)) as half_dead:
            async with serving(half_dead) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(half_dead.asked) >= 4)
                assert half_dead.listed
                assert model.fleet.live == ()

    @pytest.mark.parametrize("reply", [completion(), Reply(hangs=True), refusal(401, "no"), failing(404)])
    async def test_is_not_trusted_for_anything_less_than_a_text(self, reply: Reply) -> None:
        with model_server(lambda body: reply if is_trial(body) else failing(500)) as served:
            async with serving(served, name="heyan-fake", pace=Pace(0.01, 0.02, 0.05)) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(served.asked) >= 4)
                assert model.fleet.live == ()

    async def test_that_died_is_back_after_a_restart(self) -> None:
        first = ModelServer(lambda body: GOOD)
        first.start()
        async with serving(first) as (model, health):
            await model.write(task())
            await asyncio.to_thread(first.die)
            with pytest.raises(ModelUnavailable):
                await model.write(task())
            assert health.is_answering is False
            with ModelServer(lambda body: GOOD, "heyan-new", port=first.port).running():
                await until(lambda: model.fleet.live)
                assert (await model.write(task())).model == "heyan-new"

    async def test_is_asked_for_its_first_model_anew(self) -> None:
        replies = {"bad": failing(500)}
        with model_server(lambda body: replies.get("bad", GOOD), "heyan-old", adapters={}) as served:
            async with serving(served) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(served.asked) >= 3)
                served.model = "heyan-new"
                replies.clear()
                await until(lambda: model.fleet.live)
                assert (await model.write(task())).model == "heyan-new"

    async def test_is_tried_less_and_less_often(self) -> None:
        times: list[float] = []

        def note(body: Json) -> Reply:
            times.append(time.monotonic())
            return failing(500)

        with model_server(note) as served:
            async with serving(served, name="heyan-fake", pace=Pace(0.02, 0.32, 1.0)) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(times) >= 7)
        # Never sooner than the pace less its jitter says, however slow the machine is.
        waits = [later - earlier for earlier, later in itertools.pairwise(times)]
        for wait, due in zip(waits, [0.02, 0.04, 0.08, 0.16, 0.32, 0.32], strict=False):
            assert wait > 0.75 * due


class TestWithoutAnyServer:
    async def test_an_order_fails_at_once(self) -> None:
        with model_server(lambda body: failing(500)) as one, model_server(lambda body: failing(500)) as two:
            async with serving(one, two, name="heyan-fake", pace=NEVER) as (model, health):
                for _ in range(3):
                    with pytest.raises(ModelUnavailable):
                        await model.write(task())
                assert health.is_answering is False
        assert (len(one.asked), len(two.asked)) == (1, 1)

    async def test_one_that_comes_back_is_enough(self) -> None:
        cured = threading.Event()
        replies = {"one": failing(500), "two": failing(500)}

        def answer(body: Json) -> Reply:
            return GOOD if cured.is_set() else replies["one"]

        with model_server(answer) as one, model_server(lambda body: replies["two"]) as two:
            async with serving(one, two, name="heyan-fake") as (model, health):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                cured.set()
                await until(lambda: model.fleet.live)
                assert [replica.is_out for replica in model.fleet.replicas] == [False, True]
                assert health.is_answering is True
                assert (await model.write(task())).skeletons == ("好。",)


class TestAServerThatRefuses:
    @pytest.mark.parametrize("status", [400, 401, 403, 413, 422])
    async def test_is_kept_and_nobody_else_is_asked(self, status: int) -> None:
        with model_server(lambda body: failing(status)) as one, model_server(lambda body: failing(status)) as two:
            async with serving(one, two, name="heyan-fake") as (model, _):
                with pytest.raises(ModelUnavailable, match=str(status)):
                    await model.write(task(banned=()))
                assert len(model.fleet.live) == 2
        assert one.asked
        assert not two.asked

    async def test_for_too_many_orders_is_kept_and_another_is_asked(self) -> None:
        with model_server(lambda body: failing(429)) as full, model_server(lambda body: GOOD) as free:
            async with serving(full, free, name="heyan-fake") as (model, _):
                assert (await model.write(task())).skeletons == ("好。",)
                assert len(model.fleet.live) == 2
        assert (len(full.asked), len(free.asked)) == (1, 1)

    async def test_the_model_is_left_out_and_another_is_asked(self) -> None:
        with model_server(lambda body: failing(404)) as other, model_server(lambda body: GOOD) as good:
            async with serving(other, good, name="heyan-fake", pace=NEVER) as (model, _):
                assert (await model.write(task())).skeletons == ("好。",)
                assert [replica.is_out for replica in model.fleet.replicas] == [True, False]


class TestTheDeadline:
    async def test_is_kept_when_all_stall(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as one, model_server(lambda body: Reply(hangs=True)) as two:
            async with serving(one, two, name="heyan-fake", pace=NEVER) as (model, health):
                before = time.monotonic()
                orders = [model.write(task(seconds=0.2)) for _ in range(4)]
                outcomes = await asyncio.gather(*orders, return_exceptions=True)
                assert time.monotonic() - before < 10
                assert {type(outcome) for outcome in outcomes} == {ModelTimeout}
                assert health.is_answering is None
                assert len(model.fleet.live) == 2
                assert await asyncio.to_thread(one.hung_up.wait, 10)

    async def test_leaves_nothing_for_another_try_after_it(self) -> None:
        """A server that breaks after the deadline costs no other server an order."""
        with model_server(lambda body: Reply(hangs=True)) as slow, model_server(lambda body: GOOD) as good:
            async with serving(slow, good, name="heyan-fake") as (model, _):
                with pytest.raises(ModelTimeout):
                    await model.write(task(seconds=0.1))
        assert not good.asked

    async def test_missed_three_times_in_a_row_leaves_a_server_out(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as stalled:
            async with serving(stalled, name="heyan-fake", pace=NEVER) as (model, health):
                for missed in range(3):
                    assert len(model.fleet.live) == 1, missed
                    with pytest.raises(ModelTimeout):
                        await model.write(task(seconds=0.05))
                assert model.fleet.live == ()
                assert health.is_answering is False
                with pytest.raises(ModelUnavailable, match="no model server is left"):
                    await model.write(task())

    async def test_missed_with_answers_in_between_says_nothing(self) -> None:
        replies: list[Reply] = []
        with model_server(lambda body: replies.pop(0)) as served:
            async with serving(served, name="heyan-fake", pace=NEVER) as (model, _):
                for _ in range(3):
                    for _ in range(2):
                        replies.append(Reply(hangs=True))
                        with pytest.raises(ModelTimeout):
                            await model.write(task(seconds=0.05))
                    replies.append(GOOD)
                    await model.write(task())
                assert len(model.fleet.live) == 1

    async def test_kept_by_somebody_else_counts_alike(self) -> None:
        """The desk cancels a model at the same moment; whose timer is first must not matter."""
        with model_server(lambda body: Reply(hangs=True)) as stalled:
            async with serving(stalled, name="heyan-fake", pace=NEVER) as (model, _):
                for _ in range(3):
                    order = task(seconds=0.05)
                    with pytest.raises((TimeoutError, ModelTimeout)):
                        async with asyncio.timeout(order.deadline - time.monotonic()):
                            await model.write(order)
                assert model.fleet.live == ()

    async def test_a_stalled_server_does_not_swallow_every_order(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as stalled, model_server(lambda body: GOOD) as good:
            async with serving(stalled, good, name="heyan-fake", pace=NEVER) as (model, _):
                outcomes = []
                for _ in range(12):
                    try:
                        outcomes.append((await model.write(task(seconds=0.2))).skeletons)
                    except ModelTimeout:
                        outcomes.append(())
                assert outcomes.count(()) == 3
                assert len(good.asked) == 9


class TestAnOrderThatIsWithdrawn:
    async def test_hangs_up_and_says_nothing_of_the_server(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as served:
            async with serving(served, name="heyan-fake", pace=NEVER) as (model, _):
                for number in range(1, 5):
                    order = asyncio.create_task(model.write(task()))
                    await until(partial(_asked, served, number))
                    order.cancel()
                    await asyncio.wait({order})
                    assert order.cancelled()
                    assert await asyncio.to_thread(served.hung_up.wait, 10)
                    served.hung_up.clear()
                assert [replica.outstanding for replica in model.fleet.replicas] == [0]
                assert len(model.fleet.live) == 1


async def test_closing_ends_all_trials() -> None:
    with model_server(lambda body: failing(500)) as served:
        async with serving(served, name="heyan-fake", pace=NEVER) as (model, _):
            with pytest.raises(ModelUnavailable):
                await model.write(task())
            assert len(asyncio.all_tasks()) == 2
        assert len(asyncio.all_tasks()) == 1
