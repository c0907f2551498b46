"""Reading ward files: GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase, or a ZIP of one.

The kind of a file is recognised by its content. GDAL reads it, through pyogrio, always from a plain
file on disk: a ZIP is checked first (no path that leads outside, no bomb, nothing locked) and only
the members needed are unpacked, into a folder that is deleted again.

GeoJSON without a ``crs`` member is longitude and latitude (RFC 7946, section 4); a file that says
so and holds metres is refused, as is a Shapefile without its ``.prj``, unless the coordinate system
is stated by the user, whose word counts for more than the file's.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.rows.errors import DamagedFileError, FileError
from data.sources.files import BROKEN, Limits
from geo.ward_checks import Finding, WardFileError
from geo.wards import WardLayer, ward_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.sources.files import Part
    from data.sources.source_file import SourceFile

WARD_LIMITS: Final = Limits(unpacked_mb=512)
_SHAPEFILE: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED: Final = (".shp", ".shx", ".dbf")
_MAPS: Final = (".shp", ".gpkg", ".geojson", ".json", ".kml")
_GEODATABASE: Final = (".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx", ".freelist")
_LAYERED: Final = (".gpkg", ".gdb", ".kml")  # formats whose files hold layers with names


class NotAMapFileError(FileError):
    """The file holds no boundaries."""


class WhichLayerError(FileError):
    """There are several layers to choose from, or not the one that was asked for."""


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
    with _plain_file(source, layer=layer) as plain:
        named = layer if plain.suffix in _LAYERED else None
        frame = _read(plain, layer=named, name=source.name)
    source.parts[0].refuse_change()
    return _with_crs(frame, crs=crs)


@contextmanager
def _plain_file(source: SourceFile, *, layer: str | None) -> Iterator[Path]:
    """Give a plain file that GDAL can read, unpacked from an archive if need be."""
    path = source.path
    ending = _ending(source)
    with tempfile.TemporaryDirectory() as folder:
        if ending == ".gdb":
            plain = Path(folder) / "wards.gdb"
            plain.mkdir()
            for part in _members_of_geodatabase(source, layer=layer):
                _unpack(part, plain / PurePosixPath(part.name).name, name=source.name)
            yield plain
            return
        if ending != ".zip":
            if ending == ".shp":
                siblings = path.parent.glob(f"{path.stem}.*")
                _refuse_partial({sibling.suffix.lower() for sibling in siblings}, path)
            # GDAL goes by the ending, which need not be the right one.
            plain = path if path.suffix.lower() == ending else Path(folder) / f"wards{ending}"
            if plain != path:
                shutil.copyfile(path, plain)
            yield plain
            return
        members = _members_of_map(source, layer=layer)
        for part in members:
            plain = Path(folder) / f"wards{PurePosixPath(part.name).suffix.lower()}"
            _unpack(part, plain, name=source.name)
        yield Path(folder) / f"wards{PurePosixPath(members[0].name).suffix.lower()}"


def _unpack(part: Part, plain: Path, *, name: str) -> None:
    try:
        with part.open() as packed, plain.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    except BROKEN as fault:
        raise _damaged(name, str(fault)) from fault


def _ending(source: SourceFile) -> str:
    """Return the ending that fits the file's content, or refuse what holds no boundaries."""
    if any(PurePosixPath(part.name).suffix.lower() == ".gdbtable" for part in source.parts):
        return ".gdb"
    if source.content in ("archive", "spreadsheet"):
        return ".zip"
    for start, ending in ((b"SQLite format 3\0", ".gpkg"), (b"\x00\x00\x27\x0a", ".shp")):
        if source.start.startswith(start):
            return ending
    text = source.start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return ".geojson"
    found = "a folder" if source.content == "folder" else "something else"
    if text.startswith(b"<") and re.search(rb"<(\w+:)?kml[\s>]", source.start):
        return ".kml"
    if text.startswith(b"<"):
        found = "a web page or XML, so the download probably failed"
    raise _no_map(source.name, found=found)


def _members_of_geodatabase(source: SourceFile, *, layer: str | None) -> list[Part]:
    """Return the files of the one geodatabase; `layer` may name it where there are several."""
    folders: dict[PurePosixPath, list[Part]] = {}
    for part in source.parts:
        inside = PurePosixPath(part.name)
        name = inside.name.lower()
        if inside.suffix.lower() in _GEODATABASE or name in ("gdb", "timestamps"):
            folders.setdefault(inside.parent, []).append(part)
    folders = {
        folder: parts
        for folder, parts in folders.items()
        if any(part.name.lower().endswith(".gdbtable") for part in parts)
    }
    if len(folders) > 1:
        folders = {f: p for f, p in folders.items() if layer in (f.name, f.stem, str(f))} or folders
    if len(folders) != 1:
        raise _which_layer(source.name, found=", ".join(sorted(map(str, folders)))[:200])
    return next(iter(folders.values()))


def _members_of_map(source: SourceFile, *, layer: str | None) -> list[Part]:
    """Return the members that make up one map, the file to open first."""
    members = {PurePosixPath(part.name): part for part in source.parts}
    maps = [name for name in members if name.suffix.lower() in _MAPS]
    packages = any(name.suffix.lower() == ".gpkg" for name in maps)
    named = [name for name in maps if layer in (name.stem, name.name, str(name))]
    maps = named or (maps if layer is None or (packages and len(maps) == 1) else [])
    if len(maps) != 1:
        found = ", ".join(sorted(map(str, maps or members))[:8]) or "no files"
        if layer is None and not maps:
            raise _no_map(source.name, found=found)
        raise _which_layer(source.name, found=found)
    first = maps[0]
    if first.suffix.lower() != ".shp":
        return [members[first]]
    same_stem = {n: p for n, p in members.items() if n.with_suffix("") == first.with_suffix("")}
    _refuse_partial({name.suffix.lower() for name in same_stem}, source.path)
    rest = [p for n, p in same_stem.items() if n != first and n.suffix.lower() in _SHAPEFILE]
    return [members[first], *rest]


def _refuse_partial(endings: set[str], path: Path) -> None:
    missing = [ending for ending in _NEEDED if ending not in endings]
    if missing:
        raise DamagedFileError(
            what="Some files of the Shapefile are missing.",
            found=f"no {' and no '.join(missing)} in {path.name} or next to it",
            do="Put the .shp, .shx, .dbf and .prj files into one ZIP.",
        )


def _read(plain: Path, *, layer: str | None, name: str) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # GDAL remarks on rings and measures; the checks of the layer say what matters.
            warnings.filterwarnings("ignore", module="pyogrio")
            layer_name = _layer(pyogrio.list_layers(plain).tolist(), layer=layer, name=name)
            frame = gpd.read_file(plain, layer=layer_name, engine="pyogrio")
    except (DataSourceError, DataLayerError) as fault:
        found = str(fault).split(";")[0].replace(str(plain), name)
        if "not recognized" in found:
            raise _no_map(name, found=found) from fault
        raise _damaged(name, found) from fault
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _no_map(name, found="a table")
    return frame


def _layer(listed: list[tuple[str, str | None]], *, layer: str | None, name: str) -> str:
    """Return the layer asked for, or the only one that has polygons."""
    shaped = {each: kind for each, kind in listed if kind is not None}
    if not shaped:
        raise _no_map(name, found="tables without shapes" if listed else "no layers")
    polygons = [each for each, kind in shaped.items() if "Polygon" in kind]
    names = polygons or list(shaped)
    if layer is not None:
        names = [each for each in shaped if each == layer]
    if len(names) != 1:
        raise _which_layer(name, found=", ".join(names or shaped))
    return names[0]


def _with_crs(
    frame: gpd.GeoDataFrame, *, crs: str | None
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Return the frame with the CRS it is to be read in, and what there is to say about that."""
    stated = frame.crs
    if stated is not None and "undefined" in stated.name.lower():
        stated = None  # what a GeoPackage says when it does not know
    if crs is None:
        return frame.set_crs(stated, allow_override=True), ()
    try:
        meant = CRS(crs)
    except CRSError as fault:
        message = (
            f"Unknown coordinate system {crs!r}. Write it as its EPSG number, such as "
            "EPSG:27700 for British National Grid."
        )
        raise UnknownCrsError(message) from fault
    if stated is None or stated.equals(meant, ignore_axis_order=True):
        return frame.set_crs(meant, allow_override=True), ()
    remark = f"The file says it is in {stated.name}; it is read as {meant.name}, as you stated."
    return frame.set_crs(meant, allow_override=True), (Finding(kind="crs", message=remark),)


def _no_map(name: str, *, found: str) -> NotAMapFileError:
    return NotAMapFileError(
        what=f"{name} holds no boundaries.",
        found=found,
        do="Boundaries can be read from GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase, or "
        "a ZIP of one of these.",
    )


def _which_layer(name: str, *, found: str) -> WhichLayerError:
    return WhichLayerError(
        what=f"{name} holds several layers, or not the one that was named.",
        found=found,
        do="Name one of these as the layer.",
    )


def _damaged(name: str, fault: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"{name} is damaged, or was not downloaded to its end.",
        found=fault[:200],
        do="Download or export it again.",
    )
