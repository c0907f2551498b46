"""What a ward asked for, was promised and got, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from models.tasking.tasking import TACTIC_LABELS
from models.ward_panel.profile import months_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from datetime import date

    from models.tasking.ward_priorities import Promise
    from models.ward_panel.view import WardView
    from models.ward_panel.ward_release import TacticActivity


def promise_label(promise: Promise, *, today: date) -> str:
    """Say a promise: what, who, until when, and what came of it."""
    draft = promise.draft
    words = f"{draft.what} ({draft.who}, by {day_label(draft.due_on)}). "
    if promise.status == "open":
        return words + ("Overdue." if promise.overdue(today) else "Not due yet.")
    return words + ("Kept: " if promise.status == "kept" else "Not kept: ") + promise.outcome


def quarter_activities(view: WardView) -> tuple[tuple[str, str], ...]:
    """Return each of the last four published quarters with what was done in it, newest first."""
    return tuple(
        (
            months_label(one.quarter),
            "; ".join(_activity_label(each) for each in one.activities) + ".",
        )
        for one in reversed(view.quarters[-4:])
        if one.activities
    )


def history(view: WardView) -> tuple[str, ...]:
    """Return closed priorities and promises with what came of them, the newest first."""
    closed = [
        (
            each.closed_on,
            f"{day_label(each.closed_on)}. Priority “{each.draft.title}”, raised "
            f"{day_label(each.draft.raised_on)}: {each.outcome}",
        )
        for each in view.priorities
        if each.closed_on is not None
    ]
    closed += [
        (
            each.closed_on,
            f"{day_label(each.closed_on)}. Promise: "
            f"{promise_label(each, today=view.asked_at.date())}",
        )
        for each in view.promises
        if each.closed_on is not None
    ]
    closed.sort(key=lambda each: each[0], reverse=True)
    return tuple(words for _, words in closed)


def _activity_label(entry: TacticActivity) -> str:
    name = (
        TACTIC_LABELS[entry.tactic].lower()
        if entry.tactic not in ("cctv", "pspo")
        else (TACTIC_LABELS[entry.tactic])
    )
    visits = "a few visits" if entry.visits is None else f"{counted(entry.visits, 'visit')}"
    finds = "".join(f", {label.lower()} {n:,}" for label, n in entry.finds)
    return f"{name}: {visits}{finds}"
