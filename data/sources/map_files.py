"""A map file as a plain file on disk that GDAL can read, from whatever it came in.

The kind of a file is recognised by its content. A ZIP is checked first (no path that leads outside,
no bomb, nothing locked) and only the members needed are unpacked, into a folder that is deleted
again. Boundaries and places are both read through here; places come in more formats.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from data.rows.errors import DamagedFileError, FileError
from data.sources.files import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.sources.files import Part
    from data.sources.source_file import SourceFile

BOUNDARY_MAPS: Final = (".shp", ".gpkg", ".geojson", ".json", ".kml")
PLACE_MAPS: Final = (*BOUNDARY_MAPS, ".fgb", ".pbf", ".osm")
_SHAPEFILE: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED: Final = (".shp", ".shx", ".dbf")
_GEODATABASE: Final = (".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx", ".freelist")
_STARTS: Final = (
    (b"SQLite format 3\0", ".gpkg"),
    (b"\x00\x00\x27\x0a", ".shp"),
    (b"fgb\x03fgb", ".fgb"),
)
_FAULTS: Final = (
    (r"sqlite|malformed|not a database|gpkg", "its tables cannot be read"),
    (r"json", "its JSON is not complete, or not correct"),
    (r"filegdb|gdbtable|openfilegdb", "a table of the geodatabase cannot be read"),
    (r"\.shx", "its .shx cannot be read"),
    (r"dbf", "its .dbf cannot be read"),
    (r"xml|kml|element|token", "its XML is not complete, or not correct"),
    (r"pbf|protobuf|blob|osm", "a block of it cannot be read"),
    (r"i/o|reading|parsing|read all|fread|feature", "a row of it cannot be read"),
    (r"unpack|decompress|zlib|deflate|lzma", "what is packed in it cannot be unpacked"),
)
_PBF: Final = re.compile(rb"\x00\x00..\x0a\x09OSMHeader", re.DOTALL)


class NotAMapFileError(FileError):
    """The file holds no boundaries."""


class WhichLayerError(FileError):
    """There are several layers to choose from, or not the one that was asked for."""


def is_pbf(start: bytes) -> bool:
    """Tell an OpenStreetMap PBF by its first bytes; a short one could be taken for text."""
    return _PBF.match(start) is not None


@contextmanager
def plain_file(
    source: SourceFile, *, layer: str | None, maps: tuple[str, ...] = BOUNDARY_MAPS
) -> Iterator[Path]:
    """Give a plain file that GDAL can read, unpacked from an archive if need be.

    Parameters
    ----------
    source : SourceFile
    layer : str or None
        Name of the layer, or of the file in the ZIP, where there are several.
    maps : tuple of str
        Endings of the formats that are wanted.

    Raises
    ------
    NotAMapFileError, WhichLayerError, DamagedFileError
    """
    path = source.path
    ending = _ending(source, maps=maps)
    with tempfile.TemporaryDirectory() as folder:
        if ending == ".gdb":
            plain = Path(folder) / "map.gdb"
            plain.mkdir()
            for part in _members_of_geodatabase(source, layer=layer):
                _unpack(part, plain / PurePosixPath(part.name).name, name=source.name)
            yield plain
            return
        if ending != ".zip":
            if ending == ".shp":
                siblings = path.parent.glob(f"{escape(path.stem)}.*")
                _refuse_partial({sibling.suffix.lower() for sibling in siblings}, path)
            # GDAL goes by the ending, which need not be the right one.
            plain = path if path.suffix.lower() == ending else Path(folder) / f"map{ending}"
            if plain != path:
                _unpack(source.parts[0], plain, name=source.name)
            yield plain
            return
        members = _members_of_map(source, layer=layer, endings=maps)
        for part in members:
            plain = Path(folder) / f"map{PurePosixPath(part.name).suffix.lower()}"
            _unpack(part, plain, name=source.name)
        yield Path(folder) / f"map{PurePosixPath(members[0].name).suffix.lower()}"


def _unpack(part: Part, plain: Path, *, name: str) -> None:
    part = replace(part, name=name)
    with reading(part), part.open() as packed, plain.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)


def _ending(source: SourceFile, *, maps: tuple[str, ...]) -> str:
    """Return the ending that fits the file's content, or refuse what holds no map."""
    if any(PurePosixPath(part.name).suffix.lower() == ".gdbtable" for part in source.parts):
        return ".gdb"
    if source.content in ("archive", "spreadsheet"):
        return ".zip"
    for start, ending in _STARTS:
        if source.start.startswith(start) and ending in maps:
            return ending
    if ".pbf" in maps and is_pbf(source.start):
        return ".pbf"
    text = source.start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return ".geojson"
    found = "a folder" if source.content == "folder" else "something else"
    if text.startswith(b"<") and re.search(rb"<(\w+:)?kml[\s>]", source.start):
        return ".kml"
    if ".osm" in maps and re.search(rb"<osm[\s>]", source.start):
        return ".osm"
    if text.startswith(b"<"):
        found = "a web page or XML, so the download probably failed"
    raise no_map(source.name, content=found)


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
        raise which_layer(source.name, layers=", ".join(sorted(map(str, folders)))[:200])
    return next(iter(folders.values()))


def _members_of_map(
    source: SourceFile, *, layer: str | None, endings: tuple[str, ...]
) -> list[Part]:
    """Return the members that make up one map, the file to open first."""
    members = {PurePosixPath(part.name): part for part in source.parts}
    maps = [name for name in members if name.suffix.lower() in endings]
    packages = any(name.suffix.lower() == ".gpkg" for name in maps)
    named = [name for name in maps if layer in (name.stem, name.name, str(name))]
    maps = named or (maps if layer is None or (packages and len(maps) == 1) else [])
    if len(maps) != 1:
        found = ", ".join(sorted(map(str, maps or members))[:8]) or "no files"
        if layer is None and not maps:
            raise no_map(source.name, content=found)
        raise which_layer(source.name, layers=found)
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


def no_map(name: str, *, content: str) -> NotAMapFileError:
    """Return the error for a file that holds no boundaries."""
    return NotAMapFileError(
        what=f"{name} holds no boundaries.",
        found=content,
        do="Boundaries can be read from GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase, or "
        "a ZIP of one of these.",
    )


def which_layer(name: str, *, layers: str) -> WhichLayerError:
    """Return the error for a file of several layers of which none is named."""
    return WhichLayerError(
        what=f"{name} holds several layers, or not the one that was named.",
        found=layers,
        do="Name one of these as the layer.",
    )


def fault_in_words(message: str, *, name: str) -> str:
    """Return in words what GDAL and the libraries below it said of a file; never their own text.

    Parameters
    ----------
    message : str
        What they said.
    name : str
        What people call the file.
    """
    if "not recognized" in message:
        return f"{name!r} not recognized as a map of the kind that its ending says"
    line = re.search(r"on line (\d+)", message)
    if line and "kml" in message.casefold():
        return f"its XML breaks off in line {int(line[1]):,}"
    return next(
        (words for pattern, words in _FAULTS if re.search(pattern, message, re.IGNORECASE)),
        "part of its content makes no sense",
    )


def damaged_map(name: str, fault: str) -> DamagedFileError:
    """Return the error for a map file that cannot be read."""
    return DamagedFileError(
        what=f"{name} is damaged, or was not downloaded to its end.",
        found=fault[:200],
        do="Download or export it again.",
    )
