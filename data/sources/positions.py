"""Positions of many rows at once; each distinct place is worked out only once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.crs import transform

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Positions:
    """Metric positions, NaN where at fault, and which rows have which fault."""

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    faults: tuple[tuple[NDArray[np.bool_], str], ...]


def metric(
    x: NDArray[np.float64], y: NDArray[np.float64], *, crs: str, metric_crs: str
) -> Positions:
    """Turn coordinates into metres (temporary checks: finite only)."""
    pairs, inverse = np.unique(x + 1j * y, return_inverse=True)
    e, n = transform(pairs.real, pairs.imag, source=crs, target=metric_crs)
    easting, northing = e[inverse], n[inverse]
    bad = ~(np.isfinite(easting) & np.isfinite(northing))
    return Positions(easting, northing, ((bad, "Is no position on the map"),) if bad.any() else ())
