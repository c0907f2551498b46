"""Rows of a file as text, with their row numbers, before their values are read.

Row numbers are those a spreadsheet shows: the header has its own, a value that runs over several
lines is one row, and a blank row counts. Blank rows are not rows of data and are passed over.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.errors import EmptyFileError, UnknownColumnsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

HEADER_ROWS: Final = 20  # how far down the header may be
LONGEST_VALUE: Final = 32_767  # characters, as in a cell of a spreadsheet
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that cannot be laid out in the columns: its number, its values and what is wrong."""

    number: int
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """One batch of rows of one file.

    Attributes
    ----------
    file : str
        Name of the file or member.
    table : pyarrow.Table
        One string column for each column of the file, in its order, without nulls.
    numbers : int64 array of shape (rows of the table,)
        1-based row number of each in the file.
    malformed : tuple of Malformed
        Rows between them that have too many or too few values, or are damaged.
    fraction_done : float
        How much of this file has been read, 0 to 1.
    """

    file: str
    table: pa.Table
    numbers: NDArray[np.int64]
    malformed: tuple[Malformed, ...]
    fraction_done: float

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, each once."""
        return tuple(self.table.column_names)


def is_too_long(values: Iterable[str]) -> bool:
    """Tell whether a row holds a value that no column of incidents could have."""
    return any(len(value) > LONGEST_VALUE for value in values)


def too_long(number: int, values: Iterable[str]) -> Malformed:
    """Return a row that holds too long a value, without what is too long."""
    clipped = (each if len(each) <= LONGEST_VALUE else f"{each[:_SHOWN]}…" for each in values)
    reason = f"Holds a value of more than {LONGEST_VALUE:,} characters"
    return Malformed(number, tuple(clipped), reason)


def column_key(name: str) -> str:
    """Return a column name without case, spaces and punctuation, for comparing."""
    return re.sub(r"[\W_]+", "", name.casefold())


def header_position(rows: Sequence[Sequence[str]], *, needed: Iterable[str], file: str) -> int:
    """Return the position of the header: the first row that holds every needed column.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the file; a title or a merged heading may be above the header.
    needed : iterable of str
        Names the header must hold, compared without case, spaces and punctuation. With none
        needed, the header is the first row that is filled for more than half the usual width.
    file : str
        Named in the error.

    Raises
    ------
    EmptyFileError
        If there is no row with anything in it.
    UnknownColumnsError
        If no row holds the needed columns, or one of them twice.
    """
    filled = [[column_key(value) for value in row if value.strip()] for row in rows]
    if not any(filled):
        raise EmptyFileError(
            what=f"{file} holds no rows.",
            found="only blank lines",
            do="Download or export it again.",
        )
    needed_names = {column_key(name): name for name in needed}
    if not needed_names:
        return _first_full_row(rows)
    for position, names in enumerate(filled):
        if needed_names.keys() <= set(names):
            twice = [
                needed_names[n]
                for n, count in Counter(names).items()
                if count > 1 and n in needed_names
            ]
            if twice:
                raise UnknownColumnsError(
                    what=f"A needed column occurs twice in {file}.",
                    found=", ".join(twice),
                    do="Rename or remove one of them.",
                )
            return position
    best = max(range(len(filled)), key=lambda i: (len(needed_names.keys() & set(filled[i])), -i))
    missing = [name for key, name in needed_names.items() if key not in set(filled[best])]
    raise UnknownColumnsError(
        what=f"The columns of {file} are not recognised; missing: {', '.join(missing)}.",
        found=", ".join(value.strip()[:40] for value in rows[best] if value.strip())[:400],
        do="Use a profile that maps this file's columns, or check that it is the right file.",
    )


def _first_full_row(rows: Sequence[Sequence[str]]) -> int:
    places = [[at for at, value in enumerate(row, start=1) if value.strip()] for row in rows]
    widths = [max(filled, default=0) for filled in places]
    usual = usual_width(widths)
    fullest = max(range(len(places)), key=lambda at: (len(places[at]), -at))
    return next((at for at, filled in enumerate(places) if 2 * len(filled) > usual), fullest)


def usual_width(widths: Iterable[int]) -> int:
    """Return the commonest number of values to a row, the larger of two; blank rows are 0."""
    counts = Counter(width for width in widths if width)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return the header with every name filled in and unique.

    A blank name becomes ``column 3``; a second ``Notes`` becomes ``Notes (2)``.
    """
    names: list[str] = []
    for position, raw in enumerate(header, start=1):
        name = " ".join(raw.split()) or f"column {position}"
        copy, unique = 1, name
        while unique in names:
            copy += 1
            unique = f"{name} ({copy})"
        names.append(unique)
    return tuple(names)


def without_blank_rows(
    table: pa.Table, numbers: NDArray[np.int64]
) -> tuple[pa.Table, NDArray[np.int64]]:
    """Drop the rows in which every value is blank."""
    blank = pc.equal(pc.utf8_trim_whitespace(table.column(0)), "")
    for column in table.columns[1:]:
        if not pc.any(blank).as_py():
            return table, numbers
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(column), ""))
    kept = np.asarray(pc.invert(blank).to_numpy(zero_copy_only=False), dtype=np.bool_)
    return table.filter(pa.array(kept)), numbers[kept]


def as_rejected_rows(table: pa.Table) -> pa.Table:
    """Take the marks off again that keep a spreadsheet from running a rejected row's text.

    A file of rejected rows puts an apostrophe before a value that looks like a formula (see
    `data.rows.rejected`). Any other file is returned as it is.
    """
    if "rejected_file" not in table.column_names:
        return table
    plain_text = [
        pc.replace_substring_regex(column, pattern=r"^'('*[=+\-@\t\r])", replacement=r"\1")
        for column in table.columns
    ]
    return pa.table(plain_text, names=table.column_names)


def string_table(rows: Sequence[Sequence[str]], *, columns: Sequence[str]) -> pa.Table:
    """Lay out rows of equal length as one string column each."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [pa.array(column, pa.string()) for column in values]
    return pa.table(arrays, names=list(columns))
