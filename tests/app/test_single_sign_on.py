"""Single sign-on from the sign-in page to the service and back, over http, faults included."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from data.access import Person
from data.operations.accounts.users import Account, accounts, add_account, change_account
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.database import Operations
from data.settings import Settings
from tests.moment import NOW
from tests.served import Server, Servers
from tests.sign_in_service import LONG_AGO, SECRET, SignInService, running_service
from tests.web_client import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "lantern copper walnut"
ADMIN = Person("Root", "administrator")
ROLES = "Hotspot admins=administrator;CN=Officers,OU=Safer=officer;East=panel:E05009317;West=panel"
OFFICERS = "CN=Officers,OU=Safer"
FAR_OFF = 4_102_444_800
UNTRUSTED = "answer cannot be trusted"


@pytest.fixture(scope="module")
def service() -> Iterator[SignInService]:
    with running_service() as running:
        yield running


@pytest.fixture(autouse=True)
def honest(request: pytest.FixtureRequest) -> None:
    """The service begins each test as one that tells the truth."""
    if "service" in request.fixturenames:
        running: SignInService = request.getfixturevalue("service")
        running.claims, running.expires, running.signed_by = {}, FAR_OFF, None
        running.algorithm = "RS256"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("single") / "var"
    ops = Operations.open(Settings(store=store, _env_file=None))
    add_account(Actor(ops, ADMIN, NOW), name="Root", role="administrator", password=PASSWORD)
    ops.close()
    return store


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    running = Servers(tmp_path_factory)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(service: SignInService, store: Path, servers: Servers) -> Server:
    return servers.app(store, environment=told_of(service.address))


@pytest.fixture
def ops(store: Path) -> Iterator[Operations]:
    opened = Operations.open(Settings(store=store, _env_file=None))
    yield opened
    opened.close()


def told_of(address: str) -> dict[str, str]:
    return {
        "HOTSPOT_SSO_METADATA_URL": f"{address}/.well-known/openid-configuration",
        "HOTSPOT_SSO_CLIENT_ID": "hotspots",
        "HOTSPOT_SSO_CLIENT_SECRET": SECRET,
        "HOTSPOT_SSO_ROLES": ROLES,
    }


@contextmanager
def browser(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=120) as client:
        yield client


def followed(client: httpx.Client, answer: httpx.Response, *, to: str) -> httpx.Response:
    """Follow an answer until it leads to an address that begins so, which is not asked for."""
    while answer.is_redirect:
        address = urljoin(str(answer.url), answer.headers["location"])
        if urlsplit(address).path == to:
            answer.headers["location"] = address
            return answer
        answer = client.get(address)
    return answer


def came_back(client: httpx.Client, *, page: str = "/board") -> str:
    """Go to the service and return the address that it sends the browser back to."""
    begun = client.get("/sign-in/single", params={"next": page})
    return followed(client, begun, to="/oauth2callback").headers["location"]


def signed_in(server: Server) -> httpx.Client:
    client = httpx.Client(base_url=server.url, timeout=120)
    answer = client.get(came_back(client))
    assert (answer.status_code, answer.headers.get("location")) == (303, "/board"), answer.text
    return client


def named(ops: Operations, name: str) -> Account:
    return next(each for each in accounts(ops) if each.name == name)


def test_the_sign_in_page_leads_to_the_service_and_asks_with_pkce_state_and_nonce(
    server: Server,
) -> None:
    with browser(server) as client:
        page = client.get("/sign-in", params={"next": "/board"}).text
        assert 'href="/sign-in/single?next=%2Fboard"' in page
        assert "Sign in with your council account" in page
        asked = parse_qs(urlsplit(client.get("/sign-in/single").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid profile"]
    assert asked["redirect_uri"] == [f"{server.url}/oauth2callback"]
    assert all(asked[each] for each in ("state", "nonce", "code_challenge"))


def test_an_account_is_made_at_the_first_sign_in_and_its_role_is_that_of_its_groups_each_time(
    server: Server, service: SignInService, ops: Operations
) -> None:
    service.claims = {"sub": "a1", "name": "Joe Webb", "groups": [OFFICERS, "Other"]}
    first = signed_in(server)
    joe = named(ops, "Joe Webb")
    assert (joe.role, joe.single_sign_on, joe.active) == ("officer", True, True)
    newest = trail(ops, person=ADMIN, table="users", newest=1).iloc[0]
    assert (newest["Who"], newest["Role"]) == ("Joe Webb", "officer")

    service.claims |= {"name": "Joseph Webb", "groups": ["East"]}
    second = signed_in(server)
    again = named(ops, "Joe Webb")
    assert (again.user_id, again.role, again.wards) == (joe.user_id, "panel", ("E05009317",))
    front = {"headers": {"accept": "text/html"}}
    assert first.get("/", **front).status_code == 303  # what it was signed in as is over
    assert second.get("/", **front).status_code == 200
    with open_tab(server, second) as tab:
        tab.run("your-account")
        assert "with the role Ward panel" in tab.text()
        assert "single sign" in tab.text()
    first.close()
    second.close()


@contextmanager
def open_tab(server: Server, client: httpx.Client) -> Iterator[Tab]:
    tab = Tab.open(server.url, token=client.cookies["hotspots_sign_in"])
    yield tab
    tab.close()


def test_an_account_is_the_directorys_subject_and_never_a_name(
    server: Server, service: SignInService, ops: Operations
) -> None:
    service.claims = {"sub": "b1", "name": "Root", "groups": ["Hotspot admins"]}
    signed_in(server).close()
    service.claims |= {"sub": "b2"}
    signed_in(server).close()
    made = [each for each in accounts(ops) if each.name.startswith("Root")]
    assert len(made) == 3
    assert [each.single_sign_on for each in made].count(False) == 1
    assert {each.role for each in made} == {"administrator"}


def test_who_is_in_no_group_with_a_role_is_refused_and_the_account_is_signed_out(
    server: Server, service: SignInService, ops: Operations
) -> None:
    service.claims = {"sub": "c1", "name": "Gone Soon", "groups": ["West"]}
    earlier = signed_in(server)
    for groups in ([], ["officers"], "nobody", None, {"a": 1}):
        service.claims |= {"groups": groups}
        with browser(server) as client:
            answer = client.get(came_back(client))
        assert answer.status_code == 401
        assert "You are in no group that may use Hotspot Tasking" in answer.text
        assert "hotspots_sign_in" not in client.cookies
    assert earlier.get("/", headers={"accept": "text/html"}).status_code == 303
    earlier.close()
    newest = trail(ops, person=ADMIN, table="single_sign_on", newest=1).iloc[0]
    assert (newest["Who"], newest["Role"]) == ("nobody (failed sign-in)", "none")
    service.claims |= {"sub": "never seen"}
    with browser(server) as client:
        client.get(came_back(client))
    assert "Gone Soon" in {each.name for each in accounts(ops)}
    assert len([each for each in accounts(ops) if each.name.startswith("Gone Soon")]) == 1


def test_a_closed_account_stays_closed(
    server: Server, service: SignInService, ops: Operations
) -> None:
    service.claims = {"sub": "d1", "name": "Sam Oduya", "groups": [OFFICERS]}
    signed_in(server).close()
    sam = named(ops, "Sam Oduya")
    change_account(
        Actor(ops, ADMIN, NOW), sam.user_id, role="officer", active=False, version=sam.version
    )
    with browser(server) as client:
        assert "Your account here is closed" in client.get(came_back(client)).text
    assert not named(ops, "Sam Oduya").active


@pytest.mark.parametrize(
    ("claims", "expires", "other_key"),
    [
        ({"aud": "another app"}, FAR_OFF, False),
        ({"aud": None}, FAR_OFF, False),
        ({"iss": "http://elsewhere.example"}, FAR_OFF, False),
        ({"nonce": "of another sign-in"}, FAR_OFF, False),
        ({"nonce": None}, FAR_OFF, False),
        ({}, LONG_AGO, False),
        ({"exp": None}, FAR_OFF, False),
        ({}, FAR_OFF, True),
        ({"sub": None}, FAR_OFF, False),
    ],
    ids=[
        "audience", "no audience", "issuer", "nonce", "no nonce", "expired", "no end", "key",
        "no subject",
    ],
)  # fmt: skip
def test_an_answer_that_is_not_for_this_sign_in_signs_nobody_in(
    server: Server,
    service: SignInService,
    ops: Operations,
    claims: dict[str, Any],
    expires: int,
    other_key: bool,
) -> None:
    before = accounts(ops)
    service.claims = {"sub": "e1", "name": "Eve", "groups": ["Hotspot admins"], **claims}
    service.expires = expires
    service.signed_by = RSAKey.generate_key(2048, {"kid": "one"}) if other_key else None
    with browser(server) as client:
        answer = client.get(came_back(client))
        assert "hotspots_sign_in" not in client.cookies
    assert answer.status_code == 401
    assert UNTRUSTED in answer.text
    assert accounts(ops) == before


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_answer_that_the_service_did_not_sign_with_its_key_signs_nobody_in(
    server: Server, service: SignInService, algorithm: str
) -> None:
    """Though the service's own description lists both."""
    service.claims = {"sub": "e2", "name": "Eve", "groups": ["Hotspot admins"]}
    service.algorithm = algorithm
    with browser(server) as client:
        answer = client.get(came_back(client))
        assert "hotspots_sign_in" not in client.cookies
    assert (answer.status_code, UNTRUSTED in answer.text) == (401, True)


def test_an_answer_is_good_once_and_in_the_browser_that_asked(
    server: Server, service: SignInService
) -> None:
    service.claims = {"sub": "f1", "name": "Fay", "groups": [OFFICERS]}
    with browser(server) as victim, browser(server) as attacker:
        back = came_back(attacker)
        stolen = victim.get(back)  # somebody is made to open an attacker's answer
        assert stolen.status_code == 401
        assert "begun in another browser" in stolen.text
        assert attacker.get(back).status_code == 303
        attacker.cookies.delete("hotspots_sign_in")
        replayed = attacker.get(back)
        assert replayed.status_code == 401
        assert "begun in another browser" in replayed.text
        other = came_back(attacker)
        crossed = came_back(attacker).replace("state=", "state=x")
        assert UNTRUSTED in attacker.get(crossed).text
        assert "begun in another browser" in attacker.get(other).text


def test_signing_out_ends_the_sign_in_here_and_leads_to_the_services_own_way_out(
    server: Server, service: SignInService
) -> None:
    service.claims = {"sub": "g1", "name": "Gil", "groups": [OFFICERS]}
    client = signed_in(server)
    token = client.cookies["hotspots_sign_in"]
    out = client.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
    address = urlsplit(out.headers["location"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{service.address}/end"
    assert asked["post_logout_redirect_uri"] == [f"{server.url}/sign-in?ended"]
    assert asked["id_token_hint"]
    client.cookies.set("hotspots_sign_in", token)
    assert client.get("/", headers={"accept": "text/html"}).status_code == 303
    client.close()


def test_passwords_go_on_working_next_to_it_and_sign_out_here_alone(server: Server) -> None:
    with browser(server) as client:
        typed = {"name": "Root", "password": PASSWORD}
        answer = client.post("/sign-in", data=typed, headers={"origin": server.url})
        assert answer.status_code == 303
        out = client.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert out.headers["location"] == "/sign-in?ended"


def test_a_service_that_is_down_or_refuses_is_a_sentence(
    store: Path, servers: Servers, server: Server
) -> None:
    nowhere = servers.app(store, environment=told_of("http://127.0.0.1:1"))
    with browser(nowhere) as client:
        answer = client.get("/sign-in/single")
        assert answer.status_code == 401
        assert "The sign-in service does not answer" in answer.text
    with browser(server) as client:
        refused = came_back(client).partition("?")[0] + "?error=access_denied&state=x"
        answer = client.get(refused)
    assert "The sign-in service did not sign you in" in answer.text


def test_a_provider_that_is_not_ours_signs_somebody_in_and_out(
    tmp_path: Path, servers: Servers
) -> None:
    """Against oidc-provider-mock, which was written by somebody else."""
    store = tmp_path / "var"
    ops = Operations.open(Settings(store=store, _env_file=None))
    add_account(Actor(ops, ADMIN, NOW), name="Root", role="administrator", password=PASSWORD)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    amina = {"sub": "amina", "name": "Amina Rahman", "groups": ["West", OFFICERS]}
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--user-claims", json.dumps(amina)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        server = servers.app(store, environment=told_of(f"http://127.0.0.1:{port}"))
        with browser(server) as client:
            asked = client.get("/sign-in/single").headers["location"]
            answer = client.post(asked, data={"sub": "amina"})
            answer = client.get(answer.headers["location"])
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert named(ops, "Amina Rahman").role == "officer"
            out = client.get("/sign-out", headers={"sec-fetch-site": "same-origin"})
            assert out.headers["location"].startswith(f"http://127.0.0.1:{port}/")
            assert client.get(out.headers["location"]).status_code == 200
    finally:
        process.terminate()
        process.wait(timeout=30)
        ops.close()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(transport=transport, timeout=5) as client:
        for _ in range(600):
            assert process.poll() is None
            try:
                client.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
            except httpx.TransportError:
                try:
                    process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    continue
            return
    pytest.fail("the provider did not start")
