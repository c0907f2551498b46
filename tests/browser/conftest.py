"""A real Streamlit server and a real Chromium for the tests in this folder.

Each worker of a test run has its own browser and its own servers. `start_server` runs a Streamlit
script on a free port of this machine, `start_app` the product itself on a store, as `hotspots
serve` does, at the moment `tests.moment.NOW`; `demo_app` is the product on the demo, `empty_app` on
nothing at all. `page` is a Chromium page with `requests_seen`, which keeps every request, failed
answer and script error; it reaches no other host. Windows are lent (`tests.browser.windows`). A
missing browser fails the tests with a word on how to get one: maps that nobody has looked at are
not tested.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.app_screen import Screen
from tests.browser.windows import LONGEST_MS, RequestsSeen, Windows
from tests.served import Server, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from data.settings import Settings
    from tests.browser.windows import Window

expect.set_options(timeout=LONGEST_MS)  # as a page waits

BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No other host is known, as on a network without the internet. Routes would do the same, but
    # the browser then keeps no file from one page to the next.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class StartServer(Protocol):
    """Start a Streamlit script; `environment` is added to this process's."""

    def __call__(self, script: Path, *, environment: dict[str, str] | None = None) -> Server: ...


class OpenScreen(Protocol):
    """Open a browser of its own on a running product."""

    def __call__(self, app: Server, *, phone: bool = False, dark: bool = False) -> Screen: ...


class StartApp(Protocol):
    """Start the product on a store."""

    def __call__(self, store: Path) -> Server: ...


def chromium() -> str:
    """Return the path of Chromium, or fail with a word on how to get it."""
    named = os.environ.get("HOTSPOT_CHROMIUM")
    candidates = [named] if named else ["/usr/bin/chromium", "chromium", "chromium-browser"]
    for candidate in candidates:
        found = shutil.which(candidate)
        if found:
            return found
    message = (
        f"No browser: looked for {', '.join(candidates)}. Install Debian's package with "
        "`apt-get install chromium`, or put the path of a Chromium in HOTSPOT_CHROMIUM."
    )
    pytest.fail(message, pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(BROWSER_ARGUMENTS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    running = Servers(tmp_path_factory)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def start_server(servers: Servers) -> StartServer:
    """Give a function that starts a Streamlit script; all are stopped at the end."""

    def start(script: Path, *, environment: dict[str, str] | None = None) -> Server:
        return servers.script(script, environment=environment or {})

    return start


@pytest.fixture(scope="session")
def start_app(servers: Servers) -> StartApp:
    """Give a function that starts the product on a store; all are stopped at the end."""
    return servers.app


@pytest.fixture(scope="session")
def demo_store(demo_settings: Settings) -> Path:
    """The demo's folder; no test may change it, one that must copies it."""
    return demo_settings.store


@pytest.fixture(scope="session")
def demo_app(start_app: StartApp, demo_store: Path) -> Server:
    return start_app(demo_store)


@pytest.fixture(scope="session")
def empty_app(start_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The product on an empty store; no test may change it."""
    return start_app(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def requests_seen() -> RequestsSeen:
    return RequestsSeen()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def page(windows: Windows, requests_seen: RequestsSeen) -> Iterator[Page]:
    window = windows.lend(requests_seen)
    yield window.page
    windows.take_back(window)


@pytest.fixture
def open_screen(windows: Windows, requests_seen: RequestsSeen) -> Iterator[OpenScreen]:
    """Give a function that opens a browser on an app: a desktop's or a phone's, light or dark."""
    lent: list[Window] = []

    def open_one(app: Server, *, phone: bool = False, dark: bool = False) -> Screen:
        lent.append(windows.lend(requests_seen, phone=phone, dark=dark))
        return Screen(lent[-1].page, app.url)

    yield open_one
    for window in lent:
        windows.take_back(window)
