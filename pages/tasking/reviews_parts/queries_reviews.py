"""The calls of the reviews page, kept by table version, what is asked and the other taskings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
import streamlit as st

from models.reviews.questions import question_about, question_of
from models.reviews.reviewing import review
from pages.shell import queries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from geo.areas import Area
    from models.calendar.periods import Period
    from models.incidents.filters import IncidentFilter
    from models.reviews.fixing import Choice
    from models.reviews.shape import Review
    from models.tasking.tasking import Tasking


def tasking_review(tasking: Tasking, *, taskings: Sequence[Tasking], until: date) -> Review:
    """Return the review of a tasking, judged up to a day, on the data as they are now.

    Raises
    ------
    PlainError
        If it cannot be reviewed; the message says why.
    """
    key = f"{tasking.tasking_id} {tasking.version} {until}"
    return _of_tasking(
        str(queries.stamp()),
        key,
        _stands(taskings),
        _tasking=tasking,
        _taskings=taskings,
        _until=until,
    )


@st.cache_resource(max_entries=64, show_spinner="Comparing before and after…")
def _of_tasking(
    now: str,
    key: str,
    others: str,
    *,
    _tasking: Tasking,
    _taskings: Sequence[Tasking],
    _until: date,
) -> Review:
    store = queries.store()
    return review(store, question_of(store, _tasking, taskings=_taskings, until=_until))


def intervention_review(
    area: Area,
    *,
    after: Period,
    incident_filter: IncidentFilter,
    choice: Choice,
    taskings: Sequence[Tasking],
) -> Review:
    """Return the review of any dated intervention.

    Raises
    ------
    PlainError
        If there is nothing to compare with.
    """
    key = f"{shapely.to_wkb(area, hex=True)} {after} {incident_filter!r} {choice!r}"
    return _of_intervention(
        str(queries.stamp()),
        key,
        _stands(taskings),
        _area=area,
        _after=after,
        _chosen=incident_filter,
        _choice=choice,
        _taskings=taskings,
    )


@st.cache_resource(max_entries=32, show_spinner="Comparing before and after…")
def _of_intervention(
    now: str,
    key: str,
    others: str,
    *,
    _area: Area,
    _after: Period,
    _chosen: IncidentFilter,
    _choice: Choice,
    _taskings: Sequence[Tasking],
) -> Review:
    store = queries.store()
    asked = question_about(
        store, _area, after=_after, incident_filter=_chosen, choice=_choice, taskings=_taskings
    )
    return review(store, asked)


def _stands(taskings: Sequence[Tasking]) -> str:
    return str([(each.tasking_id, each.version) for each in taskings])
