"""What lies beneath the incidents: wards, postcodes, bases, premises, population, severity."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.settings import settings
from geo.counting import counted
from pages.command_line.terminal import (
    PathArgument,
    load_ward_file,
    present,
    say,
    stdout,
)

app = typer.Typer()


@app.command()
def wards(
    path: PathArgument,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system, if the file does not say: EPSG:27700")
    ] = None,
    code_column: Annotated[str | None, typer.Option(help="Column of the ward codes.")] = None,
    name_column: Annotated[str | None, typer.Option(help="Column of the ward names.")] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer or map, if the file has several.")
    ] = None,
) -> None:
    """Put a ward file into use and join incidents to it.

    It may be GeoJSON, GeoPackage, Shapefile, KML, a File Geodatabase, or a ZIP of one.
    """
    load_ward_file(path, crs=crs, code_column=code_column, name_column=name_column, layer=layer)


@app.command()
def postcodes(path: PathArgument) -> None:
    """Load a Code-Point Open style table, so that rows with only a postcode find their place."""
    from data.layers.postcodes import save_postcodes
    from data.sources.postcodes import read_postcodes
    from data.sources.source_file import open_source

    read = read_postcodes(open_source(path), metric_crs=settings().metric_crs)
    save_postcodes(read.table, settings().postcodes_path)
    stdout.print(f"{counted(len(read.table), 'postcode')} loaded.")
    for reason, rows in read.left_out:
        stdout.print(f"- {counted(rows, 'row')} left out: {reason}", markup=False, highlight=False)
    for note in read.notes:
        say(f"- {note}")


@app.command()
def base(
    path: Annotated[
        Path | None, typer.Argument(help="CSV of points: premises, residents.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name in links and in `--view base=`, e.g. premises.")
    ] = None,
    title: Annotated[str | None, typer.Option(help='For people, e.g. "Licensed premises".')] = None,
    weight_column: Annotated[
        str | None,
        typer.Option(help="Column of counts, e.g. population; without it each point is one."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the file describes; today by default."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the bases loaded.")] = False,
) -> None:
    """Load a base of opportunity for relative risk, or list those loaded."""
    from data.layers.wards import wards_or_none
    from data.services.bases import base_words, bases, load_base_file

    wards = wards_or_none(settings())
    if listed or path is None:
        if path is not None or name is not None:
            message = "No file was given. Give a FILE with its --name, or --list alone."
            raise typer.BadParameter(message)
        for each in bases(settings()):
            say(f"{each.name}  {base_words(each, wards=wards)}")
        if not settings().bases_path.exists():
            say("No base is loaded. Load one with `hotspots base FILE --name premises`.")
        return
    if name is None:
        message = "The base has no name. Give one, e.g. --name premises."
        raise typer.BadParameter(message)
    read = load_base_file(
        path,
        settings=settings(),
        name=name,
        shown_on=(on or present()).date(),
        title=title,
        weight_column=weight_column,
    )
    say(f"{name}  {base_words(read.base, wards=wards)}")
    accepted, rejected = len(read.base), len(read.rejected)
    say(f"{counted(read.rows_read, 'row')} read = {accepted:,} accepted + {rejected:,} rejected.")
    for line in (*read.reasons, *read.notes):
        say(f"- {line}")


@app.command()
def premises(
    path: PathArgument,
    title: Annotated[
        str | None, typer.Option(help='For people, e.g. "Licensing register".')
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the file describes; today by default."),
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
        shown_on=(on or present()).date(),
        title=title,
        columns={role.strip(): name.strip() for role, name in pairs},
    )
    accepted, rejected = len(read.premises), len(read.rejected)
    say(f"{counted(read.rows_read, 'row')} read = {accepted:,} accepted + {rejected:,} rejected.")
    say("; ".join(f"{what}: {name}" for what, name in read.columns) + ".")
    for line in (*read.reasons, *read.notes):
        say(f"- {line}")


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
    say(f"{counted(read.rows_read, 'row')} read = {accepted:,} accepted + {rejected:,} rejected.")
    for line in (*read.reasons, *read.notes):
        say(f"- {line}")
    wards = wards_or_none(settings())
    if wards is not None:
        say(by_ward(read.context, wards=wards).description)


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
    stdout.print(words, markup=False, highlight=False, soft_wrap=True)
