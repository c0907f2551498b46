"""The product with accounts as its visitors meet it: over http and a raw websocket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import httpx
from sqlalchemy import select

from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import end_sign_in, sign_in
from data.operations.accounts.tables import SignInRow
from data.operations.accounts.users import (
    account_of,
    add_account,
    change_account,
    set_password,
)
from tests.moment import NOW
from tests.web_client import Tab, was_led_out

if TYPE_CHECKING:
    from data.access import Role
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from tests.served import Server

PASSWORD = "lantern copper walnut"
COOKIE = "hotspots_sign_in"
NAMES = count(1)


@dataclass(frozen=True)
class Served:
    """The product with accounts on a copy of the demo, and its operations store."""

    server: Server
    ops: Operations
    keeper: Actor

    def member(self, role: Role) -> str:
        """Make an account and return its name."""
        name = f"Person {next(NAMES)}"
        add_account(self.keeper, name=name, role=role, password=PASSWORD)
        return name

    def token(self, name: str) -> str:
        return sign_in(self.ops, name=name, password=PASSWORD, now=NOW)

    def end(self, state: str, *, name: str, token: str) -> None:
        """Bring a sign-in into a state."""
        account = account_of(self.ops, name)
        if state == "closed":
            change_account(
                self.keeper,
                account.user_id,
                role=account.role,
                active=False,
                version=account.version,
            )
        elif state == "demoted":
            change_account(
                self.keeper, account.user_id, role="panel", active=True, version=account.version
            )
        elif state == "new password":
            set_password(self.keeper, account.user_id, password="harbour velvet moss")
        elif state == "signed out elsewhere":
            end_sign_in(self.keeper, token_hash(token))
        else:
            with self.keeper.session() as session:
                row = session.scalars(
                    select(SignInRow).where(SignInRow.token == token_hash(token))
                ).one()
                row.expires_at = NOW - timedelta(seconds=1)

    def http(self, token: str | None, **headers: str) -> httpx.Client:
        """A browser's requests, with its cookie and the origin of its page."""
        sent = {"Origin": self.server.url, **headers}
        kept = {COOKIE: token} if token is not None else {}
        return httpx.Client(
            base_url=self.server.url, headers=sent, cookies=kept, timeout=120, trust_env=False
        )


@dataclass
class OpenPage:
    """A page that was drawn for somebody whose sign-in stood, and all that it was told."""

    tab: Tab
    name: str
    token: str


def opened(served: Served, *, role: Role, page: str, query: str = "") -> OpenPage:
    name = served.member(role)
    token = served.token(name)
    tab = Tab.open(served.server.url, token=token)
    tab.run(page, query=query)
    return OpenPage(tab, name, token)


def make_account(page: OpenPage, name: str) -> bool:
    """Press the button that makes an account; tell whether the page was led out instead."""
    tab = page.tab
    texts = {
        tab.box("Name"): name,
        tab.box("Role of the account"): "Officer",
        tab.box("Password"): PASSWORD,
    }
    return was_led_out(
        tab.run("administration", press=tab.button("Create the account"), texts=texts)
    )
