"""Parquet files of the store that are replaced whole: a reader sees the old one or the new one."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from data.rows.errors import DamagedFileError, NoSuchFileError

if TYPE_CHECKING:
    from pathlib import Path


def replace_table(table: pa.Table, path: Path) -> None:
    """Write a table under a temporary name and move it to `path` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        pq.write_table(table, temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
        If it is no such table.
    """
    if not path.is_file():
        raise NoSuchFileError(
            what=f"No {what} is loaded.", found="no file", do=f"Load a {what} first."
        )
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as fault:
        raise _damaged(what, path=path, found=str(fault)[:120]) from fault
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise _damaged(what, path=path, found=f"no column {', '.join(missing)}")
    return table


def _damaged(what: str, *, path: Path, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"The {what} of the store cannot be read ({path.name}).",
        found=found,
        do=f"Load the {what} again.",
    )
