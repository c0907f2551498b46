"""Local times to UTC: what is read, what is refused, and the two nights on which clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.times import (
    EXCEL,
    KNOWN_FORMATS,
    UNIX,
    Moments,
    fitting_format,
    formatted,
    moments,
    precision_of,
)

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


def test_the_format_of_a_sample_is_found_and_british_order_comes_first() -> None:
    assert fitting_format(pd.Series(["03/04/2024 10:00", "05/06/2024 11:00"])) == BRITISH
    assert fitting_format(pd.Series(["03/04/2024", "05/25/2024"])) == "%m/%d/%Y"
    assert fitting_format(pd.Series(["2016-01-01 00:45:00"])) == "%Y-%m-%d %H:%M:%S"
    assert fitting_format(pd.Series(["2013-12-31 10:00"])) == "%Y-%m-%d %H:%M"
    assert fitting_format(pd.Series(["yesterday", "soon"])) is None
    assert fitting_format(pd.Series(["", " "])) is None
