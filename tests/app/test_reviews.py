"""Reviews are recorded before they are answered, masked, and never hold up what else goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.data import Data
from app.errors import Malformed, StoreError
from app.parts import Parts
from app.requests import ReviewItem
from tests.app.hearing import HARMLESS, THREAT, heard_by
from tests.app.services import PERSON, open_service, writer
from tests.fakes import FakeSource


@pytest.fixture
async def parts(data: Data, tmp_path: Path) -> AsyncIterator[Parts]:
    """The parts, on an empty store."""
    async with open_service(data, tmp_path, writer()) as opened:
        yield opened


async def test_each_review_leaves_a_record(parts: Parts) -> None:
    items = [ReviewItem(text="您好"), ReviewItem.model_validate({"text": "百分百获批", "scenario": "acquisition"})]
    answers = await parts.reviewer.review(items)
    recorded = await parts.log.recent(kind="review")
    assert len(recorded) == 2
    assert sorted(decision.action for decision in recorded) == sorted(answer["action"] for answer in answers)
    blocked = next(decision for decision in recorded if decision.action == "block")
    assert (blocked.scenario, blocked.policy_revision, blocked.text) == ("acquisition", 1, "百分百获批")
    assert blocked.request_id is None
    assert [dict(finding) for finding in blocked.findings] == answers[1]["findings"]


def _on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


async def test_records_hold_no_personal_data(parts: Parts, tmp_path: Path) -> None:
    text = f"{PERSON['name']}您好，手机{PERSON['mobile']}，证件{PERSON['id_card']}，另有13900001111。"
    await parts.reviewer.review([ReviewItem.model_validate({"text": text, "pii": PERSON})])
    (decision,) = await parts.log.recent()
    held = repr(decision) + decision.answer.decode()
    assert not any(value in held for value in (*PERSON.values(), "13900001111"))
    stored = _on_disk(tmp_path)
    assert "您好".encode() in stored
    assert not any(value.encode() in stored for value in (*PERSON.values(), "13900001111"))


async def test_equal_texts_have_equal_digests_and_no_plain_hash(parts: Parts) -> None:
    await parts.reviewer.review([ReviewItem(text="您好"), ReviewItem(text="您好"), ReviewItem(text="再见")])
    digests = [decision.body_digest for decision in await parts.log.recent()]
    assert len(digests) == 3
    assert len(set(digests)) == 2


async def test_without_a_store_nothing_is_answered(parts: Parts) -> None:
    await parts.log.close()
    with pytest.raises(StoreError):
        await parts.reviewer.review([ReviewItem(text="您好")])


async def test_what_is_refused_counts_nowhere(parts: Parts) -> None:
    with pytest.raises(Malformed):
        await parts.reviewer.review([ReviewItem(text="您好"), ReviewItem(text="您好", facts={"x": 1})])
    assert await parts.log.recent() == []
    assert "heyan_reviews_total{" not in parts.metrics.page().decode()


async def test_known_personal_data_in_a_name_are_not_repeated(parts: Parts) -> None:
    item = ReviewItem(text="您好", facts={PERSON["name"]: 1}, pii={"name": PERSON["name"]})
    with pytest.raises(Malformed) as refused:
        await parts.reviewer.review([item])
    assert PERSON["name"] not in repr(refused.value.fields)


async def test_a_large_batch_lets_others_go_first(parts: Parts) -> None:
    large = asyncio.create_task(parts.reviewer.review([ReviewItem(text="好" * 3_000)] * 30))
    small = asyncio.create_task(parts.reviewer.review([ReviewItem(text="您好")]))
    done, _ = await asyncio.wait({large, small}, return_when=asyncio.FIRST_COMPLETED)
    assert done == {small}
    assert len(await large) == 30


@pytest.mark.parametrize("copies", [1, 400], ids=["in the loop", "in a thread"])
async def test_the_encoder_hears_every_sentence_and_nobodys_data(copies: int, data: Data, tmp_path: Path) -> None:
    source = FakeSource(lambda said: THREAT if said == "坏话" else HARMLESS)
    with heard_by(source, data) as heard:
        async with open_service(heard, tmp_path, writer()) as parts:
            text = f"{PERSON['name']}您好，手机{PERSON['mobile']}。坏话。"
            item = ReviewItem.model_validate({"text": text, "pii": PERSON})
            answers = await parts.reviewer.review([item] * copies)
    for answer in answers:
        rules = {finding["rule"] for finding in answer["findings"]}
        assert "meaning.threat" in rules
        assert "meaning.unheard" not in rules
    assert source.asked == [["您好手机", "坏话"]]
