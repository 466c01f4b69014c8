"""What the next token of a body may be: anything that bodies hold, or only what continues a hand-written line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.writing.brief import Brief
from app.writing.skeleton import slots_in
from app.writing.vetted import CLOSING, OPENING, VettedSentences

Ids = NDArray[np.int64]
Rows = NDArray[np.int64]


class Guide(Protocol):
    """Leads the writing of one body, token by token."""

    def allowed(self) -> Ids:
        """The tokens of which one must come next; never none."""
        ...

    def take(self, token: int) -> list[int]:
        """Write the chosen token; what is written now: that token, and those that can only follow it."""
        ...


class FreeGuide:
    """Lets a body hold any of a fixed set of tokens."""

    def __init__(self, tokens: Ids) -> None:
        self._tokens = tokens

    def allowed(self) -> Ids:
        """See `Guide.allowed`."""
        return self._tokens

    def take(self, token: int) -> list[int]:
        """See `Guide.take`."""
        return [token]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a body may be made of: rows of the table, and what the brief asks of it.

    `says` maps a row to its slots; `owed` maps each tag of the brief to the rows that were written for it; with
    `opening` rows a body begins; `closing` are questions, with which it ends.
    """

    rows: Rows
    slots: frozenset[str]
    says: dict[int, frozenset[str]]
    owed: dict[str, Rows]
    opening: Rows
    closing: Rows


class SentenceGuide:
    """Lets a body hold whole lines of a table, none of them twice; after each it may end.

    The rows that agree with what was written so far are known at every token. Where they all go on alike, those tokens
    are not chosen but written at once: most of a line follows from its first few tokens.

    What opens a body stands at its beginning, and after its closing question it ends. Every tag of the customer is
    taken up: first those for which there are opening lines only; and a body neither closes nor ends before all were,
    but once it has said its slots, what comes next is a line for a tag that was not heard.
    """

    def __init__(self, table: Ids, choice: _Choice, end: int) -> None:
        """`table` holds the tokens of a line a row, padded with -1; `choice` has at least one row."""
        self._table = table
        self._choice = choice
        self._unsaid = choice.rows
        self._unheard = dict(choice.owed)
        self._missing = set(choice.slots)
        self._end = end
        self._has_said = False
        self._is_opening = True
        self._is_closed = False
        self._depth = 0
        self._open = self._next_rows()

    def allowed(self) -> Ids:
        """See `Guide.allowed`."""
        if self._is_closed:
            return np.array([self._end])
        tokens = np.unique(self._table[self._open, self._depth])
        if self._depth == 0 and self._has_said and not self._unheard:
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
        """Note what the line said, and what may come after it."""
        self._has_said = True
        self._is_opening &= row in self._choice.opening
        self._is_closed = row in self._choice.closing
        self._unsaid = self._unsaid[self._unsaid != row]
        self._missing -= self._choice.says[row]
        self._unheard = {tag: rows for tag, rows in self._unheard.items() if row not in rows}
        self._depth = 0
        self._open = self._next_rows()

    def _next_rows(self) -> Rows:
        """The rows of which one comes next."""
        opening, closing = self._choice.opening, self._choice.closing
        if self._is_opening:
            only_now = [rows for rows in self._unheard.values() if np.isin(rows, opening).all()]
            if only_now:
                return np.unique(np.concatenate(only_now))
        rows = self._unsaid if self._is_opening else np.setdiff1d(self._unsaid, opening)
        if not self._unheard:
            return rows
        if not self._missing:
            rows = np.intersect1d(rows, np.unique(np.concatenate(list(self._unheard.values()))))
        others = np.setdiff1d(rows, closing)
        return others if len(others) else rows


class SentenceGuides:
    """Makes the guide of each brief out of the lines that a checkpoint may say."""

    def __init__(self, vetted: VettedSentences, encode: Callable[[str], Sequence[int]], end: int) -> None:
        """`encode` gives a line's tokens as training saw them; `end` is the token that ends a body."""
        self._vetted = vetted
        self._end = end
        texts = vetted.texts
        written = [encode(text) for text in texts]
        self._table = np.full((len(written), max(map(len, written), default=1)), -1, dtype=np.int64)
        for row, tokens in enumerate(written):
            self._table[row, : len(tokens)] = tokens
        self._row = {text: row for row, text in enumerate(texts)}
        self._choice = lru_cache(maxsize=4096)(self._choice_for)

    def guide(self, brief: Brief) -> SentenceGuide | None:
        """A fresh guide; None when there is no line at all for such a brief."""
        choice = self._choice(brief)
        return SentenceGuide(self._table, choice, self._end) if len(choice.rows) else None

    def _choice_for(self, brief: Brief) -> _Choice:
        texts = self._vetted.for_brief(brief)
        tags = {text: self._vetted.tags_of(text, brief) for text in texts}
        parts = {text: self._vetted.part_of(text, brief) for text in texts}
        owed = {tag: self._rows(text for text in texts if tag in tags[text]) for tag in brief.tags}
        return _Choice(
            rows=self._rows(texts),
            slots=frozenset(brief.slots),
            says={self._row[text]: frozenset(slots_in(text)) for text in texts},
            owed={tag: rows for tag, rows in owed.items() if len(rows)},
            opening=self._rows(text for text in texts if parts[text] == OPENING),
            closing=self._rows(text for text in texts if _closes(text, parts[text], tags[text])),
        )

    def _rows(self, texts: Iterable[str]) -> Rows:
        return np.array(sorted(self._row[text] for text in texts), dtype=np.int64)


def _closes(text: str, part: str, tags: frozenset[str]) -> bool:
    """Whether a body ends with a line: what is known to, else a question for anybody."""
    return part == CLOSING if part else text.endswith("？") and not tags
