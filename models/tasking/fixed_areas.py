"""The areas that a tasking's outcome will be measured in, fixed when it is approved.

They are chosen before anybody can know the outcome, so that nobody can choose, afterwards, the
comparison that suits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon


@dataclass(frozen=True, slots=True)
class FixedAreas:
    """Where displacement is looked for, and what the tasking's area is compared with.

    Attributes
    ----------
    displacement : Polygon or MultiPolygon
        The ring around the treated area, in the store's metric CRS, as the others.
    comparison : Polygon or MultiPolygon
        The place that the treated area is compared with.
    displacement_comparison : Polygon or MultiPolygon
        The comparison area's own ring.
    note : str
        How they were chosen and how good the match is, in words.
    """

    displacement: Polygon | MultiPolygon
    comparison: Polygon | MultiPolygon
    displacement_comparison: Polygon | MultiPolygon
    note: str
