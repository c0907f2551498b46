"""The product as it is deployed: over TLS, behind Caddy with the product's own Caddyfile."""

from __future__ import annotations

import os
import socket
import ssl
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.proxy import (
    NAME,
    PASSWORD,
    Site,
    asked,
    free_port,
    recording_app,
    running_app,
    running_caddy,
)
from tests.private_postgres import private_postgres, programs
from tests.store_cli import hotspots_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

COOKIE: Final = "__Host-hotspots_sign_in"
FORM: Final = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.xdist_group("behind the proxy")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL of the test's own, with the tables in it."""
    folder = programs()
    if folder is None:
        message = "PostgreSQL is not installed; see .ci/postgres"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    with private_postgres(folder) as server:
        yield server.database()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Site]:
    """The product with one administrator, its secrets as files, on PostgreSQL, behind Caddy."""
    folder = tmp_path_factory.mktemp("site")
    secrets = folder / "secrets"
    secrets.mkdir()
    (secrets / "hotspot_operations_url").write_text(database, encoding="utf-8")
    (secrets / "hotspot_caller_salt").write_text("a secret of this test", encoding="utf-8")
    environment = {"CREDENTIALS_DIRECTORY": str(secrets)}
    made = hotspots_process(
        *("users", "add", NAME, "--role", "administrator", "--password", PASSWORD),
        store=folder / "store",
        environment=environment,
    )
    assert made.returncode == 0, made.stderr
    port = free_port()
    with running_caddy(port, folder=folder) as front:
        environment |= {
            "HOTSPOT_STORE": str(folder / "store"),
            "HOTSPOT_PUBLIC_URL": front.origin,
            "HOTSPOT_TRUSTED_PROXIES": "127.0.0.1",
        }
        with running_app(port, folder=folder, environment=environment):
            yield front
    assert not (folder / "store" / "operations.sqlite").exists()


@pytest.fixture(scope="module")
def key(site: Site) -> str:
    """The cookie of a sign-in that was made over https."""
    form = urlencode({"name": NAME, "password": PASSWORD, "next": "/"}).encode()
    answer = site.answer(
        "POST", "/sign-in", headers={"Origin": site.origin, "Content-Type": FORM}, body=form
    )
    assert answer.status == 303, answer.body
    cookie, *attributes = answer.cookie(COOKIE).split("; ")
    value = cookie.partition("=")[2]
    assert {"httponly", "secure", "path=/"} <= {each.lower() for each in attributes}
    return value


def titles(site: Site, key: str | None, *, origin: str) -> list[str]:
    """Open a page over the websocket; return its headings, or where it is led to."""
    headers = {"Cookie": f"{COOKIE}={key}"} if key else {}
    url = f"wss://localhost:{site.https_port}/_stcore/stream"
    told: list[str] = []
    with connect(
        url,
        ssl=site.trust(),
        origin=origin,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers=headers,
        max_size=None,
        open_timeout=60,
        proxy=None,
    ) as page:
        asks = BackMsg()
        asks.rerun_script.page_name = "administration"
        if key:
            page.send(asks.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(page.recv(timeout=120))  # type: ignore[arg-type]
            if message.HasField("auth_redirect"):
                return [message.auth_redirect.url]
            if message.HasField("delta") and message.delta.new_element.HasField("heading"):
                told.append(message.delta.new_element.heading.body)
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and told:
                return told


def test_a_page_is_signed_in_to_and_drawn_over_https(site: Site, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)  # its root is not in the browser
    page = context.new_page()
    said: list[str] = []
    urls: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: urls.append(request.url))
    page.on("websocket", lambda channel: urls.append(channel.url))
    page.goto(f"{site.origin}/administration")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Administration", timeout=120_000)
    expect(page.get_by_text(f"Signed in as {NAME}")).to_be_visible()
    (cookie,) = [each for each in context.cookies() if each["name"] == COOKIE]
    assert (cookie["secure"], cookie["httpOnly"]) == (True, True)
    hosts = {urlsplit(each).netloc for each in urls if not each.startswith(("data:", "blob:"))}
    assert hosts == {f"localhost:{site.https_port}"}
    assert any(each.startswith("wss://") for each in urls)
    assert [each for each in said if "Content Security Policy" in each] == []
    context.close()


def test_the_websocket_goes_through_for_whoever_signed_in_and_leads_others_out(
    site: Site, key: str
) -> None:
    assert "Administration" in titles(site, key, origin=site.origin)
    (led_to,) = titles(site, None, origin=site.origin)
    assert led_to.startswith("/sign-in")


def test_the_websocket_of_another_sites_page_is_refused(site: Site, key: str) -> None:
    for origin in ("https://elsewhere.example", "null", f"http://localhost:{site.https_port}"):
        with pytest.raises(InvalidStatus) as refused:
            titles(site, key, origin=origin)
        assert refused.value.response.status_code == 403


def test_every_answer_tells_the_browser_what_it_may_not_do(site: Site) -> None:
    for path, status in (
        ("/sign-in", 200),
        ("/_stcore/health", 200),
        ("/_stcore/metrics", 404),
        ("/media/0123456789abcdef0123456789abcdef.csv", 401),
    ):
        answer = site.answer("GET", path)
        assert answer.status == status, path
        said = answer.headers
        assert said["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert said["x-content-type-options"] == "nosniff"
        assert said["referrer-policy"] == "same-origin"
        assert said["cache-control"] == "no-store"
        assert "object-src 'none'" in said["content-security-policy"] or (
            "default-src 'none'" in said["content-security-policy"]
        )
        assert "frame-ancestors" in said["content-security-policy"]
        assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(said)
        if answer.body:
            assert "charset" in said["content-type"] or "json" in said["content-type"]


def test_signing_out_ends_the_sign_in_and_clears_what_the_browser_keeps(site: Site) -> None:
    form = urlencode({"name": NAME, "password": PASSWORD, "next": "/"}).encode()
    headers = {"Origin": site.origin, "Content-Type": FORM}
    came_in = site.answer("POST", "/sign-in", headers=headers, body=form)
    cookie = came_in.cookie(COOKIE).split(";")[0]
    left = site.answer(path="/sign-out", headers={"Cookie": cookie})
    assert left.status == 303
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    again = site.answer(path="/hotspots", headers={"Cookie": cookie, "Accept": "text/html"})
    assert again.status == 303
    assert again.headers["location"].startswith("/sign-in")


def test_every_cookie_goes_over_https_alone(site: Site, key: str) -> None:
    """Streamlit's own cookie holds no key; its script reads it, so its name cannot be changed."""
    signed_in = {"Cookie": f"{COOKIE}={key}"}
    (cookie,) = [
        answer.headers["set-cookie"]
        for path in ("/", "/sign-in", "/_stcore/host-config", "/_stcore/health")
        for answer in [site.answer(path=path, headers=signed_in)]
        if "set-cookie" in answer.headers
    ]
    name, *attributes = cookie.split("; ")
    assert name.startswith("_streamlit_xsrf=")
    assert set(attributes) == {"Path=/", "SameSite=Lax", "Secure"}


def test_the_health_of_the_app_is_told_to_anybody_and_its_metrics_to_nobody(site: Site) -> None:
    assert site.answer(path="/_stcore/health").body == b"ok"
    for path in ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/mcp"):
        assert site.answer(path=path).status == 404
    for path in ("/static/", "/component/", "/.git/config", "/app.py"):
        assert b"Index of" not in site.answer(path=path).body


def test_what_is_too_large_is_refused_and_an_upload_goes_on_to_the_app(
    site: Site, key: str
) -> None:
    large = b"x" * 1_500_000
    for path in ("/", "/sign-in", "/_stcore/stream"):
        answer = site.answer("POST", path, headers={"Origin": site.origin}, body=large)
        assert answer.status == 413, path
    headers = {"Origin": site.origin, "Cookie": f"{COOKIE}={key}"}
    path = "/_stcore/upload_file/not-a-page/0"
    answer = site.answer("PUT", path, headers=headers, body=large)
    assert answer.status == 403  # the app's own answer: it belongs to no page of this sign-in
    assert b"upload" in answer.body


def test_a_foreign_host_origin_or_method_is_refused(site: Site) -> None:
    assert site.answer(headers={"Host": "rebound.example"}).status == 421
    assert site.answer(headers={"Host": f"127.0.0.1:{site.https_port}"}).status == 421
    foreign = {"Origin": "https://elsewhere.example", "Content-Type": FORM}
    form = urlencode({"name": NAME, "password": PASSWORD}).encode()
    assert site.answer("POST", "/sign-in", headers=foreign, body=form).status == 403
    assert site.answer(headers={"Origin": "null"}).status == 403
    for method in ("TRACE", "PROPFIND", "CONNECT-ISH"):
        assert site.answer(method).status == 405


def test_only_pages_are_led_from_http_to_https(site: Site) -> None:
    plain = HTTPConnection("127.0.0.1", site.http_port, timeout=60)
    own = {"Host": "localhost"}
    led = asked(plain, "GET", "/hotspots?category=asb", headers=own)
    assert led.status == 308
    assert led.headers["location"] == "https://localhost/hotspots?category=asb"
    assert asked(plain, "POST", "/sign-in", headers=own, body=b"name=a").status == 403
    assert asked(plain, "GET", "/", headers={"Host": "rebound.example"}).status == 421


def test_tls_is_new_enough_has_forward_secrecy_and_a_certificate_of_the_right_name(
    site: Site,
) -> None:
    for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        trust = site.trust()
        trust.minimum_version = trust.maximum_version = version
        with (
            socket.create_connection(("127.0.0.1", site.https_port), timeout=60) as plain,
            trust.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            assert secure.version() == name
            cipher = secure.cipher()
            assert cipher is not None
            assert name == "TLSv1.3" or cipher[0].startswith("ECDHE-")
            assert "GCM" in cipher[0] or "CHACHA20" in cipher[0]
    old = site.trust()
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", site.https_port), timeout=60) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain, server_hostname="localhost")


def test_caddy_says_the_visitors_address_itself(tmp_path: Path) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X-Streamlit-User": "somebody",
    }
    with recording_app() as (port, seen), running_caddy(port, folder=tmp_path) as front:
        assert front.answer(headers=claims).status == 204
        (headers,) = seen
    passed_on = [(name.lower(), value) for name, value in headers]
    told = {name: value for name, value in passed_on if name.startswith(("x-", "forwarded"))}
    assert told == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": f"localhost:{front.https_port}",
    }
    assert len(passed_on) == len(dict(passed_on))


@pytest.mark.parametrize(("proxies", "status"), [("127.0.0.1", 403), ("192.0.2.7", 200)])
def test_the_app_believes_an_address_from_the_named_proxy_alone(
    proxies: str, status: int, tmp_path: Path
) -> None:
    """Without accounts it answers its own computer alone, so its answer says who it thinks asks."""
    port = free_port()
    environment = {"HOTSPOT_STORE": str(tmp_path / "var"), "HOTSPOT_TRUSTED_PROXIES": proxies}
    with running_app(port, folder=tmp_path, environment=environment):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        visitor = {"X-Forwarded-For": "203.0.113.9", "Accept": "text/html"}
        assert asked(connection, "GET", "/", headers=visitor).status == status
        assert asked(connection, "GET", "/", headers={"Accept": "text/html"}).status == 200


@pytest.mark.parametrize("proxies", ["", "127.0.0.1"])
def test_without_accounts_nobody_gets_in_through_a_proxy_on_the_same_computer(
    proxies: str, tmp_path: Path
) -> None:
    """Whoever comes by a proxy on this computer seems to be on it."""
    port = free_port()
    with running_caddy(port, folder=tmp_path) as front:
        environment = {
            "HOTSPOT_STORE": str(tmp_path / "var"),
            "HOTSPOT_PUBLIC_URL": front.origin,
            "HOTSPOT_TRUSTED_PROXIES": proxies,
        }
        with running_app(port, folder=tmp_path, environment=environment):
            answer = front.answer(headers={"Accept": "text/html"})
            assert answer.status == 403
            assert b"Create an administrator" in answer.body
