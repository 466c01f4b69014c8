"""The console around a scripted model, and browsers of people who are signed in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from app.application import build_app
from app.parts import Parts
from app.records import Role
from tests.app.console.browsers import Browser
from tests.app.services import writer
from tests.fakes import FakeModel

PASSWORD = "correct horse battery staple"
OFFICER = (Role.EDITOR, Role.APPROVER, Role.AUDITOR)


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()


class Opening:
    """Opens browsers on one service."""

    def __init__(self, parts: Parts, stack: AsyncExitStack) -> None:
        self._parts = parts
        self._stack = stack
        self._app = build_app(parts)

    async def __call__(self, name: str | None = None, *roles: Role, address: str = "127.0.0.1") -> Browser:
        """A browser, in which a new person is signed in; without a name nobody is."""
        transport = httpx.ASGITransport(self._app, client=(address, 50_000))
        client = httpx.AsyncClient(transport=transport, base_url="http://heyan")
        browser = Browser(await self._stack.enter_async_context(client))
        if name is not None:
            await self._parts.people.create(name, roles or OFFICER, PASSWORD)
            await browser.sign_in(name, PASSWORD)
        return browser


@pytest.fixture
async def opened(parts: Parts) -> AsyncIterator[Opening]:
    """Opens browsers: `await opened("张合规", Role.EDITOR)`; all roles of an officer where none is named."""
    async with AsyncExitStack() as stack:
        yield Opening(parts, stack)
