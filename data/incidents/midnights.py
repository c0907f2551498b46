"""Whether times of exactly 00:00 are real: what was said of each source, kept in the history.

A heap at exactly 00:00 (`models.incidents.midnight`) is taken for dates without a time until
somebody says otherwise. The statement is a commit of its own or part of an import's, so it stands
in the table's history like everything else that was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.incidents import table as store
from data.incidents.commits import CommitConflictError
from data.incidents.imports import ATTEMPTS, StoreBusyError
from data.incidents.local_time import local_minutes
from data.incidents.table_faults import table_faults
from geo.errors import PlainError
from models.incidents.midnight import MidnightHeap, expected_at_midnight, heap_rows, midnight_heap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from data.settings import Settings

_DAY_MINUTES = 1440
_TIMED = ("minute", "hour")


class UnknownSourceError(PlainError, LookupError):
    """There is no source of this name."""

    def __init__(self, source: str, *, known: Sequence[str]) -> None:
        super().__init__(
            f"Unknown source {source!r}. Known: {', '.join(known) or 'none'}. Choose one of these."
        )


def sources_with_real_midnights(listed: Sequence[store.Version]) -> frozenset[str]:
    """Return the sources whose times of exactly 00:00 were said to be real, the last word counting.

    What an import said that was taken back does not count.
    """
    undone = {each.event["import_id"] for each in listed if each.kind == "undo"}
    said: dict[str, bool] = {}
    for version in sorted(listed, key=lambda each: each.version):
        event = version.event
        if version.kind == "midnights":
            said[event["source"]] = event["real"]
        elif (
            version.kind == "import"
            and event.get("real_midnights")
            and event["import_id"] not in undone
        ):
            said |= dict.fromkeys(event["source"].split(", "), True)
    return frozenset(source for source, real in said.items() if real)


@table_faults()
def say_midnights(source: str, *, real: bool, settings: Settings, now: datetime) -> store.Version:
    """Say whether the times of exactly 00:00 in a source are real.

    Returns
    -------
    Version
        The new version of the table; no row of it changes.

    Raises
    ------
    EmptyStoreError, UnknownSourceError
    StoreBusyError
        If other writers kept getting in first.
    """
    event: dict[str, Any] = {
        "kind": "midnights",
        "source": source,
        "real": real,
        "asked": now.isoformat(),
    }
    for _ in range(ATTEMPTS):
        opened = store.opened(settings)
        known = pc.unique(store.dataset(opened).to_table(columns=["source"])["source"]).to_pylist()
        if source not in known:
            raise UnknownSourceError(source, known=sorted(known))
        try:
            store.note(opened, event=event)
        except CommitConflictError:
            continue
        return store.versions(settings)[0]
    raise StoreBusyError


def heaps_of_import(
    rows: pa.Table, *, timezone: str, real: frozenset[str]
) -> tuple[MidnightHeap, ...]:
    """Return the heaps at exactly 00:00 among the rows of one import, a source each.

    Parameters
    ----------
    rows : pyarrow.Table
        With the columns ``source``, ``time_precision`` and ``starts_at``.
    timezone : str
        IANA name of the local time.
    real : frozenset of str
        Sources whose times of exactly 00:00 were said to be real.
    """
    if not rows.num_rows:
        return ()
    timed = pc.is_in(rows["time_precision"].cast(pa.string()), pa.array(_TIMED))
    rows = rows.filter(timed)
    minutes = local_minutes(rows["starts_at"], timezone=timezone) % _DAY_MINUTES
    sources = rows["source"].cast(pa.string())
    heaps = (
        midnight_heap(
            minutes[pc.equal(sources, source).to_numpy()], source=source, real=source in real
        )
        for source in sorted(pc.unique(sources).to_pylist())
    )
    return tuple(heap for heap in heaps if heap is not None)


def heaps_of_table(
    minutes: NDArray[np.int64],
    *,
    timed: NDArray[np.bool_],
    source: NDArray[np.int16],
    brought_by: NDArray[np.int32],
    sources: Sequence[str],
    real: frozenset[str],
) -> tuple[tuple[MidnightHeap, ...], NDArray[np.bool_]]:
    """Return the heaps of each source, and the rows that are taken for dates without a time.

    A source is asked as a whole, and each import of it for itself: a small file of bare dates does
    not stand out among years of real times.

    Parameters
    ----------
    minutes : int64 array of shape (n,)
        Local wall-clock minutes of the starts.
    timed : bool array of shape (n,)
        Rows whose time is known to the minute or hour.
    source : int16 array of shape (n,)
        Index into `sources`.
    brought_by : int32 array of shape (n,)
        Which import brought each row, from 0.
    sources : sequence of str
    real : frozenset of str
        Sources whose times of exactly 00:00 were said to be real.
    """
    imports = np.int64(brought_by.max(initial=0) + 1)
    groups = source.astype(np.int64) * imports + brought_by
    in_heap = heap_rows(minutes, timed=timed, groups=source.astype(np.int64))
    in_heap |= heap_rows(minutes, timed=timed, groups=groups)
    heaps = []
    for at in np.unique(source[in_heap]):
        own = timed & (source == at)
        clock = minutes[own] % _DAY_MINUTES
        heaps.append(
            MidnightHeap(
                source=sources[at],
                rows=int(np.count_nonzero(in_heap & (source == at))),
                timed=int(np.count_nonzero(own)),
                expected=expected_at_midnight(clock),
                real=sources[at] in real,
            )
        )
    said_real = np.array([name in real for name in sources], dtype=np.bool_)
    return tuple(heaps), in_heap & ~said_real[source]
