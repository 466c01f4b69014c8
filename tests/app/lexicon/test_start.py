"""What a process runs when it starts: the store leads, the files begin it, the disk stands in for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.data import Published
from app.errors import ConfigurationError, StoreError
from app.lexicon.last_good import LastGood
from app.lexicon.start import find_start, published_of, start_from_disk, start_from_store
from app.metrics import Metrics
from app.opening import Opening
from app.records import AuditTrail, Revisions, Store
from app.records.tables import policy_texts
from app.records.tables import revisions as revisions_table
from app.settings import Settings
from tests.app.lexicon.revisions import (
    BODY,
    BROKEN,
    RULES_FILE,
    SHIPPED,
    forbidding,
    holding,
    numbered,
    published,
    saying,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The shipped files, and a folder of its own for what is written."""
    return Settings(data_dir=tmp_path / "var")


@pytest.fixture
def revisions(store: Store) -> Revisions:
    """None yet."""
    return Revisions(store)


async def allow() -> None:
    """Let it start."""


async def test_the_files_are_the_first_revision_of_an_empty_store(
    settings: Settings, revisions: Revisions, store: Store
) -> None:
    start = await start_from_store(settings, Metrics(), revisions)
    first = await revisions.newest()
    assert first is not None
    assert (first.number, start.published.number, start.data.policy.revision) == (1, 1, 1)
    assert await revisions.texts(first) == (SHIPPED.lexicon, SHIPPED.wording)
    assert [entry.event async for entry in AuditTrail(store).entries()] == ["revision.published"]


async def test_broken_files_begin_no_store(settings: Settings, revisions: Revisions, tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    for name, text in {**SHIPPED.lexicon, RULES_FILE: BROKEN}.items():
        (tmp_path / "lexicons" / name).write_bytes(text)
    broken = settings.model_copy(update={"lexicons_dir": tmp_path / "lexicons"})
    with pytest.raises(ConfigurationError, match=str(tmp_path / "lexicons" / RULES_FILE)):
        await start_from_store(broken, Metrics(), revisions)
    assert await revisions.newest() is None


async def test_a_file_of_rules_under_a_name_that_nobody_could_import_begins_no_store(
    settings: Settings, revisions: Revisions, tmp_path: Path
) -> None:
    (tmp_path / "lexicons").mkdir()
    for name, text in SHIPPED.lexicon.items():
        (tmp_path / "lexicons" / name.replace("absolute", "绝对")).write_bytes(text)
    named = settings.model_copy(update={"lexicons_dir": tmp_path / "lexicons"})
    with pytest.raises(ConfigurationError, match="绝对"):
        await start_from_store(named, Metrics(), revisions)
    assert await revisions.newest() is None


async def test_the_store_leads_whatever_the_files_say(settings: Settings, revisions: Revisions, store: Store) -> None:
    shipped = await start_from_store(settings, Metrics(), revisions)
    await published(store, forbidding("青山绿水好心情"), saying("您看要不要用？"))
    start = await start_from_store(settings, Metrics(), revisions)
    assert (start.data.policy.revision, start.published.number) == (2, 2)
    assert "青山绿水好心情" in {each for rule in start.data.policy.lexicon.phrase_rules() for each in rule.phrases}
    assert not any(BODY in body.text for cell in start.data.wording.fallbacks.values() for body in cell)
    assert start.data.policy.digest != shipped.data.policy.digest


async def test_a_start_and_its_repetition_run_the_same_digest(settings: Settings, revisions: Revisions) -> None:
    first = await start_from_store(settings, Metrics(), revisions)
    second = await start_from_store(settings, Metrics(), revisions)
    assert first.data.policy.digest == second.data.policy.digest


async def test_what_is_held_is_held_from_the_start_and_proven_all_the_same(
    settings: Settings, revisions: Revisions, store: Store
) -> None:
    first = await start_from_store(settings, Metrics(), revisions)
    texts = [
        piece.text for frame in first.data.wording.frames.values() for piece in frame.segments if piece.text is not None
    ]
    await published(store, wording=holding(*dict.fromkeys(texts), is_frozen=True))
    start = await start_from_store(settings, Metrics(), revisions)
    assert (start.published.number, start.refused) == (2, None)
    assert start.data.wording.holds.freeze is not None
    assert all(start.data.wording.holds.stops(text) for text in texts)


async def test_a_second_start_does_not_prove_again(settings: Settings, revisions: Revisions, tmp_path: Path) -> None:
    own = settings.model_copy(update={"cache_dir": tmp_path / "cache"})
    await start_from_store(own, Metrics(), revisions)
    noted = {file: file.stat().st_mtime_ns for file in (tmp_path / "cache" / "proofs").iterdir()}
    await start_from_store(own, Metrics(), revisions)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "cache" / "proofs").iterdir()} == noted


async def test_of_a_broken_newest_revision_the_one_before_is_run(
    settings: Settings, revisions: Revisions, store: Store
) -> None:
    await start_from_store(settings, Metrics(), revisions)
    await published(store, {**SHIPPED.lexicon, RULES_FILE: BROKEN})
    start = await start_from_store(settings, Metrics(), revisions)
    assert start.data.policy.revision == 1
    assert start.refused is not None
    assert start.refused.number == 2
    assert RULES_FILE in (start.refusal or "")


async def test_a_store_with_no_sound_revision_refuses_the_start(
    settings: Settings, revisions: Revisions, store: Store
) -> None:
    await published(store, {**SHIPPED.lexicon, RULES_FILE: BROKEN})
    with pytest.raises(ConfigurationError, match=rf"revision 1 of the store cannot be put in force: {RULES_FILE}:2: "):
        await start_from_store(settings, Metrics(), revisions)


async def test_a_text_that_is_not_as_it_was_published_is_never_run(
    settings: Settings, revisions: Revisions, store: Store
) -> None:
    revision = await revisions.begin(SHIPPED.lexicon, SHIPPED.wording)
    harmed = update(policy_texts).where(policy_texts.c.sha256 == revision.lexicon[RULES_FILE])
    async with store.writing() as connection:
        await connection.execute(harmed.values(content=forbidding("青山绿水好心情")[RULES_FILE]))
    with pytest.raises(ConfigurationError, match=f"texts of revision 1 are not as published: {RULES_FILE}"):
        await start_from_store(settings, Metrics(), revisions)


async def test_a_revision_that_lost_a_file_is_never_run(settings: Settings, revisions: Revisions, store: Store) -> None:
    revision = await revisions.begin(SHIPPED.lexicon, SHIPPED.wording)
    left = {name: digest for name, digest in revision.lexicon.items() if name != RULES_FILE}
    async with store.writing() as connection:
        await connection.execute(update(revisions_table).values(lexicon=left))
    with pytest.raises(ConfigurationError, match="the list of files of revision 1 is not as published"):
        await start_from_store(settings, Metrics(), revisions)


async def test_a_file_of_wording_that_belongs_to_a_deployment_is_left_out_and_kept_all_the_same(
    revisions: Revisions, tmp_path: Path
) -> None:
    revision = await revisions.begin(SHIPPED.lexicon, {**SHIPPED.wording, "tags.yaml": b"tags: []\n"})
    kept = await published_of(revisions, revision)
    assert kept.wording == SHIPPED.wording
    LastGood(tmp_path).keep(kept)
    assert LastGood(tmp_path).read() == kept


class TestWithoutTheStore:
    """One that cannot be reached: its file would lie below a file."""

    @pytest.fixture
    def opening(self, tmp_path: Path) -> Opening:
        (tmp_path / "file").touch()
        return Opening(f"sqlite:///{tmp_path / 'file' / 'heyan.db'}", None)

    async def test_the_last_good_revision_is_run(self, settings: Settings, opening: Opening, tmp_path: Path) -> None:
        LastGood(tmp_path).keep(numbered(7, SHIPPED))
        start = await find_start(settings, Metrics(), opening, LastGood(tmp_path), allow)
        assert (start.data.policy.revision, start.published.number) == (7, 7)
        assert "cannot write the store" in (start.unreached or "")

    async def test_without_one_the_start_is_refused(self, settings: Settings, opening: Opening, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot write the store"):
            await find_start(settings, Metrics(), opening, LastGood(tmp_path), allow)

    async def test_one_that_was_changed_on_the_disk_is_as_good_as_none(
        self, settings: Settings, opening: Opening, tmp_path: Path
    ) -> None:
        lexicon = {name: text for name, text in SHIPPED.lexicon.items() if name != RULES_FILE}
        LastGood(tmp_path).keep(replace(SHIPPED, lexicon=lexicon))
        with pytest.raises(StoreError, match="cannot write the store"):
            await find_start(settings, Metrics(), opening, LastGood(tmp_path), allow)

    async def test_a_last_good_revision_that_is_broken_refuses_the_start(
        self, settings: Settings, opening: Opening, tmp_path: Path
    ) -> None:
        LastGood(tmp_path).keep(numbered(1, replace(SHIPPED, lexicon={**SHIPPED.lexicon, RULES_FILE: BROKEN})))
        with pytest.raises(ConfigurationError, match=RULES_FILE):
            await find_start(settings, Metrics(), opening, LastGood(tmp_path), allow)


async def test_a_store_that_is_wrong_refuses_the_start_whatever_was_kept(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "heyan.db").write_bytes(b"this is no database" * 100)
    LastGood(tmp_path).keep(SHIPPED)
    opening = Opening(f"sqlite:///{tmp_path / 'heyan.db'}", None)
    with pytest.raises(StoreError, match="not a database"):
        await find_start(settings, Metrics(), opening, LastGood(tmp_path), allow)


async def test_where_nothing_was_kept_there_is_no_start_from_the_disk(settings: Settings, tmp_path: Path) -> None:
    assert await start_from_disk(settings, Metrics(), LastGood(tmp_path / "none")) is None


def test_texts_have_the_names_of_a_checkout() -> None:
    texts = Published(1, "", {"gates.yaml": b"1"}, {"bridges.yaml": b"2"}).texts
    assert texts == {"lexicons/gates.yaml": b"1", "prompts/bridges.yaml": b"2"}
