"""A tree of digests (RFC 9162, section 2.1) under one root: a few of them prove that one of thousands is among them."""

import hashlib
from collections.abc import Sequence


def leaf_of(script_id: str, digest: str) -> str:
    """The leaf of a decision: its digest bound to its id, which proves itself also when nothing else is left."""
    return hashlib.sha256(b"\0" + f"{script_id} {digest}".encode()).hexdigest()


def root_of(leaves: Sequence[str]) -> str:
    """The root over leaves in their order, of which there is at least one."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: Sequence[str], place: int) -> list[str]:
    """What a leaf needs, from the bottom up, to arrive at the root."""
    path, level = [], list(leaves)
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(level[beside])
        level, place = _above(level), place // 2
    return path


def root_by(leaf: str, place: int, count: int, path: Sequence[str]) -> str | None:
    """The root at which the leaf in this place, of so many, arrives by a path; None for a path that cannot be one."""
    if not 0 <= place < count:
        return None
    waiting = list(path)
    while count > 1:
        if place ^ 1 < count:
            if not waiting:
                return None
            beside = waiting.pop(0)
            leaf = _node(beside, leaf) if place & 1 else _node(leaf, beside)
        place, count = place // 2, (count + 1) // 2
    return None if waiting else leaf


def _above(level: Sequence[str]) -> list[str]:
    """The next level; one that is left over goes up as it is."""
    pairs = [_node(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(level) - len(level) % 2 :])


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\1" + f"{left} {right}".encode()).hexdigest()
