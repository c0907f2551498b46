"""What each version of the incident table was: read from its log, and from a record of the log.

The log is the record of what happened to the table, and it grows with every import. So that neither
reading it takes longer for ever nor its oldest entries have to stay for the sake of the list of
imports, upkeep writes what the entries say into one file next to the data (`record_history`). The
file is only ever written from the log and what the file said before; it is on the disk before an
entry of the log may be removed (`data.incidents.upkeep`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from data import seals
from data.incidents.data_files import table_folder
from data.incidents.table_faults import table_faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deltalake import DeltaTable

EventKind = Literal["import", "undo", "rejoin", "midnights", "compact", "retain", "erase"]

EVENT_KEY: Final = "hotspot_event"
HISTORY_FILE: Final = "_history.jsonl"  # the underscore keeps the table's library away from it


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the table.

    Attributes
    ----------
    version : int
        Number, from 0.
    committed_at : datetime
        When it was stored, UTC, by this machine's clock.
    kind : str
        ``import``, ``undo``, ``rejoin``, ``midnights``, ``compact``, ``retain``, ``erase``, or
        ``other`` for what came from elsewhere (the empty table at the start, say).
    event : dict
        What was written into the commit; see `data.incidents.imports`.
    """

    version: int
    committed_at: datetime
    kind: EventKind | Literal["other"]
    event: dict[str, Any]


@table_faults()
def versions_of(table: DeltaTable) -> list[Version]:
    """List the versions of an opened table up to the one it is opened at, newest first."""
    newest = table.version()
    listed = {each.version: each for each in _recorded(table) if each.version <= newest}
    unrecorded = newest - max(listed, default=-1)
    for commit in table.history(limit=unrecorded) if unrecorded else ():
        each = _of_commit(commit)
        listed.setdefault(each.version, each)
    return sorted(listed.values(), key=lambda version: version.version, reverse=True)


def unrecorded_versions(table: DeltaTable) -> int:
    """Return how many versions stand in the log alone."""
    return int(table.version() - max((each.version for each in _recorded(table)), default=-1))


def record_history(table: DeltaTable, listed: Sequence[Version] | None = None) -> None:
    """Write what every version was into the record next to the data, whole and on the disk.

    Parameters
    ----------
    table : DeltaTable
        At its newest version.
    listed : sequence of Version, optional
        What to write; what log and record say unless given.
    """
    known = versions_of(table) if listed is None else listed
    lines = (
        json.dumps(
            {
                "version": each.version,
                "committed_at": each.committed_at.isoformat(),
                "kind": each.kind,
                "event": each.event,
            },
            ensure_ascii=False,
        )
        for each in sorted(known, key=lambda version: version.version)
    )
    seals.write_file(_path(table), "".join(f"{line}\n" for line in lines).encode())


def _recorded(table: DeltaTable) -> list[Version]:
    try:
        lines = _path(table).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = map(json.loads, lines)
    return [
        Version(
            version=int(each["version"]),
            committed_at=datetime.fromisoformat(each["committed_at"]),
            kind=each["kind"],
            event=each["event"],
        )
        for each in found
    ]


def _of_commit(commit: dict[str, Any]) -> Version:
    event = json.loads(commit.get(EVENT_KEY, "{}"))
    return Version(
        version=int(commit["version"]),
        committed_at=datetime.fromtimestamp(commit["timestamp"] / 1000, tz=UTC),
        kind=event.get("kind", "other"),
        event=event,
    )


def _path(table: DeltaTable) -> Path:
    return table_folder(table) / HISTORY_FILE
