"""The demo's streets: a connected network simulated from its postcodes, around the main roads.

Postcodes that no main road takes are the corners of minor streets (`data.demo.street_graph`). They
are straightened a little, cut where streets meet, and named by the family of postcodes that they
run past (`data.demo.street_names`). No two streets cross but at a common end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from data.demo.geography import demo_postcodes
from data.demo.hand_map import WATER, hand_places
from data.demo.places import WORST_QUALITY
from data.demo.street_chains import MINOR, PARK, PARK_PATH, ROAD, Street, streets
from data.demo.street_graph import joining, lengths, neighbour_pairs, nothing_between, parts
from data.demo.street_roads import RoadNodes, road_nodes
from data.demo.street_straight import straightened

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_M: Final = 150.0  # a minor street is no longer between two postcodes
ONE_CORNER_M: Final = 20.0  # postcodes of a family closer than this are one corner
PARK_GRID_M: Final = 180.0
PARK_PATH_M: Final = 260.0  # a path in a park is no longer than this
_FROM_PARK_EDGE_M: Final = 40.0
_IN_PARK_M: Final = 40.0  # how far a street may run through a park
_OVER_WATER: Final = 4.0  # a metre of street over a canal costs as many, where it must be


@dataclass(frozen=True, slots=True)
class Corners:
    """What streets may run between; roads' nodes first, then the corners of minor streets.

    Attributes
    ----------
    xy : float64 array of shape (n, 2)
    family : int64 array of length n
        Which family of postcodes a corner belongs to; `ROAD` for a node of a road, `PARK` for a
        corner of paths in a park.
    roads : RoadNodes
    families : tuple of str
        Each family's postcodes without their last letter, such as "E1 6Q".
    """

    xy: NDArray[np.float64]
    family: NDArray[np.int64]
    roads: RoadNodes
    families: tuple[str, ...]


def street_corners() -> Corners:
    """Return the corners of the demo's streets, from its postcodes."""
    frame = demo_postcodes()
    frame = frame[frame["quality"] <= WORST_QUALITY].drop_duplicates(["easting", "northing"])
    xy = frame[["easting", "northing"]].to_numpy(np.float64)
    river = hand_places("river")[0].area
    dry = ~shapely.contains_xy(river, xy)
    frame, xy = frame[dry], xy[dry]
    roads = road_nodes(xy)
    families, family = np.unique(frame["postcode"].str[:-1].to_numpy(str), return_inverse=True)
    free = roads.on_road < 0
    corner, of_corner = _merged(xy[free], family[free])
    inside = _in_parks()
    return Corners(
        np.concatenate([roads.xy, inside, corner]),
        np.concatenate([np.full(len(roads.xy), ROAD), np.full(len(inside), PARK), of_corner]),
        roads,
        tuple(families.tolist()),
    )


def _in_parks() -> NDArray[np.float64]:
    """Return corners for the paths in parks: points of a grid well inside, at least the middle."""
    corners = []
    for park in hand_places("park"):
        west, south, east, north = shapely.bounds(park.geometry).tolist()
        columns = np.arange(west + PARK_GRID_M / 2, east, PARK_GRID_M)
        rows = np.arange(south + PARK_GRID_M / 2, north, PARK_GRID_M)
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        well_inside = shapely.buffer(park.geometry, -_FROM_PARK_EDGE_M)
        kept = grid[shapely.contains_xy(well_inside, grid)]
        middle = shapely.get_coordinates(shapely.point_on_surface(park.geometry))
        corners.append(kept if len(kept) else middle)
    return np.concatenate(corners).round(1)


def _merged(
    xy: NDArray[np.float64], family: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make one corner of the postcodes of a family that are very close."""
    pairs = cKDTree(xy).query_pairs(ONE_CORNER_M, output_type="ndarray")
    group = parts(len(xy), pairs[family[pairs[:, 0]] == family[pairs[:, 1]]])
    count = np.bincount(group)
    middle = np.stack([np.bincount(group, xy[:, axis]) / count for axis in (0, 1)], axis=1)
    of_group = np.zeros(len(count), dtype=np.int64)
    of_group[group] = family
    return middle.round(1), of_group


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Pairs that a minor street may join; arrays of one length."""

    pairs: NDArray[np.int64]
    length: NDArray[np.float64]
    clear: NDArray[np.bool_]  # neither water nor a park in the way
    cost: NDArray[np.float64]  # metres, more over a canal, infinite over the river
    between: NDArray[np.bool_]  # nothing between the two
    in_park: NDArray[np.bool_]  # from or to a corner of a park's paths


def _candidates(corners: Corners) -> _Candidates:
    pairs = neighbour_pairs(corners.xy)
    between = nothing_between(corners.xy, pairs)
    pairs, between = _off_the_roads(corners, pairs, between)
    lines = np.asarray(shapely.linestrings(corners.xy[pairs]), dtype=object)
    length = lengths(corners.xy, pairs)
    banks = shapely.STRtree(lines)
    over = np.zeros(len(pairs), dtype=np.bool_)
    in_park = (corners.family[pairs] == PARK).any(axis=1)
    river = np.zeros(len(pairs), dtype=np.bool_)
    for water in hand_places(*WATER):
        crossed = banks.query(water.area, predicate="intersects")
        over[crossed] = True
        river[crossed] |= water.name == "River Thames"
    parked = np.zeros(len(pairs))
    for park in hand_places("park"):
        inside = banks.query(park.geometry, predicate="intersects")
        parked[inside] += shapely.length(shapely.intersection(lines[inside], park.geometry))
    through = parked > _IN_PARK_M
    cost = np.where(river, np.inf, length * np.where(over | through, _OVER_WATER, 1.0))
    return _Candidates(pairs, length, ~over & (in_park | ~through), cost, between, in_park)


def _off_the_roads(
    corners: Corners, pairs: NDArray[np.int64], between: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Drop the pairs that join two nodes of roads, or that cross a road."""
    minor = (corners.family[pairs] != ROAD).any(axis=1)
    pairs, between = pairs[minor], between[minor]
    lines = shapely.linestrings(corners.xy[pairs])
    roads = np.asarray(shapely.linestrings(corners.xy[corners.roads.pairs]), dtype=object)
    crossing = np.unique(shapely.STRtree(roads).query(lines, predicate="crosses")[0])
    kept = np.ones(len(pairs), dtype=np.bool_)
    kept[crossing] = False
    return pairs[kept], between[kept]


def street_network(*, rng: np.random.Generator) -> tuple[Street, ...]:
    """Return the streets of the demo, each from a crossing to the next, in one connected network.

    Parameters
    ----------
    rng : numpy.random.Generator
        For names.
    """
    corners = street_corners()
    candidates = _candidates(corners)
    count = len(corners.xy)
    roads = corners.roads.pairs
    longest = np.where(candidates.in_park, PARK_PATH_M, LONGEST_M)
    there = candidates.between & candidates.clear & (candidates.length <= longest)
    every = np.concatenate([roads, candidates.pairs])
    needed = joining(
        count,
        every,
        there=np.concatenate([np.ones(len(roads), dtype=np.bool_), there]),
        cost=np.concatenate([np.zeros(len(roads)), candidates.cost]),
    )[len(roads) :]
    minor = there | needed
    pairs = np.concatenate([roads, candidates.pairs[minor]])
    of_minor = np.where(candidates.in_park[minor], PARK_PATH, MINOR)
    kind = np.concatenate([corners.roads.road, of_minor])
    reached = parts(count, pairs)
    main = np.bincount(reached).argmax()
    kept = reached[pairs[:, 0]] == main
    xy = straightened(corners.xy, pairs[kept], fixed=corners.family < 0)
    return streets(
        xy,
        corners.family,
        pairs=pairs[kept],
        kind=kind[kept],
        families=corners.families,
        rng=rng,
    )
