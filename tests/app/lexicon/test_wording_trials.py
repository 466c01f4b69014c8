"""Dry runs of changed wording: what goes and comes, how often it was said, and what stands in the way."""

import pytest

from app.data import Data
from app.lexicon.judging import PolicyJudge
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import ChangeRefused
from app.lexicon.refused import HeldAnew, UnknownChange
from app.lexicon.wording_matter import WordingMatter
from app.lexicon.wording_trials import WordingTrials
from app.policy import ActivePolicy
from app.records import DecisionLog, Revisions, Store, open_store
from tests.app.lexicon.rules import SHIPPED, SMALL, Verdicts
from tests.app.lexicon.wordings import BODY, FILES, LEAVING, OTHER, WORDS, WordingLife, edit, exchange, named
from tests.app.stores import Clock, MakeDecision

AUTHOR, DECIDES = "张合规", "李合规"
NEW = "{产品名}的利息是{年化利率}。要不要用您自己定，您还想了解哪项？"


@pytest.fixture
async def revisions(store: Store) -> Revisions:
    """A few rules and the shipped wording as revision 1."""
    opened = Revisions(store)
    await opened.begin(SMALL.contents, WORDS)
    return opened


@pytest.fixture
def life(store: Store, revisions: Revisions, data: Data, judge: Verdicts, clock: Clock) -> WordingLife:
    """No change yet; rules stop nothing."""
    matter = WordingMatter(data.vocabulary, data.deployment.prompts)
    return Lifecycle(store, revisions, matter, judge=judge, clock=clock)


@pytest.fixture
def trials(life: WordingLife, log: DecisionLog, clock: Clock) -> WordingTrials:
    """Dry runs on what the store recorded."""
    return WordingTrials(life, log, clock=clock)


async def _said(log: DecisionLog, make_decision: MakeDecision, *texts: str) -> None:
    """Record scripts that say these."""
    for text in texts:
        await log.record(make_decision(text=text, body=text))


async def test_what_goes_is_counted_in_what_was_said_and_nothing_is_changed(
    life: WordingLife, trials: WordingTrials, log: DecisionLog, make_decision: MakeDecision, revisions: Revisions
) -> None:
    await _said(log, make_decision, LEAVING, "别的话。", LEAVING)
    made = await life.draft({**edit(LEAVING, "好的，今天先说到这儿。"), "retires": [named(OTHER)]}, AUTHOR)
    told = await trials.run(made.record.id, 1_000)
    assert (told.change, told.against, told.problems) == (made.record.id, 1, [])
    assert {one.text for one in told.difference.gone} == {LEAVING, OTHER}
    assert [one.text for one in told.difference.new] == ["好的，今天先说到这儿。"]
    counted = {gone.text: said.count for gone, said in zip(told.difference.gone, told.said, strict=True)}
    assert counted == {LEAVING: 2, OTHER: 0}
    assert (await life.get(made.record.id)).record.version == 1
    assert len(await revisions.page()) == 1


async def test_a_published_change_is_compared_with_the_revision_before_it(
    life: WordingLife, trials: WordingTrials
) -> None:
    ids = []
    for body in (edit(BODY, NEW), edit(OTHER, "{产品名}的利息是{年化利率}。")):
        made = await life.draft(body, AUTHOR)
        await life.submit(made.record.id, AUTHOR)
        await life.approve(made.record.id, DECIDES)
        ids.append(made.record.id)
    for number, (identity, gone) in enumerate(zip(ids, (BODY, OTHER), strict=True), 1):
        told = await trials.run(identity, 0)
        assert (told.against, [one.text for one in told.difference.gone]) == (number, [gone])
        assert [said.scripts for said in told.said] == [0]
    restored = await life.restore(1, AUTHOR)
    told = await trials.run(restored.record.id, 0)
    assert {one.text for one in told.difference.new} == {BODY, OTHER}


async def test_what_no_longer_fits_is_compared_with_what_it_was_made_for(
    life: WordingLife, trials: WordingTrials
) -> None:
    late = await life.draft(edit(BODY, "{产品名}。"), AUTHOR)
    made = await life.draft(edit(BODY, NEW), AUTHOR)
    await life.submit(made.record.id, AUTHOR)
    await life.approve(made.record.id, DECIDES)
    told = await trials.run(late.record.id, 0)
    assert (told.against, [one.text for one in told.difference.gone]) == (1, [BODY])


async def test_of_many_texts_that_go_the_first_are_counted(life: WordingLife, trials: WordingTrials) -> None:
    emptied = {"files": {"replies.yaml": WORDS["replies.yaml"].decode()}}
    emptied["files"]["replies.yaml"] = emptied["files"]["replies.yaml"].replace("。]", "！]")
    made = await life.draft(emptied, AUTHOR)
    told = await trials.run(made.record.id, 10)
    assert len(told.said) == len(told.difference.gone) > 10
    every = {stored.text: stored.text[:-1] + "！" for stored in FILES.lines.values() if stored.text[-1] == "。"}
    edits = [{"id": named(old), "text": new} for old, new in every.items()]
    many = await trials.run((await life.draft({"edits": edits}, AUTHOR)).record.id, 10)
    assert (len(many.said), len(many.difference.gone)) == (50, len(edits))


async def test_what_there_is_not_and_what_comes_to_nothing_is_refused(life: WordingLife, trials: WordingTrials) -> None:
    with pytest.raises(UnknownChange):
        await trials.run("01KAHG3V5Z3Q4YB6N2T8W9X0CD", 10)
    empty = await trials.run((await life.draft({"title": "空"}, AUTHOR)).record.id, 10)
    assert (empty.difference.gone, empty.difference.new, empty.said) == ([], [], [])
    with pytest.raises((HeldAnew, ChangeRefused)):
        await life.draft({"unfreezes": "2026-11-22T02:05:00+00:00"}, AUTHOR)


async def test_what_rules_stop_stands_in_the_way_in_words(sqlite_url: str, data: Data, clock: Clock) -> None:
    store = await open_store(sqlite_url)
    try:
        revisions, log = Revisions(store), DecisionLog(store)
        await revisions.begin(SHIPPED.contents, WORDS)
        judge = PolicyJudge(ActivePolicy(data.policy, data.wording), data.deployment, {})
        matter = WordingMatter(data.vocabulary, data.deployment.prompts)
        life = Lifecycle(store, revisions, matter, judge=judge, clock=clock)
        trials = WordingTrials(life, log, clock=clock)
        made = await life.draft(edit(LEAVING, "保证通过，百分百下款。"), AUTHOR)
        told = await trials.run(made.record.id, 10)
        assert "promise.guaranteed_approval" in {problem.rule for problem in told.problems}
        unspoken = await life.draft(exchange("stitch.yaml", "fees: unknown", "fees: some"), AUTHOR)
        assert (await trials.run(unspoken.record.id, 10)).problems
    finally:
        await store.close()
