"""/v1/people: who comes in with a password; an admin makes, disables and enables them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.api.accounts import PERSON_REQUESTS, PeopleAnswer, PersonAnswer, PersonRequest
from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import answers, meaning, takes
from app.parts import Parts
from app.records import Principal, Role
from app.records.names import LONGEST_NAME

_NAME = Path(description="The person's name.", min_length=1, max_length=LONGEST_NAME)
_JSON = "application/json"
_LISTED = answers("PeopleAnswer", "Everybody, oldest first.", 401, 403, 503, examples=["one"])
_MADE = meaning(
    answers("PersonAnswer", "The person.", 401, 403, 409, 413, 422, 503, examples=["an_officer"]),
    409,
    "There is a person of this name, or nobody could administer any more.",
    "PersonNameTaken",
    "LastAdmin",
)
_NOBODY = 404, "There is no such person.", "UnknownPerson"
_ENABLED = meaning(
    answers("PersonAnswer", "The person, active.", 401, 403, 404, 422, 503, examples=["an_officer"]), *_NOBODY
)
_CONFIRMED = meaning(
    meaning(
        meaning(answers("PersonAnswer", "The person, confirmed.", 401, 403, 404, 409, 422, 503), *_NOBODY),
        403,
        "The key lacks the role, or this admin cannot say so.",
        "NotTheirs",
    ),
    409,
    "Somebody else can still act as this person.",
    "KnownToOthers",
)
_DISABLED = meaning(
    meaning(answers("PersonAnswer", "The person, disabled.", 401, 403, 404, 409, 422, 503), *_NOBODY),
    409,
    "It is the last active admin.",
    "LastAdmin",
)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    admin = require(parts, Role.ADMIN)
    routes = APIRouter(tags=["people"], dependencies=[Depends(admin)])

    @routes.get("/v1/people", operation_id="list_people", summary="List the people", responses=_LISTED)
    async def read() -> Response:
        """What they may do, when they last came in, and whether they still can."""
        hands = await parts.grants.unconfirmed()
        told = [PersonAnswer.of(person, hands.get(person.name, ())) for person in await parts.people.list()]
        listed = PeopleAnswer(items=told)
        return Response(listed.model_dump_json(), media_type=_JSON)

    @routes.post(
        "/v1/people",
        operation_id="create_person",
        summary="Make a person",
        openapi_extra=takes("PersonRequest", PERSON_REQUESTS),
        responses=_MADE,
    )
    async def create(request: Request, who: Annotated[Principal, Depends(admin)]) -> Response:
        """The name is for good: it stands in the audit trail beside all that the person does."""
        body = await read_body(request, PersonRequest)
        await parts.people.create(
            body.name,
            [Role(role) for role in body.roles],
            body.password.get_secret_value(),
            by=who.person,
            keep_admin=True,
        )
        return await told(body.name)

    @routes.post(
        "/v1/people/{name}/disable", operation_id="disable_person", summary="Disable a person", responses=_DISABLED
    )
    async def disable(name: Annotated[str, _NAME], who: Annotated[Principal, Depends(admin)]) -> Response:
        """The person comes in no more, and is out of every session at once; the person's keys are refused."""
        await parts.people.disable(name, by=who.person, keep_admin=True)
        return await told(name)

    @routes.post(
        "/v1/people/{name}/enable", operation_id="enable_person", summary="Enable a person", responses=_ENABLED
    )
    async def enable(name: Annotated[str, _NAME], who: Annotated[Principal, Depends(admin)]) -> Response:
        """The person comes in again; so does one who was locked out after wrong passwords."""
        await parts.people.enable(name, by=who.person)
        return await told(name)

    @routes.post(
        "/v1/people/{name}/confirm", operation_id="confirm_person", summary="Confirm a person", responses=_CONFIRMED
    )
    async def confirm(name: Annotated[str, _NAME], who: Annotated[Principal, Depends(admin)]) -> Response:
        """This is somebody of their own, and nobody else can act as them. Until another admin says so, the person and
        who made the account, set its password, gave it roles, enabled it or made its key do not count as two.
        """
        await parts.grants.confirm(name, by=who.person)
        return await told(name)

    async def told(name: str) -> Response:
        found, hands = await parts.people.find(name), await parts.grants.unconfirmed()
        person = PersonAnswer.of(found, hands.get(name, ()))
        return Response(person.model_dump_json(), media_type=_JSON)

    return routes
