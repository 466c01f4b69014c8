"""The shipped checkpoint, run in this process on the CPU; concurrent orders share one batch."""

import asyncio
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from app.approved.skeleton import MAX_CHARACTERS
from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.embedded.checkpoint import read_checkpoint
from app.writing.lines.library import read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.lines.tokens import AnyToken, LineConstraints, TokenConstraint
from app.writing.model import Draft, WritingTask
from app.writing.prompt import PROMPT_VERSION, render_compact, slot_token
from app.writing.sampling import CONSTRAINED_MIN_P, EVEN_TEMPERATURE, MIN_P, MOST_TOKENS, TEMPERATURE

_LAST_CALL = 0.05
"""Seconds before its deadline at which an order is answered with what is finished."""


@dataclass(slots=True)
class _Order:
    """A task on its way through the batch; `done` gets the texts."""

    task: WritingTask
    prompt: list[int]
    done: "Future[tuple[str, ...]]" = field(default_factory=Future)
    written: dict[int, str] = field(default_factory=dict)
    open_rows: int = 0

    @property
    def texts(self) -> tuple[str, ...]:
        """What is finished, by the number of its row: the first to be finished is only the shortest."""
        return tuple(text for _, text in sorted(self.written.items()))

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits for it."""
        return not self.done.done() and time.monotonic() < self.task.deadline


@dataclass(slots=True)
class _Row:
    """One body in the making. `fresh` are tokens that the network has not read yet."""

    order: _Order
    number: int
    constraint: TokenConstraint
    fresh: list[int]
    read: int = 0
    written: list[int] = field(default_factory=list)


class EmbeddedModel:
    """One worker thread owns the network; orders that wait at the same time are written in one batch.

    The rows of a batch are shared out: when many wait, each gets fewer candidates, and none waits for a second batch.
    """

    def __init__(self, directory: Path, *, threads: int = 0, max_batch: int = 16, min_p: float | None = None) -> None:
        """Load the checkpoint. `min_p`: the least likelihood of a token, a share of the greatest; None: as in service.

        Raises:
            ConfigurationError: if the directory holds no checkpoint that fits the compact prompt.
        """
        # One core is left to whoever serves the callers: threads that wait for each other stand still when it is not.
        torch.set_num_threads(threads or max(1, len(os.sched_getaffinity(0)) - 1))
        self._network, self._tokens = read_checkpoint(directory)
        self.name = directory.name
        self._max_batch = max_batch
        self._end, self._pad = self._tokens.end, self._tokens.pad
        self._slot_ids, self._speakable = self._slots_and_speakable(directory)
        approved = read_approved_lines(directory)
        self._lines = LineConstraints(LineSequences(approved), self._tokens.encode, self._end) if approved else None
        is_whole = approved is not None and not approved.lines
        self._temperature = EVEN_TEMPERATURE if is_whole else TEMPERATURE
        usual = 0.0 if is_whole else CONSTRAINED_MIN_P if approved else MIN_P
        self._min_p = usual if min_p is None else min_p
        self._waiting: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, name="heyan-embedded", daemon=True)
        self._worker.start()

    async def write(self, task: WritingTask) -> Draft:
        """See `Model.write`."""
        if not self._worker.is_alive():
            raise ModelUnavailable("the embedded model has stopped")
        order = self._order(task)
        self._waiting.put(order)
        try:
            async with asyncio.timeout(max(0.0, task.deadline - time.monotonic())):
                texts = await asyncio.wrap_future(order.done)
        except TimeoutError:
            raise ModelTimeout("the embedded model did not finish in time") from None
        finally:
            order.done.cancel()
        return Draft(texts, self.name, PROMPT_VERSION)

    async def close(self) -> None:
        """Stop the worker; orders that wait are refused."""
        self._waiting.put(None)
        await asyncio.to_thread(self._worker.join, 5)

    def _order(self, task: WritingTask) -> _Order:
        return _Order(task, self._tokens.encode(render_compact(task.brief)))

    def _constraint(self, task: WritingTask) -> TokenConstraint | None:
        """The tokens that one body may hold; None when no approved line of this checkpoint fits the brief."""
        brief = task.brief
        if self._lines:
            return self._lines.constraint(brief, task.banned)
        slots = [index for name, index in self._slot_ids.items() if name in brief.allowed_slots]
        return AnyToken(np.array([*self._speakable, *slots], dtype=np.int64))

    def _slots_and_speakable(self, directory: Path) -> tuple[dict[str, int], list[int]]:
        """The token of each slot, and the tokens that any body may hold: no control token, digit, letter or brace.

        A slot is one token, so that it can be allowed or not; without braces none can be put together from pieces.
        """
        slots: dict[str, int] = {}
        speakable = [self._end]
        for piece, index in self._tokens.vocabulary().items():
            if piece.startswith("{") and piece.endswith("}") and slot_token(piece[1:-1]) == piece:
                slots[piece[1:-1]] = index
            elif not piece.startswith("<|") and _is_speakable(self._tokens.decode([index], with_special=True)):
                speakable.append(index)
        if not slots:
            raise ConfigurationError(f"{directory}: the tokenizer knows no slots")
        return slots, speakable

    def _work(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                self._refuse_waiting()
                return
            wanted = [order for order in self._gathered(first) if order.is_wanted]
            share = max(1, self._max_batch // max(1, len(wanted)))
            for order in wanted:
                order.open_rows = min(order.task.candidates, share)
            try:
                if wanted:
                    self._generate(wanted)
            except Exception as failure:  # whatever breaks in the network must reach the callers, not end the worker
                for order in wanted:
                    _complete(order, ModelUnavailable(f"the embedded model failed: {type(failure).__name__}"))

    def _gathered(self, first: _Order) -> list[_Order]:
        """The first order and those that wait behind it, at most one a row of the batch."""
        batch = [first]
        while len(batch) < self._max_batch:
            try:
                order = self._waiting.get_nowait()
            except queue.Empty:
                break
            if order is None:
                self._waiting.put(None)
                break
            batch.append(order)
        return batch

    def _refuse_waiting(self) -> None:
        while True:
            try:
                order = self._waiting.get_nowait()
            except queue.Empty:
                return
            if order is not None:
                _complete(order, ModelUnavailable("the embedded model has stopped"))

    @torch.inference_mode()  # type: ignore[untyped-decorator]  # torch is read as untyped
    def _generate(self, orders: Sequence[_Order]) -> None:
        """Write all candidates of all orders; an order is answered once its own rows are done.

        Rows of one batch are fed different numbers of tokens at a time: shorter ones are padded in front, and what was
        padded is never attended to.
        """
        rows = list(self._rows(orders))
        attention = torch.empty(len(rows), 0, dtype=torch.long)
        cache = self._network.start()
        while rows:
            width = max(len(row.fresh) for row in rows)
            ids = torch.full((len(rows), width), self._pad)
            real = torch.zeros(len(rows), width, dtype=torch.long)
            positions = torch.zeros(len(rows), width, dtype=torch.long)
            for place, row in enumerate(rows):
                count = len(row.fresh)
                ids[place, -count:] = torch.tensor(row.fresh)
                real[place, -count:] = 1
                positions[place, -count:] = torch.arange(row.read, row.read + count)
                row.read += count
            attention = torch.cat([attention, real], dim=1)
            logits = self._network(input_ids=ids, attention_mask=attention, position_ids=positions, cache=cache)
            alive = [place for place, row in enumerate(rows) if self._go_on(row, logits[place])]
            self._complete_late(orders)
            if len(alive) < len(rows):
                rows = [rows[place] for place in alive]
                attention = attention[torch.tensor(alive, dtype=torch.long)]
                if rows:
                    cache.batch_select_indices(torch.tensor(alive))

    def _rows(self, orders: Sequence[_Order]) -> Iterator[_Row]:
        """A row for each candidate of each order; an order for which there is nothing to say is answered so."""
        for order in orders:
            constraints = [self._constraint(order.task) for _ in range(order.open_rows)]
            for number, constraint in enumerate(constraints):
                if constraint is None:
                    order.open_rows = 0
                    _complete(order, ())
                    break
                yield _Row(order, number, constraint, list(order.prompt))

    def _go_on(self, row: _Row, logits: torch.Tensor) -> bool:
        """Choose what the row says next; whether it still has something to say."""
        if not row.order.is_wanted:
            return False
        allowed = row.constraint.allowed()
        chosen = int(allowed[_sample(logits[torch.from_numpy(allowed)], self._temperature, self._min_p)])
        row.fresh = row.constraint.take(chosen)
        if chosen == self._end:
            self._finish(row)
            return False
        row.written += row.fresh
        if len(row.written) >= MOST_TOKENS["compact"]:
            self._finish(row, is_whole=False)
            return False
        return True

    def _finish(self, row: _Row, *, is_whole: bool = True) -> None:
        order = row.order
        text = self._tokens.decode(row.written, with_special=False)
        if is_whole and 0 < len(text) <= MAX_CHARACTERS:
            order.written[row.number] = text
        order.open_rows -= 1
        if order.open_rows == 0:
            _complete(order, order.texts)

    def _complete_late(self, orders: Sequence[_Order]) -> None:
        """Answer orders whose time is nearly up with what is finished, which would be lost otherwise."""
        now = time.monotonic()
        for order in orders:
            if order.texts and order.open_rows and now > order.task.deadline - _LAST_CALL:
                _complete(order, order.texts)


def _sample(logits: torch.Tensor, temperature: float, min_p: float) -> int:
    """The place of one token, among those at least `min_p` times as likely as the likeliest.

    Within a line one token is nearly certain and all others are slips; between lines many are equally likely and all
    remain. A fixed share of the probability (top-p) cannot tell the two apart.
    """
    probabilities = torch.softmax(logits / temperature, dim=-1)
    unlikely = probabilities < min_p * probabilities.max()
    return int(torch.multinomial(probabilities.masked_fill(unlikely, 0.0), 1))


def _is_speakable(text: str) -> bool:
    return not any(
        character in "{}<|>" or (character.isascii() and character.isalnum() and character not in "AP")
        for character in text
    )


def _complete(order: _Order, outcome: tuple[str, ...] | Exception) -> None:
    """Answer an order unless its caller has left."""
    try:
        if isinstance(outcome, Exception):
            order.done.set_exception(outcome)
        else:
            order.done.set_result(outcome)
    except InvalidStateError:
        pass
