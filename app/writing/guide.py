"""What the next token of a body may be: anything that bodies hold, or only what continues a hand-written sentence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.writing.brief import Brief
from app.writing.skeleton import slots_in
from app.writing.vetted import VettedSentences

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

    `says` maps a row to its slots; `owed` maps each tag of the brief to the rows that were written for it;
    `closing` are questions that fit any customer, with which bodies end.
    """

    rows: Rows
    slots: frozenset[str]
    says: dict[int, frozenset[str]]
    owed: dict[str, Rows]
    closing: Rows


class SentenceGuide:
    """Lets a body hold whole sentences of a table, none of them twice; after each it may end.

    The rows that agree with what was written so far are known at every token. Where they all go on alike, those tokens
    are not chosen but written at once: most of a sentence follows from its first few tokens.

    Every tag of the customer is taken up: a body neither asks its closing question nor ends before that, and once it
    has said its slots, what comes next is a sentence for a tag that was not heard.
    """

    def __init__(self, table: Ids, choice: _Choice, end: int) -> None:
        """`table` holds the tokens of a sentence a row, padded with -1; `choice` has at least one row."""
        self._table = table
        self._choice = choice
        self._unsaid = choice.rows
        self._unheard = dict(choice.owed)
        self._missing = set(choice.slots)
        self._end = end
        self._has_said = False
        self._depth = 0
        self._open = self._unsaid

    def allowed(self) -> Ids:
        """See `Guide.allowed`."""
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
        is_whole = self._depth == self._table.shape[1] or self._table[self._open[0], self._depth] < 0
        if is_whole:
            self._finish(int(self._open[0]))

    def _finish(self, row: int) -> None:
        """Note what the sentence said, and what may come after it."""
        self._has_said = True
        self._unsaid = self._unsaid[self._unsaid != row]
        self._missing -= self._choice.says[row]
        self._unheard = {tag: rows for tag, rows in self._unheard.items() if row not in rows}
        self._depth = 0
        self._open = self._unsaid
        if self._unheard and not self._missing:
            self._open = np.unique(np.concatenate(list(self._unheard.values())))
        elif self._unheard:
            others = np.setdiff1d(self._unsaid, self._choice.closing)
            self._open = others if len(others) else self._unsaid


class SentenceGuides:
    """Makes the guide of each brief out of the sentences that a checkpoint may say."""

    def __init__(self, vetted: VettedSentences, encode: Callable[[str], Sequence[int]], end: int) -> None:
        """`encode` gives a sentence's tokens as training saw them; `end` is the token that ends a body."""
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
        """A fresh guide; None when there is no sentence at all for such a brief."""
        choice = self._choice(brief)
        return SentenceGuide(self._table, choice, self._end) if len(choice.rows) else None

    def _choice_for(self, brief: Brief) -> _Choice:
        sentences = self._vetted.for_brief(brief)
        tags = {text: self._vetted.tags_of(text, brief) for text in sentences}
        owed = {tag: self._rows(text for text in sentences if tag in tags[text]) for tag in brief.tags}
        return _Choice(
            rows=self._rows(sentences),
            slots=frozenset(brief.slots),
            says={self._row[text]: frozenset(slots_in(text)) for text in sentences},
            owed={tag: rows for tag, rows in owed.items() if len(rows)},
            closing=self._rows(text for text in sentences if text.endswith("？") and not tags[text]),
        )

    def _rows(self, sentences: Iterable[str]) -> Rows:
        return np.array(sorted(self._row[text] for text in sentences), dtype=np.int64)
