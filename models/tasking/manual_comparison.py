"""A comparison area that a person chooses, where the data are too short for one to be matched.

It is fixed at approval as a matched one is, and its note says that nobody matched it, since a
review has to be read with that in mind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geo.errors import PlainError
from models.tasking.displacement import RING_M, ring
from models.tasking.fixed_areas import FixedAreas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon


class ComparisonTooCloseError(PlainError, ValueError):
    """The comparison area is so close that a tasking's effect would reach it."""

    def __init__(self, apart_m: float) -> None:
        super().__init__(
            f"The comparison area is too close: it lies {apart_m:,.0f} m from the tasking's area. "
            f"Both have a ring of {RING_M:,.0f} m, so they must be {2 * RING_M:,.0f} m apart. "
            "Choose one further away."
        )


def manual_comparison(
    treated: Polygon | MultiPolygon,
    comparison: Polygon | MultiPolygon,
    *,
    ground: Polygon | MultiPolygon,
    others: Sequence[Polygon | MultiPolygon] = (),
    chosen_by: str,
) -> FixedAreas:
    """Return the areas that are fixed when a person chooses the comparison.

    Parameters
    ----------
    treated, comparison : Polygon or MultiPolygon
        Metric CRS, as all of these.
    ground : Polygon or MultiPolygon
        Where incidents could have been recorded.
    others : sequence of Polygon or MultiPolygon
        Areas of other open taskings, which the rings leave out.
    chosen_by : str
        Who chose it and how, for the note.

    Raises
    ------
    ComparisonTooCloseError
        If the two rings would overlap.
    NoRingError
        If nothing is left of a ring.
    """
    apart = float(shapely.distance(treated, comparison))
    if apart < 2 * RING_M:
        raise ComparisonTooCloseError(apart)
    return FixedAreas(
        displacement=ring(treated, ground=ground, others=[comparison, *others]),
        comparison=comparison,
        displacement_comparison=ring(comparison, ground=ground, others=[treated, *others]),
        note=(
            f"{chosen_by}. Chosen by hand: it was not matched on earlier counts or their trend, so "
            f"differences between the two places may be older than the tasking. Ring: "
            f"{RING_M:,.0f} m around each."
        ),
    )
