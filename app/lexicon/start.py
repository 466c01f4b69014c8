"""What a process runs when it starts: the newest revision of its store, or the last good one where that is silent."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from app.approved.wording import PUBLISHED_FILES
from app.data import Data, Published, read_data, remember_proof
from app.encoders.opening import require_encoder
from app.errors import ConfigurationError, StoreError
from app.lexicon.checkout import read_checkout
from app.lexicon.files import RuleFiles
from app.lexicon.last_good import LastGood
from app.metrics import Metrics
from app.opening import Opening
from app.records import Revision, Revisions
from app.records.revisions import digest_of
from app.settings import Settings
from guards.errors import DataFileError

_logger = structlog.get_logger("heyan.policy")
TRIES = 3
"""Revisions that are tried, the newest first: one that is broken must not keep a process from starting."""


@dataclass(frozen=True, slots=True)
class Start:
    """A revision, read and proven. `refused`: the newest one, where that cannot be put in force, because of `refusal`.

    `unreached`: why the store was not asked for the newest.
    """

    data: Data
    published: Published
    refused: Revision | None = None
    refusal: str | None = None
    unreached: str | None = None

    def tell(self) -> None:
        """Log what is not as it should be."""
        revision = self.published.number
        if self.data.unremembered:
            _logger.warning("the proof of rules and wording cannot be remembered", reason=self.data.unremembered)
        if self.unreached:
            _logger.warning(
                "the store does not answer: the last good policy is in force", revision=revision, reason=self.unreached
            )
        if self.refused:
            _logger.error(
                "a revision cannot be put in force; an earlier one is",
                refused=self.refused.number,
                revision=revision,
                reason=self.refusal,
            )


async def find_start(
    settings: Settings, metrics: Metrics, opening: Opening, last_good: LastGood, require: Callable[[], Awaitable[None]]
) -> Start:
    """What the store says, or, where it does not answer, what was kept; `require` may refuse the start once it is open.

    Raises:
        ConfigurationError: if nothing can be put in force, or `require` says so.
        StoreError: if the store does not answer and nothing was kept, or answers and is wrong.
    """
    require_encoder(settings)
    try:
        await opening.complete()
        await require()
        return await start_from_store(settings, metrics, Revisions(opening.store))
    except StoreError as failure:
        kept = await start_from_disk(settings, metrics, last_good) if failure.is_out_of_reach else None
        if kept is None:
            raise
        return replace(kept, unreached=str(failure))


async def start_from_store(settings: Settings, metrics: Metrics, revisions: Revisions) -> Start:
    """The newest revision of the store that can be put in force; of an empty store, the files as its first.

    Raises:
        ConfigurationError: if files or revision are unusable, naming file and line of every problem.
        StoreError: if the store does not answer.
    """
    if await revisions.newest() is None:
        files = read_checkout(settings)
        _require_names(files)
        data = await asyncio.to_thread(read_data, settings, metrics)
        if read_checkout(settings) != files:
            raise ConfigurationError("files of rules or wording were changed while they were read: start again")
        published = await published_of(revisions, await revisions.begin(files.lexicon, files.wording))
        if published.number == 1 and published.texts == files.texts:
            await asyncio.to_thread(remember_proof, settings, published, data)
            return Start(data, published)
    first: tuple[Revision, str] | None = None
    for revision in await revisions.page(limit=TRIES):
        try:
            published = await published_of(revisions, revision)
            data = await asyncio.to_thread(partial(read_data, settings, metrics, published=published))
        except ConfigurationError as broken:
            first = first or (revision, str(broken))
        else:
            return Start(data, published, *(first or ()))
    if first is None:
        raise ConfigurationError("the store has lost its revisions while it was read")
    raise ConfigurationError(f"revision {first[0].number} of the store cannot be put in force: {first[1]}")


async def start_from_disk(settings: Settings, metrics: Metrics, last_good: LastGood) -> Start | None:
    """The revision that was last in force here; None where none is kept.

    Raises:
        ConfigurationError: if it cannot be put in force any more.
    """
    published = await asyncio.to_thread(last_good.read)
    if published is None:
        return None
    return Start(await asyncio.to_thread(partial(read_data, settings, metrics, published=published)), published)


async def published_of(revisions: Revisions, revision: Revision) -> Published:
    """The revision with its texts; those of wording that belong to a deployment are left out.

    Raises:
        ConfigurationError: if the store has lost one of them, or holds another than was published.
        StoreError: if the store does not answer.
    """
    try:
        lexicon, wording = await revisions.texts(revision)
    except KeyError as lost:
        raise ConfigurationError(f"the store has lost a text of revision {revision.number}: {lost}") from None
    for named, texts in ((revision.lexicon, lexicon), (revision.wording, wording)):
        if changed := [name for name, text in texts.items() if hashlib.sha256(text).hexdigest() != named[name]]:
            raise ConfigurationError(f"texts of revision {revision.number} are not as published: {', '.join(changed)}")
    if digest_of(revision.lexicon, revision.wording) != revision.sha256:
        raise ConfigurationError(f"the list of files of revision {revision.number} is not as published")
    own = {name: text for name, text in wording.items() if name in PUBLISHED_FILES}
    left_out = {name: digest for name, digest in revision.wording.items() if name not in own}
    published = Published(revision.number, revision.sha256, lexicon, own, left_out)
    _require_names(published)
    return published


def _require_names(published: Published) -> None:
    """Raises ConfigurationError for files of rules whose names no officer could write."""
    try:
        RuleFiles(published.lexicon)
    except DataFileError as strange:
        raise ConfigurationError(str(strange)) from None
