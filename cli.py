"""The front door on the command line: the same calls as the pages, and no logic of its own.

Exit codes: 0 done; 1 it could not be done, and the message says why; 2 the command was not
understood.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from datetime import datetime  # noqa: TC003 - Typer reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.settings import settings
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.access import Person
    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress as ImportProgress
    from data.operations.database import Operations

app = typer.Typer(
    name="hotspots",
    help="Hotspot mapping and neighbourhood tasking, on the command line.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
_out = Console()
_err = Console(stderr=True)

accounts_app = typer.Typer(
    help="Accounts: who may sign in to the app, and as what.", no_args_is_help=True
)
app.add_typer(accounts_app, name="users")

PathArgument = Annotated[Path, typer.Argument(help="File or folder to read.", show_default=False)]


def main() -> None:
    """Run the command; a user's mistake ends with its message and no traceback."""
    try:
        app()
    except PlainError as problem:
        _err.print(f"Error: {problem}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


@app.command("import")
def import_(
    path: PathArgument,
    profile: Annotated[
        str | None, typer.Option(help="Column mapping to read the file with; see the docs.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call this import.")] = None,
    wards: Annotated[
        Path | None, typer.Option(help="Ward file to put into use first (see `hotspots wards`).")
    ] = None,
) -> None:
    """Import incidents: a police.uk CSV, folder of months or ZIP, or an extract with a profile."""
    from data.services import loading

    if wards is not None:
        _load_wards(wards)
    with _progress("Importing") as tell:
        record = loading.import_path(
            path, settings=settings(), now=_now(), profile=profile, name=name, progress=tell
        )
    _show_record(record)


@app.command()
def wards(
    path: PathArgument,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system, where the file does not say: EPSG:27700")
    ] = None,
    code_column: Annotated[str | None, typer.Option(help="Column of the ward codes.")] = None,
    name_column: Annotated[str | None, typer.Option(help="Column of the ward names.")] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer or map, where the file holds several.")
    ] = None,
) -> None:
    """Put a ward file into use (GeoJSON, GeoPackage or zipped Shapefile) and join incidents."""
    _load_wards(path, crs=crs, code_column=code_column, name_column=name_column, layer=layer)


@app.command()
def postcodes(path: PathArgument) -> None:
    """Load a Code-Point Open style table, so that rows with only a postcode find their place."""
    from data.layers.postcodes import save_postcodes
    from data.sources.postcodes import read_postcodes

    read = read_postcodes(path, metric_crs=settings().metric_crs)
    save_postcodes(read.table, settings().postcodes_path)
    _out.print(f"{len(read.table):,} postcodes loaded.")
    for reason, rows in read.left_out:
        _out.print(f"- {rows:,} rows left out: {reason}", markup=False, highlight=False)


@app.command()
def base(
    path: Annotated[
        Path | None, typer.Argument(help="CSV of points: premises, residents.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What links and `--view base=` call it, e.g. premises.")
    ] = None,
    title: Annotated[str | None, typer.Option(help='For people, e.g. "Licensed premises".')] = None,
    weight_column: Annotated[
        str | None, typer.Option(help="Column of counts, e.g. population; else each point is one.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the file shows; today by default."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the bases loaded.")] = False,
) -> None:
    """Load a base of opportunity for relative risk, or list those loaded."""
    from data.layers.wards import wards_or_none
    from data.services.bases import base_words, bases, load_base_file

    wards = wards_or_none(settings())
    if listed or path is None:
        if path is not None or name is not None:
            message = "Give a FILE with its --name, or --list alone."
            raise typer.BadParameter(message)
        for each in bases(settings()):
            _say(f"{each.name}  {base_words(each, wards=wards)}")
        if not settings().bases_path.exists():
            _say("No base is loaded. Load one with `hotspots base FILE --name premises`.")
        return
    if name is None:
        message = "Say what to call it, e.g. --name premises."
        raise typer.BadParameter(message)
    read = load_base_file(
        path,
        settings=settings(),
        name=name,
        shown_on=(on or _now()).date(),
        title=title,
        weight_column=weight_column,
    )
    _say(f"{name}  {base_words(read.base, wards=wards)}")
    accepted, rejected = len(read.base), len(read.rejected)
    _say(f"{read.rows_read:,} rows read = {accepted:,} accepted + {rejected:,} rejected.")
    for line in (*read.reasons, *read.notes):
        _say(f"- {line}")


@app.command()
def premises(
    path: PathArgument,
    title: Annotated[
        str | None, typer.Option(help='For people, e.g. "Licensing register".')
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the file shows; today by default."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help='Which column is which, e.g. --column "closes=Terminal hour".'),
    ] = None,
) -> None:
    """Load licensed premises for the night-time economy review: name, type, place, closing hour."""
    from data.services.premises import load_premises_file

    pairs = [each.partition("=")[::2] for each in column or []]
    if not all(role and name for role, name in pairs):
        message = 'Write each column as role=name, e.g. --column "closes=Terminal hour".'
        raise typer.BadParameter(message)
    read = load_premises_file(
        path,
        settings=settings(),
        shown_on=(on or _now()).date(),
        title=title,
        columns={role.strip(): name.strip() for role, name in pairs},
    )
    accepted, rejected = len(read.premises), len(read.rejected)
    _say(f"{read.rows_read:,} rows read = {accepted:,} accepted + {rejected:,} rejected.")
    _say("; ".join(f"{what}: {name}" for what, name in read.columns) + ".")
    for line in (*read.reasons, *read.notes):
        _say(f"- {line}")


@app.command()
def context(
    path: PathArgument,
    outlines: Annotated[
        Path | None, typer.Option(help="Boundaries of the same small areas, by their codes.")
    ] = None,
    title: Annotated[str, typer.Option(help='For people, e.g. "Census 2021".')] = "",
    residents: Annotated[str | None, typer.Option(help="Column of residents.")] = None,
    ambient: Annotated[str | None, typer.Option(help="Column of the ambient population.")] = None,
    deprivation: Annotated[
        str | None, typer.Option(help="Column of the deprivation score.")
    ] = None,
) -> None:
    """Load population and deprivation by small area (LSOA), for rates by ward."""
    from data.layers.wards import wards_or_none
    from data.services.performance.context import load_context_file
    from models.indicators.small_areas import by_ward

    named = {"residents": residents, "ambient": ambient, "deprivation": deprivation}
    read = load_context_file(
        path,
        settings=settings(),
        title=title,
        columns={role: name for role, name in named.items() if name is not None},
        outlines=outlines,
    )
    accepted, rejected = len(read.context), len(read.rejected)
    _say(f"{read.rows_read:,} rows read = {accepted:,} accepted + {rejected:,} rejected.")
    for line in (*read.reasons, *read.notes):
        _say(f"- {line}")
    wards = wards_or_none(settings())
    if wards is not None:
        _say(by_ward(read.context, wards=wards).words)


@app.command()
def fetch(
    area: Annotated[str, typer.Option(help='Borough by name or code, e.g. "Tower Hamlets".')],
    first: Annotated[str, typer.Option("--from", help="First month, e.g. 2024-01.")],
    last: Annotated[str, typer.Option("--to", help="Last month, e.g. 2024-06.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep the downloads; in the store by default.")
    ] = None,
    refresh: Annotated[bool, typer.Option(help="Download complete months again.")] = False,
    load: Annotated[
        bool, typer.Option("--import/--no-import", help="Import what was downloaded.")
    ] = True,
) -> None:
    """Download real months from data.police.uk, and wards from the ONS, where there is internet."""
    from data.services import loading
    from data.sources import boundaries_api, police_uk_api
    from data.sources.http import PoliteClient

    kept = folder or settings().store / "downloads"
    months = police_uk_api.months_between(first, last)
    with PoliteClient() as client:
        _out.print(f"Asking for the wards of {area} …", markup=False)
        found = boundaries_api.borough_wards(area, folder=kept, client=client)
        with _bar("Downloading") as tell_download:
            report = police_uk_api.fetch_months(
                boundaries_api.outline(found.path),
                months,
                folder=kept / found.code,
                client=client,
                name=found.name,
                refresh=refresh,
                progress=tell_download,
            )
    for month in report.missing:
        _out.print(f"{month.month}: {month.reason}", markup=False)
    _out.print(
        f"{report.incidents:,} incidents of {len(report.files)} months of {found.name} in {kept}",
        markup=False,
    )
    if not load or not report.files:
        return
    if not settings().wards_path.exists():
        _load_wards(found.path)
    with _progress("Importing") as tell:
        name = f"{found.name} {first} to {last}"
        record = loading.import_path(
            kept / found.code, settings=settings(), now=_now(), name=name, progress=tell
        )
    _show_record(record)


@app.command()
def detect(  # noqa: PLR0913 - each is an option of the command
    method: Annotated[
        str | None,
        typer.Option(help="kde (the default), dbscan, gi_star, emerging or relative_risk."),
    ] = None,
    view: Annotated[
        str,
        typer.Option(
            help="The filter as the app's address bar holds it, e.g. "
            '"from=2024-01-01&to=2024-12-31&category=asb&method=kde&bandwidth_m=250".'
        ),
    ] = "",
    first: Annotated[str | None, typer.Option("--from", help="First day, 2024-01-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, 2024-12-31.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Categories, with commas: asb,violence")
    ] = None,
    ward: Annotated[str | None, typer.Option(help="Ward codes, with commas.")] = None,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .geojson, .gpkg or .csv; else GeoJSON here.")
    ] = None,
    stability: Annotated[
        bool, typer.Option("--stability", help="Look for each hotspot again in 20 re-runs.")
    ] = False,
) -> None:
    """Find hotspots and write them as GeoJSON (or GeoPackage or CSV, by the file's ending)."""
    from data.exports.hotspots import export
    from data.incidents.store import Store
    from data.services.detection import detect, found_again
    from models.incidents.view import read_view

    store = Store.open(version=version)
    options = {"method": method, "from": first, "to": last, "category": category, "ward": ward}
    query = dict(parse_qsl(view)) | {key: text for key, text in options.items() if text}
    read = read_view(query, dataset=store)
    if read.problems:
        raise typer.BadParameter(" ".join(read.problems))
    detection = detect(store, read.filter, method=read.method)
    if stability:
        detection = found_again(store, detection, method=read.method)
    for note in detection.notes:
        _err.print(f"- {note}", markup=False, highlight=False)
    ending = out.suffix if out else ".geojson"
    written = export(store, detection, method=read.method, now=_now(), ending=ending)
    if out is None:
        sys.stdout.buffer.write(written + b"\n")
    else:
        out.write_bytes(written)
        _err.print(f"Written to {out}", markup=False)


@app.command()
def brief(  # noqa: PLR0913 - each is an option of the command
    view: Annotated[str, typer.Option(help="The view as the app's address bar holds it.")] = "",
    tasking: Annotated[
        int | None, typer.Option(help="Print the sheet of this tasking: 12 for T-0012.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day, 2024-01-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, 2024-12-31.")] = None,
    category: Annotated[str | None, typer.Option(help="Categories, with commas.")] = None,
    ward: Annotated[str | None, typer.Option(help="Ward codes, with commas.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Hotspots described one by one.")] = 10,
    form: Annotated[
        str | None, typer.Option("--format", help="pdf (the default) or html; or by --out's ending")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; named by itself else.")] = None,
) -> None:
    """Print a tactical assessment of a view or, with --tasking, a tasking's one-page sheet."""
    from data.exports.tasking_sheet import tasking_sheet_file
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.operations.taskings.taskings import tasking as find_tasking
    from data.services.assessment import tactical_assessment_file
    from models.incidents.view import read_view

    ending = f".{form}" if form else out.suffix if out and out.suffix else ".pdf"
    options = {"from": first, "to": last, "category": category, "ward": ward}
    query = dict(parse_qsl(view)) | {key: text for key, text in options.items() if text}
    if tasking is not None and query:
        message = "A tasking's sheet takes no view: give --tasking alone."
        raise typer.BadParameter(message)
    store, ops = Store.open(), Operations.open(settings())
    if tasking is not None:
        found = find_tasking(ops, tasking)
        written = tasking_sheet_file(store, found, person=_person(), now=_now(), ending=ending)
        path = out or Path(f"tasking-{found.reference}{ending}")
    else:
        read = read_view(query, dataset=store)
        if read.problems:
            raise typer.BadParameter(" ".join(read.problems))
        written = tactical_assessment_file(
            store, read, person=_person(), now=_now(), ops=ops, top=top, ending=ending
        )
        period = read.filter.period
        path = out or Path(f"tactical-assessment-{period.first}-{period.last}{ending}")
    path.write_bytes(written)
    _err.print(f"Written to {path}", markup=False)


@app.command()
def plan(  # noqa: PLR0913 - each is an option of the command
    starts: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="First day, e.g. 2026-11-23.")
    ],
    out: Annotated[Path, typer.Option(help="File to write: .csv or .ics")],
    teams: Annotated[
        Path | None, typer.Option(help="Teams and shifts: .toml or .csv; see the docs.")
    ] = None,
    view: Annotated[
        str, typer.Option(help="Filter and method as in `hotspots detect --view`.")
    ] = "",
    days: Annotated[int, typer.Option(help="How many days.")] = 7,
    top: Annotated[int, typer.Option(help="How many hotspots, by rank.")] = 25,
    minutes: Annotated[int, typer.Option(help="Minutes a visit; 10 to 16 are best.")] = 15,
    seed: Annotated[int, typer.Option(help="Of breaks, order and minutes.")] = 1,
    seconds: Annotated[float, typer.Option(help="Search for at most this long.")] = 20.0,
) -> None:
    """Plan patrols: which team visits which hotspot at which minute, as CSV or calendar."""
    from data.services.patrols import PlanOptions, plan_file

    wanted = PlanOptions(
        starts_on=starts.date(), days=days, top=top, minutes=minutes, seed=seed, seconds=seconds
    )
    with _bar("Planning") as tell:
        made = plan_file(
            settings(),
            query=dict(parse_qsl(view)),
            teams=teams,
            options=wanted,
            ending=out.suffix,
            now=_now(),
            tell=lambda share: tell(share, "Planning"),
        )
    for line in made.said:
        _say(line)
    out.write_bytes(made.content)
    _say(f"Written to {out}.")


@app.command()
def severity(
    path: Annotated[
        Path | None, typer.Argument(help="CSV to put into use: offence, weight, source, date.")
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Go back to the table that ships.")
    ] = False,
) -> None:
    """Show the severity table in use, or put another into use; no import is needed."""
    from data.layers import severity as table

    if path is not None:
        used = table.use_severity(path, settings=settings())
    elif shipped:
        used = table.use_shipped_severity(settings())
    else:
        used = table.severity_in_use(settings())
    words = f"{used.name}: {len(used.weights):,} offences. Source: {used.source}. Date: {used.date}"
    _out.print(words, markup=False, highlight=False, soft_wrap=True)


@app.command()
def backtest(  # noqa: PLR0913 - each is an option of the command
    view: Annotated[str, typer.Option(help="The filter as the app's address bar holds it.")] = "",
    first: Annotated[str | None, typer.Option("--from", help="First day to test.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day to test.")] = None,
    category: Annotated[str | None, typer.Option(help="Categories, with commas.")] = None,
    ward: Annotated[str | None, typer.Option(help="Ward codes, with commas.")] = None,
    weeks: Annotated[
        int | None, typer.Option(help="Forecast so many weeks ahead, 1 to 13.")
    ] = None,
    months: Annotated[
        int | None, typer.Option(help="Forecast so many months ahead, 1 to 3; 1 by default.")
    ] = None,
    cell_m: Annotated[float, typer.Option(help="Side of a cell in metres.")] = 150.0,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; else JSON here.")
    ] = None,
) -> None:
    """Test how well each way of choosing where to patrol would have done (hit rate, PAI, PEI)."""
    from data.exports.accuracy import as_csv, as_json
    from data.incidents.store import Store
    from models.incidents import accuracy
    from models.incidents.view import read_view

    if weeks is not None and months is not None:
        message = "Give --weeks or --months, not both."
        raise typer.BadParameter(message)
    if out is not None and out.suffix not in (".json", ".csv"):
        message = f"--out must end in .json or .csv; got {out.name}"
        raise typer.BadParameter(message)
    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "ward": ward}
    query = dict(parse_qsl(view)) | {key: text for key, text in options.items() if text}
    read = read_view(query, dataset=store)
    if read.problems:
        raise typer.BadParameter(" ".join(read.problems))
    terms = accuracy.Terms(
        step="month" if weeks is None else "week", horizon=weeks or months or 1, cell_m=cell_m
    )
    with _bar("Testing") as tell:
        found = accuracy.backtest(store, read.filter, terms=terms, progress=tell)
    for note in found.notes:
        _err.print(f"- {note}", markup=False, highlight=False)
    if out is None:
        sys.stdout.buffer.write(as_json(store, found) + b"\n")
    else:
        written = as_csv(store, found) if out.suffix == ".csv" else as_json(store, found)
        out.write_bytes(written)
        _err.print(f"Written to {out}", markup=False)


@app.command("near-repeat")
def near_repeat(  # noqa: PLR0913 - each is an option of the command
    view: Annotated[
        str,
        typer.Option(
            help="The filter as the page's address bar holds it, e.g. "
            '"from=2024-01-01&to=2024-12-31&distance=euclidean&over=year".'
        ),
    ] = "",
    first: Annotated[str | None, typer.Option("--from", help="First day, 2024-01-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, 2024-12-31.")] = None,
    category: Annotated[str | None, typer.Option(help="Categories; burglary by default.")] = None,
    ward: Annotated[str | None, typer.Option(help="Ward codes, with commas.")] = None,
    distance: Annotated[
        str | None, typer.Option(help="manhattan (the default) or euclidean.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the list of places; after the period."),
    ] = None,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    places: Annotated[bool, typer.Option(help="In CSV the places, not the table.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; else JSON here.")
    ] = None,
) -> None:
    """Test whether incidents are followed by others near by; list the places at raised risk."""
    from data.exports.near_repeat import near_repeat_file
    from data.incidents.store import Store
    from models.incidents import near_repeat as near_repeats

    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "ward": ward, "distance": distance}
    query = dict(parse_qsl(view)) | {key: text for key, text in options.items() if text}
    chosen, how, problems = near_repeats.read_near_repeat_view(query, dataset=store)
    if problems:
        raise typer.BadParameter(" ".join(problems))
    with _bar("Dealing out the dates") as update:
        found = near_repeats.near_repeat(
            store, chosen, settings=how, progress=lambda done: update(done, "Dealing out the dates")
        )
    for note in found.notes:
        _err.print(f"- {note}", markup=False, highlight=False)
    written = near_repeat_file(
        store,
        found,
        on=on.date() if on else found.next_day,
        now=_now(),
        ending=out.suffix if out else ".json",
        places_only=places,
    )
    if out is None:
        sys.stdout.buffer.write(written + b"\n")
    else:
        out.write_bytes(written)
        _err.print(f"Written to {out}", markup=False)


@app.command()
def undo(
    import_id: Annotated[str, typer.Argument(help="The import; `hotspots sources` lists them.")],
) -> None:
    """Take an import back: the incidents are then what they were before it."""
    from data.incidents.imports import undo as take_back
    from data.layers.wards import wards_or_none

    version = take_back(import_id, settings=settings(), now=_now(), wards=wards_or_none(settings()))
    _out.print(f"Taken back. The table is now at version {version.version}.")


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
                "snapped_share": each.snapped_share,
                "outside": each.outside,
            }
            for each in figures
        ]
        _out.print_json(json.dumps({"version": store.snapshot.version, "sources": rows}))
        return
    table = Table("Source", "Incidents", "First", "Last", "No hour", "Map points", "Outside")
    for each in figures:
        table.add_row(
            each.source,
            f"{each.rows:,}",
            f"{each.first:%-d %b %Y}",
            f"{each.last:%-d %b %Y}",
            f"{each.no_hour:,}",
            f"{each.snapped_share:.0%}",
            f"{each.outside:,}",
        )
    _out.print(table)
    _out.print("Imports, newest first (the number at the left is what `hotspots undo` takes):")
    for record in imports(settings()):
        undone = f" Taken back on {record.undone:%-d %b %Y}." if record.undone else ""
        words = f"{record.import_id}  {record.name}: {_counted(record)}{undone}"
        _out.print(words, markup=False, highlight=False, soft_wrap=True)


@app.command()
def demo(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing where the store holds incidents.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo out again.")] = False,
) -> None:
    """Fill the store with the SIMULATED demo, or take it out again."""
    from data.demo.build import build_demo, remove_demo
    from data.incidents.store import Store
    from data.services import loading
    from data.services.detection import detect as find
    from models.hotspots.methods import METHODS

    if remove:
        taken = remove_demo(settings(), now=_now())
        _out.print("The demo is taken out." if taken else "There is no demo in the store.")
        return
    if if_empty and (loading.holds_incidents(settings()) or settings().wards_path.exists()):
        return
    with _progress("Building the simulated demo (once)") as tell:
        record = build_demo(settings(), now=_now(), progress=tell)
        # Compiled code is kept on disk, so that the first page does not wait for it.
        store = Store.open()
        for method in METHODS.values():
            find(store, store.default_filter(), method=method.defaults)
    _out.print(f"{record.counts.total:,} SIMULATED incidents of three years are in the store.")


@accounts_app.command("list")
def list_users() -> None:
    """List the accounts."""
    from data.access import ROLE_LABELS
    from data.operations.accounts.users import accounts

    kept = accounts(_operations())
    for each in kept:
        closed = "" if each.active else ", closed"
        _say(f"{each.name}: {ROLE_LABELS[each.role]}{closed}")
    if not kept:
        _say("There are no accounts: whoever reaches the app sees and changes everything.")


@accounts_app.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Name to sign in with.", show_default=False)],
    role: Annotated[
        str, typer.Option(help="officer, administrator or panel; the first is an administrator.")
    ] = "officer",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Make an account; from the first on everybody signs in."""
    from data.access import read_role
    from data.operations.accounts.users import add_account

    made = add_account(
        _operations(),
        name=name,
        role=read_role(role),
        password=password,
        person=_person(),
        now=_now(),
    )
    _say(f"The account {made.name} is made.")


@accounts_app.command("password")
def new_password(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Set a new password; whoever is signed in by the old one is signed out."""
    from data.operations.accounts.users import account_of, set_password

    ops = _operations()
    account = account_of(ops, name)
    set_password(ops, account.user_id, password=password, person=_person(), now=_now())
    _say(f"{account.name} has a new password.")


@accounts_app.command("close")
def close_user(
    name: Annotated[str, typer.Argument(help="Name of the account.", show_default=False)],
) -> None:
    """Close an account: it can sign in no more; what it did stays on record."""
    from data.operations.accounts.users import account_of, change_account

    ops = _operations()
    account = account_of(ops, name)
    change_account(
        ops,
        account.user_id,
        role=account.role,
        active=False,
        version=account.version,
        person=_person(),
        now=_now(),
    )
    _say(f"The account {account.name} is closed.")


@app.command()
def visits(
    path: PathArgument,
    rejected: Annotated[
        Path | None, typer.Option(help="Where to write the rejected rows, to be corrected.")
    ] = None,
) -> None:
    """Log the visits of a CSV: tasking, team, arrived, left, and what was found."""
    from data.services.visit_upload import upload_visits
    from data.sources.files import Limits

    with _bar("Logging") as tell:
        done = upload_visits(
            _operations(),
            path,
            person=_person(),
            now=_now(),
            limits=Limits(settings().max_upload_mb),
            progress=lambda share: tell(share, "Logging"),
        )
    _say(done.words)
    for line in done.reasons:
        _say(f"- {line}")
    if done.rejected and rejected is not None:
        rejected.write_bytes(done.rejected_file())
        _say(f"Rejected rows, each with its reason: {rejected}")


@app.command("ward-figures")
def ward_figures() -> None:
    """Publish the ward panel's figures of every quarter that is due, once and for good."""
    from data.incidents.store import Store
    from data.services.ward_panel.publishing import publish_due, waiting

    store, ops, now = Store.open(settings()), _operations(), _now()
    for quarter in publish_due(store, ops, person=_person(), now=now):
        _say(f"Published: {quarter}.")
    for each in waiting(store, ops, now=now):
        _say(f"Not published: {each.quarter}: {each.why_not}.")


@app.command()
def review(  # noqa: PLR0913 - each is an option of the command
    path: Annotated[
        Path | None, typer.Argument(help="File with the one area.", show_default=False)
    ] = None,
    place: Annotated[
        str | None, typer.Option(help='A postcode, or "EASTING NORTHING", for a circle.')
    ] = None,
    radius: Annotated[float, typer.Option(help="Radius of that circle in metres.")] = 150.0,
    tasking: Annotated[int | None, typer.Option(help="Number of a tasking, instead.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Day it began.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day judged on.")
    ] = None,
    view: Annotated[
        str, typer.Option(help='What is counted, e.g. "category=asb,drugs&hours=nights".')
    ] = "",
    by_figures: Annotated[
        bool,
        typer.Option("--by-figures/--not-by-figures", help="Was the place chosen as it was high?"),
    ] = True,
    out: Annotated[Path | None, typer.Option(help="File to write: .json or .csv.")] = None,
) -> None:
    """Did it work? Before and after in an area, held against places like it, with a verdict."""
    from data.exports.reviews import review_file
    from data.incidents.store import Store
    from data.operations.taskings.taskings import taskings
    from data.services.chosen_area import chosen_area
    from models.calendar.periods import Period
    from models.incidents.view import read_view
    from models.reviews.fixing import Choice
    from models.reviews.questions import numbered, question_about, question_of
    from models.reviews.reviewing import review as look_back

    store, known = Store.open(), taskings(_operations())
    if tasking is not None:
        one = numbered(known, tasking)
        title, until = one.draft.title, last.date() if last else None
        asked = question_of(store, one, taskings=known, until=until)
    elif first is None or last is None:
        message = "Say from which day to which: --from 2026-06-01 --to 2026-07-31."
        raise typer.BadParameter(message)
    else:
        title = path.name if path else place or ""
        read = read_view(dict(parse_qsl(view)), dataset=store)
        if read.problems:
            raise typer.BadParameter(" ".join(read.problems))
        asked = question_about(
            store,
            chosen_area(store, path=path, place=place, radius_m=radius),
            after=Period(first.date(), last.date()),
            incident_filter=read.filter,
            choice=Choice(by_figures=by_figures),
            taskings=known,
        )
    found = look_back(store, asked)
    for line in (found.verdict.headline, *found.verdict.sentences, *found.verdict.doubts):
        _say(line)
    for note in (*found.notes, asked.fixed.note):
        _err.print(f"- {note}", markup=False, highlight=False)
    if out is not None:
        out.write_bytes(review_file(store, found, title=title, now=_now(), ending=out.suffix))
        _err.print(f"Written to {out}", markup=False)


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="New file to write, e.g. hotspots.zip.")],
) -> None:
    """Write both stores into one file; it holds secrets, and only its owner can read it."""
    from data.operations.backup.backup import backup as write_backup

    with _bar("Backing up") as tell:
        made = write_backup(
            path,
            settings=settings(),
            ops=_operations(),
            now=_now(),
            progress=lambda share: tell(share, "Backing up"),
        )
    _say(made.words)
    if made.holds_salt:
        _say("It holds the secret that callers are hashed with: keep it as safe as the store.")
    _say(f"Written to {path}")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `hotspots backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what the store holds now.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check that the file is whole; restore nothing.")
    ] = False,
) -> None:
    """Put a backup back into an empty store, or with --replace into any; stop the app first."""
    from data.operations.backup.restore import check_backup
    from data.operations.backup.restore import restore as put_back

    if check:
        _say(check_backup(path).words)
        _say("The file is whole: every checksum is right.")
        return
    with _bar("Restoring") as tell:
        kept = put_back(
            path,
            settings=settings(),
            replace=replace,
            progress=lambda share: tell(share, "Restoring"),
        )
    _say(kept.words)
    _say("Restored.")


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
        bool, typer.Option("--anonymous", help="Without names and without any free word.")
    ] = False,
) -> None:
    """Write the audit trail as CSV: who changed what, when, from what and to what."""
    from data.exports.audit_trail import audit_file

    written = audit_file(
        _operations(),
        person=_person(),
        first=first.date() if first else None,
        last=last.date() if last else None,
        anonymous=anonymous,
    )
    out.write_bytes(written)
    _err.print(f"Written to {out}", markup=False)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to answer on.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to answer on.")] = "127.0.0.1",
) -> None:
    """Start the app in the browser's reach."""
    root = Path(__file__).parent
    os.chdir(root)  # Streamlit reads its settings from .streamlit beside the app
    arguments = ["run", "app.py", "--server.port", str(port), "--server.address", address]
    os.execv(sys.executable, [sys.executable, "-m", "pages.shell.server", *arguments])  # noqa: S606


def _load_wards(
    path: Path,
    *,
    crs: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    layer: str | None = None,
) -> None:
    from data.services import loading

    read = loading.load_ward_file(
        path,
        settings=settings(),
        now=_now(),
        crs=crs,
        code_column=code_column,
        name_column=name_column,
        layer=layer,
    )
    _out.print(f"{len(read)} wards in use.")
    for finding in (*read.report, *loading.ward_warnings(read, settings=settings())):
        _out.print(f"- {finding}", markup=False, highlight=False)


def _operations() -> Operations:
    from data.operations.database import Operations

    return Operations.open(settings())


def _person() -> Person:
    """Return who types: whoever can reach the store's files may do anything with it."""
    from data.access import Person, computer_account

    return Person(name=computer_account(), role="administrator")


def _say(words: str) -> None:
    _out.print(words, markup=False, highlight=False, soft_wrap=True)


def _show_record(record: ImportRecord) -> None:
    words = f"{record.import_id}  {record.name}: {_counted(record)}"
    _out.print(words, markup=False, highlight=False, soft_wrap=True)
    for note in record.notes:
        _out.print(f"- {note}", markup=False, highlight=False)
    if record.rejected_file is not None:
        _out.print(
            f"Rejected rows, each with its reason: {record.rejected_file}\n"
            "Correct them there and import that file.",
            markup=False,
            soft_wrap=True,
        )


def _counted(record: ImportRecord) -> str:
    counts = record.counts
    return (
        f"{record.rows_read:,} rows read = {counts.imported:,} imported "
        f"+ {counts.updated:,} updated + {counts.unchanged:,} unchanged "
        f"+ {counts.rejected:,} rejected "
        f"+ {counts.outside:,} outside."
    )


@contextmanager
def _progress(title: str) -> Iterator[Callable[[ImportProgress], None]]:
    """Show a bar that an import tells how far it is."""
    with _bar(title) as update:

        def tell(progress: ImportProgress) -> None:
            update(progress.fraction, f"{title}: {progress.stage}, {progress.rows_read:,} rows")

        yield tell


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err) as progress:
        task = progress.add_task(title, total=1.0)
        yield lambda done, words: progress.update(task, completed=done, description=words)


def _now() -> datetime:
    return settings().present()


if __name__ == "__main__":
    main()
