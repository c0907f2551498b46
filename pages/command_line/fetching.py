"""Downloads from public services, where there is internet: months, wards, streets and places."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.settings import settings
from geo.counting import counted
from pages.command_line.terminal import (
    bar,
    import_progress,
    load_ward_file,
    person,
    present,
    say,
    show_record,
    stdout,
)

if TYPE_CHECKING:
    from data.services.place_fetching import PlaceFetch, PlaceFetched

app = typer.Typer()


@app.command()
def fetch(  # noqa: PLR0913 - an option each
    area: Annotated[
        str | None, typer.Option(help='Name or code of the borough, e.g. "Tower Hamlets".')
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First month, e.g. 2024-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last month, e.g. 2024-06.")] = None,
    places: Annotated[
        bool,
        typer.Option(
            "--places", help="Streets and places around the wards in use, in place of months."
        ),
    ] = False,
    kinds: Annotated[
        str | None, typer.Option(help="Kinds of place, with commas: street,park; all without it.")
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            help="Of places: osm (OpenStreetMap) or os (Ordnance Survey: streets and parks, a "
            "gigabyte). osm without it.",
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for the downloads; in the store by default.")
    ] = None,
    refresh: Annotated[bool, typer.Option(help="Download what is complete again.")] = False,
    load: Annotated[
        bool, typer.Option("--import/--no-import", help="Import what was downloaded.")
    ] = True,
) -> None:
    """Download real months from data.police.uk, and wards from the ONS, where there is internet.

    With --places: streets, parks, water, stations, schools and other places around the wards.
    """
    kept = folder or settings().store / "downloads"
    if places:
        months = {"--area": area, "--from": first, "--to": last}
        if given := [name for name, text in months.items() if text is not None]:
            message = (
                f"--places was given with {', '.join(given)}. It takes the wards in use: leave "
                "that out, or fetch months in a call of their own."
            )
            raise typer.BadParameter(message)
        _fetch_places(kinds, provider, folder=kept / "places", refresh=refresh, load=load)
        return
    if kinds is not None or provider is not None:
        message = "--kinds and --provider choose places. Give them with --places."
        raise typer.BadParameter(message)
    if area is None or first is None or last is None:
        message = (
            "Months need --area, --from and --to, such as --area Newham --from 2024-01 --to "
            "2024-06; streets and places need --places."
        )
        raise typer.BadParameter(message)
    _fetch_months(area, first, last, folder=kept, refresh=refresh, load=load)


def _fetch_months(
    area: str, first: str, last: str, *, folder: Path, refresh: bool, load: bool
) -> None:
    from data.services import loading
    from data.sources import boundaries_api, police_uk_api
    from data.sources.http import PoliteClient

    months = police_uk_api.months_between(first, last)
    with PoliteClient() as client:
        stdout.print(f"Asking for the wards of {area} …", markup=False)
        found = boundaries_api.borough_wards(area, folder=folder, client=client)
        with bar("Downloading") as tell_download:
            report = police_uk_api.fetch_months(
                boundaries_api.outline(found.path),
                months,
                folder=folder / found.code,
                client=client,
                name=found.name,
                refresh=refresh,
                progress=tell_download,
            )
    for month in report.missing:
        stdout.print(f"{month.month}: {month.reason}", markup=False)
    stdout.print(
        f"{counted(report.incidents, 'incident')} of {counted(len(report.files), 'month')} of "
        f"{found.name} in {folder}",
        markup=False,
    )
    if not load or not report.files:
        return
    if not settings().wards_path.exists():
        load_ward_file(found.path)
    with import_progress("Importing") as tell:
        name = f"{found.name} {first} to {last}"
        record = loading.import_path(
            folder / found.code, settings=settings(), now=present(), name=name, progress=tell
        )
    show_record(record)


def _fetch_places(
    kinds: str | None, provider: str | None, *, folder: Path, refresh: bool, load: bool
) -> None:
    from data.services.place_fetching import PlaceFetch, offered_kinds, read_provider
    from geo.places import read_place_kind

    source = read_provider(provider or "osm")
    named = [each for each in (kinds or "").split(",") if each.strip()]
    wanted = tuple(dict.fromkeys(read_place_kind(each) for each in named))
    asked = PlaceFetch(source, wanted or offered_kinds(source), folder, load=load, refresh=refresh)
    reports = _reported(asked)
    if load and not any(each.loaded for each in reports):
        stdout.print("No layer was loaded.")
        raise typer.Exit(1)


def _reported(asked: PlaceFetch) -> list[PlaceFetched]:
    """Download and load each kind, and say what became of it."""
    from data.services.place_fetching import fetch_places
    from data.sources.http import PoliteClient
    from data.sources.overpass import OVERPASS_POLICY

    reports: list[PlaceFetched] = []

    def tell(done: float, words: str) -> None:
        update(done, words)

    with PoliteClient(OVERPASS_POLICY) as client:
        places = fetch_places(
            asked,
            settings=settings(),
            now=present(),
            person=person().name,
            client=client,
            progress=tell,
        )
        with closing(places):
            for _ in asked.kinds:
                with bar("Downloading places") as update:
                    fetched = next(places)
                _say_fetched(fetched)  # not while a bar is drawn, which would take the line
                reports.append(fetched)
    return reports


def _say_fetched(fetched: PlaceFetched) -> None:
    from geo.places import KIND_LABELS

    title = KIND_LABELS[fetched.kind].partition(" (")[0]
    file = f" ({fetched.state}: {fetched.file})" if fetched.file else ""
    if fetched.loaded is None:
        say(f"{title}: {fetched.reason or 'not loaded, as asked'}{file}")
        return
    say(f"{fetched.loaded.layer.label}{file}")
    say(f"  {fetched.loaded.layer.description}")
    say(f"  {fetched.loaded.summary}")
    for line in (*map(str, fetched.loaded.rejected), *fetched.loaded.notes):
        say(f"  - {line}")
