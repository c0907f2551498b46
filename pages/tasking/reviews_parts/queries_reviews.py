"""The questions of the reviews page, kept for what is asked and the other taskings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.reviews.questions import question_about, question_of
from models.reviews.reviewing import review
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries_operations import as_they_stand

if TYPE_CHECKING:
    from datetime import date

    from geo.areas import Area
    from models.calendar.periods import Period
    from models.incidents.filters import IncidentFilter
    from models.reviews.fixing import Choice
    from models.reviews.shape import Review
    from models.tasking.tasking import Tasking


def _of_tasking(tasking: Tasking, *, taskings: tuple[Tasking, ...], until: date) -> object:
    return tasking, as_they_stand(taskings), until


@cached(max_entries=64, spinner="Comparing before and after…", by=_of_tasking)
def tasking_review(tasking: Tasking, *, taskings: tuple[Tasking, ...], until: date) -> Review:
    """Return the review of a tasking, judged up to a day, on the data as they are now.

    Raises
    ------
    PlainError
        If it cannot be reviewed; the message says why.
    """
    store = queries.store()
    return review(store, question_of(store, tasking, taskings=taskings, until=until))


def _of_intervention(area: Area, *, taskings: tuple[Tasking, ...], **asked: object) -> object:
    return area, as_they_stand(taskings), tuple(asked.values())


@cached(max_entries=32, spinner="Comparing before and after…", by=_of_intervention)
def intervention_review(
    area: Area,
    *,
    after: Period,
    incident_filter: IncidentFilter,
    choice: Choice,
    taskings: tuple[Tasking, ...],
) -> Review:
    """Return the review of any dated intervention.

    Raises
    ------
    PlainError
        If there is nothing to compare with.
    """
    store = queries.store()
    question = question_about(
        store, area, after=after, incident_filter=incident_filter, choice=choice, taskings=taskings
    )
    return review(store, question)
