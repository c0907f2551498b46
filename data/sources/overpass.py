"""Streets, parks, stations and other places from OpenStreetMap, through an Overpass service.

One query for each kind, in the box of the wards and 1 km around; which tags make a row one of a
kind is said once, in `geo.place_tags`. A query that the service gives up on is asked for again in
quarters, and what lies across a seam is counted once. Query language: OpenStreetMap wiki,
"Overpass API/Overpass QL".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from data.sources.fetch_errors import FetchError
from data.sources.osm_answers import OsmAnswer, TooMuchAskedError, merged, read_answer
from data.sources.request_rules import RequestPolicy
from data.sources.tiles import quarters
from geo.place_tags import OSM_LAYERS, OSM_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapely import Polygon

    from data.sources.http import PoliteClient
    from geo.places import PlaceKind

# One at a time and a second apart; the service may think for three minutes before a first byte.
OVERPASS_POLICY: Final = RequestPolicy(
    requests_per_second=1.0,
    burst=1,
    first_wait_s=2.0,
    longest_wait_s=300.0,
    read_timeout_s=240.0,
)
_SECONDS: Final = 180
_BYTES: Final = 512 * 1_048_576  # of the service's memory; less than this is let in more readily
_DEEPEST_SPLIT: Final = 4  # a 16th of the area's width
# What GDAL makes layers of: https://gdal.org/drivers/vector/osm.html
_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "points": ("node",),
    "lines": ("way",),
    "multipolygons": ("way", "relation"),
}
# A river is a relation of all its ways from source to sea as well, which is no shape.
_OF_TYPE: Final = {"relation": '["type"="multipolygon"]'}
_SLOT: Final = re.compile(r"^Slot available after: .*?, in (-?\d+) seconds", re.MULTILINE)
_FREE: Final = re.compile(r"^\d+ slots? available now", re.MULTILINE)


def offered_by_osm(kind: PlaceKind) -> bool:
    """Tell whether any tag of OpenStreetMap makes a place one of this kind."""
    return bool(OSM_TAGS[kind])


def place_query(kind: PlaceKind, *, tile: Polygon) -> str:
    """Return the query for the places of a kind in a box.

    Parameters
    ----------
    kind : PlaceKind
        One that is `offered_by_osm`.
    tile : Polygon
        EPSG:4326; its bounds are asked for.
    """
    west, south, east, north = tile.bounds
    box = f"({south:.6f},{west:.6f},{north:.6f},{east:.6f})"
    elements = dict.fromkeys(each for layer in OSM_LAYERS[kind] for each in _ELEMENTS[layer])
    parts = [
        f"{element}{_OF_TYPE.get(element, '')}{_tag_filter(key, values)}{box};"
        for element in elements
        for key, values in OSM_TAGS[kind].items()
    ]
    head = f"[out:xml][timeout:{_SECONDS}][maxsize:{_BYTES}];"
    return f"{head}\n({''.join(parts)});\n(._;>;);\nout body;"


def fetch_osm(
    kind: PlaceKind,
    *,
    area: Polygon,
    client: PoliteClient,
    url: str,
    progress: Callable[[float], None] | None = None,
) -> OsmAnswer:
    """Ask for the places of a kind in a box, in parts where it is too much at once.

    Parameters
    ----------
    kind : PlaceKind
        One that is `offered_by_osm`.
    area : Polygon
        A box in EPSG:4326.
    client : PoliteClient
        Made with `OVERPASS_POLICY`.
    url : str
        Address of the service, without ``/interpreter``.
    progress : callable, optional
        Told after each part the share of the area that is done.

    Raises
    ------
    TooMuchAskedError
        If even the smallest part is too much.
    FetchError
        Where the service or the way to it failed.
    """
    base, done = url.rstrip("/"), 0.0

    def parts(tile: Polygon, depth: int) -> Iterator[OsmAnswer]:
        nonlocal done
        try:
            yield client.content(
                f"{base}/interpreter",
                form={"data": place_query(kind, tile=tile)},
                read=read_answer,
                told_wait=lambda: _told_wait(client, base),
            )
        except TooMuchAskedError:
            if depth == _DEEPEST_SPLIT:
                raise
            for quarter in quarters(tile):
                yield from parts(quarter, depth + 1)
            return
        done += 0.25**depth
        if progress is not None:
            progress(done)

    return merged(parts(area, 0))


def _tag_filter(key: str, values: frozenset[str]) -> str:
    if not values:
        return f'["{key}"]'
    return f'["{key}"~"^({"|".join(sorted(values))})$"]'


def _told_wait(client: PoliteClient, base: str) -> float | None:
    """Ask the service in how many seconds it answers this machine again; None if it does not say.

    Its page says either how many slots are free, or of each when it will be.
    """
    try:
        status = client.content(
            f"{base}/status", read=lambda content: content.decode("utf-8"), tries=1
        )
    except (FetchError, UnicodeDecodeError):
        return None
    if _FREE.search(status):
        return None  # then the request before was one too many, and the usual wait will do
    waits = [int(each) for each in _SLOT.findall(status)]
    return float(max(min(waits), 0) + 1) if waits else None
