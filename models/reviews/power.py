"""What a review could see, before anybody approves the work that it will judge.

`models.tasking.power` plants falls on places like the treated area; here they are looked up. The
pairs of periods are those of the review, moved back by whole lengths of the period after, as far as
the data cover both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.calendar.months import Month, month_starts
from models.calendar.periods import Period, whole_month
from models.incidents.precisions import TIME_PRECISIONS
from models.reviews.ground import MATCHING_MONTHS, count_in, ground_of, inside, matching_of
from models.tasking.before_period import Before, before_period, overlap
from models.tasking.comparison_area import like_places, match_of
from models.tasking.detectable import share_seen
from models.tasking.displacement import RING_M
from models.tasking.outcomes import BeforeAfter, Drift, Scale, drift_of, outcome
from models.tasking.planted_falls import Pair, Places, power_on
from models.tasking.power import FALL, Circumstances, Power
from models.tasking.verdict import doubts_beforehand

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from models.incidents.dataset import Dataset
    from models.reviews.ground import Ground
    from models.reviews.shape import Question
    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.spots import Matching

MOST_PAIRS: Final = 6
_FARTHEST: Final = timedelta(weeks=156)
_FEWEST_MONTHS: Final = 3
_KM2: Final = 1_000_000.0
_SEED: Final = 1


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all trials of one question share."""

    question: Question
    ground: Ground
    before: Before
    matching: Matching
    match: ComparisonMatch
    known: Circumstances


def power_of(dataset: Dataset, question: Question) -> Power:
    """Return how often a fall by half would be seen by the review that a question asks for.

    Parameters
    ----------
    dataset : Dataset
    question : Question
        Of work that need not have begun: only days before its start are looked at.

    Raises
    ------
    NoHistoryError
        If the data hold too few months before the start.
    """
    scene = _scene(dataset, question)
    reasons = _reasons(scene)
    if reasons:
        return Power(0, 0, 0, math.nan, reasons=reasons)
    treated = question.treated
    like = like_places(
        treated,
        scene.matching,
        ground=scene.ground.land,
        kept_clear=[shapely.buffer(treated, RING_M), *question.others],
    )
    pairs = _pairs(scene, like) if like else []
    if pairs:
        tried = power_on(
            _places(scene, like),
            pairs,
            own=_monthly([treated], scene.matching)[0],
            known=scene.known,
            rng=np.random.default_rng(_SEED),
        )
        if tried is not None:
            return tried
    return _by_formula(scene, pairs)


def power_label(power: Power) -> str:
    """Return what a review could see, in words for the record."""
    if power.reasons:
        return (
            "Whatever happens, the review will say “cannot tell”, because "
            f"{'; and because '.join(power.reasons)}."
        )
    share = f"{power.share * 100:.0f} of 100"
    incidents = "incident" if round(power.expected) == 1 else "incidents"
    about = f"about {power.expected:,.0f} {incidents} in such a period"
    if power.by_formula is not None:
        return (
            f"A fall by half would be seen in {share} such taskings ({about}), by a formula, since "
            f"{power.untried}. It allows for chance and for how far places drift, and for no other "
            "reason for doubt, so fewer will be seen."
        )
    low, high = power.interval
    return (
        f"A fall by half would be seen in {share} places like this ({low * 100:.0f} to "
        f"{high * 100:.0f}): tried {power.trials:,} times on {counted(power.places, 'place')} of "
        "this shape "
        f"and level here, over earlier periods as long, {about}; half of the incidents were taken "
        "out at random, and the rest measured as the review will."
    )


def _scene(dataset: Dataset, question: Question) -> _Scene:
    ground = ground_of(dataset, question.treated, incident_filter=question.filter)
    rests_on = question.choice.rests_on(question.after)
    before = before_period(question.after, chosen_on=rests_on, covered=ground.covered)
    matching = matching_of(ground, start=question.after.first, excluded=(before.period,))
    fixed = question.fixed.comparison
    places = max(1, round(fixed.area / question.treated.area))
    month_only, snapped = _precision(question.treated, ground, matching, start=question.after)
    return _Scene(
        question=question,
        ground=ground,
        before=before,
        matching=matching,
        match=match_of(question.treated, fixed, matching=matching, places=places),
        known=Circumstances(
            after=question.after,
            before=before,
            month_only=month_only,
            snapped=snapped,
            area_km2=question.treated.area / _KM2,
        ),
    )


def _precision(
    treated: Polygon | MultiPolygon, ground: Ground, matching: Matching, *, start: Period
) -> tuple[float, float]:
    """Return the shares of the area's earlier incidents by month alone and at map points."""
    months = _months_before(start)
    part = ground.part(Period(months[matching.months[0]].first, months[matching.months[-1]].last))
    here = inside(treated, part)
    if not here.any():
        return 0.0, 0.0
    precision = ground.dataset.snapshot.time_precision[part.rows][here]
    month = precision == TIME_PRECISIONS.index("month")
    return float(month.mean()), float(part.incidents.snapped[here].mean())


def _reasons(scene: _Scene) -> tuple[str, ...]:
    if not scene.ground.covered(scene.before.period):
        return (f"the data do not cover the period before ({scene.before.period})",)
    nothing = BeforeAfter(0, 0)
    evidence = scene.known.evidence(
        nothing,
        nothing,
        match=scene.match,
        outcome=outcome(nothing, nothing),
        drift=Drift(),
        least_fall=math.inf,
        comparison_z=math.nan,
    )
    return doubts_beforehand(evidence)


def _months_before(after: Period) -> list[Period]:
    last = after.first.replace(day=1) - timedelta(days=1)
    return [whole_month(month) for month in month_starts(last, months=MATCHING_MONTHS)]


def _matched_months(scene: _Scene) -> list[Period]:
    months = _months_before(scene.question.after)
    return [months[at] for at in scene.matching.months]


def _places(scene: _Scene, like: tuple[Polygon | MultiPolygon, ...]) -> Places:
    shapes = np.array(like, dtype=object)
    rests_on = scene.question.choice.rests_on(scene.question.after)
    return Places(
        monthly=_monthly(like, scene.matching),
        months=np.array(scene.matching.months, dtype=np.int64),
        apart=shapely.distance(shapes[:, np.newaxis], shapes) >= 2 * RING_M,
        unchosen=np.array([not overlap(each, rests_on) for each in _matched_months(scene)]),
    )


def _monthly(
    areas: tuple[Polygon | MultiPolygon, ...] | list[Polygon | MultiPolygon], matching: Matching
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Count each month of areas that do not overlap, shape (areas, months that are matched)."""
    at = PolygonIndex.of(list(areas)).locate(matching.easting, matching.northing)
    counts = np.zeros((len(areas), len(matching.months)), dtype=np.int64)
    column = np.searchsorted(np.array(matching.months), matching.month)
    np.add.at(counts, (at[at >= 0], column[at >= 0]), 1)
    return counts


def _pairs(scene: _Scene, like: tuple[Polygon | MultiPolygon, ...]) -> list[Pair]:
    """Return earlier pairs of periods that the data cover, the latest first, with their counts."""
    months = _matched_months(scene)
    pairs: list[Pair] = []
    own = count_in(like, scene.ground.part(scene.before.period)).sum()
    for before, after in _earlier(scene.before.period, scene.question.after):
        matched = np.array(
            [not overlap(each, before) and not overlap(each, after) for each in months]
        )
        if matched.sum() < _FEWEST_MONTHS:
            continue
        if scene.ground.covered(before) and scene.ground.covered(after):
            first, second = (count_in(like, scene.ground.part(each)) for each in (before, after))
            pairs.append(Pair(first, second, matched, season=float(own / max(first.sum(), 1))))
        if len(pairs) == MOST_PAIRS:
            break
    return pairs


def _earlier(before: Period, after: Period) -> list[tuple[Period, Period]]:
    """Return both periods moved back by whole lengths of the later, up to three years."""
    found = []
    if after.whole_months and before.whole_months:
        length = Month.of(after.last).index - Month.of(after.first).index + 1
        steps = range(length, 37, length)
        return [(_months_back(before, step), _months_back(after, step)) for step in steps]
    step = timedelta(weeks=math.ceil(after.days / 7))
    back = step
    while back <= _FARTHEST:
        found.append((_back(before, back), _back(after, back)))
        back += step
    return found


def _back(period: Period, by: timedelta) -> Period:
    return Period(period.first - by, period.last - by)


def _months_back(period: Period, by: int) -> Period:
    return Period(Month.of(period.first).later(-by).first, Month.of(period.last).later(-by).last)


def _by_formula(scene: _Scene, pairs: list[Pair]) -> Power:
    part = scene.ground.part(scene.before.period)
    here, there = (
        int(inside(area, part).sum())
        for area in (scene.question.treated, scene.question.fixed.comparison)
    )
    days = scene.before.period.days, scene.question.after.days
    match = scene.match
    drifts = [drift_of(pair.before, pair.after) for pair in pairs]
    measured = [each.variance for each in drifts if each.measured]
    share = share_seen(
        here,
        there,
        fall=FALL,
        days=days,
        scale=Scale.of_levels(match.treated.incidents, match.comparison.incidents),
        drift=Drift(float(np.mean(measured))) if measured else Drift(),
        places=max(1, match.places),
    )
    untried = (
        "too few places here are as busy as this one to try it on"
        if pairs
        else "the data hold no earlier periods to try it on"
    )
    return Power(0, 0, 0, here * days[1] / days[0], by_formula=share, untried=untried)
