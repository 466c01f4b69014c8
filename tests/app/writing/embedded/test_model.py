"""The embedded model, on a tiny random checkpoint: what it can never write, and how orders share its worker."""

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from app.approved.brief import Brief
from app.approved.skeleton import SLOT, slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.errors import ConfigurationError, ModelTimeout, ModelUnavailable
from app.writing.embedded import EmbeddedModel
from app.writing.model import Draft, WritingTask
from app.writing.prompt import PROMPT_VERSION
from finetune.training.loop import PretrainRecipe, build_model
from finetune.training.tokenizer import train_tokenizer
from guards.types import Generation, Scenario

BRIEF = Brief(Scenario.ACQUISITION, Generation.GEN_Z, "rate_first", ("asked_rate",), ("年化利率",), ("产品名",))
RECIPE = PretrainRecipe(
    seed=1,
    pieces=640,
    samples=1,
    held_out=1,
    hidden_size=64,
    layers=2,
    heads=2,
    key_value_heads=1,
    intermediate_size=64,
    head_dim=32,
    batch=1,
    learning_rate=0.001,
)
_MOST_STEPS = 200


@pytest.fixture(scope="session")
def checkpoint(vocabulary: Vocabulary, wording: Wording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that writes some thirty tokens of rubbish: each piece is as likely as any other, but for the end."""
    texts = [body.text for bodies in wording.fallbacks.values() for body in bodies]
    tokenizer = train_tokenizer([*texts, *(f"{text}8AZaz{{}}" for text in texts)], vocabulary, RECIPE.pieces)
    network = build_model(RECIPE, tokenizer)
    with torch.no_grad():
        weights = network.get_input_embeddings().weight
        weights[:, 0] = 1.0
        weights[tokenizer.eos_token_id, 0] = 1.25
    directory = tmp_path_factory.mktemp("models") / "heyan-tiny"
    network.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these only lose time when threads wait for each other; their rubbish is always the same."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(4)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
async def model(checkpoint: Path) -> AsyncIterator[EmbeddedModel]:
    """The checkpoint, loaded."""
    loaded = EmbeddedModel(checkpoint, max_batch=16, min_p=0.0)
    yield loaded
    await loaded.close()


def task(candidates: int = 4, seconds: float = 60.0, brief: Brief = BRIEF) -> WritingTask:
    """An order with time enough."""
    return WritingTask(brief, candidates, time.monotonic() + seconds)


class Steps:
    """The shape of every batch that the network is given; holds it up at one step until it is let go.

    Where it is held up, only steps with at least `rows` rows count.
    """

    def __init__(self, hold_at: int | None = None, fail: bool = False, rows: int = 1) -> None:
        self.shapes: list[tuple[int, int]] = []
        self.reached = asyncio.Event()
        self.go = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._hold_at = hold_at
        self._fail = fail
        self._rows = rows
        self._counted = 0

    def __call__(self, network: Any, given: Any, named: dict[str, Any]) -> None:
        rows, width = named["input_ids"].shape
        self.shapes.append((rows, width))
        self._counted += rows >= self._rows
        if self._counted == self._hold_at and rows >= self._rows:
            self._loop.call_soon_threadsafe(self.reached.set)
            assert self.go.wait(120)
        if self._fail:
            raise RuntimeError("out of memory")

    def batches(self) -> list[list[int]]:
        """The rows of each step, by batch: a batch begins where whole prompts are read."""
        found: list[list[int]] = []
        for rows, width in self.shapes:
            if width > 1:
                found.append([])
            found[-1].append(rows)
        return found


@contextmanager
def watched(model: EmbeddedModel, hold_at: int | None = None, *, fail: bool = False, rows: int = 1) -> Iterator[Steps]:
    """Watch the network at work."""
    steps = Steps(hold_at, fail, rows)
    hook = model._network.register_forward_pre_hook(steps, with_kwargs=True)
    try:
        yield steps
    finally:
        steps.go.set()
        hook.remove()


async def test_it_writes_candidates(model: EmbeddedModel) -> None:
    draft = await model.write(task(8))
    assert isinstance(draft, Draft)
    assert (draft.model, draft.prompt_version) == ("heyan-tiny", PROMPT_VERSION)
    assert 1 <= len(draft.skeletons) <= 8
    assert len(set(draft.skeletons)) > 1


@pytest.mark.parametrize(
    "brief",
    [
        BRIEF,
        Brief(Scenario.COLLECTION_M1, Generation.SENIOR, "plan_plain", (), ("应还金额", "到期日"), ("还款渠道",)),
        Brief(Scenario.BILL_REMINDER, Generation.YOUNG, "remind_plain"),
    ],
    ids=["marketing", "collection", "no slots"],
)
async def test_it_can_write_no_number_and_no_slot_that_was_not_ordered(model: EmbeddedModel, brief: Brief) -> None:
    written = [text for _ in range(4) for text in (await model.write(task(16, brief=brief))).skeletons]
    assert len(written) > 16
    assert any(any("\u4e00" <= character <= "\u9fff" for character in text) for text in written)
    used = {name for text in written for name in slots_in(text)}
    assert used == brief.allowed_slots
    for text in written:
        bare = SLOT.sub("", text)
        assert "<|" not in text
        assert not set(bare) & set("{}0123456789")
        assert not [each for each in bare if each.isascii() and each.isalnum() and each not in "AP"]


async def test_orders_that_wait_together_are_written_together(model: EmbeddedModel) -> None:
    with watched(model, hold_at=2) as steps:
        first = asyncio.create_task(model.write(task(1)))
        await steps.reached.wait()
        others = [asyncio.create_task(model.write(task(2, brief=replace(BRIEF, tags=())))) for _ in range(3)]
        await asyncio.sleep(0.01)
        steps.go.set()
        drafts = await asyncio.gather(first, *others)
    assert len(drafts) == 4
    assert [rows[0] for rows in steps.batches()] == [1, 6]


async def test_a_batch_has_its_limit_and_is_shared_out(checkpoint: Path) -> None:
    model = EmbeddedModel(checkpoint, max_batch=4, min_p=0.0)
    with watched(model, hold_at=1) as steps:
        first = asyncio.create_task(model.write(task(8)))
        await steps.reached.wait()
        others = [asyncio.create_task(model.write(task(candidates))) for candidates in (2, 8, 3, 1, 1, 8)]
        await asyncio.sleep(0.01)
        steps.go.set()
        await asyncio.gather(first, *others)
    assert [rows[0] for rows in steps.batches()] == [4, 4, 3]
    await model.close()


async def test_candidates_that_are_done_leave_the_batch(model: EmbeddedModel) -> None:
    with watched(model) as steps:
        await model.write(task(16))
    (rows,) = steps.batches()
    assert rows[0] == 16
    assert rows[-1] <= 9
    assert rows == sorted(rows, reverse=True)
    assert len(rows) <= _MOST_STEPS


async def test_the_deadline_is_kept(model: EmbeddedModel) -> None:
    with watched(model, hold_at=2) as steps:
        with pytest.raises(ModelTimeout):
            await model.write(task(4, seconds=0.05))
        assert not steps.go.is_set()
    assert (await model.write(task(8))).skeletons


async def test_no_time_left_is_no_work(model: EmbeddedModel) -> None:
    with watched(model) as steps:
        with pytest.raises(ModelTimeout):
            await model.write(task(4, seconds=-1.0))
        await model.write(task(1))
    assert len(steps.batches()) == 1


async def test_an_order_that_is_withdrawn_frees_the_worker(model: EmbeddedModel) -> None:
    with watched(model, hold_at=3) as steps:
        withdrawn = asyncio.create_task(model.write(task(16)))
        await steps.reached.wait()
        withdrawn.cancel()
        await asyncio.wait({withdrawn})
        steps.go.set()
        await model.write(task(2))
    assert withdrawn.cancelled()
    first, second = steps.batches()
    assert (len(first), first[0], second[0]) == (3, 16, 2)


async def test_one_that_leaves_does_not_disturb_the_others_of_its_batch(model: EmbeddedModel) -> None:
    with watched(model, hold_at=1) as blocked:
        first = asyncio.create_task(model.write(task(1)))
        await blocked.reached.wait()
        leaving = asyncio.create_task(model.write(task(8)))
        staying = asyncio.create_task(model.write(task(8)))
        await asyncio.sleep(0.01)
        with watched(model, hold_at=3, rows=9) as steps:
            blocked.go.set()
            await steps.reached.wait()
            leaving.cancel()
            steps.go.set()
            draft = await staying
    assert draft.skeletons
    assert leaving.cancelled()
    assert (await first).skeletons


async def test_a_failure_reaches_every_caller_and_ends_nothing(model: EmbeddedModel) -> None:
    with watched(model, fail=True):
        outcomes = await asyncio.gather(*(model.write(task()) for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ModelUnavailable] * 4
    assert "RuntimeError" in str(outcomes[0])
    assert (await model.write(task(8))).skeletons


async def test_after_closing_nothing_is_written(checkpoint: Path) -> None:
    model = EmbeddedModel(checkpoint, min_p=0.0)
    await model.write(task(1))
    await model.close()
    with pytest.raises(ModelUnavailable):
        await model.write(task(1))


async def test_what_waits_when_it_closes_is_refused(checkpoint: Path) -> None:
    model = EmbeddedModel(checkpoint, min_p=0.0)
    with watched(model, hold_at=1) as steps:
        first = asyncio.create_task(model.write(task(1)))
        await steps.reached.wait()
        closing = asyncio.create_task(model.close())
        await asyncio.sleep(0.01)
        late = asyncio.create_task(model.write(task(1)))
        await asyncio.sleep(0.01)
        steps.go.set()
        await closing
        assert isinstance(await first, Draft)
        with pytest.raises(ModelUnavailable):
            await late


class TestUnusable:
    """A directory that is no checkpoint of ours stops the start, by name."""

    @pytest.fixture
    def copy(self, checkpoint: Path, tmp_path: Path) -> Path:
        """A checkpoint to spoil."""
        return shutil.copytree(checkpoint, tmp_path / "spoilt")

    def _is_refused(self, directory: Path) -> None:
        with pytest.raises(ConfigurationError) as refused:
            EmbeddedModel(directory)
        assert str(directory) in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_missing(self, tmp_path: Path) -> None:
        self._is_refused(tmp_path / "nothing")

    def test_empty(self, tmp_path: Path) -> None:
        self._is_refused(tmp_path)

    @pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors"])
    @pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe\x00"])
    def test_spoilt(self, copy: Path, file: str, content: bytes) -> None:
        (copy / file).write_bytes(content)
        self._is_refused(copy)

    @pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors"])
    def test_incomplete(self, copy: Path, file: str) -> None:
        (copy / file).unlink()
        self._is_refused(copy)

    def test_without_slots(self, copy: Path) -> None:
        plain = Tokenizer(models.BPE({"a": 0, "<end>": 1, "<pad>": 2}, []))
        plain.pre_tokenizer = pre_tokenizers.ByteLevel()
        plain.decoder = decoders.ByteLevel()
        PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<end>", pad_token="<pad>").save_pretrained(copy)
        self._is_refused(copy)

    def test_without_an_end(self, copy: Path) -> None:
        plain = Tokenizer(models.BPE({"{产品名}": 0}, []))
        PreTrainedTokenizerFast(tokenizer_object=plain).save_pretrained(copy)
        self._is_refused(copy)
