"""What is kept, for how long, and about whom: upkeep, retention, requests of one person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from data.settings import settings
from geo.counting import counted
from pages.command_line.terminal import actor, operations, present, say, write_file

app = typer.Typer()
_ONE: Final = "Give either --staff NAME or --caller."
_ALLOW: Final = "--allow-again goes with --caller alone."


@app.command()
def upkeep() -> None:
    """Join small files of the incident table and remove what no version needs any more."""
    from data.services.upkeep import upkeep as keep_up

    done = keep_up(settings(), now=present(), ops=operations())
    if done is None:
        say("There are no incidents in the store yet, so there is nothing to do.")
        return
    joined = "Small files were joined." if done.joined else "There was nothing to join."
    say(
        f"{joined} The incident table has {counted(done.files_after, 'file')} of "
        f"{done.bytes_after / 1e6:,.1f} MB; it had {done.files_before:,} of "
        f"{done.bytes_before / 1e6:,.1f} MB. "
        f"{counted(len(done.versions_kept), 'version is', 'versions are')} kept for "
        "readers, for undo and for decisions."
    )


@app.command()
def retain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would go; remove nothing.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="Go on where every incident would be removed.")
    ] = False,
) -> None:
    """Remove what is older than the schedule in the store's retention.toml, for good."""
    from data.operations.retention.schedule import read_schedule
    from data.services.retention import KIND_LABELS
    from data.services.retention import retain as remove_old

    done = remove_old(
        read_schedule(settings()),
        actor(),
        settings=settings(),
        dry_run=dry_run,
        everything=everything,
    )
    say("This would go:" if dry_run else "Removed:")
    for kind, count in done.removed.items():
        say(f"- {KIND_LABELS[kind]}: {count:,}")
    if done.kept:
        say("This is due and stays:")
    for why in done.kept.values():
        say(f"- {why}")
    if not dry_run:
        say(
            "Backups still hold what was removed: remove those that are older than the schedule "
            "yourself. The run is on record (page Administration)."
        )


@app.command("subject-access")
def subject_access(
    out: Annotated[Path, typer.Argument(help="ZIP to write.")],
    staff: Annotated[
        str | None, typer.Option(help="Name of the account of a member of staff.")
    ] = None,
    caller: Annotated[
        bool, typer.Option("--caller", help="Ask for a caller's number, which is not shown.")
    ] = False,
) -> None:
    """Write all that is held about one person: a list of what is what, JSON and CSV."""
    from data.services.one_person import about_caller, about_staff

    acting = actor()
    if staff is not None and not caller:
        written = about_staff(acting, staff, settings=settings())
    elif caller and staff is None:
        written = about_caller(acting, _number(), settings=settings())
    else:
        raise typer.BadParameter(_ONE)
    write_file(written, out)
    say(f"Written to {out}. Read it before you hand it on: it may name other people.")


@app.command()
def erase(
    staff: Annotated[
        str | None, typer.Option(help="Name of the closed account of a member of staff.")
    ] = None,
    pseudonym: Annotated[
        str, typer.Option("--as", help="What to put in the place of that name.")
    ] = "Former member of staff",
    caller: Annotated[
        bool, typer.Option("--caller", help="Ask for a caller's number, which is not shown.")
    ] = False,
    allow: Annotated[
        bool,
        typer.Option(
            "--allow-again",
            help="With --caller: let imports bring an erased caller's rows again, where there is a "
            "lawful ground.",
        ),
    ] = False,
) -> None:
    """Erase one person where the law allows it; earlier table versions and undo may go with it."""
    from data.services.one_person import allow_caller, erase_caller, erase_staff

    if allow and (staff is not None or not caller):
        raise typer.BadParameter(_ALLOW)
    acting = actor()
    if allow:
        was_erased = allow_caller(acting, _number(), settings=settings())
        say(
            "Imports may bring rows of the caller again. That is on record."
            if was_erased
            else "No erasure of this caller is on the list, so nothing was changed."
        )
        return
    if staff is not None and not caller:
        rows = erase_staff(acting, staff, pseudonym=pseudonym, settings=settings())
        say(f"{counted(rows, 'row names', 'rows name')} {pseudonym} now.")
    elif caller and staff is None:
        rows = erase_caller(acting, _number(), settings=settings())
        one, many = "incident or rejected row", "incidents and rejected rows"
        say(f"The caller was removed from {counted(rows, one, many)}.")
        say(
            "An import rejects rows of the caller from now on and keeps nothing of them. "
            "`hotspots erase --caller --allow-again` ends that."
        )
    else:
        raise typer.BadParameter(_ONE)
    say("The erasure is on record. Backups still hold what was erased.")


def _number() -> str:
    return str(typer.prompt("Number of the caller", hide_input=True))
