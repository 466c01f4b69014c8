"""Composed samples: reproducible, usable, true to the conditions of every line, and held-out pairs stay out."""

from collections.abc import Iterator, Sequence

import pytest

from app.approved.brief import Brief
from app.approved.skeleton import problems_of
from app.approved.vocabulary import REPLY, Vocabulary
from app.writing.heldout import is_held_out_pair
from finetune.lines.composer import Composer, Sample
from finetune.lines.reader import Line
from guards.types import Generation, Group, Scenario


@pytest.fixture(scope="module")
def samples(corpus: list[Line], vocabulary: Vocabulary) -> list[Sample]:
    """Samples of the shipped corpus, some of them held out."""
    composer = Composer(corpus, vocabulary, 7)
    return [*composer.samples(900), *composer.samples(100, held_out=True)]


def _take(corpus: list[Line], vocabulary: Vocabulary, seed: int) -> list[Sample]:
    return list(Composer(corpus, vocabulary, seed).samples(40))


def test_the_same_seed_gives_the_same_samples(corpus: list[Line], vocabulary: Vocabulary) -> None:
    assert _take(corpus, vocabulary, 1) == _take(corpus, vocabulary, 1)
    assert _take(corpus, vocabulary, 1) != _take(corpus, vocabulary, 2)


def test_the_desk_would_accept_every_sample(samples: list[Sample]) -> None:
    assert [(sample, reported) for sample in samples if (reported := problems_of(sample.body, sample.brief))] == []


def test_samples_are_not_all_alike(samples: list[Sample]) -> None:
    assert len({sample.body for sample in samples}) > 0.95 * len(samples)
    assert {sample.brief.scenario for sample in samples} == set(Scenario) - {Scenario.COLLECTION_M3_PLUS}
    assert {sample.brief.generation for sample in samples} == set(Generation)
    assert {sample.brief.offer for sample in samples} == {None, "deferral", "instalment", "waiver"}


def test_held_out_pairs_never_meet_training(corpus: list[Line], vocabulary: Vocabulary) -> None:
    composer = Composer(corpus, vocabulary, 3)
    seen = {_pair(sample.brief) for sample in composer.samples(1500)}
    held_out = {_pair(sample.brief) for sample in composer.samples(100, held_out=True)}
    assert len(held_out) > 10
    assert seen.isdisjoint(held_out)


def _pair(brief: Brief) -> tuple[Scenario, frozenset[str]]:
    return brief.scenario, frozenset(brief.tags)


def test_whether_a_pair_is_held_out_does_not_depend_on_its_order(samples: list[Sample]) -> None:
    for sample in samples[-100:]:
        scenario, tags = sample.brief.scenario, sample.brief.tags
        assert is_held_out_pair(scenario, tags)
        assert is_held_out_pair(scenario, tags[::-1])
        assert not is_held_out_pair(scenario, tags[:1])


def test_every_sample_is_made_of_lines_that_may_be_said_in_its_brief(samples: list[Sample], corpus: list[Line]) -> None:
    assert [
        sample for sample in samples if next(_readings(sample.body, _fitting(sample.brief, corpus)), None) is None
    ] == []


def test_a_line_for_others_would_be_noticed(samples: list[Sample], corpus: list[Line]) -> None:
    tagged = next(sample for sample in samples if sample.brief.tags)
    foreign = next(
        line
        for line in corpus
        if line.scenario is tagged.brief.scenario and line.tags and not line.tags & set(tagged.brief.tags)
    )
    assert next(_readings(tagged.body + foreign.text, _fitting(tagged.brief, corpus)), None) is None


def test_a_tag_is_taken_up_in_words(samples: list[Sample], corpus: list[Line]) -> None:
    for sample in samples:
        if sample.brief.tags:
            readings = _readings(sample.body, _fitting(sample.brief, corpus))
            assert any(line.tags for reading in readings for line in reading), sample


def test_the_annual_rate_comes_before_what_is_paid_a_month(samples: list[Sample]) -> None:
    checked = 0
    for sample in samples:
        annual = sample.body.find("{年化利率}")
        for later in ("{月还款}", "{月利率}"):
            if later in sample.body:
                checked += 1
                assert 0 <= annual < sample.body.find(later), sample
    assert checked > 50


def test_in_collection_the_matter_comes_before_a_way_out(samples: list[Sample], corpus: list[Line]) -> None:
    spoken = [sample for sample in samples if sample.brief.strategy != REPLY]
    collection = [sample for sample in spoken if sample.brief.scenario.group is Group.COLLECTION]
    assert len(collection) > 50
    for sample in collection:
        readings = _readings(sample.body, _fitting(sample.brief, corpus))
        orders = ([line.part for line in reading if line.part in ("fact", "plan")] for reading in readings)
        assert any(order[0] == "fact" and "plan" in order for order in orders), sample
        if sample.brief.offer:
            readings = _readings(sample.body, _fitting(sample.brief, corpus))
            assert any(sample.brief.offer in line.offers for reading in readings for line in reading), sample


def _fitting(brief: Brief, corpus: Sequence[Line]) -> list[Line]:
    """The lines that a body for this brief may hold: the corpus' conditions, read once more."""
    return [
        line
        for line in corpus
        if line.scenario is brief.scenario
        and (not line.generations or brief.generation in line.generations)
        and (not line.strategies or brief.strategy in line.strategies)
        and (not line.tags or line.tags & set(brief.tags))
        and (not line.offers or brief.offer in line.offers)
        and line.slots <= brief.allowed_slots
    ]


def _readings(body: str, lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Every way to cut a body into lines."""
    if not body:
        yield []
    for line in lines:
        if body.startswith(line.text):
            for rest in _readings(body[len(line.text) :], lines):
                yield [line, *rest]


def test_a_reply_answers_what_was_said_and_nothing_else(corpus: list[Line], vocabulary: Vocabulary) -> None:
    drawn = Composer(corpus, vocabulary, 5).samples(1500)
    replies = [sample for sample in drawn if sample.brief.strategy == REPLY]
    assert len(replies) > 100
    texts = {(line.scenario, line.text): line for line in corpus if line.part == "reply"}
    for sample in replies:
        (tag,) = sample.brief.tags
        assert tag in texts[sample.brief.scenario, sample.body].tags
        assert sample.brief.slots == (("年化利率",) if tag == "asked_rate" else ())
    assert not any("said_wrong_number" in sample.brief.tags for sample in drawn if sample.brief.strategy != REPLY)


def test_both_tags_are_taken_up(corpus: list[Line], vocabulary: Vocabulary) -> None:
    asked = addressed = 0
    for sample in Composer(corpus, vocabulary, 6).samples(800):
        if len(sample.brief.tags) == 2:
            readings = list(_readings(sample.body, _fitting(sample.brief, corpus)))
            asked += 1
            addressed += any(set(sample.brief.tags) <= {tag for line in each for tag in line.tags} for each in readings)
    assert asked > 200
    assert addressed / asked > 0.98
