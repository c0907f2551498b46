"""Positions from what a source gives: easting and northing, or longitude and latitude.

Postcodes are in `geo.postcodes`, with the same `Positions` and the same faults.

Nothing is guessed. A pair that cannot be a place in the metric system's own area is refused with
the reason a person needs to mend it: blank, not a number, zero, axes swapped, degrees where metres
were promised, metres where degrees were, or simply elsewhere. A pair that is in the area is taken
as it is, however far from the study area: whether that matters is not for this module to say.

Swapped longitude and latitude are told by the area of use alone. A swapped easting and northing may
still be a place in it (London's then lie off Galloway), so the region where incidents are expected
can be given: a pair that is 100 km or more outside it, and would lie inside it the other way round,
is refused as swapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.points import UnequalLengthsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geo.grid import Bounds

_FAR_M: Final = 100_000.0  # a swapped pair of metres lies at least this far outside the region
_EDGE_M: Final = 50_000.0  # a city may lie across the edge of its zone
_REPEATED_FROM: Final = 10_000  # rows from which looking for repeated places is worth it
_MIX: Final = np.int64(-7046029254386353131)  # odd multiplier, 2^64 / golden ratio


class Fault(IntEnum):
    """Why a row has no position; 0 where it has one."""

    NONE = 0
    MISSING = 1
    NOT_A_NUMBER = 2
    ZERO = 3
    SWAPPED = 4
    DEGREES_AS_METRES = 5
    METRES_AS_DEGREES = 6
    OUTSIDE = 7
    POSTCODE_MALFORMED = 8
    POSTCODE_UNKNOWN = 9


_WORDS: Final[dict[Fault, str]] = {
    Fault.NONE: "",
    Fault.MISSING: "no place is given",
    Fault.NOT_A_NUMBER: "a coordinate is not a number",
    Fault.ZERO: "a coordinate is 0, which is how a blank is often written",
    Fault.SWAPPED: "the two coordinates are the wrong way round",
    Fault.DEGREES_AS_METRES: "these are degrees, but easting and northing in metres are expected",
    Fault.METRES_AS_DEGREES: (
        "these are too large for longitude and latitude in degrees; they may be metres"
    ),
    Fault.OUTSIDE: "the place lies outside the area of the coordinate system {crs}",
    Fault.POSTCODE_MALFORMED: "this is not written like a full postcode",
    Fault.POSTCODE_UNKNOWN: "this postcode is not in the postcode table",
}


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """A position or a fault for each of n rows.

    Attributes
    ----------
    easting, northing : float64 array of shape (n,)
        In `metric_crs`; NaN where the row is refused.
    fault : uint8 array of shape (n,)
        Values of `Fault`; 0 where the row has a position.
    metric_crs : str
        CRS of the positions.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    fault: NDArray[np.uint8]
    metric_crs: str

    @property
    def located(self) -> NDArray[np.bool_]:
        """True for the rows that have a position, shape (n,)."""
        return np.asarray(self.fault == Fault.NONE)

    def reason(self, row: int) -> str:
        """Return why a row is refused, in plain words; "" where it is not."""
        return fault_description(Fault(int(self.fault[row])), metric_crs=self.metric_crs)

    def reasons(self) -> NDArray[np.object_]:
        """Return `reason` for every row, an object array of shape (n,)."""
        words = [fault_description(fault, metric_crs=self.metric_crs) for fault in Fault]
        return np.array(words, dtype=object)[self.fault]


def fault_description(fault: Fault, *, metric_crs: str = BRITISH_NATIONAL_GRID) -> str:
    """Return a fault in plain words."""
    if fault is Fault.OUTSIDE and metric_crs == BRITISH_NATIONAL_GRID:
        return "the place lies outside Great Britain"
    return _WORDS[fault].format(crs=metric_crs)


def metric_positions(
    x: ArrayLike | Sequence[object],
    y: ArrayLike | Sequence[object],
    *,
    crs: str,
    metric_crs: str = BRITISH_NATIONAL_GRID,
    region: Bounds | None = None,
) -> Positions:
    """Turn pairs of coordinates into metric positions, or into the reason why not.

    Parameters
    ----------
    x, y : array of shape (n,)
        Easting and northing, or longitude and latitude (x first): numbers, or text as read from a
        file. Blank text, None and NaN count as missing.
    crs : str
        What the source says they are in, for example ``"EPSG:4326"`` for longitude and latitude.
    metric_crs : str
        What they are wanted in.
    region : tuple of float, optional
        Minimum x, minimum y, maximum x, maximum y in `metric_crs` of where incidents are expected,
        such as the ward layer's bounds; needed to recognise a swapped easting and northing.

    Returns
    -------
    Positions

    Raises
    ------
    UnequalLengthsError
        If there are not as many x as y.
    """
    xs, faults = _numbers(x)
    ys, y_faults = _numbers(y)
    if len(xs) != len(ys):
        raise UnequalLengthsError(xs.shape, ys.shape)
    fault = np.where(faults == Fault.NONE, y_faults, faults)
    degrees = CRS(crs).is_geographic
    with np.errstate(invalid="ignore"):
        zero = ((xs == 0) & (ys == 0)) if degrees else ((xs == 0) | (ys == 0))
        small = (np.abs(xs) <= 180) & (np.abs(ys) <= 90)
        small_swapped = (np.abs(ys) <= 180) & (np.abs(xs) <= 90)
    fault[(fault == Fault.NONE) & zero] = Fault.ZERO
    if not degrees:
        fault[(fault == Fault.NONE) & (small | small_swapped)] = Fault.DEGREES_AS_METRES
    easting, northing = np.full_like(xs, np.nan), np.full_like(ys, np.nan)
    rows = np.flatnonzero(fault == Fault.NONE)
    easting[rows], northing[rows] = _moved(xs[rows], ys[rows], source=crs, target=metric_crs)
    area = _area(metric_crs)
    lost = rows[~_within(easting[rows], northing[rows], area)]
    fault[lost] = Fault.OUTSIDE
    if degrees:
        fault[lost[~(small | small_swapped)[lost]]] = Fault.METRES_AS_DEGREES
    doubtful = lost
    if region is not None and not degrees:
        doubtful = rows[~_within(easting[rows], northing[rows], region, margin_m=_FAR_M)]
    swapped = _moved(ys[doubtful], xs[doubtful], source=crs, target=metric_crs)
    fault[doubtful[_within(*swapped, region if region and not degrees else area)]] = Fault.SWAPPED
    refused = fault != Fault.NONE
    easting[refused] = northing[refused] = np.nan
    return Positions(easting, northing, fault, metric_crs)


def _numbers(
    values: ArrayLike | Sequence[object],
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return values as numbers (a new array), with the fault of those that are not numbers."""
    given = np.asarray(values) if not isinstance(values, pd.Series) else values
    if given.dtype.kind in "fiu":
        numbers = np.array(given, dtype=np.float64)
        missing = np.isnan(numbers)
    else:
        text = pd.Series(cast("Any", given), dtype="str").str.strip()
        missing = (text.isna() | (text == "")).to_numpy(np.bool_)
        numbers = pd.to_numeric(text.where(~missing), errors="coerce").to_numpy(np.float64)
    fault = np.zeros(len(numbers), dtype=np.uint8)
    fault[~np.isfinite(numbers)] = Fault.NOT_A_NUMBER
    fault[missing] = Fault.MISSING
    return numbers, fault


def _moved(
    x: NDArray[np.float64], y: NDArray[np.float64], *, source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transform, each distinct place once: police files repeat the same few map points."""
    if source == target:
        return x, y
    if len(x) < _REPEATED_FROM:
        return transform(x, y, source=source, target=target)
    with np.errstate(over="ignore"):
        place, distinct = pd.factorize((x.view(np.int64) * _MIX) ^ y.view(np.int64))
    first = np.empty(len(distinct), dtype=np.int64)
    first[place[::-1]] = np.arange(len(x))[::-1]
    if not ((x[first][place] == x) & (y[first][place] == y)).all():  # two places mixed alike
        return transform(x, y, source=source, target=target)
    easting, northing = transform(x[first], y[first], source=source, target=target)
    return easting[place], northing[place]


@lru_cache(maxsize=32)
def _area(metric_crs: str) -> Bounds:
    """Return bounds of the CRS's own area of use and a little more, in metres."""
    area = CRS(metric_crs).area_of_use
    if area is None:
        return -np.inf, -np.inf, np.inf, np.inf
    to_metres = Transformer.from_crs(WGS84, metric_crs, always_xy=True)
    west, south, east, north = to_metres.transform_bounds(*area.bounds)
    return west - _EDGE_M, south - _EDGE_M, east + _EDGE_M, north + _EDGE_M


def _within(
    x: NDArray[np.float64], y: NDArray[np.float64], bounds: Bounds, *, margin_m: float = 0.0
) -> NDArray[np.bool_]:
    west, south, east, north = bounds
    across = (x >= west - margin_m) & (x <= east + margin_m)
    return np.asarray(across & (y >= south - margin_m) & (y <= north + margin_m) & np.isfinite(x))
