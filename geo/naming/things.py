"""What a place is by or around: crossings, junctions, landmarks and postcodes, best known first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from geo.naming.words import is_postcode, said_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.naming.evidence import Evidence
    from geo.naming.gazetteer import Gazetteer
    from geo.naming.landmarks import LandmarkKind
    from geo.naming.street_names import StreetNames

CROSSING_M: Final = 400.0
_AT_STATION_M: Final = 150.0
_AT_JUNCTION_M: Final = 150.0
_CLASS_M: Final = (0.0, 0.0, 30.0, 60.0, 140.0)  # metres by which a crossing of a class is farther
_MAIN: Final = 2  # motorways, main and secondary streets are what people know
_MOST: Final = 6
_KNOWN_PARK_M2: Final = 20_000.0


class Thing(NamedTuple):
    """Something that a place is by, and the way from it to the place in metres."""

    label: str
    dx: float
    dy: float

    @property
    def metres(self) -> float:
        """How far apart they are."""
        return math.hypot(self.dx, self.dy)


def crossings(street: int, middle: tuple[float, float], named: StreetNames) -> list[Thing]:
    """Return a street's crossings from the best known near a point, each other street once."""
    xy, other = named.crossings(street)
    if not len(xy):
        return []
    dx, dy = middle[0] - xy[:, 0], middle[1] - xy[:, 1]
    metres = np.hypot(dx, dy)
    farther = metres + np.take(_CLASS_M, named.class_code[other])
    order = np.lexsort((xy[:, 1], xy[:, 0], other, np.round(farther, 1)))
    own = named.label[street].casefold()
    by_label: dict[str, Thing] = {}
    for row in order[metres[order] <= CROSSING_M].tolist():
        label = named.label[other[row]]
        if label.casefold() != own:
            by_label.setdefault(label.casefold(), Thing(label, float(dx[row]), float(dy[row])))
        if len(by_label) == _MOST:
            break
    return list(by_label.values())


def things(evidence: Evidence, gazetteer: Gazetteer) -> Iterator[Thing]:
    """Yield what a place is around, from the best known; each label once.

    Nothing is looked at before it is asked for: most names need only the first.
    """
    seen: set[str] = set()
    for group in _groups(evidence, gazetteer):
        for thing in group:
            if thing.label.casefold() not in seen:
                seen.add(thing.label.casefold())
                yield thing


def _groups(evidence: Evidence, gazetteer: Gazetteer) -> Iterator[list[Thing]]:
    texts = [text for text in map(said_place, evidence.place.texts) if text]
    stations = landmarks_of(("station",), evidence, gazetteer)
    yield [each for each in stations if each.metres <= _AT_STATION_M]
    yield landmarks_of(("market",), evidence, gazetteer, within_m=60.0)
    yield landmarks_of(("park",), evidence, gazetteer, within_m=0.0, least_m2=_KNOWN_PARK_M2)
    yield _junctions(evidence, gazetteer, main=True)
    yield [Thing(text, 0.0, 0.0) for text in texts if not is_postcode(text)]
    yield stations
    yield landmarks_of(("park",), evidence, gazetteer, within_m=100.0)
    yield _junctions(evidence, gazetteer, main=False)
    yield _nearest_street(evidence, gazetteer)
    yield landmarks_of(("town_centre", "estate"), evidence, gazetteer, within_m=0.0)
    yield landmarks_of(("hospital", "school"), evidence, gazetteer, within_m=150.0)
    yield [Thing(text, 0.0, 0.0) for text in texts if is_postcode(text)]
    yield [Thing(text, 0.0, 0.0) for text in [evidence.postcode] if text]
    yield landmarks_of(("other",), evidence, gazetteer, within_m=150.0)


def landmarks_of(
    kinds: tuple[LandmarkKind, ...],
    evidence: Evidence,
    gazetteer: Gazetteer,
    *,
    within_m: float = math.inf,
    least_m2: float = 0.0,
) -> list[Thing]:
    """Return the landmarks of some kinds and of some size near a place, nearest first."""
    held = gazetteer.landmarks
    if held is None:
        return []
    near = [
        (metres, number)
        for number, metres in evidence.landmarks
        if metres <= within_m
        and held.kind[number] in kinds
        and held.shapes[number].area >= least_m2
    ]
    x, y = evidence.middle
    centres = [(held.label[number], held.shapes[number].centroid) for _, number in sorted(near)]
    return [Thing(label, x - centre.x, y - centre.y) for label, centre in centres]


def _junctions(evidence: Evidence, gazetteer: Gazetteer, *, main: bool) -> list[Thing]:
    """Return the best known junctions of two streets near a place, each as "A and B".

    Main ones are those at which two large streets meet, nearer than `_AT_JUNCTION_M`.
    """
    named = gazetteer.streets
    if named is None or not evidence.junctions:
        return []
    rows = np.array(evidence.junctions)
    pair, xy = named.junction_of[rows], named.junction_xy[rows]
    dx, dy = evidence.middle[0] - xy[:, 0], evidence.middle[1] - xy[:, 1]
    metres, codes = np.hypot(dx, dy), named.class_code[pair]
    by_class = np.take(_CLASS_M, codes)  # the larger of the two is what people know it by
    farther = metres + by_class.sum(axis=1) + 2 * by_class.min(axis=1)
    kept = (codes.max(axis=1) <= _MAIN) & (metres <= _AT_JUNCTION_M) if main else metres >= 0
    order = np.lexsort((xy[:, 1], xy[:, 0], pair[:, 1], pair[:, 0], np.round(farther, 1)))
    junctions = []
    for row in order[kept[order]][:_MOST].tolist():
        one, other = (named.label[street] for street in pair[row].tolist())
        if one.casefold() != other.casefold():
            junctions.append(Thing(f"{one} and {other}", float(dx[row]), float(dy[row])))
    return junctions


def _nearest_street(evidence: Evidence, gazetteer: Gazetteer) -> list[Thing]:
    """Return the nearest named street, where no junction is near."""
    named = gazetteer.streets
    if named is None or evidence.junctions:
        return []
    street, foot = named.nearest(np.array([evidence.middle]), within_m=CROSSING_M)
    if street[0] < 0:
        return []
    (x, y), (there_x, there_y) = evidence.middle, foot[0].tolist()
    return [Thing(named.label[street[0]], x - there_x, y - there_y)]
