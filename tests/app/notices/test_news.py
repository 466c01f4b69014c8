"""Which rows of the trail are news."""

import pytest

from app.notices.news import news_of
from app.parts import Parts
from tests.app.lexicon.rules import rule
from tests.app.services import writer
from tests.fakes import FakeModel


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()


async def test_who_is_to_decide_on_a_draft_is_told_when_it_is_submitted(parts: Parts) -> None:
    made = (await parts.lifecycle.draft({"title": "补充承诺的说法", "adds": [rule()]}, "张合规")).record.id
    await parts.lifecycle.ask_reviewers(made, "张合规", ["李合规"])
    await parts.lifecycle.submit(made, "张合规")
    await parts.lifecycle.ask_reviewers(made, "张合规", ["李合规", "王合规"])
    [change] = await parts.headlines.page()
    told = [news_of(entry, change, str) for entry in await parts.trail.of(made)]
    assert [notice.title for notice in told if notice] == ["待审批：补充承诺的说法", "请您审批：补充承诺的说法"]
