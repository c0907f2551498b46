"""Coordinate reference systems, and how degrees become metres.

All distances, areas and densities are worked out in a metric system, by default the British
National Grid (EPSG:27700, metres); longitude and latitude (EPSG:4326, degrees) are used only at the
edges: files that come in, maps in a browser, GeoJSON that goes out. Axis order is always x, y
(easting, northing; longitude, latitude), whatever the authority's own order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "EPSG:4326"


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def transform(
    x: ArrayLike, y: ArrayLike, *, source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Move coordinates from one system to another.

    Parameters
    ----------
    x, y : array of shape (n,)
        Easting or longitude, and northing or latitude, in units of `source`.
    source, target : str
        Anything pyproj reads, for example ``"EPSG:4326"``.

    Returns
    -------
    tuple of two float64 arrays of shape (n,)
        In units of `target`; infinite where a point lies outside the target system's domain.
    """
    xs, ys = _transformer(source, target).transform(
        np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    )
    return np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
