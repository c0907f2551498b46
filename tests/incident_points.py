"""Incidents at given points, for questions that ask of nothing but where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.hotspots.inputs import Incidents

if TYPE_CHECKING:
    from collections.abc import Sequence


def incidents_at(xy: Sequence[tuple[float, float]], *, snapped: bool = False) -> Incidents:
    """Return an incident at each point, all alike but for their place."""
    points = np.array(xy, dtype=np.float64).reshape(-1, 2)
    size = len(points)
    return Incidents(
        easting=points[:, 0],
        northing=points[:, 1],
        starts_minute=np.zeros(size, dtype=np.int64),
        hour_of_week=np.zeros(size, dtype=np.int16),
        category=np.zeros(size, dtype=np.int8),
        ward=np.zeros(size, dtype=np.int16),
        harm=np.ones(size, dtype=np.float32),
        snapped=np.full(size, snapped),
        street=np.full(size, -1, dtype=np.int32),
    )
