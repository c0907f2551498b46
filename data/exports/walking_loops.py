"""The walking loops of hotspots on the store's streets: worked out once, and as files for a phone.

GPX 1.1 is what phones and watches read (https://www.topografix.com/GPX/1/1/); GeoJSON is RFC 7946.
Both hold the walk and its directions, and no incident.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import numpy as np

from data.exports.contents import SIMULATED
from data.layers.places import loaded_place
from data.layers.streets import streets_in_use
from geo.crs import WGS84, transform
from geo.errors import PlainError
from geo.escaping import plain_text
from geo.polygon_index import PolygonIndex
from models.tasking.walking_loop import WalkingLoop, walking_loop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shapely import MultiPolygon, Polygon

    from data.incidents.store import Store
    from models.hotspots.inputs import Incidents
    from models.incidents.filters import IncidentFilter

LOOP_ENDINGS: Final = (".gpx", ".geojson")
_NAMESPACE: Final = "http://www.topografix.com/GPX/1/1"
_DECIMALS: Final = 6  # of a degree: about a decimetre
_CELL_M: Final = 25.0
_LONGEST: Final = 4000


class LoopEndingError(PlainError, ValueError):
    """Loops were asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"Walking loops are written as {' or '.join(LOOP_ENDINGS)}; {ending!r} was asked for. "
            "Choose one of these."
        )


@dataclass(frozen=True, slots=True)
class NamedLoop:
    """A loop with the name of its place: "3. Brick Lane"."""

    name: str
    hotspot_id: str
    loop: WalkingLoop

    @property
    def key(self) -> str:
        """Tells it from the loops of other places, and of other hours at the same place."""
        return f"{self.hotspot_id} {self.loop.hours}".strip()


@dataclass(frozen=True, slots=True)
class _Question:
    """What a loop follows from, and what it is worked out with."""

    folder: str
    streets: str
    version: int
    wards: tuple[str, ...]
    area: str
    incident_filter: IncidentFilter | None
    minutes: int
    kmh: float
    parts: tuple[int, ...]
    store: Store = field(compare=False)
    shape: Polygon | MultiPolygon = field(compare=False)


def area_loop(
    store: Store,
    area: Polygon | MultiPolygon,
    *,
    incident_filter: IncidentFilter | None,
    minutes: int,
    parts: Sequence[int] = (),
) -> WalkingLoop | None:
    """Return the walking loop of an area; None where no streets are loaded, or none is near.

    Parameters
    ----------
    store : Store
    area : Polygon or MultiPolygon
        In the store's metric CRS.
    incident_filter : IncidentFilter or None
        The incidents that it is to pass; None where the area was not chosen by any.
    minutes : int
        Of a visit.
    parts : sequence of int
        The part of the week of each visit, see `models.tasking.visit_hours`; none where all hours
        of the filter count alike.

    Raises
    ------
    DamagedFileError
        If the layer of streets cannot be read.
    """
    about = loaded_place(store.settings, "street")
    if about is None:
        return None
    return _loop(
        _Question(
            folder=str(store.settings.store.absolute()),
            streets=about.digest,
            version=store.snapshot.version,
            wards=tuple(store.snapshot.ward_codes),
            area=area.wkb_hex,
            incident_filter=incident_filter,
            minutes=minutes,
            kmh=store.settings.walking_kmh,
            parts=tuple(sorted(parts)),
            store=store,
            shape=area,
        )
    )


@lru_cache(maxsize=512)
def _loop(question: _Question) -> WalkingLoop | None:
    network = streets_in_use(question.store.settings)
    if network is None:
        return None
    return walking_loop(
        network,
        question.shape,
        _inside(question),
        minutes=question.minutes,
        kmh=question.kmh,
        parts=question.parts,
    )


def _inside(question: _Question) -> Incidents | None:
    if question.incident_filter is None:
        return None
    incidents = question.store.select(question.incident_filter).incidents
    index = PolygonIndex.of([question.shape], cell_m=_CELL_M)
    return incidents.take(index.locate(incidents.easting, incidents.northing) == 0)


def loops_file(
    store: Store, loops: Sequence[NamedLoop], *, ending: str, now: datetime, about: str
) -> bytes:
    """Return loops as a file for a phone.

    Parameters
    ----------
    store : Store
        Says the CRS, and whether its incidents are simulated.
    loops : sequence of NamedLoop
    ending : {".gpx", ".geojson"}
    now : datetime
        Aware: when the file is made.
    about : str
        Where the loops come from.

    Raises
    ------
    LoopEndingError
    """
    said = f"{about} {SIMULATED}." if store.simulated else about
    crs = store.settings.metric_crs
    if ending == ".gpx":
        return loops_gpx(loops, metric_crs=crs, now=now, about=said)
    if ending == ".geojson":
        return loops_geojson(loops, metric_crs=crs, about=said)
    raise LoopEndingError(ending)


def loops_gpx(loops: Sequence[NamedLoop], *, metric_crs: str, now: datetime, about: str) -> bytes:
    """Return loops as GPX 1.1: the start of each as a waypoint, and its walk as a track."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(_tag("gpx"), {"version": "1.1", "creator": "Hotspot Tasking"})
    metadata = ET.SubElement(root, _tag("metadata"))
    _text(metadata, "name", "Walking loops")
    _text(metadata, "desc", about)
    _text(metadata, "time", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    tracks = [(each, _degrees(each.loop, metric_crs=metric_crs)) for each in loops]
    for each, points in tracks:
        start = ET.SubElement(root, _tag("wpt"), _position(points[0]))
        _text(start, "name", f"Start: {each.name}")
        _text(start, "desc", each.loop.start)
    for each, points in tracks:
        track = ET.SubElement(root, _tag("trk"))
        _text(track, "name", each.name)
        hours = f" For {each.loop.hours}." if each.loop.hours else ""
        _text(track, "desc", f"{each.loop.directions} {each.loop.length_label}.{hours}")
        _text(track, "type", "walking")
        segment = ET.SubElement(track, _tag("trkseg"))
        for point in points:
            ET.SubElement(segment, _tag("trkpt"), _position(point))
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def loops_geojson(loops: Sequence[NamedLoop], *, metric_crs: str, about: str) -> bytes:
    """Return loops as GeoJSON: a line each, with its directions."""
    features = [
        {
            "type": "Feature",
            "id": each.hotspot_id,
            "geometry": {
                "type": "LineString",
                "coordinates": _degrees(each.loop, metric_crs=metric_crs),
            },
            "properties": {
                "name": each.name,
                "hotspot_id": each.hotspot_id,
                "start": each.loop.start,
                "metres": each.loop.metres,
                "minutes": round(each.loop.minutes, 1),
                "visit_minutes": each.loop.visit_minutes,
                "basis": each.loop.basis,
                "hours": each.loop.hours or None,
                "metres_outside": round(each.loop.outside_m),
                "share_covered": round(each.loop.share, 3),
                "share_of_best_at_least": round(each.loop.least, 3),
                "directions": [str(step) for step in each.loop.steps],
            },
        }
        for each in loops
    ]
    collection = {"type": "FeatureCollection", "metadata": {"about": about}, "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()


def _degrees(loop: WalkingLoop, *, metric_crs: str) -> list[list[float]]:
    """Return the points of a loop as longitude and latitude."""
    x, y = np.array(loop.points).T
    longitude, latitude = transform(x, y, source=metric_crs, target=WGS84)
    pairs = zip(longitude, latitude, strict=True)
    return [[round(float(x), _DECIMALS), round(float(y), _DECIMALS)] for x, y in pairs]


def _position(point: Sequence[float]) -> dict[str, str]:
    return {"lat": f"{point[1]:.{_DECIMALS}f}", "lon": f"{point[0]:.{_DECIMALS}f}"}


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _tag(name)).text = plain_text(text, longest=_LONGEST)


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"
