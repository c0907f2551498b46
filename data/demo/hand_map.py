"""What of the demo's map is drawn by hand: main roads, water, parks, stations, a few more.

``places_by_hand.csv`` holds a handful of points for each, rounded to 50 m, at the approximate place
of the real thing. It is a sketch and no copy of a map: a road may be 50 m from where it is. For
water, `place_class` is how far it reaches to either side of its middle, in metres.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import shapely

HAND_PATH: Final = Path(__file__).with_name("places_by_hand.csv")
WATER: Final = ("river", "canal")
_AREAS: Final = ("park", "centre", "zone")
_POINTS: Final = ("station", "hospital")


@dataclass(frozen=True, slots=True)
class HandPlace:
    """One thing drawn by hand; geometry in EPSG:27700 metres.

    Attributes
    ----------
    layer : str
        "road", "path", "river", "canal", "park", "rail", "station", "hospital", "centre", "zone".
    name : str
        The real name, or one marked SIMULATED.
    place_class : str
    geometry : shapely geometry
        The middle line for roads, rail and water; water has its `area` too.
    """

    layer: str
    name: str
    place_class: str
    geometry: shapely.Geometry

    @property
    def area(self) -> shapely.Geometry:
        """The ground it covers; water has its width."""
        if self.layer in WATER:
            return shapely.buffer(self.geometry, float(self.place_class), cap_style="flat")
        return self.geometry


def hand_places(*layers: str) -> tuple[HandPlace, ...]:
    """Return what is drawn by hand in these layers, in the order of the file."""
    return tuple(place for place in _all_places() if place.layer in layers)


@lru_cache(maxsize=1)
def _all_places() -> tuple[HandPlace, ...]:
    with HAND_PATH.open(encoding="utf-8", newline="") as file:
        return tuple(
            HandPlace(
                row["layer"],
                row["name"],
                row["place_class"],
                _geometry(row["layer"], row["points"]),
            )
            for row in csv.DictReader(file)
        )


def _geometry(layer: str, points: str) -> shapely.Geometry:
    xy = np.array([[float(part) for part in pair.split()] for pair in points.split(";")])
    if layer in _POINTS:
        return shapely.Point(xy[0])
    return shapely.Polygon(xy) if layer in _AREAS else shapely.LineString(xy)
