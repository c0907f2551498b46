"""A review: incidents before against after in the treated area, its ring and their comparisons.

The pages, the command line and a notebook all make this call. What is asked is a `Question`; what
comes out is a frozen `Review` that holds every figure that is shown, with the table version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from geo.counting import counted
from models.incidents.precisions import TIME_PRECISIONS
from models.reviews.ground import Ground, count_in, ground_of, inside, matching_of
from models.reviews.shape import Review
from models.reviews.time_of_day import monthly_comparison, time_of_day
from models.tasking.before_period import Before, before_period, overlap
from models.tasking.comparison_area import like_places, match_of
from models.tasking.detectable import least_detectable_fall
from models.tasking.outcomes import (
    BeforeAfter,
    Drift,
    Scale,
    beyond_others,
    drift_of,
    outcome,
)
from models.tasking.verdict import Evidence, verdict

if TYPE_CHECKING:
    from models.calendar.periods import Period
    from models.incidents.dataset import Dataset
    from models.incidents.selection import PeriodIncidents
    from models.reviews.shape import Question
    from models.tasking.spots import Matching

_KM2: Final = 1_000_000.0


@dataclass(frozen=True, slots=True)
class _Counts:
    """The two periods with their incidents, and counts; shares are of the treated area's."""

    before: PeriodIncidents
    after: PeriodIncidents
    areas: dict[str, BeforeAfter]
    month_only: float
    snapped: float

    @property
    def days(self) -> tuple[float, float]:
        return self.before.period.days, self.after.period.days


def review(dataset: Dataset, question: Question) -> Review:
    """Review a tasking or any dated intervention.

    Parameters
    ----------
    dataset : Dataset
    question : Question

    Raises
    ------
    NoHistoryError
        If the data hold too few months before the start.
    """
    ground = ground_of(dataset, question.treated, incident_filter=question.filter)
    rests_on = question.choice.rests_on(question.after)
    before = _before(question, ground, rests_on=rests_on)
    counts = _count(question, ground, before=before.period)
    matching = matching_of(ground, start=question.after.first, excluded=(before.period,))
    places = max(1, round(question.fixed.comparison.area / question.treated.area))
    match = match_of(question.treated, question.fixed.comparison, matching=matching, places=places)
    outer = match_of(
        question.fixed.displacement,
        question.fixed.displacement_comparison,
        matching=matching,
        places=places,
    )
    scale = Scale.of_levels(match.treated.incidents, match.comparison.incidents)
    outer_scale = Scale.of_levels(outer.treated.incidents, outer.comparison.incidents)
    drift, comparison_z = _drift(question, ground, matching, counts=counts, places=places)
    treated, comparison = counts.areas["treated"], counts.areas["comparison"]
    found = outcome(
        treated,
        comparison,
        displacement=counts.areas["displacement"],
        displacement_comparison=counts.areas["displacement_comparison"],
        days=counts.days,
        scale=scale,
        displacement_scale=outer_scale,
        drift=drift,
        comparison_places=places,
    )
    least = least_detectable_fall(
        treated.before, comparison, days=counts.days, scale=scale, drift=drift, places=places
    )
    evidence = Evidence(
        after=question.after,
        before=before,
        treated=treated,
        comparison=comparison,
        outcome=found,
        least_fall=least,
        match=match,
        drift=drift,
        comparison_z=comparison_z,
        risen_z=_risen(question, ground, counts=counts, rests_on=rests_on, scale=scale),
        gaps=tuple(dict.fromkeys((*ground.gaps(question.after), *ground.gaps(before.period)))),
        month_only=counts.month_only,
        snapped=counts.snapped,
        whole_months=_whole(question.after) and _whole(before.period),
        area_km2=question.treated.area / _KM2,
        disturbed=_disturbed(question),
    )
    return Review(
        question=question,
        before=before,
        counts=counts.areas,
        outcome=found,
        match=match,
        drift=drift,
        scale=scale,
        displacement_scale=outer_scale,
        comparison_places=places,
        least_fall=least,
        verdict=verdict(evidence),
        time_of_day=time_of_day(
            question.treated, counts.before, counts.after, hours=question.hours
        ),
        months=monthly_comparison(
            question.treated,
            question.fixed.comparison,
            ground=ground,
            until=question.after.last,
            scale=scale,
        ),
        complete=evidence.comparable,
        notes=_notes(counts, before=before, drift=drift),
        version=dataset.snapshot.version,
    )


def _before(question: Question, ground: Ground, *, rests_on: Period | None) -> Before:
    if question.before is None:
        return before_period(question.after, chosen_on=rests_on, covered=ground.covered)
    return Before(question.before, None, chosen_on_it=overlap(question.before, rests_on))


def _count(question: Question, ground: Ground, *, before: Period) -> _Counts:
    parts = ground.part(before), ground.part(question.after)
    counts = {
        name: BeforeAfter(*(int(inside(area, part).sum()) for part in parts))
        for name, area in question.areas.items()
    }
    month = TIME_PRECISIONS.index("month")
    here = [inside(question.treated, part) for part in parts]
    precisions = [ground.dataset.snapshot.time_precision[part.rows] for part in parts]
    total = max(1, sum(int(each.sum()) for each in here))
    month_only = sum(
        int((precision[held] == month).sum())
        for precision, held in zip(precisions, here, strict=True)
    )
    snapped = sum(
        int(part.incidents.snapped[held].sum()) for part, held in zip(parts, here, strict=True)
    )
    return _Counts(*parts, counts, month_only / total, snapped / total)


def _drift(
    question: Question, ground: Ground, matching: Matching, *, counts: _Counts, places: int
) -> tuple[Drift, float]:
    """Return how far like places drift, and how far the comparison moved beyond them."""
    like = like_places(
        question.treated,
        matching,
        ground=ground.land,
        kept_clear=[*question.areas.values(), *question.others],
    )
    if not like:
        return Drift(), math.nan
    first, second = count_in(like, counts.before), count_in(like, counts.after)
    drift = drift_of(first, second)
    beyond = beyond_others(
        counts.areas["comparison"], before=first, after=second, drift=drift, places=places
    )
    return drift, beyond


def _risen(
    question: Question, ground: Ground, *, counts: _Counts, rests_on: Period | None, scale: Scale
) -> float:
    """Return how far the place had risen, beyond the comparison, when it was chosen."""
    before = counts.before.period
    if rests_on is None or overlap(before, rests_on) or not ground.covered(rests_on):
        return math.nan
    then = ground.part(rests_on)
    rise = [
        BeforeAfter(counts.areas[name].before, int(inside(question.areas[name], then).sum()))
        for name in ("treated", "comparison")
    ]
    return outcome(rise[0], rise[1], days=(before.days, rests_on.days), scale=scale).local.z


def _disturbed(question: Question) -> float:
    if not question.others:
        return 0.0
    comparison = question.fixed.comparison
    return float(
        shapely.intersection(comparison, shapely.union_all(list(question.others))).area
        / comparison.area
    )


def _whole(period: Period) -> bool:
    return period.whole_months


def _notes(counts: _Counts, *, before: Before, drift: Drift) -> tuple[str, ...]:
    notes = [f"Before is {before.period}: {before.explanation}."]
    if drift.measured:
        notes.append(
            f"{counted(drift.places, 'other place')} of the same shape went their own ways by "
            f"{math.sqrt(drift.variance):.0%} (standard deviation beyond chance); the intervals "
            "allow for it."
        )
    else:
        notes.append(
            f"Only {counted(drift.places, 'other place')} of this shape fit the ground, too few to "
            "measure "
            "how far places go their own ways: the intervals allow for chance alone and are too "
            "narrow."
        )
    sensitive = counts.before.sensitive, counts.after.sensitive
    if any(sensitive):
        notes.append(
            f"Domestic and sexual incidents are never counted in an area: {sensitive[0]:,} before "
            f"and {sensitive[1]:,} after, of all wards on this ground, take no part."
        )
    for part, what in ((counts.before, "before"), (counts.after, "after")):
        if part.untimed.total:
            notes.append(
                f"Left out on this ground {what}: {counted(part.untimed.total, 'incident')}, as "
                "the filter is by hour and the hour is not known."
            )
    return tuple(notes)
