"""Counts by cell and period: what every forecast reads and is judged on.

Cells are those that touch the study area, each counted as a whole, since a patrol covers a block
and not the part of it inside a line. A forecast is only ever given the periods before its origin
(`CellCounts.before`), so looking at the future is not forbidden but impossible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.errors import PlainError
from geo.grid import Grid
from models.calendar.days import first_minute
from models.calendar.months import Month
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period

Step = Literal["week", "month"]
PERIODS_PER_YEAR: Final[dict[Step, int]] = {"week": 52, "month": 12}


class TooLittleHistoryError(PlainError, ValueError):
    """There are too few whole periods to test a forecast on."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The ground around a study area, on a grid of the same cells that is wider on each side.

    Attributes
    ----------
    grid : Grid
        The study area's grid with as many cells more on each side.
    cells : int64 array of shape (number of cells,)
        Flat indices of the cells of `grid` where incidents would have been recorded, ascending;
        those of the study area are among them.
    counts : float64 array of shape (number of periods, number of cells)
        Incidents in them that are not counted in the study area. Not writeable.
    """

    grid: Grid
    cells: NDArray[np.int64]
    counts: NDArray[np.float64]

    def before(self, origin: int) -> Surroundings:
        """Return the periods before `origin`."""
        return replace(self, counts=self.counts[:origin])


@dataclass(frozen=True, slots=True)
class CellCounts:
    """Incidents in each cell of a study area and each period.

    Attributes
    ----------
    grid : Grid
    cells : int64 array of shape (number of cells,)
        Flat indices of the grid's cells that touch the study area, ascending.
    counts : float64 array of shape (number of periods, number of cells)
        Not writeable.
    starts : tuple of date
        First day of each period, one after the other without a gap.
    step : {"week", "month"}
        Length of a period.
    known : tuple of bool
        Whether the data cover each period; all of them where empty. One that they do not cover is
        missing and not empty: its counts, whatever they are, take no part.
    around : Surroundings or None
        What is recorded around the study area; None where nothing is known of it.
    others : float64 array of shape (number of periods, number of cells) or None
        Incidents of other kinds in the same cells, not writeable; None where there are none.
    nearness : float64 array of shape (number of cells, kinds of place) or None
        How near each cell is to a place of each kind, 0 to 1, not writeable; None where places take
        no part.
    """

    grid: Grid
    cells: NDArray[np.int64]
    counts: NDArray[np.float64]
    starts: tuple[date, ...]
    step: Step
    known: tuple[bool, ...] = ()
    around: Surroundings | None = None
    others: NDArray[np.float64] | None = None
    nearness: NDArray[np.float64] | None = None

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.starts)

    @property
    def year(self) -> int:
        """Number of periods in a year."""
        return PERIODS_PER_YEAR[self.step]

    def before(self, origin: int) -> CellCounts:
        """Return the periods before `origin`, and nothing of it or after it."""
        return replace(
            self,
            counts=self.counts[:origin],
            starts=self.starts[:origin],
            known=self.known[:origin],
            around=None if self.around is None else self.around.before(origin),
            others=None if self.others is None else self.others[:origin],
        )

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether the data cover each period; shape (periods,)."""
        return np.array(self.known or (True,) * self.periods, dtype=np.bool_)

    def latest(self, periods: int) -> NDArray[np.float64]:
        """Return each cell's incidents in the last `periods` known periods; shape (cells,)."""
        return np.asarray(self.counts[self._latest_rows(periods)].sum(axis=0))

    def latest_around(self, periods: int) -> NDArray[np.float64]:
        """Return the same of each cell of `around`, empty where there is none."""
        if self.around is None:
            return np.zeros(0)
        return np.asarray(self.around.counts[self._latest_rows(periods)].sum(axis=0))

    def _latest_rows(self, periods: int) -> NDArray[np.int64]:
        rows = np.flatnonzero(self.is_known)
        return rows[max(len(rows) - periods, 0) :]

    def on_grid(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of shape (..., cells) as (..., rows, columns), 0 off the study area."""
        laid = np.zeros((*values.shape[:-1], self.grid.rows * self.grid.columns))
        laid[..., self.cells] = values
        return laid.reshape(*values.shape[:-1], *self.grid.shape)

    def off_grid(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of shape (..., rows, columns) as (..., cells)."""
        flat = values.reshape(*values.shape[:-2], self.grid.rows * self.grid.columns)
        return np.asarray(flat[..., self.cells])


def cell_counts(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    starts_minute: NDArray[np.int64],
    land: Polygon | MultiPolygon,
    starts: Sequence[date],
    step: Step,
    cell_m: float = 150.0,
) -> CellCounts:
    """Count incidents by cell and period.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres. Those in no cell of the study area are left out.
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes since 1970-01-01 00:00. Those in no period are left out.
    land : Polygon or MultiPolygon
        The study area, in the same metric CRS. The cells begin at its south-west corner.
    starts : sequence of date
        First days of the periods (`period_starts`).
    step : {"week", "month"}
    cell_m : float
        Side of a cell in metres.
    """
    west, south, _, _ = land.bounds
    shift = (west % cell_m, south % cell_m)
    grid = Grid.covering(land.bounds, cell_m=cell_m, shift_m=shift)
    cells = touched_cells(grid, land)
    counts = by_period(
        grid.cells(easting, northing),
        starts_minute=starts_minute,
        grid=grid,
        cells=cells,
        starts=starts,
        step=step,
    )
    return CellCounts(grid=grid, cells=cells, counts=counts, starts=tuple(starts), step=step)


def touched_cells(grid: Grid, ground: Polygon | MultiPolygon) -> NDArray[np.int64]:
    """Return the flat indices of the cells that touch some ground, ascending."""
    x, y = np.meshgrid(*grid.centres())
    half = grid.cell_m / 2
    shapely.prepare(ground)
    touched = shapely.intersects(ground, shapely.box(x - half, y - half, x + half, y + half))
    return np.flatnonzero(touched.ravel())


def by_period(
    at: NDArray[np.int64],
    *,
    starts_minute: NDArray[np.int64],
    grid: Grid,
    cells: NDArray[np.int64],
    starts: Sequence[date],
    step: Step,
) -> NDArray[np.float64]:
    """Count incidents, given by their flat cells of a grid, in some of its cells by period.

    Returns
    -------
    float64 array of shape (periods, cells)
        Not writeable.
    """
    edges = np.array([first_minute(day) for day in (*starts, _after(starts[-1], step=step))])
    # The last element is for points off the grid.
    column = np.full(grid.rows * grid.columns + 1, -1)
    column[cells] = np.arange(len(cells))
    place = column[at]
    periods = len(edges) - 1
    period = np.searchsorted(edges, starts_minute, side="right") - 1
    inside = (place >= 0) & (period >= 0) & (period < periods)
    flat = np.bincount(period[inside] * len(cells) + place[inside], minlength=periods * len(cells))
    counts = flat.astype(np.float64).reshape(periods, len(cells))
    counts.setflags(write=False)
    return counts


def period_starts(first: date, last: date, *, step: Step) -> tuple[date, ...]:
    """Return the first days of the whole periods between two days, both included.

    Months begin on their first day. Weeks are counted back from `last`, so that the last one is
    whole and ends with the data.

    Raises
    ------
    TooLittleHistoryError
        If no whole period lies between them.
    """
    found: list[date] = []
    if step == "week":
        day = last - timedelta(days=6)
        while day >= first:
            found.append(day)
            day -= timedelta(days=7)
        found.reverse()
    else:
        day = first if first.day == 1 else _after(first.replace(day=1), step=step)
        while _after(day, step=step) <= last + timedelta(days=1):
            found.append(day)
            day = _after(day, step=step)
    if not found:
        message = f"No whole {step} from {day_label(first)} to {day_label(last)}. "
        raise TooLittleHistoryError(message + "Choose a longer period.")
    return tuple(found)


def known_periods(
    starts: Sequence[date], gaps: Sequence[Period], *, step: Step
) -> tuple[bool, ...]:
    """Tell for each period whether it shares no day with a gap in the data.

    Parameters
    ----------
    starts : sequence of date
        First days of the periods.
    gaps : sequence of Period
    step : {"week", "month"}
    """
    return tuple(
        not any(gap.first < _after(start, step=step) and gap.last >= start for gap in gaps)
        for start in starts
    )


def last_day(counts: CellCounts) -> date:
    """Return the last day of the last period."""
    return _after(counts.starts[-1], step=counts.step) - timedelta(days=1)


def _after(start: date, *, step: Step) -> date:
    if step == "week":
        return start + timedelta(days=7)
    return Month.of(start).later(1).first
