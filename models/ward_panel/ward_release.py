"""What is published of a borough's wards for one quarter, once and for good.

A release is one fixed family of figures, the same for everybody: for each ward and for the borough
the total, kinds of incident, months, and parts of the week; and for each ward a map of blocks. All
of it is protected together by `models.ward_panel.disclosure`. Nothing else leaves for a ward panel,
no filter and no other period, so there is nothing to take one answer away from another with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.ward_cells import joined, merge_small_shapes, shared_borders
from models.ward_panel.disclosure import protect
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.calendar.quarters import Quarter
    from models.tasking.tasking import Tactic

BANDS: Final[tuple[str, ...]] = (
    "Monday to Friday, 6am to noon",
    "Monday to Friday, noon to 6pm",
    "Monday to Friday, 6pm to 10pm",
    "Monday to Friday, 10pm to 6am",
    "Saturday and Sunday, 6am to noon",
    "Saturday and Sunday, noon to 6pm",
    "Saturday and Sunday, 6pm to 10pm",
    "Saturday and Sunday, 10pm to 6am",
    "Hour not known",
)
NO_HOUR: Final = len(BANDS) - 1
_MONTHS: Final = 3


class TooFewToPublishError(PlainError, ValueError):
    """No ward of the borough has as many incidents as any shown count needs."""

    def __init__(self, *, count: int, threshold: int) -> None:
        super().__init__(
            f"No ward has {threshold} incidents in this quarter ({count} in the whole borough), "
            "and any shown count needs as many, so nothing can be published of it. Check that all "
            "sources are imported."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The incidents that are counted, one entry each.

    Attributes
    ----------
    ward : int64 array of shape (n,)
        0 to the number of wards less one.
    category : int64 array
        Index into `PANEL_CATEGORIES`.
    month : int64 array
        0, 1 or 2 within the quarter.
    band : int64 array
        Index into `BANDS`.
    piece : int64 array
        Index into its ward's pieces (`geo.ward_cells.ward_cells`).
    """

    ward: NDArray[np.int64]
    category: NDArray[np.int64]
    month: NDArray[np.int64]
    band: NDArray[np.int64]
    piece: NDArray[np.int64]

    def only(self, mask: NDArray[np.bool_]) -> Population:
        """Return the incidents that are kept."""
        columns = (self.ward, self.category, self.month, self.band, self.piece)
        return Population(*(column[mask] for column in columns))


@dataclass(frozen=True, slots=True)
class WardFigures:
    """The published counts of one ward, or of the borough; None is not shown on its own.

    Attributes
    ----------
    total : int
    categories : tuple of int or None
        In the order of `PANEL_CATEGORIES`.
    months : tuple of int or None
        Of the quarter's three months.
    bands : tuple of int or None
        In the order of `BANDS`.
    """

    total: int
    categories: tuple[int | None, ...]
    months: tuple[int | None, ...]
    bands: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a ward's map and its count, which is 0 or at least the threshold."""

    shape: Polygon | MultiPolygon
    incidents: int


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of one quarter.

    Attributes
    ----------
    borough : WardFigures
    wards : tuple of WardFigures or None
        None for a ward with fewer incidents than the threshold, or none: these are in no figure,
        the borough's included.
    blocks : tuple of tuple of Block
        Of each ward; empty where nothing of it is shown.
    """

    borough: WardFigures
    wards: tuple[WardFigures | None, ...]
    blocks: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class TacticActivity:
    """What was done in a ward in a quarter, by one tactic.

    Attributes
    ----------
    tactic : Tactic
    visits : int or None
        None where there were some, and fewer than the threshold.
    finds : tuple of (str, int)
        Notices and so on with their counts, each at least the threshold.
    """

    tactic: Tactic
    visits: int | None
    finds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A quarter as it was published.

    Attributes
    ----------
    quarter : Quarter
    published_at : datetime
    published_by : str
    table_version : int
        Of the incident table that was counted.
    threshold : int
        The smallest count other than 0 that it shows.
    cell_m : float
    sources : tuple of str
        Which sources were counted.
    borough_name : str
    borough : WardFigures
    names : mapping of str to str
        Ward names by code.
    wards : mapping of str to WardFigures or None
        By ward code.
    blocks : mapping of str to tuple of Block
        By ward code.
    activities : mapping of str to tuple of TacticActivity
        By ward code; wards where nothing was done may be missing.
    """

    quarter: Quarter
    published_at: datetime
    published_by: str
    table_version: int
    threshold: int
    cell_m: float
    sources: tuple[str, ...]
    borough_name: str
    borough: WardFigures
    names: Mapping[str, str]
    wards: Mapping[str, WardFigures | None]
    blocks: Mapping[str, tuple[Block, ...]]
    activities: Mapping[str, tuple[TacticActivity, ...]]


@dataclass(frozen=True, slots=True)
class WardQuarter:
    """One ward's part of a release, with the borough's figures next to it.

    `figures` is None where the ward had fewer incidents than the threshold, or none. The other
    attributes are those of `Release`.
    """

    quarter: Quarter
    published_at: datetime
    published_by: str
    table_version: int
    threshold: int
    cell_m: float
    sources: tuple[str, ...]
    borough_name: str
    borough: WardFigures
    ward_name: str
    figures: WardFigures | None
    blocks: tuple[Block, ...]
    activities: tuple[TacticActivity, ...]


def hour_band(hour_of_week: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the index into `BANDS` of each hour of the week; −1, an unknown hour, is the last.

    A night belongs to the day on which it starts: 2am on Saturday is Friday's night.
    """
    hour = hour_of_week.astype(np.int64)
    of_day = (hour - 6) % 24  # hours since 6am
    day = ((hour - 6) % 168) // 24
    part = np.searchsorted([6, 12, 16], of_day, side="right")
    return np.where(hour < 0, NO_HOUR, part + 4 * (day >= 5))


def publish(
    population: Population,
    pieces: Sequence[Sequence[Polygon | MultiPolygon]],
    *,
    threshold: int,
    rng: np.random.Generator,
) -> Published:
    """Count, protect, and give what may be shown.

    Parameters
    ----------
    population : Population
    pieces : sequence of sequence of Polygon or MultiPolygon
        The map pieces of each ward, in the metric CRS; there are as many wards as entries.
    threshold : int
    rng : Generator
        See `models.ward_panel.disclosure.protect`.

    Raises
    ------
    TooFewToPublishError
        If no ward has as many incidents as the threshold.
    """
    totals = np.bincount(population.ward, minlength=len(pieces))
    alone = totals >= threshold
    if not alone.any():
        raise TooFewToPublishError(count=len(population.ward), threshold=threshold)
    held = population.only(alone[population.ward])
    borough, shown = [], []
    for values, size in (
        (held.category, len(PANEL_CATEGORIES)),
        (held.month, _MONTHS),
        (held.band, len(BANDS)),
    ):
        counts = np.zeros((len(pieces), size), dtype=np.int64)
        np.add.at(counts, (held.ward, values), 1)
        kept = protect(counts, threshold=threshold, rng=rng)
        borough.append(_line(counts.sum(axis=0), kept.totals))
        shown.append([_line(row, may) for row, may in zip(counts, kept.cells, strict=True)])
    return Published(
        borough=WardFigures(len(held.ward), *borough),
        wards=tuple(
            WardFigures(int(totals[at]), *(table[at] for table in shown)) if alone[at] else None
            for at in range(len(pieces))
        ),
        blocks=tuple(
            _blocks(held.piece[held.ward == at], pieces[at], threshold=threshold)
            if alone[at]
            else ()
            for at in range(len(pieces))
        ),
    )


def _line(counts: NDArray[np.int64], mask: NDArray[np.bool_]) -> tuple[int | None, ...]:
    return tuple(int(n) if may else None for n, may in zip(counts, mask, strict=True))


def _blocks(
    piece: NDArray[np.int64], pieces: Sequence[Polygon | MultiPolygon], *, threshold: int
) -> tuple[Block, ...]:
    """Join a ward's pieces until each holds nothing or enough."""
    shapes = np.empty(len(pieces), dtype=object)
    shapes[:] = list(pieces)
    counts = np.bincount(piece, minlength=len(pieces))
    label = merge_small_shapes(
        counts, shared_borders(shapes), shapes, too_small=lambda n: 0 < n < threshold
    )
    held = np.bincount(label, weights=counts)
    areas = shapely.set_precision(np.array(joined(shapes, label), dtype=object), 0.1)
    return tuple(Block(area, int(n)) for area, n in zip(areas, held, strict=True))
