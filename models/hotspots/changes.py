"""Which of all hotspots changed by more than chance, where they are listed together.

Each hotspot's own interval allows for its being drawn where incidents are many now (`redrawn`), and
still leaves out no change for one in twenty that did not change: of twenty, one. To be *listed* as
changed, a hotspot's interval must leave out no change at 95 % for every place of its size that the
chosen ground has room for, since any of them could have been picked (Bonferroni). This holds
however the hotspots were picked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    import geopandas as gpd

    from models.statistics.rates import RateRatio

LEVEL: Final = 0.05  # of views in which any hotspot that did not change is named


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of the hotspot shape, in order of rank, that went up or down by more than chance."""

    up: tuple[Any, ...]
    down: tuple[Any, ...]


def moved(hotspots: gpd.GeoDataFrame, *, days_now: float, days_before: float) -> Moved:
    """Return the hotspots that changed by more than chance, for all ground at once.

    Parameters
    ----------
    hotspots : GeoDataFrame
        In the one hotspot shape; those that are not compared are neither up nor down.
    days_now, days_before : float
        Length of the periods.
    """
    verdicts = [
        (
            change_for_all_ground(
                row.incidents,
                row.comparison_incidents,
                days_now=days_now,
                days_before=days_before,
                share_of_area=row.share_of_area,
            ).verdict,
            row,
        )
        for row in hotspots.itertuples()
        if row.change_state in ("compared", "new")
    ]
    up, down = (tuple(row for said, row in verdicts if said == way) for way in ("up", "down"))
    return Moved(up, down)


def change_for_all_ground(
    now: int, before: int, *, days_now: float, days_before: float, share_of_area: float
) -> RateRatio:
    """Return a hotspot's change with an interval for all places that could have been hotspots.

    Parameters
    ----------
    now, before : int
        Incidents.
    days_now, days_before : float
        Length of the periods.
    share_of_area : float
        Its area as a share of the ground on which it was looked for, above 0 and at most 1.
    """
    return rate_ratio(
        now,
        before,
        exposure_now=days_now,
        exposure_before=days_before,
        confidence=1 - LEVEL * min(share_of_area, 1.0),
    )
