"""Where an area is, for a team that has to get there: streets nearby, its middle, its size.

Street names are those that incidents nearby carry and that may be shown (`Incidents.street`); each
stands at the middle of the incidents that name it, so it is near its street and no more. Domestic
and sexual incidents have neither a street nor a position, so no name and no middle comes from them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from data.layers.ground import ground_layers
from geo.crs import WGS84, transform
from geo.paper.area_map import PlaceName, area_map_png, area_window
from geo.paper.street_ground import credit_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import LineString, MultiLineString, MultiPolygon, Polygon

    from data.incidents.store import Store

_MOST_NAMES: Final = 14
_ROUNDING_M: Final = 10


def street_names(
    store: Store, window: tuple[float, float, float, float], *, most: int = _MOST_NAMES
) -> tuple[PlaceName, ...]:
    """Return the streets that incidents inside a window name, the commonest first.

    Parameters
    ----------
    store : Store
    window : tuple of float
        West, south, east, north in the store's metric CRS.
    most : int
        At most so many.
    """
    held = store.snapshot.placed
    west, south, east, north = window
    inside = np.flatnonzero(
        (held.easting >= west)
        & (held.easting <= east)
        & (held.northing >= south)
        & (held.northing <= north)
        & (held.street >= 0)
    )
    named, counts = np.unique(held.street[inside], return_counts=True)
    order = sorted(range(len(named)), key=lambda at: (-counts[at], held.streets[named[at]]))[:most]
    found = []
    for at in order:
        rows = inside[held.street[inside] == named[at]]
        x, y = float(np.median(held.easting[rows])), float(np.median(held.northing[rows]))
        found.append(PlaceName(held.streets[named[at]], x, y))
    return tuple(found)


def close_up(
    store: Store,
    area: Polygon | MultiPolygon,
    *,
    others: Sequence[Polygon | MultiPolygon] = (),
    loop: Sequence[tuple[float, float]] = (),
    stretches: Sequence[LineString | MultiLineString] = (),
    size_mm: tuple[float, float] = (86.0, 86.0),
    dpi: int = 200,
) -> bytes:
    """Return a printed map of one area with its surroundings; see `area_map_png`."""
    window = area_window(area, aspect=size_mm[0] / size_mm[1])
    return area_map_png(
        area,
        store.wards.frame,
        names=street_names(store, window),
        others=others,
        loop=loop,
        stretches=stretches,
        places=ground_layers(store.settings),
        size_mm=size_mm,
        dpi=dpi,
    )


def close_up_description(store: Store, area: Polygon | MultiPolygon, *, name: str) -> str:
    """Return what a close-up shows, for readers who cannot see it."""
    streets = [each.name for each in street_names(store, area_window(area), most=5)]
    named = f" Streets named around it: {', '.join(streets)}." if streets else ""
    return f"Map of {name}: {size_label(area)}, {centre_label(store, area)}.{named}"


def ground_credit(store: Store) -> str:
    """Return whom the ground of printed maps comes from, for below them; "" without layers."""
    credit = credit_line(ground_layers(store.settings))
    return f"Map: {credit}" if credit else ""


def size_label(area: Polygon | MultiPolygon) -> str:
    """Return how large an area is: its km², and how far it is across."""
    west, south, east, north = area.bounds
    across = round(math.hypot(east - west, north - south) / _ROUNDING_M) * _ROUNDING_M
    return f"{area.area / 1e6:.3f} km², {across:,} m from corner to corner"


def centre_label(store: Store, area: Polygon | MultiPolygon) -> str:
    """Return a point inside an area as latitude and longitude, and on the metric grid to 10 m."""
    point = area.representative_point()
    (longitude,), (latitude,) = transform(
        [point.x], [point.y], source=store.settings.metric_crs, target=WGS84
    )
    east, north = (round(value / _ROUNDING_M) * _ROUNDING_M for value in (point.x, point.y))
    degrees = f"{latitude:.4f}, {longitude:.4f}".replace("-", "−")
    return f"middle at {degrees} (grid {east} {north})"
