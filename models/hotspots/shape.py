"""The one shape in which every hotspot method answers.

The map, the ranked table, the plan, the board, the exports and the printed sheet know only this
shape; a new method is one file that fills it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely import LineString, MultiLineString

    from geo.grid import Grid
    from models.calendar.periods import Period
    from models.wording.absence import ChangeState
    from models.wording.expected import ExpectedState

HOTSPOT_COLUMNS: Final[tuple[str, ...]] = (
    "hotspot_id",  # str: method letter and the 100 m square of its centre, e.g. "K-5337-1818"
    "method",  # str: name of the method, e.g. "kde"
    "rank",  # int: 1 is first
    "near",  # str: its name from the ground (`geo.naming`), no two of one list alike
    "geometry",  # Polygon or MultiPolygon, metric CRS
    "incidents",  # int: incidents inside, of the chosen wards
    "harm",  # float: sum of harm weights; NaN where no incident inside has one
    "harm_known",  # int: how many of its incidents have a harm weight
    "harm_rank",  # int: rank by harm, 1 is most; 0 where no incident inside has a weight
    "area_km2",  # float
    "share_of_incidents",  # float 0 to 1, of the incidents in the chosen wards
    "share_of_area",  # float 0 to 1, of the chosen wards' area
    "pai",  # float: share_of_incidents / share_of_area
    "comparison_incidents",  # int: incidents inside in the comparison period; −1 where not compared
    "change",  # float: rate ratio − 1, less what picking the place adds; NaN where not compared
    "change_low",  # float: lower end of the 95 % interval
    "change_high",  # float: upper end of the 95 % interval; inf when it has none
    "change_state",  # str: "compared", "new", or why there is none (`models.wording.absence`)
    "peak_window",  # PeakWindow ("Fri–Sat 22:00–02:00"); None without one, see `hours_state`
    "peak_share",  # float: share of its timed incidents inside the peak window; NaN without
    "hours_state",  # str: "peak", or why there is no window (`models.wording.absence`)
    "timed_incidents",  # int: how many of its incidents have a known hour or interval
    "top_place_share",  # float: share of its incidents that lie on one point
    "snapped_share",  # float: share of its incidents at anonymised map points
    "expected",  # float: incidents to expect in the coming month; NaN where that is not told
    "expected_low",  # float: lower end of its 90 % interval, a whole number
    "expected_high",  # float: upper end
    "hot_class",  # str: class by the method's test, e.g. "99 %", "new"; "" from one without
    "z",  # float: the test's statistic in its strongest cell; NaN from a method without one
    "p_value",  # float 0 to 1: of the hotspot, for all cells at once; NaN without a test
    "wards",  # tuple of WardShare, largest first; shares of its incidents, adding up to 1
    "reasons",  # tuple of str: why it is ranked here, in plain words
)


@dataclass(frozen=True, slots=True)
class WardShare:
    """A ward's part of a hotspot: `share` of its incidents, 0 to 1."""

    code: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Surface:
    """A density over a grid: `per_km2` has shape (rows, columns), NaN outside the chosen wards.

    `unit` says in what, where it is not incidents per km²; a method leaves NaN as well where its
    figure would be unstable.
    """

    grid: Grid
    per_km2: NDArray[np.float64]
    unit: str = "incidents per km²"


@dataclass(frozen=True, slots=True)
class WalkedStretch:
    """The stretch of street of one hotspot.

    Attributes
    ----------
    line : LineString or MultiLineString
        Metric CRS; several lines where its segments do not join into one.
    streets : tuple of str
        Names in the order in which they are walked, each once; empty where none may be claimed.
    """

    line: LineString | MultiLineString
    streets: tuple[str, ...]

    @property
    def length_m(self) -> float:
        """How much street there is to walk."""
        return float(self.line.length)


@dataclass(frozen=True, slots=True)
class Hotspots:
    """Ranked hotspots with what is needed to read them honestly.

    Attributes
    ----------
    frame : GeoDataFrame
        One row a hotspot in order of rank, columns `HOTSPOT_COLUMNS`, metric CRS.
    method : str
        Name of the method.
    incidents : int
        Incidents in the chosen wards that took part.
    comparison_incidents : int or None
        The same for the comparison period; None where nothing is compared.
    area_km2 : float
        Area of the chosen wards.
    surface : Surface or None
        The density the hotspots were cut from, where the method has one.
    notes : tuple of str
        Warnings that every reader must see (snapped points, month-only times, small numbers).
    explanation : str
        One or two sentences that say how these hotspots were found, settings included.
    change_state : ChangeState
        Whether they are compared, or why not.
    expected_state : ExpectedState
        Whether it is told what to expect at each, or why not.
    coming : Period or None
        When that is to be expected.
    stretches : tuple of WalkedStretch
        That of each hotspot, in order of rank, where the method finds streets; empty otherwise.
    """

    frame: gpd.GeoDataFrame
    method: str
    incidents: int
    comparison_incidents: int | None
    area_km2: float
    explanation: str
    surface: Surface | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)
    change_state: ChangeState = "not_asked"
    expected_state: ExpectedState = "not_asked"
    coming: Period | None = None
    stretches: tuple[WalkedStretch, ...] = ()
