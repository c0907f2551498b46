"""Ward figures published, revised or withdrawn on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from data.settings import settings
from geo.counting import counted
from models.calendar.quarters import quarter_from
from models.tasking.ward_priorities import check_reason
from pages.command_line.terminal import actor, say

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.actor import Actor

app = typer.Typer()


@app.command("ward-figures")
def ward_figures(
    revise: Annotated[
        str | None,
        typer.Option(
            help="A published quarter to count again, once, with --why. It is named by the "
            "financial year and its quarter: 2026-Q1 is April to June 2026."
        ),
    ] = None,
    withdraw: Annotated[
        str | None, typer.Option(help="A published quarter to take out of sight, with --why.")
    ] = None,
    why: Annotated[str, typer.Option(help="Why; residents read why figures were revised.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking first.")] = False,
) -> None:
    """Publish the ward panel's figures of every quarter that is due; or revise or withdraw one."""
    from data.incidents.store import Store

    if revise is not None and withdraw is not None:
        message = "Two things were asked for. Give --revise or --withdraw, not both."
        raise typer.BadParameter(message)
    if why and revise is None and withdraw is None:
        message = "Nothing was named for --why. Give --revise or --withdraw with a quarter."
        raise typer.BadParameter(message)
    store, acting = Store.open(settings()), actor()
    if revise is not None:
        _revise(store, acting, revise, why=why, yes=yes)
    elif withdraw is not None:
        _withdraw(store, acting, withdraw, why=why, yes=yes)
    else:
        _publish(store, acting, yes=yes)


def _publish(store: Store, acting: Actor, *, yes: bool) -> None:
    from data.services.ward_panel.population import check_home
    from data.services.ward_panel.publishing import before_publishing, publish_quarters, waiting

    check_home(store)
    held = waiting(store, acting.ops, now=acting.now)
    due = [each.quarter for each in held if not each.why_not]
    if due:
        for sentence in before_publishing(store):
            say(sentence)
        for quarter in due:
            say(f"To be published: {quarter}.")
        many = f"{counted(len(due), 'quarter')}" if len(due) > 1 else str(due[0])
        _confirm(f"Publish {many} for good?", yes=yes)
        publish_quarters(store, acting, due)
        for quarter in due:
            say(f"Published: {quarter}.")
    else:
        say("No quarter is due.")
    for each in held:
        if each.why_not:
            say(f"Not published: {each.quarter}: {each.why_not}.")


def _revise(store: Store, acting: Actor, key: str, *, why: str, yes: bool) -> None:
    from data.operations.wards.revisions import check_revision
    from data.services.ward_panel.population import check_home
    from data.services.ward_panel.publishing import revise_quarter, series_of

    quarter = quarter_from(key)
    check_reason(why, what="revision")
    check_home(store)
    check_revision(acting, quarter, series=series_of(store))
    _confirm(
        f"Revise {quarter}? Every figure is drawn again, and a quarter is revised once.", yes=yes
    )
    revise_quarter(store, acting, quarter, why=why)
    say(f"Revised: {quarter}.")


def _withdraw(store: Store, acting: Actor, key: str, *, why: str, yes: bool) -> None:
    from data.operations.wards.releases import NotPublishedError, released
    from data.services.ward_panel.publishing import series_of, withdraw_quarter

    quarter = quarter_from(key)
    check_reason(why, what="withdrawal")
    if (quarter, True) not in released(acting.ops, series=series_of(store)):
        raise NotPublishedError(quarter)
    _confirm(f"Withdraw {quarter} for good?", yes=yes)
    withdraw_quarter(store, acting, quarter, why=why)
    say(f"Withdrawn: {quarter}.")


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True)
