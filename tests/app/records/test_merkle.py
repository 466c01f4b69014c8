"""Each leaf proves that it is under the root, in its place, and nothing else does."""

import pytest

from app.records import merkle


@pytest.mark.parametrize("count", range(1, 18))
def test_every_leaf_arrives_at_the_root_by_its_path(count: int) -> None:
    leaves = [merkle.leaf_of(f"01K{number}", "digest") for number in range(count)]
    root = merkle.root_of(leaves)
    for place, leaf in enumerate(leaves):
        path = merkle.path_of(leaves, place)
        assert merkle.root_by(leaf, place, count, path) == root
        assert merkle.root_by(merkle.leaf_of("01KX", "digest"), place, count, path) != root
        for elsewhere in set(range(-1, count + 1)) - {place}:
            assert merkle.root_by(leaf, elsewhere, count, path) != root
        assert merkle.root_by(leaf, place, count, [*path, root]) is None
        if path:
            assert merkle.root_by(leaf, place, count, path[:-1]) is None
            assert merkle.root_by(leaf, place, count, [*path[:-1], leaf]) != root


def test_a_leaf_is_of_one_id_and_one_digest() -> None:
    assert merkle.leaf_of("a", "b") != merkle.leaf_of("a", "c") != merkle.leaf_of("d", "c")
