"""Puts what the store publishes in force in this process, while requests go on, and says so.

One small query twice a second asks for the newest revision. It is compiled beside the one in force, in a thread, and
put in its place by one assignment; what cannot be compiled is never put in force. Where the store does not answer, what
was in force stays.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from app.data import Published
from app.errors import ConfigurationError, HeyanError, StoreError
from app.lexicon.checkout import differing
from app.lexicon.files import RuleFiles
from app.lexicon.last_good import LastGood
from app.lexicon.standing import Standing
from app.lexicon.start import TRIES, Start, published_of
from app.metrics import Metrics
from app.policy import ActivePolicy, Ruling
from app.records import Revision, Revisions
from guards.errors import DataFileError

Job = Callable[[], Awaitable[object]]
_PATIENCE_SECONDS = 10.0
"""For which one answer of the store is waited for."""
_GOODBYE_SECONDS = 1.0
"""The same where the process is about to end, and may be killed soon."""
_logger = structlog.get_logger("heyan.policy")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two looks at the store, two reports to it, and two looks for what has become due."""

    poll: float = 0.5
    report: float = 5.0
    due: float = 2.0


def replica_name() -> str:
    """A name that no other process has: host, process, and a number by chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Activator:
    """The background work of one process; between `start` and `close` it keeps `active` at the newest revision."""

    def __init__(
        self,
        revisions: Revisions,
        active: ActivePolicy,
        start: Start,
        *,
        standing: Standing,
        last_good: LastGood,
        metrics: Metrics,
        replica: str,
        open_store: Job,
        publish_due: Job | None = None,
        pace: Pace | None = None,
    ) -> None:
        """`start` is what `active` holds. `open_store` opens a store that was not reached yet, else does nothing.

        `publish_due` publishes what was approved for a time that has come.
        """
        self._revisions = revisions
        self._active = active
        self._deployment = start.data.deployment
        self._running = start.published
        self._files = RuleFiles(self._running.lexicon)
        self._standing = standing
        self._last_good = last_good
        self._metrics = metrics
        self._replica = replica
        self._open_store = open_store
        self._publish_due = publish_due
        self._pace = pace or Pace()
        self._refused: tuple[int, str] | None = None
        if start.refused:
            self._refused = (start.refused.number, start.refused.sha256)
            standing.refuse(start.refused.number, start.refusal or "")
        # What was kept on the disk may have been changed there, whatever number and digest it names.
        self._is_compared = start.unreached is None
        if self._is_compared:
            standing.reached()
        self._reported: tuple[int, str] | None = None
        self._next_report = 0.0
        self._said: str | None = None
        self._unpublished: str | None = None
        self._is_contradicted = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Say what is in force, and begin to watch the store."""
        await self._keep()
        await self._look_at_files()
        self._tasks.append(asyncio.create_task(self._watch(), name="heyan activation"))
        if self._publish_due is not None:
            self._tasks.append(asyncio.create_task(self._publish(self._publish_due), name="heyan publication"))

    async def close(self) -> None:
        """Stop, and tell the store that this process runs nothing any more. A second call does nothing."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        was_reported, self._reported = self._reported is not None, None
        if was_reported:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._revisions.gone(self._replica)

    async def look(self) -> None:
        """Look once: put the newest revision in force where it is another one, and report what is.

        Raises:
            HeyanError: if the store cannot be asked.
        """
        await self._open_store()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            head = await self._revisions.head()
        if head is None:
            raise StoreError("the store holds no revision: the next start begins it with the files")
        if self._is_compared:
            self._standing.reached()
        if self._is_compared and head == (self._running.number, self._running.sha256):
            self._refused = None
            self._standing.accept()
        elif head != self._refused:
            await self._activate(head)
        if self._is_compared:
            self._standing.reached()
        await self._report()

    async def _watch(self) -> None:
        # What runs was not parsed here: without this the first change would wait for all files, and not for its own.
        await asyncio.to_thread(self._files.lexicon)
        while True:
            try:
                await self.look()
            except Exception as failure:  # whatever breaks here, the next look is half a second away
                self._lose(failure)
            else:
                if self._said is not None:
                    _logger.info("the store answers again", revision=self._running.number)
                self._said = None
            await asyncio.sleep(self._pace.poll)

    def _lose(self, failure: Exception) -> None:
        """The rules in force stay; what is wrong is said once."""
        self._standing.lost()
        reason = str(failure) if isinstance(failure, HeyanError) else type(failure).__name__
        if reason != self._said:
            tell = _logger.warning if isinstance(failure, StoreError | TimeoutError) else _logger.error
            tell(
                "the store does not say which revision is the newest; the last good one stays in force",
                revision=self._running.number,
                reason=reason,
            )
        self._said = reason

    async def _activate(self, head: tuple[int, str]) -> None:
        """Put the newest revision in force, or refuse it; what runs then is of the store and of no file.

        Raises:
            StoreError: if its texts cannot be read now.
        """
        revision = await self._revisions.get(head[0])
        if revision is None:  # a store that was replaced in this moment
            raise StoreError(f"the store holds revision {head[0]} no more")
        reason = await self._put_in_force(revision)
        if reason is None:
            self._standing.accept()
            return
        if not self._is_compared:
            for earlier in await self._revisions.page(before=head[0], limit=TRIES - 1):
                if await self._put_in_force(earlier) is None:
                    break
        self._refused = head
        self._standing.refuse(head[0], reason)

    async def _put_in_force(self, revision: Revision) -> str | None:
        """None once it is; else why it cannot be, which is logged.

        Raises:
            StoreError: if its texts cannot be read now.
        """
        started = time.monotonic()
        try:
            published = await published_of(self._revisions, revision)
            if published == self._running:
                self._settle(published)
                return None
            ruling, files = await asyncio.to_thread(self._compile, published)
        except StoreError:
            raise
        except Exception as broken:
            is_known = isinstance(broken, DataFileError | ConfigurationError)
            return self._tell_refused(revision.number, str(broken) if is_known else type(broken).__name__)
        self._active.swap(ruling)
        self._files = files
        self._settle(published)
        self._metrics.in_force(published.number)
        policy = ruling.policy
        _logger.info(
            "policy in force",
            revision=published.number,
            digest=policy.digest,
            rules=len(policy.lexicon.places),
            seconds=round(time.monotonic() - started, 3),
        )
        await self._report()
        await self._keep()
        await self._look_at_files()
        return None

    def _settle(self, published: Published) -> None:
        self._running, self._refused, self._is_compared = published, None, True

    def _compile(self, published: Published) -> tuple[Ruling, RuleFiles]:
        """The revision as this process would run it; files that are as before are not parsed again."""
        before, after = self._files.contents, published.lexicon
        changed = {
            name: after.get(name) for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        files = self._files.replaced(changed)
        base = self._active.current
        ruling = self._deployment.ruling(files.lexicon(), published.wording, revision=published.number, base=base)
        return ruling, files

    def _tell_refused(self, number: int, reason: str) -> str:
        _logger.error(
            "a revision cannot be put in force; the last good one stays",
            refused=number,
            revision=self._running.number,
            reason=reason,
        )
        return reason

    async def _report(self) -> None:
        """Raises StoreError."""
        runs = (self._running.number, self._active.current.digest)
        if runs == self._reported and time.monotonic() < self._next_report:
            return
        async with asyncio.timeout(_PATIENCE_SECONDS):
            others = await self._revisions.activated(self._replica, *runs)
        self._reported, self._next_report = runs, time.monotonic() + self._pace.report
        if others and not self._is_contradicted:
            _logger.error(
                "replicas run one revision with different digests", revision=runs[0], digest=runs[1], others=others
            )
        self._is_contradicted = bool(others)

    async def _keep(self) -> None:
        try:
            await asyncio.to_thread(self._last_good.keep, self._running)
        except OSError as unwritable:
            _logger.warning("the policy in force cannot be kept for a start without the store", reason=str(unwritable))

    async def _look_at_files(self) -> None:
        """Tell whether the deployment's files are as they were published: they change nothing where they are not."""
        names = await asyncio.to_thread(differing, self._deployment.settings, self._running)
        if names and names != self._standing.differing:
            is_start = not self._tasks  # later it is a publication that makes them differ
            tell = _logger.warning if is_start else _logger.info
            tell(
                "files differ from the revision in force, and change nothing: import drafts them",
                revision=self._running.number,
                files=list(names),
            )
        self._standing.differing = names

    async def _publish(self, publish_due: Job) -> None:
        while True:
            await asyncio.sleep(self._pace.due)
            try:
                await publish_due()
            except Exception as failure:  # tried again, here or by another replica
                reason = str(failure) if isinstance(failure, HeyanError) else type(failure).__name__
                if reason != self._unpublished:
                    _logger.warning("what is due cannot be published now", reason=reason)
                self._unpublished = reason
            else:
                self._unpublished = None
