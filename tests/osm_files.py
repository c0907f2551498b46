"""A small OpenStreetMap extract, as XML and as PBF, written by hand.

No library that writes PBF is needed for a file this small: it is a header and one block of
Protocol Buffers, not compressed (OpenStreetMap wiki, "PBF Format").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Tags = dict[str, str]
# Metres east and north of the corner, and tags.
NODES: Final[tuple[tuple[int, float, float, Tags], ...]] = (
    (1, 100, 100, {"railway": "station", "name": "Bow Road"}),
    (2, 400, 100, {"highway": "bus_stop", "name": "Bow Church"}),
    (3, 400, 400, {}),
    (4, 100, 400, {}),
    (5, 700, 700, {"man_made": "surveillance"}),
)
WAYS: Final[tuple[tuple[int, tuple[int, ...], Tags], ...]] = (
    (11, (1, 2), {"highway": "residential", "name": 'Tom "Thumb" Arch'}),
    (12, (2, 3), {"highway": "footway"}),
    (13, (3, 4), {"highway": "proposed", "name": "New Street"}),
    (14, (4, 5), {"highway": "trunk_link", "name": "Slip"}),
    (15, (1, 5), {"railway": "rail", "name": "Great Eastern"}),
    (16, (2, 5), {"waterway": "canal", "name": "Hertford Union"}),
    (17, (1, 2, 3, 4, 1), {"leisure": "park", "name": "Grove Park"}),
    (18, (1, 3, 4, 1), {"natural": "water", "name": "The Pond"}),
    (19, (2, 4), {"highway": "corridor"}),
)
_CORNER: Final = (530_000.0, 180_000.0)
_TO_DEGREES: Final = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def _degrees(east: float, north: float) -> tuple[float, float]:
    lon, lat = _TO_DEGREES.transform(_CORNER[0] + east, _CORNER[1] + north)
    return float(lon), float(lat)


def osm_xml(path: Path) -> Path:
    """Write the extract as XML."""

    def tags(given: Tags) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in given.items())

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for number, east, north, given in NODES:
        lon, lat = _degrees(east, north)
        lines.append(f'<node id="{number}" lon="{lon:.7f}" lat="{lat:.7f}">{tags(given)}</node>')
    for number, refs, given in WAYS:
        nodes = "".join(f'<nd ref="{each}"/>' for each in refs)
        lines.append(f'<way id="{number}">{nodes}{tags(given)}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def osm_pbf(path: Path) -> Path:
    """Write the extract as PBF."""
    strings: list[str] = [""]

    def at(text: str) -> int:
        if text not in strings:
            strings.append(text)
        return strings.index(text)

    def tags(given: Tags) -> bytes:
        if not given:  # GDAL reads no further at an empty list
            return b""
        return _packed(2, map(at, given)) + _packed(3, map(at, given.values()))

    nodes, ways = b"", b""
    for number, east, north, given in NODES:
        lon, lat = (round(each * 1e7) for each in _degrees(east, north))
        place = _number(8, _zigzag(lat)) + _number(9, _zigzag(lon))
        nodes += _field(1, _number(1, _zigzag(number)) + tags(given) + place)
    for number, refs, given in WAYS:
        steps = [after - before for before, after in zip((0, *refs), refs, strict=False)]
        ways += _field(3, _number(1, number) + tags(given) + _packed(8, map(_zigzag, steps)))
    table = b"".join(_field(1, text.encode()) for text in strings)
    block = _field(1, table) + _field(2, nodes) + _field(2, ways)
    path.write_bytes(_blob("OSMHeader", _field(4, b"OsmSchema-V0.6")) + _blob("OSMData", block))
    return path


def _blob(kind: str, content: bytes) -> bytes:
    blob = _field(1, content) + _number(2, len(content))
    header = _field(1, kind.encode()) + _number(3, len(blob))
    return len(header).to_bytes(4, "big") + header + blob


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _packed(field: int, values: Sequence[int] | map[int]) -> bytes:
    return _field(field, b"".join(map(_varint, values)))
