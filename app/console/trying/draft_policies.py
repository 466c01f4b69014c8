"""Rules as an open change would have them, compiled so that a text can be tried under them."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from app.lexicon.files import RuleFiles
from app.parts import Parts
from app.records import ChangeState, Headline
from guards.policy import Policy, recompiled

_OPEN = (ChangeState.DRAFT, ChangeState.SUBMITTED, ChangeState.APPROVED)
_MOST_LISTED, _MOST_KEPT = 50, 4
_Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A change, and the rules with it in them."""

    id: str
    title: str
    policy: Policy


class DraftPolicies:
    """Compiles one at a time, beside the loop, and keeps the last few; each shares with the rules in force."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: OrderedDict[_Key, Drafted] = OrderedDict()
        self._turn = asyncio.Semaphore(1)

    async def open(self) -> list[Headline]:
        """The changes of rules that can be tried, newest first."""
        pages = [
            await self._parts.headlines.page(subject="lexicon", state=state, limit=_MOST_LISTED) for state in _OPEN
        ]
        return sorted((one for page in pages for one in page), key=lambda one: one.id, reverse=True)

    async def get(self, identity: str) -> Drafted:
        """The rules with a change in them.

        Raises:
            UnknownChange, ChangeRefused: if there is no such change, or no rules come of it.
            DocumentError: if its rules cannot be read.
        """
        dossier, policy = await self._parts.lifecycle.get(identity), self._parts.policy.current
        key = identity, dossier.record.version, policy.digest
        async with self._turn:
            if key not in self._known:
                _, proposal = await self._parts.lifecycle.sides(dossier)
                compiled = await asyncio.to_thread(_compiled, policy, proposal.files)
                self._known[key] = Drafted(identity, dossier.record.title or "（没有标题）", compiled)
            self._known.move_to_end(key)
            while len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
            return self._known[key]


def _compiled(policy: Policy, files: RuleFiles) -> Policy:
    return recompiled(policy, files.lexicon())
