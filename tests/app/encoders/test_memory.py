"""Vectors are remembered up to a number, for all threads, and no sentence with them."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from app.encoders.memory import Memory
from guards.meaning.encoder import Vector


def vector(number: float) -> Vector:
    return np.array([number], dtype=np.float32)


def test_what_was_kept_is_known_and_nothing_else() -> None:
    memory = Memory()
    memory.keep("甲", vector(1))
    assert memory.known(["甲", "乙"]) == {"甲": vector(1)}
    assert not memory.known(["甲"])["甲"].flags.writeable
    assert memory.known([]) == {}


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    memory = Memory(2)
    memory.keep("甲", vector(1))
    memory.keep("乙", vector(2))
    memory.known(["甲"])
    memory.keep("丙", vector(3))
    assert set(memory.known(["甲", "乙", "丙"])) == {"甲", "丙"}


def test_no_sentence_is_kept_and_no_other_process_hashes_alike() -> None:
    one, other = Memory(), Memory()
    one.keep("欧阳三丰您好", vector(1))
    other.keep("欧阳三丰您好", vector(1))
    kept, again = list(one._vectors), list(other._vectors)
    assert kept != again
    assert "欧阳三丰".encode() not in pickle.dumps(one._vectors)


def test_many_threads_may_use_it_at_once() -> None:
    memory = Memory(8)

    def work(number: int) -> bool:
        said = f"句{number % 16}"
        memory.keep(said, vector(number % 16))
        return all(found == vector(number % 16) for found in memory.known([said]).values())

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(2000)))
    assert len(memory._vectors) == 8
