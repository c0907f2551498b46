"""Accounts: who may sign in to the app, and as what."""

from __future__ import annotations

from typing import Annotated

import typer

from pages.command_line.terminal import (
    actor,
    operations,
    say,
)

app = typer.Typer(help="Accounts: who may sign in to the app, and as what.", no_args_is_help=True)


@app.command("list")
def list_users() -> None:
    """List the accounts."""
    from data.access import ROLE_LABELS
    from data.operations.accounts.users import accounts

    kept = accounts(operations())
    for each in kept:
        closed = "" if each.active else ", closed"
        say(f"{each.name}: {ROLE_LABELS[each.role]}{closed}")
    if not kept:
        say("There are no accounts: anybody who reaches the app can see and change everything.")


@app.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Name to sign in with.", show_default=False)],
    role: Annotated[
        str, typer.Option(help="officer, administrator or panel; the first is an administrator.")
    ] = "officer",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Create an account; once the first exists, everybody signs in."""
    from data.access import read_role
    from data.operations.accounts.users import add_account

    made = add_account(actor(), name=name, role=read_role(role), password=password)
    say(f"The account {made.name} is created.")


@app.command("password")
def new_password(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Set a new password; whoever is signed in by the old one is signed out."""
    from data.operations.accounts.users import account_of, set_password

    acting = actor()
    account = account_of(acting.ops, name)
    set_password(acting, account.user_id, password=password)
    say(f"{account.name} has a new password.")


@app.command("close")
def close_user(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
) -> None:
    """Close an account: it can sign in no more; what it did stays on record."""
    from data.operations.accounts.users import account_of, change_account

    acting = actor()
    account = account_of(acting.ops, name)
    change_account(
        acting, account.user_id, role=account.role, active=False, version=account.version
    )
    say(f"The account {account.name} is closed.")
