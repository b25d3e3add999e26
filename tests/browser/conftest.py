"""Chromium on the live server: log in as one of the cast, look, and keep pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.axe import check_accessible
from tests.browser.door import Door

# Playwright's loop runs in the test's thread; the ORM is used beside it, not inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDE, NARROW = 1440, 390
HEIGHTS = {WIDE: 900, NARROW: 844}
# The browser's own panels, a process more for every window; and, since a later list replaces an
# earlier one, what Playwright turns off itself.
_OFF = (
    "PreloadTopChromeWebUI InitialWebUI WebUIReloadButton WebUIToolbar WebUIOmniboxPopup"
    " AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades"
    " HttpsFirstBalancedModeAutoEnable LensOverlay MediaRouter PaintHolding"
    " ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect OptimizationHints"
    " NetworkTimeServiceQuerying AimEnabled PreconnectToSearch"
)
FLAGS = [
    f"--disable-features={','.join(_OFF.split())}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing; make test installs it or prints the command"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live_server(live_server: Any) -> Iterator[Any]:
    door = Door.of(live_server.thread.httpd)
    door.open()
    yield live_server
    door.shut()


@pytest.fixture
def visit(
    chromium: Browser, live_server: Any, client_of: Callable[[Any], Client]
) -> Iterator[Callable[..., Page]]:
    """Open a page as one of the cast: `page = visit("/people/", cast.clerk_a, width=390)`.

    Every error that the browser reports (scripts, CSP, missing files) fails the test,
    unless `tolerant=True`.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(
        path: str, user: Any = None, *, width: int = WIDE, tolerant: bool = False
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if user is not None and user.is_authenticated:
            cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
            )
        page = context.new_page()
        if not tolerant:
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    problems.append(f"{message.text} ({page.url})")
                    if message.type == "error"
                    else None
                ),
            )
        page.goto(path)
        return page

    yield open_page
    noticed = list(problems)
    for context in contexts:
        context.close()
    assert not noticed, "\n".join(noticed)


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a full-page picture in test-results/screens for people to look at, where they ask for
    it (SCREENS=1 make test): drawing them takes as long as the tests."""
    folder = Path("test-results") / "screens"

    def take(page: Page, name: str) -> None:
        if "SCREENS" in os.environ:
            folder.mkdir(parents=True, exist_ok=True)
            width = page.viewport_size["width"] if page.viewport_size else 0
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

    return take


@pytest.fixture
def look(shot: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """Whether a page as it stands fits and is accessible on a desk and on a phone."""

    def check(page: Page, name: str) -> None:
        page.wait_for_load_state("load")
        before = page.viewport_size
        for width, height in HEIGHTS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            check_accessible(page, f"{name} {width}")
            shot(page, name)
        if before is not None:
            page.set_viewport_size(before)

    return check
