"""Fixing, at approval, the areas that a tasking's outcome will be measured in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.calendar.months import month_starts
from models.calendar.periods import Period
from models.reviews.ground import MATCHING_MONTHS, Ground, ground_of, matching_of
from models.tasking.before_period import Before, before_period, choice_before
from models.tasking.comparison_area import Comparison, propose
from models.tasking.displacement import ring
from models.tasking.fixed_areas import FixedAreas
from models.tasking.tasking import Tasking
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.tasking.spots import Matching

USUAL_DAYS: Final = 28  # of a tasking that has no end date


@dataclass(frozen=True, slots=True)
class Choice:
    """How an area came to be chosen.

    Attributes
    ----------
    by_figures : bool
        False where figures did not choose it: a change of law, a lottery.
    period : Period or None
        The time on whose figures it was chosen; None: the year before the start.
    """

    by_figures: bool = True
    period: Period | None = None

    def rests_on(self, after: Period) -> Period | None:
        """Return the time on which the choice rests, none of it after the start."""
        if not self.by_figures:
            return None
        usual = choice_before(after)
        if self.period is None or self.period.first >= after.first:
            return usual
        return Period(self.period.first, min(self.period.last, usual.last))


def propose_fixed_areas(
    dataset: Dataset,
    where: Tasking | Polygon | MultiPolygon,
    *,
    filter: IncidentFilter,
    starts_on: date,
    ends_on: date | None = None,
    choice: Choice | None = None,
    others: Sequence[Polygon | MultiPolygon] = (),
) -> FixedAreas:
    """Propose the displacement ring, the comparison area and its ring; always the same ones.

    Parameters
    ----------
    dataset : Dataset
    where : Tasking, Polygon or MultiPolygon
        The treated area, in the store's metric CRS.
    filter : IncidentFilter
        What is counted: kinds, hours, sources. Its period and wards are not used.
    starts_on, ends_on : date
        The period of the work; 28 days where the end is not known. A tasking says its own.
    choice : Choice, optional
        How the area was chosen; a tasking says its own, else by the figures of the year before.
    others : sequence of Polygon or MultiPolygon
        Areas of other open taskings, kept clear of.

    Raises
    ------
    NoHistoryError
        If the data hold too few months before the start.
    NoRingError, NoComparisonError
        If no ground is left.
    """
    if isinstance(where, Tasking):
        treated, after = where.draft.area, Period(where.draft.starts_on, where.draft.ends_on)
        how = choice or choice_of(where)
    else:
        treated, how = where, choice or Choice()
        after = Period(starts_on, ends_on or starts_on + timedelta(days=USUAL_DAYS - 1))
    ground = ground_of(dataset, treated, incident_filter=filter)
    before = before_period(after, chosen_on=how.rests_on(after), covered=ground.covered)
    matching = matching_of(ground, start=after.first, excluded=(before.period,))
    found = propose(treated, matching, ground=ground.land, others=others)
    around = ring(treated, ground=ground.land, others=[found.area, *others])
    return FixedAreas(
        displacement=around,
        comparison=found.area,
        displacement_comparison=found.ring,
        note=_note(found, matching, before=before, ground=ground, start=after.first),
    )


def choice_of(tasking: Tasking) -> Choice:
    """Return how a tasking's area was chosen, by its decision record."""
    view = dict(tasking.decision.view)
    try:
        period = Period(date.fromisoformat(view["from"]), date.fromisoformat(view["to"]))
    except (KeyError, ValueError):
        return Choice()
    return Choice(period=period)


def _note(
    comparison: Comparison, matching: Matching, *, before: Before, ground: Ground, start: date
) -> str:
    match = comparison.match
    all_months = month_starts(start.replace(day=1) - timedelta(days=1), months=MATCHING_MONTHS)
    first = all_months[matching.months[0]]
    what = {
        0: "the rest of the ground beyond 300 m, since no place of this shape fits",
        1: "one place of the same shape",
    }.get(match.places, f"{counted(match.places, 'place')} of the same shape")
    return (
        f"Compared with {what}. In the {counted(len(matching.months), 'month')} matched "
        f"(since {first:%b %Y}, without those of the period before, {before.period}) it held "
        f"{counted(match.comparison.incidents, 'incident')} and this area "
        f"{match.treated.incidents:,}, so "
        f"one of its incidents counts as {match.scale:.2f}. Trend: {_trend(match.treated.growth)} "
        f"here, {_trend(match.comparison.growth)} there. How good the match is: "
        f"{match.description}. Ring: 150 m around each. Chosen by rule on table version "
        f"{ground.dataset.snapshot.version}, from days before {day_label(start)} alone."
    )


def _trend(growth: float) -> str:
    if abs(growth) < 0.0005:
        return "level"
    return f"{abs(growth):.1%} {'more' if growth > 0 else 'fewer'} each month"
