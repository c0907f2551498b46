"""Who is using the app: the name that goes into the audit trail, and what they may see.

Without accounts it is an administrator, named after the account of the computer that runs the app.
With accounts everybody signs in: the sign-in form stands in the place of every page. The browser
keeps the sign-in in a cookie, so that a link on a printed sheet or a reload on a phone needs no new
one; it holds a random token and ends with the sign-in.
"""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from data.access import ROLE_LABELS, Person, computer_account
from data.operations.accounts import users
from data.operations.accounts.users import SIGNED_IN_FOR, SignInError
from data.operations.actor import Actor
from geo.errors import PlainError
from pages.shell import state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.queries_operations import now, operations

COOKIE: Final = "hotspots_sign_in"
_HELD: Final = "sign_in"
_ENDED: Final = "signed_out"
_PROBLEM: Final = "sign_in_problem"


class SignedOutError(PlainError, LookupError):
    """Something was to be changed after the sign-in had ended."""

    def __init__(self) -> None:
        super().__init__("Your sign-in has ended, so nothing was changed. Sign in and do it again.")


def person() -> Person:
    """Return who is using the app; the front door has seen to it that there is somebody."""
    found = signed_in()
    if found is None:
        st.stop()
    return found


def signed_in() -> Person | None:
    """Return who is using the app; None where somebody has to sign in."""
    with errors_as_messages(PlainError):
        ops = operations()
        if not users.accounts_exist(ops):
            return Person(name=computer_account(), role="administrator")
        token = _token()
        return users.signed_in(ops, token, now=now()) if token else None


def actor() -> Actor:
    """Return who changes something now, and on which store: asked again at each change.

    Raises
    ------
    SignedOutError
        If the sign-in has ended since the page was drawn.
    """
    who = signed_in()
    if who is None:
        raise SignedOutError
    return Actor(operations(), who, now())


def draw(who: Person) -> None:
    """Say in the sidebar who is signed in, with the way out."""
    if _token():
        st.caption(plain(f"Signed in as {who.name} ({ROLE_LABELS[who.role]})"))
        st.button("Sign out", on_click=_sign_out, args=(who,), width="stretch")
        _remember(_token())


def _token() -> str:
    """Return the session's token, or the one that the browser came with."""
    return str(
        state.value(_HELD) or ("" if state.value(_ENDED) else st.context.cookies.get(COOKIE, ""))
    )


def form() -> None:
    """Draw the sign-in form in the place of a page."""
    st.title("Sign in")
    if state.value(_ENDED):
        _remember("")
        st.success("You are signed out.")
    with st.form("sign in"):
        st.text_input("Name", key="sign_in_name", autocomplete="username")
        st.text_input(
            "Password", type="password", key="sign_in_password", autocomplete="current-password"
        )
        st.form_submit_button("Sign in", type="primary", on_click=_sign_in)
    if problem := state.take(_PROBLEM):
        st.error(plain(problem))
    st.caption("An administrator creates accounts and sets new passwords.")


def _sign_in() -> None:
    name, password = state.value("sign_in_name", ""), state.take("sign_in_password") or ""
    try:
        token = users.sign_in(operations(), name=name, password=password, now=now())
    except SignInError as problem:
        state.put(_PROBLEM, str(problem))
    else:
        state.put(_HELD, token)
        state.take(_ENDED)


def _sign_out(who: Person) -> None:
    users.sign_out(Actor(operations(), who, now()), _token())
    state.take(_HELD)
    state.put(_ENDED, value=True)


def _remember(token: str) -> None:
    """Let the browser keep a token, or forget it; for this address alone and no other site."""
    seconds = int(SIGNED_IN_FOR.total_seconds()) if token else 0
    kept = json.dumps(f"{COOKIE}={token}; Max-Age={seconds}; Path=/; SameSite=Strict")
    st.html(
        f"<script>document.cookie = {kept} + (location.protocol === 'https:' ? '; Secure' : '')"
        "</script>",
        unsafe_allow_javascript=True,
    )
