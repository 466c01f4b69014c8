"""A browser without scripts: it follows links, fills in forms as they stand on the page, and keeps cookies."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import httpx

Fields = dict[str, list[str]]


class _Reader(HTMLParser):
    """What a page says, and its forms by what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: dict[str, Fields] = {}
        self._form: Fields | None = None
        self._by_id: dict[str, Fields] = {}
        self._select: tuple[str, bool] | None = None
        self._area: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "style"):
            self._hidden += 1
        if tag == "form":
            self._form = self.forms.setdefault(str(told.get("action")), {})
            self._by_id[told.get("id") or ""] = self._form
        if owner := told.get("form"):
            inside, self._form = self._form, self._by_id[owner]
            self._field(tag, told)
            self._form = inside
        elif self._form is not None:
            self._field(tag, told)

    def _field(self, tag: str, told: dict[str, str | None]) -> None:
        assert self._form is not None
        if tag == "button" and told.get("formaction"):
            self.forms[str(told["formaction"])] = self._form
        name = told.get("name") or ""
        if tag == "input" and name:
            is_choice = told.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in told:
                self._form.setdefault(name, []).append(told.get("value") or ("on" if is_choice else ""))
        elif tag == "select" and name:
            self._select = (name, False)
        elif tag == "option" and self._select:
            chosen, is_set = self._select
            if "selected" in told or not is_set:
                self._form[chosen] = [told.get("value") or ""]
                self._select = (chosen, True)
        elif tag == "textarea" and name:
            self._area = name
            self._form[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden -= 1
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area is not None:
            self._form[self._area] = [self._form[self._area][0] + data]
        if not self._hidden and data.strip():
            self.words.append(data.strip())


class Page:
    """A page that was answered. `status`, `html`; `text`: its words; `forms`: fields by what each form's action is."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.text
        reader = _Reader()
        reader.feed(self.html)
        self.text = " ".join(reader.words)
        self.forms = reader.forms


class Browser:
    """One browser. Redirects are followed."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: Page | None = None

    async def open(self, path: str, *, status: int = 200) -> Page:
        """Open a page of the console: `/rules`."""
        return self._at(await self.client.get(f"/console{path}", follow_redirects=True), status)

    async def send(self, action: str, fields: Mapping[str, str | Sequence[str]] = {}, *, status: int = 200) -> Page:
        """Send the form of the page with this action (below /console), other fields than those as they stand."""
        assert self.page is not None
        standing = self.page.forms[f"/console{action}"]
        whole: dict[str, Any] = {**standing, **fields}
        response = await self.client.post(f"/console{action}", data=whole, follow_redirects=True)
        return self._at(response, status)

    async def sign_in(self, name: str, password: str) -> Page:
        """Sign in."""
        await self.open("/sign-in")
        return await self.send("/sign-in", {"name": name, "password": password})

    def _at(self, response: httpx.Response, status: int) -> Page:
        assert response.status_code == status, response.text
        self.page = Page(response)
        return self.page
