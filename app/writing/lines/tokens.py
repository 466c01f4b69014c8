"""Constrained decoding, token by token: any token of a fixed set, or only those that continue an approved line."""

from collections.abc import Callable, Sequence
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from app.approved.brief import Brief
from app.writing.lines.orders import LineSequences, Order

Ids = NDArray[np.int64]
Rows = NDArray[np.int64]


class TokenConstraint(Protocol):
    """Says which tokens may come next in one body, and keeps track of those that were chosen."""

    def allowed(self) -> Ids:
        """The tokens of which one must come next; never none."""
        ...

    def take(self, token: int) -> list[int]:
        """Append the chosen token. Returns what is appended: that token, and those that are the only continuation."""
        ...


class AnyToken:
    """Allows the same fixed set of tokens at every step."""

    def __init__(self, tokens: Ids) -> None:
        self._tokens = tokens

    def allowed(self) -> Ids:
        """See `TokenConstraint.allowed`."""
        return self._tokens

    def take(self, token: int) -> list[int]:
        """See `TokenConstraint.take`."""
        return [token]


class LineConstraint:
    """Keeps one body to a line sequence: a prefix constraint over the tokens of the lines that may come next.

    At every token it knows the lines that begin with what was written since the last line ended. Where all of them
    continue alike, their tokens are appended without being chosen: most of a line follows from its first few tokens.
    Where it `remembers` what was said, no sentence is said twice.
    """

    def __init__(self, table: Ids, sequence: Order, end: int, *, remembers: bool = True) -> None:
        """`table` holds the tokens of the sequence's lines, one line a row, padded with -1; `end` ends a body."""
        self._remembers = remembers
        self._table = table
        self._sequence = sequence
        self._state = sequence.start
        self._said: set[int] = set()
        self._repeating: set[int] = set()
        self._end = end
        self._depth = 0
        self._open = self._next_rows()

    def allowed(self) -> Ids:
        """See `TokenConstraint.allowed`."""
        if not len(self._open):
            return np.array([self._end])
        tokens = np.unique(self._table[self._open, self._depth])
        if self._depth == 0 and self._sequence.may_end(self._state):
            return np.append(tokens, self._end)
        return tokens

    def take(self, token: int) -> list[int]:
        """See `TokenConstraint.take`."""
        if token == self._end:
            return [token]
        written = [token]
        self._step(token)
        while self._depth:
            following = self._table[self._open, self._depth]
            if (following != following[0]).any():
                break
            written.append(int(following[0]))
            self._step(written[-1])
        return written

    def _step(self, token: int) -> None:
        self._open = self._open[self._table[self._open, self._depth] == token]
        self._depth += 1
        # Where one line is the beginning of another, the shorter one counts as said: no token marks the end of a line.
        is_widest = self._depth == self._table.shape[1]
        whole = self._open if is_widest else self._open[self._table[self._open, self._depth] < 0]
        if len(whole):
            self._finish(int(whole[0]))

    def _finish(self, row: int) -> None:
        if self._remembers:
            self._said.add(row)
            self._repeating |= self._sequence.sharing_a_sentence(row)
        self._state = self._sequence.after(self._state, row)
        self._depth = 0
        self._open = self._next_rows()

    def _next_rows(self) -> Rows:
        """The rows of which one comes next; none where the body may end and each would repeat a sentence."""
        unsaid = [row for row in self._sequence.next(self._state) if row not in self._said]
        new = [row for row in unsaid if row not in self._repeating]
        return np.array(new or ([] if self._sequence.may_end(self._state) else unsaid), dtype=np.int64)


class LineConstraints:
    """Makes the constraint of each body from what is approved for a checkpoint, which it encodes once."""

    def __init__(
        self, sequences: LineSequences, encode: Callable[[str], Sequence[int]], end: int, *, as_server: bool = False
    ) -> None:
        """`encode` returns a line's tokens as training saw them; `end` is the token that ends a body.

        With `as_server` the constraints are those of a server's grammar: slots are not counted, and lines may repeat.
        """
        self._sequences = sequences
        self._as_server = as_server
        self._end = end
        self._encode = encode
        self._encoded: dict[str, Sequence[int]] = {}
        self._tables: WeakKeyDictionary[Order, Ids] = WeakKeyDictionary()

    def constraint(self, brief: Brief, banned: tuple[str, ...] = ()) -> LineConstraint | None:
        """A new constraint to the lines that hold no `banned` phrase; None when no line at all fits the brief."""
        sequence = self._sequences.sequence(brief, banned, counts_slots=not self._as_server)
        if sequence is None:
            return None
        if sequence not in self._tables:
            self._tables[sequence] = self._table([line.text for line in sequence.lines])
        return LineConstraint(self._tables[sequence], sequence, self._end, remembers=not self._as_server)

    def _table(self, texts: Sequence[str]) -> Ids:
        """The tokens of each text, one a row, padded with -1; a text is encoded when it is first needed."""
        for text in texts:
            if text not in self._encoded:
                self._encoded[text] = self._encode(text)
        encoded = [self._encoded[text] for text in texts]
        table = np.full((len(encoded), max(map(len, encoded))), -1, dtype=np.int64)
        for row, tokens in enumerate(encoded):
            table[row, : len(tokens)] = tokens
        return table
