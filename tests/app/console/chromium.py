"""The system's Chromium, driven by Playwright: the console as a person sees it, on a service that really runs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.app.processes import Process

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORD = "correct horse battery staple"
WIDE, NARROW = (1280, 900), (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without windows; the test is skipped where there is none."""
    if EXECUTABLE is None:
        pytest.skip("there is no Chromium here: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()


class Desk:
    """One person's window. `strangers`: what it asked of other hosts; `faults`: what the browser complained about."""

    def __init__(self, browser: Browser, process: Process, size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
        width, height = size
        self.base = f"{process.url}/console"
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page: Page = self.context.new_page()
        self.strangers: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.strangers.append(request.url)

    def open(self, path: str = "") -> None:
        """Open a page of the console."""
        self.page.goto(f"{self.base}{path}")

    def sign_in(self, name: str) -> None:
        """Sign in."""
        self.open("/sign-in")
        self.page.get_by_label("姓名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def sees(self, words: str) -> None:
        """Asserts that these words stand on the page, as soon as they do."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=30_000)

    def click(self, name: str) -> None:
        """Press the first button of this name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
