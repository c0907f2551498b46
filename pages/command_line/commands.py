"""Every command of `hotspots`, mounted; see `cli`."""

from __future__ import annotations

import sys

import typer

from data.faults import plain_faults
from data.privacy import owner_alone
from geo.errors import PlainError
from pages.command_line import (
    accounts,
    cameras,
    digest,
    fetching,
    imports,
    intelligence,
    keeping,
    layers,
    licensing,
    nearby,
    places,
    running,
    tasking,
    upkeep,
    ward_figures,
)
from pages.command_line.terminal import settle_store, stderr

app = typer.Typer(
    name="hotspots",
    help="Hotspot mapping and neighbourhood tasking, on the command line.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.callback()(settle_store)
for module in (
    imports,
    fetching,
    layers,
    places,
    intelligence,
    nearby,
    cameras,
    licensing,
    tasking,
    keeping,
    ward_figures,
    digest,
    upkeep,
    running,
):
    app.add_typer(module.app)
app.add_typer(accounts.app, name="users")


def run() -> None:
    """Run the command; a user's mistake or a fault of the machine ends with one sentence."""
    try:
        with owner_alone(), plain_faults("This command", do="Check the names that were given."):
            app()
    except PlainError as problem:
        stderr.print(f"Error: {problem}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
