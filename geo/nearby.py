"""What lies near: the places in and around an outline, and the ground near any place of a kind.

Ground near places is one shape, so where the circles of two places overlap it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.shapes import polygonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.areas import Area

AROUND_M: Final = 100.0
MOST_NAMES: Final = 5
_LATTICE_M: Final = 10.0
_MOST_POINTS: Final = 400_000
_CIRCLE_SEGMENTS: Final = 16  # to a quarter: the polygon has 99.8 % of the circle's area


@dataclass(frozen=True, slots=True, eq=False)
class PlaceGroup:
    """The places of one kind, with what they are called.

    Attributes
    ----------
    key : str
        A `geo.places.PlaceKind`, or ``premises``.
    label : str
        "Stations".
    names : object array of shape (n,)
        "" where a place has none.
    shapes : object array of shape (n,)
        In the metric CRS.
    """

    key: str
    label: str
    names: NDArray[np.object_]
    shapes: NDArray[np.object_]

    @property
    def in_sentence(self) -> str:
        """What they are called within a sentence: "bus stops"."""
        plain = self.label.partition(" (")[0]
        return plain[:1].lower() + plain[1:]


@dataclass(frozen=True, slots=True)
class PlacesHere:
    """Which places of a kind lie in an outline and around it.

    Attributes
    ----------
    key, label : str
        Of the kind.
    inside, around : int
        How many lie at least in part inside, and how many others within reach of it. Of streets
        the different names count, as one street is many lines.
    inside_names, around_names : tuple of str
        The first `MOST_NAMES` of those that have a name, the nearest first and then by name.
    """

    key: str
    label: str
    inside: int
    around: int
    inside_names: tuple[str, ...]
    around_names: tuple[str, ...]


def places_here(
    outline: Area, groups: tuple[PlaceGroup, ...], *, around_m: float = AROUND_M
) -> tuple[PlacesHere, ...]:
    """Return the places in an outline and within a distance of it, by kind; kinds without are left.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        In the metric CRS of the groups.
    groups : tuple of PlaceGroup
    around_m : float
        The distance is included.
    """
    shapely.prepare(outline)
    listed = (_of_group(outline, group, around_m=around_m) for group in groups)
    return tuple(each for each in listed if each.inside or each.around)


def _of_group(outline: Area, group: PlaceGroup, *, around_m: float) -> PlacesHere:
    distance = np.full(len(group.shapes), np.inf)
    near = shapely.dwithin(outline, group.shapes, around_m)
    distance[near] = shapely.distance(outline, group.shapes[near])
    order = sorted(np.flatnonzero(near).tolist(), key=lambda at: (distance[at], group.names[at]))
    inside = [group.names[at] for at in order if distance[at] == 0]
    around = [group.names[at] for at in order if distance[at] > 0]
    if group.key == "street":
        inside = _different(inside)
        around = [name for name in _different(around) if name not in inside]
    return PlacesHere(
        key=group.key,
        label=group.label,
        inside=len(inside),
        around=len(around),
        inside_names=_first(inside),
        around_names=_first(around),
    )


def _different(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name]


def _first(names: list[str]) -> tuple[str, ...]:
    return tuple(_different(names)[:MOST_NAMES])


def ground_near(shapes: NDArray[np.object_], *, within_m: float) -> Area:
    """Return the ground within a distance of any of some shapes, as one prepared shape."""
    near = polygonal(
        shapely.union_all(shapely.buffer(shapes, within_m, quad_segs=_CIRCLE_SEGMENTS))
    )
    shapely.prepare(near)
    return near


def ground_points(land: Area) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut ground into small squares and return their centres and what each stands for.

    Squares of 10 m, of 20 m or more where that would be more than 400,000.

    Returns
    -------
    float64 array of shape (n, 2)
        Metres.
    float64 array of shape (n,)
        Hectares.
    """
    side = _LATTICE_M
    while land.area / side**2 > _MOST_POINTS:
        side *= 2
    west, south, east, north = land.bounds
    x, y = np.meshgrid(
        np.arange(west + side / 2, east, side), np.arange(south + side / 2, north, side)
    )
    x, y = x.ravel(), y.ravel()
    shapely.prepare(land)
    held = shapely.contains_xy(land, x, y)
    xy = np.column_stack((x[held], y[held]))
    return xy, np.full(len(xy), side**2 / 10_000)


def street_points(
    lines: NDArray[np.object_], *, land: Area
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut streets into stretches of about 10 m and return their middles and lengths.

    Returns
    -------
    float64 array of shape (n, 2)
        Metres; those on the land.
    float64 array of shape (n,)
        Kilometres.
    """
    length = shapely.length(lines)
    parts = np.maximum(np.ceil(length / _LATTICE_M), 1).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), parts)
    number = np.arange(len(line)) - np.repeat(np.cumsum(parts) - parts, parts)
    along = (number + 0.5) / parts[line] * length[line]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], along))
    shapely.prepare(land)
    held = shapely.contains_xy(land, *xy.T)
    return xy[held], (length / parts)[line][held] / 1000
