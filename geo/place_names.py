"""What can be searched for on a map, as small as it travels: streets, stations, parks, postcodes.

A browser searches by itself, so what somebody types never leaves it. It fetches these files once
and keeps them, like the ground (`geo.ground`).

Pieces of one name that lie close together are one street; a name that is found again elsewhere is
another, told apart by its wards. Places are whole numbers of 1e-5 of a degree (about a metre).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import WGS84, transform
from geo.escaping import plain_text
from geo.ground import (
    LONGEST_NAME,
    UNITS_PER_DEGREE,
    corner,
    inside,
    packed,
    stations,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geo.grid import Bounds
    from geo.places import PlacesLayer
    from geo.postcodes import PostcodeTable

_SAME_STREET_M: Final = 150.0
_WARD_SHARE: Final = 0.2  # of a street's length, from which on a ward is named with it
_MOST_WARDS: Final = 3
_SAMPLED: Final = np.linspace(0.05, 0.95, 10)  # places along a piece, as shares of its length
_INWARD: Final = 3  # letters and digits of a postcode after its space


def street_names(
    layers: Sequence[PlacesLayer], *, wards: gpd.GeoDataFrame, box: Bounds
) -> bytes | None:
    """Return the named streets, stations and parks in a box; None where there is none.

    Parameters
    ----------
    layers : sequence of PlacesLayer
        In one metric CRS; those of other kinds are left out.
    wards : GeoDataFrame
        ``ward_name`` and shapes, in any CRS.
    box : tuple of float
        West, south, east, north in the layers' CRS.

    Returns
    -------
    bytes or None
        JSON, gzipped: ``origin`` in whole units; ``wards``, names; ``streets``, of each its name,
        its wards' numbers, west and south from the origin, width, height, and a point on it from
        west and south; ``stations``, of each its name, its wards' numbers, and its point;
        ``parks``, as streets.
    """
    drawn = {each.kind: inside(each.frame, box) for each in layers if each.kind in _SEARCHED}
    if not drawn:
        return None
    crs = str(next(iter(drawn.values())).crs)
    ward_shapes = wards.to_crs(crs)
    origin = np.array(corner(box, crs=crs))
    found = {
        name: work(drawn[kind], wards=ward_shapes, origin=origin) if kind in drawn else []
        for kind, (name, work) in _SEARCHED.items()
    }
    if not any(found.values()):
        return None
    names = [plain_text(str(name), longest=LONGEST_NAME) for name in wards["ward_name"]]
    return packed({"origin": origin.tolist(), "wards": names, **found})


def postcode_names(
    table: PostcodeTable, *, box: Bounds | None = None, most: int = 200_000
) -> bytes | None:
    """Return the postcodes in use in a box, by their first half; None where there is none.

    Parameters
    ----------
    table : PostcodeTable
    box : tuple of float, optional
        West, south, east, north in the table's CRS; all of it without one.
    most : int
        More than so many are not handed out: the first are.

    Returns
    -------
    bytes or None
        JSON, gzipped: ``origin`` in whole units; ``districts``, of each (``E1``) the second halves
        in one text of three characters each, and their places as steps from one to the next.
    """
    used = np.ones(len(table), dtype=np.bool_) if table.ended is None else ~table.ended
    x, y = table.easting, table.northing
    if box is not None:
        used &= (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    rows = np.flatnonzero(used)[:most]
    if not len(rows):
        return None
    longitude, latitude = transform(x[rows], y[rows], source=table.metric_crs, target=WGS84)
    units = np.rint(np.column_stack([longitude, latitude]) * UNITS_PER_DEGREE).astype(np.int64)
    origin = units.min(axis=0)
    codes = table.postcodes.to_numpy(zero_copy_only=False).astype(str)[rows]
    outward = np.array([code[:-_INWARD] for code in codes])
    districts = {}
    for name in np.unique(outward).tolist():
        mine = outward == name
        halves = "".join(code[-_INWARD:] for code in codes[mine])
        districts[name] = [halves, *steps(units[mine] - origin)]
    return packed({"origin": origin.tolist(), "districts": districts})


def _streets(
    frame: gpd.GeoDataFrame, *, wards: gpd.GeoDataFrame, origin: NDArray[np.int64]
) -> list[list[Any]]:
    named = frame[frame["name"].fillna("").astype(str).str.strip() != ""]
    named = named.explode(ignore_index=True)
    named = named[named.geom_type == "LineString"].reset_index(drop=True)
    if named.empty:
        return []
    lines = named.geometry.to_numpy()
    length = shapely.length(lines)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    along = shapely.line_interpolate_point(lines[:, None], _SAMPLED, normalized=True)
    ward = _ward_of(along.ravel(), wards).reshape(along.shape)
    degrees = named.geometry.to_crs(WGS84)
    boxes = np.rint(degrees.bounds.to_numpy() * UNITS_PER_DEGREE).astype(np.int64)
    at = _whole(gpd.GeoSeries(middles, crs=named.crs))
    found = []
    names = named["name"].astype(str).to_numpy()
    for name, mine in _by_name(names).items():
        text = plain_text(name, longest=LONGEST_NAME)
        for pieces in _together(mine, lines):
            held = _main_wards(ward[pieces], length[pieces, None])
            point = at[pieces[np.argmax(length[pieces])]]
            found.append([text, held, *_box_and_point(boxes[pieces], point, origin=origin)])
    return found


def _parks(
    frame: gpd.GeoDataFrame, *, wards: gpd.GeoDataFrame, origin: NDArray[np.int64]
) -> list[list[Any]]:
    """Return the named parks, their parts as one; the point is inside the largest part."""
    named = frame[frame["name"].fillna("").astype(str).str.strip() != ""]
    named = named.explode(ignore_index=True)
    named = named[named.geom_type == "Polygon"].reset_index(drop=True)
    if named.empty:
        return []
    shapes = named.geometry.to_numpy()
    area = shapely.area(shapes)
    ward = _ward_of(shapely.point_on_surface(shapes), wards)
    boxes = np.rint(named.geometry.to_crs(WGS84).bounds.to_numpy() * UNITS_PER_DEGREE)
    at = _whole(named.geometry.representative_point())
    found = []
    for name, mine in _by_name(named["name"].astype(str).to_numpy()).items():
        text = plain_text(name, longest=LONGEST_NAME)
        for parts in _together(mine, shapes):
            held = _main_wards(ward[parts], area[parts])
            point = at[parts[np.argmax(area[parts])]]
            found.append([text, held, *_box_and_point(boxes[parts], point, origin=origin)])
    return found


def _box_and_point(
    boxes: NDArray[Any], point: NDArray[np.int64], *, origin: NDArray[np.int64]
) -> list[int]:
    """Return west and south from the origin, width, height, and a point from west and south."""
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    numbers = (west - origin[0], south - origin[1], east - west, north - south)
    return [int(each) for each in (*numbers, point[0] - west, point[1] - south)]


def _stations(
    frame: gpd.GeoDataFrame, *, wards: gpd.GeoDataFrame, origin: NDArray[np.int64]
) -> list[list[Any]]:
    one_each = stations(frame[frame["name"].fillna("").astype(str).str.strip() != ""])
    ward = _ward_of(one_each.geometry.to_numpy(), wards)
    at = _whole(one_each.geometry) - origin
    rows = zip(one_each["name"], ward.tolist(), at.tolist(), strict=True)
    return [
        [plain_text(name, longest=LONGEST_NAME), [number] if number >= 0 else [], *place]
        for name, number, place in rows
    ]


def _by_name(names: NDArray[Any]) -> dict[str, NDArray[np.intp]]:
    """Return the rows of each name, in order of the names."""
    order = np.argsort(names, kind="stable")
    held, first = np.unique(names[order], return_index=True)
    return dict(zip(held.tolist(), np.split(order, first[1:]), strict=True))


def _together(rows: NDArray[np.intp], lines: NDArray[np.object_]) -> Iterable[NDArray[np.intp]]:
    """Return the rows of one name in groups: streets that lie apart are not one street."""
    if len(rows) == 1:
        return [rows]
    mine = lines[rows]
    one, other = shapely.STRtree(mine).query(mine, predicate="dwithin", distance=_SAME_STREET_M)
    pairs = coo_array((np.ones(len(one)), (one, other)), shape=(len(mine), len(mine)))
    count, group = connected_components(pairs, directed=False)
    return [rows[group == number] for number in range(count)]


def _main_wards(ward: NDArray[np.int64], length: NDArray[np.float64]) -> list[int]:
    """Return the numbers of the wards in which most of a street lies, the most of it first.

    Rows are its pieces, columns the points of each that were looked at.
    """
    held = {each: float(((ward == each) * length).sum()) for each in np.unique(ward).tolist()}
    total = max(sum(held.values()), 1e-9)
    named = [each for each in held if each >= 0 and held[each] / total >= _WARD_SHARE]
    return sorted(named, key=lambda each: (-held[each], each))[:_MOST_WARDS]


def _ward_of(points: NDArray[np.object_], wards: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the row of the ward that each point lies in, -1 for none."""
    found = np.full(len(points), -1, dtype=np.int64)
    if len(points):
        at, ward = shapely.STRtree(wards.geometry.to_numpy()).query(points, predicate="intersects")
        found[at[::-1]] = ward[::-1]
    return found


def _whole(points: gpd.GeoSeries) -> NDArray[np.int64]:
    degrees = shapely.get_coordinates(points.to_crs(WGS84))
    whole: NDArray[np.int64] = np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64)
    return whole


_SEARCHED: Final = {
    "street": ("streets", _streets),
    "station": ("stations", _stations),
    "park": ("parks", _parks),
}
