"""Near-repeat as files: the table and the list of places as CSV, or both as JSON.

Positions are those of `models.hotspots.follow_up`: rounded, with no address.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.near_repeat import places_at_risk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from data.incidents.store import Store
    from models.hotspots.follow_up import FollowUp
    from models.hotspots.near_repeat import KnoxTable
    from models.incidents.near_repeat import NearRepeat

BAND_COLUMNS: Final = (
    "from_m", "under_m", "from_days", "under_days", "pairs", "expected", "ratio", "p", "raised",
)  # fmt: skip
PLACE_COLUMNS: Final = (
    "happened", "at_risk_from", "at_risk_until", "where", "from_m", "under_m", "near", "streets",
    "ward", "easting", "northing", "other_incidents_near", "ratio", "why",
)  # fmt: skip


class UnknownNearRepeatEndingError(PlainError, ValueError):
    """A file was asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"Unknown file ending {ending!r}: near-repeats are written as .json or .csv. Choose "
            "one of these endings."
        )


def band_rows(table: KnoxTable) -> list[dict[str, Any]]:
    """Return one row a band, in `BAND_COLUMNS`; what has no end or no ratio is None."""
    rows = []
    for row, (low, high) in enumerate(pairwise(table.settings.space_edges_m)):
        for column, (first, end) in enumerate(pairwise(table.settings.time_edges_days)):
            at = (row, column)
            values = (
                low, _finite(high), first, _finite(end), int(table.observed[at]),
                round(float(table.expected[at]), 2), _finite(round(float(table.ratio[at]), 3)),
                round(float(table.p[at]), 5), bool(table.raised[at]),
            )  # fmt: skip
            rows.append(dict(zip(BAND_COLUMNS, values, strict=True)))
    return rows


def place_rows(places: Sequence[FollowUp]) -> list[dict[str, Any]]:
    """Return one row a place, in `PLACE_COLUMNS`."""
    return [
        dict(
            zip(
                PLACE_COLUMNS,
                (
                    each.happened.isoformat(), each.happened.isoformat(), each.until.isoformat(),
                    each.zone.where,
                    each.zone.low_m, each.zone.high_m,
                    each.near, "; ".join(each.streets), each.ward,
                    each.easting, each.northing, each.others, round(each.zone.ratio, 2),
                    each.zone.why,
                ),
                strict=True,
            )
        )
        for each in places
    ]  # fmt: skip


def bands_csv(store: Store, near_repeat: NearRepeat) -> bytes:
    """Return the table as CSV, one row a band; each row names its period and table version."""
    return _csv(store, near_repeat, rows=band_rows(near_repeat.table), columns=BAND_COLUMNS)


def places_csv(store: Store, near_repeat: NearRepeat, places: Sequence[FollowUp]) -> bytes:
    """Return the list of places as CSV; each row names its period and table version."""
    return _csv(store, near_repeat, rows=place_rows(places), columns=PLACE_COLUMNS)


def near_repeat_file(
    store: Store,
    near_repeat: NearRepeat,
    *,
    on: date,
    now: datetime,
    ending: str,
    places_only: bool = False,
) -> bytes:
    """Return near-repeats as a file.

    Parameters
    ----------
    store : Store
    near_repeat : NearRepeat
    on : date
        The day of the list of places.
    now : datetime
        Aware; written into the file.
    ending : str
        ``.json`` for the table and the places, ``.csv`` for one of them.
    places_only : bool
        In CSV the places; the table without it.

    Raises
    ------
    UnknownNearRepeatEndingError
    """
    places = places_at_risk(store, near_repeat, on=on)
    match ending.lower():
        case ".json":
            return near_repeat_json(store, near_repeat, places, on=on, now=now)
        case ".csv" if places_only:
            return places_csv(store, near_repeat, places)
        case ".csv":
            return bands_csv(store, near_repeat)
    raise UnknownNearRepeatEndingError(ending)


def near_repeat_json(
    store: Store, near_repeat: NearRepeat, places: Sequence[FollowUp], *, on: date, now: datetime
) -> bytes:
    """Return the table, the list of places on a day, and how both were made, as JSON."""
    settings = near_repeat.table.settings
    query = to_query(near_repeat.selection.filter)
    counts = asdict(near_repeat.use)
    content = {
        **({"notice": SIMULATED} if store.simulated else {}),
        "period": str(near_repeat.selection.now.period),
        "filters": "&".join(f"{key}={text}" for key, text in query.items()),
        "settings": {
            "space_edges_m": [_finite(edge) for edge in settings.space_edges_m],
            "time_edges_days": [_finite(edge) for edge in settings.time_edges_days],
            "distance": settings.distance,
            "permutations": settings.permutations,
            "seed": settings.seed,
        },
        "incidents": {"used": counts.pop("incidents"), **counts},
        "notes": list(near_repeat.notes),
        "table_version": near_repeat.selection.version,
        "made_at": now.isoformat(timespec="seconds"),
        "bands": band_rows(near_repeat.table),
        "on": on.isoformat(),
        "places": place_rows(places),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _csv(
    store: Store,
    near_repeat: NearRepeat,
    *,
    rows: Sequence[dict[str, Any]],
    columns: Sequence[str],
) -> bytes:
    table = pd.DataFrame(rows, columns=list(columns))
    if store.simulated:
        table["notice"] = SIMULATED
    table["period"] = str(near_repeat.selection.now.period)
    table["table_version"] = near_repeat.selection.version
    return csv_bytes(table)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
