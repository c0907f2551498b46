"""Hotspots as files for maps: GeoJSON and GeoPackage."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import mapping

from data.exports.contents import flat_table, rounded_rows
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from data.exports.contents import ExportMeta
    from models.hotspots.shape import Hotspots

_DEGREE_DECIMALS: Final = 6  # about a decimetre
GEOPACKAGE_LAYER: Final = "hotspots"
STRETCH_LAYER: Final = "stretches"
_TYPES: Final = {GEOPACKAGE_LAYER: "MultiPolygon", STRETCH_LAYER: "MultiLineString"}
_STRETCH_COLUMNS: Final = ("hotspot_id", "method", "rank", "near", "stretch_m", "stretch_streets")


def to_geojson(
    hotspots: Hotspots,
    *,
    meta: ExportMeta,
    here: Mapping[str, list[dict[str, Any]]] | None = None,
) -> bytes:
    """Return hotspots as GeoJSON: longitude and latitude (EPSG:4326), as RFC 7946 asks.

    Properties are the columns of the one hotspot shape; ``wards`` is an array of objects with
    ``code``, ``name`` and ``share``, ``reasons`` and ``stretch_streets`` arrays of texts; what is
    not known is null. What the file says about itself is the collection's member ``metadata``.

    From a method that finds streets, the outlines (``part`` is "outline") are followed by as many
    features with the line of each one's stretch (``part`` is "stretch"), a MultiLineString with the
    same ``hotspot_id`` and ``rank``.

    Parameters
    ----------
    hotspots : Hotspots
        In any CRS. May have no rows.
    meta : ExportMeta
        What the file says about itself.
    here : mapping of str to list, optional
        The places in and around each hotspot by its id, as `places_json` gives them; each feature
        then has the property ``here``.

    Returns
    -------
    bytes
        UTF-8. Outer rings run anticlockwise.
    """
    degrees = hotspots.frame.geometry.to_crs(WGS84).to_numpy()
    shapes = shapely.orient_polygons(
        shapely.transform(degrees, lambda at: np.round(at, _DEGREE_DECIMALS))
    )
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "metadata": meta.described(hotspots),
    }
    if len(shapes):
        collection["bbox"] = shapely.total_bounds(shapes).tolist()
    rows = rounded_rows(hotspots)
    collection["features"] = [
        {
            "type": "Feature",
            "id": row["hotspot_id"],
            "geometry": mapping(shape),
            "properties": {
                **({"part": "outline"} if hotspots.stretches else {}),
                **row,
                "wards": [
                    {"code": ward.code, "name": ward.name, "share": round(ward.share, 4)}
                    for ward in row["wards"]
                ],
                **({} if here is None else {"here": here[row["hotspot_id"]]}),
            },
        }
        for row, shape in zip(rows, shapes, strict=True)
    ] + _stretch_features(hotspots, rows)
    text = json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _stretch_features(
    hotspots: Hotspots, rows: Sequence[Mapping[Hashable, Any]]
) -> list[dict[str, Any]]:
    """Return the line of each hotspot's stretch as a feature; none without stretches."""
    if not hotspots.stretches:
        return []
    lines = _lines(hotspots).to_crs(WGS84).to_numpy()
    rounded = shapely.transform(lines, lambda at: np.round(at, _DEGREE_DECIMALS))
    return [
        {
            "type": "Feature",
            "id": f"{row['hotspot_id']}-stretch",
            "geometry": mapping(line),
            "properties": {"part": "stretch", **{name: row[name] for name in _STRETCH_COLUMNS}},
        }
        for row, line in zip(rows, rounded, strict=True)
    ]


def _lines(hotspots: Hotspots) -> gpd.GeoSeries:
    """Return the line of each hotspot's stretch, all of one type, as GIS programs want it."""
    lines = [
        shapely.MultiLineString(shapely.get_parts(s.line).tolist()) for s in hotspots.stretches
    ]
    return gpd.GeoSeries(lines, crs=hotspots.frame.crs)


def to_geopackage(hotspots: Hotspots, *, meta: ExportMeta) -> bytes:
    """Return hotspots as a GeoPackage in their own metric CRS, with the layer ``hotspots``.

    Wards and reasons are text. What the file says about itself is the layer's metadata, and in the
    column ``notice`` where the incidents are simulated, which no reader can overlook. From a method
    that finds streets there is the layer ``stretches`` as well, one MultiLineString a hotspot.

    Returns
    -------
    bytes
        Every geometry of ``hotspots`` is a MultiPolygon.
    """
    described = meta.described(hotspots)
    table = flat_table(hotspots)
    if "notice" in described:
        table["notice"] = described["notice"]
    said = {
        name: " ".join(value) if isinstance(value, list) else str(value)
        for name, value in described.items()
        if value is not None
    }
    shapes = hotspots.frame.geometry.to_numpy()
    layers = {GEOPACKAGE_LAYER: (gpd.GeoDataFrame(table, geometry=shapes, crs=hotspots.frame.crs))}
    if hotspots.stretches:
        columns = [name for name in (*_STRETCH_COLUMNS, "notice") if name in table]
        layers[STRETCH_LAYER] = gpd.GeoDataFrame(table[columns], geometry=_lines(hotspots))
    with tempfile.TemporaryDirectory() as folder:  # a second layer cannot be added in memory
        path = Path(folder) / "hotspots.gpkg"
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                frame,
                path,
                driver="GPKG",
                layer=name,
                geometry_type=_TYPES[name],
                promote_to_multi=True,
                layer_metadata=said,
            )
        return path.read_bytes()
