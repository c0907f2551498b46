"""How many incidents each source has in the table, and its newest: read without a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.incidents.table import dataset

if TYPE_CHECKING:
    from datetime import datetime

    from deltalake import DeltaTable


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What the table has of one source.

    Attributes
    ----------
    source : str
    incidents : int
    newest : datetime
        Start of its newest incident, UTC.
    content : int
        Sum of the rows' hashes, which tells a changed row.
    """

    source: str
    incidents: int
    newest: datetime
    content: int


def source_counts(table: DeltaTable) -> tuple[SourceCount, ...]:
    """Return the counts of an opened table, by name of the source."""
    rows = dataset(table).to_table(columns=["source", "starts_at", "row_hash"])
    counted = rows.group_by("source").aggregate(
        [("starts_at", "count"), ("starts_at", "max"), ("row_hash", "sum")]
    )
    return tuple(
        SourceCount(
            source=row["source"],
            incidents=row["starts_at_count"],
            newest=row["starts_at_max"],
            content=row["row_hash_sum"],
        )
        for row in counted.sort_by("source").to_pylist()
    )
