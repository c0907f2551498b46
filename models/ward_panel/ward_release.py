"""What is published of a borough's wards for one quarter.

A release is one fixed family of figures, the same for everybody: for each ward and for the borough
kinds of incident, months and parts of the week, with the total that each of them adds up to; and
for each ward a map of blocks. Nothing else leaves for a ward panel, no filter and no other period.
How the figures come from the counts: `models.ward_panel.publication`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from models.ward_panel.perturbation import VARIANCE, most_changed
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping
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
SIZES: Final = (len(PANEL_CATEGORIES), 3, len(BANDS))  # of the three breakdowns
# Of a ward's total, the mean of what its kinds, months and parts of the week add up to.
TOTAL_VARIANCE: Final = VARIANCE / sum(1 / size for size in SIZES)

# How the figures of a release were protected: those of "hiding" are of an earlier version, which
# left out domestic, sexual and hate incidents and hid small counts and others with them.
Method = Literal["changing", "hiding"]


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
        Index into its ward's pieces (`geo.ward_cells.ward_cells`); −1 for one that is on no map.
    """

    ward: NDArray[np.int64]
    category: NDArray[np.int64]
    month: NDArray[np.int64]
    band: NDArray[np.int64]
    piece: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WardFigures:
    """The published figures of one ward, or of the borough.

    Each of the three breakdowns adds up to the total. In figures of the method "hiding" None is a
    count that is not shown.

    Attributes
    ----------
    total : int
    categories : tuple of int or None
        In the order of `PANEL_CATEGORIES`.
    months : tuple of int or None
        Of the quarter's three months.
    bands : tuple of int or None
        In the order of `BANDS`; None all of them where most hours are not known.
    """

    total: int
    categories: tuple[int | None, ...]
    months: tuple[int | None, ...]
    bands: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a ward's map, the same ground in every quarter, and its figure."""

    shape: Polygon | MultiPolygon
    incidents: int


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
        The smallest number of visits, notices and so on that it shows.
    cell_m : float
    sources : tuple of str
        Which sources were counted.
    public_sources : tuple of str
        Those of them that everybody can read elsewhere.
    method : Method
    revision : int
        1 for the figures as first published.
    why_revised : str
    borough_name : str
    borough : WardFigures
    names : mapping of str to str
        Ward names by code.
    wards : mapping of str to WardFigures or None
        By ward code; None only of the method "hiding".
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
    public_sources: tuple[str, ...]
    method: Method
    revision: int
    why_revised: str
    borough_name: str
    borough: WardFigures
    names: Mapping[str, str]
    wards: Mapping[str, WardFigures | None]
    blocks: Mapping[str, tuple[Block, ...]]
    activities: Mapping[str, tuple[TacticActivity, ...]]


@dataclass(frozen=True, slots=True)
class WardQuarter:
    """One ward's part of a release, with the borough's figures next to it.

    `figures` is None only of the method "hiding", where the ward had fewer incidents than the
    threshold, or none. The other attributes are those of `Release`.
    """

    quarter: Quarter
    published_at: datetime
    published_by: str
    table_version: int
    threshold: int
    cell_m: float
    sources: tuple[str, ...]
    public_sources: tuple[str, ...]
    method: Method
    revision: int
    why_revised: str
    borough_name: str
    borough: WardFigures
    ward_name: str
    figures: WardFigures | None
    blocks: tuple[Block, ...]
    activities: tuple[TacticActivity, ...]

    @property
    def hours_known(self) -> bool:
        """Whether there are figures by part of the week."""
        return self.figures is not None and hours_known(self.figures)

    @property
    def variance(self) -> float:
        """By how much each figure was changed before it was published, as a variance."""
        return VARIANCE if self.method == "changing" else 0.0

    @property
    def total_variance(self) -> float:
        """The same of the ward's total."""
        return TOTAL_VARIANCE if self.method == "changing" else 0.0

    @property
    def give_or_take(self) -> int:
        """By how much 19 of 20 figures were changed at most."""
        return most_changed(confidence=0.95) if self.method == "changing" else 0

    def give_or_take_of(self, figures: int) -> int:
        """By how much none of so many figures is off, 19 times of 20."""
        if self.method == "hiding":
            return 0
        return most_changed(confidence=1 - 0.05 / figures)

    @property
    def total_give_or_take(self) -> int:
        """The same of the totals of a ward and of the borough."""
        return math.ceil(2 * math.sqrt(self.total_variance))

    @property
    def clear_gap(self) -> float:
        """By how much two figures differ that are surely in this order, 19 times of 20."""
        return math.ceil(2 * math.sqrt(2 * self.variance))

    def comparable(self, other: WardQuarter) -> bool:
        """Tell whether two quarters count the same: the same sources, in the same way."""
        return (self.sources, self.method) == (other.sources, other.method)


def hours_known(figures: WardFigures) -> bool:
    """Tell whether figures have parts of the week; not where most hours are not known."""
    return any(n is not None for n in figures.bands)


def hour_band(hour_of_week: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the index into `BANDS` of each hour of the week; −1, an unknown hour, is the last.

    A night belongs to the day on which it starts: 2am on Saturday is Friday's night.
    """
    hour = hour_of_week.astype(np.int64)
    of_day = (hour - 6) % 24  # hours since 6am
    day = ((hour - 6) % 168) // 24
    part = np.searchsorted([6, 12, 16], of_day, side="right")
    return np.where(hour < 0, NO_HOUR, part + 4 * (day >= 5))
