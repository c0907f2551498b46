"""Local wall-clock times to UTC, without guessing.

A file has one stated date format; a value in another is refused, not read another way. The clocks
change twice a year: an hour that does not exist (in March) is refused, and of the two hours that
share a name (in October) the first, summer time, is taken, since the text does not say
which. A date alone means the first minute of its day, with precision ``day``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from models.incidents.precisions import TimePrecision

UNIX: Final = "unix"  # seconds since 1970-01-01 00:00 UTC
EXCEL: Final = "excel"  # days since 1899-12-30, local time
EARLIEST: Final = pd.Timestamp("1970-01-01")
# Formats tried, in this order, when a file's format is to be suggested.
KNOWN_FORMATS: Final[tuple[str, ...]] = (
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d %b %Y %H:%M",
    "%d-%b-%Y %H:%M",
    "%d-%b-%y %H:%M",
    "%d/%m/%y %H:%M",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d/%m/%y",
    "%m/%d/%Y",
    "%Y-%m",
)
_SAMPLE: Final = pd.Timestamp("2024-12-31 18:05:09")


@dataclass(frozen=True, slots=True)
class Moments:
    """Times read from text, and which rows have which fault.

    Attributes
    ----------
    utc : datetime64[us] array of shape (n,)
        NaT where blank or at fault.
    blank : bool array of shape (n,)
        Nothing was given; not a fault in itself.
    faults : tuple of (bool array, str)
        Rows and what is wrong with them.
    other_order : int
        How many values do not fit the format but do with day and month changed over.
    """

    utc: NDArray[np.datetime64]
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
    timezone : str
        IANA name of the local time.

    Returns
    -------
    Moments
    """
    values = text.str.strip()
    blank = values.eq("").to_numpy(dtype=np.bool_)
    if date_format == UNIX or "%z" in date_format:
        utc = _absolute(values, date_format)
        naive = utc
        unreadable = np.isnat(utc) & ~blank
        skipped = np.zeros(len(values), dtype=np.bool_)
    else:
        naive = _wall_clock(values, date_format)
        unreadable = np.isnat(naive) & ~blank
        utc = to_utc(naive, timezone=timezone)
        skipped = np.isnat(utc) & ~np.isnat(naive)
    turned = np.zeros(len(values), dtype=np.bool_)
    if unreadable.any() and (swapped := _month_and_day_swapped(date_format)):
        turned[unreadable] = ~np.isnat(_wall_clock(values[unreadable], swapped))
    too_early = ~np.isnat(naive) & (naive < np.datetime64(EARLIEST, "us"))
    utc = np.where(too_early, np.datetime64("NaT", "us"), utc)
    example = formatted(_SAMPLE.to_pydatetime(), date_format=date_format)
    faults = (
        (unreadable & ~turned, f"Is not a real date written like {example}"),
        (turned, f"Is not written like {example}: day and month are the other way round"),
        (skipped & ~too_early, "Falls in the hour that the clocks skip in spring"),
        (too_early, f"Is before {EARLIEST.year}"),
    )
    return Moments(utc, blank, tuple(f for f in faults if f[0].any()), int(turned.sum()))


def to_utc(naive: NDArray[np.datetime64], *, timezone: str) -> NDArray[np.datetime64]:
    """Return local wall-clock times as UTC, datetime64[us]; NaT for an hour that does not exist.

    Of two hours with the same name the first (summer time) is taken.
    """
    local = pd.DatetimeIndex(naive).tz_localize(
        timezone, ambiguous=np.ones(len(naive), dtype=np.bool_), nonexistent="NaT"
    )
    return np.asarray(local.tz_convert("UTC").tz_localize(None).to_numpy(), dtype="datetime64[us]")


def precision_of(date_format: str) -> TimePrecision:
    """Return how exactly a format states a time: ``minute``, ``hour``, ``day`` or ``month``."""
    if date_format in (UNIX, EXCEL) or re.search(r"%[McXTRs]", date_format):
        return "minute"
    if re.search(r"%[HI]", date_format):
        return "hour"
    return "day" if re.search(r"%[djxD]", date_format) else "month"


def formatted(moment: datetime, *, date_format: str) -> str:
    """Write a wall-clock time in a file's own format (the reverse of `moments`)."""
    if date_format == UNIX:
        return str(int(pd.Timestamp(moment).tz_localize("UTC").timestamp()))
    if date_format == EXCEL:
        return repr((pd.Timestamp(moment) - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1))
    text = pd.Timestamp(moment).tz_localize("UTC") if "%z" in date_format else moment
    return text.strftime(date_format)


def fitting_format(sample: pd.Series[str]) -> str | None:
    """Return the known format that reads most of the sample, or None if none reads nine in ten.

    Where day/month and month/day read equally many, the British order comes first.
    """
    values = sample.str.strip()
    values = values[values.ne("")]
    if values.empty:
        return None
    best, share = None, 0.9
    for date_format in KNOWN_FORMATS:
        zoned = "%z" in date_format
        read = _absolute(values, date_format) if zoned else _wall_clock(values, date_format)
        fits = float((~np.isnat(read)).mean())
        if fits > share or (best is None and fits >= share):
            best, share = date_format, fits
    return best


def _wall_clock(values: pd.Series[str], date_format: str) -> NDArray[np.datetime64]:
    if date_format == EXCEL:
        days = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
        days = np.where((days > 0) & (days < 2_958_466), days, np.nan)  # to the year 9999
        seconds = np.round(days * 86_400)
        since = pd.Timestamp("1899-12-30")
        moved = pd.to_timedelta(pd.Series(seconds), unit="s").to_numpy(dtype="timedelta64[us]")
        return np.asarray(np.datetime64(since, "us") + moved, dtype="datetime64[us]")
    read = pd.to_datetime(values, format=date_format, errors="coerce", exact=True)
    return np.asarray(read.to_numpy(), dtype="datetime64[us]")


def _absolute(values: pd.Series[str], date_format: str) -> NDArray[np.datetime64]:
    if date_format == UNIX:
        seconds = pd.to_numeric(values, errors="coerce")
        seconds = seconds.where(seconds.abs() < 1e11)
        read = pd.to_datetime(seconds, unit="s", errors="coerce")
    else:
        read = pd.to_datetime(values, format=date_format, errors="coerce", utc=True)
        read = read.dt.tz_localize(None)
    return np.asarray(read.to_numpy(), dtype="datetime64[us]")


def _month_and_day_swapped(date_format: str) -> str | None:
    if "%d" not in date_format or "%m" not in date_format:
        return None
    return date_format.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
