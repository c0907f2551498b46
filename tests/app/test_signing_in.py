"""Signing in over http, as an attacker and as an account's owner; and changing one's password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from data.access import Person
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.database import Operations
from data.settings import Settings
from tests.moment import NOW
from tests.served import Server, Servers
from tests.web_client import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD, NEW = "lantern copper walnut", "harbour velvet moss"
ADMIN = Person("Amina Rahman", "administrator")
WRONG, TOO_MANY = "Name or password is wrong", "Too many failed tries"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with an administrator and a ward panel's account."""
    store = tmp_path / "var"
    ops = Operations.open(Settings(store=store, _env_file=None))
    keeper = Actor(ops, ADMIN, NOW)
    add_account(keeper, name=ADMIN.name, role="administrator", password=PASSWORD)
    add_account(keeper, name="Panel East", role="panel", password=PASSWORD)
    ops.close()
    return store


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    running = Servers(tmp_path_factory)
    yield running
    running.stop()


def browser(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"origin": server.url}, timeout=120)


def sign_in(client: httpx.Client, name: str, password: str, *, via: str = "") -> httpx.Response:
    headers = {"x-forwarded-for": via} if via else {}
    return client.post("/sign-in", data={"name": name, "password": password}, headers=headers)


def answers(client: httpx.Client, name: str, *, via: list[str]) -> list[str]:
    said = [sign_in(client, name, "not the password", via=each).text for each in via]
    return [WRONG if WRONG in each else TOO_MANY if TOO_MANY in each else each for each in said]


def test_an_address_that_a_visitor_makes_up_does_not_help_and_the_owner_gets_in(
    store: Path, servers: Servers
) -> None:
    server = servers.app(store)
    with browser(server) as own, browser(server) as attacker:
        assert sign_in(own, ADMIN.name, PASSWORD).status_code == 303
        kept = own.cookies["hotspots_browser"]
        own.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
        made_up = [f"198.51.100.{at}" for at in range(25)]
        assert answers(attacker, ADMIN.name, via=made_up) == [WRONG] * 20 + [TOO_MANY] * 5
        assert TOO_MANY in sign_in(attacker, ADMIN.name, PASSWORD).text
        assert own.cookies["hotspots_browser"] == kept  # it outlasts the sign-in
        assert sign_in(own, ADMIN.name, PASSWORD).status_code == 303
    ops = Operations.open(Settings(store=store, _env_file=None))
    newest = trail(ops, person=ADMIN, table="sign_in_tries", newest=1).iloc[0]
    ops.close()
    assert newest["Who"] == "nobody (failed sign-in)"
    assert newest["After"] == "account: users/1; address: 127.0.0.1"


def test_a_proxy_that_is_named_says_where_a_visitor_comes_from(
    store: Path, servers: Servers
) -> None:
    server = servers.app(store, environment={"HOTSPOT_TRUSTED_PROXIES": "127.0.0.1"})
    with browser(server) as client:
        assert answers(client, "Nobody", via=["198.51.100.7"] * 21) == [WRONG] * 20 + [TOO_MANY]
        assert answers(client, "Nobody", via=["6.6.6.6, 198.51.100.7"]) == [TOO_MANY]
        assert answers(client, "Nobody", via=["198.51.100.8"]) == [WRONG]


def test_a_ward_panel_changes_its_own_password_and_its_other_page_is_over(
    store: Path, servers: Servers
) -> None:
    server = servers.app(store)
    with browser(server) as here, browser(server) as there:
        for client in (here, there):
            assert sign_in(client, "Panel East", PASSWORD).status_code == 303
        tab = Tab.open(server.url, token=here.cookies["hotspots_sign_in"])
        tab.run("your-account")
        assert "with the role Ward panel" in tab.text()
        typed = {
            tab.box("Present password"): PASSWORD,
            tab.box("New password, at least"): NEW,
            tab.box("New password once more"): NEW,
        }
        tab.run("your-account", press=tab.button("Change the password"), texts=typed)
        assert "Your password is changed" in tab.text()
        tab.close()
        assert here.get("/", headers={"accept": "text/html"}).status_code == 200
        assert there.get("/", headers={"accept": "text/html"}).status_code == 303
    with browser(server) as client:
        assert WRONG in sign_in(client, "Panel East", PASSWORD).text
        assert sign_in(client, "Panel East", NEW).status_code == 303
