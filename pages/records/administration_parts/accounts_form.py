"""Accounts on the page Administration: the list, a new one, another role, a new password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.access import ROLE_LABELS, ROLES
from data.operations.accounts import users
from data.services.panel_wards import checked_ward_codes
from data.settings import settings
from geo.errors import PlainError
from models.accounts.names import name_remarks
from models.accounts.passwords import SHORTEST_PASSWORD
from pages.shell import saving, state
from pages.shell.messages import plain
from pages.shell.person import actor
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.access import Person
    from data.operations.accounts.users import Account
    from data.operations.database import Operations
    from pages.shell.saving import Typed

_SAID: Final = "accounts_said"
_FAILED: Final = "accounts_failed"
_SECRET_BOX: Final = "account_password"  # noqa: S105 - the key of a box
_WARDS: Final = "Wards of a ward panel's account: codes with commas; leave empty for all"


def draw(ops: Operations, *, who: Person) -> None:
    """Draw the accounts; the first makes everybody sign in from then on."""
    st.header("Accounts")
    kept = users.accounts(ops)
    saving.outcome()
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
    remarks = name_remarks([each.name for each in accounts])
    if remarks:
        st.warning(
            "Names that are hard to tell apart, or contain what cannot be seen: see the remarks. "
            "Create accounts with other names and close these."
        )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Name": each.name,
                    "Role": ROLE_LABELS[each.role],
                    "Wards": "all" if each.wards is None else ", ".join(each.wards),
                    "Signs in by": "single sign-on" if each.single_sign_on else "password",
                    "Open": "yes" if each.active else "closed",
                    "Made": local_time(each.made_at),
                    **({"Remark": remarks.get(each.name, "")} if remarks else {}),
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
        "pages Ward panel, Methods and limits and Your account; its figures have been through "
        "disclosure control."
    )


def _new(*, first: bool) -> None:
    form = saving.form(
        "new account", name="account_name", role="account_role", wards="account_wards"
    )
    with form.drawn():
        st.markdown("**New account**")
        st.text_input("Name", form.start("name"), key=form.key("name"), autocomplete="off")
        st.selectbox(
            "Role of the account",
            ["administrator"] if first else list(ROLES),
            key=form.key("role"),
            format_func=lambda r: ROLE_LABELS[r],
        )
        st.text_input(
            f"Password, at least {SHORTEST_PASSWORD} characters",
            type="password",
            key=form.in_turn(_SECRET_BOX),
            autocomplete="new-password",
        )
        st.text_input(_WARDS, form.start("wards"), key=form.key("wards"), autocomplete="off")
        form.button("Create the account", partial(_make, form.in_turn(_SECRET_BOX)))


def _make(password: str, typed: Typed) -> str:
    """Make an account; the password stays in its box alone, and is kept nowhere else."""
    acting = actor()
    users.add_account(
        acting,
        name=typed["name"] or "",
        role=typed["role"],
        password=state.value(password) or "",
        borough=settings().borough_name,
        wards=checked_ward_codes(
            acting.ops, (typed["wards"] or "").split(","), settings=settings()
        ),
    )
    return f"The account {typed['name']} is created."


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
            _WARDS,
            value=", ".join(chosen.wards or ()),
            key=f"account_wards_{key}",
            autocomplete="off",
        )
        if chosen.single_sign_on:
            st.caption(
                "This account signs in by single sign-on: role and wards are those of its groups, "
                "worked out again at each sign-in."
            )
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
            wards=state.value(f"account_wards_{key}", "").split(","),
        ),
        done=f"The account {account.name} is changed.",
    )


def _changed_account(
    account: Account, *, role: str, active: bool, password: str, wards: list[str]
) -> None:
    acting, version, tied = actor(), account.version, account.wards or ()
    codes = checked_ward_codes(acting.ops, wards, settings=settings(), kept=tied)
    # Asked once: changing one's own account ends one's own sign-in.
    if (role, active, codes) != (account.role, account.active, tied):
        version = users.change_account(
            acting,
            account.user_id,
            role=next(each for each in ROLES if each == role),
            active=active,
            version=version,
            wards=codes,
        ).version
    if password:
        users.set_password(
            acting,
            account.user_id,
            password=password,
            version=version,
            borough=settings().borough_name,
        )


def _tell(act: Callable[[], object], *, done: str) -> None:
    """Do something and keep what is to be said of it for after the page is drawn again."""
    try:
        act()
    except PlainError as problem:
        state.put(_FAILED, str(problem))
    else:
        state.put(_SAID, done)
