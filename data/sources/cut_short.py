"""Whether a map file is there to its end, by what it says of its own length.

GDAL reads some files that were cut short as if they were whole: the rows at the end, or the names
of all of them, would be missing without a word. A Shapefile states its length in its header (ESRI
Shapefile Technical Description, 1998), its .dbf how many rows of which length it has, a GeoPackage
its pages (SQLite file format, 1.3), and the index of a FlatGeobuf where its last row lies
(flatgeobuf.org, specification 3.0). OpenStreetMap files are in `data.sources.osm_extracts`.
"""

from __future__ import annotations

import os
import struct
from glob import escape
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from data.rows.errors import DamagedFileError
from data.sources import osm_extracts
from data.sources.map_files import damaged_map
from geo.counting import counted

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC_BYTES: Final = 8
_NODE_BYTES: Final = 40  # of a FlatGeobuf's index: a box, and where the row lies
_COUNT_FIELD, _NODE_SIZE_FIELD = 8, 9  # of its header
_USUAL_NODES: Final = 16
_LONGEST_HEADER: Final = 16 * 1_048_576
_SHP_HEADER: Final = 100
_SHX_ROW: Final = 8


def refuse_cut_short(plain: Path, *, name: str) -> None:
    """Refuse a map file that ends before its end; others pass, and so do formats that say nothing.

    Parameters
    ----------
    plain : Path
        The file as GDAL reads it; of a Shapefile the .shp.
    name : str
        What people call it.

    Raises
    ------
    DamagedFileError
    """
    if plain.suffix == ".shp":
        _refuse_shapefile(plain, name=name)
    elif plain.suffix == ".gpkg":
        _refuse_geopackage(plain, name=name)
    elif plain.suffix == ".fgb":
        _refuse_flatgeobuf(plain, name=name)
    else:
        osm_extracts.refuse_cut_short(plain, name=name)


def refuse_missing_rows(read: int, *, of: int, name: str) -> None:
    """Refuse a layer of which fewer rows were read than it says it has.

    Raises
    ------
    DamagedFileError
    """
    if read < of:
        raise damaged_map(name, f"only {read:,} of its {counted(of, 'row')} can be read")


def _refuse_shapefile(plain: Path, *, name: str) -> None:
    rows = {}
    for path in plain.parent.glob(f"{escape(plain.stem)}.*"):
        ending = path.suffix.lower()
        if ending not in (".shp", ".shx", ".dbf"):
            continue
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_SHP_HEADER)
        if ending == ".dbf":
            stated, rows[ending] = _table_size(head)
        else:
            stated = 2 * struct.unpack(">i", head[24:28])[0] if len(head) == _SHP_HEADER else -1
            if ending == ".shx":
                rows[ending] = (stated - _SHP_HEADER) // _SHX_ROW
        if stated < 0 or size < stated:
            raise damaged_map(name, f"its {ending} ends after {_share(size, stated)}")
    if len(set(rows.values())) > 1:
        raise DamagedFileError(
            what=f"The files of the Shapefile {name} do not belong together.",
            found=f"{counted(rows['.shx'], 'shape')} in its .shx and "
            f"{counted(rows['.dbf'], 'row')} in its .dbf",
            do="Put the .shp, .shx, .dbf and .prj files of one export into one ZIP.",
        )


def _table_size(head: bytes) -> tuple[int, int]:
    """Return how many bytes a .dbf has to have, and how many rows; −1 without a header."""
    if len(head) < 32:
        return -1, -1
    rows, header, row = struct.unpack("<IHH", head[4:12])
    return header + rows * row, rows


def _refuse_geopackage(plain: Path, *, name: str) -> None:
    with plain.open("rb") as file:
        head = file.read(_SHP_HEADER)
    size = plain.stat().st_size
    if len(head) < _SHP_HEADER:
        raise damaged_map(name, f"it has {size:,} bytes")
    page = struct.unpack(">H", head[16:18])[0]
    changes, pages, valid_for = (struct.unpack(">I", head[at : at + 4])[0] for at in (24, 28, 92))
    stated = (65_536 if page == 1 else page) * pages
    if changes == valid_for and size < stated:
        raise damaged_map(name, f"it ends after {_share(size, stated)}")


def _refuse_flatgeobuf(plain: Path, *, name: str) -> None:
    with plain.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        begun = struct.unpack("<I", file.read(_MAGIC_BYTES + 4).ljust(12, b"\0")[8:])[0]
        if begun > min(size, _LONGEST_HEADER):
            raise damaged_map(name, f"it ends after {size:,} bytes, in its header")
        header = file.read(begun)
        rows = _number(header, _COUNT_FIELD, form="<Q", usual=0)
        per_node = _number(header, _NODE_SIZE_FIELD, form="<H", usual=_USUAL_NODES)
        index = _index_nodes(rows, per_node=per_node) if rows and per_node else 0
        first = file.tell() + index * _NODE_BYTES
        if first > size:
            raise damaged_map(name, f"it ends after {size:,} bytes, in its index")
        last = first
        if index:
            file.seek(first - rows * _NODE_BYTES)
            nodes = np.frombuffer(file.read(rows * _NODE_BYTES), dtype=np.uint8)
            offsets = nodes.reshape(rows, _NODE_BYTES)[:, 32:].copy().view("<u8")
            last += int(offsets.max())
        _refuse_rows(file, last, size=size, name=name)


def _refuse_rows(file: IO[bytes], at: int, *, size: int, name: str) -> None:
    """Step over the rows of a FlatGeobuf from a place on: each says how long it is."""
    while at != size:
        file.seek(at)
        length = file.read(4)
        at += 4 + (struct.unpack("<I", length)[0] if len(length) == 4 else 0)
        if len(length) < 4 or at > size:
            raise damaged_map(name, f"it ends after {size:,} bytes, within a row")


def _index_nodes(rows: int, *, per_node: int) -> int:
    """Return how many nodes the index of so many rows has, on all its levels."""
    per_node = max(per_node, 2)
    level, nodes = -(-rows // per_node), rows
    while level > 1:
        nodes += level
        level = -(-level // per_node)
    return nodes + 1


def _number(header: bytes, field: int, *, form: str, usual: int) -> int:
    """Return a number of a FlatBuffers table, or what is usual where it is not stated."""
    try:
        (table,) = struct.unpack_from("<I", header, 0)
        (back,) = struct.unpack_from("<i", header, table)
        (length,) = struct.unpack_from("<H", header, table - back)
        place = 4 + 2 * field
        if place >= length:
            return usual
        (offset,) = struct.unpack_from("<H", header, table - back + place)
        return int(struct.unpack_from(form, header, table + offset)[0]) if offset else usual
    except struct.error:
        return 0


def _share(size: int, stated: int) -> str:
    return f"{size:,} bytes" if stated <= 0 else f"{size:,} of {stated:,} bytes"
