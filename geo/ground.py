"""The ground under a map (water, parks, rail, streets, stations), as small as it can travel.

A borough's streets are sent once and kept by the browser, so what is made here is a value of bytes
and the digest it is asked for by. Pieces of one street that follow one another become one line,
along which its name is then written; lines lose what cannot be seen (2 m); coordinates are whole
numbers of 1e-5 of a degree (about a metre), each the step from the one before. JSON and gzip do the
rest: on the 3,043 streets of Newport, about 60 kB with all names.

A city's streets would be sent whole for nothing, since its small streets are drawn only close up.
Where there are very many, those are cut into sheets of a few square kilometres, of which a browser
asks for what it shows.
"""

from __future__ import annotations

import gzip
import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.credits import distinct_credits
from geo.crs import WGS84, transform
from geo.escaping import plain_text, script_json
from geo.naming.words import shared_notes, tidy_name
from geo.places import STREET_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.grid import Bounds
    from geo.places import PlaceKind, PlacesLayer, StreetClass

UNITS_PER_DEGREE: Final = 100_000
GROUND_KINDS: Final[tuple[PlaceKind, ...]] = ("water", "park", "rail", "street", "station")
_SIMPLER_M: Final = 2.0
_AREAS_SIMPLER_M: Final = 3.0
_SAME_STATION_M: Final = 400.0
_WHOLE_UP_TO: Final = 8_000  # small streets; more are cut into sheets
_SHEET_M: Final = 3_000.0
_SMALL: Final[tuple[StreetClass, ...]] = ("local", "path")
_LINES: Final = ("LineString", "MultiLineString")
LONGEST_NAME: Final = 60
_LABEL_TOLERANCE_M: Final = 5.0
_LEAST_AREA_M2: Final = 200.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What is drawn beneath a map.

    Attributes
    ----------
    digest : str
        32 hexadecimal digits, which differ whenever what is drawn does.
    files : mapping of str to bytes
        JSON, gzipped, by name: ``""`` is what every map needs; the others are sheets of small
        streets, which it lists.
    kinds : tuple of PlaceKind
        Which of `GROUND_KINDS` there are.
    credit_lines : tuple of str
        Whom a map has to name, as plain text, each once.
    notes : tuple of str
        What several streets' names end in, in brackets, and names on a map leave out.
    """

    digest: str
    files: Mapping[str, bytes]
    kinds: tuple[PlaceKind, ...]
    credit_lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


def ground_of(layers: Sequence[PlacesLayer], *, box: Bounds) -> Ground | None:
    """Return the ground of what lies in a box; None where no layer is of the ground.

    Parameters
    ----------
    layers : sequence of PlacesLayer
        All in one metric CRS; those of other kinds are left out.
    box : tuple of float
        West, south, east, north in the same CRS: `geo.places.places_box` of the wards.
    """
    drawn = {layer.kind: layer for layer in layers if layer.kind in GROUND_KINDS}
    if not drawn:
        return None
    encoder = _Encoder(*corner(box, crs=str(next(iter(drawn.values())).frame.crs)))
    frames = {kind: inside(drawn[kind].frame, box) for kind in GROUND_KINDS if kind in drawn}
    content: dict[str, Any] = {"origin": [encoder.west, encoder.south]}
    for kind, work in _ENCODED.items():
        if kind in frames:
            content[kind] = work(frames[kind], encoder=encoder)
    if "water" in frames:
        content["waterway"] = _lines(frames["water"], encoder=encoder)
    sheets: list[dict[str, Any]] = []
    if "street" in frames:
        content["street"], sheets = _streets(frames["street"], encoder=encoder)
    content["texts"] = encoder.texts
    content["sheets"] = [sheet.pop("bounds") for sheet in sheets]
    files = {"": packed(content)} | {f"{at}": packed(sheet) for at, sheet in enumerate(sheets)}
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:32]
    return Ground(
        digest=digest,
        files=files,
        kinds=tuple(frames),
        credit_lines=distinct_credits(drawn[kind].credit for kind in frames),
        notes=shared_notes(map(tidy_name, frames["street"]["name"])) if "street" in frames else (),
    )


def steps(coordinates: NDArray[np.int64]) -> list[int]:
    """Return whole coordinates of shape (n, 2) as a flat list: the first point, then the steps."""
    return np.diff(coordinates, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist()


class _Encoder:
    """Turns shapes into whole numbers from one corner, and texts into their numbers."""

    def __init__(self, west: int, south: int) -> None:
        self.west, self.south = west, south
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def text(self, value: str) -> int:
        """Return the number of a text, -1 for none."""
        shown = plain_text(value, longest=LONGEST_NAME)
        if not shown:
            return -1
        if shown not in self._numbers:
            self._numbers[shown] = len(self.texts)
            self.texts.append(shown)
        return self._numbers[shown]

    def whole(self, coordinates: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return degrees as whole numbers, without a point that repeats the one before."""
        units = np.rint(coordinates[:, :2] * UNITS_PER_DEGREE).astype(np.int64)
        units -= (self.west, self.south)
        moved = np.diff(units, axis=0, prepend=units[:1] - 1).any(axis=1)
        kept: NDArray[np.int64] = units[moved]
        return kept


def _streets(
    frame: gpd.GeoDataFrame, *, encoder: _Encoder
) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
    """Return the streets of every class, and sheets of small ones where they are very many."""
    joined = joined_streets(frame)
    small = joined["place_class"].isin(_SMALL)
    if small.sum() <= _WHOLE_UP_TO:
        return _by_class(joined, encoder=encoder), []
    scattered = joined[small]
    middle = shapely.get_coordinates(scattered.geometry.envelope.centroid) // _SHEET_M
    sheets = []
    for _, part in scattered.groupby([middle[:, 0], middle[:, 1]]):
        own = _Encoder(encoder.west, encoder.south)
        streets = _by_class(part, encoder=own)
        bounds = [round(each, 5) for each in part.to_crs(WGS84).total_bounds.tolist()]
        sheets.append({"bounds": bounds, "street": streets, "texts": own.texts})
    return _by_class(joined[~small], encoder=encoder), sheets


def _by_class(frame: gpd.GeoDataFrame, *, encoder: _Encoder) -> dict[str, list[Any]]:
    classes: dict[str, list[Any]] = {each: [] for each in STREET_CLASSES}
    degrees = frame.to_crs(WGS84)
    rows = zip(degrees["place_class"], degrees["name"], degrees.geometry, strict=True)
    for place_class, name, line in rows:
        points = encoder.whole(shapely.get_coordinates(line))
        if len(points) > 1:
            classes[place_class].append([encoder.text(name), *steps(points)])
    return {place_class: lines for place_class, lines in classes.items() if lines}


def joined_streets(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row for each run of pieces of the same name and class, in a lasting order."""
    tidy = frame.assign(name=frame["name"].fillna("").astype(str))
    merged = tidy.dissolve(by=["place_class", "name"], sort=True).geometry
    lines = merged.map(lambda each: shapely.line_merge(each) if each.geom_type[0] == "M" else each)
    lines = lines.simplify(_SIMPLER_M).explode(index_parts=False)
    return lines[lines.geom_type == "LineString"].rename("geometry").reset_index()


def _areas(frame: gpd.GeoDataFrame, *, encoder: _Encoder) -> list[Any]:
    """Return polygons, each as its name's number, a point well inside for it, and its rings."""
    simple = frame.assign(geometry=frame.geometry.simplify(_AREAS_SIMPLER_M)).explode()
    simple = simple[(simple.geom_type == "Polygon") & (simple.geometry.area > _LEAST_AREA_M2)]
    areas = []
    circles = shapely.maximum_inscribed_circle(simple.geometry.to_numpy(), _LABEL_TOLERANCE_M)
    middles = simple.assign(geometry=shapely.get_point(circles, 0)).to_crs(WGS84).geometry
    degrees = simple.to_crs(WGS84)
    rows = zip(degrees["name"].fillna(""), middles, degrees.geometry, strict=True)
    for name, middle, shape in rows:
        rings = [encoder.whole(np.asarray(r.coords)) for r in (shape.exterior, *shape.interiors)]
        kept = [steps(ring[:-1]) for ring in rings if len(ring) > 3]
        if kept:
            point = encoder.whole(shapely.get_coordinates(middle))[0].tolist()
            areas.append([encoder.text(name), point, *kept])
    return areas


def _lines(frame: gpd.GeoDataFrame, *, encoder: _Encoder) -> list[list[int]]:
    """Return lines without their names; tracks that several services share are drawn once."""
    lines = frame.geometry[frame.geom_type.isin(_LINES)].simplify(_SIMPLER_M)
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines.to_numpy())))
    degrees = gpd.GeoSeries(merged, crs=frame.crs).to_crs(WGS84)
    found = [encoder.whole(shapely.get_coordinates(line)) for line in degrees]
    return [steps(points) for points in found if len(points) > 1]


def _stations(frame: gpd.GeoDataFrame, *, encoder: _Encoder) -> list[list[int]]:
    one_each = stations(frame)
    degrees = shapely.get_coordinates(one_each.to_crs(WGS84).geometry)
    rows = zip(one_each["name"], degrees, strict=True)
    return [[encoder.text(name), *encoder.whole(at[None, :])[0].tolist()] for name, at in rows]


def stations(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return names and points: one for all the rows of a name that lie close together."""
    points = frame.geometry.representative_point()
    tidy = gpd.GeoDataFrame({"name": frame["name"].fillna("").astype(str)}, geometry=points)
    kept: list[bool] = []
    seen: dict[str, list[NDArray[np.float64]]] = {}
    for name, at in zip(tidy["name"], shapely.get_coordinates(points), strict=True):
        placed = seen.setdefault(name, [])
        kept.append(all(np.hypot(*(at - other)) >= _SAME_STATION_M for other in placed))
        if kept[-1]:
            placed.append(at)
    return tidy[np.array(kept, dtype=np.bool_)]


_ENCODED: Final = {"water": _areas, "park": _areas, "rail": _lines, "station": _stations}


def inside(frame: gpd.GeoDataFrame, box: Bounds) -> gpd.GeoDataFrame:
    """Return what of a frame lies in a box of its CRS, cut at the box's edge."""
    near = frame.cx[box[0] : box[2], box[1] : box[3]]
    cut = near.assign(geometry=shapely.clip_by_rect(near.geometry.to_numpy(), *box))
    return cut[~cut.geometry.is_empty]


def packed(content: Mapping[str, Any]) -> bytes:
    """Return JSON as a browser is sent it: gzipped, and always the same bytes."""
    return gzip.compress(script_json(content).encode(), compresslevel=9, mtime=0)


def corner(box: Bounds, *, crs: str) -> tuple[int, int]:
    """Return a box's south-western corner in whole units, from which the others are counted."""
    (longitude,), (latitude,) = transform([box[0]], [box[1]], source=crs, target=WGS84)
    return math.floor(longitude * UNITS_PER_DEGREE), math.floor(latitude * UNITS_PER_DEGREE)
