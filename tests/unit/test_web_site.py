"""Host names, origins and headers: which requests are let in, against a table written by hand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from starlette.requests import HTTPConnection

from data.settings import Settings
from pages.server.given import Given
from pages.server.sign_in import way_back, way_to
from pages.server.site import Site, is_loopback

ALONE = Site(public=None)
PUBLIC = Site(public="https://hotspots.borough.gov.uk")


def asked(
    method: str, *, host: str | None, origin: str | None = None, websocket: bool = False
) -> HTTPConnection:
    named = [(b"host", host.encode())] if host is not None else []
    came = [(b"origin", origin.encode())] if origin is not None else []
    kind = {"type": "websocket"} if websocket else {"type": "http", "method": method}
    return HTTPConnection({**kind, "headers": [*named, *came], "path": "/"})


# Site, method (WS: a websocket), Host, Origin, let in.
REQUESTS = [
    (ALONE, "GET", "localhost:8501", None, True),
    (ALONE, "GET", "127.0.0.1:8501", None, True),
    (ALONE, "GET", "[::1]:8501", None, True),
    (ALONE, "GET", "hotspots.borough.gov.uk", None, False),
    (ALONE, "GET", "evil.example:8501", None, False),
    (ALONE, "GET", "localhost.evil.example", None, False),
    (ALONE, "GET", "evil.example@localhost", None, False),
    (ALONE, "GET", "localhost:port", None, False),
    (ALONE, "GET", "localhost/path", None, False),
    (ALONE, "GET", "", None, False),
    (ALONE, "GET", None, None, False),
    (ALONE, "GET", "localhost:8501", "http://evil.example", False),
    (ALONE, "PUT", "localhost:8501", "http://localhost:8501", True),
    (ALONE, "PUT", "localhost:8501", "http://localhost:8502", False),
    (ALONE, "PUT", "localhost:8501", None, False),
    (ALONE, "POST", "localhost:8501", "null", False),
    (ALONE, "WS", "localhost:8501", "http://localhost:8501", True),
    (ALONE, "WS", "localhost:8501", None, False),
    (ALONE, "WS", "localhost:8501", "http://127.0.0.1:8501", False),
    (ALONE, "WS", "evil.example:8501", "http://evil.example:8501", False),
    (PUBLIC, "WS", "hotspots.borough.gov.uk", "https://hotspots.borough.gov.uk", True),
    (PUBLIC, "WS", "hotspots.borough.gov.uk", "http://hotspots.borough.gov.uk", False),
    (PUBLIC, "WS", "hotspots.borough.gov.uk", "https://evil.example", False),
    (PUBLIC, "WS", "hotspots.borough.gov.uk", "https://hotspots.borough.gov.uk:444", False),
    (PUBLIC, "GET", "HOTSPOTS.borough.gov.uk", None, True),
    (PUBLIC, "GET", "www.borough.gov.uk", None, False),
    (PUBLIC, "GET", "127.0.0.1:8501", None, True),
]


@pytest.mark.parametrize(("site", "method", "host", "origin", "let_in"), REQUESTS)
def test_only_the_apps_own_hosts_and_pages_are_let_in(
    site: Site, method: str, host: str | None, origin: str | None, let_in: bool
) -> None:
    request = asked(method, host=host, origin=origin, websocket=method == "WS")
    assert (site.refusal(request) is None) == let_in


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - that is the point
        ("::", False),
        ("10.0.0.5", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_this_computer_is_known_by_its_address(host: str, here: bool) -> None:
    assert is_loopback(host) == here


def test_only_files_of_the_app_itself_may_be_kept_by_a_browser() -> None:
    for path, kept in (
        ("/hotspots", False),
        ("/media/aa.csv", False),
        ("/_stcore/upload_file/a/b", False),
        ("/static/js/index.js", True),
        ("/component/leaflet/leaflet.js", True),
    ):
        assert ("cache-control" not in PUBLIC.headers(path)) == kept, path


def test_pictures_come_from_the_app_and_the_tiles_that_a_setting_names() -> None:
    def pictures(site: Site) -> str:
        policy = site.headers("/")["content-security-policy"]
        return next(each for each in policy.split("; ") if each.startswith("img-src"))

    assert pictures(ALONE) == "img-src 'self' data: blob:"
    tiles = Site.of(Settings(tile_url="https://tiles.example/{z}/{x}/{y}.png", _env_file=None))
    assert pictures(tiles) == "img-src 'self' data: blob: https://tiles.example"
    assert "strict-transport-security" in PUBLIC.headers("/")
    assert "strict-transport-security" not in ALONE.headers("/")


@pytest.mark.parametrize(
    "address",
    ["http://hotspots.borough.gov.uk", "hotspots.borough.gov.uk", "https://", "https://a/b"],
)
def test_an_address_that_passwords_could_be_read_at_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must be https:// and a host"):
        Settings(public_url=address, _env_file=None)


def test_proxies_are_named_by_address_or_network() -> None:
    settings = Settings(trusted_proxies="10.0.0.1, 172.18.0.0/16", _env_file=None)  # type: ignore[arg-type]
    assert settings.trusted_proxies == ("10.0.0.1", "172.18.0.0/16")
    with pytest.raises(ValidationError, match="caddy"):
        Settings(trusted_proxies="caddy", _env_file=None)  # type: ignore[arg-type]


def test_a_name_is_known_to_the_sign_in_that_was_told_it_while_a_page_is_open() -> None:
    given = Given()
    file, deferred = "ab" * 28 + ".csv", "0123456789abcdef" * 2
    given.opened("amina")
    given.opened("amina")
    given.opened("joe")
    given.tell("amina", b"\x0a\x10/media/" + file.encode() + b"\x12\x20" + deferred.encode())
    assert given.has("amina", file)
    assert given.has("amina", deferred)
    assert not given.has("joe", file)
    assert not given.has("nobody", file)
    given.closed("amina")
    assert given.has("amina", file)
    given.closed("amina")
    assert not given.has("amina", file)
    given.closed("joe")
    assert (given.names, given.pages) == ({}, {})


@pytest.mark.parametrize(
    ("asked_for", "leads_to"),
    [
        ("/hotspots?category=asb", "/hotspots?category=asb"),
        ("", "/"),
        ("hotspots", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("////evil.example/", "/"),
        ("/\\/evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/sign-in?next=/sign-in", "/"),
        ("/sign-out", "/"),
        ("/" + "a" * 5000, "/"),
    ],
)
def test_signing_in_leads_to_pages_of_this_app_alone(asked_for: str, leads_to: str) -> None:
    assert way_back(asked_for) == leads_to


def test_the_sign_in_page_leads_back_to_the_page_that_was_asked_for() -> None:
    assert way_to("/", "") == "/sign-in"
    assert way_to("/hotspots", "category=asb&x=1") == (
        "/sign-in?next=%2Fhotspots%3Fcategory%3Dasb%26x%3D1"
    )
