"""Putting cases to a subject: what it says is looked at a second time, with everything that the request says."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.approved.wording import Wording, read_wording
from app.settings import ROOT
from evals.cases import Dataset, ReviewCase, ScriptCase
from evals.measures import missed_violation, ungrounded_number
from evals.outcomes import put
from evals.subjects import Json, SubjectError

_FACTS = {"amount_due": "3460", "due_date": "2026-11-10"}
_REQUEST: dict[str, Any] = {
    "scenario": "collection_m1",
    "call_time": "2026-11-20T10:05:00+08:00",
    "callee": {"role": "debtor", "identity_verified": True},
    "customer": {"age": 67, "pii": {"name": "孙小梅"}},
    "facts": _FACTS,
}


class ScriptedSubject:
    """Says one text to every request, and blocks the texts that hold a word; keeps what it was asked."""

    def __init__(self, text: str | None, blocked: str = "上门") -> None:
        self._text, self._blocked = text, blocked
        self.requests: list[Json] = []
        self.reviewed: list[Json] = []

    async def write(self, request: Json) -> Json:
        """See `Subject.write`."""
        self.requests.append(request)
        segments = [{"stage": "body", "text": self._text, "tts_text": self._text}] if self._text else []
        return {"text": self._text, "segments": segments, "generation": "senior", "action": "speak"}

    async def review(self, items: Sequence[Json]) -> Sequence[Json]:
        """See `Subject.review`."""
        self.reviewed += items
        hit = [{"rule": "threat.visit", "action": "block"}]
        seen = [{"rule": "noted", "action": "observe"}]
        return [
            {"action": "allow", "findings": seen + (hit if self._blocked in item["text"] else [])} for item in items
        ]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return read_vocabulary(ROOT / "prompts")


@pytest.fixture(scope="module")
def wording(vocabulary: Vocabulary) -> Wording:
    """The shipped wording."""
    return read_wording(ROOT / "prompts", vocabulary)


def _dataset(request: dict[str, Any]) -> Dataset:
    script = {"id": "debt", "request": request, "expected": {"action": "speak"}}
    review = {"id": "text", "request": {"text": "您好。"}, "expected": {"action": "allow"}}
    return Dataset([ScriptCase.model_validate(script), ReviewCase.model_validate(review)], "digest")


async def test_what_is_said_is_reviewed_as_a_whole_script_with_the_facts(
    vocabulary: Vocabulary, wording: Wording
) -> None:
    subject = ScriptedSubject("应还3460元，我们明天上门。")
    spoken, reviewed = await put(_dataset(_REQUEST), subject, vocabulary, wording, run="r", samples=2)
    assert [each.stopped_by for each in spoken] == [("threat.visit",), ("threat.visit",)]
    assert missed_violation(spoken, reviewed).cases == ("debt", "debt")
    looked_at = subject.reviewed[0]
    assert looked_at["facts"] == _FACTS
    assert looked_at["pii"] == {"name": "孙小梅"}
    assert looked_at["callee"] == _REQUEST["callee"]
    assert looked_at["stage"] is None


async def test_observations_stop_nothing_and_the_numbers_of_the_facts_are_known(
    vocabulary: Vocabulary, wording: Wording
) -> None:
    spoken, _ = await put(
        _dataset(_REQUEST), ScriptedSubject("应还3460元，11月10日到期。"), vocabulary, wording, run="r"
    )
    assert spoken[0].stopped_by == ()
    assert "3460元" in spoken[0].written
    assert "三千四百六十元" in spoken[0].voiced
    assert spoken[0].longest_seconds == 45, "of a senior in collection"
    assert ungrounded_number(spoken).value == 1, "the spoken form still holds digits, which no rendering explains"


async def test_the_whole_of_an_answer_is_looked_at_with_the_tags_of_the_request(
    vocabulary: Vocabulary, wording: Wording
) -> None:
    customer = {**_REQUEST["customer"], "tags": ["没钱还"]}
    subject = ScriptedSubject("可以申请延期。应还3460元，请您尽快。")
    spoken, _ = await put(_dataset({**_REQUEST, "customer": customer}), subject, vocabulary, wording, run="r")
    assert [fault.name for fault in spoken[0].faults] == ["remedy_before_matter", "contradicts_tag"]


async def test_every_request_of_every_run_has_an_id_of_its_own(vocabulary: Vocabulary, wording: Wording) -> None:
    subject = ScriptedSubject(None)
    for run in ("one", "two"):
        await put(_dataset(_REQUEST), subject, vocabulary, wording, run=run, samples=2, deadline_ms=900)
    assert len({request["request_id"] for request in subject.requests}) == 4
    assert {request["options"]["deadline_ms"] for request in subject.requests} == {900}
    assert [item["text"] for item in subject.reviewed] == ["您好。"] * 2, "nothing was said, nothing is looked at"


async def test_a_request_that_this_tree_does_not_understand_names_the_case(
    vocabulary: Vocabulary, wording: Wording
) -> None:
    broken = {**_REQUEST, "facts": {}}
    with pytest.raises(SubjectError, match="debt"):
        await put(_dataset(broken), ScriptedSubject("您好。"), vocabulary, wording, run="r")
