"""Rejecting rows that cannot be laid out in the file's columns, or of which nothing may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.rows.validation import WHOLE_ROW, is_rejection_column, rejected_frame

if TYPE_CHECKING:
    from data.sources.rows import Malformed, Rows

WITHHELD: Final = "(not kept)"
_WITHHELD_REASON: Final = (
    "its values are not kept, since a caller could be among them: correct it in the original file"
)


def with_malformed(rows: Rows, rejected: pd.DataFrame, *, personal: bool = False) -> pd.DataFrame:
    """Return the rejected rows of a batch with its malformed rows among them, by row number.

    Parameters
    ----------
    rows : Rows
        The batch as read.
    rejected : DataFrame
        Its other rejected rows, as the contract says.
    personal : bool
        True where the file has a column that may not be kept. In a row whose values have moved it
        could be any of them, so none is kept.
    """
    if not rows.malformed:
        return rejected
    own = [name for name in rows.columns if not is_rejection_column(name)]
    values = [_laid_out(row, rows.columns, personal=personal) for row in rows.malformed]
    reasons = [row.reason for row in rows.malformed]
    if personal:
        reasons = [f"{reason}; {_WITHHELD_REASON}" for reason in reasons]
    frame = rejected_frame(
        {name: [row[name] for row in values] for name in own},
        file=[rows.file] * len(values),
        row=[row.number for row in rows.malformed],
        field=[WHOLE_ROW] * len(values),
        value=[WITHHELD if personal else " | ".join(row.values) for row in rows.malformed],
        reason=reasons,
    )
    if rejected.empty:
        return frame
    together = pd.concat([rejected, frame], ignore_index=True)
    return together.sort_values("rejected_row", kind="stable", ignore_index=True)


def without_values(table: pa.Table, rows: pa.Array) -> pa.Table:
    """Return a table of text with nothing in some rows but where they first came from.

    Parameters
    ----------
    table : pyarrow.Table of strings
    rows : pyarrow.Array of bool
        True for each row of which nothing may be kept.
    """
    for at, name in enumerate(table.column_names):
        if not is_rejection_column(name):
            table = table.set_column(at, name, pc.if_else(rows, "", table.column(at)))
    return table


def _laid_out(row: Malformed, columns: tuple[str, ...], *, personal: bool) -> dict[str, str]:
    given = () if personal else row.values
    padded = (*given, *[""] * len(columns))
    return dict(zip(columns, padded, strict=False))
