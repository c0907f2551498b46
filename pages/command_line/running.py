"""What a server team runs by a timer or by hand: the rota of backups, a restore drill, figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.settings import settings
from geo.counting import counted
from models.wording.days import day_label
from pages.command_line.terminal import bar, operations, present, record_export, say

if TYPE_CHECKING:
    from data.services.status import Status

app = typer.Typer()


@app.command("rota")
def rota(
    folder: Annotated[Path, typer.Argument(help="Folder of the backups, outside the store.")],
    keep_days: Annotated[
        int, typer.Option(min=1, help="Backups older than this many days are removed.")
    ] = 35,
) -> None:
    """Write a dated backup into a folder, check it, and remove those past their time."""
    from data.operations.backup.rota import backup_into

    record_export("rota", kind="zip")
    with bar("Backing up") as tell:
        run = backup_into(
            folder,
            settings=settings(),
            ops=operations(),
            now=present(),
            keep_days=keep_days,
            progress=lambda share: tell(share, "Backing up"),
        )
    say(run.manifest.summary)
    say(f"Written to {run.path}; every checksum is right.")
    for path in run.removed:
        say(f"Removed, as older than {keep_days} days: {path.name}")


@app.command("drill")
def drill(
    path: Annotated[Path, typer.Argument(help="A backup, as `hotspots rota` wrote it.")],
) -> None:
    """Restore a backup into a fresh folder, compare its figures with the store's, remove it."""
    from data.services.drill import drill as restore_and_compare

    with bar("Restoring") as tell:
        done = restore_and_compare(
            path, settings=settings(), progress=lambda share: tell(share, "Restoring")
        )
    say(done.summary)
    if done.faults:
        for fault in done.faults:
            say(f"- {fault}")
        say("The drill failed: do not rely on this backup.")
        raise typer.Exit(1)
    if done.in_use is None and done.restored is not None:
        say("The store in use has no such version, so only the backup's own list was compared.")
    else:
        say("The figures are those of the store.")


@app.command("status")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    metrics_file: Annotated[
        Path | None,
        typer.Option("--metrics", help="Write metrics to this file, for a textfile collector."),
    ] = None,
    backups: Annotated[
        Path | None, typer.Option("--backups", help="Folder that `hotspots rota` writes to.")
    ] = None,
) -> None:
    """Say how the server does; the exit code is 1 where something does not work."""
    from data.services.status import metrics
    from data.services.status import status as taken

    figures = taken(settings(), now=present(), backups=backups)
    if metrics_file is not None:
        part = metrics_file.with_name(f".{metrics_file.name}.part")
        part.write_text(metrics(figures), encoding="utf-8")
        part.chmod(0o644)  # the collector has an account of its own; no name or place is in it
        part.replace(metrics_file)
    elif as_json:
        say(json.dumps(asdict(figures), default=lambda moment: moment.isoformat(), indent=2))
    else:
        _show(figures)
    if figures.problems:
        raise typer.Exit(1)


def _show(figures: Status) -> None:
    version = "none yet" if figures.table_version is None else str(figures.table_version)
    say(f"Incident table: version {version}, {counted(figures.imports, 'import')}.")
    for each in figures.sources:
        say(
            f"- {each.source}: {counted(each.incidents, 'incident')}, the newest of "
            f"{day_label(each.newest)}"
        )
    if figures.accounts is not None:
        say(
            f"Database: answers; {counted(figures.accounts.accounts, 'account')}, "
            f"{figures.accounts.sign_ins:,} open sign-ins."
        )
    say(f"Disk: {figures.free_bytes / 1e9:,.1f} GB free.")
    if figures.last_backup is not None:
        say(f"Last backup: {day_label(figures.last_backup)}.")
    for problem in figures.problems:
        say(f"- {problem}")
