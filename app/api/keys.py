"""/v1/keys: make, list and revoke the keys to this interface."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.api.accounts import KEY_REQUESTS, KeyAnswer, KeyRequest, KeysAnswer, NewKeyAnswer
from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import answers, meaning, takes
from app.parts import Parts
from app.records import Principal, Role

_ID = Path(alias="id", description="What stands between the first two `_` of the key.", pattern="^[0-9a-f]{16}$")
_JSON = "application/json"
_LISTED = answers("KeysAnswer", "All keys, oldest first.", 401, 403, 503, examples=["one"])
_MADE = meaning(
    answers("NewKeyAnswer", "The key.", 401, 403, 409, 413, 422, 503, examples=["of_a_program"]),
    409,
    "A key of this name exists, or existed.",
    "KeyNameTaken",
)
_REVOKED = meaning(
    meaning(
        answers("KeyAnswer", "The key, revoked.", 401, 403, 404, 409, 422, 503, examples=["revoked"]),
        404,
        "There is no such key.",
        "UnknownKey",
    ),
    409,
    "It is the last active admin.",
    "LastAdmin",
)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    admin = require(parts, Role.ADMIN)
    routes = APIRouter(tags=["keys"], dependencies=[Depends(admin)])

    @routes.get("/v1/keys", operation_id="list_keys", summary="List the keys", responses=_LISTED)
    async def read() -> Response:
        """Whose they are, what they may do, and when they were last used; also those that are good no more."""
        listed = KeysAnswer(items=[KeyAnswer.of(key) for key in await parts.keys.list()])
        return Response(listed.model_dump_json(), media_type=_JSON)

    @routes.post(
        "/v1/keys",
        operation_id="create_key",
        summary="Make a key",
        openapi_extra=takes("KeyRequest", KEY_REQUESTS),
        responses=_MADE,
    )
    async def create(request: Request, who: Annotated[Principal, Depends(admin)]) -> Response:
        """The secret is in this answer and nowhere else: it cannot be told again."""
        body = await read_body(request, KeyRequest)
        secret = await parts.keys.create(
            body.name, [Role(role) for role in body.roles], body.person, expires_at=body.expires_at, by=who.person
        )
        made = NewKeyAnswer.of(await parts.keys.find(name=body.name), secret=secret)
        return Response(made.model_dump_json(), media_type=_JSON)

    @routes.post("/v1/keys/{id}/revoke", operation_id="revoke_key", summary="Revoke a key", responses=_REVOKED)
    async def revoke(identity: Annotated[str, _ID], who: Annotated[Principal, Depends(admin)]) -> Response:
        """It is refused from now on, on every replica; one that was revoked before keeps its first date."""
        key = await parts.keys.find(identity=identity)
        await parts.keys.revoke(key.name, by=who.person, keep_admin=True)
        revoked = KeyAnswer.of(await parts.keys.find(identity=identity))
        return Response(revoked.model_dump_json(), media_type=_JSON)

    return routes
