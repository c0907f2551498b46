"""Where two methods agree: the ground and the incidents that both call a hotspot.

Methods ask different questions (where it is densest, where it is more than chance, where it grows),
so they need not agree; a place that several find is a safer choice than one that only one finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.polygon_index import PolygonIndex
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.shape import Hotspots

_LOOK_UP_CELL_M: Final = 25.0
_TOUCHING: Final = 0.01  # of a hotspot's own ground: less is a shared border


@dataclass(frozen=True, slots=True)
class Part:
    """Ground, and the incidents of the chosen wards on it."""

    area_km2: float
    incidents: int


@dataclass(frozen=True, slots=True)
class Match:
    """What of one hotspot the other method calls a hotspot too.

    Attributes
    ----------
    hotspot_id : str
    rank : int
    share : float
        Of its ground, 0 to 1.
    others : tuple of int
        Ranks of the other method's hotspots that take part in it, largest part first.
    """

    hotspot_id: str
    rank: int
    share: float
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two methods agree.

    Attributes
    ----------
    both, only_one, only_other : Part
        Ground and incidents in hotspots of both, of the first alone, of the second alone.
    overlap : float
        Ground in both as a share of the ground in either (Jaccard), 0 to 1; NaN where neither
        finds anything.
    one, other : tuple of Match
        Each method's hotspots, in order of rank.
    """

    both: Part
    only_one: Part
    only_other: Part
    overlap: float
    one: tuple[Match, ...]
    other: tuple[Match, ...]


def agreement(
    one: Hotspots, other: Hotspots, *, incidents: Incidents, area: StudyArea
) -> Agreement:
    """Compare the hotspots of two methods, found on the same incidents and ground.

    Parameters
    ----------
    one, other : Hotspots
        In the area's metric CRS.
    incidents : Incidents
        Those that both were found on; the ones in the chosen wards are counted.
    area : StudyArea

    Returns
    -------
    Agreement
    """
    mine, theirs = (shapely.union_all(each.frame.geometry.to_numpy()) for each in (one, other))
    shared = shapely.intersection(mine, theirs).area
    either = mine.area + theirs.area - shared
    counted = incidents.take(in_study_area(incidents, area))
    in_one, in_other = (_inside(each, counted) for each in (one, other))
    return Agreement(
        both=Part(shared / 1e6, int((in_one & in_other).sum())),
        only_one=Part((mine.area - shared) / 1e6, int((in_one & ~in_other).sum())),
        only_other=Part((theirs.area - shared) / 1e6, int((in_other & ~in_one).sum())),
        overlap=shared / either if either > 0 else float("nan"),
        one=_matches(one, other),
        other=_matches(other, one),
    )


def _inside(hotspots: Hotspots, incidents: Incidents) -> NDArray[np.bool_]:
    index = PolygonIndex.of(list(hotspots.frame.geometry), cell_m=_LOOK_UP_CELL_M)
    return np.asarray(index.locate(incidents.easting, incidents.northing) >= 0)


def _matches(one: Hotspots, other: Hotspots) -> tuple[Match, ...]:
    theirs = other.frame.geometry.to_numpy()
    ranks = other.frame["rank"].to_numpy()
    found = []
    for row in one.frame.itertuples():
        parts = shapely.area(shapely.intersection(theirs, row.geometry)) / row.geometry.area
        order = np.argsort(-parts, kind="stable")
        found.append(
            Match(
                hotspot_id=row.hotspot_id,
                rank=int(row.rank),
                share=min(float(parts.sum()), 1.0),
                others=tuple(int(ranks[at]) for at in order if parts[at] >= _TOUCHING),
            )
        )
    return tuple(found)
