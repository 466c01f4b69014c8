"""One process follows its store: what is published is in force, what is broken is not, what is lost stays."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from app.data import Data, Published
from app.errors import StoreError
from app.lexicon.activation import Activator, Pace, replica_name
from app.lexicon.files import RuleFiles
from app.lexicon.last_good import LastGood
from app.lexicon.standing import Standing
from app.lexicon.start import Start, published_of
from app.metrics import Metrics
from app.policy import ActivePolicy
from app.records import Activation, Revision, Revisions, Store
from app.records.tables import revisions as revisions_table
from app.settings import Settings
from guards.types import Action, Case, Scenario, Stage
from tests.app.lexicon.revisions import BODY, BROKEN, RULES_FILE, SHIPPED, forbidding, holding, published, saying
from tests.model_server import PATIENCE_SECONDS, until

WORD = "青山绿水好心情"
QUICK = Pace(poll=0.01, report=0.05, due=0.01)
Job = Callable[[], Awaitable[object]]


@dataclass
class Follower:
    """One process that follows a store; `is_cut_off` keeps it from asking."""

    active: ActivePolicy
    standing: Standing
    metrics: Metrics
    last_good: LastGood
    is_cut_off: bool = False

    async def open_store(self) -> None:
        """What a store that does not answer raises."""
        if self.is_cut_off:
            raise StoreError("cut off", is_out_of_reach=True)

    def stops(self, words: str) -> bool:
        """Whether the rules in force stop these words in marketing."""
        case = Case(scenario=Scenario.ACQUISITION, stage=Stage.BODY)
        return self.active.current.panel.examine_text(words, case).action is Action.BLOCK

    def runs(self, revision: int) -> Callable[[], bool]:
        """Whether this revision is in force, to be asked again and again."""
        return lambda: self.active.current.revision == revision


Follow = Callable[..., AbstractAsyncContextManager[Follower]]


@pytest.fixture
async def first(store: Store) -> Revision:
    """The shipped files as revision 1."""
    return await Revisions(store).begin(SHIPPED.lexicon, SHIPPED.wording)


@pytest.fixture
def follow(store: Store, first: Revision, data: Data, tmp_path: Path) -> Follow:
    """Opens a follower that starts with the first revision; with `kept`, cut off from the store, with this one."""

    @asynccontextmanager
    async def opened(
        replica: str = "here",
        publish_due: Job | None = None,
        settings: Settings | None = None,
        kept: Published | None = None,
    ) -> AsyncIterator[Follower]:
        known = replace(data, deployment=replace(data.deployment, settings=settings or Settings()))
        active, standing, metrics = ActivePolicy(data.policy, data.wording), Standing(60), Metrics()
        follower = Follower(active, standing, metrics, LastGood(tmp_path / replica))
        start = Start(known, await published_of(Revisions(store), first))
        if kept is not None:
            start, follower.is_cut_off = replace(start, published=kept, unreached="cut off"), True
            lexicon = RuleFiles(kept.lexicon).lexicon()
            active.swap(known.deployment.ruling(lexicon, kept.wording, revision=kept.number))
        activator = Activator(
            Revisions(store),
            active,
            start,
            standing=standing,
            last_good=follower.last_good,
            metrics=metrics,
            replica=replica,
            open_store=follower.open_store,
            publish_due=publish_due,
            pace=QUICK,
        )
        await activator.start()
        try:
            yield follower
        finally:
            await activator.close()

    return opened


async def until_reported(store: Store, condition: Callable[[list[Activation]], bool]) -> list[Activation]:
    """What the replicas say of themselves, as soon as it is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition(known := await Revisions(store).status()):
            await asyncio.sleep(0.005)
    return known


async def test_what_is_published_is_in_force_and_reported(follow: Follow, store: Store) -> None:
    async with follow() as process:
        assert not process.stops(WORD)
        await published(store, forbidding(WORD))
        await until(process.runs(2))
        assert process.stops(WORD)
        assert "heyan_policy_revision 2.0" in process.metrics.page().decode()
        await until(lambda: process.standing.policy == "newest")
        (known,) = await until_reported(store, lambda known: [each.revision for each in known] == [2])
        assert (known.replica, known.digest) == ("here", process.active.current.digest)


async def test_the_policy_is_the_one_that_a_start_would_compile(follow: Follow, store: Store, data: Data) -> None:
    async with follow() as process:
        await published(store, forbidding(WORD))
        await until(process.runs(2))
        assert process.active.current.digest != data.policy.digest
        await published(store)
        await until(process.runs(3))
        assert process.active.current.digest == data.policy.digest


async def test_what_is_held_is_in_force_kept_on_the_disk_and_no_file_that_differs(
    follow: Follow, store: Store, data: Data
) -> None:
    async with follow() as process:
        await published(store, wording=holding(BODY, is_frozen=True))
        await until(process.runs(2))
        held = process.active.ruling.wording.holds
        assert (held.freeze is not None, [one.text for one in held.suspended]) == (True, [BODY])
        assert process.active.current.digest != data.policy.digest
        assert process.standing.differing == ()

        def kept() -> bool:
            known = process.last_good.read()
            return known is not None and known.wording == holding(BODY, is_frozen=True)

        await until(kept)
        await published(store)
        await until(process.runs(3))
        assert not process.active.ruling.wording.holds
        assert process.active.current.digest == data.policy.digest


async def test_rules_and_words_change_together(follow: Follow, store: Store) -> None:
    async with follow() as process:
        before = process.active.ruling
        await published(store, forbidding(WORD), saying("您看要不要用？"))
        await until(lambda: process.active.ruling is not before)
        after = process.active.ruling
    assert after.policy.revision == 2
    bodies = [body.text for cell in after.wording.fallbacks.values() for body in cell]
    assert any("您看要不要用？" in body for body in bodies)
    assert not any(BODY in body for body in bodies)
    assert any(BODY in body.text for cell in before.wording.fallbacks.values() for body in cell)


@pytest.mark.parametrize("what", ["rules", "words", "a missing file", "words that fit no slot"])
async def test_a_broken_revision_stays_out_until_a_sound_one_follows(follow: Follow, store: Store, what: str) -> None:
    lexicon, wording = dict(SHIPPED.lexicon), dict(SHIPPED.wording)
    match what:
        case "rules":
            lexicon[RULES_FILE] = BROKEN
        case "words":
            wording["bridges.yaml"] = b"- generations: []\n"
        case "a missing file":
            del lexicon["gates.yaml"]
        case _:
            wording = saying("您看{没有这个}吗？")
    async with follow() as process:
        before = process.active.ruling
        await published(store, lexicon, wording)
        await until(lambda: process.standing.refused == 2)
        assert process.active.ruling is before
        assert process.standing.policy == "last good"
        assert process.standing.problem == "revision 2 cannot be put in force: see the log"
        assert process.standing.refusal
        await until_reported(store, lambda known: [each.revision for each in known] == [1])
        await published(store, forbidding(WORD))
        await until(process.runs(3))
        await until(lambda: process.standing.problem is None)


async def test_what_is_in_force_stays_while_the_store_is_silent(follow: Follow, store: Store) -> None:
    async with follow() as process:
        await until(lambda: process.standing.policy == "newest")
        process.is_cut_off = True
        await until(lambda: process.standing.policy == "last good")
        await published(store, forbidding(WORD))
        assert process.active.current.revision == 1
        assert not process.standing.is_stale
        process.is_cut_off = False
        await until(process.runs(2))
        await until(lambda: process.standing.policy == "newest")


@pytest.mark.parametrize("is_changed", [True, False])
async def test_what_was_kept_is_compared_with_the_store_before_it_is_called_newest(
    is_changed: bool, follow: Follow, store: Store, first: Revision
) -> None:
    """Whoever can write the file can give it any number and digest."""
    true = await published_of(Revisions(store), first)
    kept = replace(true, lexicon=forbidding(WORD)) if is_changed else true
    async with follow(kept=kept) as process:
        await until(lambda: process.standing.policy == "last good")
        assert process.stops(WORD) is is_changed
        assert process.standing.is_stale
        before = process.active.ruling
        process.is_cut_off = False
        await until(lambda: process.standing.policy == "newest" or not process.standing.is_stale)
        assert not process.stops(WORD)
        assert (process.active.ruling is not before) is is_changed
        await until(lambda: process.last_good.read() == true)


async def test_what_was_kept_is_compared_also_where_the_newest_revision_is_broken(
    follow: Follow, store: Store, first: Revision
) -> None:
    true = await published_of(Revisions(store), first)
    await published(store, {**SHIPPED.lexicon, RULES_FILE: BROKEN})
    async with follow(kept=replace(true, lexicon=forbidding(WORD))) as process:
        assert process.stops(WORD)
        process.is_cut_off = False
        await until(lambda: not process.standing.is_stale)
        assert not process.stops(WORD)
        assert (process.standing.policy, process.standing.refused) == ("last good", 2)
        assert process.active.current.revision == 1
        await published(store)
        await until(process.runs(3))
        await until(lambda: process.standing.policy == "newest")


async def test_what_was_kept_and_cannot_be_compared_is_never_ready(
    follow: Follow, store: Store, first: Revision
) -> None:
    true = await published_of(Revisions(store), first)
    for _ in range(3):
        await published(store, {**SHIPPED.lexicon, RULES_FILE: BROKEN})
    async with follow(kept=replace(true, lexicon=forbidding(WORD))) as process:
        process.is_cut_off = False
        await until(lambda: process.standing.refused == 4)
        assert process.standing.is_stale
        assert process.standing.policy == "last good"
        await published(store)
        await until(process.runs(5))
        await until(lambda: process.standing.policy == "newest" and not process.standing.is_stale)


async def test_replicas_that_judge_otherwise_under_one_revision_are_told_once(follow: Follow, store: Store) -> None:
    revisions = Revisions(store)
    with capture_logs() as logged:
        async with follow() as process:
            digest = process.active.current.digest
            await revisions.activated("same", 1, digest)
            await revisions.activated("other", 1, "0" * 64)
            await until(lambda: any("different digests" in line["event"] for line in logged))
            for _ in range(2):
                last = {each.replica: each.seen_at for each in await revisions.status()}["here"]
                await until_reported(store, lambda known, last=last: known[0].seen_at > last)  # type: ignore[misc]
    (told,) = [line for line in logged if "different digests" in line["event"]]
    assert told == {
        "event": "replicas run one revision with different digests",
        "log_level": "error",
        "revision": 1,
        "digest": digest,
        "others": ["other"],
    }


async def test_a_store_that_was_put_back_leads_again(follow: Follow, store: Store) -> None:
    """A restored backup has fewer revisions, and another one under a number that was given before."""
    async with follow() as process:
        await published(store, forbidding(WORD))
        await until(process.runs(2))
        async with store.writing() as connection:
            await connection.execute(delete(revisions_table).where(revisions_table.c.number == 2))
        await until(process.runs(1))
        assert not process.stops(WORD)
        await published(store, forbidding("明月清风不用愁"))
        await until(process.runs(2))
        assert process.stops("明月清风不用愁")


async def test_who_stops_in_order_is_forgotten(follow: Follow, store: Store) -> None:
    async with follow("one"), follow("other"):
        await until_reported(store, lambda known: [each.replica for each in known] == ["one", "other"])
    assert await Revisions(store).status() == []


async def test_it_says_again_and_again_that_it_lives(follow: Follow, store: Store) -> None:
    async with follow():
        (first,) = await until_reported(store, lambda known: len(known) == 1)
        (later,) = await until_reported(store, lambda known: known[0].seen_at > first.seen_at)
    assert later.since == first.since


async def test_what_is_due_is_published_whatever_broke_before(follow: Follow) -> None:
    asked: list[int] = []

    async def publish_due() -> None:
        asked.append(len(asked))
        if len(asked) == 1:
            raise StoreError("not now")
        if len(asked) == 2:
            raise ZeroDivisionError

    async with follow(publish_due=publish_due):
        await until(lambda: len(asked) > 3)


async def test_what_is_due_and_cannot_be_published_is_told_once_until_that_changes(follow: Follow) -> None:
    answers = ["not now", "not now", "not now", "not so", "not so", "", "not so", "not so"]

    async def publish_due() -> None:
        answer = answers.pop(0) if answers else ""
        if answer:
            raise StoreError(answer)

    with capture_logs() as logged:
        async with follow(publish_due=publish_due):
            await until(lambda: not answers)
    told = [line["reason"] for line in logged if line["event"] == "what is due cannot be published now"]
    assert told == ["not now", "not so", "not so"]


async def test_what_is_in_force_is_kept_on_the_disk(follow: Follow, store: Store) -> None:
    async with follow() as process:
        assert process.last_good.read() is not None
        revision = await published(store, forbidding(WORD))
        kept = await published_of(Revisions(store), revision)
        await until(lambda: process.last_good.read() == kept)


async def test_files_that_differ_are_told_and_change_nothing(follow: Follow, tmp_path: Path) -> None:
    lexicons = tmp_path / "lexicons"
    lexicons.mkdir()
    for name, text in {**forbidding(WORD), "new.yaml": b"family: new\n"}.items():
        (lexicons / name).write_bytes(text)
    async with follow(settings=Settings(lexicons_dir=lexicons)) as process:
        assert process.standing.differing == ("lexicons/absolute.yaml", "lexicons/new.yaml")
        assert not process.stops(WORD)


async def test_a_publication_makes_the_files_differ(follow: Follow, store: Store) -> None:
    async with follow() as process:
        assert process.standing.differing == ()
        await published(store, forbidding(WORD), saying("您看要不要用？"))
        await until(lambda: process.standing.differing == ("lexicons/absolute.yaml", "prompts/fallbacks.yaml"))


def test_no_two_processes_have_one_name() -> None:
    assert len({replica_name() for _ in range(100)}) == 100
