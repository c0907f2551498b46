"""Where a team arrives at a hotspot: where the most of its incidents lie within a short walk.

A plan's travel ends there and a visit's walking loop begins there. Where incidents cannot say it
(there are few, or they stand on map points or on each other), it is the middle of the outline.
The place is one of a grid, so that it never is where one incident was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from models.hotspots.guard import guard_of

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents

LEAST_INCIDENTS: Final = 10
WALK_M: Final = 100.0
_GRID_M: Final = 25.0


def arrival_point(area: Polygon | MultiPolygon, incidents: Incidents | None) -> tuple[float, float]:
    """Return where a team arrives.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Of the hotspot, in a metric CRS.
    incidents : Incidents or None
        Those inside the area; None where it was not chosen by any.

    Returns
    -------
    tuple of float
        Inside the area: a point of a grid of 25 m with the most incidents within `WALK_M`; of
        several the one nearest to the middle. The middle where incidents cannot say it.
    """
    middle = area.representative_point()
    home = (float(middle.x), float(middle.y))
    if incidents is None or why_incidents_cannot_say(incidents):
        return home
    places = np.column_stack([incidents.easting, incidents.northing])
    grid = np.unique(np.floor(places / _GRID_M), axis=0) * _GRID_M + _GRID_M / 2
    grid = grid[shapely.contains_xy(area, grid)]
    if not len(grid):
        return home
    counts = cKDTree(places).query_ball_point(grid, WALK_M, return_length=True)
    best = np.lexsort((np.hypot(*(grid - home).T), -counts))[0]
    return float(grid[best, 0]), float(grid[best, 1])


def why_incidents_cannot_say(incidents: Incidents) -> str:
    """Say why incidents of an area cannot say which of its streets matter; "" where they can."""
    if len(incidents) < LEAST_INCIDENTS:
        return f"fewer than {LEAST_INCIDENTS} incidents of the view lie in it"
    guard = guard_of(incidents)
    return guard.reasons[0] if guard.no_street else ""
