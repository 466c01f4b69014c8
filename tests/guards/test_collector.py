"""The garbage collector rests for a while, and afterwards does what it did before."""

import gc

import pytest

from guards.collector import resting_collector


@pytest.mark.parametrize("is_at_work", [True, False])
def test_what_the_collector_did_before_it_does_afterwards(is_at_work: bool) -> None:
    was_enabled = gc.isenabled()
    try:
        (gc.enable if is_at_work else gc.disable)()
        with resting_collector():
            assert not gc.isenabled()
        assert gc.isenabled() is is_at_work
    finally:
        (gc.enable if was_enabled else gc.disable)()
