"""Keys of stretches: who owns them, and how many owners there may be."""

import numpy as np
import pytest

from guards.phrases.exchanged import Exchanged
from guards.phrases.stretches import Lookup, points_of


def test_more_owners_than_a_key_has_room_for_are_refused() -> None:
    keys = np.array([1], dtype=np.uint64)
    with pytest.raises(ValueError, match="phrases are more than"):
        Lookup(keys, np.array([1 << 40], dtype=np.int64))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("过包", [(0, 0, (0, 1))]),
        ("您看过包的", [(0, 2, (0, 1))]),
        ("放保证款", [(1, 0, (1, 2))]),
        ("包过", []),
    ],
)
def test_two_characters_that_changed_places_are_found_where_they_stand(
    text: str, found: list[tuple[int, int, tuple[int, int]]]
) -> None:
    phrases = Exchanged(["包过", "保放证款"])
    hits = [(owner, start) for owner, start, _ in phrases.found_in(text, points_of(text))]
    assert hits == [(owner, start) for owner, start, _ in found]
