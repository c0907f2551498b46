"""How far a hotspot seems to rise because it was drawn on the counts of this period.

A hotspot is drawn where the incidents of the period are dense, and is then compared with an earlier
period that had no part in drawing it. Where nothing has changed, most hotspots still seem to have
risen, and hardly one to have fallen. How much so depends on the method, its settings, and how many
incidents there are, so it is measured: the incidents of both periods are pooled, each is given at
random to one or the other (in the share that each has of them), and the hotspots are drawn again, a
few times. Whatever changed between the periods is gone from these; what is left is what
the drawing adds. `models.statistics.picked_counts` turns that into the interval of the change.

Other ways were weighed up. Drawing on one half of the incidents and counting the other is exact,
but judges outlines that are not the ones on the map, on half the counts. Outlines drawn on both
periods together are exact for places drawn whatever happens, and not for those that are on the map
only because they are high now; a new hotspot may have no such outline at all.

Sources: R. A. Fisher, "The Design of Experiments" (1935), for the permutation;
G. J. G. Upton and B. Fingleton, "Spatial Data Analysis by Example" I (1985), for random labels.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from models.hotspots.inputs import Incidents
from models.hotspots.study_area import in_study_area
from models.statistics.picked_counts import Picking, picking_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.hotspots.inputs import StudyArea
    from models.hotspots.method_result import MethodResult

_CELL_M: Final = 25.0
_LEAST: Final = 25  # incidents of each period, for their share to be that of the labels
_SHARED: Final = ("streets", "clock_changes")


@dataclass(frozen=True, slots=True)
class Redrawing:
    """How often hotspots are drawn again where nothing changed.

    Attributes
    ----------
    enough : int
        Drawing stops once it has given so many hotspots.
    most : int
        And after so many drawings.
    most_points : int
        And once so many incidents have gone through the method, so that a page of many incidents
        does not wait; there, each drawing gives its hotspots many incidents and little to add.
    seed : int
        Of the random numbers, so that the same picture gets the same figures.
    """

    enough: int = 160
    most: int = 16
    most_points: int = 500_000
    seed: int = 1935


def picking(
    now: Incidents,
    before: Incidents,
    area: StudyArea,
    *,
    draw: Callable[[Incidents, NDArray[np.intp], NDArray[np.intp]], MethodResult],
    share: float,
    rng: np.random.Generator,
    how: Redrawing | None = None,
) -> Picking:
    """Return what drawing hotspots on the present counts adds to their change.

    Parameters
    ----------
    now, before : Incidents
        Of the two periods, under the same filter, those around the chosen wards included; the times
        of `before` are of no account unless `draw` looks at them (`moved_into` makes them fit).
    area : StudyArea
    draw : callable
        ``draw(both, now, before)`` draws the hotspots of some rows of both, as the method did; the
        other rows are their comparison period.
    share : float
        Share of the incidents that would be of this period if nothing had changed; it stands in
        where one of the two has next to none.
    rng : Generator
        Of the random labels.
    how : Redrawing, optional
        The product's without it.
    """
    used = how or Redrawing()
    both = together(now, before)
    if min(len(now), len(before)) >= _LEAST:
        share = len(now) / len(both)
    counted = in_study_area(both, area)
    seen: list[NDArray[np.int64]] = []
    least, places = 1, 0
    for _ in range(min(used.most, max(2, used.most_points // max(len(now), 1)))):
        label = rng.random(len(both)) < share
        try:
            drawn = draw(both, np.flatnonzero(label), np.flatnonzero(~label))
        except PlainError:
            continue  # too few by chance for the method
        counts = _counts(drawn, both, label=label, counted=counted)
        seen.append(counts)
        least, places = drawn.least_incidents, places + len(counts)
        if places >= used.enough:
            break
    pairs = np.concatenate(seen) if seen else np.zeros((0, 2), dtype=np.int64)
    return picking_of(pairs[:, 0], pairs[:, 1], share=share, least=least)


def together(one: Incidents, other: Incidents) -> Incidents:
    """Return the incidents of both in order of time; streets are those of the first."""
    columns = {
        each.name: np.concatenate([getattr(one, each.name), getattr(other, each.name)])
        for each in fields(Incidents)
        if each.name not in _SHARED
    }
    order = np.argsort(columns["starts_minute"], kind="stable")
    in_order = {name: values[order] for name, values in columns.items()}
    return Incidents(**in_order, streets=one.streets, clock_changes=one.clock_changes)


def moved_into(before: Incidents, earlier: Period, *, period: Period) -> Incidents:
    """Return incidents of an earlier period at the like days of `period`.

    By whole months where both begin on the same day of a month, so that what is known by month
    alone stays so; by days otherwise. What would lie past the end lies on the last minute.

    Parameters
    ----------
    before : Incidents
    earlier, period : Period
        What they cover, and what they are to be set into.
    """
    start = before.starts_minute.astype("datetime64[m]")
    if earlier.first.day == period.first.day:
        months = start.astype("datetime64[M]")
        on = (period.first.year - earlier.first.year) * 12 + period.first.month
        moved = (months + (on - earlier.first.month)).astype("datetime64[m]") + (start - months)
    else:
        moved = start + np.timedelta64((period.first - earlier.first).days, "D")
    first, end = period.minutes
    minutes = np.clip(moved.astype(np.int64), first, end - 1)
    ends = before.ends_minute
    return replace(
        before,
        starts_minute=minutes,
        ends_minute=np.where(ends < 0, ends, minutes + (ends - before.starts_minute)),
    )


def _counts(
    drawn: MethodResult,
    both: Incidents,
    *,
    label: NDArray[np.bool_],
    counted: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Count "now" and "before" in each outline drawn again; shape (hotspots, 2)."""
    if not drawn.polygons:
        return np.zeros((0, 2), dtype=np.int64)
    index = PolygonIndex.of(drawn.polygons, cell_m=_CELL_M)
    inside = index.locate(both.easting, both.northing)
    sides = [
        np.bincount(inside[(inside >= 0) & counted & side], minlength=len(drawn.polygons))
        for side in (label, ~label)
    ]
    counts = np.stack(sides, axis=1)
    return counts[counts[:, 0] >= drawn.least_incidents]
