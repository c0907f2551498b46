"""Accepting and rejecting rows: all faults of a batch are gathered, then each row goes one way.

A row with any fault is rejected with every reason it has and the values it was read with, so that
it can be corrected and imported again; a row with none is accepted. Nothing is dropped: the two
always add up to the rows read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from data.rows.contract import REJECTED_COLUMNS, REJECTED_PREFIX, SOURCE_FIELDS, SOURCE_SCHEMA
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

WHOLE_ROW: Final = "(whole row)"
_LONGEST_VALUE: Final = 200


@dataclass(slots=True)
class Faults:
    """The faults of one batch of rows, in the order in which they were noted.

    Attributes
    ----------
    rows : int
        Rows in the batch.
    """

    rows: int
    _noted: list[tuple[tuple[str, ...], str, NDArray[np.bool_]]] = field(default_factory=list)

    def add(self, wrong: NDArray[np.bool_], *, columns: Sequence[str], reason: str) -> None:
        """Note that the rows where `wrong` holds have a fault.

        Parameters
        ----------
        wrong : bool array of shape (rows,)
        columns : sequence of str
            The file's own columns at fault, named to the person who corrects them.
        reason : str
            What is wrong, the same for all these rows; their values are kept with it.
        """
        if wrong.any():
            self._noted.append((tuple(columns), reason, wrong))

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """True for each row without a fault, shape (rows,)."""
        good = np.ones(self.rows, dtype=np.bool_)
        for _, _, wrong in self._noted:
            good &= ~wrong
        return good

    def explained(self, table: pa.Table, *, file: str, numbers: NDArray[np.int64]) -> pd.DataFrame:
        """Return the rejected rows as the contract says: what is wrong, then the file's columns.

        Parameters
        ----------
        table : pyarrow.Table of strings
            The rows as read. Where it is itself a file of rejected rows, each row keeps the file
            and the row number it first came from.
        file : str
            Name of the file.
        numbers : int64 array of shape (rows,)
            1-based row numbers.
        """
        rejected = np.flatnonzero(~self.accepted)
        values = table.take(pa.array(rejected)).to_pydict()
        reasons: list[list[str]] = [[] for _ in rejected]
        first: list[tuple[str, ...] | None] = [None] * len(rejected)
        for columns, reason, wrong in self._noted:
            for at in np.flatnonzero(wrong[rejected]).tolist():
                reasons[at].append(reason)
                first[at] = first[at] or columns
        named = [columns or (WHOLE_ROW,) for columns in first]
        return rejected_frame(
            {name: column for name, column in values.items() if not is_rejection_column(name)},
            file=values.get("rejected_file", [file] * len(rejected)),
            row=_row_numbers(values.get("rejected_row"), numbers[rejected]),
            field=[", ".join(columns) for columns in named],
            value=[
                ", ".join(values[name][at] for name in columns if name in values)
                for at, columns in enumerate(named)
            ],
            reason=["; ".join(texts) for texts in reasons],
        )


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How often one fault occurs, and where it occurs first."""

    field: str
    reason: str
    rows: int
    first_file: str
    first_row: int


def rejected_frame(
    own: Mapping[str, Sequence[str]],
    *,
    file: Sequence[str],
    row: Sequence[int],
    field: Sequence[str],
    value: Sequence[str],
    reason: Sequence[str],
) -> pd.DataFrame:
    """Lay out rejected rows: `REJECTED_COLUMNS`, then the file's own columns as text."""
    ours = (
        pd.Series(list(file), dtype="str"),
        pd.Series(list(row), dtype="int64"),
        pd.Series(list(field), dtype="str"),
        pd.Series([text[:_LONGEST_VALUE] for text in value], dtype="str"),
        pd.Series(list(reason), dtype="str"),
    )
    columns = dict(zip(REJECTED_COLUMNS, ours, strict=True))
    columns |= {name: pd.Series(list(texts), dtype="str") for name, texts in own.items()}
    return pd.DataFrame(columns)


def fault_counts(rejected: Iterable[pd.DataFrame]) -> list[FaultCount]:
    """Sum up rejected rows by their field and reason, the commonest first.

    Parameters
    ----------
    rejected : iterable of DataFrame
        `Checked.rejected` of each batch.
    """
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for frame in rejected:
        keys = zip(frame["rejected_field"], frame["rejected_reason"], strict=True)
        places = zip(frame["rejected_file"], frame["rejected_row"], strict=True)
        for key, (file, row) in zip(keys, places, strict=True):
            counts[key] += 1
            first.setdefault(key, (file, int(row)))
    return [FaultCount(*key, rows, *first[key]) for key, rows in counts.most_common()]


def accepted_table(columns: Mapping[str, object], *, accepted: NDArray[np.bool_]) -> pa.Table:
    """Return the accepted rows in `SOURCE_SCHEMA`.

    Parameters
    ----------
    columns : mapping of str to array
        Arrays of shape (rows,) by name of a source field; a field that is left out is null, a
        single string is the value of all rows.
    accepted : bool array of shape (rows,)
        Which rows to take.

    Raises
    ------
    ValueError
        If a field that every incident has is null in an accepted row: a fault of the caller's.
    """
    keep = pa.array(accepted)
    arrays = []
    for column in SOURCE_FIELDS:
        values = columns.get(column.name)
        if values is None:
            array = pa.nulls(len(accepted), column.type)
        elif isinstance(values, str):
            array = pa.repeat(pa.scalar(values, column.type), len(accepted))
        elif isinstance(values, (pa.Array, pa.ChunkedArray)):
            array = values.cast(column.type)
        else:
            array = pa.array(values, column.type, from_pandas=True)
        array = array.filter(keep)
        if array.null_count and not column.nullable:
            message = (
                f"{counted(array.null_count, 'accepted row has', 'accepted rows have')} no "
                f"{column.name}; reject them first"
            )
            raise ValueError(message)
        arrays.append(array)
    table = pa.table(arrays, schema=SOURCE_SCHEMA)
    table.validate()
    return table


def is_rejection_column(column: str) -> bool:
    """Tell whether a column is one that the product adds to a file of rejected rows."""
    return column in REJECTED_COLUMNS and column.startswith(REJECTED_PREFIX)


def _row_numbers(stated: Sequence[str] | None, numbers: NDArray[np.int64]) -> list[int]:
    own: list[int] = numbers.tolist()
    if stated is None:
        return own
    return [int(text) if text.isdecimal() else row for text, row in zip(stated, own, strict=True)]
