"""Which kinds of incident are above or below their usual number, and how far that can be chance.

Counts of days vary by more than chance alone would make them: one event brings several reports,
weekends of good weather many. The months have their seasons, and eleven kinds are looked at each
morning. So nothing is assumed about how counts vary. How far each kind's day and week are from
their usual number is worked out for every morning of the year before as it is for this one, in
units of how far that figure usually is, and of each morning the farthest of all figures is taken.
A kind is marked only if it is farther than that was on all but one in twenty of those mornings. So
on one morning in twenty some kind is marked where nothing is going on, by day or by week, above or
below: seasons, weekdays and reports that come in bunches are in the year that it is held against.

The square root makes counts of different size vary alike; the distance is in its units. Farther
than usual is never reckoned from a spread below that of chance alone, so that the first incident
of a rare kind is not an event.

Source: P. H. Westfall and S. S. Young, "Resampling-Based Multiple Testing" (Wiley, 1993), for the
largest of several; F. J. Anscombe, Biometrika 35 (1948), for the square root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

Mark = Literal["more", "fewer", "usual"]

KINDS_LEVEL: Final = 0.05  # of mornings on which nothing is going on: any mark on any kind
WEEKS_BEFORE: Final = 8
LEAST_WEEKS: Final = 4  # of those eight that the data must cover for a usual number
LEAST_MORNINGS: Final = 91  # on which there was a usual number, to know how far figures vary
YEAR_DAYS: Final = 364
SPAN_DAYS: Final = YEAR_DAYS + WEEKS_BEFORE * 7 + 1
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class NewOfKind:
    """One category's incidents of the last day and the last seven, against what is usual.

    Attributes
    ----------
    category : str
    day : int
        On the day *as of*.
    usual_day : float or None
        Mean of the same weekday over those of the eight weeks before that the data cover; None
        where they cover fewer than four.
    day_mark : {"more", "fewer", "usual"} or None
        Against that mean; None where it, the day itself or how far days vary is not known.
    week : int
        In the seven days to *as of*.
    week_before, week_last_year : int or None
        In the seven before, and in those 52 weeks earlier; None where the data do not cover them.
    week_mark : {"more", "fewer", "usual"} or None
        Against the mean of the covered of the eight weeks before; None as above.
    """

    category: str
    day: int
    usual_day: float | None
    day_mark: Mark | None
    week: int
    week_before: int | None
    week_last_year: int | None
    week_mark: Mark | None

    @property
    def unusual(self) -> bool:
        """Whether the day or the week is above the usual by more than nothing would bring."""
        return "more" in (self.day_mark, self.week_mark)


def kinds_of_days(by_day: NDArray[np.int64], *, known: NDArray[np.bool_]) -> tuple[NewOfKind, ...]:
    """Return the kinds that had an incident in the nine weeks to the last day.

    Parameters
    ----------
    by_day : int64 array of shape (categories, `SPAN_DAYS`)
        Incidents; the last day is the one that is judged.
    known : bool array of that shape
        Which days the data cover.
    """
    days = np.where(known, by_day, np.nan)
    weeks = sliding_window_view(days, _WEEK, axis=1).sum(axis=2)  # of the seven days to each
    weeks = np.concatenate([np.full((len(days), _WEEK - 1), np.nan), weeks], axis=1)
    usual_days, usual_weeks = usual(days), usual(weeks)
    marks = _marks(np.stack([days, weeks]), np.stack([usual_days, usual_weeks]))
    ago = slice(-YEAR_DAYS - _WEEK, -YEAR_DAYS)
    return tuple(
        NewOfKind(
            category=CATEGORIES[at],
            day=int(by_day[at, -1]),
            usual_day=_or_none(usual_days[at, -1]),
            day_mark=marks[0][at],
            week=int(by_day[at, -_WEEK:].sum()),
            week_before=_whole_or_none(days[at, -2 * _WEEK : -_WEEK].sum()),
            week_last_year=_whole_or_none(days[at, ago].sum()),
            week_mark=marks[1][at],
        )
        for at in range(len(CATEGORIES))
        if by_day[at, -(WEEKS_BEFORE + 1) * _WEEK :].any()
    )


def usual(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each figure's own 7, 14, … 56 days before, of those that are known.

    Parameters
    ----------
    figures : float64 array of shape (kinds, days)
        NaN where it is not known.

    Returns
    -------
    float64 array of that shape
        NaN where fewer than `LEAST_WEEKS` are known.
    """
    summed, held = np.zeros_like(figures), np.zeros_like(figures)
    for back in range(_WEEK, WEEKS_BEFORE * _WEEK + 1, _WEEK):
        earlier = figures[:, :-back]
        seen = np.isfinite(earlier)
        summed[:, back:] += np.where(seen, earlier, 0.0)
        held[:, back:] += seen
    return np.where(held >= LEAST_WEEKS, summed / np.maximum(held, 1), np.nan)


def distances(figures: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each figure is from its usual number, in units of how far it is on all days.

    Parameters
    ----------
    figures, usual : float64 arrays of shape (..., days)
        NaN where they are not known. The last day takes part in the units as every other does:
        what it is held against must be reckoned as it is.
    """
    away: NDArray[np.float64] = 2 * (np.sqrt(figures + 0.375) - np.sqrt(usual + 0.375))
    held = np.isfinite(away)
    squares = np.where(held, away, 0.0) ** 2
    spread = np.sqrt(squares.sum(axis=-1) / np.maximum(held.sum(axis=-1), 1))
    return np.asarray(away / np.maximum(spread, 1.0)[..., np.newaxis], dtype=np.float64)


def _marks(
    figures: NDArray[np.float64], usual: NDArray[np.float64]
) -> tuple[tuple[Mark | None, ...], tuple[Mark | None, ...]]:
    """Return the marks of the last day and week, one a kind; shape (day and week, kinds, days)."""
    away = distances(figures, usual).reshape(-1, figures.shape[-1])
    # Every morning must be the farthest of as many figures as this one, or it is held to less.
    own = np.isfinite(away[:, :-1]).sum(axis=1)
    now = np.where(own >= LEAST_MORNINGS, away[:, -1], np.nan)
    past = away[np.isfinite(now), :-1]
    past = past[:, np.isfinite(past).all(axis=0)]
    farthest = np.abs(past).max(axis=0) if past.size else np.zeros(0)
    mornings = len(farthest)

    def mark(each: float) -> Mark | None:
        if mornings < LEAST_MORNINGS or not np.isfinite(each):
            return None
        if 1 + (farthest >= abs(each)).sum() > KINDS_LEVEL * (1 + mornings):
            return "usual"
        return "more" if each > 0 else "fewer"

    days, weeks = now.reshape(figures.shape[:-1])
    return tuple(map(mark, days)), tuple(map(mark, weeks))


def _or_none(figure: float) -> float | None:
    return float(figure) if np.isfinite(figure) else None


def _whole_or_none(figure: float) -> int | None:
    return int(figure) if np.isfinite(figure) else None
