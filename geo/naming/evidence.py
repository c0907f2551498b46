"""What of a gazetteer lies at each of many places: looked up for all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.naming.gazetteer import Gazetteer

ON_STREET_M: Final = 30.0
LANDMARK_M: Final = 250.0
POSTCODE_M: Final = 400.0
_MOST_POINTS: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Something that is to have a name.

    Attributes
    ----------
    shape : geometry
        Its outline or its point, in the metric CRS.
    points : float64 array of shape (n, 2)
        Where its incidents happened; none where it stands for itself.
    claims_street : bool
        Whether its incidents are known to have happened where the points say. Where they are not,
        no street is named as their place.
    texts : tuple of str
        What its incidents themselves say of their street, the commonest first.
    ward : str
        The ward that most of it lies in; may be empty.
    """

    shape: BaseGeometry
    points: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    claims_street: bool = False
    texts: tuple[str, ...] = ()
    ward: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What lies at a place.

    Attributes
    ----------
    place : Place
    middle : tuple of float
        Of its incidents; of its shape where it has none.
    streets : tuple of (int, float)
        Numbers of the streets along which its incidents lie, and the share of each, largest first.
    on_first : tuple of float
        Middle of the incidents along the first of them.
    landmarks : tuple of (int, float)
        Those within `LANDMARK_M` of the middle, and how far.
    holding : tuple of int
        Landmarks with an area that hold most of its incidents.
    junctions : int array
        Junctions within `LANDMARK_M`.
    postcode : str
    """

    place: Place
    middle: tuple[float, float]
    streets: tuple[tuple[int, float], ...]
    on_first: tuple[float, float]
    landmarks: tuple[tuple[int, float], ...]
    holding: tuple[int, ...]
    junctions: tuple[int, ...]
    postcode: str


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Points of all places in turn: of which place, and how many incidents each stands for."""

    xy: NDArray[np.float64]
    place: NDArray[np.intp]
    weight: NDArray[np.float64]


def looked_up(gazetteer: Gazetteer, places: Sequence[Place]) -> list[Evidence]:
    """Return what lies at each place."""
    sampled = [_sampled(place) for place in places]
    points = _Points(
        np.concatenate([each[0] for each in sampled]),
        np.repeat(np.arange(len(places)), [len(each[0]) for each in sampled]),
        np.concatenate([each[1] for each in sampled]),
    )
    middles = np.array([_middle(*each) for each in sampled]).reshape(-1, 2)
    streets = _streets(gazetteer, points, places)
    near = _landmarks_near(gazetteer, middles)
    holding = _holding(gazetteer, points, len(places))
    junctions = _junctions(gazetteer, middles)
    postcodes = _postcodes(gazetteer, middles)
    return [
        Evidence(
            place=place,
            middle=(float(middles[at, 0]), float(middles[at, 1])),
            streets=streets[at][0],
            on_first=streets[at][1] or (float(middles[at, 0]), float(middles[at, 1])),
            landmarks=near[at],
            holding=holding[at],
            junctions=junctions[at],
            postcode=postcodes[at],
        )
        for at, place in enumerate(places)
    ]


def _sampled(place: Place) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a place's points, each once with its weight, and of many an even sample."""
    if not len(place.points):
        shape = place.shape
        centre = shape.centroid
        inside = centre if shape.area == 0 or shape.contains(centre) else None
        point = inside or shape.representative_point()
        return np.array([[point.x, point.y]]), np.ones(1)
    xy = place.points[np.lexsort(place.points.T)]
    first = np.concatenate([[True], (xy[1:] != xy[:-1]).any(axis=1)])
    weight = np.diff(np.append(np.flatnonzero(first), len(xy))).astype(np.float64)
    xy = xy[first]
    if len(xy) > _MOST_POINTS:
        chosen = np.linspace(0, len(xy) - 1, _MOST_POINTS).astype(np.intp)
        return xy[chosen], weight[chosen]
    return xy, weight


def _middle(xy: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Return the weighed median in each direction, which a few far off move little."""
    found = []
    for values in xy.T:
        order = np.argsort(values, kind="stable")
        run = np.cumsum(weight[order])
        found.append(float(values[order[np.searchsorted(run, run[-1] / 2)]]))
    return found[0], found[1]


def _streets(
    gazetteer: Gazetteer, points: _Points, places: Sequence[Place]
) -> list[tuple[tuple[tuple[int, float], ...], tuple[float, float] | None]]:
    none: tuple[tuple[tuple[int, float], ...], tuple[float, float] | None] = ((), None)
    found = [none] * len(places)
    named = gazetteer.streets
    asked = np.array([place.claims_street for place in places], dtype=bool)
    rows = np.flatnonzero(asked[points.place]) if named is not None else np.zeros(0, dtype=np.intp)
    if named is None or not len(rows):
        return found
    street, _ = named.nearest(points.xy[rows], within_m=ON_STREET_M)
    ends = np.searchsorted(points.place[rows], np.arange(len(places) + 1))
    for at in np.flatnonzero(asked).tolist():
        part = slice(int(ends[at]), int(ends[at + 1]))
        mine, weight, xy = street[part], points.weight[rows[part]], points.xy[rows[part]]
        numbers, which = np.unique(mine, return_inverse=True)
        counts = np.bincount(which, weights=weight) / weight.sum()
        codes = named.class_code[numbers]
        order = [
            row
            for row in np.lexsort((numbers, codes, -np.round(counts, 9))).tolist()
            if numbers[row] >= 0
        ]
        if order:
            shares = tuple((int(numbers[row]), float(counts[row])) for row in order)
            on = which == order[0]
            found[at] = (shares, _middle(xy[on], weight[on]))
    return found


def _landmarks_near(
    gazetteer: Gazetteer, middles: NDArray[np.float64]
) -> list[tuple[tuple[int, float], ...]]:
    found: list[list[tuple[int, float]]] = [[] for _ in middles]
    held = gazetteer.landmarks
    if held is not None:
        asked = np.asarray(shapely.points(middles))
        at, mark = held.tree.query(asked, predicate="dwithin", distance=LANDMARK_M)
        distance = np.asarray(shapely.distance(asked[at], held.shapes[mark]))
        order = np.lexsort((mark, at))
        for row, number, metres in zip(
            at[order].tolist(), mark[order].tolist(), distance[order].tolist(), strict=True
        ):
            found[row].append((number, metres))
    return [tuple(each) for each in found]


def _holding(gazetteer: Gazetteer, points: _Points, places: int) -> list[tuple[int, ...]]:
    """Return the landmarks that hold at least two thirds of each place's incidents."""
    found: list[list[int]] = [[] for _ in range(places)]
    held = gazetteer.landmarks
    if held is None or held.area_tree is None:
        return [() for _ in found]
    at, row = held.area_tree.query(shapely.points(points.xy), predicate="intersects")
    mark = held.area_rows[row]
    key = points.place[at] * len(held.label) + mark
    keys, which = np.unique(key, return_inverse=True)
    inside = np.bincount(which, weights=points.weight[at], minlength=len(keys))
    total = np.bincount(points.place, weights=points.weight, minlength=places)
    for each, weight in zip(keys.tolist(), inside.tolist(), strict=True):
        place, number = divmod(each, len(held.label))
        if weight >= 2 / 3 * total[place] - 1e-9:
            found[place].append(number)
    return [tuple(each) for each in found]


def _junctions(gazetteer: Gazetteer, middles: NDArray[np.float64]) -> list[tuple[int, ...]]:
    named = gazetteer.streets
    if named is None or not len(named.junction_xy):
        return [() for _ in middles]
    near = named.junction_tree.query_ball_point(middles, r=LANDMARK_M, return_sorted=True)
    return [tuple(each) for each in np.asarray(near, dtype=object).tolist()]


def _postcodes(gazetteer: Gazetteer, middles: NDArray[np.float64]) -> tuple[str, ...]:
    if gazetteer.postcodes is None:
        return ("",) * len(middles)
    return gazetteer.postcodes.nearest(middles, within_m=POSTCODE_M)
