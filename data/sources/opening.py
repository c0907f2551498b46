"""What a file is and what is in it, before it is imported: for the page and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from data.rows.errors import UnknownColumnsError
from data.sources import police_uk
from data.sources.delimited import first_rows
from data.sources.files import Limits, file_part, shape_of
from data.sources.rows import header_position, unique_names
from data.sources.spreadsheet import spreadsheet_head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from data.sources.profile import Profile

Kind = Literal["police_uk", "table"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is.

    Attributes
    ----------
    kind : {"police_uk", "table"}
        Which reader takes it: `data.sources.police_uk` or, with a profile, `data.sources.tabular`.
    size : int
        Unpacked bytes.
    columns : tuple of str
        Of a table; empty for data.police.uk files.
    profiles : tuple of str
        Names of the given profiles that it has every column for.
    notes : tuple of str
        What will be left aside, in plain words.
    """

    kind: Kind
    size: int
    columns: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def recognise(
    path: Path, *, profiles: Iterable[Profile] = (), limits: Limits | None = None
) -> Recognised:
    """Tell what kind of incident file a path is.

    Parameters
    ----------
    path : Path
        A CSV, an XLSX, a ZIP or a folder.
    profiles : iterable of Profile
        Which of these fit is told.
    limits : Limits, optional
        What it may unpack to.

    Raises
    ------
    FileError
        If it is none of them, damaged or unsafe (see `data.rows.errors`).
    """
    limits = limits or Limits()
    shape = shape_of(path)
    if shape in ("archive", "folder"):
        found = police_uk.listing(path, limits=limits)
        return Recognised("police_uk", found.size, notes=found.notes)
    if shape == "text":
        try:
            found = police_uk.listing(path, limits=limits)
        except UnknownColumnsError:
            pass
        else:
            return Recognised("police_uk", found.size, notes=found.notes)
    columns = tuple(str(name) for name in sample(path, limits=limits).columns)
    fitting = tuple(profile.name for profile in profiles if profile.fits(columns))
    return Recognised("table", path.stat().st_size, columns=columns, profiles=fitting)


def sample(path: Path, *, rows: int = 20, limits: Limits | None = None) -> pd.DataFrame:
    """Return the first rows of a table as text, under the names of its columns.

    Parameters
    ----------
    path : Path
        A CSV or an XLSX.
    rows : int
        How many rows, at most.
    limits : Limits, optional
        What the file may unpack to.

    Returns
    -------
    DataFrame
        Text; a value beyond the last column is left out. The header is the first row that is
        filled for more than half the usual width, so a title above it does no harm.
    """
    limits = limits or Limits()
    if shape_of(path) == "spreadsheet":
        head = spreadsheet_head(path, limits=limits, rows=rows + 20)
    else:
        head = first_rows(file_part(path, limits=limits), rows=rows + 20)
    position = header_position(head[:20], needed=(), file=path.name)
    columns = unique_names(head[position])
    body = [row for row in head[position + 1 :] if any(value.strip() for value in row)][:rows]
    laid_out = [[*row, *[""] * len(columns)][: len(columns)] for row in body]
    return pd.DataFrame(laid_out, columns=list(columns), dtype="str")
