"""Runs what a command does with the revisions of the store, which the files begin where it has none."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.commands.stores import with_store

if TYPE_CHECKING:
    from app.records import Revisions, Store
    from guards.policy import Institution

T = TypeVar("T")


def with_revisions(work: "Callable[[Store, Revisions, Institution], Awaitable[T]]") -> T:
    """What comes of the work on the store of the settings.

    Raises:
        ConfigurationError: if the files cannot be read.
        StoreError: if the store does not answer.
    """
    from app.approved.wording import WORDING_FILES, InstitutionProfile
    from app.errors import ConfigurationError
    from app.lexicon.files import RuleFiles
    from app.records import Revisions
    from app.settings import read_settings
    from guards.lexicon.documents import DocumentError, read_document
    from guards.policy import Institution

    settings = read_settings()
    rules, wording = RuleFiles.read(settings.lexicons_dir), RuleFiles.read(settings.prompts_dir)
    try:
        speaks = read_document(settings.prompts_dir / "institution.yaml").check(InstitutionProfile)
        rules.lexicon()  # what cannot be read is no first revision
    except DocumentError as broken:
        raise ConfigurationError(str(broken)) from None
    institution = Institution(speaks.full_name, speaks.hotline, settings.annual_rate_cap)

    async def run(store: "Store") -> T:
        revisions = Revisions(store)
        own = {name: text for name, text in wording.contents.items() if name in WORDING_FILES}
        if await revisions.newest() is None:
            _require_whole(wording.contents, settings.prompts_dir)
        await revisions.begin(rules.contents, own)
        return await work(store, revisions, institution)

    return with_store(run)


def _require_whole(prompts: Mapping[str, bytes], folder: Path) -> None:
    """What cannot be put in force is no first revision: nothing would start on it. Raises ConfigurationError."""
    from app.approved.holds import HOLDS_FILE
    from app.approved.vocabulary import read_vocabulary
    from app.approved.wording import wording_of
    from app.errors import ConfigurationError
    from guards.lexicon.documents import DocumentError

    own = {name: text for name, text in prompts.items() if name != HOLDS_FILE}
    try:
        wording_of(own, read_vocabulary(folder), folder)
    except DocumentError as broken:
        raise ConfigurationError(str(broken)) from None
