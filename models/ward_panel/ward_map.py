"""A ward's map blocks as people read them: numbered, placed, and compared with the ward's average.

Blocks differ in size, so a block is compared by incidents for its ground and not by its count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

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
        Which side of the ward it lies on.
    """

    number: int
    shape: Polygon | MultiPolygon
    incidents: int
    times_average: float
    level: int
    where: str


def map_blocks(blocks: Sequence[Block]) -> tuple[MapBlock, ...]:
    """Return a ward's blocks in order of incidents for their ground, most first."""
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
    return tuple(
        MapBlock(
            number=at,
            shape=block.shape,
            incidents=block.incidents,
            times_average=times,
            level=0 if not block.incidents else 1 + sum(times >= edge for edge in _EDGES),
            where=_where(block.shape, bounds=bounds),
        )
        for at, (times, block) in enumerate(found, start=1)
    )


def _where(shape: Polygon | MultiPolygon, *, bounds: Sequence[float]) -> str:
    west, south, east, north = bounds
    right = (shape.centroid.x - (west + east) / 2) / max((east - west) / 2, 1.0)
    up = (shape.centroid.y - (south + north) / 2) / max((north - south) / 2, 1.0)
    if math.hypot(right, up) < _CENTRAL:
        return "centre"
    eighth = round(math.atan2(up, right) / (math.pi / 4)) % 8
    return _COMPASS[eighth]
