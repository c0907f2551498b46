"""What a plan that was made again around a change comes to, in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.counting import counted
from models.calendar.clock_changes import local_moment
from models.tasking.wording import day_of_week_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanSettings
    from models.tasking.replanned import Replanned

_LEAST = 0.05  # expected incidents that a figure of one decimal can show
_MOST_NAMED = 4


def replan_words(
    plan: Plan, *, settings: PlanSettings, names: Mapping[str, str], timezone: str
) -> str:
    """Return what changed, what is lost and where, and who takes over; "" of any other plan.

    Parameters
    ----------
    plan : Plan
    settings : PlanSettings
    names : mapping of str to str
        What each hotspot is called.
    timezone : str
        IANA name of the local clock.
    """
    if plan.replanned is None:
        return ""
    return " ".join(_sentences(plan, plan.replanned, settings=settings, names=names, zone=timezone))


def _sentences(
    plan: Plan, note: Replanned, *, settings: PlanSettings, names: Mapping[str, str], zone: str
) -> Iterator[str]:
    yield change_label(plan, names=names, timezone=zone)
    before = plan.coverage.incidents.covered + note.lost - note.gained
    if note.lost > _LEAST:
        yield (
            f"Of {before:,.1f} expected incidents in hours served before, {note.lost:,.1f} fall in "
            f"hours that are served no more{_most(note)}."
        )
    else:
        yield "Next to nothing that was expected in hours served before is lost."
    if note.gained > _LEAST:
        yield f"{note.gained:,.1f} fall in hours that were not served before."
    yield _who(note)
    if note.unserved:
        missing = _some([names.get(each, each) for each in note.unserved])
        yield f"No team can take in {missing} without giving up what it serves."
    yield _how_sure(plan, settings=settings)


def change_label(plan: Plan, *, names: Mapping[str, str], timezone: str) -> str:
    """Return what changed in a plan that was made again: who is off, and which hotspots came."""
    note = plan.replanned
    if note is None:
        return ""
    begun = {(each.team, each.day) for each in plan.visits}
    off = [
        f"{each.team} on {day_of_week_label(each.day)}"
        + (
            f" from {local_moment(each.since, timezone=timezone):%H:%M}"
            if (each.team, each.day) in begun
            else ""
        )
        for each in note.off
    ]
    parts = [f"Off: {_some(off)}."] if off else []
    if note.added:
        parts.append(f"New: {_some([names.get(each, each) for each in note.added])}.")
    return " ".join(parts) or "Nothing changed."


def _most(note: Replanned) -> str:
    losing = [each for each in note.wards if each.lost > _LEAST]
    if len(losing) == 1:
        return f", all of them in {losing[0].ward_name}"
    return f"; {losing[0].ward_name} loses most ({losing[0].lost:,.1f})" if losing else ""


def _who(note: Replanned) -> str:
    if not note.taken_over:
        return "All other shifts stay as they are."
    shifts = [f"{team} on {day_of_week_label(day)}" for team, day in note.taken_over]
    takes = counted(len(shifts), "shift takes over what it can", "shifts take over what they can")
    return f"{takes}: {_some(shifts)}. All others stay as they are."


def _some(names: Sequence[str]) -> str:
    """Return the first names of a long list, and how many more there are."""
    if len(names) <= _MOST_NAMED:
        return list_label(names)
    return list_label([*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"])


def _how_sure(plan: Plan, *, settings: PlanSettings) -> str:
    """Say how much of the loss a better search could save, and what expected means."""
    spare = max(plan.bound - plan.value, 0.0)
    unit = {"incidents": "incidents", "harm": "harm", "mix": "of incidents and harm mixed"}[
        settings.objective
    ]
    search = (
        "With the rest locked, no plan covers more."
        if spare <= _LEAST
        else f"With the rest locked, a better plan would cover at most {spare:,.1f} more {unit}."
    )
    return (
        f"{search} Expected is the period's average for these hours; any one night can be far "
        "from it."
    )


def loss_table(note: Replanned) -> pd.DataFrame:
    """Return one row a ward that loses or gains something; expected incidents."""
    return pd.DataFrame(
        [
            {
                "ward": each.ward_name,
                "served_before": round(each.before, 2),
                "lost": round(each.lost, 2),
                "gained": round(each.gained, 2),
                "served_now": round(each.before - each.lost + each.gained, 2),
            }
            for each in note.wards
        ],
        columns=["ward", "served_before", "lost", "gained", "served_now"],
    )
