"""Stations, parks, markets and the like: what people say that a place is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely
from shapely import STRtree

from geo.naming.words import said_place, station_label, tidy_name, with_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.places import PlaceKind, PlacesLayer

LandmarkKind = Literal[
    "station", "market", "park", "town_centre", "estate", "hospital", "school", "other"
]
# What names of places are made from, next to streets. Zones, cameras and stops name no place.
LANDMARK_KINDS: Final[tuple[PlaceKind, ...]] = (
    "station",
    "park",
    "town_centre",
    "estate",
    "hospital",
    "school",
    "other",
)
_CENTRES: Final = ("centre", "high street", "market", "broadway", "shopping", "parade")


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Named places in order of kind, name and position.

    Attributes
    ----------
    label : tuple of str
    kind : tuple of LandmarkKind
    shapes : object array of shape (landmarks,)
        Points or polygons, in the metric CRS; a line counts as what lies on it.
    tree : STRtree
        Of `shapes`.
    area_rows : int64 array
        Which of them have an area.
    area_tree : STRtree or None
        Of those; None where there are none.
    """

    label: tuple[str, ...]
    kind: tuple[LandmarkKind, ...]
    shapes: NDArray[np.object_]
    tree: STRtree
    area_rows: NDArray[np.intp]
    area_tree: STRtree | None

    def of_kind(self, kind: LandmarkKind) -> Landmarks | None:
        """Return those of one kind; None where there are none."""
        held = zip(self.kind, self.label, self.shapes.tolist(), strict=True)
        rows = [(each, label, shape) for each, label, shape in held if each == kind]
        return _landmarks(rows) if rows else None


def landmarks(layers: Sequence[PlacesLayer]) -> Landmarks | None:
    """Return the landmarks of some layers; None where they name none.

    Parameters
    ----------
    layers : sequence of PlacesLayer
        Those of other kinds than `LANDMARK_KINDS` take no part.
    """
    rows = []
    for layer in layers:
        if layer.kind not in LANDMARK_KINDS:
            continue
        columns = (layer.frame["name"], layer.frame["place_class"], layer.frame.geometry)
        for name, place_class, shape in zip(*columns, strict=True):
            label, kind = _labelled(tidy_name(name), str(place_class or ""), layer.kind)
            if label and shape is not None and not shape.is_empty:
                rows.append((kind, label, shape))
    rows.sort(key=lambda row: (*row[:2], row[2].bounds))
    return _landmarks(rows) if rows else None


def _landmarks(rows: Sequence[tuple[LandmarkKind, str, BaseGeometry]]) -> Landmarks:
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row[2] for row in rows]
    area_rows = np.flatnonzero(shapely.area(shapes) > 0)
    return Landmarks(
        label=tuple(row[1] for row in rows),
        kind=tuple(row[0] for row in rows),
        shapes=shapes,
        tree=STRtree(shapes),
        area_rows=area_rows,
        area_tree=STRtree(shapes[area_rows]) if len(area_rows) else None,
    )


def _labelled(name: str, place_class: str, kind: PlaceKind) -> tuple[str, LandmarkKind]:
    """Return what to call a place within a sentence, and what it is; "" where it has no name."""
    if not name:
        return "", "other"
    said = f"{name} {place_class}".casefold()
    if kind in ("other", "town_centre") and "market" in said and "supermarket" not in said:
        return with_word(name, "market"), "market"
    if kind == "station":
        return station_label(name), "station"
    if kind == "town_centre":
        return with_word(name, "town centre", unless=_CENTRES), "town_centre"
    if kind == "estate":
        return with_word(name, "estate", unless=("house", "court", "gardens")), "estate"
    if kind in ("park", "hospital", "school"):
        return name, kind
    return said_place(name), "other"
