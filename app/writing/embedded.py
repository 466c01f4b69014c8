"""The shipped checkpoint, run in this process on the CPU; concurrent orders share one batch."""

import asyncio
import os
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache, logging

from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.compact import PROMPT_VERSION, render_compact, slot_token
from app.writing.model import Draft, WritingTask
from app.writing.skeleton import MAX_CHARACTERS
from app.writing.vetted import read_vetted

_MOST_TOKENS = 200
TEMPERATURE, MIN_P = 0.9, 0.3
_LAST_CALL = 0.05
"""Seconds before its deadline at which an order is answered with what is finished."""
_SHRINK_BELOW = 0.6
"""A batch is compacted when fewer than this share of its rows are still being written."""


@dataclass(slots=True)
class _Order:
    """A task on its way through the batch; `done` gets the texts."""

    task: WritingTask
    prompt: list[int]
    mask: torch.Tensor
    done: "Future[tuple[str, ...]]" = field(default_factory=Future)
    texts: list[str] = field(default_factory=list)
    open_rows: int = 0

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits for it."""
        return not self.done.done() and time.monotonic() < self.task.deadline


class EmbeddedModel:
    """One worker thread owns the network; orders that wait at the same time are written in one batch.

    The rows of a batch are shared out: when many wait, each gets fewer candidates, and none waits for a second batch.
    """

    def __init__(self, directory: Path, *, threads: int = 0, max_batch: int = 16, min_p: float = MIN_P) -> None:
        """Load the checkpoint. `min_p` is the least likelihood of a token, as a share of the likeliest one's.

        Raises:
            ConfigurationError: if the directory holds no checkpoint that fits the compact prompt.
        """
        logging.disable_progress_bar()
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(directory, local_files_only=True)
            self._network: Any = AutoModelForCausalLM.from_pretrained(
                directory, local_files_only=True, dtype=torch.float32
            ).eval()
        except Exception as unusable:  # the libraries raise whatever a broken file leads them to
            reason = next(iter(str(unusable).splitlines()), type(unusable).__name__)
            raise ConfigurationError(f"{directory}: no usable checkpoint: {reason}") from None
        if self._tokenizer.eos_token_id is None or self._tokenizer.pad_token_id is None:
            raise ConfigurationError(f"{directory}: the tokenizer names no end or no padding token")
        # One core is left to whoever serves the callers: threads that wait for each other stand still when it is not.
        torch.set_num_threads(threads or max(1, len(os.sched_getaffinity(0)) - 1))
        self.name = directory.name
        self._min_p = min_p
        self._vetted = read_vetted(directory)
        self._max_batch = max_batch
        self._end: int = self._tokenizer.eos_token_id
        self._pad: int = self._tokenizer.pad_token_id
        self._slot_ids, self._never = self._slots_and_mask(directory)
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
        prompt = self._tokenizer(render_compact(task.brief), add_special_tokens=False)["input_ids"]
        mask = self._never.clone()
        for name, index in self._slot_ids.items():
            mask[index] = name not in task.brief.allowed_slots
        return _Order(task, prompt, mask)

    def _slots_and_mask(self, directory: Path) -> tuple[dict[str, int], torch.Tensor]:
        """The token of each slot, and which tokens no body may hold: control tokens, digits, letters, braces, padding.

        A slot is one token, so that it can be allowed or not; without braces none can be put together from pieces.
        """
        size = self._network.config.vocab_size
        never = torch.ones(size, dtype=torch.bool)
        slots: dict[str, int] = {}
        for piece, index in self._tokenizer.get_vocab().items():
            if piece.startswith("{") and piece.endswith("}") and slot_token(piece[1:-1]) == piece:
                slots[piece[1:-1]] = index
            elif not piece.startswith("<|"):
                text = self._tokenizer.decode([index])
                never[index] = any(
                    character in "{}" or (character.isascii() and character.isalnum() and character not in "AP")
                    for character in text
                )
        never[self._end] = False
        if not slots:
            raise ConfigurationError(f"{directory}: the tokenizer knows no slots")
        return slots, never

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
                    _settle(order, ModelUnavailable(f"the embedded model failed: {type(failure).__name__}"))

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
                _settle(order, ModelUnavailable("the embedded model has stopped"))

    @torch.inference_mode()  # type: ignore[untyped-decorator]  # torch is read as untyped
    def _generate(self, orders: Sequence[_Order]) -> None:
        """Write all candidates of all orders token by token; an order is answered once its own rows are done."""
        owners = [order for order in orders for _ in range(order.open_rows)]
        width = max(len(order.prompt) for order in owners)
        ids = torch.tensor([[self._pad] * (width - len(order.prompt)) + order.prompt for order in owners])
        attention = torch.tensor([[0] * (width - len(o.prompt)) + [1] * len(o.prompt) for o in owners])
        masks = torch.stack([order.mask for order in owners])
        cache = DynamicCache(config=self._network.config)
        written: list[list[int]] = [[] for _ in owners]
        rows = list(range(len(owners)))
        ended: set[int] = set()
        for _ in range(_MOST_TOKENS):
            positions = attention.cumsum(-1)[:, -ids.shape[1] :].sub(1).clamp(min=0)
            logits = self._network(
                input_ids=ids, attention_mask=attention, position_ids=positions, past_key_values=cache, use_cache=True
            ).logits[:, -1]
            chosen = _sample(logits.masked_fill(masks, -torch.inf), self._min_p)
            alive = []
            for place, row in enumerate(rows):
                token = int(chosen[place])
                if row in ended:
                    continue
                if token == self._end:
                    ended.add(row)
                    self._finish(owners[row], written[row])
                else:
                    written[row].append(token)
                    if owners[row].is_wanted:
                        alive.append(place)
            self._settle_late(orders)
            if not alive:
                return
            ids = chosen.unsqueeze(1)
            attention = torch.cat([attention, attention.new_ones(len(rows), 1)], dim=1)
            if len(alive) < _SHRINK_BELOW * len(rows) or len(alive) == 1 < len(rows):
                keep = torch.tensor(alive)
                cache.batch_select_indices(keep)
                ids, attention, masks = ids[keep], attention[keep], masks[keep]
                rows = [rows[place] for place in alive]
            elif len(alive) < len(rows):
                self._silence(rows, alive, masks)
        for row in rows:
            owners[row].open_rows = 0
            _settle(owners[row], tuple(owners[row].texts))

    def _settle_late(self, orders: Sequence[_Order]) -> None:
        """Answer orders whose time is nearly up with what is finished, which would be lost otherwise."""
        now = time.monotonic()
        for order in orders:
            if order.texts and order.open_rows and now > order.task.deadline - _LAST_CALL:
                _settle(order, tuple(order.texts))

    def _silence(self, rows: Sequence[int], alive: Sequence[int], masks: torch.Tensor) -> None:
        """Let rows that are done write only padding until the batch is compacted."""
        for place in set(range(len(rows))) - set(alive):
            masks[place] = True
            masks[place, self._pad] = False

    def _finish(self, order: _Order, tokens: Sequence[int]) -> None:
        text = self._tokenizer.decode(tokens, skip_special_tokens=True)
        is_vetted = self._vetted is None or self._vetted.admit(text, order.task.brief)
        if is_vetted and len(text) <= MAX_CHARACTERS:
            order.texts.append(text)
        order.open_rows -= 1
        if order.open_rows == 0:
            _settle(order, tuple(order.texts))


def _sample(logits: torch.Tensor, min_p: float) -> torch.Tensor:
    """One token a row, among those at least `min_p` times as likely as the likeliest.

    Within a line one token is nearly certain and all others are slips; between lines many are equally likely and all
    remain. A fixed share of the probability (top-p) cannot tell the two apart.
    """
    probabilities = torch.softmax(logits / TEMPERATURE, dim=-1)
    unlikely = probabilities < min_p * probabilities.amax(dim=-1, keepdim=True)
    return torch.multinomial(probabilities.masked_fill(unlikely, 0.0), 1).squeeze(1)


def _settle(order: _Order, outcome: tuple[str, ...] | Exception) -> None:
    """Answer an order unless its caller has left."""
    try:
        if isinstance(outcome, Exception):
            order.done.set_exception(outcome)
        else:
            order.done.set_result(outcome)
    except InvalidStateError:
        pass
