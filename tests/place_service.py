"""A server on this machine that answers as Overpass and the OS Downloads API do, faults included.

Overpass: the query is read and answered from a few nodes, ways and relations, in its own XML; a
query that matches too much ends as Overpass ends it, with an answer of status 200 that holds half
of it and a remark. Formats: OpenStreetMap wiki, "Overpass API/XML", "Overpass QL" and "OSM XML";
OS Data Hub, "OS Downloads API, technical specification".
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import quoteattr

from shapely import LineString, Point, box

from tests.service import Fault, Handler, Service, World

if TYPE_CHECKING:
    from collections.abc import Iterable

Tags = dict[str, str]
OSM_BASE: Final = "2026-11-20T10:00:00Z"
NOTE: Final = (
    "<note>The data included in this document is from www.openstreetmap.org. The data is made "
    "available under ODbL.</note>"
)
TIMED_OUT: Final = 'runtime error: Query timed out in "query" at line 2 after 181 seconds.'
NO_MEMORY: Final = (
    'runtime error: Query run out of memory in "recurse" at line 3 using about 512 MB of RAM: '
    "out of memory."
)
_STATEMENT: Final = re.compile(r"(node|way|relation)((?:\[[^\]]*\])+)\(([-\d.,]+)\);")
_FILTER: Final = re.compile(r'\["(\w+)"(?:(=|~)"([^"]*)")?\]')


def error_page(words: str) -> bytes:
    """The web page that Overpass says its errors in."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 '
        'Strict//EN"\n    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html '
        'xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">\n<head>\n  <meta '
        'http-equiv="content-type" content="text/html; charset=utf-8" lang="en"/>\n  <title>OSM3S '
        "Response</title>\n</head>\n<body>\n\n<p>The data included in this document is from "
        "www.openstreetmap.org. The data is made available under ODbL.</p>\n<p><strong "
        f'style="color:#FF0000">Error</strong>: {words} </p>\n\n</body>\n</html>\n'
    ).encode()


RATE_LIMITED: Final = error_page(
    "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::"
    "rate_limited. Please check /api/status for the quota of your IP address."
)
TOO_BUSY: Final = error_page(
    "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::"
    "timeout. The server is probably too busy to handle your request."
)
BAD_QUERY: Final = error_page("line 2: parse error: Unknown type &quot;wey&quot;")


@dataclass(slots=True)
class PlaceWorld(World):
    """What the server holds of OpenStreetMap and of Ordnance Survey, and how it is to fail."""

    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)  # lon, lat
    ways: dict[int, tuple[tuple[int, ...], Tags]] = field(default_factory=dict)
    relations: dict[int, tuple[tuple[tuple[str, int], ...], Tags]] = field(default_factory=dict)
    osm_bases: list[str] = field(default_factory=lambda: [OSM_BASE])  # the last goes on
    most_matches: int = 1_000_000
    remark: str = TIMED_OUT  # of a query that matches more
    status: str = "Connected as: 2130706433\nRate limit: 2\n2 slots available now.\n"
    queries: list[str] = field(default_factory=list)
    products: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # version, ZIP
    listed: dict[str, object] = field(default_factory=dict)  # to change in each entry
    storage_host: str = "localhost"  # the same machine by another name
    ranges: bool = True  # whether the storage knows them
    asked_ranges: list[str] = field(default_factory=list)


class PlaceService(Service):
    """The server, with the address of each service."""

    def handler(self) -> type[Handler]:
        return _PlaceHandler

    @property
    def overpass(self) -> str:
        return f"{self.root}/api"

    @property
    def os_downloads(self) -> str:
        return f"{self.root}/downloads/v1"


class _PlaceHandler(Handler):
    _world: PlaceWorld

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._query = parse_qs(sent)["data"][0]
        self._world.queries.append(self._query)
        self.reply()

    def whole(self) -> tuple[int, bytes, dict[str, str]]:
        world, url = self._world, urlsplit(self.path)
        if url.path == "/api/interpreter":
            body = answer(world, self._query)
            return 200, body, {"Content-Type": "application/osm3s+xml"}
        if url.path == "/api/status":
            return 200, world.status.encode(), {"Content-Type": "text/plain"}
        parts = url.path.strip("/").split("/")
        if parts[0] == "storage":
            return self._stored(world.products[parts[1]][1])
        if parts[:3] != ["downloads", "v1", "products"] or parts[3] not in world.products:
            return 404, b"{}", {}
        version, content = world.products[parts[3]]
        if len(parts) == 4:
            about = {"id": parts[3], "name": "OS product", "version": version}
            return 200, json.dumps(about).encode(), {}
        if "redirect" in parse_qs(url.query, keep_blank_values=True):
            port = self.server.server_address[1]
            to = f"http://{world.storage_host}:{port}/storage/{parts[3]}?sig=a%2Bb"
            return 307, b"", {"Location": to}
        host = self.headers["Host"]
        entries = _listing(parts[3], content, root=f"http://{host}")
        entries[-1] |= world.listed
        return 200, json.dumps(entries).encode(), {}

    def _stored(self, content: bytes) -> tuple[int, bytes, dict[str, str]]:
        asked = self.headers.get("Range", "")
        self._world.asked_ranges.append(asked)
        headers = {"Content-Type": "application/zip", "ETag": '"0x8DE"', "Accept-Ranges": "bytes"}
        if not asked or not self._world.ranges:
            return 200, content, headers
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            return 416, b"", {"Content-Range": f"bytes */{len(content)}"}
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return 206, content[start:], headers


def _listing(product: str, content: bytes, *, root: str) -> list[dict[str, object]]:
    """Other formats and areas first, as the service may list them in any order."""
    base = f"{root}/downloads/v1/products/{product}/downloads"
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return [
        {
            "md5": md5 if area == "GB" and given == "GeoPackage" else "0" * 32,
            "size": len(content),
            "url": f"{base}?area={area}&format={given.replace(' ', '+')}&redirect",
            "format": given,
            "area": area,
            "fileName": f"op_{area.casefold()}.zip",
        }
        for given, area in (
            ("ESRI® Shapefile", "TQ"),
            ("ESRI® Shapefile", "GB"),
            ("GeoPackage", "TQ"),
            ("GeoPackage", "GB"),
        )
    ]


def answer(world: PlaceWorld, query: str) -> bytes:
    """Answer a query of the form that `hotspots fetch` sends, as Overpass does."""
    matches = matched(world, query)
    remark = ""
    if len(matches) > world.most_matches:
        matches = dict(list(matches.items())[: len(matches) // 2])
        remark = f"<remark> {world.remark.replace('<', '&lt;')} </remark>\n"
    base = world.osm_bases.pop(0) if len(world.osm_bases) > 1 else world.osm_bases[0]
    return osm_document(world, matches, osm_base=base, remark=remark)


def matched(world: PlaceWorld, query: str) -> dict[tuple[str, int], Tags]:
    """What a query selects before it is recursed into."""
    assert query.startswith("[out:xml][timeout:180]"), query
    assert query.endswith(");\n(._;>;);\nout body;"), query
    found: dict[tuple[str, int], Tags] = {}
    for element, filters, bounds in _STATEMENT.findall(query):
        south, west, north, east = map(float, bounds.split(","))
        assert south < north, query
        assert west < east, query
        for number, (shape, tags) in _shapes(world, element):
            if shape.intersects(box(west, south, east, north)) and all(
                _passes(tags, *each) for each in _FILTER.findall(filters)
            ):
                found[element, number] = tags
    return found


def _passes(tags: Tags, key: str, sign: str, value: str) -> bool:
    if key not in tags:
        return False
    return tags[key] == value if sign == "=" else not sign or bool(re.search(value, tags[key]))


def _shapes(
    world: PlaceWorld, element: str
) -> Iterable[tuple[int, tuple[Point | LineString, Tags]]]:
    if element == "node":
        return [(each, (Point(x, y), tags)) for each, (x, y, tags) in world.nodes.items()]
    if element == "way":
        return [(each, (_line(world, refs), tags)) for each, (refs, tags) in world.ways.items()]
    return [
        (each, (_line(world, [ref for kind, way in members if kind == "way"
                              for ref in world.ways[way][0]]), tags))
        for each, (members, tags) in world.relations.items()
    ]  # fmt: skip


def _line(world: PlaceWorld, refs: Iterable[int]) -> LineString:
    return LineString([world.nodes[ref][:2] for ref in refs])


def osm_document(
    world: PlaceWorld,
    matches: Iterable[tuple[str, int]],
    *,
    osm_base: str = OSM_BASE,
    remark: str = "",
) -> bytes:
    """Write elements and what they are made of, in the order that Overpass writes them."""
    relations = sorted(number for element, number in matches if element == "relation")
    ways = {number for element, number in matches if element == "way"}
    ways |= {ref for each in relations for kind, ref in world.relations[each][0] if kind == "way"}
    nodes = {number for element, number in matches if element == "node"}
    nodes |= {ref for each in ways for ref in world.ways[each][0]}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<osm version="0.6" generator="Overpass API 0.7.62.8 e802775f">',
        NOTE,
        f'<meta osm_base="{osm_base}"/>',
        "",
    ]
    for each in sorted(nodes):
        lon, lat, tags = world.nodes[each]
        lines += [
            f'  <node id="{each}" lat="{lat:.7f}" lon="{lon:.7f}">',
            *_tags(tags),
            "  </node>",
        ]
    for each in sorted(ways):
        refs, tags = world.ways[each]
        nds = [f'    <nd ref="{ref}"/>' for ref in refs]
        lines += [f'  <way id="{each}">', *nds, *_tags(tags), "  </way>"]
    for each in relations:
        members, tags = world.relations[each]
        of = [f'    <member type="{kind}" ref="{ref}" role="outer"/>' for kind, ref in members]
        lines += [f'  <relation id="{each}">', *of, *_tags(tags), "  </relation>"]
    return "\n".join([*lines, f"{remark}\n</osm>\n"]).encode()


def _tags(tags: Tags) -> list[str]:
    return [f"    <tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]


__all__ = ["Fault", "PlaceService", "PlaceWorld"]
