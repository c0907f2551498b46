"""How simulated incidents are written down: what a call log or a crime system would hold.

A report of disorder has its minute, and mostly a caller. A crime has its minute or only its hour; a
theft or a burglary that nobody saw lies between two times; a few are known to the day. Most places
are exact, some are only the caller's postcode, or the street in the council's case system; a noise
case has an address. A flag that the source would not hold is null.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from data.demo.channels import SOURCES, channels, offence_words
from data.demo.clock import to_utc
from data.demo.places import ADDRESSES
from data.demo.rates import CAD_SOURCE, COUNCIL_SOURCE, CRIME_SOURCE, streams
from data.rows.contract import SOURCE_SCHEMA
from models.calendar.days import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from data.demo.places import DemoPlaces
    from data.demo.rates import Stream
    from data.demo.simulated import SimulatedIncidents

POSTCODE_ONLY: Final = {CAD_SOURCE: 0.12, CRIME_SOURCE: 0.05}  # share known to the postcode
HOUR_ONLY: Final = 0.12  # share of crimes known to the hour
MIDDLE_INTERVAL_H: Final = 6.0  # median time between the two times, lognormal
INTERVAL_SIGMA: Final = 0.9
LONGEST_INTERVAL_H: Final = 96.0
NO_END: Final = 0.04  # share of intervals whose end nobody knows
CALLER_KNOWN: Final = 0.8  # share of calls with a caller
REPEAT_CALL: Final = 0.35  # share of those by one of the few who call about that street
REPEAT_CALLERS: Final = np.array([0.6, 0.25, 0.15])  # which of the three
NIGHT_HOURS: Final = (18, 6)


def _by_stream(
    simulated: SimulatedIncidents, value: Callable[[Stream], object], kind: pa.DataType
) -> pa.Array:
    """Spread what each stream says over its incidents."""
    return pa.array([value(stream) for stream in streams()], kind).take(pa.array(simulated.stream))


def _share_flag(
    simulated: SimulatedIncidents,
    value: Callable[[Stream], float | None],
    *,
    rng: np.random.Generator,
) -> pa.Array:
    """Mark the share of each stream's incidents that it states; null where it states none."""
    stated = np.array([value(stream) for stream in streams()], dtype=np.float64)[simulated.stream]
    return pa.array(rng.random(len(simulated)) < stated, mask=np.isnan(stated))


def _night_flag(simulated: SimulatedIncidents, *, places: DemoPlaces) -> pa.Array:
    """Mark thefts that the crime system would tag as night-time economy; null for all others."""
    hour = simulated.minute % MINUTES_PER_DAY // 60
    theft = np.array([stream.key == "other_theft" for stream in streams()])[simulated.stream]
    at_night = (hour >= NIGHT_HOURS[0]) | (hour < NIGHT_HOURS[1])
    marked = theft & at_night & places.night[simulated.address // ADDRESSES]
    return pa.array(marked, mask=~theft)


def _callers(
    simulated: SimulatedIncidents, *, calls: NDArray[np.bool_], rng: np.random.Generator
) -> pa.Array:
    """Give most calls a caller: some of the same few for each postcode, else a new one."""
    count = len(simulated)
    again = rng.random(count) < REPEAT_CALL
    which = np.searchsorted(np.cumsum(REPEAT_CALLERS), rng.random(count), side="right")
    one_of_few = (simulated.address // ADDRESSES) * len(REPEAT_CALLERS) + which
    number = np.where(again, one_of_few, 10_000_000 + np.arange(count))
    known = calls & (rng.random(count) < CALLER_KNOWN)
    references = [
        f"caller:{hashlib.sha256(b'SIMULATED caller %d' % caller).hexdigest()}" if has else None
        for caller, has in zip(number.tolist(), known.tolist(), strict=True)
    ]
    return pa.array(references, pa.string())


def _precision(simulated: SimulatedIncidents, *, rng: np.random.Generator) -> NDArray[np.str_]:
    spans = np.array([stream.span for stream in streams()])[simulated.stream]
    crimes = np.array([stream.source == CRIME_SOURCE for stream in streams()])[simulated.stream]
    hour_only = crimes & (rng.random(len(simulated)) < HOUR_ONLY)
    return np.select(
        [spans == "day", spans == "hours", hour_only], ["day", "interval", "hour"], "minute"
    )


def _times(
    simulated: SimulatedIncidents,
    *,
    precision: NDArray[np.str_],
    after: date | None,
    rng: np.random.Generator,
) -> tuple[pa.Array, pa.Array]:
    """Return the start of each incident and the end where there is one, as UTC instants."""
    minute = simulated.minute
    minute = np.where(precision == "day", minute - minute % MINUTES_PER_DAY, minute)
    minute = np.where(precision == "hour", minute - minute % 60, minute)
    start = to_utc(minute, rng=rng)
    end = _ends(start, minute=minute, after=after, rng=rng)
    ended = (precision == "interval") & (rng.random(len(simulated)) >= NO_END)
    kind = SOURCE_SCHEMA.field("starts_at").type
    starts_at = pa.array(start * 60_000_000, pa.int64()).cast(kind)
    return starts_at, pa.array(end * 60_000_000, pa.int64(), mask=~ended).cast(kind)


def _ends(
    start: NDArray[np.int64],
    *,
    minute: NDArray[np.int64],
    after: date | None,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw when a loss was noticed, as UTC minutes: before `after`, or else on the same day.

    Where `after` is None, how long the losses of a day lasted cannot depend on the days after it.
    """
    hours = rng.lognormal(np.log(MIDDLE_INTERVAL_H), INTERVAL_SIGMA, len(start))
    length = (np.clip(hours, 0.25, LONGEST_INTERVAL_H) * 60).astype(np.int64)
    if after is not None:
        midnight = np.array([np.datetime64(after, "m").astype(np.int64)])
        return np.asarray(np.minimum(start + length, to_utc(midnight, rng=rng)), dtype=np.int64)
    next_midnight = (minute // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY
    left = to_utc(next_midnight, rng=rng) - start
    shorter = np.ceil(left * rng.random(len(start))).astype(np.int64)
    ends = start + np.where(length <= left, length, np.maximum(shorter, 1))
    return np.asarray(ends, dtype=np.int64)


def _references(source: pa.Array, *, numbered: Mapping[str, int]) -> pa.Array:
    """Give each incident its number in its source, in the order they come, after those before."""
    number = np.zeros(len(source), dtype=np.int64)
    for name in SOURCES:
        rows = np.flatnonzero(pc.equal(source, name).to_numpy(zero_copy_only=False))
        number[rows] = numbered.get(name, 0) + np.arange(1, len(rows) + 1)
    padded = pc.utf8_lpad(pa.array(number).cast(pa.string()), width=7, padding="0")
    return pc.binary_join_element_wise(source, padded, ":")


def as_reported(
    simulated: SimulatedIncidents,
    *,
    places: DemoPlaces,
    after: date | None,
    rng: np.random.Generator,
    channel_rng: np.random.Generator,
    numbered: Mapping[str, int],
) -> pa.Table:
    """Write incidents down as `SOURCE_SCHEMA`, in the order they come.

    Parameters
    ----------
    simulated : SimulatedIncidents
        Sorted by local time.
    places : DemoPlaces
        What `simulated.address` points into.
    after : date or None
        The first day that is not simulated, which no interval ends later than; None where each
        interval ends on the day on which it begins.
    rng : numpy.random.Generator
        For what is left open: precision, ends, callers, flags and the last few metres.
    channel_rng : numpy.random.Generator
        For who it was reported to.
    numbered : mapping of str to int
        The last number that each source has given so far.
    """
    postcode = simulated.address // ADDRESSES
    calls = np.array([stream.source == CAD_SOURCE for stream in streams()])[simulated.stream]
    rough = rng.random(len(simulated)) < np.where(
        calls, POSTCODE_ONLY[CAD_SOURCE], POSTCODE_ONLY[CRIME_SOURCE]
    )
    # What is planted keeps its place, so that the truth holds to the metre.
    rough &= simulated.label < 0
    easting, northing = places.points(simulated.address, rng=rng)
    precision = _precision(simulated, rng=rng)
    starts_at, ends_at = _times(simulated, precision=precision, after=after, rng=rng)
    channel = channels(simulated, places=places, rough=rough, rng=channel_rng)
    source = pa.array(SOURCES, pa.string()).take(pa.array(channel.source))
    street = rough & (channel.source == SOURCES.index(COUNCIL_SOURCE))
    columns = {
        "incident_id": _references(source, numbered=numbered),
        "source": source,
        "category": _by_stream(simulated, lambda stream: stream.category, pa.string()),
        "offence": pa.array(offence_words(), pa.string()).take(pa.array(channel.offence)),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_precision": pa.array(precision, pa.string()),
        "easting": pa.array(np.where(rough, places.easting[postcode], easting)),
        "northing": pa.array(np.where(rough, places.northing[postcode], northing)),
        "place_precision": pa.array(
            np.select([street, rough], ["street", "postcode"], "exact"), pa.string()
        ),
        "place": pa.array("Near " + places.postcode, pa.string()).take(pa.array(postcode)),
        "injury": _by_stream(simulated, lambda stream: stream.injury, pa.bool_()),
        "knife": _share_flag(simulated, lambda stream: stream.knife, rng=rng),
        "alcohol": _share_flag(simulated, lambda stream: stream.alcohol, rng=rng),
        "drugs": _by_stream(simulated, lambda stream: stream.drugs, pa.bool_()),
        "domestic": _by_stream(simulated, lambda stream: stream.domestic, pa.bool_()),
        "hate": _by_stream(simulated, lambda stream: stream.hate, pa.bool_()),
        "youth": _by_stream(simulated, lambda stream: stream.youth, pa.bool_()),
        "nte": _night_flag(simulated, places=places),
        "caller_ref": _callers(simulated, calls=calls, rng=rng),
        "harm": pa.nulls(len(simulated), pa.float32()),  # the demo has no severity table
    }
    return pa.table(columns, schema=SOURCE_SCHEMA)
