"""A real Streamlit server and a real Chromium for the tests in this folder.

`start_server` runs a Streamlit script on a free port of this machine; `server` runs the product
itself on a store. `page` is a Chromium page with `requests_seen`, which keeps every request, failed
answer and script error. A missing browser fails the tests with a word on how to get one: maps that
nobody has looked at are not tested.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass
class Server:
    """A running Streamlit server and where to find it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class StartServer(Protocol):
    """Start a Streamlit script; `environment` is added to this process's."""

    def __call__(self, script: Path, *, environment: dict[str, str] | None = None) -> Server: ...


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


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Give a function that starts a Streamlit script; all are stopped after the module."""
    running: list[Server] = []

    def start(script: Path, *, environment: dict[str, str] | None = None) -> Server:
        log = tmp_path_factory.mktemp("server") / "log.txt"
        port = _free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
        search_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(":")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": search_path, **(environment or {})},
            )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        running.append(server)
        _wait_until_healthy(server)
        return server

    yield start
    for server in running:
        server.process.terminate()
    for server in running:
        try:
            server.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that `server` runs on; a module overrides this to run on a store of its own."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def server(start_server: StartServer, store_folder: Path) -> Server:
    """The product itself, running on `store_folder`."""
    return start_server(ROOT / "app.py", environment={"HOTSPOT_STORE": str(store_folder)})


@pytest.fixture
def requests_seen() -> RequestsSeen:
    return RequestsSeen()


@pytest.fixture
def context(browser: Browser, requests_seen: RequestsSeen) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    watch(opened, requests_seen)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    return opened


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
        if request.failure != "net::ERR_ABORTED":  # a page that was left or drawn anew
            seen.failed.append(f"{request.failure} {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(message.text)

    context.on("request", asked)
    context.on("response", answered)
    context.on("requestfailed", failed)
    context.on("console", said)
    context.on("weberror", lambda problem: seen.errors.append(str(problem.error)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(server: Server) -> None:
    begun = time.monotonic()
    said = 0.0
    while (waited := time.monotonic() - begun) < START_SECONDS:
        if server.process.poll() is not None:
            message = f"The server stopped with {server.process.returncode}:\n{server.printed()}"
            pytest.fail(message, pytrace=False)
        if _is_healthy(server):
            return
        if waited - said > 5:
            said = waited
            sys.stderr.write(f"waiting for the server, {waited:.0f} s\n")
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(timeout=0.1)
    message = f"The server did not answer in {START_SECONDS} s:\n{server.printed()}"
    pytest.fail(message, pytrace=False)


def _is_healthy(server: Server) -> bool:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
