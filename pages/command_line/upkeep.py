"""Figures published, both stores backed up and restored, the audit trail, the web server."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.settings import settings
from pages.command_line.terminal import (
    actor,
    bar,
    operations,
    person,
    present,
    say,
    write,
)

app = typer.Typer()


@app.command("ward-figures")
def ward_figures() -> None:
    """Publish the ward panel's figures of every quarter that is due, once and for good."""
    from data.incidents.store import Store
    from data.services.ward_panel.publishing import publish_due, waiting

    store, acting = Store.open(settings()), actor()
    for quarter in publish_due(store, acting):
        say(f"Published: {quarter}.")
    for each in waiting(store, acting.ops, now=acting.now):
        say(f"Not published: {each.quarter}: {each.why_not}.")


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="New file to write, e.g. hotspots.zip.")],
) -> None:
    """Write both stores into one file; it holds secrets, and only its owner can read it."""
    from data.operations.backup.backup import backup as write_backup

    with bar("Backing up") as tell:
        made = write_backup(
            path,
            settings=settings(),
            ops=operations(),
            now=present(),
            progress=lambda share: tell(share, "Backing up"),
        )
    say(made.summary)
    if made.holds_salt:
        say("It contains the secret used to hash callers: keep it as safe as the store.")
    say(f"Written to {path}")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `hotspots backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what the store contains now.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check that the file is complete; restore nothing.")
    ] = False,
) -> None:
    """Put a backup back into an empty store, or with --replace into any; stop the app first."""
    from data.operations.backup.restore import check_backup
    from data.operations.backup.restore import restore as put_back

    if check:
        say(check_backup(path).summary)
        say("The file is complete: every checksum is right.")
        return
    with bar("Restoring") as tell:
        kept = put_back(
            path,
            settings=settings(),
            replace=replace,
            progress=lambda share: tell(share, "Restoring"),
        )
    say(kept.summary)
    say("Restored.")


@app.command()
def audit(
    out: Annotated[Path, typer.Argument(help="CSV to write.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Without names and free text.")
    ] = False,
) -> None:
    """Write the audit trail as CSV: who changed what, when, from what and to what."""
    from data.exports.audit_trail import audit_file

    written = audit_file(
        operations(),
        person=person(),
        first=first.date() if first else None,
        last=last.date() if last else None,
        anonymous=anonymous,
    )
    write(written, out)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to answer on.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to answer on.")] = "127.0.0.1",
) -> None:
    """Start the app for web browsers."""
    root = Path(__file__).resolve().parents[2]
    os.chdir(root)  # Streamlit reads its settings from .streamlit next to the app
    settings()  # a value that cannot be used is refused here, not in the browser
    arguments = ["run", "app.py", "--server.port", str(port), "--server.address", address]
    os.execv(sys.executable, [sys.executable, "-m", "pages.shell.server", *arguments])  # noqa: S606
