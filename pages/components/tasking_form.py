"""The form for what a tasking says: for proposing one and for changing one.

The tactic stands outside the form, since what it asks for depends on it. Widgets keep what was
typed for as long as `key` stays the same, also when a change is refused.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from models.calendar.week import WEEKDAYS
from models.tasking.tasking import TACTIC_LABELS, TACTICS, ActionStep, TaskingDraft, TaskingHours
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.areas import Area
    from models.tasking.proposal import Prefilled
    from models.tasking.tasking import Origin, Tactic
    from pages.shell.saving import Form

_STEP_COLUMNS = ("Step", "Who", "Due", "Done")


def tasking_form(
    start: Prefilled,
    *,
    form: Form,
    area: Area,
    origin: Origin,
    teams: Sequence[str],
    priorities: Mapping[int, str],
    priority_id: int | None = None,
    label: str,
) -> Callable[[], TaskingDraft] | None:
    """Draw the form; once it was sent, return what makes the draft, or says its faults.

    Parameters
    ----------
    start : Prefilled
        What the fields hold at first.
    form : pages.shell.saving.Form
        Saves the draft; another name begins with empty fields.
    area : Polygon or MultiPolygon
    origin : Origin
    teams : sequence of str
        Offered; another can be typed.
    priorities : mapping of int to str
        Active ward priorities that it may answer, in words.
    priority_id : int, optional
        The one that is chosen at first.
    label : str
        On the button.
    """
    key = form.in_turn(form.name)
    tactic: Tactic = st.selectbox(
        "Tactic",
        TACTICS,
        index=TACTICS.index(start.tactic),
        format_func=lambda each: TACTIC_LABELS[each],
        key=f"{key}-tactic",
    )
    with form.drawn():
        said = _text_fields(start, key=key)
        said |= _who(start, key=key, teams=teams)
        said |= _when(start, key=key)
        steps = _steps(start, key=key) if tactic == "problem_solving" else start.action_plan
        answers = _priority(priorities, key=key, priority_id=priority_id)
        sent = form.sent(plain(label), type="primary")

    def draft() -> TaskingDraft:
        return TaskingDraft(
            **said,
            area=area,
            tactic=tactic,
            origin=origin,
            action_plan=steps,
            priority_id=answers,
            team_plan=start.team_plan,
        )

    return draft if sent else None


def _text_fields(start: Prefilled, *, key: str) -> dict[str, Any]:
    title = st.text_input("Title", start.title, max_chars=120, key=f"{key}-title")
    left, right = st.columns(2)
    objective = left.text_area(
        "Objective: what should be different at the end", start.objective, key=f"{key}-objective"
    )
    expected = right.text_area(
        "Expected result: how you will see it", start.expected_result, key=f"{key}-expected"
    )
    near = st.text_input(
        "Near: a street or place that may be shown",
        start.near,
        key=f"{key}-near",
        help="Left empty in a new tasking, it is the area's name from the map.",
    )
    return {"title": title, "objective": objective, "expected_result": expected, "near": near}


def _who(start: Prefilled, *, key: str, teams: Sequence[str]) -> dict[str, Any]:
    left, right = st.columns(2)
    known = sorted({*teams, *([start.team] if start.team else [])})
    team = left.selectbox(
        "Team (needed for approval)",
        known,
        index=known.index(start.team) if start.team else None,
        accept_new_options=True,
        disabled=start.team_plan is not None,
        placeholder="Choose a team, or type a new one",
        key=f"{key}-team",
    )
    partner = right.text_input("Lead partner", start.lead_partner, key=f"{key}-partner")
    return {"team": team or "", "lead_partner": partner}


def _when(start: Prefilled, *, key: str) -> dict[str, Any]:
    if start.team_plan is not None:
        st.caption(
            f"Team, dates, hours and visits follow from the plan "
            f"{plain(start.team_plan.reference)} and "
            "cannot be changed here. Make another plan to change them."
        )
        return {
            "starts_on": start.starts_on,
            "ends_on": start.ends_on,
            "hours": start.hours,
            "visits_per_week": start.visits_per_week,
            "minutes_per_visit": start.minutes_per_visit,
        }
    first, last, begin, end = st.columns(4)
    starts_on = first.date_input("Starts", start.starts_on, format="DD/MM/YYYY", key=f"{key}-first")
    ends_on = last.date_input("Ends", start.ends_on, format="DD/MM/YYYY", key=f"{key}-last")
    from_hour = begin.number_input("From hour", 0, 23, start.hours.start_hour, key=f"{key}-from")
    to_hour = end.number_input(
        "To hour; if earlier than the first, on the next day",
        0,
        24,
        start.hours.end_hour,
        key=f"{key}-to",
    )
    days = st.multiselect(
        "Days of the week",
        list(range(7)),
        default=list(start.hours.weekdays),
        format_func=lambda day: WEEKDAYS[day],
        key=f"{key}-days",
    )
    left, right = st.columns(2)
    visits = left.number_input("Visits a week", 0, 500, start.visits_per_week, key=f"{key}-visits")
    minutes = right.number_input(
        "Minutes a visit", 1, 480, start.minutes_per_visit, key=f"{key}-minutes"
    )
    return {
        "starts_on": starts_on,
        "ends_on": ends_on,
        "hours": TaskingHours(tuple(sorted(days)), int(from_hour), int(to_hour)),
        "visits_per_week": int(visits),
        "minutes_per_visit": int(minutes),
    }


def _steps(start: Prefilled, *, key: str) -> tuple[ActionStep, ...]:
    st.markdown("**Action plan**: one step in each row, with what, who and by when")
    rows = [(each.what, each.who, each.due_on, each.done) for each in start.action_plan]
    blank = [("", "", None, False)] * max(0, 3 - len(rows))
    edited = st.data_editor(
        pd.DataFrame([*rows, *blank], columns=list(_STEP_COLUMNS)),
        num_rows="dynamic",
        hide_index=True,
        key=f"{key}-steps",
        alt="Steps of the action plan, to be filled in",
        column_config={
            "Step": st.column_config.TextColumn(width="large"),
            "Due": st.column_config.DateColumn(format="DD/MM/YYYY"),
            "Done": st.column_config.CheckboxColumn(),
        },
    )
    records: list[dict[Any, Any]] = edited.to_dict("records")
    return tuple(
        ActionStep(
            what=_text(each["Step"]),
            who=_text(each["Who"]),
            due_on=_day(each["Due"]),
            done=each["Done"] is True,
        )
        for each in records
        if _text(each["Step"])
    )


def _text(value: Any) -> str:  # noqa: ANN401 - a cell may hold text or nothing
    return "" if pd.isna(value) else str(value).strip()


def _day(value: Any) -> date | None:  # noqa: ANN401 - a cell may hold a date, a time or nothing
    if pd.isna(value):
        return None
    return value if type(value) is date else pd.Timestamp(value).date()


def _priority(priorities: Mapping[int, str], *, key: str, priority_id: int | None) -> int | None:
    if not priorities:
        return priority_id
    numbers = list(priorities)
    chosen: int | None = st.selectbox(
        "Ward priority that it responds to, if any",
        numbers,
        index=numbers.index(priority_id) if priority_id in numbers else None,
        format_func=lambda number: priorities[number],
        placeholder="None",
        key=f"{key}-priority",
    )
    return chosen
