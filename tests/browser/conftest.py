"""A real Streamlit server and a real Chromium for the tests in this folder.

Each worker of a test run has its own browser and its own servers. `start_server` runs a Streamlit
script on a free port of this machine, `start_app` the product itself on a store, as `hotspots
serve` does, at the moment `tests.moment.NOW`; `demo_app` is the product on the demo, `empty_app` on
nothing at all. `page` is a Chromium page with `requests_seen`, which keeps every request, failed
answer and script error; it reaches no other host. A missing browser fails the tests with a word on
how to get one: maps that nobody has looked at are not tested.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.app_screen import Screen
from tests.served import Server, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
        Route,
    )

    from data.settings import Settings

expect.set_options(timeout=30_000)  # as a page waits: how fast a machine is, is no fault

# Opened at /name, Streamlit looks for its server next to /name before it does so at the root.
PROBING = re.compile(r"http://[^/]+/[a-z-]+/_stcore/(health|host-config)$")
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
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


@dataclass
class RequestsSeen:
    """What the browser asked for, and what went wrong on the way."""

    home: str = ""
    urls: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def elsewhere(self) -> list[str]:
        """Addresses on any other host than the server's."""
        ours = {"", urlsplit(self.home).netloc}
        return [
            url
            for url in self.urls
            if urlsplit(url).scheme not in {"data", "blob", "about"}
            and urlsplit(url).netloc not in ours
        ]

    def faults(self) -> list[str]:
        """Failed requests and script errors, without Streamlit's own probing of deep links."""
        return [each for each in (*self.failed, *self.errors) if not PROBING.search(each)]


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


@pytest.fixture
def context(browser: Browser, requests_seen: RequestsSeen) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    watch(opened, requests_seen)
    stay_here(opened)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    return opened


@pytest.fixture
def open_screen(browser: Browser, requests_seen: RequestsSeen) -> Iterator[OpenScreen]:
    """Give a function that opens a browser on an app: a desktop's or a phone's, light or dark."""
    opened: list[BrowserContext] = []

    def open_one(app: Server, *, phone: bool = False, dark: bool = False) -> Screen:
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            locale="en-GB",
        )
        opened.append(context)
        watch(context, requests_seen)
        stay_here(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return Screen(page, app.url)

    yield open_one
    for context in opened:
        context.close()


def watch(context: BrowserContext, seen: RequestsSeen) -> None:
    """Record every request, answer of 400 and above, failed request and script error."""

    def asked(request: Request) -> None:
        seen.urls.append(request.url)
        if not seen.home:
            seen.home = request.url

    def answered(response: Response) -> None:
        if response.status >= 400:
            seen.failed.append(f"{response.status} {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left or drawn again
            seen.failed.append(f"{request.failure} {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(f"{message.text} {message.location.get('url', '')}")

    context.on("request", asked)
    context.on("response", answered)
    context.on("requestfailed", failed)
    context.on("console", said)
    context.on("weberror", lambda problem: seen.errors.append(str(problem.error)))


def stay_here(context: BrowserContext) -> None:
    """Let nothing through to another host, as on a network without the internet."""

    def refuse(route: Route) -> None:
        route.abort("internetdisconnected")

    context.route(re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])"), refuse)
