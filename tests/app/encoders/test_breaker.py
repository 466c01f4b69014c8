"""A server that fails is left alone, longer each time, and tried by one call."""

import pytest

from app.encoders.breaker import Breaker


class Clock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_sound_server_is_asked_by_everybody(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert breaker.admits()
    assert breaker.admits()
    assert breaker.succeeded() is False


def test_a_broken_one_is_left_alone_and_then_tried_by_one_call(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert breaker.failed() is True
    assert not breaker.admits()
    clock.now = 0.5
    assert breaker.admits()
    assert not breaker.admits()
    assert breaker.succeeded() is True
    assert breaker.admits()
    assert breaker.admits()


def test_each_failed_trial_doubles_the_pause_up_to_ten_seconds(clock: Clock) -> None:
    breaker, pauses = Breaker(clock), []
    breaker.failed()
    for _ in range(7):
        began = clock.now
        while not breaker.admits():
            clock.now += 0.5
        pauses.append(clock.now - began)
        assert breaker.failed() is False
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_calls_that_began_before_do_not_lengthen_the_pause(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert [breaker.failed() for _ in range(8)] == [True, *[False] * 7]
    clock.now = 0.5
    assert breaker.admits()


def test_three_timeouts_in_a_row_are_telling_and_one_answer_between_them_is_too(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert [breaker.timed_out(1.0) for _ in range(2)] == [False, False]
    breaker.succeeded()
    assert [breaker.timed_out(1.0) for _ in range(3)] == [False, False, True]
    assert not breaker.admits()


def test_a_call_with_little_time_says_nothing_about_the_server(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert not any(breaker.timed_out(0.1) for _ in range(10))
    assert breaker.admits()


def test_a_trial_that_is_not_answered_has_failed_however_little_time_it_had(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed()
    clock.now = 0.5
    assert breaker.admits()
    assert breaker.timed_out(0.02) is False
    clock.now = 1.0
    assert not breaker.admits()
    clock.now = 1.5
    assert breaker.admits()
