"""Reading population and deprivation by small area from CSV, one area a row.

Columns are found by their names, as the English indices of deprivation and the census tables call
them, or are named. Each row is accepted, or rejected with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.rows.errors import FileError
from data.sources.arrays import is_blank, numbers, trimmed
from data.sources.boundaries import read_shapes
from data.sources.delimited import layout_of, read_delimited
from data.sources.opening import sample
from data.sources.rejections import RejectedRow, counted_reasons, rejected_rows
from data.sources.row_places import coordinates
from data.sources.source_file import csv_text
from geo.counting import counted
from geo.geocoding import Fault
from geo.ward_columns import UnknownColumnError
from geo.wards import ward_layer
from models.indicators.small_areas import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile

ROLES: Final[dict[str, str]] = {
    "code": r"^(lsoa|area|oa|msoa|geography|small area)[ _]?(code|\d\dcd)|^lsoa\d\dcd$|^code$",
    "residents": r"^residents|usual residents|total population|^population",
    "ambient": r"ambient|workday|daytime population",
    "deprivation": r"imd.*score|deprivation.*score|^deprivation$",
    "easting": r"^easting|^x$",
    "northing": r"^northing|^y$",
    "longitude": r"^long(itude)?$|^lon$|^lng$",
    "latitude": r"^lat(itude)?$",
}
_OUTLINE_CODES: Final = ("LSOA21CD", "LSOA11CD", "lsoa21cd", "lsoa11cd", "code", "area_code")
_LONGEST_CODE: Final = 30


class NotContextError(FileError):
    """The file holds no population or deprivation by small area."""


@dataclass(frozen=True, slots=True)
class ContextFile:
    """What was read.

    Attributes
    ----------
    context : Context
    rows_read : int
        ``len(context)`` plus ``len(rejected)``.
    rejected : tuple of (int, str)
        Row number in the file, the header counted, and why.
    notes : tuple of str
        How the file was understood.
    """

    context: Context
    rows_read: int
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once with its number of rows and the first of them, commonest first."""
        return counted_reasons(self.rejected)


def read_context(
    source: SourceFile,
    *,
    metric_crs: str,
    title: str = "",
    columns: Mapping[str, str] | None = None,
    outlines: SourceFile | None = None,
) -> ContextFile:
    """Read small areas from a CSV, and their outlines from a boundary file.

    Parameters
    ----------
    source : SourceFile
        A CSV.
    metric_crs : str
        CRS that places are wanted in.
    title : str
        For people; the file's name without it.
    columns : mapping of str to str, optional
        Columns by role (`ROLES`), where their names do not say it.
    outlines : SourceFile, optional
        GeoJSON, GeoPackage or Shapefile of the areas, by the same codes.

    Raises
    ------
    NotContextError
        If no column holds codes, neither population nor deprivation is there, a named column is
        missing, or no row can be used.
    FileError
        If the file cannot be read; by subclass.
    """
    text = csv_text(
        source,
        otherwise=_not_context(source, found="a workbook, ZIP or folder", what="is not a CSV"),
    )
    roles = _roles(source, sample(source), named=columns or {})
    shapes = {} if outlines is None else _outlines(outlines, metric_crs=metric_crs)
    codes: list[str] = []
    values: list[NDArray[np.float64]] = []
    rejected: list[RejectedRow] = []
    for rows in read_delimited(layout_of(text, needed=roles.values())):
        _read(rows, roles, codes, values, rejected, metric_crs=metric_crs)
    if not codes:
        found = rejected[0][1] if rejected else "no rows"
        raise _not_context(source, found=found, what="has no row that can be used")
    outline = np.array([shapes.get(code) for code in codes], dtype=object)
    residents, ambient, deprivation, easting, northing = np.ascontiguousarray(
        np.concatenate(values).T
    )
    context = Context(
        title.strip() or source.path.stem,
        tuple(codes),
        residents=residents,
        ambient=ambient,
        deprivation=deprivation,
        easting=easting,
        northing=northing,
        outline=outline,
        metric_crs=metric_crs,
    )
    notes = _notes(roles, context, outlines=outlines)
    return ContextFile(context, len(codes) + len(rejected), tuple(sorted(rejected)), notes)


def _roles(source: SourceFile, head: pd.DataFrame, *, named: Mapping[str, str]) -> dict[str, str]:
    columns = [str(name) for name in head.columns]
    roles: dict[str, str] = {}
    for role, pattern in ROLES.items():
        if role in named:
            if named[role] not in columns:
                found = ", ".join(columns)[:300]
                raise _not_context(source, found=found, what=f"has no column {named[role][:60]!r}")
            roles[role] = named[role]
            continue
        likely = [name for name in columns if re.search(pattern, name.strip(), re.IGNORECASE)]
        if likely:
            roles[role] = min(likely, key=len) if role == "code" else likely[0]
    if "code" not in roles or not {"residents", "deprivation", "ambient"} & set(roles):
        found = ", ".join(columns)[:300]
        what = "has no column of area codes, or none of population or deprivation"
        raise _not_context(source, found=found, what=what)
    return roles


def _read(
    rows: Rows,
    roles: Mapping[str, str],
    codes: list[str],
    values: list[NDArray[np.float64]],
    rejected: list[RejectedRow],
    *,
    metric_crs: str,
) -> None:
    """Take the rows of one batch that can be used; the others with their reason."""
    written = [str(each) for each in trimmed(rows.table, roles["code"]).to_pylist()]
    reason = np.full(len(written), "", dtype=object)
    seen = set(codes)
    for at, code in enumerate(written):
        if not code or len(code) > _LONGEST_CODE:
            reason[at] = "no area code is given" if not code else "its area code is too long"
        elif code in seen:
            reason[at] = "its area code occurs in an earlier row as well"
        seen.add(code)
    numeric = [
        _column(rows, roles.get(role), role=role, reason=reason)
        for role in ("residents", "ambient", "deprivation")
    ]
    places = _places(rows, roles, metric_crs=metric_crs)
    good = reason == ""
    codes += [code for code, taken in zip(written, good, strict=True) if taken]
    values.append(np.column_stack([*numeric, *places])[good])
    rejected += rejected_rows(rows, reason)


def _column(
    rows: Rows, name: str | None, *, role: str, reason: NDArray[np.object_]
) -> NDArray[np.float64]:
    if name is None:
        return np.full(len(rows.numbers), np.nan)
    text = trimmed(rows.table, name)
    figures = numbers(text)
    wrong = ~is_blank(text) & ~np.isfinite(figures)
    reason[(reason == "") & wrong] = f"its {role} is not a number"
    reason[(reason == "") & (figures < 0)] = f"its {role} is below 0"
    return figures


def _places(
    rows: Rows, roles: Mapping[str, str], *, metric_crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centres in metres; NaN where the row gives none that can be used."""
    centres = coordinates(rows, roles, metric_crs=metric_crs)
    if centres is None:
        nowhere = np.full(len(rows.numbers), np.nan)
        return nowhere, nowhere.copy()
    usable = centres.fault == Fault.NONE
    return np.where(usable, centres.easting, np.nan), np.where(usable, centres.northing, np.nan)


def _outlines(source: SourceFile, *, metric_crs: str) -> dict[str, Polygon | MultiPolygon]:
    frame, _ = read_shapes(source)
    for column in _OUTLINE_CODES:
        try:
            layer = ward_layer(frame, metric_crs=metric_crs, code_column=column)
        except UnknownColumnError:
            continue
        codes = layer.frame["ward_code"].tolist()
        return dict(zip(codes, layer.frame.geometry.to_numpy(), strict=True))
    raise _not_context(
        source,
        found=f"no column {', '.join(_OUTLINE_CODES)}",
        what="does not say which outline is which small area",
    )


def _notes(
    roles: Mapping[str, str], context: Context, *, outlines: SourceFile | None
) -> tuple[str, ...]:
    notes = [f"Read as {role}: {name}." for role, name in roles.items()]
    if outlines is not None:
        shaped = sum(each is not None for each in context.outline)
        notes.append(
            f"{shaped:,} of {counted(len(context), 'area has', 'areas have')} an outline in "
            f"{outlines.name}."
        )
    elif "easting" not in roles and "longitude" not in roles:
        notes.append(
            "The file does not say where its areas are, and no boundaries were given, so they "
            "cannot be assigned to wards. Load it again with the boundaries of the small areas."
        )
    return tuple(notes)


def _not_context(source: SourceFile, *, found: str, what: str) -> NotContextError:
    do = (
        "Give a CSV with a column of area codes (such as LSOA21CD) and one of residents, ambient "
        "population or deprivation score, and name the columns if their names do not say it."
    )
    return NotContextError(what=f"{source.name} {what}.", found=found, do=do)
