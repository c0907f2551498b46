"""Incidents in and out of the store: import, undo, sources, demo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from data.incidents.choices import SEPARATE, ImportChoices, ReferenceRule
from data.settings import settings
from geo.counting import counted
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label
from pages.command_line.terminal import (
    PathArgument,
    import_counts,
    import_progress,
    load_ward_file,
    present,
    say,
    show_record,
    stdout,
)

app = typer.Typer()


@app.command("import")
def import_(
    path: PathArgument,
    profile: Annotated[
        str | None, typer.Option(help="Column mapping to read the file with; see the docs.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of this import.")] = None,
    wards: Annotated[
        Path | None, typer.Option(help="Ward file to put into use first (see `hotspots wards`).")
    ] = None,
    real_midnights: Annotated[
        bool,
        typer.Option("--real-midnights", help="Times of exactly 00:00 are real, however many."),
    ] = False,
    repeats: Annotated[
        ReferenceRule,
        typer.Option(
            help="What one incident is where a reference comes again: separate (reference, time "
            "and place) or last_row (the reference alone; the last row wins).",
        ),
    ] = SEPARATE,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what the import would do; store nothing.")
    ] = False,
) -> None:
    """Import incidents: a police.uk CSV, folder of months or ZIP, or an extract with a profile."""
    from data.services import loading

    choices = ImportChoices(real_midnights=real_midnights, reference_rule=repeats)
    if preview:
        if wards is not None:
            message = "--wards puts a ward file into use. Do that first, with `hotspots wards`."
            raise typer.BadParameter(message)
        _preview(path, profile=profile, choices=choices)
        return
    if wards is not None:
        load_ward_file(wards)
    with import_progress("Importing") as tell:
        record = loading.import_path(
            path,
            settings=settings(),
            now=present(),
            profile=profile,
            name=name,
            choices=choices,
            progress=tell,
        )
    show_record(record)


def _preview(path: Path, *, profile: str | None, choices: ImportChoices) -> None:
    from data.incidents.quality import NoRowUsedError
    from data.services.previewing import preview_path

    with import_progress("Reading") as tell:
        found = preview_path(
            path,
            settings=settings(),
            now=present(),
            profile=profile,
            choices=choices,
            progress=tell,
        )
    say(f"{path.name}, not imported: {found.sentence}")
    for warning in found.warnings:
        say(f"! {warning}")
    for reason in found.reasons:
        say(f"- {counted(reason.rows, 'row')} rejected: {reason.field}: {reason.reason}")
    for month in found.months:
        accepted = month.new + month.changed + month.unchanged
        say(
            f"- {month.month.first:%b %Y}: {counted(accepted, 'row')} = {month.new:,} new "
            f"+ {month.changed:,} changed + {month.unchanged:,} in the store already"
        )
    for category, rows in found.categories:
        say(f"- {CATEGORY_LABELS[category]}: {counted(rows, 'row')}")
    for note in found.notes:
        say(f"- {note}")
    if found.nothing_used:
        raise NoRowUsedError(path.name, reasons=found.reasons)


@app.command()
def undo(
    import_id: Annotated[str, typer.Argument(help="The import; `hotspots sources` lists them.")],
) -> None:
    """Take an import back: the incidents are then what they were before it."""
    from data.incidents.imports import imports, undone_label
    from data.incidents.imports import undo as take_back
    from data.layers.wards import wards_or_none

    wards = wards_or_none(settings())
    version = take_back(import_id, settings=settings(), now=present(), wards=wards)
    record = next(each for each in imports(settings()) if each.import_id == import_id)
    say(undone_label(record, version=version.version))


@app.command()
def midnights(
    source: Annotated[str, typer.Argument(help="The source; `hotspots sources` lists them.")],
    real: Annotated[
        bool, typer.Option("--real/--unknown", help="Real times, or dates without a time.")
    ],
) -> None:
    """Say whether a source's times of exactly 00:00 are real or dates without a time."""
    from data.incidents.midnights import say_midnights

    version = say_midnights(source, real=real, settings=settings(), now=present())
    meaning = "real times" if real else "dates without a time"
    stdout.print(
        f"Times of exactly 00:00 in {source} are now {meaning}. "
        f"The table is at version {version.version}.",
        markup=False,
    )


@app.command()
def sources(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List what each source holds, and the imports, newest first."""
    from data.incidents.imports import imports
    from data.incidents.store import Store
    from models.incidents.quality import source_figures

    store = Store.open()
    figures = source_figures(store.snapshot)
    if as_json:
        rows = [
            {
                "source": each.source,
                "rows": each.rows,
                "first": each.first.isoformat(),
                "last": each.last.isoformat(),
                "no_hour": each.no_hour,
                "exactly_midnight": each.midnight.rows if each.midnight else 0,
                "snapped_share": each.snapped_share,
                "outside": each.outside,
            }
            for each in figures
        ]
        stdout.print_json(json.dumps({"version": store.snapshot.version, "sources": rows}))
        return
    table = Table("Source", "Incidents", "First", "Last", "No hour", "Map points", "Outside")
    for each in figures:
        table.add_row(
            each.source,
            f"{each.rows:,}",
            day_label(each.first),
            day_label(each.last),
            f"{each.no_hour:,}",
            f"{each.snapped_share:.0%}",
            f"{each.outside:,}",
        )
    stdout.print(table)
    for each in figures:
        if each.midnight is not None:
            say(f"- {each.midnight.sentence}")
    stdout.print("Imports, newest first (the number at the left is what `hotspots undo` takes):")
    zone = ZoneInfo(settings().timezone)
    for record in imports(settings()):
        began = record.started.astimezone(zone)
        undone = ""
        if record.undone is not None:
            at = record.undone.astimezone(zone)
            undone = f" Taken back on {day_label(at)} at {at:%H:%M}{_by(record.undone_by)}."
        words = (
            f"{record.import_id}  {record.name}: {import_counts(record)} "
            f"Begun on {day_label(began)} at {began:%H:%M}{_by(record.person)}. "
            f"Rule for references: {record.reference_rule}.{undone}"
        )
        stdout.print(words, markup=False, highlight=False, soft_wrap=True)


def _by(person: str) -> str:
    return f" by {person}" if person else ""


@app.command()
def demo(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing if the store already has incidents.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the demo.")] = False,
) -> None:
    """Fill the store with the SIMULATED demo, or take it out again."""
    from data.demo.build import build_demo, build_demo_if_empty, demo_days, remove_demo
    from data.incidents.store import Store
    from data.services import loading
    from data.services.detection import detect as find
    from models.hotspots.methods import METHODS

    if remove:
        taken = remove_demo(settings(), now=present())
        stdout.print("The demo is removed." if taken else "There is no demo in the store.")
        return
    if if_empty and (loading.holds_incidents(settings()) or settings().wards_path.exists()):
        if not settings().demo_unfinished_path.exists():
            return
        say("The demo was cut short while it was built; it is built again.")
    with import_progress("Building the simulated demo (once)") as tell:
        now = present()
        build = build_demo_if_empty if if_empty else build_demo
        record = build(settings(), now=now, progress=tell)
        if record is None:  # another process built it meanwhile
            return
        # Compiled code is kept on disk, so that the first page does not wait for it.
        store = Store.open()
        for method in METHODS.values():
            if method.most_incidents is not None:  # the demo has more than these
                continue
            find(store, store.default_filter(), method=method.defaults)
    days = demo_days(now, timezone=settings().timezone)
    stdout.print(f"{record.counts.total:,} SIMULATED incidents of {days} are in the store.")
