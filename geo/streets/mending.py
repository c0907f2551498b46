"""Mending a layer of streets: lines that are there twice, and ends that miss by a little.

Poor files hold a street twice, a metre or two apart, or cut it so that its parts do not meet. A
walk along such lines paces one street twice, or cannot turn a corner that is there. What is mended
is counted, so that the import can say it:

- A line that is the same as an earlier one is left out.
- A line of at least `_LEAST_COPY_M` that lies within `COPY_M` of lines of its name all along is a
  copy, and left out; so is one without a name. What joined it is joined to what is kept. A one-way
  line is no copy, nor is a street one of a path.
- Ends within `LOOSE_M` of each other become one. An end at which nothing else is joins the nearest
  line that passes within `LOOSE_M`. Gaps of less than `JOIN_M` are rounding, and not counted.

A line that is a copy over a part of its length alone is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import STRtree

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOIN_M: Final = 0.5
LOOSE_M: Final = 2.0
COPY_M: Final = 3.0
_LEAST_COPY_M: Final = 4 * COPY_M
_UNIT_M: Final = 0.1  # vertices closer than this are one


@dataclass(frozen=True, slots=True)
class Repairs:
    """What was mended in a layer of streets.

    Attributes
    ----------
    repeated : int
        Lines that were the same as another, left out.
    copies : int
        Lines that ran along another of the same street, left out.
    joined : int
        Ends that missed another street by more than `JOIN_M` and were joined to it.
    """

    repeated: int = 0
    copies: int = 0
    joined: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell whoever loads the layer; nothing where nothing was mended."""
        found = []
        if self.repeated:
            lines = _counted(self.repeated, "line is", "lines are")
            found.append(f"{lines} there twice: travel and walking loops count each once.")
        if self.copies:
            lines = _counted(self.copies, "line runs", "lines run")
            found.append(
                f"{lines} within {COPY_M:g} m along another of the same street: taken for a copy, "
                "drawn on maps, and left out of travel and walking loops."
            )
        if self.joined:
            ends = _counted(self.joined, "end of a street misses", "ends of streets miss")
            found.append(
                f"{ends} another street by {JOIN_M:g} to {LOOSE_M:g} m: joined to it for travel "
                "and walking loops."
            )
        return tuple(found)


NO_REPAIRS: Final = Repairs()


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of a layer, and what says whether two are the same street.

    Attributes
    ----------
    lines : object array of shape (n,)
        `LineString`.
    name : object array of shape (n,)
        "" where there is none.
    is_path, one_way : bool arrays of shape (n,)
    """

    lines: NDArray[np.object_]
    name: NDArray[np.object_]
    is_path: NDArray[np.bool_]
    one_way: NDArray[np.bool_]

    def take(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> Lines:
        """Return some of the lines."""
        return Lines(self.lines[kept], self.name[kept], self.is_path[kept], self.one_way[kept])


def mended(given: Lines) -> tuple[NDArray[np.object_], NDArray[np.intp], Repairs]:
    """Return the lines to make a network of, which of those given they are, and what was mended."""
    long = shapely.length(given.lines) > 0
    own = long & first_of_same(given.lines)
    at = np.flatnonzero(own)
    if not len(at):
        return given.lines[:0], at, Repairs()
    held = given.take(own)
    copy_of = _copies(held)
    kept = np.array([each not in copy_of for each in range(len(at))], dtype=bool)
    lines = _without_copies(held.lines, copy_of)[kept]
    lines, joined = _joined(lines)
    repeated = int(long.sum()) - len(at)
    return lines, at[kept], Repairs(repeated, len(copy_of), joined)


def first_of_same(lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which lines are not the same as an earlier one, in whichever direction."""
    return ~pd.Series(shapely.to_wkb(shapely.normalize(lines))).duplicated().to_numpy()


def copied_pieces(pieces: Lines, ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which pieces between two crossings run along another between the same two.

    Parameters
    ----------
    pieces : Lines
        The pieces.
    ends : int array of shape (n, 2)
        Their crossings.
    """
    found = np.zeros(len(ends), dtype=bool)
    _, group, sizes = np.unique(
        np.sort(ends, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    several = np.flatnonzero((sizes > 1)[group.ravel()])
    order = several[np.argsort(group.ravel()[several], kind="stable")]
    for same in np.split(order, np.flatnonzero(np.diff(group.ravel()[order])) + 1):
        for at, others in _copies(pieces.take(same), least_m=0.0).items():
            found[same[at]] = bool(others)
    return found


def _copies(held: Lines, *, least_m: float = _LEAST_COPY_M) -> dict[int, list[int]]:
    """Return the lines that are copies, each with the lines that it lies along."""
    likely = _likely_copies(held, least_m=least_m)
    length = shapely.length(held.lines)
    worst_first = sorted(
        likely,
        key=lambda at: (held.name[at] != "", not held.is_path[at], length[at], -at),
    )
    found: dict[int, list[int]] = {}
    for at in worst_first:
        others = [each for each in likely[at] if each not in found]
        near = shapely.buffer(shapely.union_all(held.lines[others]), COPY_M)
        if others and near.covers(held.lines[at]):
            found[at] = others
    # What a copy lies along may have become a copy itself: of what was kept.
    return {at: _kept_of(others, found) for at, others in found.items()}


def _kept_of(others: list[int], found: dict[int, list[int]]) -> list[int]:
    kept, waiting, seen = [], list(others), set(others)
    while waiting:
        at = waiting.pop()
        if at not in found:
            kept.append(at)
            continue
        further = [each for each in found[at] if each not in seen]
        seen.update(further)
        waiting += further
    return sorted(kept)


def _likely_copies(held: Lines, *, least_m: float) -> dict[int, list[int]]:
    """Return the lines of which each quarter is near a line of its kind, with those lines."""
    able = (shapely.length(held.lines) >= least_m) & ~held.one_way
    which = np.flatnonzero(able)
    at, other = STRtree(held.lines).query(held.lines[which], predicate="dwithin", distance=COPY_M)
    at = which[at]
    folded = np.array([str(each).casefold() for each in held.name], dtype=object)
    same = (folded[at] == folded[other]) | (folded[at] == "")
    same &= (at != other) & ~(held.is_path[other] & ~held.is_path[at]) & ~held.one_way[other]
    at, other = at[same], other[same]
    near = np.zeros((3, len(held.lines)), dtype=bool)
    for n, share in enumerate((0.25, 0.5, 0.75)):
        points = shapely.line_interpolate_point(held.lines[at], share, normalized=True)
        off = np.asarray(shapely.distance(points, held.lines[other]))
        near[n, at[np.flatnonzero(off <= COPY_M)]] = True
    likely: NDArray[np.bool_] = np.asarray(near.all(axis=0))
    found: dict[int, list[int]] = {}
    for one, two in zip(at[likely[at]].tolist(), other[likely[at]].tolist(), strict=True):
        found.setdefault(one, []).append(two)
    return found


def _without_copies(
    lines: NDArray[np.object_], copy_of: dict[int, list[int]]
) -> NDArray[np.object_]:
    """Return the lines with what shares a vertex with a copy moved to what the copy lies along."""
    if not copy_of:
        return lines
    xy, line = shapely.get_coordinates(lines, return_index=True)
    _, key = np.unique(_whole(xy), axis=0, return_inverse=True)
    key = key.ravel()
    copied = np.isin(line, list(copy_of))
    touching = np.flatnonzero(~copied & np.isin(key, key[copied]))
    owner = dict(zip(key[copied].tolist(), line[copied].tolist(), strict=True))
    added: dict[int, list[shapely.Point]] = {}
    for at in touching.tolist():
        others = copy_of[owner[int(key[at])]]
        if int(line[at]) in others:
            continue
        point = shapely.Point(xy[at])
        near = others[int(np.argmin(shapely.distance(lines[others], point)))]
        meets = _place_on(lines[near], point)
        added.setdefault(near, []).append(meets)
        xy[at] = meets.x, meets.y
    moved = np.asarray(shapely.linestrings(xy, indices=line))
    for near, points in added.items():
        moved[near] = _with_vertices(moved[near], np.array(points, dtype=object))
    return moved


def _place_on(line: shapely.LineString, point: shapely.Point) -> shapely.Point:
    """Return where a line is met from a point: at its nearest vertex, if that is near enough."""
    xy = shapely.get_coordinates(line)
    off = np.hypot(*(xy - (point.x, point.y)).T)
    if off.min() <= LOOSE_M:
        return shapely.Point(xy[int(np.argmin(off))])
    return shapely.line_interpolate_point(line, shapely.line_locate_point(line, point))


def _joined(lines: NDArray[np.object_]) -> tuple[NDArray[np.object_], int]:
    """Return the lines with their loose ends at another street, if one is near; and how many.

    First those that a line passes by, then ends at each other: an end at which a line goes on stays
    where it is, and the others come to it.
    """
    ends = _ends(lines)
    before, passing = shapely.get_coordinates(ends), lines.copy()
    xy = before.copy()
    for end, other in zip(*_passing_lines(lines, ends), strict=True):
        meets = _place_on(passing[other], ends[end])
        passing[other] = _with_vertices(passing[other], np.array([meets]))
        xy[end] = meets.x, meets.y
    xy = _together(xy, _is_inner_vertex(xy, passing))
    joined = _with_ends(passing, xy)
    moved = np.hypot(*(xy - before).T) > JOIN_M
    gone = int((shapely.length(joined) == 0).sum())  # shorter than what is joined
    places = len(np.unique(_whole(before[moved]), axis=0))
    return joined, max(places - gone, 0)


def _passing_lines(
    lines: NDArray[np.object_], ends: NDArray[np.object_]
) -> tuple[list[int], list[int]]:
    """Return the loose ends that another line passes by, each with the nearest such line.

    A line that ends there too does not pass.
    """
    long = np.tile(shapely.length(lines) > 2 * LOOSE_M, 2)
    loose = np.flatnonzero(~_shared(ends, lines) & long)
    at, other = STRtree(lines).query(ends[loose], predicate="dwithin", distance=LOOSE_M)
    end = loose[at]
    passes = other != end % len(lines)
    for which in (other, other + len(lines)):
        passes &= shapely.distance(ends[end], ends[which]) > LOOSE_M
    end, other = end[passes], other[passes]
    order = np.lexsort((other, shapely.distance(ends[end], lines[other]), end))
    end, other = end[order], other[order]
    first = np.ones(len(end), dtype=bool)
    first[1:] = end[1:] != end[:-1]
    return end[first].tolist(), other[first].tolist()


def _together(xy: NDArray[np.float64], fixed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return ends with those near each other at one place: of a fixed one, else of the first."""
    pairs = cKDTree(xy).query_pairs(LOOSE_M, output_type="ndarray")
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    _, group = connected_components(graph, directed=False)
    order = np.lexsort((np.arange(len(xy)), ~fixed, group))
    _, first = np.unique(group[order], return_index=True)
    return np.where(fixed[:, np.newaxis], xy, xy[order[first[group]]])


def _is_inner_vertex(xy: NDArray[np.float64], lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which points are a vertex at which a line goes on."""
    corners, line = shapely.get_coordinates(lines, return_index=True)
    inner = np.zeros(len(corners), dtype=bool)
    inner[1:-1] = (line[1:-1] == line[:-2]) & (line[1:-1] == line[2:])
    keys = np.concatenate([_whole(xy), _whole(corners[inner])])
    _, key = np.unique(keys, axis=0, return_inverse=True)
    key = key.ravel()
    return np.isin(key[: len(xy)], key[len(xy) :])


def _with_ends(lines: NDArray[np.object_], ends: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the lines with other ends: where all begin, and then where all end."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(line, np.arange(len(lines)))
    last = np.searchsorted(line, np.arange(len(lines)), side="right") - 1
    xy[np.concatenate([first, last])] = ends
    return np.asarray(shapely.linestrings(xy, indices=line))


def _ends(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return where lines begin, and then where they end."""
    return np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])


def _shared(ends: NDArray[np.object_], lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which ends are a vertex of another line, or twice one of their own, too."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    _, key = np.unique(
        np.concatenate([_whole(shapely.get_coordinates(ends)), _whole(xy)]),
        axis=0,
        return_inverse=True,
    )
    key = key.ravel()
    seen = np.unique(np.column_stack([key[len(ends) :], line]), axis=0)
    lines_at = np.bincount(seen[:, 0], minlength=int(key.max()) + 1)
    return np.asarray(lines_at[key[: len(ends)]] > 1)


def _with_vertices(line: shapely.LineString, near: NDArray[np.object_]) -> shapely.LineString:
    """Return a line with a vertex at each of some points that lie on it."""
    xy = shapely.get_coordinates(line)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    along = shapely.line_locate_point(line, near)
    inner = (along > _UNIT_M) & (along < run[-1] - _UNIT_M)
    at = np.concatenate([run, along[inner]])
    points = np.concatenate([xy, shapely.get_coordinates(near[inner])])
    return shapely.LineString(points[np.argsort(at, kind="stable")])


def _whole(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(xy / _UNIT_M).astype(np.int64)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
