"""What is asked of a review: by a tasking's own record, or for any dated intervention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import PlainError
from models.calendar.periods import Period
from models.incidents.view import read_view
from models.reviews.fixing import choice_of, propose_fixed_areas
from models.reviews.shape import Question
from models.tasking.fixed_areas import FixedAreas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from shapely import MultiPolygon, Polygon

    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.reviews.fixing import Choice
    from models.tasking.tasking import Tasking

_AT_WORK = ("approved", "active", "completed", "reviewed")


class NotFixedError(PlainError, LookupError):
    """A tasking was to be reviewed whose areas were never fixed."""

    def __init__(self, tasking: Tasking) -> None:
        super().__init__(
            f"{tasking.reference} has no comparison area: it was never approved. Only a tasking "
            "that was approved can be reviewed; review its area as an intervention instead."
        )


class UnknownNumberError(PlainError, LookupError):
    """There is no tasking of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Unknown tasking T-{number:04d}. The Board lists all taskings.")


def numbered(taskings: Iterable[Tasking], number: int) -> Tasking:
    """Return the tasking of a number.

    Raises
    ------
    UnknownNumberError
    """
    for each in taskings:
        if each.tasking_id == number:
            return each
    raise UnknownNumberError(number)


def question_of(
    dataset: Dataset,
    tasking: Tasking,
    *,
    taskings: Iterable[Tasking],
    until: date | None = None,
    fixed: FixedAreas | None = None,
) -> Question:
    """Return what is asked about a tasking: what was decided, on the areas fixed at approval.

    Parameters
    ----------
    dataset : Dataset
    tasking : Tasking
    taskings : iterable of Tasking
        All of them, to know of other work at the time.
    until : date, optional
        Last day that it is judged on; its end without it.
    fixed : FixedAreas, optional
        What would be fixed, for a tasking that is not approved yet; its own without it.

    Raises
    ------
    NotFixedError
        If it was never approved.
    """
    areas = fixed or _fixed(tasking)
    draft = tasking.draft
    after = Period(draft.starts_on, max(draft.starts_on, until or draft.ends_on))
    return Question(
        treated=draft.area,
        fixed=areas,
        after=after,
        filter=read_view(dict(tasking.decision.view), dataset=dataset).filter,
        choice=choice_of(tasking),
        hours=draft.hours,
        others=other_work(taskings, after=after, but=tasking),
    )


def question_about(
    dataset: Dataset,
    area: Polygon | MultiPolygon,
    *,
    after: Period,
    incident_filter: IncidentFilter,
    choice: Choice,
    taskings: Iterable[Tasking] = (),
) -> Question:
    """Return what is asked about any dated intervention; its ring and comparison go by rule.

    Parameters
    ----------
    dataset : Dataset
    area : Polygon or MultiPolygon
        In the store's metric CRS.
    after : Period
        From the day of the intervention to the last day that it is judged on.
    incident_filter : IncidentFilter
        Kinds, hours and sources that are counted.
    choice : Choice
        How the area was chosen.
    taskings : iterable of Tasking
        All of them, to know of other work at the time.

    Raises
    ------
    NoHistoryError, NoRingError, NoComparisonError
        If there is nothing to compare with.
    """
    others = other_work(taskings, after=after)
    fixed = propose_fixed_areas(
        dataset,
        area,
        filter=incident_filter,
        starts_on=after.first,
        ends_on=after.last,
        choice=choice,
        others=others,
    )
    return Question(area, fixed, after, incident_filter, choice=choice, others=others)


def _fixed(tasking: Tasking) -> FixedAreas:
    comparison, around = tasking.comparison, tasking.displacement_comparison
    if tasking.displacement is None or comparison is None or around is None:
        raise NotFixedError(tasking)
    return FixedAreas(tasking.displacement, comparison, around, tasking.fixed_note)


def other_work(
    taskings: Iterable[Tasking], *, after: Period, but: Tasking | None = None
) -> tuple[Polygon | MultiPolygon, ...]:
    """Return the areas of taskings that were at work in a period, by number."""
    return tuple(
        each.draft.area
        for each in sorted(taskings, key=lambda one: one.tasking_id)
        if each.status in _AT_WORK
        and each.draft.starts_on <= after.last
        and each.draft.ends_on >= after.first
        and (but is None or each.tasking_id != but.tasking_id)
        and (but is None or not each.draft.area.intersects(but.draft.area))
    )
