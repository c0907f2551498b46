"""Fitting shapes to a kind of place: of the right family, valid, flat, and cut to the wards' box.

A shape that can be meant is kept: a polygon of a kind shown as points becomes a point inside it, a
broken outline is mended, and what reaches beyond the box is cut at it. Any other is refused with
its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.places import (
    FAMILY_LABELS,
    accepted_families,
    families_label,
    kind_in_sentence,
)
from geo.shapes import polygonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.grid import Bounds
    from geo.places import Family, PlaceKind

OUTSIDE_REASON: Final = "it lies outside the wards and 1 km around"
NO_SHAPE_REASON: Final = "it has no shape, or one that cannot be read"
NOWHERE_REASON: Final = "its coordinates are not in the coordinate system of the file"
FLAT_REASON: Final = "its shape has no length or no area"
_FAMILIES: Final[tuple[Family, ...]] = ("point", "line", "polygon")  # by dimension
_COLLECTION: Final = 7  # GEOS's number of the type


@dataclass(frozen=True, slots=True, eq=False)
class FittedShapes:
    """A shape or a reason for each of n rows.

    Attributes
    ----------
    shapes : object array of shape (n,)
        None where a row is refused.
    reason : object array of shape (n,)
        "" where it is not.
    mended : int
        How many outlines were broken and have been mended.
    cut : int
        How many reached beyond the box.
    """

    shapes: NDArray[np.object_]
    reason: NDArray[np.object_]
    mended: int
    cut: int


def wrong_family_reason(family: Family, *, kind: PlaceKind) -> str:
    """Return why shapes of a family are not taken for a kind."""
    return (
        f"the shape is one of {FAMILY_LABELS[family]}, and {kind_in_sentence(kind)} are read from "
        f"{families_label(kind)}"
    )


def fitted_shapes(shapes: NDArray[np.object_], *, kind: PlaceKind, box: Bounds) -> FittedShapes:
    """Fit shapes to a kind of place.

    Parameters
    ----------
    shapes : object array of shape (n,)
        In the metric CRS; None where a row has none. Not changed.
    kind : PlaceKind
    box : tuple of float
        Minimum x, minimum y, maximum x, maximum y in metres.

    Returns
    -------
    FittedShapes
    """
    flat = shapely.force_2d(np.asarray(shapes, dtype=object))
    reason = np.full(len(flat), "", dtype=object)
    empty = shapely.is_missing(flat) | shapely.is_empty(flat)
    reason[empty] = NO_SHAPE_REASON
    reason[~empty & ~np.isfinite(shapely.bounds(flat)).all(axis=1)] = NOWHERE_REASON
    families = accepted_families(kind)
    for at in np.flatnonzero((reason == "") & (shapely.get_type_id(flat) == _COLLECTION)):
        flat[at] = _of_families(flat[at], families=families)
    dimension = shapely.get_dimensions(flat)
    for each, family in enumerate(_FAMILIES):
        if family not in families:
            wrong = (reason == "") & (dimension == each)
            reason[wrong] = wrong_family_reason(family, kind=kind)
    broken = (reason == "") & (dimension == 2) & ~shapely.is_valid(flat)
    for at in np.flatnonzero(broken):
        flat[at] = polygonal(flat[at])
    size = np.where(dimension == 2, shapely.area(flat), shapely.length(flat))
    reason[(reason == "") & (dimension > 0) & ~(size > 0)] = FLAT_REASON
    if "line" not in families and kind not in ("park", "estate", "town_centre", "zone"):
        rows = np.flatnonzero((reason == "") & (shapely.get_type_id(flat) != 0))
        flat[rows] = shapely.point_on_surface(flat[rows])
    cut = _cut_to_box(flat, reason, box=box)
    flat[reason != ""] = None
    return FittedShapes(flat, reason, mended=int((broken & (reason == "")).sum()), cut=cut)


def _cut_to_box(flat: NDArray[np.object_], reason: NDArray[np.object_], *, box: Bounds) -> int:
    """Cut shapes at the box in place, refuse those outside it, and return how many were cut."""
    frame = shapely.box(*box)
    bounds = shapely.bounds(flat)
    west, south, east, north = box
    inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south)
    inside &= (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    across = np.flatnonzero((reason == "") & ~inside)
    dimension = shapely.get_dimensions(flat[across])
    pieces = shapely.intersection(flat[across], frame)
    cut = 0
    for at, piece, wanted in zip(across, pieces, dimension, strict=True):
        kept = piece
        if not piece.is_empty and shapely.get_type_id(piece) == _COLLECTION:
            kept = _of_families(piece, families=(_FAMILIES[wanted],))
        if kept.is_empty or shapely.get_dimensions(kept) != wanted:
            reason[at] = OUTSIDE_REASON
            continue
        flat[at] = kept
        cut += 1
    return cut


def _of_families(shape: shapely.Geometry, *, families: tuple[Family, ...]) -> shapely.Geometry:
    """Return the parts of a collection of the highest dimension that is wanted.

    A collection without such a part comes back as its own highest part, to be refused as that.
    """
    parts = [shape]
    by_dimension: dict[int, list[shapely.Geometry]] = {}
    while parts:
        part = parts.pop(0)
        if shapely.get_type_id(part) >= 4:
            parts[:0] = shapely.get_parts(part).tolist()
        elif not shapely.is_empty(part):
            by_dimension.setdefault(int(shapely.get_dimensions(part)), []).append(part)
    wanted = [each for each in by_dimension if _FAMILIES[each] in families] or [*by_dimension]
    if not wanted:
        return shape
    best: list[Any] = by_dimension[max(wanted)]
    makers = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
    return best[0] if len(best) == 1 else makers[max(wanted)](best)
