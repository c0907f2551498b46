"""Starting the web server: it answers to others only where they can be told apart."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus

from data.access import Person
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.database import Operations
from data.settings import Settings
from pages.server.__main__ import OpenAddressError, check_address
from tests.moment import NOW
from tests.served import ROOT, Servers
from tests.web_client import Tab

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "lantern copper walnut"
PUBLIC = "https://hotspots.borough.gov.uk"
# Address, accounts, HOTSPOT_PUBLIC_URL; what is wrong, "" for nothing.
ADDRESSES = [
    ("127.0.0.1", False, None, ""),
    ("localhost", False, None, ""),
    ("::1", False, None, ""),
    ("0.0.0.0", False, None, "there are no accounts"),  # noqa: S104 - that is the point
    ("0.0.0.0", False, PUBLIC, "there are no accounts"),  # noqa: S104
    ("10.0.0.5", True, None, "HOTSPOT_PUBLIC_URL is not set"),
    ("10.0.0.5", True, PUBLIC, ""),
    ("0.0.0.0", True, PUBLIC, ""),  # noqa: S104
    ("127.0.0.1", True, None, ""),
]


@pytest.mark.parametrize(("address", "accounts", "public", "wrong"), ADDRESSES)
def test_the_app_answers_on_an_address_where_everybody_signs_in_over_https(
    tmp_path: Path, address: str, accounts: bool, public: str | None, wrong: str
) -> None:
    settings = Settings(store=tmp_path / "var", public_url=public, _env_file=None)
    ops = Operations.open(settings)
    if accounts:
        keeper = Actor(ops, Person("this computer", "administrator"), NOW)
        add_account(keeper, name="Root", role="administrator", password=PASSWORD)
    if wrong:
        with pytest.raises(OpenAddressError, match=wrong):
            check_address(address, settings, ops)
    else:
        check_address(address, settings, ops)
    ops.close()


def test_the_command_says_so_and_starts_nothing(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "cli", "serve", "--address", "0.0.0.0"]  # noqa: S104
    ended = subprocess.run(
        asked,
        cwd=ROOT,
        env={"HOTSPOT_STORE": str(tmp_path / "var"), "PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("The app cannot answer on 0.0.0.0: there are no accounts")
    assert "Traceback" not in ended.stderr


def test_an_app_without_its_door_draws_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    servers = Servers(tmp_path_factory)
    bare = servers.script(ROOT / "app.py", environment={"HOTSPOT_STORE": str(tmp_path / "var")})
    tab = Tab.open(bare.url)
    tab.run("administration")
    assert "The app was not started with" in tab.text().replace("\\\\", "")
    assert "There are no accounts" not in tab.text()
    tab.close()
    servers.stop()


def test_the_server_asks_nobody_outside(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of a page of another site Streamlit would ask a service for this computer's address."""
    hook = tmp_path / "hook"
    hook.mkdir()
    asked = tmp_path / "asked.txt"
    (hook / "sitecustomize.py").write_text(
        "import sys\n"
        "def noted(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'):\n"
        f"        with open({str(asked)!r}, 'a') as kept:\n"
        "            kept.write(f'{event} {arguments!r}\\n')\n"
        "noted('socket.connect', '127.0.0.1 is watched')\n"
        "sys.addaudithook(noted)\n"
    )
    servers = Servers(tmp_path_factory)
    server = servers.app(tmp_path / "var", environment={"PYTHONPATH": f"{ROOT}:{hook}"})
    for origin in ("https://evil.example", "http://192.0.2.1:8501", server.url):
        try:
            tab = Tab.open(server.url, origin=origin)
        except InvalidStatus:
            continue
        tab.run("today")
        tab.close()
    servers.stop()
    noted = asked.read_text().splitlines()
    assert "127.0.0.1 is watched" in noted[0]
    assert [line for line in noted if "127.0.0.1" not in line and "localhost" not in line] == []
