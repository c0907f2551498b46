"""The first sentence of each section of a ward's page, made of its published figures alone.

Nothing here is worked out again: each answer is the sentence of `models.ward_panel.profile` that
the section is about, so that it claims no more and allows for the same change of the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.tasking.ward_priorities import MOST_ACTIVE
from models.ward_panel.profile import (
    against_borough,
    busiest_block,
    busiest_hours,
    commonest_kinds,
    profile,
)
from models.ward_panel.record import quarter_activities

if TYPE_CHECKING:
    from models.ward_panel.view import WardView

_OPENING: Final = 2  # sentences of the profile: how many, and against last year


def ward_answer(view: WardView) -> str:
    """Return how many incidents were reported, and whether that is more or fewer than last year."""
    return " ".join(profile(view)[: _OPENING if view.newest.figures else 1])


def other_sentences(view: WardView) -> tuple[str, ...]:
    """Return the sentences of the profile that the answer leaves."""
    return profile(view)[_OPENING:] if view.newest.figures else ()


def where_answer(view: WardView) -> str:
    """Return which part of the ward had most for its ground, if the figures say so."""
    if not view.map_blocks:
        return "Too few incidents were reported here to show any place."
    return busiest_block(view) or "The map has too few blocks to say which part had most."


def months_answer(view: WardView) -> str:
    """Return the ward's share of the borough's incidents, and how it has moved."""
    return against_borough(view) or ward_answer(view)


def kinds_answer(view: WardView) -> str:
    """Return the kinds reported most, and the busiest part of the week."""
    said = f"{commonest_kinds(view)} {busiest_hours(view)}".strip()
    return said or ward_answer(view)


def record_answer(view: WardView) -> str:
    """Return how many priorities are active and promises are open, and what was done last."""
    active = sum(each.status == "active" for each in view.priorities)
    promised = [each for each in view.promises if each.status == "open"]
    today = view.asked_at.date()
    late = sum(each.overdue(today) for each in promised)
    said = (
        f"{counted(active, 'priority is', 'priorities are')} active and "
        f"{counted(len(promised), 'promise is', 'promises are')} open"
    )
    if promised:
        said += f", {late:,} of them overdue" if late else ", none overdue"
    done = quarter_activities(view)
    if not done:
        return f"{said}; no visit is on record in the published quarters."
    when, what = done[0]
    return f"{said}. In {when}: {what}"


def publishing_answer(*, waiting: int, active: int) -> str:
    """Return what waits for officers: quarters to publish, and room for priorities.

    Parameters
    ----------
    waiting : int
        Quarters that can be published.
    active : int
        The ward's active priorities.
    """
    publish = (
        f"{counted(waiting, 'quarter is', 'quarters are')} waiting to be published"
        if waiting
        else "No quarter is waiting to be published"
    )
    return f"{publish}; {active:,} of {MOST_ACTIVE} priorities of this ward are active."
