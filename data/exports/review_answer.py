"""What reviews come to, in the sentence that stands above each section of the page.

That something fell, rose or cannot be told is the verdict's own headline
(`models.tasking.verdict`); that something worked is said only where the pooled interval says so
(`models.tasking.pooled`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from models.tasking.wording import overdue_at
from models.wording.lists import first_few, list_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.reviews.shape import Review
    from models.reviews.what_worked import Group, WhatWorked
    from models.tasking.dosage import Dosage
    from models.tasking.tasking import Tasking


def due_answer(taskings: Sequence[Tasking], *, now: datetime) -> str:
    """Return how many completed taskings wait for their review, and which are overdue.

    Parameters
    ----------
    taskings : sequence of Tasking
        All of them.
    now : datetime
        On the local clock, with its time zone.
    """
    due = [each for each in taskings if each.status == "completed"]
    if not due:
        active = sum(each.status == "active" for each in taskings)
        return (
            "No completed tasking waits for its review; "
            f"{counted(active, 'tasking is', 'taskings are') if active else 'none is'} active."
        )
    overdue = [each.reference for each in due if overdue_at(each, now)]
    wait = counted(len(due), "completed tasking waits", "completed taskings wait")
    if not overdue:
        return f"{wait} for review; none is overdue."
    return f"{wait} for review; {len(overdue):,} overdue: {list_label(first_few(overdue))}."


def verdict_answer(review: Review, *, title: str) -> str:
    """Return the verdict on what was done.

    Parameters
    ----------
    review : Review
    title : str
        Of the tasking or intervention.
    """
    headline = review.verdict.headline
    return f"{title}: {headline[0].lower()}{headline[1:]}"


def course_answer(review: Review) -> str:
    """Return the treated area's incidents in both periods, and in the hours worked."""
    treated, days = review.counts["treated"], review.question.after.days
    counts = (
        f"In the treated area {counted(treated.after, 'incident')} in "
        f"{counted(days, 'day')}, against {treated.before:,} in "
        f"{counted(review.before.period.days, 'day')} before"
    )
    if not review.complete:
        return f"{counts}; the data do not cover both periods, so the two cannot be compared."
    hours = review.time_of_day.in_hours
    if hours is None:
        return f"{counts}."
    return f"{counts}; in the hours worked {hours[1]:,}, against {hours[0]:,}."


def visits_answer(given: Dosage) -> str:
    """Return how many of the visits planned were made."""
    if not given.visits:
        return "No visit is logged, so nothing shows that the work was done."
    return (
        f"{counted(given.visits, 'visit')} of {given.planned_visits:,.0f} planned, "
        f"{given.minutes:,} minutes of {given.planned_minutes:,.0f}; "
        f"{given.inside_hours:,} began in the tasking's hours."
    )


def worked_answer(results: WhatWorked) -> str:
    """Return what all reviews come to, and the tactics of which something can be told."""
    everything = results.everything
    if not everything.reviews:
        return "No review is on record, so nobody can tell what worked."
    if everything.effect is None:
        return (
            f"{counted(everything.reviews, 'review is', 'reviews are')} on record, too few to "
            "tell what worked: pooling needs at least two on complete data."
        )
    pooled = everything.effect
    together = (
        f"{counted(pooled.reviews, 'review')} together: {pooled.sentence} (rate ratio "
        f"{pooled.ratio:.2f}, 95 % interval {pooled.low:.2f} to {pooled.high:.2f})."
    )
    return f"{together} {_tactics(results.tactics)}".rstrip()


def _tactics(groups: Sequence[Group]) -> str:
    """Name the tactics that did something by themselves; nothing where there is one alone."""
    if len(groups) < 2:
        return ""
    clear = [
        each
        for each in groups
        if each.effect is not None and not each.effect.low <= 1 <= each.effect.high
    ]
    if not clear:
        return "Of no tactic by itself can anybody tell."
    named = list_label([each.name for each in clear])
    return f"By itself, something can be told of {named[0].lower()}{named[1:]}."
