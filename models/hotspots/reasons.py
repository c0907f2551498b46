"""Why a hotspot is ranked where it is, and what to beware of, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots._coincident_kernels import places
from models.hotspots.aoristic import UNTIMED
from models.wording.absence import NOT_COVERED_REASON
from models.wording.changes import TOO_FEW_FOR_A_PERCENTAGE, too_wide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.hotspot import Hotspot
    from models.hotspots.inputs import Incidents

SNAP_SHARE: Final = 0.3  # more than this on shared places, or without an hour: say so
SMALL_NUMBER: Final = 60
_SHARE_WORTH_SAYING: Final = 0.25


def reasons_of(hotspot: Hotspot, *, compared_with: str | None) -> tuple[str, ...]:
    """Return why a hotspot is ranked where it is.

    Parameters
    ----------
    hotspot : Hotspot
        Its figures.
    compared_with : str or None
        What the comparison period is called; None without one.
    """
    reasons = [
        f"{_count_label(hotspot.incidents, 'incident')}, {_share(hotspot.share_of_incidents)} of "
        f"all in the chosen wards, on {_share(hotspot.share_of_area)} of their area "
        f"({hotspot.pai:,.{0 if hotspot.pai >= 10 else 1}f} times the average density)"
    ]
    if compared_with is not None:
        reasons.append(_change(hotspot, compared_with=compared_with))
    elif hotspot.change_state == "not_covered":
        reasons.append(NOT_COVERED_REASON)
    if hotspot.peak_window:
        known = "incidents"
        if hotspot.timed_incidents < hotspot.incidents:
            known = f"the {hotspot.timed_incidents:,} with a known time"
        reasons.append(f"{_share(hotspot.peak_share)} of {known} fall in {hotspot.peak_window}")
    elif hotspot.hours_state == "too_few":
        reasons.append(
            f"no hours are claimed: {_count_label(hotspot.timed_incidents, 'incident')} with a "
            "known hour are too few to say"
        )
    if hotspot.top_place_share >= _SHARE_WORTH_SAYING:
        place = "map point" if hotspot.snapped_share > 0 else "spot"
        reasons.append(f"{_share(hotspot.top_place_share)} on one {place}")
    return tuple(reasons)


def _change(hotspot: Hotspot, *, compared_with: str) -> str:
    chance = ", which may be chance" if hotspot.change_low <= 0 <= hotspot.change_high else ""
    if hotspot.change_state == "new":
        return f"new: none here in {compared_with}{chance}"
    then = f"{hotspot.comparison_incidents:,} then"
    if too_wide(hotspot.change_low, hotspot.change_high):
        direction = "up" if hotspot.change_low > 0 else "down"
        clear = "no clear change" if chance else direction
        return f"{clear} on {compared_with} ({then}; {TOO_FEW_FOR_A_PERCENTAGE})"
    ends = f"{_signed(hotspot.change_low)} to {_signed(hotspot.change_high)}"
    allowing = "allowing for the choice of place, "
    if abs(hotspot.change) < 0.005:
        return f"{allowing}unchanged on {compared_with} ({then}; 95 % interval {ends})"
    direction = "up" if hotspot.change > 0 else "down"
    return (
        f"{allowing}{direction} {abs(hotspot.change) * 100:,.0f} % on {compared_with}{chance} "
        f"({then}; 95 % interval {ends})"
    )


def warnings_of(
    incidents: Incidents,
    mask: NDArray[np.bool_],
    *,
    hotspots: int,
    dropped: int,
    least_incidents: int,
    compared_with: str | None,
) -> tuple[str, ...]:
    """Return what every reader of these hotspots must know.

    Parameters
    ----------
    incidents : Incidents
        Length n.
    mask : bool array of shape (n,)
        Those in the chosen wards.
    hotspots, dropped : int
        How many were ranked, and how many outlines held too few incidents.
    least_incidents : int
        How many a hotspot needs.
    compared_with : str or None
        What the comparison period is called; None without one.
    """
    total = int(mask.sum())
    notes = []
    if total == 0:
        return (
            "There are no incidents in the chosen wards for this filter, so no hotspots. Choose a "
            "longer period, more categories, all hours or more wards.",
        )
    if not hotspots:
        notes.append(
            "No place stands out from the rest with these settings. A longer period, more "
            "categories or a wider bandwidth may show more."
        )
    if total < SMALL_NUMBER:
        notes.append(
            f"Only {_count_label(total, 'incident')}: one or two more or fewer would change the "
            "ranks. Treat these hotspots as a hint."
        )
    if dropped:
        notes.append(
            f"{_count_label(dropped, 'outline')} with fewer than {least_incidents} incidents "
            f"{'was' if dropped == 1 else 'were'} left out."
        )
    notes.extend(_place_warning(incidents, mask))
    untimed = float((incidents.ends_minute[mask] == UNTIMED).mean())
    if untimed > SNAP_SHARE:
        notes.append(
            f"{_share(untimed)} of the incidents have no known hour, so nothing can be said about "
            "when they happen beyond those that have one."
        )
    if compared_with is not None and hotspots:
        notes.append(
            "These places are on the map because they are high now. Their change against "
            f"{compared_with} allows for that: it is less than the counts alone would say. It does "
            "not prove a cause."
        )
    return tuple(notes)


def _place_warning(incidents: Incidents, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    snapped = float(incidents.snapped[mask].mean())
    if snapped > SNAP_SHARE:
        return (
            f"{_share(snapped)} of the incidents are placed on anonymised map points, not where "
            "they happened: read the hotspots as areas, not as streets or addresses.",
        )
    shared = shared_place_share(incidents.easting[mask], incidents.northing[mask])
    if shared > SNAP_SHARE:
        return (
            f"{_share(shared)} of the incidents share their exact place with another: places may "
            "be rounded or repeated, so read the hotspots as areas, not as addresses.",
        )
    return ()


def shared_place_share(easting: NDArray[np.float64], northing: NDArray[np.float64]) -> float:
    """Return the share of points that lie at exactly the same place as another; 0 without any."""
    if not len(easting):
        return 0.0
    piles = np.bincount(places(easting, northing)[0])
    return float(piles[piles > 1].sum()) / len(easting)


def _count_label(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _share(share: float) -> str:
    per_cent = share * 100
    if 0 < per_cent < 0.1:
        return "under 0.1 %"
    return f"{per_cent:.0f} %" if per_cent >= 9.95 else f"{per_cent:.1f} %"


def _signed(change: float) -> str:
    per_cent = change * 100
    digits = 1 if 0 < abs(per_cent) < 1 else 0
    return f"{per_cent:+,.{digits}f} %".replace("-", "−")
