"""What lies near, on the command line: the places of hotspots, and incidents near each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pages.command_line.terminal import (
    Categories,
    FirstDay,
    Hours,
    LastDay,
    ViewOption,
    Wards,
    check_json_or_csv,
    query_of,
    show_notes,
    view_of,
    write,
)

app = typer.Typer()


@app.command()
def here(  # noqa: PLR0913 - each is an option of the command
    view: ViewOption = "",
    first: FirstDay = None,
    last: LastDay = None,
    category: Categories = None,
    hours: Hours = None,
    ward: Wards = None,
    near: Annotated[
        float, typer.Option(help="What counts as near a place, 25 to 250 metres.")
    ] = 100.0,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; without it, JSON here.")
    ] = None,
) -> None:
    """List the places at each hotspot, and compare incidents near each kind with those elsewhere.

    The CSV has the comparison alone.
    """
    from data.exports.near_places import near_csv, near_json
    from data.incidents.store import Store
    from data.layers.place_groups import places_at
    from data.services.detection import detect
    from data.services.nearby import near_places_of
    from models.incidents.near_places import NOT_BECAUSE

    check_json_or_csv(out)
    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options)
    read = view_of(query, dataset=store)
    found = near_places_of(store, read.filter, near_m=near)
    show_notes(tuple(filter(None, (found.refused, *found.selection.notes, NOT_BECAUSE))))
    if out is not None and out.suffix == ".csv":
        written = near_csv(store, found)
    else:
        frame = detect(store, read.filter, method=read.method).hotspots.frame
        rows = zip(frame["hotspot_id"], frame["rank"], frame.geometry, strict=True)
        listed = [(name, int(rank), places_at(shape, store.settings)) for name, rank, shape in rows]
        written = near_json(store, found, hotspots=listed)
    write(written, out, what="here", query=query, version=store.snapshot.version)
