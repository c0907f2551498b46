"""Ward boundaries of one borough from the Office for National Statistics' open geography service.

The service is an ArcGIS feature server with one layer for each vintage and level of detail, named
like ``WD_MAY_2025_UK_BFC_V2`` or ``Wards_December_2024_Boundaries_UK_BFC``. The newest vintage that
names each ward's borough is taken, at full resolution and clipped to the coast (BFC) where there is
one, because incidents are joined to wards by these lines. Format: the "Query (Feature
Service/Layer)" page of the ArcGIS REST API, https://developers.arcgis.com/rest/services-reference/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely
from shapely.geometry import shape

from data.settings import settings
from data.sources.areas import Area, find_area
from data.sources.fetch_errors import IncompleteReplyError, RefusedError, ReplyError
from data.sources.street_files import replace_file
from geo.counting import counted

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.sources.http import Params, PoliteClient

_LAYER: Final = re.compile(
    r"(?:WD|Wards)_(?P<month>[A-Za-z]{3,9})_(?P<year>20\d\d)_(?:Boundaries_)?"
    r"(?P<extent>UK|GB|EW|EN)_(?P<detail>BFC|BFE|BGC|BSC|BUC)(?:_V?(?P<version>\d+))?",
    re.IGNORECASE,
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_DETAILS: Final = ("BUC", "BSC", "BGC", "BFE", "BFC")  # coarsest first
_EXTENTS: Final = ("EN", "EW", "GB", "UK")  # narrowest first
_LAYERS_TO_TRY: Final = 8
_PAGES_AT_MOST: Final = 1000
_CREDIT: Final = (
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right {year}."
)


@dataclass(frozen=True, slots=True)
class BoroughWards:
    """A file of ward boundaries as it was downloaded.

    Attributes
    ----------
    path : Path
        GeoJSON, EPSG:4326, one polygon a ward, with the service's own columns for the codes and
        names of ward and borough (such as ``WD25CD``, ``WD25NM``, ``LAD25CD``, ``LAD25NM``).
    code, name : str
        The borough's.
    layer : str
        The layer it came from; its name says the vintage.
    wards : int
        How many.
    """

    path: Path
    code: str
    name: str
    layer: str
    wards: int


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the service and the names of its columns."""

    name: str
    url: str
    vintage: str  # "2025-05"
    ward_code: str
    ward_name: str
    borough_code: str
    borough_name: str


def borough_wards(
    area: str, *, folder: Path, client: PoliteClient, url: str | None = None
) -> BoroughWards:
    """Download the wards of one borough, newest vintage.

    Parameters
    ----------
    area : str
        The borough's name ("Tower Hamlets") or code ("E09000030").
    folder : Path
        Where to write ``wards-E09000030-2025-05.geojson``; made if need be.
    client : PoliteClient
        What the service is asked through.
    url : str, optional
        Address of the service; that of the settings by default.

    Returns
    -------
    BoroughWards
        The file and what is in it.

    Raises
    ------
    NoSuchAreaError, AmbiguousAreaError
        If no borough, or more than one, goes by that name; the message names candidates.
    FetchError
        Where the service or the way to it failed.
    FolderError
        Where the folder cannot be written.
    """
    layer = _newest_layer(client, url=(url or settings().boundaries_api_url).rstrip("/"))
    borough = find_area(area, areas=_boroughs(client, layer), source=layer.name)
    where = f"{layer.borough_code}='{borough.code}'"
    wards = _wards(client, layer, where=where)
    path = folder / f"wards-{borough.code}-{layer.vintage}.geojson"
    collection = {
        "type": "FeatureCollection",
        "name": layer.name,
        "attribution": _CREDIT.format(year=layer.vintage[:4]),
        "features": wards,
    }
    replace_file(path, json.dumps(collection, ensure_ascii=False).encode())
    return BoroughWards(path, borough.code, borough.name, layer.name, len(wards))


def outline(path: Path) -> BaseGeometry:
    """Return the union of the polygons of a downloaded ward file, EPSG:4326."""
    features = json.loads(path.read_bytes())["features"]
    wards = shapely.make_valid([shape(feature["geometry"]) for feature in features])
    union: BaseGeometry = shapely.union_all(wards)
    return union


def _newest_layer(client: PoliteClient, *, url: str) -> _Layer:
    """Return the newest ward layer that names each ward's borough."""
    listing = _ask(client, url, {"f": "json"})
    ranked = sorted(
        (
            (rank, str(service["name"]))
            for service in _records(listing.get("services"))
            if service.get("type") == "FeatureServer"
            and (rank := _rank(str(service.get("name", "")))) is not None
        ),
        reverse=True,
    )
    for rank, name in ranked[:_LAYERS_TO_TRY]:
        layer_url = f"{url}/{name}/FeatureServer/0"
        fields = [
            str(field.get("name", ""))
            for field in _records(_ask(client, layer_url, {"f": "json"}).get("fields"))
        ]
        columns = [_column(fields, prefix) for prefix in ("WD..CD", "WD..NM", "LAD..CD", "LAD..NM")]
        if all(columns):
            return _Layer(name, layer_url, f"{rank[0]}-{rank[1]:02d}", *columns)
    message = (
        f"{url} offers no ward boundaries that name each ward's borough (looked at "
        f"{min(len(ranked), _LAYERS_TO_TRY)} of {counted(len(ranked), 'ward layer')}). The service "
        "may have "
        "changed; download a ward file from https://geoportal.statistics.gov.uk and load that."
    )
    raise ReplyError(message)


def _rank(name: str) -> tuple[int, int, int, int, int] | None:
    """Order layers by vintage, then detail, extent and version; None for any other layer."""
    match = _LAYER.match(name)
    if match is None or match["month"][:3].casefold() not in _MONTHS:
        return None
    return (
        int(match["year"]),
        _MONTHS.index(match["month"][:3].casefold()) + 1,
        _DETAILS.index(match["detail"].upper()),
        _EXTENTS.index(match["extent"].upper()),
        int(match["version"] or 0),
    )


def _column(fields: list[str], pattern: str) -> str:
    """Return the first field like ``WD25CD``, in the service's own capitals; "" without one."""
    like = re.compile(pattern.replace("..", r"\d\d"), re.IGNORECASE)
    return next((field for field in fields if like.fullmatch(field)), "")


def _boroughs(client: PoliteClient, layer: _Layer) -> tuple[Area, ...]:
    """Return every borough the layer has wards of."""
    query: dict[str, str | int] = {
        "where": "1=1",
        "outFields": f"{layer.borough_code},{layer.borough_name}",
        "orderByFields": layer.borough_code,
        "returnDistinctValues": "true",
        "returnGeometry": "false",
        "f": "json",
    }
    rows = [_record(feature.get("attributes")) for feature in _pages(client, layer, query)]
    return tuple(
        sorted({Area(str(row[layer.borough_code]), str(row[layer.borough_name])) for row in rows})
    )


def _wards(client: PoliteClient, layer: _Layer, *, where: str) -> list[dict[str, object]]:
    """Return the wards as GeoJSON features in order of their codes; exactly those there are."""
    columns = (layer.ward_code, layer.ward_name, layer.borough_code, layer.borough_name)
    query: dict[str, str | int] = {
        "where": where,
        "outFields": ",".join(columns),
        "orderByFields": layer.ward_code,
        "outSR": 4326,
        "f": "geojson",
    }
    features = {
        str(properties[layer.ward_code]): {
            "type": "Feature",
            "properties": {column: properties.get(column) for column in columns},
            "geometry": feature.get("geometry"),
        }
        for feature in _pages(client, layer, query)
        if layer.ward_code in (properties := _record(feature.get("properties")))
    }
    count: dict[str, str | int] = {"where": where, "returnCountOnly": "true", "f": "json"}
    expected = _ask(client, f"{layer.url}/query", count).get("count")
    polygons = sum(
        _record(feature["geometry"]).get("type") in {"Polygon", "MultiPolygon"}
        for feature in features.values()
    )
    if not features or {len(features), polygons} != {expected}:
        message = (
            f"{layer.name} should hold {expected} wards for {where} and sent {len(features)}, of "
            f"which {polygons} have polygons. Nothing was kept. Try again later, or download a "
            "ward file from https://geoportal.statistics.gov.uk and load that."
        )
        raise ReplyError(message)
    return [features[code] for code in sorted(features)]


def _pages(client: PoliteClient, layer: _Layer, query: Params) -> Iterator[dict[str, object]]:
    """Yield all features of a query, page by page until the service says that was all."""
    offset = 0
    for _ in range(_PAGES_AT_MOST):
        page = _ask(client, f"{layer.url}/query", {**query, "resultOffset": offset})
        features = _records(page.get("features"))
        yield from features
        offset += len(features)
        # At the top in Esri's own JSON, among the properties of the collection in GeoJSON.
        more = page.get("exceededTransferLimit") or _record(page.get("properties")).get(
            "exceededTransferLimit"
        )
        if not more or not features:
            return
    message = (
        f"{layer.name} never came to an end after {counted(offset, 'feature')}. Try again later."
    )
    raise ReplyError(message)


def _ask(client: PoliteClient, url: str, params: Params) -> dict[str, object]:
    reply = client.json(url, params=params, check=_check_arcgis)
    if isinstance(reply, dict):
        return reply
    message = f"{url} should answer with a JSON object, and sent {str(reply)[:120]!r}."
    raise ReplyError(message)


def _check_arcgis(reply: object) -> None:
    """Find the errors that ArcGIS sends as an ordinary answer (HTTP 200)."""
    error = reply.get("error") if isinstance(reply, Mapping) else None
    if error is None:
        return
    details = _record(error)
    detail = f"{details.get('code')}: {details.get('message')} {details.get('details') or ''}"
    message = f"The boundary service answered with an error ({detail.strip()}). Try again later."
    if details.get("code") in {429, 500, 502, 503, 504}:
        raise IncompleteReplyError(message)
    raise RefusedError(message)


def _record(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _records(value: object) -> list[dict[str, object]]:
    return [_record(item) for item in value] if isinstance(value, list) else []
