"""Reading postcode tables such as Ordnance Survey's Code-Point Open.

Code-Point Open comes as a ZIP of CSV files without a header, one for each postcode area; tables
with a header, the Office for National Statistics' directories among them, are read by their column
names. Rows without a true position (positional quality 90, coordinates 0) are left out and counted.

The directories give each row in its own country's grid: postcodes of Northern Ireland (BT) are on
the Irish Grid. Postcodes that have ended (``doterm``) are kept and marked: they say where incidents
of their time were.

Columns of the headerless files: Ordnance Survey, Code-Point Open user guide (2021).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.faults import short_message
from data.rows.errors import FileError
from data.sources.files import HEAD_BYTES, reading, refuse_what_is_not_text
from geo.counting import counted
from geo.crs import BRITISH_NATIONAL_GRID
from geo.geocoding import Fault, Positions, fault_description, metric_positions
from geo.postcodes import PostcodeTable, tidy_postcodes, well_formed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.sources.files import Part
    from data.sources.source_file import SourceFile

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "postcode": ("postcode", "pcds", "pcd", "pcd2", "pcd7", "pcd8"),
    "easting": ("easting", "eastings", "oseast1m", "east1m"),
    "northing": ("northing", "northings", "osnrth1m", "north1m"),
    "quality": ("pqi", "positional_quality_indicator", "pq", "quality", "osgrdind", "gridind"),
    "ended": ("doterm",),
    "ward": ("admin_ward_code", "ward_code", "ward", "osward", "wd25cd", "wd24cd", "ws"),
}
_HEADERLESS: Final = {"postcode": 0, "quality": 1, "easting": 2, "northing": 3, "ward": 9}
_NO_CSV: Final = (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError)
_IRISH_GRID: Final = "EPSG:29902"
_NORTHERN_IRELAND: Final = "BT"
_NO_PLACE: Final = ("90", "9")  # no position known: Code-Point's mark, the ONS directories' mark


class NotAPostcodeTableError(FileError):
    """The file holds no postcodes with their positions."""


@dataclass(frozen=True, slots=True)
class PostcodeFile:
    """What was read of a postcode table.

    Attributes
    ----------
    table : PostcodeTable
    rows_read : int
        ``len(table)`` plus all that was left out.
    left_out : tuple of (str, int)
        Reasons in plain words with the number of rows, commonest first.
    notes : tuple of str
        What else there is to say, in plain words.
    """

    table: PostcodeTable
    rows_read: int
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()


def read_postcodes(source: SourceFile, *, metric_crs: str = BRITISH_NATIONAL_GRID) -> PostcodeFile:
    """Read a postcode table: one CSV, a folder of them, or the ZIP as downloaded.

    Parameters
    ----------
    source : SourceFile
        Positions in it are British National Grid metres, in Northern Ireland Irish Grid metres.
    metric_crs : str
        CRS the positions are wanted in.

    Raises
    ------
    NotAPostcodeTableError
        If a file lacks the columns of a postcode table, or none of its rows has a place.
    FileError
        If the file cannot be read or was changed; by subclass.
    """
    rows = pd.concat([_rows(part) for part in _tables(source)], ignore_index=True)
    written = tidy_postcodes(rows["postcode"])
    ended = rows["ended"].ne("").to_numpy(np.bool_)
    if ended.any():  # of a postcode that ended and came back, the live row is kept
        order = np.argsort(ended, kind="stable")
        rows, written, ended = rows.iloc[order], written.take(pa.array(order)), ended[order]
    placed, irish = _positions(rows, written, metric_crs=metric_crs)
    reason = placed.reasons()
    reason[irish & ~placed.located] = "it is in Northern Ireland, outside the map"
    reason[rows["quality"].isin(_NO_PLACE).to_numpy(np.bool_)] = "its position is not known"
    malformed = fault_description(Fault.POSTCODE_MALFORMED)
    reason[~well_formed(written)] = malformed
    reason[(reason == "") & _seen_before(written, usable=reason == "")] = "it is listed twice"
    good = reason == ""
    if not good.any():
        raise NotAPostcodeTableError(
            what=f"{source.name} has no row with a postcode and its position.",
            found=f"{counted(len(rows), 'row')}, the first: {reason[0] if len(rows) else 'none'}",
            do="Choose Code-Point Open, or a CSV with postcode, easting and northing.",
        )
    wards = rows["ward"].str.strip()
    table = PostcodeTable.of(
        rows["postcode"][good],
        easting=placed.easting[good],
        northing=placed.northing[good],
        ward_codes=[code or None for code in wards[good]],
        metric_crs=metric_crs,
        ended=ended[good] if ended.any() else None,
    )
    left_out = tuple(Counter(reason[~good]).most_common())
    return PostcodeFile(table, len(rows), left_out, _notes(table))


def _positions(
    rows: pd.DataFrame, written: pa.StringArray, *, metric_crs: str
) -> tuple[Positions, NDArray[np.bool_]]:
    """Return each row's position from its own grid, and which rows are on the Irish one."""
    irish = np.asarray(
        pc.starts_with(written, _NORTHERN_IRELAND).to_numpy(zero_copy_only=False), dtype=np.bool_
    )
    british, other = (
        metric_positions(rows["easting"], rows["northing"], crs=crs, metric_crs=metric_crs)
        for crs in (BRITISH_NATIONAL_GRID, _IRISH_GRID)
    )
    placed = Positions(
        np.where(irish, other.easting, british.easting),
        np.where(irish, other.northing, british.northing),
        np.where(irish, other.fault, british.fault).astype(np.uint8),
        metric_crs,
    )
    return placed, irish


def _notes(table: PostcodeTable) -> tuple[str, ...]:
    ended = 0 if table.ended is None else int(table.ended.sum())
    if not ended:
        return ()
    return (
        f"{ended:,} of these postcodes have ended. They are kept and marked: they place incidents "
        "of their time, and take no part in checking the wards.",
    )


def _tables(source: SourceFile) -> list[Part]:
    """Return the CSV files to read; the lists of headings that come with the ZIP are not."""
    if source.content in ("text", "other"):
        return list(source.parts)
    names = [PurePosixPath(part.name.lower()) for part in source.parts]
    tables = [
        part
        for part, name in zip(source.parts, names, strict=True)
        if name.suffix == ".csv" and "doc" not in name.parts and not name.name.startswith("._")
    ]
    if not tables:
        found = ", ".join(part.name for part in source.parts[:5]) or "no files"
        do = "Choose Code-Point Open, or a CSV with postcode, easting and northing."
        raise NotAPostcodeTableError(what=f"{source.name} holds no CSV file.", found=found, do=do)
    return tables


def _rows(part: Part) -> pd.DataFrame:
    """Read one CSV as text: columns postcode, quality, easting, northing, ward."""
    with reading(part), part.open() as stream:
        refuse_what_is_not_text(stream.read(HEAD_BYTES), name=part.name)
        stream.seek(0)
        try:
            text = pd.read_csv(
                stream, header=None, dtype="str", keep_default_na=False, encoding="utf-8-sig"
            )
        except _NO_CSV as fault:
            part.refuse_change()
            raise _not_a_table(part.name, found=short_message(fault)) from fault
    part.refuse_change()
    header = [str(name).strip().lower() for name in text.iloc[0]]
    places = {role: _place(header, names) for role, names in _NAMES.items()}
    if places["postcode"] is not None:
        text = text.iloc[1:]
    elif len(header) >= 4 and well_formed(tidy_postcodes(header[:1]))[0]:
        known = {name: at for name, at in _HEADERLESS.items() if at < len(header)}
        places = {name: known.get(name) for name in _NAMES}
    if any(places[name] is None for name in ("postcode", "easting", "northing")):
        raise _not_a_table(part.name, found=", ".join(header)[:120])
    return pd.DataFrame(
        {
            name: text[at].str.strip() if at is not None else pd.Series("", text.index, "str")
            for name, at in places.items()
        }
    )


def _place(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _seen_before(written: pa.StringArray, *, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows repeat the postcode of an earlier usable row."""
    seen = np.zeros(len(usable), dtype=np.bool_)
    kept = pd.Series(written.to_pandas())[usable]
    seen[usable] = kept.duplicated().to_numpy()
    return seen


def _not_a_table(name: str, *, found: str) -> NotAPostcodeTableError:
    return NotAPostcodeTableError(
        what=f"{name} is not a table of postcodes.",
        found=found,
        do="Choose Code-Point Open, or a CSV with postcode, easting and northing.",
    )
