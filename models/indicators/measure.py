"""Which incidents an indicator counts, in logic with three values: yes, no, and not known.

A flag that a source leaves empty is unknown, not false, and an incident without an hour can be
inside a night or not. So every condition on an incident is yes, no or unknown; an incident counts
when all are yes, does not when any is no, and is *not known* otherwise (Kleene's strong logic).
Those not known are never counted and never forgotten: they widen the interval of every comparison
(`models.indicators.performance`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.week import week_hours
from models.indicators.catalogue import REPEAT_CALLS
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule
    from models.indicators.catalogue import CountRule, Flag

_YES: Final = np.int8(1)
_NO: Final = np.int8(0)
_UNKNOWN: Final = np.int8(-1)
# A heading, not a kind of anti-social behaviour.
_NO_KIND: Final = re.compile(
    r"^\W*(anti[- ]?social behaviou?r|asb|nuisance|other|unknown|not known)?\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class IndicatorRows:
    """The columns that indicators are counted from, each of length n.

    Attributes
    ----------
    category : int8 array
        Index into `CATEGORIES`.
    month : int32 array
        Months since January of year 0: ``year * 12 + month - 1``, local time.
    hour_of_week : int16 array
        Monday 00:00 is 0; −1 where the hour is not known.
    offence : int32 array
        Index into `offences`; one past the last where none is given.
    source : int16 array
        Index into `sources`.
    borough, ward : int16 array
        −1 for none.
    caller : int32 array
        The same number for the same caller; −1 where none is given.
    easting, northing : float64 array
        Metres; NaN for domestic and sexual incidents, which are never counted within an area.
    flags : mapping of Flag to int8 array
        1 yes, 0 no, −1 unknown.
    offences, sources : tuple of str
    """

    category: NDArray[np.int8]
    month: NDArray[np.int32]
    hour_of_week: NDArray[np.int16]
    offence: NDArray[np.int32]
    source: NDArray[np.int16]
    borough: NDArray[np.int16]
    ward: NDArray[np.int16]
    caller: NDArray[np.int32]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    flags: Mapping[Flag, NDArray[np.int8]]
    offences: tuple[str, ...]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.category)


@dataclass(frozen=True, slots=True)
class Judged:
    """Positions of the incidents that count, and of those of which it is not known."""

    yes: NDArray[np.intp]
    unknown: NDArray[np.intp]


def judged(
    rows: IndicatorRows,
    count_rule: CountRule,
    *,
    rule: NightRule,
    inside: NDArray[np.bool_] | None = None,
) -> Judged:
    """Return which incidents an indicator counts, and which it cannot judge.

    Parameters
    ----------
    rows : IndicatorRows
    count_rule : CountRule
    rule : NightRule
        What a night is.
    inside : bool array of shape (n,), optional
        Whether each incident lies in the indicator's areas; everywhere unless given.
    """
    at = np.flatnonzero(_candidates(rows, count_rule, inside=inside))
    parts = [rows.flags[flag][at] for flag in count_rule.yes]
    parts += [_negated(rows.flags[flag][at]) for flag in count_rule.no]
    if count_rule.any_of:
        parts.append(_any_of(rows, count_rule, at))
    if count_rule.offence:
        parts.append(_named(rows, count_rule.offence)[at])
    if count_rule.nights != "all":
        parts.append(_at_night(rows.hour_of_week[at], count_rule, rule=rule))
    value = np.full(len(at), _YES)
    for part in parts:
        value = _both(value, part)
    return Judged(yes=at[value == _YES], unknown=at[value == _UNKNOWN])


def monthly_by_place(
    rows: IndicatorRows,
    positions: NDArray[np.intp],
    *,
    places: NDArray[np.int16],
    count: int,
    months: range,
) -> NDArray[np.int64]:
    """Count incidents by place and month.

    Parameters
    ----------
    rows : IndicatorRows
    positions : intp array
        Positions of the incidents to count.
    places : int16 array of shape (n,)
        Place of each row, 0 to `count` − 1, or −1 for none, which is left out.
    count : int
    months : range
        Consecutive months as in `IndicatorRows.month`; others are left out.

    Returns
    -------
    int64 array of shape (count, number of months)
    """
    month = rows.month[positions] - months.start
    place = places[positions].astype(np.int64)
    inside = (month >= 0) & (month < len(months)) & (place >= 0)
    flat = place[inside] * len(months) + month[inside]
    totals = np.bincount(flat, minlength=count * len(months))
    return totals.reshape(count, len(months)).astype(np.int64)


def repeat_callers(
    rows: IndicatorRows, positions: NDArray[np.intp], *, months: Sequence[int]
) -> tuple[int, int]:
    """Return callers with at least `REPEAT_CALLS` calls in the months, and calls without a caller.

    Parameters
    ----------
    rows : IndicatorRows
    positions : intp array
        Positions of the calls, of one borough.
    months : sequence of int
        As in `IndicatorRows.month`.
    """
    calls = positions[np.isin(rows.month[positions], np.asarray(months, dtype=np.int32))]
    caller = rows.caller[calls]
    known = caller[caller >= 0]
    again = int((np.bincount(known) >= REPEAT_CALLS).sum()) if len(known) else 0
    return again, len(caller) - len(known)


def _candidates(
    rows: IndicatorRows, count_rule: CountRule, *, inside: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    wanted = np.array([name in count_rule.categories for name in CATEGORIES])
    here = wanted[rows.category]
    if count_rule.not_offence:
        here &= ~_matching(rows, count_rule.not_offence)
    if inside is not None:
        here &= inside
    return np.asarray(here, dtype=np.bool_)


def _matching(rows: IndicatorRows, pattern: str) -> NDArray[np.bool_]:
    """Tell which rows' offence holds the pattern; false where none is given."""
    search = re.compile(pattern, re.IGNORECASE).search
    table = np.array([*(search(word) is not None for word in rows.offences), False])
    return np.asarray(table[rows.offence])


def _named(rows: IndicatorRows, pattern: str) -> NDArray[np.int8]:
    """Tell whether each row's offence holds the pattern; not known where it names no kind."""
    search = re.compile(pattern, re.IGNORECASE).search
    known = [
        _UNKNOWN if _NO_KIND.search(word) else (_YES if search(word) else _NO)
        for word in rows.offences
    ]
    return np.asarray(np.array([*known, _UNKNOWN], dtype=np.int8)[rows.offence])


def _any_of(rows: IndicatorRows, count_rule: CountRule, at: NDArray[np.intp]) -> NDArray[np.int8]:
    flags = np.vstack([rows.flags[flag][at] for flag in count_rule.any_of])
    none = np.where((flags == _NO).all(axis=0), _NO, _UNKNOWN)
    value = np.where((flags == _YES).any(axis=0), _YES, none)
    free = np.array([name in count_rule.any_of_not_for for name in CATEGORIES])
    return np.where(free[rows.category[at]], _YES, value).astype(np.int8)


def _at_night(
    hour_of_week: NDArray[np.int16], count_rule: CountRule, *, rule: NightRule
) -> NDArray[np.int8]:
    nights = rule.review_nights if count_rule.nights == "review" else tuple(range(7))
    inside = week_hours(rule.start_hour, rule.end_hour, weekdays=rule.start_days(nights))
    week = np.append(np.where(inside, _YES, _NO), _UNKNOWN)  # −1, no hour, points to the last
    return np.asarray(week[hour_of_week], dtype=np.int8)


def _negated(value: NDArray[np.int8]) -> NDArray[np.int8]:
    return np.where(value == _UNKNOWN, _UNKNOWN, _YES - value).astype(np.int8)


def _both(first: NDArray[np.int8], second: NDArray[np.int8]) -> NDArray[np.int8]:
    no = (first == _NO) | (second == _NO)
    unknown = (first == _UNKNOWN) | (second == _UNKNOWN)
    return np.where(no, _NO, np.where(unknown, _UNKNOWN, _YES)).astype(np.int8)
