"""Hotspots as files for maps: GeoJSON and GeoPackage."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import mapping

from data.exports.contents import flat_table, rounded_rows
from geo.crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.exports.contents import ExportMeta
    from models.hotspots.shape import Hotspots

_DEGREE_DECIMALS: Final = 6  # about a decimetre
GEOPACKAGE_LAYER: Final = "hotspots"


def to_geojson(
    hotspots: Hotspots,
    *,
    meta: ExportMeta,
    here: Mapping[str, list[dict[str, Any]]] | None = None,
) -> bytes:
    """Return hotspots as GeoJSON: longitude and latitude (EPSG:4326), as RFC 7946 asks.

    Properties are the columns of the one hotspot shape; ``wards`` is an array of objects with
    ``code``, ``name`` and ``share``, ``reasons`` an array of texts; what is not known is null. What
    the file says about itself is the collection's member ``metadata``.

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
    collection["features"] = [
        {
            "type": "Feature",
            "id": row["hotspot_id"],
            "geometry": mapping(shape),
            "properties": {
                **row,
                "wards": [
                    {"code": ward.code, "name": ward.name, "share": round(ward.share, 4)}
                    for ward in row["wards"]
                ],
                **({} if here is None else {"here": here[row["hotspot_id"]]}),
            },
        }
        for row, shape in zip(rounded_rows(hotspots.frame), shapes, strict=True)
    ]
    text = json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def to_geopackage(hotspots: Hotspots, *, meta: ExportMeta) -> bytes:
    """Return hotspots as a GeoPackage in their own metric CRS, with the one layer ``hotspots``.

    Wards and reasons are text. What the file says about itself is the layer's metadata, and in the
    column ``notice`` where the incidents are simulated, which no reader can overlook.

    Returns
    -------
    bytes
        Every geometry is a MultiPolygon.
    """
    described = meta.described(hotspots)
    table = flat_table(hotspots.frame)
    if "notice" in described:
        table["notice"] = described["notice"]
    shapes = hotspots.frame.geometry.to_numpy()
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=hotspots.frame.crs)
    file = io.BytesIO()
    pyogrio.write_dataframe(
        frame,
        file,
        driver="GPKG",
        layer=GEOPACKAGE_LAYER,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        layer_metadata={
            name: " ".join(value) if isinstance(value, list) else str(value)
            for name, value in described.items()
            if value is not None
        },
    )
    return file.getvalue()
