"""WebSocket /v1/jambonz: jambonz's agent harness, protocol version 1; one connection is one call."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app.api.auth import identified
from app.api.doors.asked import Asked, read_asked, said, spoken, told, turn_of
from app.api.doors.lenient import read_object
from app.api.doors.messages import HEYAN, carried
from app.errors import HeyanError, RequestError
from app.parts import Parts
from app.records import Role
from app.turns.request import Utterance

SUBPROTOCOL = "harness.jambonz.org"
PROTOCOL = 1
_CANNOT, _BROKEN = 4000, 1011
"""Closing codes: a session that cannot be served, a store that does not answer."""
_LONGEST_REASON = 120
"""Bytes of a closing frame's reason, within the 123 that WebSocket allows."""


def router(parts: Parts) -> APIRouter:
    """The route of this dialect."""
    routes = APIRouter()

    @routes.websocket("/v1/jambonz")
    async def converse(socket: WebSocket) -> None:
        """Says each turn that jambonz starts; a message of an unknown type is passed over."""
        try:
            await identified(parts, socket.headers.get("authorization"), Role.CALLER)
        except HeyanError as refused:
            await _refuse(socket, refused)
            return
        offered = socket.headers.get("sec-websocket-protocol", "")
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        with contextlib.suppress(WebSocketDisconnect):
            await _Call(parts, socket).follow()

    return routes


async def _refuse(socket: WebSocket, refused: HeyanError) -> None:
    content = orjson.dumps({"error": type(refused).__name__, "detail": str(refused)})
    await socket.send({"type": "websocket.http.response.start", "status": refused.status, "headers": []})
    await socket.send({"type": "websocket.http.response.body", "body": content})


class _Call:
    """What was said on one connection, and what is being answered."""

    def __init__(self, parts: Parts, socket: WebSocket) -> None:
        self._parts = parts
        self._socket = socket
        self._asked: Asked | None = None
        self._said: list[Utterance] = []
        self._call_sid: Any = None
        self._answering: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Until either side hangs up."""
        try:
            while True:
                message = read_object(await self._socket.receive_text())
                if message is None:
                    continue
                if not await self._take(message):
                    return
        finally:
            await self._stop()

    async def _take(self, message: Mapping[str, Any]) -> bool:
        match message.get("type"):
            case "session:start":
                return await self._begin(message)
            case "turn:start":
                await self._stop()
                self._answering = asyncio.create_task(self._answer(message))
            case "session:end":
                await self._socket.close()
                return False
        self._trim(message)
        return True

    async def _begin(self, message: Mapping[str, Any]) -> bool:
        if message.get("protocol") not in (None, PROTOCOL):
            await self._close(_CANNOT, f"only protocol {PROTOCOL} is spoken here")
            return False
        self._call_sid = message.get("call_sid")
        try:
            given = carried({"metadata": message.get("metadata"), HEYAN: message.get(HEYAN)}, self._socket.headers)
            self._asked = await read_asked(given, self._parts.vocabulary, self._parts.held_cases, datetime.now(UTC))
            self._parts.turns.require_valid(self._asked.case)
        except HeyanError as refused:
            await self._close(_CANNOT if isinstance(refused, RequestError) else _BROKEN, _reason(refused))
            return False
        return True

    def _trim(self, message: Mapping[str, Any]) -> None:
        """Of a turn that was interrupted, only what was heard is kept."""
        heard = message.get("heard")
        if isinstance(heard, str) and self._said and self._said[-1].role == "agent":
            self._said[-1] = said("agent", heard).model_copy(update={"interrupted": True})

    async def _answer(self, message: Mapping[str, Any]) -> None:
        if self._asked is None:
            await self._close(_CANNOT, "session:start is expected first")
            return
        heard = _heard(message)
        if heard is not None:
            self._said.append(said("customer", heard))
        try:
            decision = await self._parts.turns.answer(turn_of(self._asked, self._said, self._call_sid))
        except HeyanError as failed:
            await self._close(_CANNOT if isinstance(failed, RequestError) else _BROKEN, _reason(failed))
            return
        answer = orjson.loads(decision.answer)
        turn = {"call_sid": self._call_sid, "reply_id": answer["script_id"], "turn_id": message.get("turn_id")}
        words = spoken(answer)
        self._said.append(said("agent", "".join(words)))
        for segment in words:
            chunk = {"choices": [{"index": 0, "delta": {"content": segment}}]}
            await self._send({"type": "reply:chunk", **turn, "chunk": chunk})
        await self._send(
            {"type": "reply:done", **turn, "turn_record": {"route": answer["action"], HEYAN: told(answer)}}
        )

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        while len(reason.encode()) > _LONGEST_REASON:
            reason = reason[:-1]
        with contextlib.suppress(RuntimeError):  # the other side was faster
            await self._socket.close(code, reason)

    async def _stop(self) -> None:
        """A new turn makes the answer to the last one void; what was sent of it was said."""
        if self._answering is not None and not self._answering.done():
            self._answering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._answering


def _heard(message: Mapping[str, Any]) -> str | None:
    """What the customer said; None where the call only begins."""
    given = read_object(message.get("input")) or {}
    if given.get("type") == "greeting":
        return None
    text = next((given[name] for name in ("text", "transcript", "speech") if isinstance(given.get(name), str)), "")
    return str(text)


def _reason(refused: HeyanError) -> str:
    if not isinstance(refused, RequestError):
        return "the store does not answer"
    return "; ".join([refused.detail, *(f"{each.field}: {each.reason}" for each in refused.fields)])
