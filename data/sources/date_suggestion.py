"""How the dates of a sample can be read, for a person to choose where there is more than one way.

No order of day and month is preferred. Where a sample can be read in both, both readings are
returned, each with the days it leads to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.rows.date_formats import (
    EXCEL,
    KNOWN_CLOCKS,
    KNOWN_FORMATS,
    UNIX,
    date_part,
    format_pattern,
    with_day_and_month_swapped,
)
from data.rows.times import wall_clock
from models.wording.days import long_day_label

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

LEAST_SHARE: Final = 0.9
_LOOKED_AT: Final = 40  # different values that decide which formats are tried
_YEARS: Final = (np.datetime64("1970-01-01", "us"), np.datetime64("2100-01-01", "us"))
_SECONDS: Final = (100_000_000, 4_102_444_800)  # 1973 to 2100, as seconds since 1970
_DAYS: Final = (18_264, 73_415)  # 1950 to 2100, as days since 1899-12-30


@dataclass(frozen=True, slots=True)
class DateReading:
    """One way in which the dates of a sample can be read.

    Attributes
    ----------
    date_format : str
    example : str
        A value as the file has it.
    example_day, first, last : date
        The day of the example, and the first and last of the sample, read that way.
    """

    date_format: str
    example: str
    example_day: date
    first: date
    last: date

    @property
    def label(self) -> str:
        """The reading in words, with the data's own example."""
        first, last = long_day_label(self.first), long_day_label(self.last)
        span = first if first == last else f"from {first} to {last}"
        order = _order(self.date_format)
        prefix = f"{order} first: " if order else ""
        example = f"{self.example} is {long_day_label(self.example_day)}"
        return f"{prefix}{example}; all dates: {span}"


@dataclass(frozen=True, slots=True)
class _Fit:
    date_format: str
    days: NDArray[np.datetime64]
    share: float
    in_full: float


def date_readings(
    sample: pd.Series[str], *, least_share: float = LEAST_SHARE
) -> tuple[DateReading, ...]:
    """Return the ways in which the dates of a sample can be read.

    Parameters
    ----------
    sample : Series of str
        Some dates as the file has them; blanks are ignored.
    least_share : float
        Share of them that a format has to read, nine in ten unless given.

    Returns
    -------
    tuple of DateReading
        Empty where no known format reads enough; one where it is clear; several where they
        read as many values and come to different days.
    """
    values = _filled(sample)
    if values.empty:
        return ()
    fits = [fit for fit in _fits(values) if fit.share >= least_share]
    if not fits:
        return ()
    best = max((fit.share, fit.in_full) for fit in fits)
    if best[0] == 1.0:
        fits = [fit for fit in fits if (fit.share, fit.in_full) == best]
    else:
        fits = [fit for fit in fits if fit.in_full >= LEAST_SHARE * best[1]]
    different: dict[tuple[bytes, str], _Fit] = {}
    for fit in fits:
        different.setdefault((fit.days.tobytes(), _order(fit.date_format)), fit)
    ordered = sorted(different.values(), key=lambda fit: -fit.in_full)
    return tuple(_reading(values, fit) for fit in ordered)


def clock_format(sample: pd.Series[str]) -> str | None:
    """Return the known format that reads most times of day; None if none reads nine in ten."""
    values = _filled(sample)
    if values.empty:
        return None
    shares = [float((~np.isnat(wall_clock(values, each))).mean()) for each in KNOWN_CLOCKS]
    best = int(np.argmax(shares))
    return KNOWN_CLOCKS[best] if shares[best] >= LEAST_SHARE else None


def _order(date_format: str) -> str:
    """Return what comes first of a date in numbers; "" where it cannot be mistaken."""
    if with_day_and_month_swapped(date_format) is None:
        return ""
    return {"d": "Day", "m": "Month"}.get(re.findall(r"%([dmyY])", date_format)[0], "Year")


def _filled(sample: pd.Series[str]) -> pd.Series[str]:
    values = sample.str.strip()
    return values[values.ne("")].reset_index(drop=True)


def _fits(values: pd.Series[str]) -> list[_Fit]:
    numbers = pd.to_numeric(values, errors="coerce")
    for date_format, (low, high) in ((UNIX, _SECONDS), (EXCEL, _DAYS)):
        if numbers.between(low, high).mean() >= LEAST_SHARE and not _looks_written(values):
            return [_fit(values, date_format)]
    different = values.drop_duplicates()
    looked_at = different.iloc[:: max(1, len(different) // _LOOKED_AT)]
    tried = [
        each
        for each in KNOWN_FORMATS
        if any(format_pattern(each)[0].fullmatch(text) for text in looked_at)
    ]
    return [_fit(values, each) for each in tried]


def _looks_written(values: pd.Series[str]) -> bool:
    """Tell whether plain numbers are dates written as digits, such as 20241231."""
    return bool(values.str.fullmatch(r"(19|20)\d{6}").mean() >= LEAST_SHARE)


def _fit(values: pd.Series[str], date_format: str) -> _Fit:
    read = _plausible(wall_clock(values, date_format))
    full = ~np.isnat(read)
    alone = date_part(date_format)
    if alone is not None and not full.all():
        read = np.where(full, read, _plausible(wall_clock(values, alone)))
    return _Fit(
        date_format,
        np.asarray(read.astype("datetime64[D]")),
        float((~np.isnat(read)).mean()),
        float(full.mean()),
    )


def _plausible(read: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    first, last = _YEARS
    return np.where((read >= first) & (read < last), read, np.datetime64("NaT", "us"))


def _reading(values: pd.Series[str], fit: _Fit) -> DateReading:
    at = int(np.flatnonzero(~np.isnat(fit.days))[0])
    known = fit.days[~np.isnat(fit.days)]
    return DateReading(
        fit.date_format,
        str(values.iloc[at]),
        fit.days[at].item(),
        known.min().item(),
        known.max().item(),
    )
