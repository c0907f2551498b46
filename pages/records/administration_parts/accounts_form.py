"""Accounts on the page Administration: the list, a new one, another role, a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.access import ROLE_LABELS, ROLES
from data.operations.accounts import users
from geo.errors import PlainError
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.access import Person
    from data.operations.accounts.users import Account
    from data.operations.database import Operations

_SAID: Final = "accounts_said"
_FAILED: Final = "accounts_failed"


def draw(ops: Operations, *, who: Person) -> None:
    """Draw the accounts; the first makes everybody sign in from then on."""
    st.header("Accounts")
    kept = users.accounts(ops)
    if said := state.take(_SAID):
        st.success(plain(said))
    if failed := state.take(_FAILED):
        st.error(plain(failed))
    if not kept:
        st.warning(
            plain(
                "There are no accounts: anybody who reaches this address can see and change "
                f"everything. Changes are recorded under {who.name}. Create the first account "
                "before others can reach the app. From then on everybody signs in."
            )
        )
    else:
        _listed(kept)
    left, right = st.columns(2)
    with left:
        _new(first=not kept)
    if kept:
        with right:
            _changed(kept)


def _listed(accounts: list[Account]) -> None:
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Name": each.name,
                    "Role": ROLE_LABELS[each.role],
                    "Open": "yes" if each.active else "closed",
                    "Made": local_time(each.made_at),
                }
                for each in accounts
            ]
        ),
        hide_index=True,
        alt="Accounts by name",
        column_config={"Made": st.column_config.DatetimeColumn(format="D MMM YYYY")},
    )
    st.caption(
        "An officer can see and change everything except accounts. A ward panel sees only the "
        "pages Ward panel and Methods and limits; its figures have been through disclosure control."
    )


def _new(*, first: bool) -> None:
    with st.form("new account", clear_on_submit=True):
        st.markdown("**New account**")
        st.text_input("Name", key="account_name", autocomplete="off")
        roles = ["administrator"] if first else list(ROLES)
        st.selectbox(
            "Role of the account",
            roles,
            key="account_role",
            format_func=lambda r: ROLE_LABELS[r],
        )
        st.text_input(
            f"Password, at least {users.SHORTEST_PASSWORD} characters",
            type="password",
            key="account_password",
            autocomplete="new-password",
        )
        st.form_submit_button("Create the account", on_click=_make)


def _make() -> None:
    name = state.value("account_name", "")
    _tell(
        lambda: users.add_account(
            actor(),
            name=name,
            role=state.value("account_role"),
            password=state.take("account_password") or "",
        ),
        done=f"The account {name} is created.",
    )


def _changed(accounts: list[Account]) -> None:
    named = {each.name: each for each in accounts}
    chosen = named[st.selectbox("Account to change", list(named))]
    key = f"{chosen.user_id}_{chosen.version}"  # another version begins a new form
    with st.form(f"change {chosen.user_id} {chosen.version}"):
        st.selectbox(
            "New role",
            ROLES,
            index=ROLES.index(chosen.role),
            format_func=lambda r: ROLE_LABELS[r],
            key=f"account_role_{key}",
        )
        st.checkbox("Open: may sign in", value=chosen.active, key=f"account_open_{key}")
        st.text_input(
            "New password; leave empty to keep the old one",
            type="password",
            autocomplete="new-password",
            key=f"account_password_{key}",
        )
        st.form_submit_button("Change the account", on_click=_change, args=(chosen, key))


def _change(account: Account, key: str) -> None:
    """Change an account in the version that its form was drawn with."""
    _tell(
        lambda: _changed_account(
            account,
            role=state.value(f"account_role_{key}"),
            active=bool(state.value(f"account_open_{key}")),
            password=state.take(f"account_password_{key}") or "",
        ),
        done=f"The account {account.name} is changed.",
    )


def _changed_account(account: Account, *, role: str, active: bool, password: str) -> None:
    acting, version = actor(), account.version
    # Asked once: changing one's own account ends one's own sign-in.
    if (role, active) != (account.role, account.active):
        version = users.change_account(
            acting,
            account.user_id,
            role=next(each for each in ROLES if each == role),
            active=active,
            version=version,
        ).version
    if password:
        users.set_password(acting, account.user_id, password=password, version=version)


def _tell(act: Callable[[], object], *, done: str) -> None:
    """Do something and keep what is to be said of it for after the page is drawn again."""
    try:
        act()
    except PlainError as problem:
        state.put(_FAILED, str(problem))
    else:
        state.put(_SAID, done)
