"""Windows of the browser, lent to one test after the other.

A window that has had the product in it draws it in half the time, as its scripts are compiled. What
a test leaves is taken away before the next has the window: its cookies, what pages keep, its theme,
size and routes. A page that is opened by an address is a new session for the server in any case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
        ViewportSize,
    )

DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
LONGEST_MS: Final = 90_000  # how fast a machine is, is no fault
# Opened at /name, Streamlit looks for its server next to /name before it does so at the root.
PROBING: Final = re.compile(r"http://[^/]+/[a-z-]+/_stcore/(health|host-config)$")


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


@dataclass
class Window:
    """A window and what is seen of it: by whoever has it."""

    page: Page
    phone: bool
    seen: RequestsSeen


class Windows:
    """The windows of one browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: list[Window] = []

    def lend(self, seen: RequestsSeen, *, phone: bool = False, dark: bool = False) -> Window:
        """Give a window, a desktop's or a phone's, light or dark, with nothing in it."""
        window = next((each for each in self.free if each.phone == phone), None)
        if window is None:
            window = self._opened(seen, phone=phone)
        else:
            self.free.remove(window)
        window.seen = seen
        window.page.set_default_timeout(LONGEST_MS)
        window.page.set_viewport_size(PHONE if phone else DESKTOP)
        window.page.emulate_media(color_scheme="dark" if dark else "light")
        return window

    def take_back(self, window: Window) -> None:
        """Leave nothing of what a test did in a window."""
        page, context = window.page, window.page.context
        window.seen = RequestsSeen()
        if page.is_closed() or len(context.pages) > 1:
            context.close()
            return
        page.unroute_all()
        if page.url.startswith("http"):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.goto("about:blank")
        context.clear_cookies()
        self.free.append(window)

    def _opened(self, seen: RequestsSeen, *, phone: bool) -> Window:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            is_mobile=phone,
            has_touch=phone,
            accept_downloads=True,
            locale="en-GB",
        )
        window = Window(context.new_page(), phone, seen)
        watch(context, window)
        return window


def watch(context: BrowserContext, window: Window) -> None:
    """Record every request, answer of 400 and above, failed request and script error."""

    def asked(request: Request) -> None:
        window.seen.urls.append(request.url)
        if not window.seen.home:
            window.seen.home = request.url

    def answered(response: Response) -> None:
        if response.status >= 400:
            window.seen.failed.append(f"{response.status} {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left or drawn again
            window.seen.failed.append(f"{request.failure} {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            window.seen.errors.append(f"{message.text} {message.location.get('url', '')}")

    context.on("request", asked)
    context.on("response", answered)
    context.on("requestfailed", failed)
    context.on("console", said)
    context.on("weberror", lambda problem: window.seen.errors.append(str(problem.error)))
