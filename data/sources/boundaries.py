"""Reading ward files: GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase, or a ZIP of one.

The kind of a file is recognised by its content. GDAL reads it, through pyogrio, always from a plain
file on disk: a ZIP is checked first (no path that leads outside, no bomb, nothing locked) and only
the members needed are unpacked, into a folder that is deleted again.

GeoJSON without a ``crs`` member is longitude and latitude (RFC 7946, section 4); a file that says
so and holds metres is refused, as is a Shapefile without its ``.prj``, unless the coordinate system
is stated by the user, whose word counts for more than the file's.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyogrio
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.faults import CARELESS, plain_faults
from data.rows.errors import DamagedFileError
from data.sources.cut_short import refuse_cut_short, refuse_missing_rows
from data.sources.files import Limits
from data.sources.map_files import (
    damaged_map,
    fault_in_words,
    no_map,
    plain_file,
    which_layer,
)
from geo.ward_checks import Finding, WardFileError
from geo.wards import WardLayer, ward_layer

if TYPE_CHECKING:
    from pathlib import Path

    from data.sources.source_file import SourceFile

WARD_LIMITS: Final = Limits(unpacked_mb=512)
_LAYERED: Final = (".gpkg", ".gdb", ".kml")  # formats whose files hold layers with names


class UnknownCrsError(WardFileError):
    """A coordinate system was stated that does not exist."""


def read_wards(
    source: SourceFile,
    *,
    metric_crs: str,
    crs: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    borough_code: str | None = None,
    layer: str | None = None,
) -> WardLayer:
    """Read a ward file and make a checked layer of it.

    Parameters
    ----------
    source : SourceFile
        GeoJSON, GeoPackage, Shapefile (its parts in the same folder), KML, a folder that is a File
        Geodatabase, or a ZIP of one of these.
    metric_crs : str
        CRS of the layer that is made.
    crs : str, optional
        CRS of the file, where it states none or a wrong one.
    code_column, name_column : str, optional
        Columns of ward codes and names; found by content if not given.
    borough_code : str, optional
        Code of the borough of all wards, for a file that does not give it.
    layer : str, optional
        Name of the layer, or of the file in the ZIP, where there are several.

    Raises
    ------
    FileError
        If the file cannot be read, does not hold boundaries, or was changed; by subclass.
    WardFileError, UnknownColumnError, NoWardCodesError
        If it can be read and is not a usable layer of wards (`geo.wards.ward_layer`).
    """
    frame, crs_findings = read_shapes(source, crs=crs, layer=layer)
    wards = ward_layer(
        frame,
        metric_crs=metric_crs,
        code_column=code_column,
        name_column=name_column,
        borough_code=borough_code,
    )
    return replace(wards, report=(*crs_findings, *wards.report))


def read_shapes(
    source: SourceFile, *, crs: str | None = None, layer: str | None = None
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Read the shapes of a file as they are, in its own CRS or the one stated.

    Returns
    -------
    GeoDataFrame
        Its CRS is None where neither the file nor the caller states one.
    tuple of Finding
        What there is to say about the CRS.

    Raises
    ------
    FileError
        If the file cannot be read, does not hold shapes, or was changed; by subclass.
    UnknownCrsError
        If a coordinate system is stated that does not exist.
    """
    with plain_file(source, layer=layer) as plain:
        named = layer if plain.suffix in _LAYERED else None
        frame = _read(plain, layer=named, name=source.name)
    source.parts[0].refuse_change()
    return _with_crs(frame, crs=crs)


def _read(plain: Path, *, layer: str | None, name: str) -> gpd.GeoDataFrame:
    try:
        with (
            plain_faults(name, damaged=partial(_damage_of, name), also=CARELESS),
            warnings.catch_warnings(),
        ):
            # GDAL remarks on rings and measures; the checks of the layer say what matters.
            warnings.filterwarnings("ignore", module="pyogrio")
            refuse_cut_short(plain, name=name)
            layer_name = _layer(pyogrio.list_layers(plain).tolist(), layer=layer, name=name)
            rows = pyogrio.read_info(plain, layer=layer_name, force_feature_count=True)["features"]
            frame = gpd.read_file(plain, layer=layer_name, engine="pyogrio")
            refuse_missing_rows(len(frame), of=int(rows), name=name)
    except DamagedFileError as fault:
        if "not recognized" in fault.found:
            raise no_map(name, content=fault.found) from fault
        raise
    if not isinstance(frame, gpd.GeoDataFrame):
        raise no_map(name, content="a table")
    return frame


def _damage_of(name: str, found: str) -> DamagedFileError:
    return damaged_map(name, fault_in_words(found, name=name))


def _layer(listed: list[tuple[str, str | None]], *, layer: str | None, name: str) -> str:
    """Return the layer asked for, or the only one that has polygons."""
    shaped = {each: kind for each, kind in listed if kind is not None}
    if not shaped:
        raise no_map(name, content="tables without shapes" if listed else "no layers")
    polygons = [each for each, kind in shaped.items() if "Polygon" in kind]
    names = polygons or list(shaped)
    if layer is not None:
        names = [each for each in shaped if each == layer]
    if len(names) != 1:
        raise which_layer(name, layers=", ".join(names or shaped))
    return names[0]


def _with_crs(
    frame: gpd.GeoDataFrame, *, crs: str | None
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Return the frame with the CRS it is to be read in, and what there is to say about that."""
    used, remark = crs_in_use(frame.crs, crs=crs)
    findings = (Finding(kind="crs", message=remark),) if remark else ()
    return frame.set_crs(used, allow_override=True), findings


def crs_in_use(stated: CRS | None, *, crs: str | None) -> tuple[CRS | None, str]:
    """Return the CRS that a file is to be read in, and what there is to say about that.

    Parameters
    ----------
    stated : CRS or None
        By the file.
    crs : str or None
        By the user, whose word counts for more.

    Raises
    ------
    UnknownCrsError
        If the user states one that does not exist.
    """
    if stated is not None and "undefined" in stated.name.lower():
        stated = None  # what a GeoPackage says when it does not know
    if crs is None:
        return stated, ""
    try:
        meant = CRS(crs)
    except CRSError as fault:
        message = (
            f"Unknown coordinate system {crs!r}. Write it as its EPSG number, such as "
            "EPSG:27700 for British National Grid."
        )
        raise UnknownCrsError(message) from fault
    if stated is None or stated.equals(meant, ignore_axis_order=True):
        return meant, ""
    return (
        meant,
        f"The file says it is in {stated.name}; it is read as {meant.name}, as you stated.",
    )
