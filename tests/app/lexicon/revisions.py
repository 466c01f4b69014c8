"""Revisions of a store, made of the shipped files with a few words changed, and published as an approval does it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from app.approved.holds import HOLDS_FILE, Freeze, Holds, LineKind, Suspension, content_of, line_id
from app.approved.wording import FALLBACKS_FILE
from app.data import Published
from app.lexicon.checkout import read_checkout
from app.lexicon.files import RuleFiles
from app.records import AuditTrail, ChangeState, Revision, Revisions, Store, changes
from app.records.audit import lock
from app.records.revisions import digest_of, digests_of, publish
from app.settings import Settings


def numbered(number: int, files: Published) -> Published:
    """These files as a store publishes them."""
    return replace(files, number=number, sha256=digest_of(digests_of(files.lexicon), digests_of(files.wording)))


SHIPPED = numbered(1, read_checkout(Settings()))
RULES_FILE = "absolute.yaml"
BROKEN = b"family: absolute\nrules: [{id: absolute.superlative, phrase: ["
BODY = "用不用您自己定，有想问的吗？"
"""Words of an approved body."""


def forbidding(*words: str) -> dict[str, bytes]:
    """The shipped rules, which forbid these words too."""
    text = SHIPPED.lexicon[RULES_FILE].decode()
    changed = text.replace("phrases: [", f"phrases: [{', '.join(words)}, ", 1) if words else text
    return {**SHIPPED.lexicon, RULES_FILE: changed.encode()}


def saying(body: str) -> dict[str, bytes]:
    """The shipped wording with other words for `BODY`."""
    text = SHIPPED.wording[FALLBACKS_FILE].decode()
    assert BODY in text
    return {**SHIPPED.wording, FALLBACKS_FILE: text.replace(BODY, body).encode()}


def holding(*texts: str, is_frozen: bool = False) -> dict[str, bytes]:
    """The shipped wording, of which these texts may not be said."""
    at = datetime(2026, 11, 29, 2, 5, tzinfo=UTC)
    suspended = tuple(Suspension(line_id(LineKind.SEGMENT, text), text, "投诉", "officer", at) for text in texts)
    content = content_of(Holds(Freeze("投诉", "officer", at) if is_frozen else None, suspended))
    return {**SHIPPED.wording, **({} if content is None else {HOLDS_FILE: content})}


async def published(
    store: Store, lexicon: dict[str, bytes] | None = None, wording: dict[str, bytes] | None = None
) -> Revision:
    """The next revision of the store, of these files or the shipped ones."""
    async with store.writing() as connection:
        await lock(connection)
        return await publish(
            connection, lexicon or SHIPPED.lexicon, wording or SHIPPED.wording, title="a test", author="officer"
        )


async def newest_whole(store: Store) -> tuple[Revision, RuleFiles]:
    """The newest revision and its rules: everything that it consists of is seen to be there, and nothing besides.

    Every revision after the first must be one that a change of the rules became.
    """
    revisions = Revisions(store)
    revision = await revisions.newest()
    assert revision is not None
    texts = await revisions.texts(revision)
    for named, contents in zip((revision.lexicon, revision.wording), texts, strict=True):
        assert {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()} == named
    trail = AuditTrail(store)
    assert await trail.verify() is None
    told = [entry async for entry in trail.entries() if entry.event == "revision.published"]
    assert [entry.subject for entry in told] == [str(number + 1) for number in range(revision.number)]
    assert told[-1].details["sha256"] == revision.sha256
    async with store.reading() as connection:
        became = await changes.page(connection, "lexicon", state=ChangeState.PUBLISHED)
    assert sorted(one.revision or 0 for one in became) == list(range(2, revision.number + 1))
    return revision, RuleFiles(texts[0])
