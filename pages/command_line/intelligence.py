"""Questions asked of the incidents: hotspots, back-tests, near-repeats, the assessment on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.settings import settings
from pages.command_line.terminal import (
    Categories,
    FirstDay,
    Hours,
    LastDay,
    ViewOption,
    Wards,
    bar,
    check_json_or_csv,
    person,
    present,
    query_of,
    show_notes,
    view_of,
    write,
)

app = typer.Typer()


@app.command()
def detect(  # noqa: PLR0913 - each is an option of the command
    method: Annotated[
        str | None,
        typer.Option(
            help="kde (the default), dbscan, hdbscan, gi_star, emerging, relative_risk or streets."
        ),
    ] = None,
    view: ViewOption = "",
    first: FirstDay = None,
    last: LastDay = None,
    category: Categories = None,
    hours: Hours = None,
    ward: Wards = None,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write: .geojson, .gpkg or .csv; without it, GeoJSON here."),
    ] = None,
) -> None:
    """Find hotspots and write them as GeoJSON (or GeoPackage or CSV, by the file's ending)."""
    from data.exports.hotspots import export
    from data.incidents.store import Store
    from data.services.detection import detect

    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options | {"method": method})
    read = view_of(query, dataset=store)
    detection = detect(store, read.filter, method=read.method)
    show_notes(detection.notes)
    ending = out.suffix if out else ".geojson"
    written = export(store, detection, method=read.method, now=present(), ending=ending)
    write(written, out, what="detect", query=query, version=store.snapshot.version)


@app.command()
def backtest(  # noqa: PLR0913 - each is an option of the command
    view: ViewOption = "",
    first: Annotated[str | None, typer.Option("--from", help="First day to test.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day to test.")] = None,
    category: Categories = None,
    hours: Hours = None,
    ward: Wards = None,
    weeks: Annotated[int | None, typer.Option(help="Number of weeks to forecast, 1 to 13.")] = None,
    months: Annotated[
        int | None, typer.Option(help="Number of months to forecast, 1 to 3; 1 by default.")
    ] = None,
    cell_m: Annotated[float, typer.Option(help="Side of a cell in metres.")] = 150.0,
    places: Annotated[
        bool, typer.Option(help="Also try our forecast with nearness to the loaded places.")
    ] = False,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; without it, JSON here.")
    ] = None,
) -> None:
    """Test how well each way of choosing where to patrol would have done (hit rate, PAI, PEI)."""
    from data.exports.accuracy import as_csv, as_json
    from data.incidents.store import Store
    from data.layers.place_groups import place_shapes
    from models.incidents import accuracy
    from models.incidents.accuracy_counts import Terms
    from models.incidents.accuracy_verdict import verdict

    if weeks is not None and months is not None:
        message = "Give --weeks or --months, not both."
        raise typer.BadParameter(message)
    check_json_or_csv(out)
    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options)
    read = view_of(query, dataset=store)
    terms = Terms(
        step="month" if weeks is None else "week", horizon=weeks or months or 1, cell_m=cell_m
    )
    with bar("Testing") as tell:
        near = place_shapes(store.settings) if places else ()
        scores = accuracy.backtest(store, read.filter, terms=terms, places=near, progress=tell)
    show_notes((*verdict(scores), *scores.notes))
    csv = out is not None and out.suffix == ".csv"
    write(
        as_csv(store, scores) if csv else as_json(store, scores),
        out,
        what="backtest",
        query=query,
        version=store.snapshot.version,
    )


@app.command("near-repeat")
def near_repeat(  # noqa: PLR0913 - each is an option of the command
    view: Annotated[
        str,
        typer.Option(
            help="The filter as the page's address bar holds it, e.g. "
            '"from=2024-01-01&to=2024-12-31&distance=euclidean&over=year".'
        ),
    ] = "",
    first: FirstDay = None,
    last: LastDay = None,
    category: Annotated[str | None, typer.Option(help="Categories; burglary by default.")] = None,
    hours: Hours = None,
    ward: Wards = None,
    distance: Annotated[
        str | None, typer.Option(help="manhattan (the default) or euclidean.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the list of places; after the period."),
    ] = None,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    places: Annotated[
        bool, typer.Option(help="Write the places as CSV instead of the table.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; without it, JSON here.")
    ] = None,
) -> None:
    """Test whether incidents are followed by others near by; list the places at raised risk."""
    from data.exports.near_repeat import near_repeat_file
    from data.incidents.store import Store
    from models.incidents import near_repeat as near_repeats

    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options | {"distance": distance})
    chosen, how, problems = near_repeats.read_near_repeat_view(query, dataset=store)
    if problems:
        raise typer.BadParameter(" ".join(problems))
    with bar("Permuting the dates") as update:
        found = near_repeats.near_repeat(
            store, chosen, settings=how, progress=lambda done: update(done, "Permuting the dates")
        )
    show_notes(found.notes)
    written = near_repeat_file(
        store,
        found,
        on=on.date() if on else found.next_day,
        now=present(),
        ending=out.suffix if out else ".json",
        places_only=places,
    )
    write(written, out, what="near-repeat", query=query, version=store.snapshot.version)


@app.command()
def brief(  # noqa: PLR0913 - each is an option of the command
    view: ViewOption = "",
    tasking: Annotated[
        int | None, typer.Option(help="Print the sheet of this tasking: 12 for T-0012.")
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    category: Categories = None,
    hours: Hours = None,
    ward: Wards = None,
    top: Annotated[int, typer.Option(min=1, help="Number of hotspots described one by one.")] = 10,
    form: Annotated[
        str | None, typer.Option("--format", help="pdf (the default) or html; or by --out's ending")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; named automatically if not given.")
    ] = None,
) -> None:
    """Print a tactical assessment of a view or, with --tasking, a tasking's sheet."""
    from data.exports.tasking_sheet import tasking_sheet_file
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.operations.taskings.taskings import tasking as find_tasking
    from data.services.assessment import tactical_assessment_file

    ending = f".{form}" if form else out.suffix if out and out.suffix else ".pdf"
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options)
    if tasking is not None and query:
        message = "A tasking's sheet takes no view: give --tasking alone."
        raise typer.BadParameter(message)
    store, ops = Store.open(), Operations.open(settings())
    if tasking is not None:
        found = find_tasking(ops, tasking)
        written = tasking_sheet_file(store, found, person=person(), now=present(), ending=ending)
        path = out or Path(f"tasking-{found.reference}{ending}")
    else:
        read = view_of(query, dataset=store)
        written = tactical_assessment_file(
            store, read, person=person(), now=present(), ops=ops, top=top, ending=ending
        )
        period = read.filter.period
        path = out or Path(f"tactical-assessment-{period.first}-{period.last}{ending}")
    write(written, path, what="brief", query=query, version=store.snapshot.version)
