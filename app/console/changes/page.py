"""One change on a page: what it does, what is worth knowing, what it would stop, what was said, what may be done."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from app.console.changes.cards import Cards, Clash, cards_of, clash_of
from app.console.changes.following import new_texts, parted
from app.console.changes.timeline import timeline
from app.console.changes.trial_reading import rule_result, text_result
from app.console.changes.tries import SIZES, Runs
from app.console.changes.wording_cards import WordingCards, told, wording_cards
from app.console.frame.rendering import FieldError, Pages, in_chinese, told_of
from app.console.frame.routing import page_routes
from app.console.frame.visitors import Visitor, require
from app.errors import RequestError
from app.lexicon.conflicts import RulesMoved
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.problems import ChangeRefused
from app.lexicon.refused import UnknownChange
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.trials import Trial
from app.parts import Parts
from app.records import ChangeRecord, ChangeState, OneHand, PersonState, Role
from app.records.names import is_same_person

READERS = (Role.EDITOR, Role.APPROVER, Role.AUDITOR)
Identity = Annotated[str, Path(alias="identity", pattern="^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
_ASKED_ABOUT = frozenset({ChangeState.SUBMITTED, ChangeState.APPROVED})
_WEIGHTS = {"moved_rule": "moved", "paused": "pausing", "stops_wording": "blocking", "stopped_by_rule": "blocking"}
_ENGLISH = re.compile(r" ?\([ -~]*\)(?=；|$)")
_MOST_CARDS, _MOST_PROBLEMS, _MOST_CLASHES = 64, 50, 20


@dataclass(frozen=True, slots=True)
class May:
    """What a visitor may do with a change as it stands. `is_own`: they wrote it, and another has to decide."""

    is_own: bool
    edit: bool
    withdraw: bool
    approve: bool
    reject: bool
    say: bool
    ask: bool
    try_: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step was refused: beside its fields, with both texts where somebody else changed the same."""

    errors: Sequence[FieldError] = ()
    clashes: Sequence[Clash] = ()
    more: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


class ChangePage:
    """Shows changes of both matters."""

    def __init__(self, parts: Parts, pages: Pages, runs: Runs) -> None:
        self.parts = parts
        self.runs = runs
        self._pages = pages
        self._cards: dict[tuple[str, datetime], Cards | WordingCards] = {}

    async def find(self, identity: str) -> tuple[Lifecycle[Any], Dossier[Any]]:
        """A change, and the life that it leads. Raises UnknownChange."""
        try:
            return self.parts.lifecycle, await self.parts.lifecycle.get(identity)
        except UnknownChange:
            return self.parts.rewording, await self.parts.rewording.get(identity)

    async def show(
        self, request: Request, visitor: Visitor, dossier: Dossier[Any], trouble: Trouble | None = None
    ) -> Response:
        """The page of a change."""
        record, trouble = dossier.record, trouble or Trouble()
        may, tie = may_do(visitor, record), None
        if may.approve:
            tie = await self.parts.grants.tie(record.author, visitor.name, record.submitted_at or record.created_at)
            may = replace(may, approve=tie is None)
        entries = await self.parts.trail.of(record.id)
        return await self._pages.page(
            request,
            "change.html",
            visitor,
            here="/changes",
            status=trouble.status,
            change=record,
            matter="话术" if record.subject == "wording" else "规则",
            cards=await self.cards(dossier),
            is_wording=record.subject == "wording",
            **_sorted(dossier.warnings, new_texts(dossier.change)),
            steps=timeline(record, entries, dossier.comments),
            may=may,
            tied=None if tie is None else in_chinese(OneHand(tie).detail),
            trouble=trouble,
            failure=_failure(record.reason or ""),
            errors=trouble.errors,
            typed=trouble.typed,
            asked=trouble.typed.get("reviewers", "").split("\n") if "asks" in trouble.typed else record.reviewers,
            reviewers=await self._reviewers(record) if may.ask or may.edit else [],
            **await self.trial(dossier),
        )

    async def show_trial(self, request: Request, visitor: Visitor, dossier: Dossier[Any]) -> Response:
        """The part of the page that tells of the dry run."""
        return await self._pages.page(
            request,
            "change_trial.html",
            visitor,
            change=dossier.record,
            may=may_do(visitor, dossier.record),
            errors=[],
            **await self.trial(dossier),
        )

    async def trial(self, dossier: Dossier[Any]) -> dict[str, Any]:
        """What a page tells of the dry run of a change."""
        run = self.runs.of(dossier.record)
        result: object = None
        if run is not None and run.made is not None:
            made = run.made
            titles = (await self.cards(dossier)).titles
            result = rule_result(made, titles) if isinstance(made, Trial) else text_result(made)
        head = await self.parts.revisions.head()
        return {"run": run, "result": result, "sizes": SIZES, "newest": head[0] if head else 0}

    async def cards(self, dossier: Dossier[Any]) -> Cards | WordingCards:
        """What a change does; worked out once as long as it reads so."""
        record, change = dossier.record, dossier.change
        key = (record.id, record.updated_at)
        if (known := self._cards.get(key)) is not None:
            return known
        then = await self.parts.lifecycle.edition(record.based_on)
        made: Cards | WordingCards
        if isinstance(change, Rewording):
            made = await asyncio.to_thread(wording_cards, change, then.wording)
        else:
            restored = None if record.restores is None else await self.parts.lifecycle.rules(record.restores)
            made = await asyncio.to_thread(cards_of, change, then.files, restored)
        if len(self._cards) >= _MOST_CARDS:
            self._cards.pop(next(iter(self._cards)))
        return self._cards.setdefault(key, made)

    async def _reviewers(self, record: ChangeRecord) -> list[tuple[str, str]]:
        people = await self.parts.people.list()
        return [
            (one.name, one.name)
            for one in people
            if Role.APPROVER in one.roles
            and one.state is not PersonState.DISABLED
            and not is_same_person(one.name, record.author)
        ]


def _sorted(warnings: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> dict[str, list[str]]:
    """What others changed since, what stands in the way of submitting, what only follows from that, and the rest."""
    names: dict[str, list[str]] = {"moved": [], "pausing": [], "warnings": []}
    blocking = [one for one in warnings if _WEIGHTS.get(one["code"]) == "blocking"]
    for warning in (one for one in warnings if one not in blocking):
        names[_WEIGHTS.get(warning["code"], "warnings")].append(told(warning["message"]))
    direct, following = parted(blocking, texts)
    return {**names, "blocking": [*map(told, direct)], "following": [*map(told, following)]}


def _failure(reason: str) -> str:
    """Why a change could not be published when its time came, without texts of rules and without English."""
    return told(_ENGLISH.sub("", reason.partition("；改动时的写法")[0]))


def may_do(visitor: Visitor, record: ChangeRecord) -> May:
    """What somebody may do with a change as it stands."""
    state = record.state
    is_own = is_same_person(visitor.name, record.author)
    edits, decides = visitor.may(Role.EDITOR), visitor.may(Role.APPROVER) and not is_own
    return May(
        is_own=is_own,
        edit=is_own and edits and state is ChangeState.DRAFT,
        withdraw=is_own and edits and state not in (ChangeState.DRAFT, ChangeState.PUBLISHED),
        approve=decides and state is ChangeState.SUBMITTED,
        reject=decides and state in (ChangeState.SUBMITTED, ChangeState.APPROVED),
        say=visitor.may(Role.EDITOR, Role.APPROVER),
        ask=visitor.may(Role.EDITOR, Role.APPROVER) and state in _ASKED_ABOUT,
        try_=visitor.may(Role.EDITOR, Role.APPROVER),
    )


def trouble_of(refused: RequestError, typed: Mapping[str, str], texts: Sequence[str] = ()) -> Trouble:
    """What a page tells of a step that was refused. `texts`: what the change would say newly."""
    if isinstance(refused, RulesMoved):
        detail = f"{in_chinese(refused.detail)}请看下面的对照。"
        clashes = [clash_of(moved) for moved in refused.moved[:_MOST_CLASHES]]
        more = len(refused.moved) - len(clashes)
        return Trouble([FieldError(None, detail)], clashes, more, typed, refused.status)
    if isinstance(refused, ChangeRefused):
        direct, following = parted([problem.as_json() for problem in refused.problems], texts)
        errors = [FieldError(None, told(message)) for message in direct[:_MOST_PROBLEMS]]
        if following:
            errors.append(FieldError(None, f"另外 {len(following)} 处是连带的，改好上面的再看。"))
        return Trouble(errors, more=max(len(direct) - _MOST_PROBLEMS, 0), typed=typed, status=refused.status)
    fields = told_of(refused.fields)
    return Trouble(fields or [FieldError(None, in_chinese(refused.detail))], typed=typed, status=refused.status)


def router(page: ChangePage, parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    reader = Depends(require(parts, *READERS))

    @routes.get("/changes/{identity}")
    async def show(request: Request, identity: Identity, visitor: Annotated[Visitor, reader]) -> Response:
        _, dossier = await page.find(identity)
        return await page.show(request, visitor, dossier)

    return routes
