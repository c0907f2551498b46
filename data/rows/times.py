"""Local wall-clock times to UTC, without guessing.

A file has one stated date format; a value in another is refused, not read another way. The clocks
change twice a year: an hour that does not exist (in March) is refused, and of the two hours that
share a name (in October) the first, summer time, is taken, since the text does not say
which. A date alone is known to the day, whatever the file's format is: it is stored at the first
minute that its day has, which need not be midnight, and is never read as midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.rows.date_formats import (
    EXCEL,
    UNIX,
    date_part,
    example_of,
    has_month_name,
    precision_of,
    with_day_and_month_swapped,
    without_stretch,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ORDINAL: Final = r"(?i)(?<=\d)(?:st|nd|rd|th)\b"
EARLIEST: Final = pd.Timestamp("1970-01-01")


@dataclass(frozen=True, slots=True)
class Moments:
    """Times read from text, and which rows have which fault.

    Attributes
    ----------
    utc : datetime64[us] array of shape (n,)
        NaT where blank or at fault.
    precision : object array of shape (n,)
        How exactly each is known: that of the format, or ``day`` for a date without a time.
    blank : bool array of shape (n,)
        Nothing was given; not a fault in itself.
    faults : tuple of (bool array, str)
        Rows and what is wrong with them.
    other_order : int
        How many values do not fit the format but do with day and month changed over.
    """

    utc: NDArray[np.datetime64]
    precision: NDArray[np.object_]
    blank: NDArray[np.bool_]
    faults: tuple[tuple[NDArray[np.bool_], str], ...]
    other_order: int

    @property
    def known(self) -> NDArray[np.bool_]:
        """True where a time was given and read."""
        return ~np.isnat(self.utc)


def moments(text: pd.Series[str], *, date_format: str, timezone: str) -> Moments:
    """Read local times.

    Parameters
    ----------
    text : Series of str, length n
        Values as the file has them; surrounding blanks are ignored.
    date_format : str
        A `datetime.strptime` format, `UNIX` or `EXCEL`. With ``%z`` the offset in the text holds.
        A value that has the format's date and no time is read as that day.
    timezone : str
        IANA name of the local time.

    Returns
    -------
    Moments
    """
    values = text.str.strip()
    blank = values.eq("").to_numpy(dtype=np.bool_)
    naive = wall_clock(values, date_format)
    bare = _bare_days(values, naive, date_format=date_format)
    precision = np.full(len(values), precision_of(date_format), dtype=object)
    precision[~np.isnat(bare)] = "day"
    naive = np.where(np.isnat(bare), naive, bare)
    unreadable = np.isnat(naive) & ~blank
    whole_day = np.isin(precision, ("day", "month"))
    if date_format == UNIX or "%z" in date_format:
        utc = np.where(whole_day, to_utc(naive, timezone=timezone, first_minute=True), naive)
    else:
        first = to_utc(naive, timezone=timezone, first_minute=True)
        utc = np.where(whole_day, first, to_utc(naive, timezone=timezone))
    skipped = np.isnat(utc) & ~np.isnat(naive)
    turned = unreadable & _reads_swapped(values, unreadable, date_format=date_format)
    too_early = ~np.isnat(naive) & (naive < np.datetime64(EARLIEST, "us"))
    utc = np.where(too_early, np.datetime64("NaT", "us"), utc)
    example = example_of(date_format)
    faults = (
        (unreadable & ~turned, f"Is not a real date written like {example}"),
        (turned, f"Is not written like {example}: day and month are the other way round"),
        (skipped & ~too_early, "Falls in the hour that the clocks skip in spring"),
        (too_early, f"Is before {EARLIEST.year}"),
    )
    stated = tuple(fault for fault in faults if fault[0].any())
    return Moments(utc, precision, blank, stated, int(turned.sum()))


def to_utc(
    naive: NDArray[np.datetime64], *, timezone: str, first_minute: bool = False
) -> NDArray[np.datetime64]:
    """Return local wall-clock times as UTC, datetime64[us].

    Of two hours with the same name the first (summer time) is taken. An hour that does not exist is
    NaT or, with `first_minute`, the first minute after it: a day that begins without a midnight
    begins then.
    """
    local = pd.DatetimeIndex(naive).tz_localize(
        timezone,
        ambiguous=np.ones(len(naive), dtype=np.bool_),
        nonexistent="shift_forward" if first_minute else "NaT",
    )
    return np.asarray(local.tz_convert("UTC").tz_localize(None).to_numpy(), dtype="datetime64[us]")


def wall_clock(values: pd.Series[str], date_format: str) -> NDArray[np.datetime64]:
    """Return the times as written, NaT where they do not fit; UTC where the format has an offset.

    Nothing is stretched to fit (see `data.rows.date_formats.without_stretch`).
    """
    if date_format == EXCEL:
        days = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
        days = np.where((days > 0) & (days < 2_958_466), days, np.nan)  # to the year 9999
        seconds = np.round(days * 86_400)
        since = pd.Timestamp("1899-12-30")
        moved = pd.to_timedelta(pd.Series(seconds), unit="s").to_numpy(dtype="timedelta64[us]")
        return np.asarray(np.datetime64(since, "us") + moved, dtype="datetime64[us]")
    if date_format == UNIX:
        stamps = pd.to_numeric(values, errors="coerce")
        read = pd.to_datetime(stamps.where(stamps.abs() < 1e11), unit="s", errors="coerce")
        return np.asarray(read.to_numpy(), dtype="datetime64[us]")
    written = without_stretch(values, date_format)
    if has_month_name(date_format):
        written = written.str.replace(_ORDINAL, "", regex=True)
    if "%z" in date_format:
        read = pd.to_datetime(written, format=date_format, errors="coerce", utc=True)
        read = read.dt.tz_localize(None)
    else:
        read = pd.to_datetime(written, format=date_format, errors="coerce", exact=True)
    return np.asarray(read.to_numpy(), dtype="datetime64[us]")


def _bare_days(
    values: pd.Series[str], naive: NDArray[np.datetime64], *, date_format: str
) -> NDArray[np.datetime64]:
    """Return the days of the values that are dates without a time; NaT for the others."""
    days = np.full(len(values), np.datetime64("NaT", "us"))
    if date_format == EXCEL:
        whole = ~np.isnat(naive) & (naive == naive.astype("datetime64[D]"))
        days[whole] = naive[whole]
    elif (date_alone := date_part(date_format)) is not None:
        rest = np.isnat(naive) & values.ne("").to_numpy(dtype=np.bool_)
        if rest.any():
            days[rest] = wall_clock(values[rest], date_alone)
    return days


def _reads_swapped(
    values: pd.Series[str], rest: NDArray[np.bool_], *, date_format: str
) -> NDArray[np.bool_]:
    """Tell which of the rest would fit with day and month the other way round."""
    fits = np.zeros(len(values), dtype=np.bool_)
    for one in (date_format, date_part(date_format)):
        swapped = with_day_and_month_swapped(one) if one else None
        if swapped and rest.any():
            fits[rest] |= ~np.isnat(wall_clock(values[rest], swapped))
    return fits
