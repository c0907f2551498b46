"""When each row of an extract starts and ends, and how exactly that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.errors import DateOrderError
from data.rows.times import Moments, moments, to_utc
from data.sources.arrays import is_blank
from data.sources.date_parts import PART_FORMATS, PARTS, read_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from data.rows.validation import Faults
    from data.sources.profile import Profile

_COARSER: Final = ("minute", "hour", "day", "month")  # each says less than the one before
_OTHER_ORDER_SHARE: Final = 0.1
_OTHER_ORDER_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Spans:
    """Starts and ends of n rows.

    Attributes
    ----------
    starts_at, ends_at : datetime64[us] array of shape (n,)
        UTC; NaT where not known. An end given as a date alone is the end of that day.
    precision : object array of shape (n,)
        The contract's time precision.
    """

    starts_at: NDArray[np.datetime64]
    ends_at: NDArray[np.datetime64]
    precision: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _When:
    """One kind of time of each row: UTC and its precision."""

    utc: NDArray[np.datetime64]
    precision: NDArray[np.object_]


def spans(
    values: Mapping[str, pa.Array],
    faults: Faults,
    *,
    profile: Profile,
    timezone: str,
    now: datetime,
) -> Spans:
    """Read the times of a batch and note their faults.

    Parameters
    ----------
    values : mapping of str to string array of shape (n,)
        Trimmed text by role (``start``, ``start_time``, ``end``, ``end_time``, ``reported``), blank
        where the file has no such column.
    faults : Faults
        Where faults are noted.
    profile : Profile
    timezone : str
        Local time of the file.
    now : datetime
        Aware; nothing may start or end after it.

    Raises
    ------
    DateOrderError
        If a tenth of the dates or more are in month/day order and the profile says otherwise.
    """
    start = _start(values, faults, profile=profile, timezone=timezone)
    end = _read(values, "end", faults, profile=profile, timezone=timezone)
    present = np.datetime64(pd.Timestamp(now).tz_convert("UTC").tz_localize(None), "us")
    start_column, end_column = _column(profile, "start"), _column(profile, "end")
    with_day = np.asarray(end.precision == "day") & ~np.isnat(end.utc)
    ends_at = np.where(with_day, _next_day(end.utc, timezone=timezone), end.utc)
    before = np.where(with_day, ends_at <= start.utc, ends_at < start.utc)
    faults.add(start.utc > present, columns=[start_column], reason="Is in the future")
    faults.add(end.utc > present, columns=[end_column], reason="Is in the future")
    faults.add(before, columns=[end_column], reason="Ends before it starts")
    same_day = with_day & (start.precision == "day") & (end.utc == start.utc)
    longer = ~np.isnat(ends_at) & (ends_at > start.utc) & ~same_day
    precision = np.where(longer, "interval", start.precision).astype(object)
    ends_at = np.where(same_day, np.datetime64("NaT", "us"), ends_at)
    return Spans(start.utc, ends_at, precision)


def _start(
    values: Mapping[str, pa.Array], faults: Faults, *, profile: Profile, timezone: str
) -> _When:
    if profile.columns.year:
        return _from_parts(values, faults, profile=profile, timezone=timezone)
    start = _read(values, "start", faults, profile=profile, timezone=timezone)
    blank = is_blank(values["start"])
    if profile.start_from_reported:
        reported = _read(values, "reported", faults, profile=profile, timezone=timezone)
        start = _When(
            np.where(blank, reported.utc, start.utc),
            np.where(blank, reported.precision, start.precision).astype(object),
        )
        blank = blank & is_blank(values["reported"])
    faults.add(blank, columns=[_column(profile, "start")], reason="Has no start")
    return start


def _from_parts(
    values: Mapping[str, pa.Array], faults: Faults, *, profile: Profile, timezone: str
) -> _When:
    """Read starts whose year, month, day, hour and minute stand in columns of their own.

    A part that is blank in a row ends it there: without an hour it is known to the day, without a
    day to the month.
    """
    columns = [_column(profile, part) for part in PARTS if _mapped(profile, part)]
    rows_of_parts = zip(*(values[part].to_pylist() for part in PARTS), strict=True)
    read = [read_parts(parts) for parts in rows_of_parts]
    text = pd.Series([each[0] for each in read], dtype="str")
    wrong = np.array([each[1] == "" for each in read], dtype=np.bool_)
    blank = np.array([each[1] == "blank" for each in read], dtype=np.bool_)
    utc = np.full(len(read), np.datetime64("NaT", "us"))
    for precision, date_format in PART_FORMATS.items():
        rows = np.array([each[1] == precision for each in read], dtype=np.bool_)
        if rows.any():
            times = moments(text[rows], date_format=date_format, timezone=timezone)
            utc[rows] = times.utc
            for at_fault, reason in times.faults:
                spread_out = np.zeros(len(read), dtype=np.bool_)
                spread_out[np.flatnonzero(rows)[at_fault]] = True
                if reason.startswith("Is not a real date"):
                    wrong |= spread_out
                else:
                    faults.add(spread_out, columns=columns, reason=reason)
    faults.add(blank, columns=columns[:1], reason="Has no start")
    faults.add(wrong, columns=columns, reason="Is not a real date in these columns")
    stated = np.array([each[1] for each in read], dtype=object)
    return _When(utc, _coarsened(stated, "start", profile=profile))


def _read(
    values: Mapping[str, pa.Array], role: str, faults: Faults, *, profile: Profile, timezone: str
) -> _When:
    """Read one kind of time; where it has a time of day in its own column, both together."""
    dates = values[role]
    clocks = values.get(f"{role}_time")
    columns = [_column(profile, role)]
    if clocks is None or not profile.time_format or not _mapped(profile, f"{role}_time"):
        times = moments(_series(dates), date_format=profile.date_format, timezone=timezone)
        _note(times, faults, columns=columns)
        return _When(times.utc, _coarsened(times.precision, role, profile=profile))
    columns.append(_column(profile, f"{role}_time"))
    together = pc.if_else(pc.equal(clocks, ""), "", pc.binary_join_element_wise(dates, clocks, " "))
    timed_format = f"{profile.date_format} {profile.time_format}"
    timed = moments(_series(together), date_format=timed_format, timezone=timezone)
    bare = pc.if_else(pc.equal(clocks, ""), dates, "")
    dated = moments(_series(bare), date_format=profile.date_format, timezone=timezone)
    _note(timed, faults, columns=columns)
    _note(dated, faults, columns=columns[:1])
    has_clock = ~is_blank(clocks)
    precision = np.where(has_clock, timed.precision, dated.precision).astype(object)
    utc = np.where(has_clock, timed.utc, dated.utc)
    return _When(utc, _coarsened(precision, role, profile=profile))


def _coarsened(
    precision: NDArray[np.object_], role: str, *, profile: Profile
) -> NDArray[np.object_]:
    """Return each start's precision, no finer than the profile says starts are known."""
    stated = profile.time_precision
    if stated is None or role == "end":
        return precision
    finer = np.isin(precision, _COARSER[: _COARSER.index(stated)])
    return np.where(finer, stated, precision).astype(object)


def _note(times: Moments, faults: Faults, *, columns: list[str]) -> None:
    dates = int((~times.blank).sum())
    if times.other_order >= max(_OTHER_ORDER_ROWS, _OTHER_ORDER_SHARE * dates):
        raise DateOrderError(
            what=f"The dates in {columns[0]} are not in the order the profile says.",
            found=f"{times.other_order:,} of {dates:,} only fit with day and month changed over",
            do="Correct date_format in the profile.",
        )
    for wrong, reason in times.faults:
        faults.add(wrong, columns=columns, reason=reason)


def _next_day(utc: NDArray[np.datetime64], *, timezone: str) -> NDArray[np.datetime64]:
    """Return where the local day after each moment begins."""
    local = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(timezone).tz_localize(None)
    following = np.asarray((local + pd.Timedelta(days=1)).to_numpy(), dtype="datetime64[us]")
    return to_utc(following.astype("datetime64[D]"), timezone=timezone, first_minute=True)


def _column(profile: Profile, role: str) -> str:
    named = profile.columns.named()
    return named.get(role) or named.get("reported") or named.get("year") or role


def _mapped(profile: Profile, role: str) -> bool:
    return role in profile.columns.named()


def _series(text: pa.Array) -> pd.Series[str]:
    return pd.Series(text.to_pandas(), dtype="str")
