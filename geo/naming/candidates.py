"""Every name that a place could have, the one that people would use first.

**Along a street** where most of a place's incidents are known to lie along one: "Brick Lane by
Hanbury Street". The crossing is the one that people know, so a large street a little farther off
goes before a path. **Around** something well known where no street may be claimed, or where the
incidents lie along many: "around Mile End station". What comes later says more exactly where a
place is, and is used only where an earlier name is another's too.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final

from geo.naming.things import crossings, landmarks_of, things
from geo.naming.words import (
    FITTING,
    direction,
    is_postcode,
    metres_label,
    noted_once,
    part_of_street,
    position_label,
    said_place,
    side,
    with_ward,
    with_word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.naming.evidence import Evidence
    from geo.naming.gazetteer import Gazetteer
    from geo.naming.landmarks import LandmarkKind, Landmarks
    from geo.naming.street_names import StreetNames
    from geo.naming.things import Thing

MOST: Final = 0.5  # of the incidents along a street, for it to be where they are
_BY_M: Final = 120.0
_BY_STATION_M: Final = 150.0
_LONG_STREET_M: Final = 400.0
_SIDE_M: Final = 40.0
_DIRECTION_M: Final = 20.0


def street_claimed(evidence: Evidence) -> int | None:
    """Return the number of the street along which most incidents of a place lie, if one is."""
    if evidence.streets and evidence.streets[0][1] >= MOST - 1e-9:
        return evidence.streets[0][0]
    return None


def candidates(evidence: Evidence, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield the names that a place could have; at least one, never "".

    Parameters
    ----------
    evidence : Evidence
    gazetteer : Gazetteer
        In which the evidence was looked up.
    """
    named, marks, place = gazetteer.streets, gazetteer.landmarks, evidence.place
    if place.claims_street:
        if marks is not None:
            yield from _inside(evidence, marks, kinds=("market", "park"))
        street = street_claimed(evidence)
        if named is not None and street is not None:
            yield from _along(street, evidence, gazetteer, named)
            return
        if named is not None and len(evidence.streets) > 1:
            yield from _at_two(evidence, named)
        if marks is not None:
            yield from _inside(evidence, marks, kinds=("estate",))
        if named is None:
            yield from _as_said(evidence, gazetteer)
    yield from _around(evidence, gazetteer)


def _inside(
    evidence: Evidence, marks: Landmarks, *, kinds: tuple[LandmarkKind, ...]
) -> Iterator[str]:
    """Yield names of the landmark that holds most incidents, and of which part of it."""
    for number in evidence.holding:
        if marks.kind[number] in kinds:
            label, centre = marks.label[number], marks.shapes[number].centroid
            dx, dy = evidence.middle[0] - centre.x, evidence.middle[1] - centre.y
            yield label
            if math.hypot(dx, dy) >= _SIDE_M:
                part = "end" if marks.kind[number] == "market" else "side"
                yield f"{label}, {side(dx, dy)} {part}"
            return


def _along(
    street: int, evidence: Evidence, gazetteer: Gazetteer, named: StreetNames
) -> Iterator[str]:
    label, (x, y), ward = named.label[street], evidence.on_first, evidence.place.ward
    near = crossings(street, (x, y), named)
    west, south, east, north = named.bounds[street].tolist()
    part = part_of_street(x, y, bounds=(west, south, east, north), least_m=_LONG_STREET_M)
    end = [f"middle of {label}" if part == "middle" else f"{label}, {part}"] if part else []
    by = [f"{label} by {each.label}" for each in near if each.metres <= _BY_M]
    ways = [
        f"{label} {direction(each.dx, each.dy)} of {each.label}"
        for each in near[:2]
        if each.metres >= _DIRECTION_M
    ]
    distances = [
        f"{label}, {metres_label(each.metres)} {direction(each.dx, each.dy)} of {each.label}"
        for each in near[:2]
        if each.metres >= _DIRECTION_M
    ]
    known = by[:3] or [*_by_stations(label, evidence, gazetteer), *ways[:1]]
    first = sorted([*known, *end], key=lambda name: len(noted_once(name)) > FITTING)[:1] or [label]
    yield from (*first, *ways[:1], *known, *end, *ways, *distances)
    for name in (*first, *distances, label):
        yield with_ward(name, ward)
    yield f"{first[0]}, at {position_label(x, y)}"


def _by_stations(label: str, evidence: Evidence, gazetteer: Gazetteer) -> list[str]:
    near = landmarks_of(("station",), evidence, gazetteer, within_m=_BY_STATION_M)
    return [f"{label} by {each.label}" for each in near]


def _at_two(evidence: Evidence, named: StreetNames) -> Iterator[str]:
    """Yield the crossing of the two streets along which most incidents lie, if they cross there."""
    first, share = evidence.streets[0]
    near = {
        each.label: each
        for each in crossings(first, evidence.middle, named)
        if each.metres <= _BY_M
    }
    for second, other_share in evidence.streets[1:]:
        if share + other_share < MOST - 1e-9:
            return
        if named.label[second] in near:
            name = f"{named.label[first]} and {named.label[second]}"
            yield name
            yield with_ward(name, evidence.place.ward)
            return


def _as_said(evidence: Evidence, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield what incidents say of their street, where no streets are loaded."""
    texts = [text for text in map(said_place, evidence.place.texts) if text]
    for text in texts:
        if not is_postcode(text):
            yield text
            yield from _by_stations(text, evidence, gazetteer)
            yield from (f"{text} and {other}" for other in texts if other != text)
            yield with_ward(text, evidence.place.ward)


def _around(evidence: Evidence, gazetteer: Gazetteer) -> Iterator[str]:
    near, ward = things(evidence, gazetteer), evidence.place.ward
    position = position_label(*evidence.middle)
    first = next(near, None)
    if first is None:
        area = with_word(ward, "ward") if ward else ""
        yield area or f"around {position}"
        yield f"{area}, at {position}" if area else f"around {position}"
        return
    yield f"around {first.label}"
    yield from _sides(first)
    others = list(islice(near, 2))
    yield from (f"around {each.label}" for each in others)
    for each in (first, *others[:1]):
        if each.metres >= _DIRECTION_M:
            way = direction(each.dx, each.dy)
            yield f"around {metres_label(each.metres)} {way} of {each.label}"
    yield with_ward(f"around {first.label}", ward)
    yield f"around {first.label}, at {position}"


def _sides(thing: Thing) -> Iterator[str]:
    if thing.metres >= _SIDE_M:
        yield f"around {thing.label}, {side(thing.dx, thing.dy)} side"
