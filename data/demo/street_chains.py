"""The pieces that the demo's streets are made of: from a crossing to the next, with their names.

Corners between two crossings are dropped where the street runs all but straight. A street that runs
past the postcodes of two families changes its name half-way. Within a family, pieces that carry on
from each other have one name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import hypot
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely

from data.demo.hand_map import hand_places
from data.demo.street_graph import parts
from data.demo.street_names import family_words, path_name, street_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.places import StreetClass

PARK_PATH: Final = -2  # kind of a pair that is a path in a park
MINOR: Final = -1  # of one that is a minor street; from 0 on, the number of a road
ROAD: Final = -1  # family of a node of a road
PARK: Final = -2  # and of a corner of the paths in a park
STRAIGHT_M: Final = 7.0  # a corner closer than this to the line past it is dropped
SIDE_ARM_M: Final = 90.0  # a street shorter than this has the name of one of its family it meets
PASSAGE_M: Final = 40.0  # what is shorter in all is a path
_CARRIES_ON: Final = -0.6  # cosine between two pieces that are one street


# By family and place: which piece ends there, and in which direction it leaves.
_Met = dict[tuple[int, float, float], list[tuple[int, float, float]]]


@dataclass(frozen=True, slots=True)
class Street:
    """A piece of a street between two crossings.

    Attributes
    ----------
    name : str
    place_class : StreetClass
    family : str
        What the postcodes along it begin with, such as "E1 6Q"; "" for a road drawn by hand and for
        a path in a park.
    line : LineString
        EPSG:27700, to 0.1 m.
    """

    name: str
    place_class: StreetClass
    family: str
    line: shapely.LineString


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: int
    family: int
    points: list[tuple[float, float]]


def streets(
    xy: NDArray[np.float64],
    family: NDArray[np.int64],
    *,
    pairs: NDArray[np.int64],
    kind: NDArray[np.int64],
    families: Sequence[str],
    rng: np.random.Generator,
) -> tuple[Street, ...]:
    """Return the pieces of every street, roads first.

    Parameters
    ----------
    xy : float64 array of shape (n, 2)
    family : int64 array of length n
        Whose postcodes a corner belongs to; `ROAD` or `PARK` for one of no postcode.
    pairs : int64 array of shape (m, 2)
        Corners that a street joins; no two pairs cross.
    kind : int64 array of length m
        `PARK_PATH`, `MINOR` or the number of a road drawn by hand.
    families : sequence of str
    rng : numpy.random.Generator
        For the families' words.
    """
    roads = hand_places("road", "path")
    points = [(east, north) for east, north in xy.tolist()]
    settled = np.zeros(len(xy), dtype=np.bool_)
    settled[pairs[(family[pairs[:, 0]] == family[pairs[:, 1]]) & (kind == MINOR)]] = True
    families_of, all_settled = family.tolist(), settled.tolist()
    pieces = [
        piece
        for which, nodes in _chains(len(xy), pairs, kind)
        for piece in _cut(which, nodes, points=points, family=families_of, settled=all_settled)
    ]
    lines = _simplified(pieces)
    made = [
        Street(roads[piece.kind].name, cast("StreetClass", roads[piece.kind].place_class), "", line)
        for piece, line in zip(pieces, lines, strict=True)
        if piece.kind >= 0
    ]
    made += [
        Street(_path_in_park(line), "path", "", line)
        for piece, line in zip(pieces, lines, strict=True)
        if piece.kind == PARK_PATH
    ]
    minor = [at for at, piece in enumerate(pieces) if piece.kind == MINOR]
    words = family_words(len(families), rng=rng)
    own = tuple(zip(families, words, strict=True))
    return (*made, *_named([pieces[at] for at in minor], lines[minor], families=own))


def _path_in_park(line: shapely.LineString) -> str:
    """Return the name of a path by the park that most of it lies in."""
    parks = hand_places("park")
    inside = [shapely.length(shapely.intersection(line, park.geometry)) for park in parks]
    return path_name(parks[int(np.argmax(inside))].name)


def _chains(
    count: int, pairs: NDArray[np.int64], kind: NDArray[np.int64]
) -> list[tuple[int, list[int]]]:
    """Return the corners from each crossing to the next, with the kind of street."""
    beside: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (a, b) in enumerate(pairs.tolist()):
        beside[a].append((b, number))
        beside[b].append((a, number))
    of_kind = kind.tolist()
    passed = [len(each) == 2 and of_kind[each[0][1]] == of_kind[each[1][1]] for each in beside]
    done = [False] * len(pairs)
    chains = []
    for start in [*(at for at in range(count) if not passed[at]), *range(count)]:
        for towards, number in beside[start]:
            if done[number]:
                continue
            done[number] = True
            nodes, at, last = [start, towards], towards, number
            while passed[at] and at != start:
                at, last = next(step for step in beside[at] if step[1] != last)
                done[last] = True
                nodes.append(at)
            # A ring is two streets, as each has two ends.
            half = len(nodes) // 2 if nodes[0] == nodes[-1] else len(nodes) - 1
            chains += [
                (of_kind[last], part) for part in (nodes[: half + 1], nodes[half:]) if len(part) > 1
            ]
    return chains


def _cut(
    kind: int,
    nodes: Sequence[int],
    *,
    points: Sequence[tuple[float, float]],
    family: Sequence[int],
    settled: Sequence[bool],
) -> list[_Piece]:
    """Cut a street where it runs from the corner of one family to that of another.

    It is cut at the further corner, or at the nearer one where only the further has no other street
    of its family, or half-way where neither has (`settled` says which have).
    """
    pieces: list[_Piece] = []
    of = family[nodes[0]]
    run = [points[nodes[0]]]
    for last, node in pairwise(nodes):
        beyond = family[node]
        if kind != MINOR or min(of, beyond) < 0 or of == beyond:
            run.append(points[node])
            of = beyond if beyond >= 0 else of
            continue
        if settled[node]:
            pieces.append(_Piece(kind, of, [*run, points[node]]))
            run = [points[node]]
        elif settled[last]:
            if len(run) > 1:
                pieces.append(_Piece(kind, of, run))
            run = [points[last], points[node]]
        else:
            middle = _middle(points[last], points[node])
            pieces.append(_Piece(kind, of, [*run, middle]))
            run = [middle, points[node]]
        of = beyond
    if len(run) > 1:
        pieces.append(_Piece(kind, of, run))
    return pieces


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return round((one[0] + other[0]) / 2, 1), round((one[1] + other[1]) / 2, 1)


def _simplified(pieces: Sequence[_Piece]) -> NDArray[np.object_]:
    """Drop corners that make no difference, but not where two streets would then cross."""
    points = [point for piece in pieces for point in piece.points]
    of = np.repeat(np.arange(len(pieces)), [len(piece.points) for piece in pieces])
    whole = np.asarray(shapely.linestrings(np.array(points), indices=of), dtype=object)
    simple = shapely.simplify(whole, STRAIGHT_M)
    changed = shapely.get_num_points(simple) < shapely.get_num_points(whole)
    while True:
        moved = np.flatnonzero(changed)
        one, other = shapely.STRtree(simple).query(simple[moved], predicate="intersects")
        one = moved[one]
        one, other = one[one != other], other[one != other]
        met = shapely.intersection(simple[one], simple[other])
        inside = ~shapely.covers(shapely.boundary(simple[one]), met)
        bad = np.union1d(one[inside], other[inside])
        bad = bad[changed[bad]]
        if len(bad) == 0:
            return simple
        simple[bad], changed[bad] = whole[bad], False


def _named(
    pieces: Sequence[_Piece],
    lines: NDArray[np.object_],
    *,
    families: Sequence[tuple[str, str]],
) -> list[Street]:
    """Name each family's streets from its longest down."""
    of_family: dict[int, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        of_family[piece.family].append(at)
    length = shapely.length(lines)
    met = _met(pieces)
    street = _with_side_arms(met, _carried_on(met, count=len(pieces)), length)
    of_street = np.bincount(street, length, minlength=len(pieces))
    made = []
    for number_of_family in sorted(of_family):
        family, word = families[number_of_family]
        of_it = of_family[number_of_family]
        numbers = sorted({int(street[at]) for at in of_it}, key=lambda of: (-of_street[of], of))
        rank = {of: number for number, of in enumerate(numbers)}
        for at in of_it:
            number = int(street[at])
            path = bool(of_street[number] < PASSAGE_M)
            name = street_name(word, rank[number], path=path)
            made.append(Street(name, "path" if path else "local", family, lines[at]))
    return made


def _carried_on(met: _Met, *, count: int) -> NDArray[np.int32]:
    """Return which street each piece is of: two of a family that meet in line are of one."""
    joined: list[tuple[int, int]] = []
    for there in met.values():
        in_line = sorted(
            (cosine, a, b)
            for (a, x, y), (b, to_x, to_y) in combinations(there, 2)
            if a != b and (cosine := x * to_x + y * to_y) <= _CARRIES_ON
        )
        taken: set[int] = set()
        for _, a, b in in_line:
            if not {a, b} & taken:
                joined.append((a, b))
                taken |= {a, b}
    return parts(count, np.array(joined, dtype=np.int64).reshape(-1, 2))


def _with_side_arms(
    met: _Met, street: NDArray[np.int32], length: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return which street each piece is of where a short one is an arm of a longer."""
    of_street = np.bincount(street, length).tolist()
    longest = list(range(len(of_street)))
    number = street.tolist()
    for there in met.values():
        numbers = {number[at] for at, _, _ in there}
        top = max(numbers, key=lambda of: (of_street[of], of))
        for each in numbers:
            if (of_street[top], top) > (of_street[longest[each]], longest[each]):
                longest[each] = top
    for each in sorted(range(len(longest)), key=lambda of: (-of_street[of], -of)):
        short = of_street[each] < SIDE_ARM_M
        longest[each] = longest[longest[each]] if short else each
    return np.array(longest, dtype=np.int32)[street]


def _met(pieces: Sequence[_Piece]) -> _Met:
    """Return what leaves each end of a street, and in which direction: pieces of one family."""
    met: _Met = defaultdict(list)
    for number, piece in enumerate(pieces):
        run = piece.points
        for (east, north), (to_east, to_north) in ((run[0], run[1]), (run[-1], run[-2])):
            far = hypot(to_east - east, to_north - north)
            away = ((to_east - east) / far, (to_north - north) / far)
            met[piece.family, east, north].append((number, *away))
    return met
