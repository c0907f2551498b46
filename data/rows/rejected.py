"""The file of an import's rejected rows, to be corrected and imported again.

It is written while the import reads, so a million rejected rows need no memory, and is whole before
the import is committed. Its text cells are made safe to open in a spreadsheet: one that starts like
a formula (``=``, ``+``, ``-``, ``@``, tab, carriage return) and is not a number gets a leading
apostrophe, which `data.sources.rows.as_rejected_rows` takes off again. Numbers, negative longitudes
among them, stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from data import durable, seals
from data.faults import plain_faults
from data.rows.contract import REJECTED_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

REJECTED_FILE: Final = "rejected.csv"
_ENCODING: Final = "utf-8-sig"  # the mark at the start tells Excel that it is UTF-8
_SWEEP_AFTER_S: Final = 86_400  # younger ones may belong to an import that is still running
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FORMULA: Final = r"^'*[=+\-@\t\r]"


class RejectedRows:
    """Writes the rejected rows of one import into a folder, batch by batch.

    Batches may have different columns of their own (the files of a folder need not agree): the file
    then has them all.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[tuple[str, ...], Path] = {}
        self.rows = 0

    @plain_faults("The file of rejected rows in the store")
    def add(self, rejected: pd.DataFrame) -> None:
        """Append a batch; its columns start with `REJECTED_COLUMNS`."""
        if rejected.empty:
            return
        columns = tuple(str(column) for column in rejected.columns)
        part = self._parts.setdefault(columns, self._folder / f"part-{len(self._parts)}.csv")
        with part.open("a", encoding="utf-8", newline="") as file:
            guarded(rejected).to_csv(file, index=False, header=file.tell() == 0)
        self.rows += len(rejected)

    @plain_faults("The file of rejected rows in the store")
    def finish(self) -> str | None:
        """Write the one file and return its name; None where no row was rejected."""
        if not self._parts:
            return None
        own = dict.fromkeys(column for columns in self._parts for column in columns)
        columns = [*REJECTED_COLUMNS, *(name for name in own if name not in REJECTED_COLUMNS)]
        with seals.replacing(self._folder / REJECTED_FILE) as content:
            file = io.TextIOWrapper(content, encoding=_ENCODING, newline="")
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            for part in self._parts.values():
                with part.open(encoding="utf-8", newline="") as rows:
                    writer.writerows(csv.DictReader(rows))
            file.detach()
        for part in self._parts.values():
            part.unlink()
        return REJECTED_FILE


@plain_faults("The folder of imports in the store")
def sweep(imports_path: Path, *, known: Sequence[str], now: datetime | None) -> None:
    """Remove the rejected rows of imports that were killed: folders of no import.

    Parameters
    ----------
    imports_path : Path
    known : sequence of str
        The imports that there are.
    now : datetime or None
        Folders younger than a day by it stay, as they may be of an import that is running; None
        where none is.
    """
    if not imports_path.is_dir():
        return
    for folder in imports_path.iterdir():
        old = now is None or now.timestamp() - folder.stat().st_mtime > _SWEEP_AFTER_S
        if folder.name not in known and old:
            remove_rejected(folder)


def remove_rejected(folder: Path) -> None:
    """Remove the folder of an import; its file first, with the seal that would say it is missed."""
    if folder.is_dir():
        seals.remove_file(folder / REJECTED_FILE, missing_ok=True)
        durable.remove_folder(folder)


def guarded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as text, cells that a spreadsheet would run made plain by an apostrophe."""
    return pd.DataFrame(
        {column: _guarded_column(rows[column]) for column in rows.columns}, columns=rows.columns
    )


def _guarded_column(column: pd.Series) -> pd.Series:
    text = column.astype("str").where(column.notna(), "")
    risky = text.str.match(_FORMULA, na=False)
    if not risky.any():
        return text
    risky &= ~text.str.fullmatch(_NUMBER.pattern, na=False)
    return text.where(~risky, "'" + text)
