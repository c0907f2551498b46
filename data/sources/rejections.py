"""Rejected rows of a layer's file: their row numbers, the reason for each, and how often it occurs.

Incidents keep the whole row (`data.rows.rejected`); of a list of premises, a base or a census table
the number and the reason are enough, since its owner has the file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from data.sources.rows import Rows

RejectedRow = tuple[int, str]


def rejected_rows(rows: Rows, reason: NDArray[np.object_]) -> list[RejectedRow]:
    """Return the rejected rows of a batch, its malformed rows among them.

    Parameters
    ----------
    rows : Rows
    reason : object array of shape (rows of the table,)
        Why each row is rejected; "" for an accepted one.
    """
    refused = np.flatnonzero(reason != "")
    rejected = [(int(rows.numbers[at]), str(reason[at])) for at in refused]
    return rejected + [
        (row.number, row.reason[:1].lower() + row.reason[1:]) for row in rows.malformed
    ]


def counted_reasons(rejected: Sequence[RejectedRow]) -> tuple[str, ...]:
    """Return each reason once with its number of rows and the first of them, commonest first."""
    first = {reason: row for row, reason in reversed(rejected)}
    return tuple(
        f"{rows:,} {'row' if rows == 1 else 'rows'} rejected: {reason} (first: row "
        f"{first[reason]:,})"
        for reason, rows in Counter(reason for _, reason in rejected).most_common()
    )
