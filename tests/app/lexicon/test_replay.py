"""A replay in processes of its own finds what is found here, tells how far it is, and ends when it is cancelled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from multiprocessing import active_children

import pytest

from app.approved.vocabulary import Vocabulary
from app.lexicon.altered import Altered, altered_rules
from app.lexicon.approved import ApprovedText, ApprovedTexts
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.history import recorded
from app.lexicon.impact import impact
from app.lexicon.recorded import CaseReader
from app.lexicon.replay import ReplayError, replay
from app.records import Decision, Kind
from guards.script import Script, Segment
from guards.types import Case, Stage
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED, rule
from tests.app.lexicon.test_history import decision

TEXTS = ("我们秒批秒放。", "审批以系统为准。", "请打138****0000，秒批秒放。")
LINE = Segment(Stage.BODY, "秒批秒放吗？", "秒批秒放吗？")
APPROVED = ApprovedTexts((ApprovedText("fallbacks.yaml:3", Script((LINE,)), Case()),))


def reviews(count: int) -> list[Decision]:
    """Recorded reviews of these texts in turn."""
    return [
        decision(number, kind=Kind.REVIEW, answer=b"{}", text=TEXTS[number % len(TEXTS)]) for number in range(count)
    ]


async def pages_of(decisions: Sequence[Decision], size: int = 4) -> AsyncIterator[Sequence[Decision]]:
    """The decisions in pages."""
    for start in range(0, len(decisions), size):
        yield decisions[start : start + size]


async def endless() -> AsyncIterator[Sequence[Decision]]:
    """The same page for ever."""
    while True:
        yield reviews(3)


@pytest.fixture(scope="module")
def altered() -> Altered:
    """A phrase more."""
    after = apply(SHIPPED, Change("t", adds=[rule(phrases=["秒批秒放"])]), since=DAY)
    return altered_rules(SHIPPED.lexicon(), after.lexicon(), INSTITUTION, DAY)


@pytest.fixture(scope="module")
def reader(vocabulary: Vocabulary) -> CaseReader:
    """Reads by the shipped vocabulary."""
    return CaseReader(vocabulary, {})


async def test_processes_find_what_is_found_here(altered: Altered, reader: CaseReader) -> None:
    decisions = [*reviews(10), decision(99, text=None)]
    told: list[int] = []
    here = impact(altered, [text for text in map(recorded, decisions) if text], reader, APPROVED)
    far = await replay(altered, pages_of(decisions), reader, APPROVED, progress=told.append)
    assert {**far.as_json(), "seconds": 0.0} == here.as_json()
    assert far.newly_stopped.count == 7
    assert [stop.where for stop in far.wording] == ["fallbacks.yaml:3"]
    assert told[-1] == far.records == 10
    assert told == sorted(told)
    assert far.seconds > 0
    assert active_children() == []


async def test_masked_texts_stay_masked(altered: Altered, reader: CaseReader) -> None:
    result = (await replay(altered, pages_of(reviews(3)), reader, workers=1)).as_json()
    examples = result["newly_stopped"]["examples"]
    assert {example["text"] for example in examples} == {TEXTS[0], TEXTS[2]}
    assert all(example["words"] == ["秒批秒放"] for example in examples)


async def test_a_cancelled_replay_leaves_no_process(altered: Altered, reader: CaseReader) -> None:
    is_judging = asyncio.Event()
    task = asyncio.create_task(replay(altered, endless(), reader, progress=lambda _: is_judging.set()))
    await is_judging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert active_children() == []


async def test_a_replay_cancelled_at_once_leaves_no_process(altered: Altered, reader: CaseReader) -> None:
    task = asyncio.create_task(replay(altered, endless(), reader))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for child in active_children():
        await asyncio.to_thread(child.join)
    assert active_children() == []


async def test_a_killed_process_fails_the_replay(altered: Altered, reader: CaseReader) -> None:
    def kill(_: int) -> None:
        for child in active_children():
            child.kill()

    with pytest.raises(ReplayError):
        await replay(altered, endless(), reader, progress=kill)
    assert active_children() == []


async def test_records_that_cannot_be_read_fail_the_replay(altered: Altered, reader: CaseReader) -> None:
    async def broken() -> AsyncIterator[Sequence[Decision]]:
        yield reviews(3)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await replay(altered, broken(), reader)
    assert active_children() == []
