"""What the next token of a body may be: anything that bodies hold, or only what continues a hand-written line."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.approved.brief import Brief
from app.writing.lines.sequence import LineSequence, LineSequences

Ids = NDArray[np.int64]
Rows = NDArray[np.int64]


class TokenConstraint(Protocol):
    """Leads the writing of one body, token by token."""

    def allowed(self) -> Ids:
        """The tokens of which one must come next; never none."""
        ...

    def take(self, token: int) -> list[int]:
        """Write the chosen token; what is written now: that token, and those that can only follow it."""
        ...


class AnyToken:
    """Lets a body hold any of a fixed set of tokens."""

    def __init__(self, tokens: Ids) -> None:
        self._tokens = tokens

    def allowed(self) -> Ids:
        """See `Guide.allowed`."""
        return self._tokens

    def take(self, token: int) -> list[int]:
        """See `Guide.take`."""
        return [token]


class LineConstraint:
    """Leads a body along a course, token by token; where it remembers, no sentence is said twice.

    The lines that agree with what was written so far are known at every token. Where they all go on alike, those tokens
    are not chosen but written at once: most of a line follows from its first few tokens.
    """

    def __init__(self, table: Ids, sequence: LineSequence, end: int, *, remembers: bool = True) -> None:
        """`table` holds the tokens of the course's lines, one a row, padded with -1; `end` ends a body."""
        self._remembers = remembers
        self._table = table
        self._sequence = sequence
        self._state = sequence.start
        self._said: set[int] = set()
        self._alike: set[int] = set()
        self._end = end
        self._depth = 0
        self._open = self._next_rows()

    def allowed(self) -> Ids:
        """See `Guide.allowed`."""
        if not len(self._open):
            return np.array([self._end])
        tokens = np.unique(self._table[self._open, self._depth])
        if self._depth == 0 and self._sequence.may_end(self._state):
            return np.append(tokens, self._end)
        return tokens

    def take(self, token: int) -> list[int]:
        """See `Guide.take`."""
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
        # Where one line is the beginning of another, the shorter one was said: no token tells that more is to come.
        is_widest = self._depth == self._table.shape[1]
        whole = self._open if is_widest else self._open[self._table[self._open, self._depth] < 0]
        if len(whole):
            self._finish(int(whole[0]))

    def _finish(self, row: int) -> None:
        if self._remembers:
            self._said.add(row)
            self._alike |= self._sequence.alike(row)
        self._state = self._sequence.after(self._state, row)
        self._depth = 0
        self._open = self._next_rows()

    def _next_rows(self) -> Rows:
        """The rows of which one comes next; where all were said, the body ends."""
        unsaid = [row for row in self._sequence.next(self._state) if row not in self._said]
        new = [row for row in unsaid if row not in self._alike]
        return np.array(new or ([] if self._sequence.may_end(self._state) else unsaid), dtype=np.int64)


class LineConstraints:
    """Makes the guide of each brief out of the lines that a checkpoint may say."""

    def __init__(
        self, sequences: LineSequences, encode: Callable[[str], Sequence[int]], end: int, *, as_server: bool = False
    ) -> None:
        """`encode` gives a line's tokens as training saw them; `end` is the token that ends a body.

        With `as_server` they lead as servers do: slots are not counted, and nobody remembers what was said.
        """
        self._sequences = sequences
        self._as_server = as_server
        self._end = end
        texts = sequences.approved.texts
        written = [encode(text) for text in texts]
        self._table = np.full((len(written), max(map(len, written), default=1)), -1, dtype=np.int64)
        for row, tokens in enumerate(written):
            self._table[row, : len(tokens)] = tokens
        self._row = {text: row for row, text in enumerate(texts)}

    def constraint(self, brief: Brief, banned: tuple[str, ...] = ()) -> LineConstraint | None:
        """A fresh guide through lines without a `banned` phrase; None when there is none at all for such a brief."""
        sequence = self._sequences.sequence(brief, banned, counts_slots=not self._as_server)
        if sequence is None:
            return None
        table = self._table[[self._row[line.text] for line in sequence.lines]]
        return LineConstraint(table, sequence, self._end, remembers=not self._as_server)
