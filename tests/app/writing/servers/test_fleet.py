"""Several servers as one, over real HTTP: load, failures, deadlines, ejection and readmission."""

import asyncio
import itertools
import json
import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest
from structlog.testing import capture_logs

from app.errors import ModelTimeout, ModelUnavailable
from app.writing.model import Draft
from app.writing.servers.fleet import BackoffPolicy
from app.writing.servers.model import ServedModel
from tests.app.writing.serving import HOUSE, make_served, serving, task
from tests.model_server import PATIENCE_SECONDS, Json, ModelServer, Reply, completion, model_server, refusal, until

NEVER = BackoffPolicy(first=3600.0)
"""No ejected server is tried as long as a test lasts."""
HASTY = replace(NEVER, min_timeout=0.05)
"""And a server should have answered almost at once."""
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
            assert self.opened.wait(PATIENCE_SECONDS)
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


UNUSABLE = [
    completion(),
    completion("没有写完", finish="length"),
    completion(" "),
    Reply(json.dumps({"choices": [{"finish_reason": "stop", "message": {"content": None}}]}).encode()),
]
"""Chat completions in which nothing was finished."""


class TestAServerThatFails:
    @pytest.mark.parametrize("reply", [failing(500), failing(503), Reply(b"<html>")], ids=["500", "503", "nonsense"])
    async def test_costs_no_order_and_is_ejected(self, reply: Reply) -> None:
        with model_server(lambda body: reply) as bad, model_server(lambda body: GOOD) as good:
            async with serving(bad, good, name="heyan-fake", backoff=NEVER) as (model, health):
                for _ in range(4):
                    assert (await model.write(task())).skeletons == ("好。",)
                assert [replica.is_ejected for replica in model.fleet.replicas] == [True, False]
                assert health.is_answering is None
        assert (len(bad.asked), len(good.asked)) == (1, 4)

    async def test_that_breaks_off_costs_no_order(self, gate: Gate) -> None:
        with ExitStack() as stack:
            dying = ModelServer(gate)
            dying.start()
            good = stack.enter_context(model_server(lambda body: GOOD))
            async with serving(dying, good, name="heyan-fake", backoff=NEVER) as (model, _):
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
            model = make_served(f"{dead},{good.url}", backoff=NEVER)
            assert [(await model.write(task())).skeletons for _ in range(3)] == [("好。",)] * 3
            assert len(model.fleet.live) == 1
            await model.close()

    async def test_is_tried_until_it_writes_and_then_readmitted(self) -> None:
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

    async def test_that_only_lists_its_models_is_not_readmitted(self) -> None:
        with model_server(lambda body: failing(500)) as half_dead:
            async with serving(half_dead) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(half_dead.asked) >= 4)
                assert half_dead.listed
                assert model.fleet.live == ()

    @pytest.mark.parametrize("reply", [completion(), Reply(hangs=True), refusal(401, "no"), failing(404)])
    async def test_is_not_readmitted_for_anything_less_than_a_text(self, reply: Reply) -> None:
        with model_server(lambda body: reply if is_trial(body) else failing(500)) as served:
            async with serving(served, name="heyan-fake", backoff=BackoffPolicy(0.01, 0.02, 0.05)) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(served.asked) >= 4)
                assert model.fleet.live == ()

    async def test_that_died_is_readmitted_after_a_restart(self) -> None:
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
            async with serving(served, name="heyan-fake", backoff=BackoffPolicy(0.02, 0.32, 1.0)) as (model, _):
                with pytest.raises(ModelUnavailable):
                    await model.write(task())
                await until(lambda: len(times) >= 7)
        # Never sooner than the backoff less its jitter, however slow the machine is.
        waits = [later - earlier for earlier, later in itertools.pairwise(times)]
        for wait, due in zip(waits, [0.02, 0.04, 0.08, 0.16, 0.32, 0.32], strict=False):
            assert wait > 0.75 * due


class TestWithoutAnyServer:
    async def test_an_order_fails_at_once(self) -> None:
        with model_server(lambda body: failing(500)) as one, model_server(lambda body: failing(500)) as two:
            async with serving(one, two, name="heyan-fake", backoff=NEVER) as (model, health):
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
                assert [replica.is_ejected for replica in model.fleet.replicas] == [False, True]
                assert health.is_answering is True
                assert (await model.write(task())).skeletons == ("好。",)


class TestAServerThatRefuses:
    @pytest.mark.parametrize("status", [307, 400, 401, 403, 413, 422])
    async def test_an_order_that_all_refuse_is_kept(self, status: int) -> None:
        """Nobody wrote it: the order may be to blame."""
        with model_server(lambda body: failing(status)) as one, model_server(lambda body: failing(status)) as two:
            async with serving(one, two, name="heyan-fake") as (model, _):
                for _ in range(4):
                    with pytest.raises(ModelUnavailable, match=str(status)):
                        await model.write(task(banned=()))
                assert len(model.fleet.live) == 2
        assert len(one.asked) == len(two.asked) >= 4

    @pytest.mark.parametrize("status", [307, 400, 401, 403, 413, 422])
    async def test_is_kept_if_it_is_the_only_one(self, status: int) -> None:
        replies = [failing(status)] * 12
        with model_server(lambda body: replies.pop() if replies else GOOD) as only:
            async with serving(only, name="heyan-fake") as (model, health):
                while len(replies) > 2:
                    with pytest.raises(ModelUnavailable, match=str(status)):
                        await model.write(task(banned=()))
                replies.clear()
                assert (await model.write(task(banned=()))).skeletons == ("好。",)
                assert health.is_answering is None

    @pytest.mark.parametrize("reply", UNUSABLE)
    async def test_that_writes_nothing_is_kept_if_it_is_the_only_one(self, reply: Reply) -> None:
        with model_server(lambda body: reply) as only:
            async with serving(only, name="heyan-fake") as (model, _):
                for _ in range(4):
                    assert not "".join((await model.write(task())).skeletons).strip()
                assert len(model.fleet.live) == 1

    @pytest.mark.parametrize(
        ("reply", "times"),
        [(failing(status), 3) for status in (400, 413, 422)]
        + [(failing(status), 1) for status in (301, 307, 401, 403)]
        + [(reply, 3) for reply in UNUSABLE],
    )
    async def test_what_another_writes_costs_no_order_and_is_ejected(self, reply: Reply, times: int) -> None:
        with model_server(lambda body: reply) as bad, model_server(lambda body: GOOD) as good:
            async with serving(bad, good, name="heyan-fake", backoff=NEVER) as (model, _):
                refusals = []
                for _ in range(8):
                    assert (await model.write(task(banned=()))).skeletons == ("好。",)
                    refusals.append(model.fleet.replicas[0].refusals)
                assert [replica.is_ejected for replica in model.fleet.replicas] == [True, False]
        assert max(refusals) == times
        assert len(good.asked) == 8

    async def test_and_writes_now_and_then_is_kept(self) -> None:
        replies = itertools.cycle([failing(413), failing(413), GOOD])
        with model_server(lambda body: next(replies)) as moody, model_server(lambda body: GOOD) as good:
            async with serving(moody, good, name="heyan-fake", backoff=NEVER) as (model, _):
                for _ in range(24):
                    await model.write(task(banned=()))
                assert len(model.fleet.live) == 2

    async def test_before_it_wrote_another_order_is_kept(self, gate: Gate) -> None:
        """What counts is when it refused, not when another one was done with the order."""
        replies = [failing(413)] * 3
        with model_server(lambda body: replies.pop() if replies else GOOD) as moody, model_server(gate) as slow:
            async with serving(moody, slow, name="heyan-fake", backoff=NEVER) as (model, _):
                orders = []
                for number in range(1, 4):
                    orders.append(asyncio.create_task(model.write(task())))
                    await until(partial(_asked, slow, number))
                await model.write(task())
                assert len(moody.asked) == 4
                gate.opened.set()
                await asyncio.gather(*orders)
                assert len(model.fleet.live) == 2
                assert model.fleet.replicas[0].refusals == 0

    async def test_after_a_good_trial_is_ejected_at_once_and_longer(self) -> None:
        """As a server does whose context is too short for real orders."""
        with (
            model_server(lambda body: GOOD if is_trial(body) else failing(400)) as small,
            model_server(lambda body: GOOD) as good,
        ):
            async with serving(small, good, name="heyan-fake", backoff=BackoffPolicy(first=0.01, most=0.04)) as (
                model,
                _,
            ):
                replica = model.fleet.replicas[0]
                ejections = []
                for _ in range(5):
                    while not replica.is_ejected:
                        assert (await model.write(task(banned=()))).skeletons == ("好。",)
                    ejections.append((replica.refusals, replica.pause))
                    await until(lambda: len(model.fleet.live) == 2)
        assert ejections == [(3, 0.01), (4, 0.02), (5, 0.04), (6, 0.04), (7, 0.04)]

    async def test_and_is_cured_counts_as_before(self) -> None:
        replies = {"small": failing(400)}
        with (
            model_server(lambda body: GOOD if is_trial(body) else replies.get("small", GOOD)) as small,
            model_server(lambda body: GOOD) as good,
        ):
            async with serving(small, good, name="heyan-fake", backoff=BackoffPolicy(first=0.01, most=0.04)) as (
                model,
                _,
            ):
                replica = model.fleet.replicas[0]
                while not replica.is_ejected:
                    await model.write(task(banned=()))
                replies.clear()
                await until(lambda: len(model.fleet.live) == 2)
                for _ in range(2):
                    await model.write(task(banned=()))
                assert (replica.refusals, replica.pause) == (0, 0.0)

    async def test_is_logged_once_for_each_reason(self) -> None:
        replies = [refusal(400, "too long"), refusal(400, "too long"), refusal(413, "x" * 1000)]
        with model_server(lambda body: replies.pop(0)) as served, capture_logs() as logged:
            async with serving(served, name="heyan-fake") as (model, _):
                while replies:
                    with pytest.raises(ModelUnavailable):
                        await model.write(task(banned=()))
        lines = [line for line in logged if line["event"] == "a model server did not write an order"]
        assert [(line["log_level"], line["server"]) for line in lines] == [("warning", f"127.0.0.1:{served.port}")] * 2
        assert "too long" in lines[0]["reason"]
        assert len(lines[1]["reason"]) == 200

    async def test_with_ever_new_reasons_is_logged_a_few_times(self) -> None:
        numbers = itertools.count()
        with model_server(lambda body: refusal(413, f"request {next(numbers)}")) as served, capture_logs() as logged:
            async with serving(served, name="heyan-fake") as (model, _):
                for _ in range(40):
                    with pytest.raises(ModelUnavailable):
                        await model.write(task(banned=()))
        assert len(logged) == 16

    async def test_for_too_many_orders_is_kept_and_another_is_asked(self) -> None:
        with model_server(lambda body: failing(429)) as full, model_server(lambda body: GOOD) as free:
            async with serving(full, free, name="heyan-fake") as (model, _):
                assert (await model.write(task())).skeletons == ("好。",)
                assert len(model.fleet.live) == 2
        assert (len(full.asked), len(free.asked)) == (1, 1)

    async def test_the_model_is_ejected_and_another_is_asked(self) -> None:
        with model_server(lambda body: failing(404)) as other, model_server(lambda body: GOOD) as good:
            async with serving(other, good, name="heyan-fake", backoff=NEVER) as (model, _):
                assert (await model.write(task())).skeletons == ("好。",)
                assert [replica.is_ejected for replica in model.fleet.replicas] == [True, False]


class TestTheDeadline:
    async def test_is_kept_when_all_stall(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as one, model_server(lambda body: Reply(hangs=True)) as two:
            async with serving(one, two, name="heyan-fake", backoff=NEVER) as (model, health):
                before = time.monotonic()
                orders = [model.write(task(seconds=1.0)) for _ in range(4)]
                outcomes = await asyncio.gather(*orders, return_exceptions=True)
                assert time.monotonic() - before < PATIENCE_SECONDS
                assert {type(outcome) for outcome in outcomes} == {ModelTimeout}
                assert health.is_answering is None
                assert len(model.fleet.live) == 2
                assert await asyncio.to_thread(one.hung_up.wait, PATIENCE_SECONDS)

    async def test_leaves_nothing_for_another_try_after_it(self) -> None:
        """A server that breaks after the deadline costs no other server an order."""
        with model_server(lambda body: Reply(hangs=True)) as slow, model_server(lambda body: GOOD) as good:
            async with serving(slow, good, name="heyan-fake") as (model, _):
                with pytest.raises(ModelTimeout):
                    await model.write(task(seconds=0.1))
        assert not good.asked

    async def test_missed_three_times_in_a_row_ejects_a_server(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as stalled:
            async with serving(stalled, name="heyan-fake", backoff=HASTY) as (model, health):
                for missed in range(3):
                    assert len(model.fleet.live) == 1, missed
                    with pytest.raises(ModelTimeout):
                        await model.write(task(seconds=0.3))
                assert model.fleet.live == ()
                assert health.is_answering is False
                with pytest.raises(ModelUnavailable, match="no model server is left"):
                    await model.write(task())

    async def test_missed_with_answers_in_between_says_nothing(self) -> None:
        replies: list[Reply] = []
        with model_server(lambda body: replies.pop(0)) as served:
            async with serving(served, name="heyan-fake", backoff=HASTY) as (model, _):
                for _ in range(3):
                    for _ in range(2):
                        replies.append(Reply(hangs=True))
                        with pytest.raises(ModelTimeout):
                            await model.write(task(seconds=0.3))
                    replies.append(GOOD)
                    await model.write(task())
                assert len(model.fleet.live) == 1

    async def test_kept_by_somebody_else_counts_alike(self) -> None:
        """The desk cancels a model at the same moment; whose timer is first must not matter."""
        with model_server(lambda body: Reply(hangs=True)) as stalled:
            async with serving(stalled, name="heyan-fake", backoff=HASTY) as (model, _):
                for _ in range(3):
                    order = task(seconds=0.3)
                    with pytest.raises((TimeoutError, ModelTimeout)):
                        async with asyncio.timeout(order.deadline - time.monotonic()):
                            await model.write(order)
                assert model.fleet.live == ()

    async def test_a_stalled_server_does_not_swallow_every_order(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as stalled, model_server(lambda body: GOOD) as good:
            async with serving(stalled, good, name="heyan-fake", backoff=HASTY) as (model, _):
                outcomes = []
                for _ in range(12):
                    try:
                        outcomes.append((await model.write(task(seconds=1.0))).skeletons)
                    except ModelTimeout:
                        outcomes.append(())
                assert outcomes.count(()) == 3
                assert len(good.asked) == 9


class TestATimeout:
    """Counts against a server only if the server had the order for long enough."""

    async def test_with_a_tiny_deadline_says_nothing(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as slow:
            async with serving(slow, name="heyan-fake", backoff=NEVER) as (model, health):
                for _ in range(6):
                    with pytest.raises(ModelTimeout):
                        await model.write(task(seconds=0.05))
                assert len(model.fleet.live) == 1
                assert health.is_answering is None

    @pytest.mark.parametrize("index", [0, 1])
    @pytest.mark.parametrize(
        ("seconds", "min_timeout"),
        [
            ([0.1] * 4, 1.0),
            ([0.1] * 5, 0.2),
            ([0.8] * 5, 1.0),
            ([0.1] * 3 + [4.0] * 5, 4.0),
            ([9.0] * 9 + [0.1] * 20, 0.2),
        ],
    )
    async def test_is_measured_by_what_the_server_or_the_others_lately_took(
        self, index: int, seconds: list[float], min_timeout: float
    ) -> None:
        model = make_served("http://one,http://two")
        one = model.fleet.replicas[0]
        one.seconds.extend(seconds)
        assert model.fleet.min_timeout_of(model.fleet.replicas[index]) == min_timeout
        await model.close()

    async def test_while_the_server_answered_another_order_says_nothing(self) -> None:
        def answer(body: Json) -> Reply:
            return Reply(hangs=True) if body["n"] == 8 else GOOD

        with model_server(answer) as served:
            async with serving(served, name="heyan-fake", backoff=HASTY) as (model, _):
                late = [asyncio.create_task(model.write(task(seconds=2.0, candidates=8))) for _ in range(4)]
                await until(lambda: len(served.asked) == 4)
                await model.write(task())
                assert {type(each) for each in await asyncio.gather(*late, return_exceptions=True)} == {ModelTimeout}
                assert len(model.fleet.live) == 1
                assert model.fleet.replicas[0].timeouts == 0

    async def test_makes_no_new_process_of_a_server(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as stalled:
            async with serving(stalled, name="heyan-fake", backoff=HASTY) as (model, _):
                model.fleet.replicas[0].adapters = frozenset({HOUSE})
                for _ in range(3):
                    with pytest.raises(ModelTimeout):
                        await model.write(task(seconds=0.3))
                assert model.fleet.live == ()
                assert model.fleet.replicas[0].adapters == {HOUSE}

    async def test_is_no_broken_connection_which_does(self) -> None:
        server = ModelServer(lambda body: GOOD)
        server.start()
        async with serving(server, name="heyan-fake", backoff=NEVER) as (model, _):
            await model.write(task())
            model.fleet.replicas[0].adapters = frozenset({HOUSE})
            await asyncio.to_thread(server.die)
            with pytest.raises(ModelUnavailable):
                await model.write(task())
            assert model.fleet.live == ()
            assert model.fleet.replicas[0].adapters == frozenset()


class TestAnOrderThatIsWithdrawn:
    async def test_hangs_up_and_says_nothing_of_the_server(self) -> None:
        with model_server(lambda body: Reply(hangs=True)) as served:
            async with serving(served, name="heyan-fake", backoff=NEVER) as (model, _):
                for number in range(1, 5):
                    order = asyncio.create_task(model.write(task()))
                    await until(partial(_asked, served, number))
                    order.cancel()
                    await asyncio.wait({order})
                    assert order.cancelled()
                    assert await asyncio.to_thread(served.hung_up.wait, PATIENCE_SECONDS)
                    served.hung_up.clear()
                assert [replica.outstanding for replica in model.fleet.replicas] == [0]
                assert len(model.fleet.live) == 1


async def test_closing_ends_all_trials() -> None:
    with model_server(lambda body: failing(500)) as served:
        async with serving(served, name="heyan-fake", backoff=NEVER) as (model, _):
            with pytest.raises(ModelUnavailable):
                await model.write(task())
            assert len(asyncio.all_tasks()) == 2
        assert len(asyncio.all_tasks()) == 1
