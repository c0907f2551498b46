"""One version of the incident table in memory: read-only columns, sorted by time.

What a filter needs is worked out once: local wall-clock minutes, hour of the week, and small codes
for every word. All sessions share one snapshot, so its arrays are not writeable.

**Streets.** A place is shown as a street only where the source publishes it at street level
(precision ``street`` or ``snapped``); the places of exact and postcode positions may be addresses
and are dropped on the way in.

**Domestic and sexual incidents** have no position and no street here
(`data.incidents.sensitive`): they are in every total and can be drawn nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.incidents import table as store
from data.incidents.categories import category_codes
from data.incidents.columns import codes, flag_codes, frozen, values_and_positions
from data.incidents.kept_since import read_kept_since, within
from data.incidents.local_time import end_minutes, has_hour, local_minutes
from data.incidents.matching import mix
from data.incidents.midnights import heaps_of_table, sources_with_real_midnights
from data.incidents.sensitive import PLACE_COLUMNS, positions, sensitive_rows, shared_points
from data.incidents.table_faults import table_faults
from data.layers.severity import severity_in_use
from geo.errors import PlainError
from models.calendar.clock_changes import clock_changes
from models.calendar.days import day_of_minute
from models.calendar.week import hours_of_week
from models.hotspots.inputs import Incidents
from models.incidents.coverage import coverages
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.incidents.snapshot import Snapshot

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from data.layers.severity import SeverityTable
    from data.settings import Settings
    from geo.wards import WardLayer
    from models.incidents.midnight import MidnightHeap

_WORDS: Final = (
    "source",
    "category",
    "offence",
    "time_precision",
    "place_precision",
    "place",
    "ward_code",
    "borough_code",
    "import_id",
)
_SNAPSHOT_FLAGS: Final = ("injury", "domestic", "nte")
_COLUMNS: Final = tuple(
    dict.fromkeys(
        (
            *_WORDS,
            "starts_at",
            "ends_at",
            "harm",
            *_SNAPSHOT_FLAGS,
            *PLACE_COLUMNS,
            "ward_snapped",
        )
    )
)
_STREET_LEVEL: Final = ("street", "snapped")


class StaleWardsError(PlainError, ValueError):
    """The table is joined to another ward layer than the one given."""

    def __init__(self) -> None:
        super().__init__(
            "The incidents are joined to another ward layer than the one in use, so no "
            "ward's count would be right. Join them to the wards in use (Import data, Wards)."
        )


@dataclass(frozen=True, slots=True)
class _Areas:
    """Wards and boroughs in the order that codes use."""

    ward_codes: tuple[str, ...]
    ward_names: tuple[str, ...]
    ward_boroughs: NDArray[np.int16]
    borough_codes: tuple[str, ...]
    borough_names: tuple[str, ...]


@table_faults()
def load(
    settings: Settings, *, wards: WardLayer | None = None, version: int | None = None
) -> Snapshot:
    """Read one version of the table into memory.

    Parameters
    ----------
    settings : Settings
    wards : WardLayer, optional
        The layer in use: gives the order and names of the wards. Without it the wards are those
        found in the table, in order of code, named by their codes.
    version : int, optional
        The newest unless given.

    Raises
    ------
    EmptyStoreError
        If the table holds no rows, or there is none.
    UnknownVersionError
        If there is no such version.
    SeverityTableError
        If the borough's own severity table cannot be read.
    StaleWardsError
        If `wards` is not the layer that this version is joined to.
    """
    opened = store.opened(settings, version=version)
    listed = store.versions_of(opened)
    if wards is not None and store.joined_layer(listed) not in (store.layer_key(wards), None):
        raise StaleWardsError
    read = store.dataset(opened, dictionary_columns=_WORDS).to_table(columns=list(_COLUMNS))
    if not read.num_rows:
        raise store.EmptyStoreError
    read = read.unify_dictionaries().combine_chunks()
    minutes = local_minutes(read["starts_at"], timezone=settings.timezone)
    sensitive = sensitive_rows(read)
    order = _time_order(read, minutes, sensitive=sensitive)
    read_all = _snapshot(
        read.take(pa.array(order)),
        minutes[order],
        sensitive=sensitive[order],
        areas=_areas(read, wards=wards),
        version=listed[0],
        timezone=settings.timezone,
        severity=severity_in_use(settings),
        real_midnights=sources_with_real_midnights(listed),
    )
    return replace(read_all, coverage=within(read_all.coverage, read_kept_since(settings)))


def _snapshot(
    rows: pa.Table,
    minutes: NDArray[np.int64],
    *,
    sensitive: NDArray[np.bool_],
    areas: _Areas,
    version: store.Version,
    timezone: str,
    severity: SeverityTable,
    real_midnights: frozenset[str],
) -> Snapshot:
    sources = tuple(sorted(pc.unique(rows["source"]).to_pylist()))
    source = codes(rows["source"], values=sources).astype(np.int16)
    time_precision, midnights = _time_precision(
        rows, minutes, source=source, sources=sources, real_midnights=real_midnights
    )
    place_precision = codes(rows["place_precision"], values=PLACE_PRECISIONS).astype(np.int8)
    ward = codes(rows["ward_code"], values=areas.ward_codes).astype(np.int16)
    borough = np.append(areas.ward_boroughs, np.int16(-1))[ward]
    flags = {name: flag_codes(rows[name]) for name in _SNAPSHOT_FLAGS}
    offences = tuple(sorted(values_and_positions(rows["offence"])[0]))
    coverage = coverages(
        minutes,
        source=source,
        borough=borough,
        month_only=time_precision == TIME_PRECISIONS.index("month"),
        sources=sources,
        boroughs=areas.borough_codes,
    )
    return Snapshot(
        incidents=_incidents(
            rows,
            minutes,
            sensitive=sensitive,
            ward=ward,
            time_precision=time_precision,
            place_precision=place_precision,
            timezone=timezone,
            severity=severity,
        ),
        source=frozen(source),
        time_precision=frozen(time_precision),
        place_precision=frozen(place_precision),
        borough=frozen(borough),
        injury=frozen(flags["injury"]),
        domestic=frozen(flags["domestic"]),
        nte=frozen(flags["nte"]),
        sensitive=frozen(sensitive),
        point=frozen(shared_points(rows)),
        ward_snapped=frozen(rows["ward_snapped"].to_numpy()),
        version=version.version,
        committed_at=version.committed_at,
        sources=sources,
        ward_codes=areas.ward_codes,
        ward_names=areas.ward_names,
        ward_boroughs=frozen(areas.ward_boroughs),
        borough_codes=areas.borough_codes,
        borough_names=areas.borough_names,
        coverage=coverage,
        timezone=timezone,
        severity=f"{severity.source} ({severity.date})",
        offence=frozen(codes(rows["offence"], values=offences)),
        offences=offences,
        midnights=midnights,
    )


def _time_precision(
    rows: pa.Table,
    minutes: NDArray[np.int64],
    *,
    source: NDArray[np.int16],
    sources: tuple[str, ...],
    real_midnights: frozenset[str],
) -> tuple[NDArray[np.int8], tuple[MidnightHeap, ...]]:
    """Return how exactly each time is known: a heap at exactly 00:00 is known to the day."""
    precision = codes(rows["time_precision"], values=TIME_PRECISIONS).astype(np.int8)
    heaps, bare = heaps_of_table(
        minutes,
        timed=np.isin(precision, [TIME_PRECISIONS.index(name) for name in ("minute", "hour")]),
        source=source,
        brought_by=values_and_positions(rows["import_id"])[1],
        sources=sources,
        real=real_midnights,
    )
    return np.where(bare, np.int8(TIME_PRECISIONS.index("day")), precision), heaps


def _incidents(
    rows: pa.Table,
    minutes: NDArray[np.int64],
    *,
    sensitive: NDArray[np.bool_],
    ward: NDArray[np.int16],
    time_precision: NDArray[np.int8],
    place_precision: NDArray[np.int8],
    timezone: str,
    severity: SeverityTable,
) -> Incidents:
    easting, northing = positions(rows, sensitive=sensitive)
    street, streets = _streets(
        rows["place"], may_be_named=~sensitive & _of_streets(place_precision)
    )
    ends = end_minutes(rows, minutes, time_precision=time_precision, timezone=timezone)
    hour = np.where(has_hour(rows, time_precision), hours_of_week(minutes), np.int16(-1))
    return Incidents(
        easting=frozen(easting),
        northing=frozen(northing),
        starts_minute=frozen(minutes),
        hour_of_week=frozen(hour),
        category=frozen(category_codes(rows)),
        ward=frozen(ward),
        harm=frozen(_harm(rows, severity)),
        snapped=frozen(place_precision == PLACE_PRECISIONS.index("snapped")),
        street=frozen(street),
        streets=streets,
        ends_minute=frozen(ends),
        clock_changes=clock_changes(
            timezone, first=_day(minutes[0]), last=_day(max(minutes[-1], ends.max()))
        ),
    )


def _harm(rows: pa.Table, severity: SeverityTable) -> NDArray[np.float32]:
    """Return each row's own weight, else that of its offence, else NaN."""
    offences, at = values_and_positions(rows["offence"])
    by_offence = np.append(severity.weights_of(offences), np.float32(np.nan))[at]
    own = rows["harm"].fill_null(np.nan).to_numpy()
    return np.asarray(np.where(np.isnan(own), by_offence, own), dtype=np.float32)


def _day(wall_minute: np.int64) -> date:
    return day_of_minute(int(wall_minute))


def _time_order(
    rows: pa.Table, minutes: NDArray[np.int64], *, sensitive: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Return the order by time, then by content, so that the order of files does not matter.

    One 64-bit key sorts several times quicker than a list of keys: time in the upper bits, and as
    many bits of a hash of place and category as are left. A sensitive row has no place; its ward
    and its offence stand in.
    """
    since = (minutes - minutes.min()).astype(np.uint64)
    content = np.zeros(len(minutes), dtype=np.uint64)
    for values in positions(rows, sensitive=sensitive):
        content = mix(content ^ values.view(np.uint64))
    for name in ("ward_code", "offence"):
        words = codes(rows[name], values=sorted(values_and_positions(rows[name])[0]))
        content[sensitive] = mix(content[sensitive] ^ words[sensitive].astype(np.uint64))
    content = mix(content ^ category_codes(rows).astype(np.uint64))
    time_bits = np.uint64(int(since.max()).bit_length())
    key = (since << (np.uint64(63) - time_bits)) | (content >> (time_bits + np.uint64(1)))
    return np.argsort(key)


def _areas(rows: pa.Table, *, wards: WardLayer | None) -> _Areas:
    if wards is not None:
        frame = wards.frame
        codes, names = frame["ward_code"], frame["ward_name"]
        boroughs, borough_names = frame["borough_code"], frame["borough_name"]
    else:
        pairs = rows.select(["ward_code", "borough_code"])
        frame = pairs.cast(pa.schema([("ward_code", pa.string()), ("borough_code", pa.string())]))
        frame = frame.to_pandas().dropna(subset="ward_code")
        frame = frame.drop_duplicates("ward_code").sort_values("ward_code")
        codes = names = frame["ward_code"]
        boroughs = borough_names = frame["borough_code"]
    named = dict(zip(boroughs.dropna(), borough_names[boroughs.notna()], strict=True))
    known = tuple(sorted(named))
    index = [known.index(code) if code in named else -1 for code in boroughs]
    return _Areas(
        ward_codes=tuple(codes),
        ward_names=tuple(names),
        ward_boroughs=np.array(index, dtype=np.int16),
        borough_codes=known,
        borough_names=tuple(code if pd.isna(named[code]) else str(named[code]) for code in known),
    )


def _streets(
    places: pa.ChunkedArray, *, may_be_named: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return an index into street names for each row, −1 where none may be shown, and the names."""
    found, at = values_and_positions(places)
    words = [_street(word) for word in found]
    used = np.zeros(len(words) + 1, dtype=np.bool_)
    used[at[may_be_named]] = True
    names = tuple(
        sorted({word for word, taken in zip(words, used, strict=False) if taken and word})
    )
    position = {name: index for index, name in enumerate(names)}
    table = np.array([*(position.get(word, -1) for word in words), -1], dtype=np.int32)
    return np.where(may_be_named, table[at], np.int32(-1)), names


def _of_streets(place_precision: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.isin(place_precision, [PLACE_PRECISIONS.index(name) for name in _STREET_LEVEL])


def _street(place: str) -> str:
    """Return a published place without police.uk's "On or near", and "" for "No location"."""
    name = place.removeprefix("On or near").strip()
    return "" if name.lower() == "no location" else name
