"""How dates can be read: spellings, and the two orders of day and month."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.rows.date_formats import KNOWN_FORMATS, formatted, with_day_and_month_swapped
from data.sources.date_suggestion import clock_format, date_readings

DAYS = (dt.datetime(2024, 6, 1, 13, 5, 9), dt.datetime(2024, 6, 28, 0, 30, 10))


def readings(*texts: str) -> dict[str, str]:
    found = date_readings(pd.Series(texts, dtype="str"))
    return {each.date_format: each.label for each in found}


@pytest.mark.parametrize(
    ("text", "date_format"),
    [("13/06/2024 10:30", "%d/%m/%Y %H:%M"), ("06/13/2024 10:30", "%m/%d/%Y %H:%M"),
     ("13/06/24 10:30:00", "%d/%m/%y %H:%M:%S"), ("13.06.2024 10.30", "%d.%m.%Y %H.%M"),
     ("2024/06/13 10:30", "%Y/%m/%d %H:%M"), ("20240613", "%Y%m%d"), ("13062024", "%d%m%Y"),
     ("2024-06-13T10:30:00.000Z", "%Y-%m-%dT%H:%M:%S.%f%z"), ("13 June 2024", "%d %B %Y"),
     ("2024-06-13 10:30:00+01:00", "%Y-%m-%d %H:%M:%S%z"), ("June 13, 2024", "%B %d, %Y"),
     ("13th June 2024", "%d %B %Y"), ("Thu 13 Jun 2024 10:30", "%a %d %b %Y %H:%M"),
     ("Thursday, 13 June 2024", "%A, %d %B %Y"), ("13-Jun-24 10:30", "%d-%b-%y %H:%M"),
     ("13Jun2024", "%d%b%Y"), ("13/06/2024, 10:30", "%d/%m/%Y, %H:%M"),
     ("13/06/2024 at 10:30", "%d/%m/%Y at %H:%M"), ("13/06/2024 10:30pm", "%d/%m/%Y %I:%M%p"),
     ("10:30 13/06/2024", "%H:%M %d/%m/%Y"), ("202406131030", "%Y%m%d%H%M"),
     ("13-JUN-24 10.30.00.000000 PM", "%d-%b-%y %I.%M.%S.%f %p"),
     ("1718274600", "unix"), ("45456.4375", "excel"), ("2024-06", "%Y-%m"),
     ("13/06/2024 10:30:00 AM", "%d/%m/%Y %I:%M:%S %p"), ("2013-12-31 10:00", "%Y-%m-%d %H:%M")],
)  # fmt: skip
def test_common_spellings_are_recognised(text: str, date_format: str) -> None:
    assert list(readings(text)) == [date_format]


def test_where_both_orders_fit_both_are_returned_with_their_days() -> None:
    assert readings("01/06/2024 01:05:00 PM", "07/06/2024 02:05:00 PM") == {
        "%d/%m/%Y %I:%M:%S %p": "Day first: 01/06/2024 01:05:00 PM is 1 June 2024; "
        "all dates: from 1 June 2024 to 7 June 2024",
        "%m/%d/%Y %I:%M:%S %p": "Month first: 01/06/2024 01:05:00 PM is 6 January 2024; "
        "all dates: from 6 January 2024 to 6 July 2024",
    }


def test_one_day_over_twelve_settles_the_order() -> None:
    assert list(readings("01/06/2024", "13/06/2024")) == ["%d/%m/%Y"]
    assert list(readings("03/04/2024", "05/25/2024")) == ["%m/%d/%Y"]


def test_dates_without_a_time_among_timed_ones_do_not_change_the_format() -> None:
    assert list(readings("13/06/2024 10:30", "14/06/2024")) == ["%d/%m/%Y %H:%M"]
    assert list(readings("13/06/2024", "14/06/2024")) == ["%d/%m/%Y"]


def test_what_is_no_date_has_no_reading() -> None:
    assert readings("yesterday", "soon") == {}
    assert readings("", " ") == {}
    assert readings("1", "2") == {}


def test_the_format_of_a_column_of_times_is_recognised() -> None:
    assert clock_format(pd.Series(["5", "45", "130", "2359"], dtype="str")) == "%H%M"
    assert clock_format(pd.Series(["10:30", "9:15"], dtype="str")) == "%H:%M"
    assert clock_format(pd.Series(["10:30:15"], dtype="str")) == "%H:%M:%S"
    assert clock_format(pd.Series(["noon"], dtype="str")) is None


@given(st.lists(st.dates(dt.date(2001, 1, 1), dt.date(2031, 12, 31)), min_size=1, max_size=8))
@settings(max_examples=40)
def test_day_first_and_month_first_are_mirror_images(days: list[dt.date]) -> None:
    def orders(day_first: bool) -> set[str]:
        form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
        return set(readings(*(f"{day:{form}}" for day in days)))

    mirrored = {with_day_and_month_swapped(each) for each in orders(day_first=False)}
    assert orders(day_first=True) == mirrored
    assert orders(day_first=True) >= {"%d/%m/%Y"}


@given(st.sampled_from(KNOWN_FORMATS))
def test_every_known_format_is_suggested_or_one_that_reads_the_same(date_format: str) -> None:
    texts = [formatted(day, date_format=date_format) for day in DAYS]
    first, last = DAYS[0].date(), DAYS[1].date()
    if "%d" not in date_format:
        first = last = first.replace(day=1)
    spans = {(each.first, each.last) for each in date_readings(pd.Series(texts, dtype="str"))}
    assert (first, last) in spans
