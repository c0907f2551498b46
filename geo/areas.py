"""Areas that people choose: drawn, uploaded or a circle around a place; checked before use.

An area that cannot be meant is refused with its reason and never mended: of a shape that crosses
itself nobody can say which side was meant. An area may reach beyond the wards loaded (hotspots
cross borders); how much of it does is reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Point, Polygon

from geo.crs import WGS84
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

Area = Polygon | MultiPolygon

LARGEST_KM2: Final = 20.0
SMALLEST_M2: Final = 100.0
SMALLEST_RADIUS_M: Final = 25.0
LARGEST_RADIUS_M: Final = 2_500.0
_M2_IN_KM2: Final = 1_000_000.0
_MENTIONED: Final = 0.005  # less than half a per cent outside is the outline's own roughness


class AreaError(PlainError, ValueError):
    """An area cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CheckedArea:
    """An area that can be used.

    Attributes
    ----------
    shape : Polygon or MultiPolygon
        In the CRS of the wards it was checked against; valid.
    wards : tuple of (str, float)
        Codes of the wards it touches with the share of the area in each, the largest first.
    outside : float
        Share of the area outside every ward.
    """

    shape: Area
    wards: tuple[tuple[str, float], ...]
    outside: float

    @property
    def ward_codes(self) -> tuple[str, ...]:
        """Codes of the wards it touches, the most of it first."""
        return tuple(code for code, _ in self.wards)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of it."""
        if self.outside < _MENTIONED:
            return ()
        return (
            f"{self.outside:.0%} of the area lies outside the wards loaded; incidents there are "
            "known only as far as the files hold them.",
        )


def checked_area(shape: BaseGeometry, *, wards: gpd.GeoDataFrame) -> CheckedArea:
    """Check a chosen area against the wards.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        In the metric CRS of `wards`.
    wards : GeoDataFrame
        With the column ``ward_code``, in a metric CRS. Not changed.

    Raises
    ------
    AreaError
        If it is no area, crosses itself, is far too small or too large, or touches no ward.
    """
    flat = shapely.force_2d(shape)
    if not isinstance(flat, Polygon | MultiPolygon) or flat.is_empty:
        found = "nothing" if flat.is_empty else f"a {flat.geom_type.lower()}"
        message = f"No area: found {found}. Draw or choose at least three corners."
        raise AreaError(message)
    if not all(map(math.isfinite, flat.bounds)):
        message = (
            "Its coordinates are not in that coordinate system. State the one they are in, such as "
            "EPSG:27700 for metres of the British National Grid."
        )
        raise AreaError(message)
    if not flat.is_valid:
        why = shapely.is_valid_reason(flat)
        message = f"The outline crosses or touches itself ({_plain_reason(why)}). Draw it again."
        raise AreaError(message)
    _refuse_size(flat)
    touched = [
        (str(code), float(shapely.intersection(flat, ward).area / flat.area))
        for code, ward in zip(wards["ward_code"], wards.geometry, strict=True)
        if flat.intersects(ward)
    ]
    shares = sorted(((c, s) for c, s in touched if s > 0), key=lambda each: (-each[1], each[0]))
    if not shares:
        message = (
            "The area lies outside every ward that is loaded. Choose one inside, or, if it should "
            "be inside, check the coordinate system of the file."
        )
        raise AreaError(message)
    return CheckedArea(flat, tuple(shares), max(0.0, 1.0 - sum(share for _, share in shares)))


def circle(easting: float, northing: float, *, radius_m: float) -> Polygon:
    """Return the circle around a place in a metric CRS.

    Raises
    ------
    AreaError
        If the place is no place, or the radius is not from 25 m to 2,500 m.
    """
    if not (math.isfinite(easting) and math.isfinite(northing)):
        message = "The middle of the circle is not known. Give an easting and a northing."
        raise AreaError(message)
    if not SMALLEST_RADIUS_M <= radius_m <= LARGEST_RADIUS_M:
        message = (
            f"The radius is out of range: {radius_m:,.0f} m. Choose one from "
            f"{SMALLEST_RADIUS_M:,.0f} m to {LARGEST_RADIUS_M:,.0f} m."
        )
        raise AreaError(message)
    return Point(easting, northing).buffer(radius_m, quad_segs=24)


def from_degrees(corners: Sequence[Sequence[float]], *, metric_crs: str) -> Polygon:
    """Return the polygon of corners in longitude and latitude, shape (n, 2), in a metric CRS.

    Raises
    ------
    AreaError
        If there are fewer than three different corners.
    """
    if len({tuple(corner[:2]) for corner in corners}) < 3:
        message = f"Too few corners: {len(corners)}, and an area needs at least three. Add more."
        raise AreaError(message)
    to_metres = Transformer.from_crs(WGS84, metric_crs, always_xy=True)
    moved = [to_metres.transform(corner[0], corner[1]) for corner in corners]
    return Polygon(moved)


def area_label(shape: Area) -> str:
    """Return the size of a metric area in words."""
    km2 = shape.area / _M2_IN_KM2
    hectares = shape.area / 10_000
    return f"{km2:,.2f} km²" if km2 >= 1 else f"{km2:.3f} km² ({hectares:,.1f} hectares)"


def _refuse_size(shape: Area) -> None:
    if shape.area < SMALLEST_M2:
        message = (
            f"The area is too small: {shape.area:,.0f} m², and it must be at least "
            f"{SMALLEST_M2:,.0f} m². Choose a larger one."
        )
        raise AreaError(message)
    km2 = shape.area / _M2_IN_KM2
    if km2 > LARGEST_KM2:
        message = (
            f"The area is too large: {km2:,.1f} km², and it may be at most {LARGEST_KM2:,.0f} km², "
            "about a borough. Choose a smaller one."
        )
        raise AreaError(message)


def _plain_reason(why: str) -> str:
    """Return the geometry engine's reason (``Self-intersection[x y]``) in words."""
    kind, _, at = why.partition("[")
    numbers = at.rstrip("]").split()
    if len(numbers) < 2:
        return kind.lower()
    return f"{kind.lower()} near {float(numbers[0]):,.0f} {float(numbers[1]):,.0f}"
