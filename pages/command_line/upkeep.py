"""Figures published, both stores backed up and restored, the audit trail, the web server."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.settings import settings
from geo.counting import counted
from pages.command_line.terminal import (
    actor,
    bar,
    operations,
    person,
    present,
    record_export,
    say,
    write,
)

app = typer.Typer()


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="New file to write, e.g. hotspots.zip.")],
    with_caller_salt: Annotated[
        bool,
        typer.Option("--with-caller-salt", help="Include the secret used to hash callers."),
    ] = False,
) -> None:
    """Write both stores into one file; it holds personal data, and only its owner can read it."""
    from data.operations.backup.backup import backup as write_backup
    from data.operations.backup.salt import salt_sentence

    record_export("backup", kind=path.suffix.removeprefix("."))
    with bar("Backing up") as tell:
        made = write_backup(
            path,
            settings=settings(),
            ops=operations(),
            now=present(),
            with_salt=with_caller_salt,
            progress=lambda share: tell(share, "Backing up"),
        )
    say(made.summary)
    say(salt_sentence(made, settings=settings()))
    say(f"Written to {path}")


@app.command()
def check(
    full: Annotated[
        bool, typer.Option("--full", help="Read every file and compare it with its digest.")
    ] = False,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Take rows that were changed outside the app, or damaged and looked at, as they "
            "are now.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Accept without asking.")] = False,
) -> None:
    """Check that the store is complete and undamaged; what is not is named, with what to do."""
    from data.services.checking import check_store

    if accept:
        _accept(yes=yes)
    with bar("Checking") as tell:
        done = check_store(settings(), full=full, progress=lambda share: tell(share, "Checking"))
    for each in done.damage:
        say(f"- {each}")
    say(done.summary)
    if done.damage:
        raise typer.Exit(1)


def _accept(*, yes: bool) -> None:
    """Name the rows that are not as the app stored them, and take them as they are."""
    from data.operations.integrity import accept_rows, changed_rows

    acting = actor()
    rows = changed_rows(acting.ops)
    for each in rows:
        say(f"- {each.row} {each.fault}")
    if rows and not yes:
        typer.confirm(
            f"The app will go on with the rows listed ({len(rows):,}) as they are now, and the "
            "audit trail will name them. Have you looked at each of them?",
            abort=True,
        )
    accepted = accept_rows(acting)
    say(f"{counted(len(accepted), 'row')} accepted." if accepted else "No row had changed.")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `hotspots backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what the store contains now.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check that the file is complete; restore nothing.")
    ] = False,
    without_accounts: Annotated[
        bool,
        typer.Option(
            "--without-accounts",
            help="Even if the store has accounts and the backup has none: nobody signs in then.",
        ),
    ] = False,
) -> None:
    """Put a backup back into an empty store, or with --replace into any; stop the app first."""
    from data.operations.backup.archive import check_backup
    from data.operations.backup.restore import restore as put_back
    from data.operations.backup.salt import restored_salt_sentence

    if check:
        say(check_backup(path).summary)
        say("The file is complete: every checksum is right.")
        return
    with bar("Restoring") as tell:
        kept = put_back(
            path,
            settings=settings(),
            replace=replace,
            without_accounts=without_accounts,
            progress=lambda share: tell(share, "Restoring"),
        )
    say(kept.summary)
    say(restored_salt_sentence(kept, settings=settings()))
    say("Restored.")


@app.command("caller-secret")
def caller_secret(
    new: Annotated[
        bool,
        typer.Option("--new", help="Go on without the secret of before, if it is lost for good."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Say whether the secret used to hash callers is there, and the right one; never the secret."""
    from data.incidents.caller_salt import begin_new_salt, salt_state, state_sentence

    stands = salt_state(settings())
    say(state_sentence(stands))
    if new:
        if not yes:
            unless = "Unless the secret is the one of before, callers"
            begins = unless if stands.state == "unchecked" else "Callers"
            typer.confirm(
                f"{begins} from now on cannot be matched with those before, and counts of repeat "
                "callers that span both are too low. Go on?",
                abort=True,
            )
        begin_new_salt(settings())
        say(state_sentence(salt_state(settings())))


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
    write(written, out, what="audit")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to answer on.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to answer on.")] = "127.0.0.1",
) -> None:
    """Start the app for web browsers."""
    root = Path(__file__).resolve().parents[2]
    os.chdir(root)  # Streamlit reads its settings from .streamlit next to the app
    settings()  # a value that cannot be used is refused here, not in the browser
    arguments = ["--port", str(port), "--address", address]
    os.execv(sys.executable, [sys.executable, "-m", "pages.server", *arguments])  # noqa: S606
