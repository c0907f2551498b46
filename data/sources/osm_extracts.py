"""Whether an OpenStreetMap extract is there to its end: GDAL reads one that was cut short as whole.

A PBF is a row of blocks, each of which says how long it is (OpenStreetMap wiki, "PBF Format"), so
the blocks are stepped over to the end without being read. XML ends with its closing tag.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final

from data.sources.map_files import damaged_map
from geo.counting import counted

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_HEADER: Final = 64 * 1024
_END_BYTES: Final = 4_096
_DATA_SIZE: Final = 3  # the field of a block's header
_VARINT, _BYTES = 0, 2


def refuse_cut_short(plain: Path, *, name: str) -> None:
    """Refuse an OpenStreetMap file that ends before its end; others pass.

    Raises
    ------
    DamagedFileError
    """
    if plain.suffix == ".osm":
        with plain.open("rb") as file:
            file.seek(max(plain.stat().st_size - _END_BYTES, 0))
            if b"</osm>" not in file.read():
                raise damaged_map(name, "no closing tag at its end")
    if plain.suffix == ".pbf":
        with plain.open("rb") as file:
            blocks = 0
            while (size := _block_size(file)) is not None:
                if size < 0 or file.tell() + size > os.fstat(file.fileno()).st_size:
                    raise damaged_map(name, f"cut short after {counted(blocks, 'block')}")
                file.seek(size, os.SEEK_CUR)
                blocks += 1


def _block_size(file: IO[bytes]) -> int | None:
    """Return the size of the block that follows; None at the end, −1 where there is no header."""
    length = file.read(4)
    if not length:
        return None
    header = file.read(min(int.from_bytes(length, "big"), _LONGEST_HEADER))
    if len(length) < 4 or len(header) != int.from_bytes(length, "big"):
        return -1
    at, size = 0, -1
    while at < len(header):
        key, at = _varint(header, at)
        value, at = _varint(header, at)
        if key & 7 == _BYTES:
            at += value
        elif key & 7 != _VARINT:
            return -1
        elif key >> 3 == _DATA_SIZE:
            size = value
    return size


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return a number and where it ends; the end of the content ends it too."""
    value = shift = 0
    while at < len(content):
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
