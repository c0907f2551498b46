"""Teams from rows of text, one row a shift, and back.

A team with several rows has several shifts; what belongs to the team (travel, speed, break, days
off) is read from its first row.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from geo.errors import PlainError
from geo.streets.ways import TRAVELS
from models.calendar.week import WEEKDAYS
from models.tasking.teams import DAY, Shift, Team, TeamError, clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


TEAM_COLUMNS: Final = (
    "team",
    "days",
    "from",
    "to",
    "travel",
    "speed_kmh",
    "break_minutes",
    "days_off",
)


_SHORT: Final = tuple(day[:3] for day in WEEKDAYS)


_CLOCK: Final = re.compile(r"^(\d{1,2}):(\d{2})(?::00)?$")


DEFAULT_ROWS: Final[tuple[dict[str, str], ...]] = tuple(
    dict(zip(TEAM_COLUMNS, row, strict=True))
    for row in (
        ("THEO early", "Mon-Fri", "08:00", "16:00", "foot", "", "45", ""),
        ("THEO late 1", "Tue-Sat", "14:00", "22:00", "foot", "", "45", ""),
        ("THEO late 2", "Wed-Sun", "15:00", "23:00", "foot", "", "45", ""),
        ("Neighbourhood safety", "Mon-Fri", "12:00", "20:00", "bike", "", "45", ""),
        ("Partnership Taskforce 1", "Wed-Sun", "16:00", "00:00", "bike", "", "45", ""),
        ("Partnership Taskforce 2", "Thu-Sun", "18:00", "02:00", "car", "", "45", ""),
    )
)


class TeamFileError(PlainError, ValueError):
    """A table of teams cannot be read; the message lists every fault with its row."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("The teams cannot be used as they are. " + " ".join(faults))


def teams_csv_rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV table of teams.

    Raises
    ------
    TeamFileError
        If a column is missing, or it is no CSV.
    """
    try:
        return _csv_rows(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as fault:
        raise TeamFileError([f"The table is no CSV: {fault}."]) from fault


def _csv_rows(reader: csv.DictReader[str]) -> list[dict[str, str]]:
    missing = [name for name in TEAM_COLUMNS[:4] if name not in (reader.fieldnames or ())]
    if missing:
        there = ", ".join(reader.fieldnames or ()) or "none"
        raise TeamFileError(
            [f"The columns {', '.join(missing)} are missing; found {there}. Add them."]
        )
    return [{name: (row.get(name) or "").strip() for name in TEAM_COLUMNS} for row in reader]


def teams_of_rows(rows: Sequence[Mapping[str, Any]]) -> tuple[Team, ...]:
    """Read teams from rows of text.

    Parameters
    ----------
    rows : sequence of mapping
        With the keys of `TEAM_COLUMNS`; wholly empty rows are left out.

    Raises
    ------
    TeamFileError
        With every fault and its row.
    """
    shifts: dict[str, list[Shift]] = {}
    first: dict[str, dict[str, str]] = {}
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        held = {name: _text(row.get(name)) for name in TEAM_COLUMNS}
        if not any(held[name] for name in ("team", "days", "from", "to")):
            continue
        try:
            shift = Shift(
                weekdays=weekdays_of(held["days"]),
                start_minute=_minute(held["from"]) % DAY,
                end_minute=_minute(held["to"]),
            )
        except TeamError as problem:
            faults.append(f"Row {number}: {problem}")
            continue
        shifts.setdefault(held["team"], []).append(shift)
        first.setdefault(held["team"], held)
    found = []
    for name, held in first.items():
        try:
            found.append(_team(held, tuple(shifts[name])))
        except TeamError as problem:
            faults.append(f"{name or 'A team without a name'}: {problem}")
    if faults:
        raise TeamFileError(faults)
    return tuple(found)


def _text(value: Any) -> str:  # noqa: ANN401 - a cell
    return "" if value is None or value != value else str(value).strip()


def _team(row: Mapping[str, str], shifts: tuple[Shift, ...]) -> Team:
    travel = next((each for each in TRAVELS if each == (row["travel"].lower() or "foot")), None)
    if travel is None:
        message = f"Unknown way of travelling {row['travel']!r}; there are {', '.join(TRAVELS)}."
        raise TeamError(message)
    return Team(
        name=row["team"],
        shifts=shifts,
        travel=travel,
        speed_kmh=_number(row["speed_kmh"], what="speed") if row["speed_kmh"] else None,
        break_minutes=int(_number(row["break_minutes"] or "0", what="break")),
        days_off=tuple(_day(each) for each in re.split(r"[,;\s]+", row["days_off"]) if each),
    )


def weekdays_of(text: str) -> tuple[int, ...]:
    """Read "Mon-Fri", "Sat, Sun" or "every day" as weekdays, Monday being 0.

    Raises
    ------
    TeamError
    """
    if text.strip().lower() in ("every day", "daily", "all"):
        return tuple(range(7))
    found: set[int] = set()
    for part in (each for each in re.split(r"[,;/]+", text) if each.strip()):
        ends = [_weekday(each, text=text) for each in re.split(r"[-–]| to ", part.strip())]
        run = (ends[-1] - ends[0]) % 7 + 1
        found.update((ends[0] + step) % 7 for step in range(run))
    return tuple(sorted(found))


def _weekday(part: str, *, text: str) -> int:
    short = part.strip()[:3].title()
    if short not in _SHORT:
        message = f"The days {text!r} cannot be read; write them like Mon-Fri or Sat, Sun."
        raise TeamError(message)
    return _SHORT.index(short)


def _minute(text: str) -> int:
    found = _CLOCK.match(text)
    minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1
    if not 0 <= minute <= DAY:
        message = f"The time {text!r} cannot be read; write it like 14:30."
        raise TeamError(message)
    return minute


def _number(text: str, *, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f"Its {what} {text!r} is not a number."
        raise TeamError(message) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"Its day off {text!r} cannot be read; write it like 2026-11-24."
        raise TeamError(message) from None


def team_rows(teams: Sequence[Team]) -> list[dict[str, str]]:
    """Return teams as rows of text; `teams_of_rows` gives the same teams back."""
    return [
        {
            "team": team.name,
            "days": ", ".join(_SHORT[day] for day in shift.weekdays),
            "from": clock(shift.start_minute),
            "to": clock(shift.end_minute % DAY),
            "travel": team.travel,
            "speed_kmh": "" if team.speed_kmh is None else f"{team.speed_kmh:g}",
            "break_minutes": str(team.break_minutes),
            "days_off": ", ".join(day.isoformat() for day in team.days_off),
        }
        for team in teams
        for shift in team.shifts
    ]
