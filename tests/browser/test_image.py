"""The image and the compose file of `deploy/`, where a container engine runs."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.browser.proxy import NAME, PASSWORD, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def engine() -> str | None:
    """Return the container engine that runs here, if any does."""
    for name in ("docker", "podman"):
        program = shutil.which(name)
        if program is None:
            continue
        asked_compose = [[program, "info"], [program, "compose", "version"]]
        done = [
            subprocess.run(each, capture_output=True, check=False, timeout=60).returncode
            for each in asked_compose
        ]
        if done == [0, 0]:
            return program
    return None


@pytest.mark.skipif(engine() is None, reason="no container engine with compose runs here")
def test_the_image_is_built_and_the_compose_file_answers_over_https(tmp_path: Path) -> None:
    program = engine()
    assert program is not None
    folder = tmp_path / "deploy"
    shutil.copytree(ROOT / "deploy", folder)
    subprocess.run(["sh", folder / "make-secrets"], check=True, timeout=60)
    for name in ("certificates", "incoming", "backups", "metrics"):
        (folder / name).mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "SITE_HOST": "localhost",
        "HOTSPOT_IMAGE": "hotspot-tasking:test",
        "COMPOSE_PROJECT_NAME": "hotspots-test",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    compose = ("compose", "--file", "compose.yaml")
    build = ("build", "--file", str(ROOT / "deploy" / "Containerfile"))
    run(*build, "--tag", "hotspot-tasking:test", str(ROOT))
    try:
        run(*compose, "up", "--detach", "--wait", "database")
        account = ("users", "add", NAME, "--role", "administrator", "--password", PASSWORD)
        run(*compose, "run", "--rm", "app", *account)
        run(*compose, "up", "--detach", "--wait", "--no-build")
        root = "/data/pki/authorities/local/root.crt"
        (tmp_path / "root.crt").write_text(run(*compose, "exec", "caddy", "cat", root))
        trust = ssl.create_default_context(cafile=str(tmp_path / "root.crt"))
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=60) as plain,
            trust.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"GET /_stcore/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert secure.recv(4096).startswith(b"HTTP/1.1 200")
        told = run(*compose, "run", "--rm", "metrics", "status", "--json")
        assert '"accounts"' in told
    finally:
        run(*compose, "down", "--volumes")
