"""Local times to UTC: what is read, what is refused, and the two nights on which clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.date_formats import (
    EXCEL,
    KNOWN_FORMATS,
    UNIX,
    date_part,
    format_fault,
    formatted,
    precision_of,
)
from data.rows.times import Moments, moments
from data.sources.date_suggestion import clock_format

LONDON = "Europe/London"
BRITISH = "%d/%m/%Y %H:%M"


def read(*texts: str, date_format: str = BRITISH, timezone: str = LONDON) -> Moments:
    return moments(pd.Series(texts, dtype="str"), date_format=date_format, timezone=timezone)


def reasons(found: Moments) -> dict[int, str]:
    return {int(row): reason for rows, reason in found.faults for row in np.flatnonzero(rows)}


def test_a_winter_time_is_utc_and_a_summer_time_an_hour_ahead() -> None:
    found = read("31/12/2024 18:05", "01/07/2024 18:05")
    assert found.utc.tolist() == [
        dt.datetime(2024, 12, 31, 18, 5),
        dt.datetime(2024, 7, 1, 17, 5),
    ]
    assert found.faults == ()


def test_29_february_is_a_day_only_in_a_leap_year() -> None:
    found = read("29/02/2024 12:00", "29/02/2023 12:00")
    assert found.known.tolist() == [True, False]
    assert reasons(found) == {1: "Is not a real date written like 31/12/2024 18:05"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [("31/03/2024 00:59", True), ("31/03/2024 01:00", False), ("31/03/2024 01:59", False),
     ("31/03/2024 02:00", True)],
)  # fmt: skip
def test_the_hour_that_the_clocks_skip_in_march_does_not_exist(text: str, kept: bool) -> None:
    found = read(text)
    assert found.known.tolist() == [kept]
    expected = {} if kept else {0: "Falls in the hour that the clocks skip in spring"}
    assert reasons(found) == expected


def test_of_the_two_hours_in_october_the_first_is_taken() -> None:
    found = read("27/10/2024 00:30", "27/10/2024 01:30", "27/10/2024 02:30")
    assert found.utc.tolist() == [
        dt.datetime(2024, 10, 26, 23, 30),
        dt.datetime(2024, 10, 27, 0, 30),
        dt.datetime(2024, 10, 27, 2, 30),
    ]


def test_a_date_alone_is_the_first_minute_of_its_local_day() -> None:
    found = read("01/07/2024", date_format="%d/%m/%Y")
    assert found.utc.tolist() == [dt.datetime(2024, 6, 30, 23, 0)]


def test_dates_in_another_format_are_refused_and_not_read_another_way() -> None:
    found = read(
        "2024-07-01 10:00", "01/07/24 10:00", "07/25/2024 10:00", "1 July", "32/01/2024 1:1"
    )
    assert not found.known.any()
    assert found.other_order == 1
    assert reasons(found)[2] == (
        "Is not written like 31/12/2024 18:05: day and month are the other way round"
    )


def test_a_blank_is_not_a_fault() -> None:
    found = read("", "   ")
    assert found.blank.tolist() == [True, True]
    assert found.faults == ()


def test_a_year_that_only_a_blank_cell_gives_is_refused() -> None:
    assert reasons(read("01/01/1900 00:00")) == {0: "Is before 1970"}


def test_an_offset_in_the_text_holds() -> None:
    found = read(
        "2024-07-01T10:00:00+0200", "2024-07-01T10:00:00Z", date_format="%Y-%m-%dT%H:%M:%S%z"
    )
    assert found.utc.tolist() == [dt.datetime(2024, 7, 1, 8), dt.datetime(2024, 7, 1, 10)]


def test_seconds_since_1970_and_day_numbers_of_a_spreadsheet_are_read() -> None:
    assert read("1546306200.0", date_format=UNIX).utc.tolist() == [dt.datetime(2019, 1, 1, 1, 30)]
    found = read("45474.75", "x", "-1", date_format=EXCEL)  # 1 July 2024, 18:00 summer time
    assert found.utc.tolist()[0] == dt.datetime(2024, 7, 1, 17)
    assert found.known.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("date_format", "precision"),
    [(BRITISH, "minute"), ("%d/%m/%Y %H", "hour"), ("%d/%m/%Y", "day"), ("%Y-%m", "month"),
     (UNIX, "minute"), (EXCEL, "minute"), ("%d/%m/%Y %I:%M %p", "minute")],
)  # fmt: skip
def test_the_format_says_how_exact_a_time_is(date_format: str, precision: str) -> None:
    assert precision_of(date_format) == precision


@given(
    st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2090, 1, 1)),
    st.sampled_from([f for f in KNOWN_FORMATS if "%H" in f and "%y" not in f and "%z" not in f]),
    st.sampled_from([LONDON, "America/Chicago", "Asia/Kolkata"]),
)
def test_a_time_that_exists_comes_back_as_zoneinfo_has_it(
    moment: dt.datetime, date_format: str, timezone: str
) -> None:
    moment = moment.replace(second=0, microsecond=0)
    utc = moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC)
    exists = utc.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) == moment
    found = read(
        formatted(moment, date_format=date_format), date_format=date_format, timezone=timezone
    )
    assert found.known.tolist() == [exists]
    if exists:
        assert found.utc.tolist() == [utc.replace(tzinfo=None)]


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_text_is_blank_read_or_refused(texts: list[str]) -> None:
    for date_format in (BRITISH, "%Y-%m-%d", UNIX, EXCEL):
        found = read(*texts, date_format=date_format)
        refused = np.zeros(len(texts), dtype=bool)
        for rows, _ in found.faults:
            refused |= rows
        assert (found.blank.astype(int) + found.known + refused == 1).all()


@pytest.mark.parametrize(
    ("text", "date_format", "precision"),
    [("01/06/2024", BRITISH, "day"), ("01/06/2024 00:00", BRITISH, "minute"),
     ("2024-06-01", "%Y-%m-%dT%H:%M:%S%z", "day"), ("2024-06-01", "%Y-%m-%dT%H:%M:%SZ", "day"),
     ("1 Jun 2024", "%d %b %Y at %H:%M", "day"), ("01/06/2024", "%H:%M %d/%m/%Y", "day"),
     ("45444", EXCEL, "day"), ("45444.5", EXCEL, "minute")],
)  # fmt: skip
def test_a_value_without_a_time_is_known_to_the_day(
    text: str, date_format: str, precision: str
) -> None:
    found = read(text, date_format=date_format)
    assert found.precision.tolist() == [precision]
    assert found.utc.astype("datetime64[D]").tolist()[0] in (
        dt.date(2024, 5, 31),
        dt.date(2024, 6, 1),
    )
    assert found.faults == ()


def test_a_day_needs_no_hour_that_exists() -> None:
    """In São Paulo the clocks skipped midnight: 15 October 2017 began at 01:00."""
    for date_format in ("%Y-%m-%d", "%Y-%m-%d %H:%M"):
        found = read("2017-10-15", date_format=date_format, timezone="America/Sao_Paulo")
        assert found.utc.tolist() == [dt.datetime(2017, 10, 15, 3)]
        assert found.precision.tolist() == ["day"]
    timed = read("2017-10-15 00:00", date_format="%Y-%m-%d %H:%M", timezone="America/Sao_Paulo")
    assert reasons(timed) == {0: "Falls in the hour that the clocks skip in spring"}


def test_minutes_after_a_dot_have_two_digits() -> None:
    given = ("13.06.2024 10.5", "13.06.2024 0.25", "13.06.2024 9.05", "13.06.2024 10.3.5")
    assert read(*given, date_format="%d.%m.%Y %H.%M").known.tolist() == [False, True, True, False]
    seconds = read("13.06.2024 10.30.5", date_format="%d.%m.%Y %H.%M.%S")
    assert seconds.known.tolist() == [False]
    assert clock_format(pd.Series(["0.5", "0.25", "0.75"])) is None


def test_digits_without_separators_are_never_stretched() -> None:
    found = read(
        *(f"01/06/2024 {clock}" for clock in ("5", "45", "130", "915", "2460", "12345")),
        date_format="%d/%m/%Y %H%M",
    )
    clocks = [None if np.isnat(each) else str(each)[11:16] for each in found.utc]
    assert clocks == ["23:05", "23:45", "00:30", "08:15", None, None]  # UTC, an hour behind
    for text, date_format in (
        ("1112024", "%d%m%Y"), ("202461", "%Y%m%d"), ("10624", "%d%m%y"), ("2024061", "%Y%m%d"),
        ("2024060110", "%Y%m%d%H%M"), ("1234", "%d%m%y"),
    ):  # fmt: skip
        assert not read(text, date_format=date_format).known.any(), text
    assert read("01062024", date_format="%d%m%Y").known.all()


@given(st.times(), st.sampled_from(["%H%M", "%H%M%S"]))
def test_a_time_that_lost_its_leading_zeros_is_read_as_meant(
    clock: dt.time, time_format: str
) -> None:
    clock = clock.replace(microsecond=0, second=0 if time_format == "%H%M" else clock.second)
    written = str(int(clock.strftime(time_format)))
    found = read(f"15/01/2024 {written}", date_format=f"%d/%m/%Y {time_format}")
    assert found.utc.tolist() == [dt.datetime.combine(dt.date(2024, 1, 15), clock)]


@pytest.mark.parametrize(
    ("date_format", "alone"),
    [(BRITISH, "%d/%m/%Y"), ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d"), ("%d/%m/%Y", None),
     ("%d %b %Y at %I:%M %p", "%d %b %Y"), ("%H:%M %d/%m/%Y", "%d/%m/%Y"), (UNIX, None),
     ("%a %b %d %H:%M:%S %Y", "%a %b %d %Y"), ("%Y%m%dT%H%M", "%Y%m%d"), (EXCEL, None)],
)  # fmt: skip
def test_the_date_of_a_format_stands_alone(date_format: str, alone: str | None) -> None:
    assert date_part(date_format) == alone


def test_a_format_that_cannot_mean_what_it_says_is_refused() -> None:
    assert "write %I" in str(format_fault("%d/%m/%Y %H:%M %p"))
    assert "write %H" in str(format_fault("%d/%m/%Y %I:%M"))
    assert "cannot be read" in str(format_fault("%d/%m/%Y %d"))
    assert format_fault(BRITISH) is None


def test_every_known_format_can_be_read_back() -> None:
    moment = dt.datetime(2024, 12, 31, 18, 5, 9)
    midnight = moment.replace(hour=0, minute=0)
    expected = {"minute": moment, "day": midnight, "month": midnight.replace(day=1)}
    for date_format in KNOWN_FORMATS:
        found = read(formatted(moment, date_format=date_format), date_format=date_format)
        (utc,) = found.utc.tolist()
        assert utc is not None, date_format
        assert utc.replace(second=0) == expected[precision_of(date_format)].replace(second=0)
