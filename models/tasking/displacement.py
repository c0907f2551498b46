"""The ring around a treated area, where displacement (or a diffusion of benefits) is looked for.

150 m by default: in trials, what is displaced is found within a street or two, and trial hotspots
are about that wide. The ring is cut to the ground for which incidents are held, and gives way to
other treated areas: what is done there is not displacement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from geo.errors import PlainError
from geo.shapes import polygonal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

RING_M: Final = 150.0


class NoRingError(PlainError, ValueError):
    """Nothing is left of the ring around an area."""

    def __init__(self) -> None:
        super().__init__(
            "No ground is left around the area for a displacement ring: "
            "it lies outside the study area or among other taskings. Choose a smaller area."
        )


def ring(
    treated: Polygon | MultiPolygon,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon] = (),
    width_m: float = RING_M,
) -> Polygon | MultiPolygon:
    """Return the ring around an area.

    Parameters
    ----------
    treated : Polygon or MultiPolygon
        Metric CRS, as all of these.
    ground : Polygon or MultiPolygon
        Where incidents could have been recorded.
    others : sequence of Polygon or MultiPolygon
        Other areas that the ring must not touch.
    width_m : float

    Raises
    ------
    NoRingError
        If nothing is left.
    """
    around = shapely.difference(shapely.buffer(treated, width_m), treated)
    left = shapely.intersection(around, ground)
    if others:
        left = shapely.difference(left, shapely.union_all(list(others)))
    found = polygonal(left)
    if found.is_empty:
        raise NoRingError
    return found
