"""What a review is asked, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from models.reviews.fixing import Choice

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period
    from models.incidents.filters import IncidentFilter
    from models.reviews.time_of_day import MonthlyComparison, TimeOfDay
    from models.tasking.before_period import Before
    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.fixed_areas import FixedAreas
    from models.tasking.outcomes import BeforeAfter, Drift, Outcome, Scale
    from models.tasking.tasking import TaskingHours
    from models.tasking.verdict import Verdict

AREA_LABELS: Final[dict[str, str]] = {
    "treated": "Treated area",
    "comparison": "Comparison area",
    "displacement": "Ring around the treated area",
    "displacement_comparison": "Ring around the comparison area",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a review.

    Attributes
    ----------
    treated : Polygon or MultiPolygon
        In the store's metric CRS.
    fixed : FixedAreas
        Ring and comparison, fixed before the outcome could be known where there was a tasking.
    after : Period
        The period of the work, or of the intervention's first time.
    filter : IncidentFilter
        Kinds, hours and sources that are counted; its period and wards are not used.
    choice : Choice
        How the area was chosen.
    before : Period or None
        The period before; worked out where None.
    hours : TaskingHours or None
        Those that were worked, to tell inside from outside them.
    others : tuple of Polygon or MultiPolygon
        Areas of other taskings at work in the period after; not taken as like places.
    """

    treated: Polygon | MultiPolygon
    fixed: FixedAreas
    after: Period
    filter: IncidentFilter
    choice: Choice = field(default_factory=Choice)
    before: Period | None = None
    hours: TaskingHours | None = None
    others: tuple[Polygon | MultiPolygon, ...] = ()

    @property
    def areas(self) -> dict[str, Polygon | MultiPolygon]:
        """The four areas, in the order of `AREA_LABELS`."""
        return {
            "treated": self.treated,
            "comparison": self.fixed.comparison,
            "displacement": self.fixed.displacement,
            "displacement_comparison": self.fixed.displacement_comparison,
        }


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found.

    Attributes
    ----------
    question : Question
    before : Before
    counts : dict of str to BeforeAfter
        By area, in the order of `AREA_LABELS`.
    outcome : Outcome
    match : ComparisonMatch
    drift : Drift
        Over like places.
    scale, displacement_scale : Scale
    comparison_places : int
        How many separate places make up the comparison area.
    least_fall : float
        The smallest fall that would have stood out, as a share.
    verdict : Verdict
    time_of_day : TimeOfDay
        Of the treated area.
    months : MonthlyComparison
        Treated against comparison, month by month.
    complete : bool
        Whether the data cover both periods by day, or by whole months; else nothing is compared.
    notes : tuple of str
        What every reader must know.
    version : int
        Table version.
    """

    question: Question
    before: Before
    counts: dict[str, BeforeAfter]
    outcome: Outcome
    match: ComparisonMatch
    drift: Drift
    scale: Scale
    displacement_scale: Scale
    comparison_places: int
    least_fall: float
    verdict: Verdict
    time_of_day: TimeOfDay
    months: MonthlyComparison
    complete: bool
    notes: tuple[str, ...]
    version: int
