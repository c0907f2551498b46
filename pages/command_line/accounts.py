"""Accounts: who may sign in to the app, and as what."""

from __future__ import annotations

from typing import Annotated

import typer

from data.settings import settings
from pages.command_line.terminal import actor, operations, say

app = typer.Typer(help="Accounts: who may sign in to the app, and as what.", no_args_is_help=True)


@app.command("list")
def list_users() -> None:
    """List the accounts."""
    from data.access import ROLE_LABELS
    from data.operations.accounts.users import accounts
    from models.accounts.names import name_remarks

    kept = accounts(operations())
    remarks = name_remarks([each.name for each in kept])
    for each in kept:
        said = "" if each.active else ", closed"
        said += f", wards {', '.join(each.wards)}" if each.wards else ""
        said += ", single sign-on" if each.single_sign_on else ""
        remark = f" ({remarks[each.name]})" if each.name in remarks else ""
        say(f"{each.name}: {ROLE_LABELS[each.role]}{said}{remark}")
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
    wards: Annotated[str, typer.Option(help="Wards of a panel's account: codes with commas.")] = "",
) -> None:
    """Create an account; once the first exists, everybody signs in."""
    from data.access import read_role
    from data.operations.accounts.users import add_account
    from data.services.panel_wards import checked_ward_codes

    acting = actor()
    made = add_account(
        acting,
        name=name,
        role=read_role(role),
        password=password,
        borough=settings().borough_name,
        wards=checked_ward_codes(acting.ops, wards.split(","), settings=settings()),
    )
    say(f"The account {made.name} is created.")


@app.command("password")
def new_password(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Set a new password; whoever is signed in by the old one is out, and no failed try counts."""
    from data.operations.accounts.users import account_of, set_password

    acting = actor()
    account = account_of(acting.ops, name)
    set_password(acting, account.user_id, password=password, borough=settings().borough_name)
    say(f"{account.name} has a new password.")


@app.command("wards")
def tie_to_wards(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
    wards: Annotated[str, typer.Argument(help="Codes with commas; all wards without.")] = "",
) -> None:
    """Tie a ward panel's account to wards; whoever is signed in by it is signed out."""
    from data.operations.accounts.users import account_of, change_account
    from data.services.panel_wards import checked_ward_codes

    acting = actor()
    account = account_of(acting.ops, name)
    codes = checked_ward_codes(
        acting.ops, wards.split(","), settings=settings(), kept=account.wards or ()
    )
    changed = change_account(
        acting,
        account.user_id,
        role=account.role,
        active=account.active,
        version=account.version,
        wards=codes,
    )
    say(f"{changed.name} sees {', '.join(changed.wards) if changed.wards else 'all wards'}.")


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


@app.command("adopt")
def adopt_database(
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Take the operations database as it is for the store's own, where that was refused.

    For whoever owns the computer, after a database was lost or exchanged and no backup is wanted.
    """
    from data.operations.adopting import adopt, consequence

    says = consequence(settings())
    if says is None:
        say("The store and its operations database belong together: there is nothing to adopt.")
        return
    say(says)
    if not yes:
        typer.confirm("Go on?", abort=True)
    say(adopt(settings()))
