"""The product as it is deployed: Caddy with the product's own Caddyfile before the app's command.

The app is started by the words of the image (`deploy/Containerfile`), on loopback and a free port;
Caddy has an authority of its own, whose root the clients here trust and check.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

import pytest

from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 120
NAME: Final = "Amina Rahman"  # the administrator
PASSWORD: Final = "lantern copper walnut"


@dataclass(frozen=True)
class Site:
    """A running Caddy and what is behind it."""

    folder: Path
    https_port: int
    http_port: int

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.https_port}"

    def trust(self) -> ssl.SSLContext:
        """Trust Caddy's own authority and nobody else's."""
        root = self.folder / "pki" / "authorities" / "local" / "root.crt"
        return ssl.create_default_context(cafile=str(root))

    def answer(
        self,
        method: str = "GET",
        path: str = "/",
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Ask over TLS; nothing is followed and nothing is added but what is given."""
        connection = HTTPSConnection("localhost", self.https_port, timeout=60, context=self.trust())
        return asked(connection, method, path, headers=headers, body=body)


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers by their names in small letters, the body.

    A header that comes several times is its last; cookies, which do, are all in `cookies`.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    def cookie(self, name: str) -> str:
        """Return what was said of a cookie: its name and value, and its attributes."""
        (said,) = [each for each in self.cookies if each.startswith(f"{name}=")]
        return said


def asked(
    connection: HTTPConnection,
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        came = [(name.lower(), value) for name, value in response.getheaders()]
        cookies = tuple(value for name, value in came if name == "set-cookie")
        return Answer(response.status, dict(came), response.read(), cookies)
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def caddy() -> str:
    """Return the path of Caddy; without one the test is not run, and in CI it fails."""
    path = shutil.which("caddy")
    if path is not None:
        return path
    message = "Caddy is not installed; see .ci/caddy"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def image_command() -> list[str]:
    """Return the arguments that the image gives to `hotspots`."""
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    words: list[str] = json.loads(re.findall(r"^CMD (\[.+\])$", text, flags=re.MULTILINE)[-1])
    return words


@contextmanager
def running_app(port: int, *, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run the app by the image's own command, but on loopback and a port of the test."""
    words = image_command()
    words[words.index("--address") + 1] = "127.0.0.1"
    words[words.index("--port") + 1] = str(port)
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOT_")}
    own |= {"HOTSPOT_NOW": NOW.isoformat(), "PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    with _started(command, own, log=folder / "app.log") as (process, log):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        _wait(process, log, lambda: _status(connection, "/_stcore/health") == 200)
        yield


@contextmanager
def running_caddy(app_port: int, *, folder: Path) -> Iterator[Site]:
    """Run Caddy with the product's Caddyfile in front of a port of this computer."""
    program = caddy()
    site = Site(folder / "caddy", free_port(), free_port())
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SITE_HOST": "localhost",
        "SITE_BIND": "127.0.0.1",
        "SITE_APP": f"127.0.0.1:{app_port}",
        "SITE_HTTPS_PORT": str(site.https_port),
        "SITE_HTTP_PORT": str(site.http_port),
        "SITE_DATA": str(site.folder),
    }
    command = [program, "run", "--config", str(ROOT / "deploy" / "Caddyfile")]
    command += ["--adapter", "caddyfile"]
    with _started(command, environment, log=folder / "caddy.log") as (process, log):
        _wait(process, log, lambda: _answers_tls(site))
        yield site


@contextmanager
def recording_app() -> Iterator[tuple[int, list[list[tuple[str, str]]]]]:
    """Stand in the app's place and keep the headers of what arrives there."""
    seen: list[list[tuple[str, str]]] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(list(self.headers.items()))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], *, log: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process, log
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path, ready: object) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < START_SECONDS:
        if process.poll() is not None:
            break
        if callable(ready) and ready():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
    text = log.read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"It did not answer within {START_SECONDS} s:\n{text}", pytrace=False)


def _status(connection: HTTPConnection, path: str) -> int | None:
    try:
        return asked(connection, "GET", path).status
    except (OSError, HTTPException):
        return None


def _answers_tls(site: Site) -> bool:
    try:
        with (
            socket.create_connection(("127.0.0.1", site.https_port), timeout=5) as plain,
            site.trust().wrap_socket(plain, server_hostname="localhost"),
        ):
            return True
    except OSError:
        return False
