"""Parquet files of the store that are replaced whole: a reader sees the old one or the new one.

What is read is what was stored: it is compared with the file's seal before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from data import seals
from data.faults import CARELESS, plain_faults
from data.rows.errors import DamagedFileError, NoSuchFileError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path


@plain_faults("A file of the store")
def replace_table(table: pa.Table, path: Path) -> None:
    """Write a table, on the disk and sealed, and put it in the place of the one before."""
    with seals.replacing(path) as file:
        pq.write_table(table, file, write_page_checksum=True)


def stored_table(path: Path, *, columns: tuple[str, ...], what: str) -> pa.Table:
    """Read a table that `replace_table` wrote.

    Parameters
    ----------
    path : Path
    columns : tuple of str
        Columns it must have.
    what : str
        What the file is, for messages, such as ``"ward layer"``.

    Raises
    ------
    NoSuchFileError
        If it was never stored.
    DamagedFileError
        If it is no such table, or not what was stored.
    """
    if not path.is_file():
        if seals.sealed(path):
            raise _damaged(what, path=path, found="the file is gone")
        raise NoSuchFileError(
            what=f"No {what} is loaded.", found="no file", do=f"Load a {what} first."
        )
    with whole(what, path):
        content = seals.read_file(path)
        if content is None:
            raise _damaged(what, path=path, found="other bytes than were stored")
        table = pq.read_table(pa.BufferReader(content))
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise _damaged(what, path=path, found=f"no column {', '.join(missing)}")
    return table


def whole(what: str, path: Path) -> AbstractContextManager[None]:
    """Say in a plain error why a stored table, or what is made of it, cannot be used.

    Parameters
    ----------
    what : str
        As for `stored_table`.
    path : Path

    Raises
    ------
    DamagedFileError, data.faults.FaultError
    """
    return plain_faults(
        f"The {what} of the store ({path.name})",
        do=f"Load the {what} again.",
        damaged=lambda found: _damaged(what, path=path, found=found),
        also=CARELESS,
    )


def _damaged(what: str, *, path: Path, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"The {what} of the store cannot be read ({path.name}).",
        found=found,
        do=f"Load the {what} again.",
    )
