"""A server on this machine that answers as data.police.uk and the ONS geography service do.

Real sockets, no internet. Faults are queued and each is spent on the next request. Formats:
https://data.police.uk/docs/ and https://developers.arcgis.com/rest/services-reference/.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import numpy as np
import shapely
from shapely import Polygon

if TYPE_CHECKING:
    import ssl
    from socket import socket
    from socketserver import BaseServer

LONGEST_REQUEST = 4094  # characters of an address that data.police.uk accepts
PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the council's network</title></head></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One spoilt answer: a status, another body, or one cut or stopped after so many bytes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut_after: int | None = None
    hang: bool = False


@dataclass(slots=True)
class Layer:
    """A feature layer: names of its fields, GeoJSON features, and how many it sends at once."""

    fields: tuple[str, ...]
    features: list[dict[str, Any]]
    page: int = 2000
    lost: int = 0  # how many features it counts but never sends


@dataclass(slots=True)
class World:
    """What the server holds, what it was asked, and how it is to fail."""

    crimes: list[dict[str, Any]] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)  # listed, yet not there
    most_crimes: int = 10_000
    layers: dict[str, Layer] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    fault_on: str = ""  # only requests whose path contains this are spoilt
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def count(self, part: str) -> int:
        """How many requests had `part` in their address."""
        return sum(part in path for path in self.asked)


class Service:
    """The server, on a free port of 127.0.0.1 for as long as the context lasts."""

    def __init__(self, world: World, *, tls: ssl.SSLContext | None = None) -> None:
        self.world = world
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(self.handler(), world))
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def handler(self) -> type[Handler]:
        """What answers a request."""
        return Handler

    @property
    def root(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def police(self) -> str:
        return f"{self.root}/api"

    @property
    def boundaries(self) -> str:
        return f"{self.root}/arcgis/rest/services"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.world.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(
        self, world: World, request: socket, client_address: tuple[str, int], server: BaseServer
    ) -> None:
        self._world = world
        super().__init__(request, client_address, server)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""

    def do_GET(self) -> None:
        self.reply()

    def reply(self) -> None:
        """Answer a request, or spoil the answer if a fault is due."""
        world = self._world
        if world.released.is_set():  # a connection that outlived the server
            self.close_connection = True
            return
        world.asked.append(self.path)
        world.agents.append(self.headers.get("User-Agent", ""))
        fault = None
        if world.faults and world.fault_on in self.path:
            fault = world.faults.popleft()
        if fault is not None and fault.hang and fault.cut_after is None:
            world.released.wait()
            self.close_connection = True
            return
        if fault is not None and fault.status != 200:
            self._send(fault.status, fault.body or b"", headers=fault.headers)
            return
        status, body, headers = self.whole()
        if fault is not None and fault.body is not None:
            status, body, headers = fault.status, fault.body, fault.headers
        self._send(status, body, headers=headers, cut_after=fault.cut_after if fault else None)
        if fault is not None and fault.hang:
            self.wfile.flush()
            world.released.wait()

    def whole(self) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of the answer without a fault."""
        status, document = self._answer()
        return status, json.dumps(document).encode(), {}

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        headers: dict[str, str] | None = None,
        cut_after: int | None = None,
    ) -> None:
        self.send_response(status)
        if "Content-Type" not in (headers or {}):
            kind = "text/html" if body.startswith(b"<") else "application/json"
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut_after])
        if cut_after is not None:
            self.close_connection = True

    def _answer(self) -> tuple[int, object]:
        url = urlsplit(self.path)  # the whole address when this server is used as a proxy
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if len(self.path) > LONGEST_REQUEST:
            return 400, {"error": "too long"}
        if url.path == "/api/crimes-street-dates":
            months = sorted(self._world.published, reverse=True)
            return 200, [{"date": month, "stop-and-search": ["metropolitan"]} for month in months]
        if url.path == "/api/crimes-street/all-crime":
            return self._crimes(query)
        if url.path.startswith("/arcgis/rest/services"):
            return 200, self._arcgis(url.path.removeprefix("/arcgis/rest/services"), query)
        return 404, {}

    def _crimes(self, query: dict[str, str]) -> tuple[int, object]:
        world, month = self._world, query["date"]
        if month not in world.published or month in world.withdrawn:
            return 404, {}
        pairs = [pair.split(",") for pair in query["poly"].split(":")]
        area = Polygon([(float(lng), float(lat)) for lat, lng in pairs])
        listed = [crime for crime in world.crimes if crime["month"] == month]
        places = [crime["location"] for crime in listed]
        lngs = np.array([float(place["longitude"]) for place in places])
        points = shapely.points(lngs, [float(place["latitude"]) for place in places])
        shapely.prepare(area)
        inside = [listed[number] for number in np.flatnonzero(shapely.covers(area, points))]
        return (503, {}) if len(inside) > world.most_crimes else (200, inside)

    def _arcgis(self, path: str, query: dict[str, str]) -> object:
        world = self._world
        if not path:
            names = [{"name": name, "type": "FeatureServer"} for name in world.layers]
            return {"currentVersion": 11.5, "services": names}
        name = path.split("/")[1]
        if name not in world.layers:
            return _arcgis_error("Invalid URL")
        layer = world.layers[name]
        if not path.endswith("/query"):
            fields = [{"name": name, "type": "esriFieldTypeString"} for name in layer.fields]
            return {"id": 0, "maxRecordCount": layer.page, "fields": fields}
        return _query(layer, query)


def _arcgis_error(words: str) -> dict[str, object]:
    return {"error": {"code": 400, "message": words, "details": ["Invalid query parameters."]}}


def _query(layer: Layer, query: dict[str, str]) -> object:
    asked_fields = [name for name in query.get("outFields", "").split(",") if name]
    where = re.fullmatch(r"(\w+)='(.*)'", query["where"])
    used = asked_fields + ([where[1]] if where else [])
    if any(name not in layer.fields for name in used) or not (where or query["where"] == "1=1"):
        return _arcgis_error("Cannot perform query. Invalid query parameters.")
    rows = [
        {**feature, "properties": {name: feature["properties"][name] for name in asked_fields}}
        for feature in layer.features
        if where is None or feature["properties"][where[1]] == where[2].replace("''", "'")
    ]
    if query.get("returnCountOnly") == "true":
        return {"count": len(rows) + layer.lost}
    if query.get("returnDistinctValues") == "true":
        rows = list({tuple(row["properties"].values()): row for row in rows}.values())
    if order := query.get("orderByFields"):
        rows.sort(key=lambda row: row["properties"][order])
    start = int(query.get("resultOffset", 0))
    page, more = rows[start : start + layer.page], len(rows) > start + layer.page
    flag = {"exceededTransferLimit": True} if more else {}
    if query["f"] == "geojson":
        extra = {"properties": flag} if more else {}
        return {"type": "FeatureCollection", "features": page, **extra}
    return {"features": [{"attributes": row["properties"]} for row in page], **flag}
