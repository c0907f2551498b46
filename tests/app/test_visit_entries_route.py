"""Visits that a phone has kept, at the door: who may send them, and what remains of a person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from starlette.responses import PlainTextResponse

from data.access import Person
from data.operations.accounts.sign_ins import sign_in
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.taskings.history import history
from data.operations.visits.visits import visits
from data.services.visit_entries import person_mark
from data.settings import Settings
from pages.server.door import Door
from pages.server.kept_visits import VISITS_COOKIE
from pages.server.sign_in import SignInPage
from pages.server.site import Site
from pages.server.uploads import Uploads
from pages.server.visit_entries import VISIT_ENTRIES
from pages.tasking.visit_parts.kept_script import KEPT_SCRIPT
from tests.made_taskings import made
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.access import Role

PASSWORD = "lantern copper walnut"
COOKIE = "hotspots_sign_in"
HOME = "http://localhost:8501"
KEY = "11111111-1111-4111-8111-111111111111"
ROLES: dict[str, Role] = {"Amina": "officer", "Ben": "officer", "Panel": "panel"}


class Phones:
    """Browsers at a door, behind which there is nothing but the word "inside"."""

    def __init__(self, store: Settings) -> None:
        self.ops = Operations.open(store)
        keeper = Actor(self.ops, Person("this computer", "administrator"), NOW)
        for name, role in {"Keeper": "administrator", **ROLES}.items():
            add_account(keeper, name=name, role=role, password=PASSWORD)  # type: ignore[arg-type]
        days = timedelta(days=9)
        made(keeper, status="active", starts_on=NOW.date() - days, ends_on=NOW.date() + days)
        self.tokens = {
            name: sign_in(self.ops, name=name, password=PASSWORD, now=NOW) for name in ROLES
        }
        site = Site(None)
        self.door = Door(
            PlainTextResponse("inside"),
            self.ops,
            site,
            SignInPage(self.ops, site, lambda: NOW),
            Uploads(1, 1),
            lambda: NOW,
        )

    def ask(
        self,
        path: str,
        *,
        method: str = "POST",
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **sent: Any,  # noqa: ANN401 - what httpx takes
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            way = httpx.ASGITransport(app=self.door, client=("10.0.0.7", 1))
            cookies = {COOKIE: token} if token else {}
            async with httpx.AsyncClient(transport=way, base_url=HOME, cookies=cookies) as client:
                own = {"origin": HOME, **(headers or {})}
                return await client.request(
                    method, path, headers={k: v for k, v in own.items() if v}, **sent
                )

        return anyio.run(asked)

    def entry(self, name: str = "Amina", **changes: object) -> dict[str, object]:
        at = (NOW - timedelta(minutes=5)).isoformat()
        mark = person_mark(self.ops, name)
        entry = {"key": KEY, "kind": "arrived", "at": at, "person": mark}
        return {**entry, "tasking": 1, "team": "Team 1", **changes}


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Phones]:
    made = Phones(Settings(store=tmp_path / "var", operations_url=None, _env_file=None))
    yield made
    made.ops.close()


def test_an_entry_is_logged_once_in_the_name_of_its_sender_and_answered_alike(
    phones: Phones,
) -> None:
    token = phones.tokens["Amina"]
    answers = [phones.ask(VISIT_ENTRIES, token=token, json=phones.entry()) for _ in range(3)]
    assert [each.status_code for each in answers] == [200] * 3
    assert len({each.text for each in answers}) == 1
    (visit,) = visits(phones.ops)
    assert answers[0].json() == {
        "visit": visit.visit_id,
        "tasking": 1,
        "team": "Team 1",
        "arrived": visit.arrived_at.isoformat(),
        "left": None,
    }
    assert answers[0].headers["cache-control"] == "no-store"
    assert history(phones.ops, 1)[-1].person == "Amina"


def test_who_is_not_signed_in_or_comes_from_another_site_logs_nothing(phones: Phones) -> None:
    entry, token = phones.entry(), phones.tokens["Amina"]
    assert phones.ask(VISIT_ENTRIES, json=entry).status_code == 401
    for origin in ("", "https://elsewhere.example", "null", "http://localhost:9999"):
        answer = phones.ask(VISIT_ENTRIES, token=token, json=entry, headers={"origin": origin})
        assert answer.status_code == 403
    form = {"content-type": "text/plain"}  # which a form of any site could send
    answer = phones.ask(VISIT_ENTRIES, token=token, content=json.dumps(entry), headers=form)
    assert answer.status_code == 415
    assert phones.ask(VISIT_ENTRIES, token=token, method="GET").status_code == 405
    assert visits(phones.ops) == ()


@pytest.mark.parametrize(
    ("sender", "of", "status", "reason"),
    [
        ("Ben", "Amina", 409, "logged by somebody else"),
        ("Panel", "Panel", 422, "not for the role Ward panel"),
    ],
)
def test_nobody_sends_for_another_and_a_panel_sends_nothing(
    phones: Phones, sender: str, of: str, status: int, reason: str
) -> None:
    answer = phones.ask(VISIT_ENTRIES, token=phones.tokens[sender], json=phones.entry(of))
    assert answer.status_code == status
    assert reason in answer.json()["refused"]
    assert visits(phones.ops) == ()


def test_what_is_refused_says_why(phones: Phones) -> None:
    token = phones.tokens["Amina"]
    ahead = phones.entry(at=(NOW + timedelta(hours=1)).isoformat())
    for entry, reason in (
        (ahead, "is in the future"),
        (phones.entry(tasking=99), "T-0099"),
        (phones.entry(key="1"), "it has no key"),
    ):
        answer = phones.ask(VISIT_ENTRIES, token=token, json=entry)
        assert (answer.status_code, reason in answer.json()["refused"]) == (422, True), answer.text
    long = phones.ask(VISIT_ENTRIES, token=token, json=phones.entry(note="n" * 40_000))
    assert long.status_code == 413
    assert visits(phones.ops) == ()


def cookies(of: str, sent: str, *, token: str = "") -> dict[str, str]:
    signed_in = f"{COOKIE}={token}; " if token else ""
    return {"cookie": f"{signed_in}{VISITS_COOKIE}={of}.{sent}"}


def test_a_sign_out_warns_of_visits_that_are_not_sent_and_then_leaves_nothing(
    phones: Phones,
) -> None:
    mark, token = person_mark(phones.ops, "Amina"), phones.tokens["Amina"]
    unsent = cookies(mark, "unsent", token=token)
    asked = phones.ask("/sign-out", method="GET", headers=unsent)
    assert (asked.status_code, "not sent yet" in asked.text) == (200, True)
    assert "clear-site-data" not in asked.headers
    assert phones.ask(VISIT_ENTRIES, token=token, json=phones.entry()).status_code == 200
    for query, sent in (("?unsent=lost", "unsent"), ("", "sent")):
        again = sign_in(phones.ops, name="Amina", password=PASSWORD, now=NOW)
        keeps = cookies(mark, sent, token=again)
        out = phones.ask(f"/sign-out{query}", method="GET", headers=keeps)
        assert (out.status_code, out.headers["location"]) == (303, "/sign-in?ended")
        assert out.headers["clear-site-data"] == '"cache", "storage"'
        assert f'{VISITS_COOKIE}="";' in str(out.headers.get_list("set-cookie"))
        assert phones.ask(VISIT_ENTRIES, token=again, json=phones.entry()).status_code == 401


def test_who_signs_in_after_another_person_finds_nothing_of_them(phones: Phones) -> None:
    of_amina = person_mark(phones.ops, "Amina")

    def signs_in(name: str, **keeps: str) -> httpx.Response:
        form = {"name": name, "password": PASSWORD, "next": "/visit"}
        return phones.ask("/sign-in", data=form, headers=keeps)

    other = signs_in("Ben", **cookies(of_amina, "unsent"))
    assert (other.status_code, other.headers["clear-site-data"]) == (303, '"storage"')
    same = signs_in("Amina", **cookies(of_amina, "unsent"))  # a sign-in that had ended meanwhile
    assert (same.status_code, "clear-site-data" in same.headers) == (303, False)
    assert "clear-site-data" not in signs_in("Ben").headers


def test_the_script_and_the_server_call_the_cookie_alike() -> None:
    assert f'COOKIE = "{VISITS_COOKIE}"' in KEPT_SCRIPT
    assert f'fetch("{VISIT_ENTRIES}"' in KEPT_SCRIPT
