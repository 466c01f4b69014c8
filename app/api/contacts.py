"""What customers refused under /v1/contacts: read it, note it, open it again by two persons, follow the changes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from orjson import dumps

from app.api.auth import LOCAL, require
from app.api.bodies import is_batch, parse_body
from app.api.contact_answers import CURSOR
from app.api.contact_examples import CHANGES, CONTACTS, EVENTS, OPENED, OPENINGS, OPENINGS_ASKED
from app.api.operations import answers, success, takes
from app.api.request_log import line_of
from app.api.schemas import EVENTS_REQUEST, OPENING_REQUEST
from app.contacts import Change, Closures, Kept, effects_of
from app.errors import FieldProblem, Forbidden, Malformed, Unauthenticated
from app.parts import Parts
from app.records import Principal, Role
from app.records.names import is_same_person
from app.requests import REF, NotedEvent, NotedEvents, OpeningRequest, Reason
from guards.types import Case

T = TypeVar("T")
PARAMETERS = ("ref", "kind", "reason", "after", "limit")
"""The names of what stands in a path or a query."""
_KINDS = {"opt-out": Kept.OPT_OUT, "wrong-number": Kept.WRONG_NUMBER, "third-party": Kept.THIRD_PARTY}
_Ref = Annotated[str, Path(pattern=REF, description="The customer, as in `customer.ref` of a script request.")]
_Kind = Annotated[
    Literal["opt-out", "wrong-number", "third-party"], Path(description="What is to be opened: by its refusal.")
]
_READERS = (Role.CALLER, Role.APPROVER, Role.AUDITOR)
_WRITERS = (Role.CALLER, Role.EDITOR, Role.APPROVER)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource; the customer's reference goes into no log and into no error."""
    routes = APIRouter(tags=["contacts"])
    readers, writers = Depends(require(parts, *_READERS)), Depends(require(parts, *_WRITERS))

    @routes.get(
        "/v1/contacts/changes",
        operation_id="list_contact_changes",
        summary="Follow what is closed and opened",
        responses=answers("ContactChangesAnswer", "What changed.", 401, 403, 422, 503, examples=CHANGES),
        dependencies=[readers],
    )
    async def changes(
        after: Annotated[
            str | None, Query(pattern=CURSOR, description="`next` of the answer before; absent: from the beginning.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=10_000, description="The most changes that are answered.")] = 1000,
    ) -> Response:
        """For a CRM, which knows the customer by `ref_digest`: HMAC-SHA-256 of the reference in UTF-8 under
        `HEYAN_REF_KEY`, in hexadecimal; or by `request_id`, the script request in whose call it was said.
        """
        start = _number(after) if after else 0
        found = await parts.contacts.changes(after=start, limit=limit + 1)
        told = found[:limit]
        following = _cursor(told[-1].number if told else start)
        page = {"changes": [_change_json(one) for one in told], "next": following, "more": len(found) > limit}
        return _json(page)

    @routes.get(
        "/v1/contacts/{ref}",
        operation_id="read_contact",
        summary="Read what one customer refused",
        responses=answers("ContactAnswer", "What is in force.", 401, 403, 404, 422, 503, examples=CONTACTS),
        dependencies=[readers],
    )
    async def read(ref: _Ref) -> Response:
        """Also of a customer of whom nothing is known: then nothing is closed. A reference that reads `changes` cannot
        be read here, since the list of changes stands there.
        """
        return _json(_contact_json(ref, await parts.contacts.closures(ref)))

    @routes.post(
        "/v1/contacts/{ref}/events",
        operation_id="note_contact_events",
        summary="Note what a customer said in a call",
        openapi_extra=takes(EVENTS_REQUEST, EVENTS),
        responses=answers("ContactAnswer", "What is in force now.", 401, 403, 404, 413, 422, 503, examples=CONTACTS),
    )
    async def note(request: Request, ref: _Ref, who: Annotated[Principal, writers]) -> Response:
        """All events of a script's answer may be sent as they are. Refusals (`opt_out`, `wrong_number`,
        `third_party_refused`) are kept before this is answered, and count for every later request; others are not kept.
        """
        body = await request.body()
        in_batch = is_batch(body, "events")
        noted = parse_body(body, NotedEvents).events if in_batch else [parse_body(body, NotedEvent)]
        line_of(request).note(items=len(noted))
        closures = await parts.contacts.note(ref, [one.as_event() for one in noted], who.person)
        return _json(_contact_json(ref, closures))

    @routes.delete(
        "/v1/contacts/{ref}/{kind}",
        operation_id="open_contact",
        summary="Open again what a customer refused, by two persons",
        openapi_extra=takes(OPENING_REQUEST, OPENINGS, unless="Only where the query has no `reason`."),
        responses=answers("OpeningAnswer", "It is open.", 401, 403, 404, 413, 422, 503, examples=OPENED)
        | {202: success("OpeningAnswer", "It is asked for, and another person has to grant it.", OPENINGS_ASKED)},
    )
    async def reopen(
        request: Request,
        ref: _Ref,
        kind: _Kind,
        who: Annotated[Principal, writers],
        reason: Annotated[
            Reason | None, Query(description="Why; better in the body, since addresses are written into logs.")
        ] = None,
    ) -> Response:
        """The first person asks (202); an approver who is another person grants (200). Both give a `reason`, which is
        kept with personal data masked. A new refusal in between drops what was asked.
        """
        why = _reason(await request.body(), reason)
        # The store knows the customer by a digest: a reason must not say the reference beside it.
        kept_reason = parts.policy.current.personal_data.masked(why, Case(known_personal_data={"ref": ref}))
        closures, state = await _reopened(parts, ref, _KINDS[kind], who, kept_reason)
        line_of(request).note(action=state)
        return _json({"state": state, **_contact_json(ref, closures)}, 202 if state == "asked" else 200)

    return routes


async def _reopened(parts: Parts, ref: str, kept: Kept, who: Principal, reason: str) -> tuple[Closures, str]:
    """What is closed now, and whether that was `asked` or `opened`; whoever asks once more changes nothing.

    Raises:
        Unauthenticated: for who came without a key: nobody in particular is no person of two.
    """
    if who is LOCAL:
        raise Unauthenticated("opening again needs a key, also on a loopback address: it takes two persons")
    asked = (await parts.contacts.closures(ref)).asks.get(kept)
    may_grant = Role.APPROVER in who.roles
    if asked is None or (is_same_person(asked.person, who.person) and not may_grant):
        return await parts.contacts.ask(ref, kept, who.person, reason), "asked"
    if not may_grant:
        raise Forbidden("somebody else asked for this: it needs the role approver to grant it")
    return await parts.contacts.open(ref, kept, who.person, reason), "opened"


def _reason(body: bytes, in_query: str | None) -> str:
    """The reason, from wherever it stands.

    Raises:
        Malformed: if it stands nowhere or twice, or is none.
    """
    if body and in_query is not None:
        raise Malformed("the request breaks the contract", [FieldProblem("reason", "stands in query and body")])
    if body:
        return parse_body(body, OpeningRequest).reason
    if in_query is None:
        raise Malformed("the request breaks the contract", [FieldProblem("reason", "is required")])
    return in_query


def _contact_json(ref: str, closures: Closures) -> dict[str, Any]:
    return {
        "ref": ref,
        "events": [
            {
                "type": one.type.event.value,
                "scope": one.scope.value if one.scope else None,
                "since": one.since.isoformat(),
                "latest": one.latest.isoformat(),
                "source": one.source,
            }
            for one in _in_order(closures.closed)
        ],
        "closed": [
            {
                "scenario": one.scenario.value,
                "channel": one.channel.value if one.channel else None,
                "roles": None if one.roles is None else [role.value for role in one.roles],
                "action": "handoff" if one.is_handed_over else "do_not_call",
                "rule": one.rule,
            }
            for one in effects_of(closures)
        ],
        "asked": [
            {"type": one.type.event.value, "person": one.person, "reason": one.reason, "at": one.at.isoformat()}
            for one in _in_order(closures.asks)
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "ref_digest": change.ref_digest,
        "type": change.type.event.value,
        "scope": change.scope.value if change.scope else None,
        "change": change.change,
        "at": change.at.isoformat(),
        "source": change.source,
        "request_id": change.request_id,
    }


def _in_order(found: Mapping[Kept, T]) -> Sequence[T]:
    """The same order every time, whatever the store answers first."""
    return [found[kept] for kept in Kept if kept in found]


def _cursor(number: int) -> str:
    return f"c{number:x}"


def _number(cursor: str) -> int:
    return int(cursor[1:], 16)


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(dumps(answer), status, media_type="application/json")
