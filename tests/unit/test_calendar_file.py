"""A plan's calendar by the letter of RFC 5545: lines, texts, times, what programs need."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from data.exports.calendar import to_ics
from models.calendar.clock_changes import clock_changes
from models.tasking.patrol_plan import plan
from tests.patrols import candidate, request, team

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
NAME = "Größe, Straße; \\ “Ecke” – 😀 " + "a long way round the back of the market " * 3


def calendar(day: date, *, start: int = 22, end: int = 4) -> tuple[bytes, list[tuple[int, int]]]:
    """The file of one night of a team with an awkward name, and its visits in minutes of UTC."""
    night = team("Night; team, one", days=(day.weekday(),), start=start, end=end)
    asked = request([replace(candidate(1), near=NAME)], [night], gap_minutes=40)
    changes = clock_changes(LONDON.key, first=day, last=day)
    asked = replace(asked, settings=replace(asked.settings, starts_on=day), changes=changes)
    made = plan(asked)
    about = "Table version 1, seed 1; " * 12
    content = to_ics(made, candidates=asked.candidates, timezone=LONDON.key, now=NOW, about=about)
    return content, [(each.starts, each.minutes) for each in made.visits]


def test_lines_end_in_crlf_and_have_at_most_75_octets_of_whole_letters() -> None:
    content, _ = calendar(date(2026, 3, 21))
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in each or b"\r" in each for each in lines)
    assert max(len(each) for each in lines) <= 75
    assert sum(each.startswith(b" ") for each in lines) > 10
    for each in lines:
        each.decode()  # no letter is cut in two


def test_texts_come_back_as_they_were() -> None:
    content, visits = calendar(date(2026, 3, 21))
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:Night\\; team\\, one: 1. Größe\\, Straße\\; \\\\ “Ecke” – 😀" in unfolded
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == len(visits)
    assert all(
        str(each["location"]).startswith("Größe, Straße; \\ “Ecke” – 😀 a") for each in events
    )
    assert all("\n" not in str(each["description"]) for each in events)


def test_it_has_what_every_program_asks_for() -> None:
    content, visits = calendar(date(2026, 3, 21))
    read = Calendar.from_ical(content)
    assert (read["version"], read["method"], read["calscale"]) == ("2.0", "PUBLISH", "GREGORIAN")
    assert read["prodid"] == "-//Hotspot Tasking//Patrol plan//EN"
    events = read.walk("VEVENT")
    assert read.walk("VTIMEZONE") == []
    assert len({str(each["uid"]) for each in events}) == len(visits) == len(events)
    for each in events:
        assert each["dtstamp"].dt == NOW
        assert each["sequence"] == int(NOW.timestamp()) // 60
        assert each.errors == []
    assert b"TZID" not in content


@pytest.mark.parametrize(
    ("day", "shift_hours"),
    [
        (date(2026, 3, 28), 5),  # the clocks go forward at 01:00: an hour is missing
        (date(2026, 10, 24), 7),  # they go back at 02:00: an hour comes twice
        (date(2026, 3, 21), 6),  # an ordinary night, over midnight
    ],
)
def test_every_visit_is_at_its_own_moment_over_midnight_and_clock_changes(
    day: date, shift_hours: int
) -> None:
    content, visits = calendar(day)
    events = Calendar.from_ical(content).walk("VEVENT")
    begins = datetime(day.year, day.month, day.day, 22, tzinfo=LONDON)
    ends = datetime(day.year, day.month, day.day, 4, tzinfo=LONDON) + timedelta(days=1)
    first, last = begins.astimezone(UTC), ends.astimezone(UTC)
    assert last - first == timedelta(hours=shift_hours)
    found = sorted((each["dtstart"].dt, each["dtend"].dt) for each in events)
    expected = [
        (at, at + timedelta(minutes=minutes))
        for at, minutes in (
            (datetime.fromtimestamp(60 * starts, tz=UTC), minutes) for starts, minutes in visits
        )
    ]
    assert found == sorted(expected)
    assert all(first <= begin < end <= last for begin, end in found)
    days = {begin.astimezone(LONDON).date() for begin, _ in found}
    assert days == {day, day + timedelta(days=1)}
    one_line = content.replace(b"\r\n ", b"")
    assert all(f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\r\n".encode() in one_line for begin, _ in found)
