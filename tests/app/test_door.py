"""The server's door, attacked with a raw websocket: role × entry point × state of the sign-in.

The tables are written by hand. Each state is brought about from outside while a page is open, and
every way in is then tried from that page, with its cookie, its session's id and its files' names.
"""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import anyio
import pandas as pd
import pytest
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus

from data.access import Person
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.standing import SignIn
from data.operations.accounts.users import (
    accounts,
    add_account,
)
from data.operations.actor import Actor
from data.operations.audit.access import access_log
from data.operations.database import Operations
from pages.server import door
from pages.server.site import Site
from pages.server.uploads import Uploads
from tests.door import PASSWORD, OpenPage, Served, make_account, opened
from tests.moment import NOW
from tests.served import Servers
from tests.web_client import Tab, was_led_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from starlette.types import Message

    from data.access import Role
    from data.settings import Settings

MB = 1024 * 1024
ENDINGS = ("closed", "demoted", "new password", "signed out elsewhere", "expired")


@pytest.fixture(scope="module")
def served(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("door") / "var"
    shutil.copytree(demo_settings.store, folder)
    ops = Operations.open(demo_settings.model_copy(update={"store": folder}))
    keeper = Actor(ops, Person("this computer", "administrator"), NOW)
    add_account(keeper, name="Keeper", role="administrator", password=PASSWORD)
    servers = Servers(tmp_path_factory)
    limits = {"HOTSPOT_MAX_UPLOAD_MB": "3", "HOTSPOT_MAX_UPLOADS_MB": "6"}
    yield Served(servers.app(folder, environment=limits), ops, keeper)
    servers.stop()
    ops.close()


@pytest.fixture
def administration(served: Served) -> Iterator[OpenPage]:
    page = opened(served, role="administrator", page="administration")
    yield page
    page.tab.close()


@pytest.fixture
def hotspots(served: Served) -> Iterator[OpenPage]:
    page = opened(served, role="officer", page="hotspots", query="category=burglary")
    yield page
    page.tab.close()


def test_a_standing_sign_in_may_do_what_the_tests_below_try_after_it_has_ended(
    served: Served, administration: OpenPage, hotspots: OpenPage
) -> None:
    assert not make_account(administration, "Made while standing")
    assert "Made while standing" in {each.name for each in accounts(served.ops)}
    tab = hotspots.tab
    (fragment,) = tab.fragments()
    assert not was_led_out(tab.run("hotspots", fragment=fragment))
    url = tab.deferred(tab.download("CSV"))[-1].backend_operation_response.deferred_file.url
    with served.http(hotspots.token) as browser:
        file = browser.get(url)
        assert (file.status_code, file.headers["cache-control"]) == (200, "no-store")
        assert b"hotspot" in file.content[:2000]
        exported = access_log(served.ops, person=served.keeper.person, newest=1).iloc[0]
        assert (exported["Who"], exported["Did"]) == (hotspots.name, "exported")
        assert exported["Rows"] == len(pd.read_csv(io.BytesIO(file.content)))
        assert browser.get("/hotspots", headers={"Accept": "text/html"}).status_code == 200
        assert upload(browser, tab).status_code == 204


@pytest.mark.parametrize("state", ENDINGS)
def test_no_callback_of_an_open_page_changes_anything_after_the_sign_in_has_ended(
    served: Served, administration: OpenPage, state: str
) -> None:
    served.end(state, name=administration.name, token=administration.token)
    assert make_account(administration, f"Made after {state}")
    assert f"Made after {state}" not in {each.name for each in accounts(served.ops)}


@pytest.mark.parametrize("state", ENDINGS)
def test_nothing_is_drawn_or_handed_out_after_the_sign_in_has_ended(
    served: Served, hotspots: OpenPage, state: str
) -> None:
    tab, token = hotspots.tab, hotspots.token
    before = tab.deferred(tab.download("CSV"))[-1].backend_operation_response.deferred_file.url
    (fragment,) = tab.fragments()
    file_id, session_id = tab.download("CSV"), tab.session_id
    served.end(state, name=hotspots.name, token=token)

    assert was_led_out(tab.run("hotspots", fragment=fragment))
    for again in (Tab.open(served.server.url, token=token, session_id=session_id),):
        assert was_led_out(again.deferred(file_id))
        again.close()
    fresh = Tab.open(served.server.url, token=token)
    assert was_led_out(fresh.run("hotspots"))
    fresh.close()
    with served.http(token) as browser:
        assert browser.get(before).status_code == 401
        assert upload(browser, tab).status_code == 401
        led = browser.get("/hotspots?category=burglary", headers={"Accept": "text/html"})
        assert (led.status_code, led.headers["location"]) == (
            303,
            "/sign-in?next=%2Fhotspots%3Fcategory%3Dburglary",
        )
        assert browser.get("/").status_code == 401


@pytest.mark.parametrize("state", ENDINGS)
def test_a_deferred_file_is_not_made_after_the_sign_in_has_ended(
    served: Served, hotspots: OpenPage, state: str
) -> None:
    file_id = hotspots.tab.download("GeoJSON")
    served.end(state, name=hotspots.name, token=hotspots.token)
    assert was_led_out(hotspots.tab.deferred(file_id))


def test_anothers_session_id_and_file_names_are_no_key(served: Served, hotspots: OpenPage) -> None:
    victim = hotspots.tab
    url = victim.deferred(victim.download("CSV"))[-1].backend_operation_response.deferred_file.url
    intruder = served.token(served.member("panel"))
    for token in (None, "made up", intruder):
        for headers in ({}, {"X-Hotspots-Sign-In": token_hash(hotspots.token)}):
            tab = Tab.open(
                served.server.url, token=token, session_id=victim.session_id, headers=headers
            )
            answers = tab.run("hotspots")
            assert hotspots.name not in tab.text()
            assert "Hotspots" not in {each.heading.body for each in tab.elements()}
            assert was_led_out(answers) == (token is not intruder)
            assert tab.session_id != victim.session_id
            assert not any(
                each.backend_operation_response.deferred_file.url
                for each in tab.deferred(victim.download("CSV"))
            )
            tab.close()
        with served.http(token) as browser:
            assert browser.get(url).status_code == (404 if token is intruder else 401)
            assert upload(browser, victim).status_code == (403 if token is intruder else 401)
    assert not was_led_out(victim.run("hotspots"))  # and the victim's page was left alone


def test_uploads_have_a_limit_each_and_together(served: Served) -> None:
    page = opened(served, role="officer", page="import-data")
    with served.http(page.token) as browser:
        larger = upload(browser, page.tab, size=5 * MB)
        assert larger.status_code == 413
        assert larger.text.startswith("The file has 5 MB; at most 3 MB can be uploaded.")
        taken = [
            upload(browser, page.tab, name=f"file {n}", size=int(2.5 * MB)).status_code
            for n in range(4)
        ]
        assert taken == [204, 204, 503, 503]
        removed = browser.delete(
            f"/_stcore/upload_file/{page.tab.session_id}/file 0",
            headers={"X-Xsrftoken": forgery_token(browser)},
        )
        assert removed.status_code == 204
        assert upload(browser, page.tab, name="file 4", size=2 * MB).status_code == 204
    page.tab.close()


def test_an_upload_that_does_not_say_how_long_it_is_is_refused(served: Served) -> None:
    page = opened(served, role="officer", page="import-data")
    with served.http(page.token) as browser:
        answer = browser.put(
            f"/_stcore/upload_file/{page.tab.session_id}/file",
            content=iter([b"x" * 100]),
        )
    assert answer.status_code == 411
    page.tab.close()


def test_a_file_dies_with_the_page_that_offered_it(served: Served) -> None:
    page = opened(served, role="officer", page="hotspots", query="category=burglary")
    answer = page.tab.deferred(page.tab.download("CSV"))[-1]
    url = answer.backend_operation_response.deferred_file.url
    with served.http(page.token) as browser:
        assert browser.get(url).status_code == 200
        page.tab.close()
        assert browser.get(url).status_code == 404


# What each role reaches by an address of its own: page, and whether it is drawn.
PAGES = {
    "administration": ("administrator",),
    "import-data": ("administrator", "officer"),
    "hotspots": ("administrator", "officer"),
    "board": ("administrator", "officer"),
    "ward-panel": ("administrator", "officer", "panel"),
}
TITLES = {
    "administration": "Administration",
    "import-data": "Import data",
    "hotspots": "Hotspots",
    "board": "Board",
    "ward-panel": "Ward panel",
}


@pytest.mark.parametrize("role", ["administrator", "officer", "panel"])
def test_each_role_is_drawn_its_own_pages_over_the_websocket(served: Served, role: Role) -> None:
    token = served.token(served.member(role))
    drawn = set()
    for page, title in TITLES.items():
        tab = Tab.open(served.server.url, token=token)
        tab.run(page)
        if title in {each.heading.body for each in tab.elements()}:
            drawn.add(page)
        tab.close()
    assert drawn == {page for page, roles in PAGES.items() if role in roles}


def upload(
    browser: httpx.Client, tab: Tab, *, name: str = "file", size: int = 10
) -> httpx.Response:
    """Upload a file into a page's session, with the token that Streamlit wants against forgery."""
    return browser.put(
        f"/_stcore/upload_file/{tab.session_id}/{name}",
        files={"file": ("calls.csv", b"x" * size, "text/csv")},
        headers={"X-Xsrftoken": forgery_token(browser)},
    )


def forgery_token(browser: httpx.Client) -> str:
    """Return the token that Streamlit wants with what changes something."""
    if "_streamlit_xsrf" not in browser.cookies:
        browser.get("/_stcore/health")
    return str(browser.cookies["_streamlit_xsrf"])


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (None, None, 200),
        ("evil.example", None, 403),
        ("evil.example:8501", None, 403),
        ("127.0.0.1.evil.example", None, 403),
        ("user@127.0.0.1", None, 403),
        ("127.0.0.1:port", None, 403),
        (None, "https://evil.example", 403),
        (None, "null", 403),
    ],
)
def test_pages_of_other_sites_and_other_host_names_are_refused(
    served: Served, host: str | None, origin: str | None, status: int
) -> None:
    headers = {"Host": host} if host else {}
    if origin:
        headers["Origin"] = origin
    with served.http(None) as browser:
        assert browser.get("/_stcore/health", headers=headers).status_code == status


def test_a_websocket_from_another_site_is_refused_and_nobody_is_asked_outside(
    served: Served,
) -> None:
    token = served.token(served.member("officer"))
    for origin in ("https://evil.example", "http://127.0.0.1:1", "null"):
        with pytest.raises(InvalidStatus):
            Tab.open(served.server.url, token=token, origin=origin)


def test_every_answer_tells_the_browser_to_keep_to_the_app(served: Served) -> None:
    token = served.token(served.member("officer"))
    with served.http(token) as browser:
        for path in ("/hotspots", "/sign-in", "/_stcore/health", "/media/none.csv"):
            said = browser.get(path).headers
            assert said["x-content-type-options"] == "nosniff", path
            assert said["cache-control"] == "no-store", path
            assert said["x-frame-options"] == "SAMEORIGIN", path
            assert (
                "default-src 'self'" in browser.get("/hotspots").headers["content-security-policy"]
            )
    with served.http(None) as browser:
        policy = browser.get("/sign-in").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


def test_a_run_under_way_is_not_heard_after_its_sign_in_has_ended(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message is asked about here; the door itself asks twice a second."""
    monkeypatch.setattr(door, "_ASKED_EVERY_S", -1.0)
    name = served.member("officer")
    token = served.token(name)
    heard: list[Message] = []

    async def send(message: Message) -> None:
        heard.append(message)

    async def spoken() -> None:
        at_door = door.Door(
            None,
            served.ops,
            Site(None),
            None,
            Uploads(1, 1),
            lambda: NOW,  # type: ignore[arg-type]
        )
        sign_in_asked = SignIn(served.ops, token_hash(token), lambda: NOW)
        speak = at_door._looked_through(send, sign_in=sign_in_asked)
        await speak({"type": "websocket.send", "bytes": b"drawn"})
        served.end("closed", name=name, token=token)
        with pytest.raises(WebSocketDisconnect):
            await speak({"type": "websocket.send", "bytes": b"a place and a name"})

    anyio.run(spoken)
    assert heard[0]["bytes"] == b"drawn"
    assert b"/sign-in" in heard[1]["bytes"]
    assert [each["type"] for each in heard[2:]] == ["websocket.close"]
