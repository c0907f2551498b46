"""Real servers for the tests that need one: the product as `hotspots serve` starts it.

Each is on a free port of this machine and its own process; what it prints is kept in a file.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90


@dataclass
class Server:
    """A running Streamlit server and where to find it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class Servers:
    """The servers of this test run."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self.folders = folders
        self.running: list[Server] = []

    def script(self, script: Path, *, environment: Mapping[str, str]) -> Server:
        """Start a Streamlit script of a test."""
        port = _free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
        return self._start(command, port=port, environment=environment)

    def app(
        self,
        store: Path,
        *,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> Server:
        """Start the product on a store, at the moment `tests.moment.NOW`."""
        port = port or _free_port()
        command = [sys.executable, "-m", "pages.server", "--port", str(port)]
        own = {"HOTSPOT_STORE": str(store), "HOTSPOT_NOW": NOW.isoformat()}
        return self._start(command, port=port, environment={**own, **(environment or {})})

    def _start(self, command: list[str], *, port: int, environment: Mapping[str, str]) -> Server:
        log = self.folders.mktemp("server") / "log.txt"
        search_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(":")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": search_path, **environment},
            )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        self.running.append(server)
        _wait_until_healthy(server)
        return server

    def stop(self) -> None:
        for server in self.running:
            server.process.terminate()
        for server in self.running:
            try:
                server.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()


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
