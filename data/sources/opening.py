"""What a file is and what is in it, before it is imported: for the page and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from data.rows.errors import EmptyFileError, UnknownColumnsError
from data.sources.police_uk import NEEDED, Download, download_of
from data.sources.rows import column_key
from models.wording.sensitive import is_sensitive_offence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.sources.profile import Profile
    from data.sources.source_file import SourceFile

Kind = Literal["police_uk", "table"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an opened file is.

    Attributes
    ----------
    source : SourceFile
    download : Download or None
        Its street files where it is from data.police.uk, for `data.sources.police_uk.read`; any
        other is a table, for `data.sources.tabular.read` with a profile.
    profiles : tuple of str
        Names of the given profiles that a table has every column for.
    """

    source: SourceFile
    download: Download | None = None
    profiles: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """Which reader takes it."""
        return "table" if self.download is None else "police_uk"

    @property
    def is_street_workbook(self) -> bool:
        """Whether it is a data.police.uk file that was saved as a workbook."""
        return self.source.workbook is not None and self.source.workbook.has_columns(NEEDED)

    @property
    def size(self) -> int:
        """Unpacked bytes that will be read."""
        return self.source.size if self.download is None else self.download.size

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table; empty for data.police.uk files."""
        table = self.source.table
        return table.columns if table is not None and self.download is None else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What will be left out, in plain words."""
        return self.source.notes if self.download is None else self.download.notes


def recognise(source: SourceFile, *, profiles: Iterable[Profile] = ()) -> Recognised:
    """Tell what kind of incident file an opened file is.

    Parameters
    ----------
    source : SourceFile
        A CSV, an XLSX, a ZIP or a folder.
    profiles : iterable of Profile
        Those that may fit.

    Raises
    ------
    FileError
        If it is none of them or damaged (see `data.rows.errors`).
    """
    source.refuse_no_table()
    if source.content != "spreadsheet":
        try:
            return Recognised(source, download_of(source))
        except (UnknownColumnsError, EmptyFileError):
            if source.table is None:
                raise
    fitting = tuple(profile.name for profile in profiles if _fits(profile, source))
    return Recognised(source, profiles=fitting)


def _fits(profile: Profile, source: SourceFile) -> bool:
    if source.workbook is not None:
        return source.workbook.has_columns(profile.needed)
    return profile.fits(() if source.table is None else source.table.columns)


def unmapped_domestic_note(source: SourceFile, profile: Profile) -> tuple[str, ...]:
    """Say which columns may mark domestic or sexual incidents, if the profile does not map them."""
    if source.table is None:
        return ()
    mapped = [*profile.columns.named().values(), *profile.flags.values(), *profile.private]
    plain = {column_key(name) for name in mapped}
    unmapped = [
        f"“{name}”"
        for name in source.table.columns
        if column_key(name) not in plain and is_sensitive_offence(name)
    ]
    if not unmapped:
        return ()
    return (
        f"The profile {profile.name} does not read {', '.join(unmapped)}, which may mark domestic "
        "or sexual incidents: those that it alone marks have a place. Map it as the flag domestic "
        "and import the file again.",
    )


def sample(source: SourceFile, *, rows: int = 20) -> pd.DataFrame:
    """Return the first rows of a table as text, under the names of its columns.

    Parameters
    ----------
    source : SourceFile
        A CSV or an XLSX.
    rows : int
        How many rows, at most; `data.sources.source_file.SAMPLE_ROWS` are there.

    Returns
    -------
    DataFrame
        Text; a value beyond the last column is left out.
    """
    source.refuse_no_table()
    if source.table is None:
        return pd.DataFrame(dtype="str")
    columns = source.table.columns
    laid_out = [[*row, *[""] * len(columns)][: len(columns)] for row in source.table.rows[:rows]]
    return pd.DataFrame(laid_out, columns=list(columns), dtype="str")
