"""Your account: what opens first, one's team, and another password; for every role."""

from __future__ import annotations

from typing import Final

import streamlit as st

from data.access import ROLE_LABELS
from data.operations.accounts.sign_ins import change_own_password
from data.operations.accounts.single_sign_on import is_single_sign_on
from data.operations.accounts.standing import WITHOUT_ACCOUNTS
from data.settings import settings
from geo.errors import PlainError
from models.accounts.passwords import SHORTEST_PASSWORD
from pages.help.your_account_parts import own_choices
from pages.shell import state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import actor, origin, person, sign_in

_PRESENT, _NEW, _AGAIN = "own_password", "own_password_new", "own_password_again"
_DONE, _FAILED = "own_password_done", "own_password_failed"
_CHANGED: Final = (
    "Your password is changed. You stay signed in here, and are signed out everywhere else."
)


def _change() -> None:
    present, new, again = (state.take(key) or "" for key in (_PRESENT, _NEW, _AGAIN))
    if new != again:
        state.put(_FAILED, "The new password was not typed the same twice. Nothing was changed.")
        return
    try:
        change_own_password(
            actor(),
            sign_in().key,
            present=present,
            new=new,
            borough=settings().borough_name,
            origin=origin(),
        )
    except PlainError as problem:
        state.put(_FAILED, str(problem))
    else:
        state.put(_DONE, value=True)


who = person()
with errors_as_messages(PlainError):
    own_choices.draw()
st.header("Signing in", anchor=False)
if sign_in().key == WITHOUT_ACCOUNTS:
    st.info(
        "There are no accounts, so nobody signs in. Create the first one on Administration before "
        "others can reach this address."
    )
    st.stop()
st.write(plain(f"You are signed in as {who.name}, with the role {ROLE_LABELS[who.role]}."))
if is_single_sign_on(sign_in().ops, sign_in().key):
    st.info(
        "You sign in by single sign-on, so there is no password of yours here. Your role and wards "
        "are those of your groups, worked out again each time you sign in."
    )
    st.stop()
if state.take(_DONE):
    st.success(_CHANGED)
if failed := state.take(_FAILED):
    st.error(plain(failed))
st.header("Change your password", anchor=False)
with st.form("own password"):
    st.text_input(
        "Present password", type="password", key=_PRESENT, autocomplete="current-password"
    )
    st.text_input(
        f"New password, at least {SHORTEST_PASSWORD} characters",
        type="password",
        key=_NEW,
        autocomplete="new-password",
    )
    st.text_input(
        "New password once more", type="password", key=_AGAIN, autocomplete="new-password"
    )
    st.form_submit_button("Change the password", on_click=_change)
st.caption(
    "Three or four words that have nothing to do with each other are easy to remember and hard to "
    "guess. Signs and figures are not required, and a password does not expire."
)
