"""Licensing evidence about premises or an area, on the command line: a paper as PDF or HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pages.command_line.terminal import (
    LastDay,
    Wards,
    operations,
    person,
    present,
    query_of,
    record_export,
    say,
    view_of,
    write_file,
)

app = typer.Typer()


@app.command()
def licensing(
    out: Annotated[Path, typer.Option(help="File to write: .pdf or .html")],
    premises: Annotated[
        str | None, typer.Option(help="Licensed premises, by their name on the loaded list.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(help="A night-time area that is kept: its number or its name.")
    ] = None,
    within: Annotated[
        float, typer.Option(help="Metres around the premises: 50, 100, 150 or 250.")
    ] = 50.0,
    last: LastDay = None,
    ward: Wards = None,
) -> None:
    """Print licensing evidence about premises or an area: twelve months of nights, in plain words.

    With --to, the twelve months end on that day, else where the data end.
    """
    from data.exports.licensing_paper import licensing_file
    from data.exports.licensing_words import answer
    from data.exports.paper import check_ending
    from data.incidents.store import Store
    from data.services.licensing import evidence_of, place_of_area, place_of_premises

    check_ending(out.suffix)
    if (premises is None) == (area is None):
        message = "Give either --premises or --area."
        raise typer.BadParameter(message)
    store = Store.open()
    query = query_of("", {"to": last, "ward": ward})
    read = view_of(query, dataset=store)
    if premises is not None:
        place = place_of_premises(store, premises, within_m=within)
    else:
        place = place_of_area(store, operations(), area or "")
    evidence = evidence_of(store, read.filter, place)
    for line in answer(evidence):
        say(line)
    written = licensing_file(store, evidence, person=person(), now=present(), ending=out.suffix)
    record_export("licensing", kind=out.suffix.removeprefix("."), query=query)
    write_file(written, out)
    say(f"Written to {out}.")
