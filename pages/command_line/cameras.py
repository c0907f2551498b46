"""Cameras, on the command line: what those that are there could see, and where others would."""

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
def cameras(  # noqa: PLR0913 - each is an option of the command
    view: ViewOption = "",
    first: FirstDay = None,
    last: LastDay = None,
    category: Categories = None,
    hours: Hours = None,
    ward: Wards = None,
    sight: Annotated[
        float, typer.Option(help="How far a camera is taken to see, 10 to 200 metres.")
    ] = 50.0,
    new: Annotated[
        int, typer.Option(help="Number of sites to look for, 1 to 20; none by default.")
    ] = 0,
    version: Annotated[int | None, typer.Option(help="Table version; newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .json or .csv; without it, JSON here.")
    ] = None,
) -> None:
    """Say what share of incidents cameras could have seen; with --new, where more would see most.

    The CSV has the sites where --new is given, else the shares.
    """
    from data.exports.cameras import cameras_json, cover_csv, sites_csv, sites_label
    from data.incidents.store import Store
    from data.services.nearby import camera_cover_of, camera_sites_of

    check_json_or_csv(out)
    store = Store.open(version=version)
    options = {"from": first, "to": last, "category": category, "hours": hours, "ward": ward}
    query = query_of(view, options)
    read = view_of(query, dataset=store)
    cover = camera_cover_of(store, read.filter, sight_m=sight)
    sites = camera_sites_of(store, read.filter, new=new, sight_m=sight) if new else None
    said = () if sites is None else (sites_label(sites),)
    show_notes((*filter(None, (cover.refused, cover.no_hours)), *said, *cover.selection.notes))
    if out is None or out.suffix == ".json":
        written = cameras_json(store, cover, sites)
    else:
        written = cover_csv(store, cover) if sites is None else sites_csv(store, sites)
    write(written, out, what="cameras", query=query, version=store.snapshot.version)
