"""What is evaluated: the service in this process, or one that answers over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx
import orjson

from app.api.bodies import parse_body
from app.errors import RequestError
from app.parts import Parts
from app.requests import ReviewBatch, ScriptRequest
from app.scripts.reception import explained

Json = Mapping[str, Any]
_MOST_ITEMS = 500


class SubjectError(Exception):
    """The subject refused a request or cannot be reached: nothing can be said about its answers."""


class Subject(Protocol):
    """Answers requests in the shapes of the HTTP contract."""

    async def write(self, request: Json) -> Json:
        """The answer to a script request, with `rejected`.

        Raises:
            SubjectError: if there is no answer.
        """
        ...

    async def review(self, items: Sequence[Json]) -> Sequence[Json]:
        """The verdict on each text, in order.

        Raises:
            SubjectError: if there is none.
        """
        ...


class InProcess:
    """The service's own parts, without a network between."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def write(self, request: Json) -> Json:
        """See `Subject.write`."""
        try:
            decision = await self._parts.reception.answer(parse_body(orjson.dumps(request), ScriptRequest))
        except RequestError as refused:
            raise SubjectError(_reason(refused)) from None
        answer: Json = orjson.loads(explained(decision))
        return answer

    async def review(self, items: Sequence[Json]) -> Sequence[Json]:
        """See `Subject.review`."""
        answers: list[Json] = []
        for at in range(0, len(items), _MOST_ITEMS):
            try:
                batch = parse_body(orjson.dumps({"items": items[at : at + _MOST_ITEMS]}), ReviewBatch)
                answers += await self._parts.reviewer.review(batch.items)
            except RequestError as refused:
                raise SubjectError(_reason(refused)) from None
        return answers


class OverHttp:
    """A service behind a client whose base URL is the service's."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def write(self, request: Json) -> Json:
        """See `Subject.write`."""
        return await self._post("/v1/scripts?explain=true", request)

    async def review(self, items: Sequence[Json]) -> Sequence[Json]:
        """See `Subject.review`."""
        answers: list[Json] = []
        for at in range(0, len(items), _MOST_ITEMS):
            answer = await self._post("/v1/reviews", {"items": items[at : at + _MOST_ITEMS]})
            answers += answer["items"]
        return answers

    async def turn(self, request: Json) -> Json:
        """The next words of a live call.

        Raises:
            SubjectError: if there is no answer.
        """
        return await self._post("/v1/turns", request)

    async def _post(self, path: str, body: Json) -> Json:
        try:
            response = await self._client.post(
                path, content=orjson.dumps(body), headers={"content-type": "application/json"}
            )
        except httpx.HTTPError as failure:
            raise SubjectError(f"{self._client.base_url} does not answer: {type(failure).__name__}") from None
        if not response.is_success:
            raise SubjectError(f"{path} answered {response.status_code}: {response.text[:500]}")
        try:
            answer: Json = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            raise SubjectError(f"{path} answered no JSON") from None
        return answer


def _reason(refused: RequestError) -> str:
    fields = "; ".join(f"{problem.field}: {problem.reason}" for problem in refused.fields)
    return f"{refused.detail}: {fields}" if fields else refused.detail
