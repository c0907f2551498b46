"""Streets and places on the command line: load a layer, list those loaded, take one back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.settings import settings
from geo.counting import counted
from pages.command_line.terminal import bar, person, present, say

if TYPE_CHECKING:
    from data.services.places import PlaceLabels
    from data.sources.place_layers import PlaceReading

app = typer.Typer()


@app.command()
def places(  # noqa: PLR0913 - an option each
    path: Annotated[
        Path | None,
        typer.Argument(help="Map file, ZIP of one, or CSV with positions.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="What it holds: street, park, water, rail, station, …")
    ] = None,
    title: Annotated[str | None, typer.Option(help='For people, e.g. "OS Open Roads".')] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the file describes; today by default."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Where it comes from; the file's name.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Its licence, e.g. OGL v3.")] = None,
    credit: Annotated[
        str | None, typer.Option(help="The line that every map of it has to show; the source.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer or map, if the file has several.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system, if the file does not say: EPSG:27700")
    ] = None,
    name_column: Annotated[str | None, typer.Option(help="Column of the names.")] = None,
    class_column: Annotated[str | None, typer.Option(help="Column of the classes.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the layers loaded.")] = False,
    undo: Annotated[
        str | None, typer.Option(help="Kind whose last layer is to be taken back.")
    ] = None,
) -> None:
    """Load streets, parks, stations and other places, list those loaded, or take one back.

    Only the box of the wards and 1 km around is read.
    """
    from data.services.places import PlaceLabels
    from data.sources.place_layers import PlaceReading

    if undo is not None:
        _take_back(undo, alone=path is None and kind is None and not listed)
        return
    if listed or (path is None and kind is None):
        if path is not None or kind is not None:
            message = "A file and --list were given. Give a FILE with its --kind, or --list alone."
            raise typer.BadParameter(message)
        _list()
        return
    if path is None or kind is None:
        missing = "no FILE was given" if path is None else "the file has no --kind"
        message = f"Nothing was loaded: {missing}. Give both, e.g. roads.gpkg --kind street."
        raise typer.BadParameter(message)
    labels = PlaceLabels(
        title=title,
        shown_on=None if on is None else on.date(),
        source=source,
        licence=licence,
        credit=credit,
    )
    reading = PlaceReading(layer, crs=crs, name_column=name_column, class_column=class_column)
    _load(path, kind, labels=labels, reading=reading)


def _load(path: Path, kind: str, *, labels: PlaceLabels, reading: PlaceReading) -> None:
    from data.services.places import load_places_file
    from geo.places import read_place_kind

    wanted = read_place_kind(kind)
    with bar(f"Reading {path.name}") as update:
        loaded = load_places_file(
            path,
            kind=wanted,
            settings=settings(),
            now=present(),
            person=person().name,
            labels=labels,
            reading=reading,
            progress=lambda done, rows: update(
                done, f"Reading {path.name}: {counted(rows, 'row')}"
            ),
        )
    say(loaded.layer.label)
    say(loaded.summary)
    for line in (*map(str, loaded.rejected), *loaded.notes):
        say(f"- {line}")


def _list() -> None:
    from data.layers.places import loaded_places

    loaded = loaded_places(settings())
    for each in loaded:
        say(f"{each.kind}  {each.description}")
    if not loaded:
        say("No layer is loaded. Load one with `hotspots places FILE --kind street`.")


def _take_back(kind: str, *, alone: bool) -> None:
    from data.services.places import take_back_places
    from geo.places import read_place_kind

    if not alone:
        message = "--undo was given with something else. Give --undo KIND alone."
        raise typer.BadParameter(message)
    say(take_back_places(read_place_kind(kind), settings=settings()))
