"""A ward's map blocks as people read them: numbered, placed, and compared with the ward's average.

Blocks differ in size, so a block is compared by incidents for its ground and not by its count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from geo.naming.evidence import Place
from geo.naming.gazetteer import NO_GAZETTEER
from geo.naming.names import names_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

    from geo.naming.gazetteer import Gazetteer
    from models.ward_panel.ward_release import Block

LEVELS: Final[tuple[str, ...]] = (
    "None",
    "Less than half the ward's average",
    "Around the ward's average",
    "1.5 to 3 times the average",
    "More than 3 times the average",
)
_EDGES: Final = (0.5, 1.5, 3.0)
_COMPASS: Final = (
    "east",
    "north-east",
    "north",
    "north-west",
    "west",
    "south-west",
    "south",
    "south-east",
)
_CENTRAL: Final = 0.25  # of the ward's half width or height


@dataclass(frozen=True, slots=True)
class MapBlock:
    """One block of a ward's map.

    Attributes
    ----------
    number : int
        1 is where most happened for the ground it covers.
    shape : Polygon or MultiPolygon
        In the metric CRS.
    incidents : int
    times_average : float
        Incidents for its ground, compared with the whole ward; 1 is the average.
    level : int
        Index into `LEVELS`.
    where : str
        Which side of the ward it lies on, and around which station or crossing.
    """

    number: int
    shape: Polygon | MultiPolygon
    incidents: int
    times_average: float
    level: int
    where: str


def map_blocks(
    blocks: Sequence[Block], *, give_or_take: int, gazetteer: Gazetteer = NO_GAZETTEER
) -> tuple[MapBlock, ...]:
    """Return a ward's blocks in order of incidents for their ground, most first.

    Parameters
    ----------
    blocks : sequence of Block
    give_or_take : int
        By how much a figure may be off: a block's level is the one nearest to the average that its
        figure allows.
    gazetteer : Gazetteer, optional
        Residents read these names, so only its streets and stations take part.
    """
    area = sum(block.shape.area for block in blocks)
    total = sum(block.incidents for block in blocks)
    if not blocks or not area:
        return ()
    bounds = shapely.total_bounds([block.shape for block in blocks]).tolist()
    found = []
    for block in blocks:
        even = total * block.shape.area / area
        times = block.incidents / even if even else 0.0
        found.append((times, block))
    found.sort(key=lambda each: (-each[0], each[1].shape.centroid.x, each[1].shape.centroid.y))
    parts = [_where(block.shape, bounds=bounds) for _, block in found]
    places = _named([block.shape for _, block in found], parts=parts, gazetteer=gazetteer)
    return tuple(
        MapBlock(
            number=at,
            shape=block.shape,
            incidents=block.incidents,
            times_average=times,
            level=_level(block.incidents, even=total * block.shape.area / area, by=give_or_take),
            where=where,
        )
        for at, ((times, block), where) in enumerate(zip(found, places, strict=True), start=1)
    )


def levels_in_use(blocks: Sequence[MapBlock]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the names of a map's levels, and each block's index into them.

    Where no block is known to have had no incident, the level for that is left out.
    """
    first = min((1, *(each.level for each in blocks)))
    return LEVELS[first:], tuple(each.level - first for each in blocks)


def _level(incidents: int, *, even: float, by: int) -> int:
    if not by and not incidents:
        return 0
    if even <= 0:
        return 1 + sum(edge <= 1 for edge in _EDGES)  # around the average
    nearest = min(max(even, incidents - by), incidents + by)
    return 1 + sum(nearest >= edge * even for edge in _EDGES)


def _named(
    shapes: Sequence[Polygon | MultiPolygon], *, parts: Sequence[str], gazetteer: Gazetteer
) -> list[str]:
    """Return which part of the ward each block is, and what it lies around where that is known."""
    asked = [
        Place(shape, ward=f"{part} of the ward") for shape, part in zip(shapes, parts, strict=True)
    ]
    named = names_together(gazetteer.for_residents(), asked)
    return [
        f"{part}, {name.removesuffix(f', {place.ward}')}" if name.startswith("around ") else part
        for part, name, place in zip(parts, named, asked, strict=True)
    ]


def _where(shape: Polygon | MultiPolygon, *, bounds: Sequence[float]) -> str:
    west, south, east, north = bounds
    right = (shape.centroid.x - (west + east) / 2) / max((east - west) / 2, 1.0)
    up = (shape.centroid.y - (south + north) / 2) / max((north - south) / 2, 1.0)
    if math.hypot(right, up) < _CENTRAL:
        return "centre"
    eighth = round(math.atan2(up, right) / (math.pi / 4)) % 8
    return _COMPASS[eighth]
