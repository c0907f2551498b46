"""Teams, shifts and the hours on duty that they give."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sources.team_files import read_teams
from models.calendar.clock_changes import NO_CHANGES, clock_changes
from models.tasking.team_rows import (
    DEFAULT_ROWS,
    TeamFileError,
    team_rows,
    teams_of_rows,
    weekdays_of,
)
from models.tasking.teams import Shift, Team, TeamError, duties_of, wall_minute

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = date(2026, 11, 23)


def late(**changes: object) -> Team:
    return Team("Late", (Shift((0,), 14 * 60, 22 * 60),), **changes)  # type: ignore[arg-type]


def test_a_shift_is_divided_by_its_break_and_keeps_time_to_get_ready() -> None:
    (duty,) = duties_of([late()], [MONDAY], changes=NO_CHANGES, seed=1)
    begins = wall_minute(MONDAY, 14 * 60)
    assert (duty.starts, duty.ends) == (begins, begins + 480)
    assert (duty.stints[0].starts, duty.stints[1].ends) == (begins + 15, begins + 465)
    assert duty.break_ends - duty.break_starts == 45
    assert duty.stints[0].ends == duty.break_starts
    assert duty.stints[1].starts == duty.break_ends


@given(seed=st.integers(0, 10**6))
def test_the_break_lies_within_half_an_hour_of_the_middle(seed: int) -> None:
    (duty,) = duties_of([late()], [MONDAY], changes=NO_CHANGES, seed=seed)
    middle = (duty.break_starts + duty.break_ends) / 2 - duty.starts
    assert 240 - 45 <= middle <= 240 + 30


def test_another_team_changes_no_break() -> None:
    alone = duties_of([late()], [MONDAY], changes=NO_CHANGES, seed=4)
    other = Team("Early", (Shift((0,), 6 * 60, 14 * 60),))
    both = duties_of([other, late()], [MONDAY], changes=NO_CHANGES, seed=4)
    assert both[1:] == alone


def test_a_short_shift_has_no_break_and_a_day_off_no_shift() -> None:
    short = Team("Short", (Shift((0,), 14 * 60, 20 * 60),))
    (duty,) = duties_of([short], [MONDAY], changes=NO_CHANGES, seed=1)
    assert len(duty.stints) == 1
    assert duty.break_starts == duty.break_ends
    assert duties_of([late(days_off=(MONDAY,))], [MONDAY], changes=NO_CHANGES, seed=1) == ()


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 27), 7), (date(2026, 10, 24), 9), (MONDAY, 8)]
)
def test_a_night_on_which_the_clocks_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    night = Team("Night", (Shift(tuple(range(7)), 22 * 60, 6 * 60),))
    changes = clock_changes("Europe/London", first=day, last=day)
    (duty,) = duties_of([night], [day], changes=changes, seed=1)
    assert (duty.ends - duty.starts) / 60 == hours


def test_what_is_no_shift_or_team_is_refused() -> None:
    with pytest.raises(TeamError, match="too long: 17 hours"):
        Shift((0,), 0, 17 * 60)
    with pytest.raises(TeamError, match="Unknown weekdays"):
        Shift((), 0, 60)
    with pytest.raises(TeamError, match="speed from 1 to 60"):
        late(speed_kmh=90.0)
    with pytest.raises(TeamError, match="called 'Late'"):
        duties_of([late(), late()], [MONDAY], changes=NO_CHANGES, seed=1)
    twice = Team("Two", (Shift((0,), 14 * 60, 22 * 60), Shift((0,), 20 * 60, 23 * 60)))
    with pytest.raises(TeamError, match="overlap"):
        duties_of([twice], [MONDAY], changes=NO_CHANGES, seed=1)


def test_teams_come_back_from_their_rows_as_they_were() -> None:
    teams = teams_of_rows(DEFAULT_ROWS)
    assert len(teams) == 6
    assert teams[5].shifts == (Shift((3, 4, 5, 6), 18 * 60, 2 * 60),)
    assert teams_of_rows(team_rows(teams)) == teams


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("Fri-Mon", (0, 4, 5, 6)),
        ("Sat, Sunday", (5, 6)),
        ("every day", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: tuple[int, ...]) -> None:
    assert weekdays_of(text) == days


def test_a_table_of_teams_is_refused_with_every_fault() -> None:
    rows = [
        {"team": "A", "days": "Mon", "from": "25:00", "to": "22:00"},
        {"team": "B", "days": "Blursday", "from": "14:00", "to": "22:00"},
        {"team": "C", "days": "Mon", "from": "14:00", "to": "22:00", "travel": "boat"},
    ]
    with pytest.raises(TeamFileError) as caught:
        teams_of_rows(rows)
    said = str(caught.value)
    assert "Row 1: The time '25:00'" in said
    assert "Row 2: The days 'Blursday'" in said
    assert "C: Unknown way of travelling 'boat'" in said


def test_a_toml_and_a_csv_file_give_the_same_teams(tmp_path: Path) -> None:
    toml = tmp_path / "teams.toml"
    toml.write_text(
        '[[team]]\nname = "Late"\ntravel = "bike"\ndays_off = [2026-12-25]\n'
        '[[team.shift]]\ndays = ["Mon", "Tue"]\nfrom = "14:00"\nto = "22:00"\n',
        encoding="utf-8",
    )
    table = tmp_path / "teams.csv"
    table.write_text(
        "team,days,from,to,travel,break_minutes,days_off\n"
        'Late,"Mon, Tue",14:00,22:00,bike,45,2026-12-25\n',
        encoding="utf-8",
    )
    (one,), (other,) = read_teams(toml), read_teams(table)
    assert one == other
    assert one.days_off == (date(2026, 12, 25),)
    broken = tmp_path / "broken.toml"
    broken.write_text("[[team", encoding="utf-8")
    with pytest.raises(TeamFileError, match="not a table of teams"):
        read_teams(broken)
