"""On how few of the streets it happens, next to what has been published.

The places are street segments from crossing to crossing, the empty ones above all. An incident at a
crossing is as near to every street that meets there: such incidents are given to these in turn.
Where there are few incidents, most segments must be empty even if nothing were concentrated; so
the shares stand next to those of as many incidents dealt evenly along the streets, by length, and
the Gini coefficient is the generalised one (`concentration`).

Source: D. Weisburd, "The law of crime concentration and the criminology of place", Criminology 53
(2015): over eight cities, half of a year's crime on 2.1 to 6 % of the street segments, a quarter on
0.4 to 1.6 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots.concentration import Concentration, NoConcentrationError, concentration
from models.hotspots.on_streets import Placed, on_streets
from models.hotspots.stretches import tallied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.segments import Segments
    from models.hotspots.inputs import Incidents, StudyArea

PUBLISHED_QUARTER: Final = (0.004, 0.016)
PUBLISHED_HALF: Final = (0.021, 0.06)
_DEALS: Final = 20
_SEED: Final = 2015


@dataclass(frozen=True, slots=True)
class LengthShares:
    """Shares of segments, and of street length, that hold a quarter and half of the incidents.

    Each is the fewest segments, or the least length, that do; 0 to 1.
    """

    segments_quarter: float
    segments_half: float
    length_quarter: float
    length_half: float


@dataclass(frozen=True, slots=True)
class StreetConcentration:
    """How concentrated incidents are on the streets of the chosen wards.

    Attributes
    ----------
    segments : Concentration
        Over the street segments.
    length_km : float
        Of these segments.
    off_street : int
        Incidents of the chosen wards on no street, which are left out.
    shares : LengthShares
        What is.
    if_even : LengthShares
        What as many incidents would give, dealt evenly along the streets; an average of 20 deals.
    """

    segments: Concentration
    length_km: float
    off_street: int
    shares: LengthShares
    if_even: LengthShares


def street_concentration(
    incidents: Incidents, area: StudyArea, *, streets: Segments
) -> StreetConcentration:
    """Measure how concentrated incidents are on streets.

    Raises
    ------
    SnappedStreetsError, StreetsElsewhereError
        As for the method Streets.
    NoConcentrationError
        Where no incident of the chosen wards is on a street.
    """
    placed = on_streets(incidents, area, streets)
    counts, length = piece_counts(placed, streets)
    total = int(counts.sum())
    if not total:
        raise NoConcentrationError
    rng = np.random.default_rng(_SEED)
    dealt = rng.multinomial(total, length / length.sum(), size=_DEALS)
    even = np.array([_shares(each, length) for each in dealt]).mean(axis=0)
    return StreetConcentration(
        segments=concentration(counts),
        length_km=float(length.sum()) / 1000,
        off_street=placed.off,
        shares=LengthShares(*_shares(counts, length)),
        if_even=LengthShares(*even.tolist()),
    )


def piece_counts(
    placed: Placed, streets: Segments
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the incidents on each piece of street of the chosen wards, and its length in metres.

    A piece is of them as far as the middles of its parts are, or where an incident of theirs is on
    it. The counts add up to the incidents that are on a street.
    """
    weight = placed.in_area.astype(np.float64)
    segment, node = (
        each.astype(np.int64) for each in tallied(streets, placed.places, weight=weight)
    )
    segment = segment + _given_in_turn(node, streets)
    mine = placed.in_wards | (segment > 0)
    pieces, at = np.unique(streets.piece[mine], return_inverse=True)
    counts = np.bincount(at, weights=segment[mine], minlength=len(pieces))
    length = np.bincount(at, weights=streets.network.length_m[mine], minlength=len(pieces))
    return counts.astype(np.int64), length.astype(np.float64)


def _given_in_turn(node: NDArray[np.int64], streets: Segments) -> NDArray[np.int64]:
    """Return the incidents of crossings by the segment that each is given to.

    Which street is first in turn differs from crossing to crossing, so none is favoured.
    """
    given = np.zeros(len(streets), dtype=np.int64)
    first, arm = streets.arms.first, streets.arms.segment
    for at in np.flatnonzero(node):
        arms = first[at + 1] - first[at]
        turn = (at + np.arange(node[at])) % arms
        np.add.at(given, arm[first[at] + turn], 1)
    return given


def _shares(counts: NDArray[np.int64], length: NDArray[np.float64]) -> list[float]:
    """Return the four shares of `LengthShares`."""
    total = int(counts.sum())
    busiest = np.cumsum(np.sort(counts)[::-1])
    dense = np.argsort(-counts / length, kind="stable")
    held, walked = np.cumsum(counts[dense]), np.cumsum(length[dense])
    wanted = (0.25 * total, 0.5 * total)
    by_number = [(int(np.searchsorted(busiest, part)) + 1) / len(counts) for part in wanted]
    by_length = [float(walked[np.searchsorted(held, part)] / walked[-1]) for part in wanted]
    return [*by_number, *by_length]
