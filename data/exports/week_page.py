"""The first page of the pack of all teams: the week by team and day, with totals that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.exports.paper import Column, Document, Heading, Paragraph, SizedText, Table, pages
from geo.counting import counted
from models.tasking.shift_visits import visits_by_day
from models.tasking.wording import day_of_week_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from data.exports.paper import Block
    from models.tasking.patrol_demand import Candidate
    from models.tasking.shift_visits import TeamShift

_DAYS: Final = 7  # of one table
NO_SHIFT: Final = "–"


@dataclass(frozen=True, slots=True)
class _Fit:
    """How the page is made to fit: letters, and whether places say which teams visit them."""

    text_pt: float
    with_teams: bool = True


_FITS: Final = (
    *(_Fit(text_pt) for text_pt in (9.0, 8.5, 8.0, 7.5)),
    *(_Fit(text_pt, with_teams=False) for text_pt in (8.5, 8.0, 7.5, 7.0)),
)


def week_page(
    shifts: Sequence[TeamShift],
    dates: Sequence[date],
    candidates: Sequence[Candidate],
    *,
    title: str,
    about: str,
    now: datetime,
) -> SizedText:
    """Return the pack's first page; the pages of the shifts follow it in their order.

    Parameters
    ----------
    shifts : sequence of TeamShift
    dates : sequence of date
        Of the plan, in order.
    candidates : sequence of Candidate
    title : str
        Of the document.
    about : str
        Where the plan comes from.
    now : datetime
        Aware.
    """
    for fit in _FITS:
        blocks = tuple(_blocks(shifts, dates, candidates, about=about, fit=fit))
        page = SizedText(blocks, fit.text_pt)
        trial = Document(
            title=title,
            blocks=(page,),
            marking="OFFICIAL",
            period="30 Nov to 6 Dec 2026",
            made_at=now,
            made_by="Name of usual length",
        )
        if pages(trial) == 1:
            break
    return page


def _blocks(
    shifts: Sequence[TeamShift],
    dates: Sequence[date],
    candidates: Sequence[Candidate],
    *,
    about: str,
    fit: _Fit,
) -> Iterator[Block]:
    visits = [each for shift in shifts for each in shift.visits]
    minutes = sum(each.minutes for each in visits)
    spare = sum(each.in_spare_time for each in visits)
    places = len({each.hotspot_id for each in visits})
    teams = len({each.team for each in shifts})
    yield Paragraph(
        f"{counted(len(visits), 'visit')} by {counted(teams, 'team')} in "
        f"{counted(len(shifts), 'shift')} to {counted(places, 'place')}; {spare} of them in spare "
        f"time. Together {minutes / 60:,.1f} hours at the places, ways and breaks not counted.",
        "lead",
    )
    yield Heading("Visits by team and day")
    for start in range(0, len(dates), _DAYS):
        yield _by_day(shifts, dates, dates[start : start + _DAYS])
    yield Paragraph(
        f"Days are those on which a shift begins; {NO_SHIFT} where a team has no shift. Pages are "
        "those of this pack.",
        "small",
    )
    yield Heading("Visits by place")
    yield _by_place(shifts, candidates, with_teams=fit.with_teams)
    yield Paragraph(about, "small")


def _pages_of(shifts: Sequence[TeamShift]) -> dict[str, str]:
    """Return where each team's pages are in the pack, which begins with this page."""
    numbers: dict[str, list[int]] = {}
    for at, shift in enumerate(shifts, start=2):
        numbers.setdefault(shift.team, []).append(at)
    return {
        team: f"{own[0]}" if len(own) == 1 else f"{own[0]} to {own[-1]}"
        for team, own in numbers.items()
    }


def _by_day(
    shifts: Sequence[TeamShift],
    dates: Sequence[date],
    days: Sequence[date],
) -> Table:
    at = [list(dates).index(day) for day in days]
    table = visits_by_day(shifts, dates)
    page = _pages_of(shifts)
    on = {(each.team, each.day) for each in shifts}
    rows = [
        (
            team,
            *(
                f"{counts[n]:,}" if (team, day) in on else NO_SHIFT
                for n, day in zip(at, days, strict=True)
            ),
            f"{sum(counts[n] for n in at):,}",
            page[team],
        )
        for team, counts in table.items()
    ]
    totals = [sum(counts[n] for counts in table.values()) for n in at]
    rows.append(("All teams", *(f"{each:,}" for each in totals), f"{sum(totals):,}", ""))
    return Table(
        (
            Column("Team", share=1.0),
            *(Column(f"{day:%a} {day.day}", "right") for day in days),
            Column("Visits", "right"),
            Column("Pages", "right"),
        ),
        tuple(rows),
        f"Shifts that begin from {day_of_week_label(days[0])} to {day_of_week_label(days[-1])}",
        total=True,
    )


def _by_place(
    shifts: Sequence[TeamShift], candidates: Sequence[Candidate], *, with_teams: bool
) -> Table:
    count: Counter[str] = Counter()
    teams: dict[str, dict[str, int]] = {}
    for shift in shifts:
        for visit in shift.visits:
            count[visit.hotspot_id] += 1
            of_place = teams.setdefault(visit.hotspot_id, {})
            of_place[visit.team] = of_place.get(visit.team, 0) + 1
    rows = [
        (
            f"{each.rank}",
            each.near or each.hotspot_id,
            each.ward_name,
            *([_teams_label(teams[each.hotspot_id])] * with_teams),
            f"{count[each.hotspot_id]:,}",
        )
        for each in candidates
        if count[each.hotspot_id]
    ]
    rows.append(("", "All places", "", *([""] * with_teams), f"{count.total():,}"))
    return Table(
        (
            Column("Rank", "right"),
            Column("Place", share=1.2),
            Column("Ward", share=0.8),
            *([Column("Teams and their visits", share=1.8)] * with_teams),
            Column("Visits", "right"),
        ),
        tuple(rows),
        "Every place of the plan that is visited",
        total=True,
    )


def _teams_label(visits: Mapping[str, int]) -> str:
    return ", ".join(f"{team}: {number}" for team, number in visits.items())
