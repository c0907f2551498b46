"""What each source holds and how far it can be trusted: the figures of the Data quality page.

Worked out from the snapshot, so they are of the same table version as everything else on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from data.faults import plain_faults
from data.incidents import table as store
from data.incidents.imports import records
from data.rows.contract import REJECTED_COLUMNS
from data.rows.validation import fault_counts
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.incidents.imports import ImportRecord
    from data.rows.validation import FaultCount
    from data.settings import Settings


_UPKEEP: Final = {
    "compact": "Files joined or removed by upkeep; no incident changed",
    "retain": "Incidents removed that were past the time they may be kept",
    "erase": "A caller's reference removed from the incidents",
}


class NoRowUsedError(PlainError, ValueError):
    """Every row of an import was rejected."""

    def __init__(self, name: str, *, reasons: Sequence[FaultCount]) -> None:
        common = "; ".join(
            f"{each.field}: {each.reason[:1].lower()}{each.reason[1:]} "
            f"({counted(each.rows, 'row')})"
            for each in reasons[:3]
        )
        super().__init__(
            f"Not one row of {name} could be used. Found: {common}. If that is so in every row, "
            "the profile does not fit the file, or another program has rewritten it: import the "
            "file as it was exported, or correct the profile."
        )


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One version of the table in plain words, for the list of versions."""

    version: int
    committed_at: datetime
    what: str


def table_versions(settings: Settings) -> tuple[TableVersion, ...]:
    """List the table's versions, newest first, each with what made it; empty for an empty store."""
    listed = store.versions(settings)
    names = {record.import_id: record for record in records(listed, settings=settings)}
    described = []
    for each in listed:
        if each.kind == "import":
            record = names[each.event["import_id"]]
            what = (
                f"Import of {record.name}: {counted(record.rows_added, 'incident')} added, "
                f"{record.rows_changed:,} changed{_by(each)}"
            )
        elif each.kind == "undo":
            what = f"Import of {each.event['name']} taken back{_by(each)}"
        elif each.kind == "rejoin":
            what = f"Joined to another ward layer ({counted(each.event['wards'], 'ward')})"
        elif each.kind == "midnights":
            meaning = "real" if each.event["real"] else "dates without a time"
            what = f"Times of exactly 00:00 in {each.event['source']} said to be {meaning}"
        elif each.kind in _UPKEEP:
            what = _UPKEEP[each.kind]
        else:
            what = "Empty table made" if each.version == 0 else "Changed from outside the product"
        described.append(TableVersion(each.version, each.committed_at, what))
    return tuple(described)


def _by(version: store.Version) -> str:
    person = version.event.get("person", "")
    return f", by {person}" if person else ""


def rejected_reasons(records: Iterable[ImportRecord]) -> list[FaultCount]:
    """Sum up why rows were rejected, over the imports that stand, the commonest reason first.

    Parameters
    ----------
    records : iterable of ImportRecord
        One that was taken back, or whose file of rejected rows is gone, is passed over.
    """
    files = (
        record.rejected_file
        for record in records
        if record.undone is None and record.rejected_file is not None
    )
    with plain_faults("The file of rejected rows of an import", also=(ValueError,)):
        return fault_counts(
            pd.read_csv(path, usecols=list(REJECTED_COLUMNS), dtype="str", keep_default_na=False)
            for path in files
            if path.exists()
        )
