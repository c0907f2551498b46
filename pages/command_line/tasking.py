"""Patrols planned, visits logged, results reviewed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from data.settings import settings
from pages.command_line.terminal import (
    PathArgument,
    actor,
    bar,
    operations,
    present,
    query_of,
    record_export,
    say,
    show_notes,
    view_of,
    write,
    write_file,
)

app = typer.Typer()


@app.command()
def plan(  # noqa: PLR0913 - each is an option of the command
    starts: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="First day, e.g. 2026-11-23.")
    ],
    out: Annotated[
        Path, typer.Option(help="File to write: .csv, .ics, or .pdf for the teams' sheets.")
    ],
    teams: Annotated[
        Path | None, typer.Option(help="Teams and shifts: .toml or .csv; see the docs.")
    ] = None,
    view: Annotated[
        str, typer.Option(help="Filter and method as in `hotspots detect --view`.")
    ] = "",
    days: Annotated[int, typer.Option(help="Number of days.")] = 7,
    top: Annotated[int, typer.Option(min=1, help="Number of hotspots, by rank.")] = 25,
    minutes: Annotated[int, typer.Option(help="Minutes a visit; 10 to 16 are best.")] = 15,
    seed: Annotated[int, typer.Option(help="Seed for breaks, order and minutes.")] = 1,
    seconds: Annotated[float, typer.Option(help="Longest time to search, in seconds.")] = 20.0,
    team: Annotated[
        str | None, typer.Option(help="Calendar or sheets of this team alone, by its name.")
    ] = None,
) -> None:
    """Plan patrols: which team visits which hotspot at which minute, as a table or on paper."""
    from data.services.patrols import PlanOptions, plan_file
    from models.incidents.view import PLAN_PREFIX

    wanted = PlanOptions(
        starts_on=starts.date(),
        days=days,
        top=top,
        minutes=minutes,
        seed=seed,
        seconds=seconds,
        team=team,
    )
    query = query_of(view)
    if misplaced := [key for key in query if key.startswith(PLAN_PREFIX)]:
        message = (
            f"{misplaced[0]} is read on the page Plan alone. Give the command's own options "
            "instead (--starts, --days, --top, --minutes, --seed, --seconds, --teams)."
        )
        raise typer.BadParameter(message)
    with bar("Planning") as tell:
        made = plan_file(
            settings(),
            query=query,
            teams=teams,
            options=wanted,
            ending=out.suffix,
            actor=actor(),
            tell=lambda share: tell(share, "Planning"),
        )
    for line in made.lines:
        say(line)
    record_export("plan", kind=out.suffix.removeprefix("."), query=query)
    write_file(made.content, out)
    say(f"Written to {out}.")


@app.command()
def sheets(
    plan_id: Annotated[int, typer.Argument(metavar="NUMBER", help="Of a saved plan: 3 is P-0003.")],
    out: Annotated[Path, typer.Option(help="File to write: .pdf")],
    team: Annotated[
        str | None, typer.Option(help="Sheets of this team alone; all teams without it.")
    ] = None,
) -> None:
    """Print the sheets of a saved plan: a page a shift, of one team or of all as one pack."""
    from data.incidents.store import Store
    from data.services.patrols import saved_week
    from data.services.team_weeks import team_week_file

    if out.suffix.lower() != ".pdf":
        message = f"Sheets are written as .pdf; {out.suffix!r} was asked for. End it in .pdf."
        raise typer.BadParameter(message)
    acting, store = actor(), Store.open(settings())
    week = saved_week(acting.ops, plan_id)
    with bar("Drawing sheets") as tell:
        content = team_week_file(
            store,
            week,
            ops=acting.ops,
            person=acting.person,
            now=acting.now,
            team=team,
            tell=lambda share: tell(share, "Drawing sheets"),
        )
    record_export("sheets", kind="pdf", query=week.view, version=store.snapshot.version)
    write_file(content, out)
    say(f"Written to {out}.")


@app.command()
def loops(
    out: Annotated[Path, typer.Option(help="File to write: .gpx or .geojson")],
    view: Annotated[
        str, typer.Option(help="Filter and method as in `hotspots detect --view`.")
    ] = "",
    top: Annotated[int, typer.Option(min=1, help="Number of hotspots, by rank.")] = 25,
    minutes: Annotated[int, typer.Option(help="Minutes a visit.", min=5, max=60)] = 15,
    at: Annotated[
        str,
        typer.Option(help="When the visits are: 'Fri 23:30'. All hours count alike without it."),
    ] = "",
) -> None:
    """Write the walking loop of each hotspot's visits for a phone, and print its directions."""
    from data.services.loops import view_loops

    query = query_of(view)
    with bar("Finding loops") as tell:
        made = view_loops(
            settings(),
            query=query,
            top=top,
            minutes=minutes,
            ending=out.suffix,
            now=present(),
            at=at,
            tell=lambda share: tell(share, "Finding loops"),
        )
    for line in made.lines:
        say(line)
    record_export("loops", kind=out.suffix.removeprefix("."), query=query, rows=made.loops)
    write_file(made.content, out)
    say(f"Written to {out}.")


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

    with bar("Logging") as tell:
        done = upload_visits(
            actor(),
            path,
            limits=Limits(settings().max_upload_mb),
            progress=lambda share: tell(share, "Logging"),
        )
    say(done.summary)
    for line in done.reasons:
        say(f"- {line}")
    if done.rejected and rejected is not None:
        record_export("visits", kind="csv", rows=len(done.rejected))
        write_file(done.rejected_file(), rejected)
        say(f"Rejected rows, each with its reason: {rejected}")


@app.command()
def power(
    path: Annotated[
        Path | None, typer.Argument(help="File with one area.", show_default=False)
    ] = None,
    place: Annotated[
        str | None, typer.Option(help='A postcode, or "EASTING NORTHING", for a circle.')
    ] = None,
    radius: Annotated[float, typer.Option(help="Radius of that circle in metres.")] = 150.0,
    tasking: Annotated[
        int | None, typer.Option(help="Number of a tasking, instead of an area.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Day it will begin.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of it.")
    ] = None,
    view: Annotated[
        str, typer.Option(help='What is counted, e.g. "category=asb,drugs&hours=nights".')
    ] = "",
) -> None:
    """Tell how often a review would see a fall by half, before anything is approved."""
    from data.incidents.store import Store
    from data.operations.taskings.taskings import taskings
    from data.services.chosen_area import chosen_area
    from models.calendar.periods import Period
    from models.incidents.view import read_view
    from models.reviews.fixing import Choice, propose_fixed_areas
    from models.reviews.power import power_label, power_of
    from models.reviews.questions import numbered, question_about, question_of
    from models.tasking.lifecycle import OPEN

    store, known = Store.open(), taskings(operations())
    if tasking is not None:
        one = numbered(known, tasking)
        others = [each for each in known if each.status in OPEN and each != one]
        fixed = None
        if one.comparison is None:
            fixed = propose_fixed_areas(
                store,
                one,
                filter=read_view(dict(one.decision.view), dataset=store).filter,
                starts_on=one.draft.starts_on,
                others=[each.draft.area for each in others],
            )
        asked = question_of(store, one, taskings=known, fixed=fixed)
    elif first is None or last is None:
        message = "The days are missing. Give them: --from 2026-12-01 --to 2027-01-31."
        raise typer.BadParameter(message)
    else:
        asked = question_about(
            store,
            chosen_area(store, path=path, place=place, radius_m=radius),
            after=Period(first.date(), last.date()),
            incident_filter=view_of(query_of(view), dataset=store).filter,
            choice=Choice(),
            taskings=known,
        )
    say(power_label(power_of(store, asked)))


@app.command()
def review(  # noqa: PLR0913 - each is an option of the command
    path: Annotated[
        Path | None, typer.Argument(help="File with one area.", show_default=False)
    ] = None,
    place: Annotated[
        str | None, typer.Option(help='A postcode, or "EASTING NORTHING", for a circle.')
    ] = None,
    radius: Annotated[float, typer.Option(help="Radius of that circle in metres.")] = 150.0,
    tasking: Annotated[
        int | None, typer.Option(help="Number of a tasking, instead of an area.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Day it began.")
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day included in the review."),
    ] = None,
    view: Annotated[
        str, typer.Option(help='What is counted, e.g. "category=asb,drugs&hours=nights".')
    ] = "",
    by_figures: Annotated[
        bool,
        typer.Option(
            "--by-figures/--not-by-figures",
            help="Was the place chosen because its figures were high?",
        ),
    ] = True,
    out: Annotated[Path | None, typer.Option(help="File to write: .json or .csv.")] = None,
) -> None:
    """Did it work? Before and after in an area, held against places like it, with a verdict."""
    from data.exports.reviews import review_file
    from data.incidents.store import Store
    from data.operations.taskings.taskings import taskings
    from data.services.chosen_area import chosen_area
    from models.calendar.periods import Period
    from models.reviews.fixing import Choice
    from models.reviews.questions import numbered, question_about, question_of
    from models.reviews.reviewing import review as look_back

    store, known = Store.open(), taskings(operations())
    if tasking is not None:
        one = numbered(known, tasking)
        title, until = one.draft.title, last.date() if last else None
        asked = question_of(store, one, taskings=known, until=until)
    elif first is None or last is None:
        message = "The days are missing. Give them: --from 2026-06-01 --to 2026-07-31."
        raise typer.BadParameter(message)
    else:
        title = path.name if path else place or ""
        read = view_of(query_of(view), dataset=store)
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
        say(line)
    show_notes((*found.notes, asked.fixed.note))
    if out is not None:
        content = review_file(store, found, title=title, now=present(), ending=out.suffix)
        write(content, out, what="review", query=query_of(view), version=store.snapshot.version)
