"""What the service recorded is what a data set is made of: written, exported, read again, taught."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import orjson
import pytest

from app.data import Data, read_data
from app.errors import ModelError, ModelUnavailable
from app.metrics import Metrics
from app.scripts.reception import exported
from app.settings import ROOT, Settings
from app.writing.model import WritingTask
from finetune.dataset.build import Sources, build
from finetune.dataset.calls import read_decisions
from finetune.lines.composer import Composer
from finetune.lines.reader import Line
from finetune.screening.gate import Gate
from finetune.screening.judge import Judge, shipped_policy
from finetune.tables.jsonl import Problems
from guards.types import Channel, Generation
from tests.app.examples import SPOKEN, bare_facts, rich_facts, script_request
from tests.app.services import open_service
from tests.fakes import FakeModel


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """What the shipped files say."""
    return read_data(Settings(data_dir=tmp_path_factory.mktemp("unused")), Metrics())


async def _export(data: Data, directory: Path, composer: Composer) -> Path:
    """Has a script written in every cell, with drawn tags; the model fails now and then."""
    draw = random.Random(5)

    def script(task: WritingTask) -> Sequence[str] | ModelError:
        body = composer.compose(task.brief)
        return ModelUnavailable("down") if body is None or draw.random() < 0.2 else (body,)

    path = directory / "decisions.jsonl"
    async with open_service(data, directory, FakeModel(script)) as parts:
        for number, (scenario, generation, channel) in enumerate(product(SPOKEN, Generation, Channel)):
            known = [tag for tag in data.vocabulary.tags.values() if scenario in tag.scenarios]
            tags = [tag.id for tag in draw.sample(known, draw.randint(0, 3))]
            await parts.reception.answer(
                script_request(
                    scenario,
                    request_id=f"c-{number}",
                    channel=channel.value,
                    customer={"generation": generation.value, "tags": tags},
                    facts=draw.choice([rich_facts, bare_facts])(scenario),
                )
            )
        path.write_bytes(b"".join([exported(each) async for each in parts.log.spoken()]))
    return path


async def test_every_body_that_the_service_said_is_accepted(data: Data, tmp_path: Path, corpus: list[Line]) -> None:
    path = await _export(data, tmp_path, Composer(corpus, data.vocabulary, 5))
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    problems = Problems()
    read = list(read_decisions(path, data.vocabulary, problems))
    problems.check()
    assert len(read) == len(lines) > len(SPOKEN) * len(Generation)
    assert {each.source for each in read} >= {"model", "fallback"}
    for line, decision in zip(lines, read, strict=True):
        assert (line["body"], tuple(line["tags"]), line["offer"]) == (
            decision.body,
            decision.brief.tags,
            decision.brief.offer,
        )
    outcomes = tmp_path / "outcomes.jsonl"
    outcomes.write_text(
        "".join(
            json.dumps({"script_id": each.script_id, "outcome": "neutral", "matured": True}) + "\n" for each in read
        )
    )
    gate = Gate(Judge(shipped_policy(ROOT, data.vocabulary), data.vocabulary))
    sources = Sources(
        approved=[ROOT / "finetune" / "examples" / "house_style.csv"], decisions=[path], outcomes=[outcomes]
    )
    fates = build(sources, 0.1, data.vocabulary, gate).fates["outcomes"]
    assert fates == Counter(
        used=sum(each.source in ("model", "pool") for each in read),
        of_fallbacks=sum(each.source in ("approved", "fallback") for each in read),
    )
