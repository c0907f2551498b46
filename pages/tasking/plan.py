"""Plan: where each team goes, and when, in the days ahead."""

from __future__ import annotations

import streamlit as st

from data.exports.plan_answer import answer_before, plan_answer
from data.operations.taskings import plans
from geo.counting import counted
from geo.errors import PlainError
from models.incidents.view import filter_description, view_query
from models.plans.planning import plan_request
from models.plans.query import plan_query_parameters
from models.wording.days import day_label
from pages.components import method, sections
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person
from pages.shell.queries_operations import now, operations
from pages.tasking.plan_parts import (
    plan_before,
    plan_changes,
    plan_form,
    plan_keep,
    plan_page,
    plan_replan,
    plan_result,
    plan_visits,
    plan_week,
    queries_plan,
)
from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

LONGEST = 50  # letters of a plan's name in the answer, which has two lines

unread = plan_page.begin()
with errors_as_messages(PlainError):
    person().must_be_officer("The patrol plan")
    store = queries.store()
    incident_filter = filters.current_filter(store)
    opened = state.opened_link().get("plan", "")
    state.begin({plan_keep.OPENED: int(opened) if opened.isdecimal() else None})
    saved_id = state.value(plan_keep.OPENED)
    listed = plans.saved_plans(operations())


def _draw_plan(displayed: DisplayedPlan, section: str) -> None:
    """Draw a section of a plan, made just now or saved."""
    if section == "map":
        plan_visits.draw(displayed, ward_codes=store.select(incident_filter).ward_codes)
        plan_keep.draw(displayed, store=store)
    elif section == "week":
        plan_week.draw(displayed, timezone=store.settings.timezone)
    elif section == "coverage":
        plan_replan.note(displayed)
        plan_result.coverage(displayed)
    elif section == "change":
        with errors_as_messages(PlainError):
            plan_replan.draw(
                displayed, store=store, incident_filter=incident_filter, method=method.current()
            )


def _saved(plan_id: int) -> None:
    """Draw a saved plan, exactly as it was made."""
    with errors_as_messages(PlainError):
        saved = plans.saved_plan(operations(), plan_id)
    record = saved.record
    section = plan_page.row(is_saved=True, made=True, listed=listed, lines=())
    notes(unread, heading="The link could not be read in full")
    with st.container(key="answer"):
        answer = plan_answer(saved.plan, settings=saved.settings, hotspots=len(saved.candidates))
        name = record.title if len(record.title) <= LONGEST else f"{record.title[:LONGEST]}…"
        st.markdown(f"**{plain(f'{record.reference}: {name}')}.** {plain(answer)}")
    view = dict(saved.view)
    displayed = DisplayedPlan(
        plan=saved.plan,
        candidates=saved.candidates,
        areas=saved.areas,
        teams=saved.teams,
        settings=saved.settings,
        table_version=saved.table_version,
        view=view,
        record=record,
    )
    state.show_in_address_bar(
        view | {"plan": str(plan_id)} | sections.address(plan_page.PAGE, plan_page.SECTIONS)
    )
    _draw_plan(displayed, section)
    if section == "teams":
        st.info(
            "A saved plan stays as it was made. Make another plan to choose other teams or "
            "settings; it begins with the teams of the plan that was saved last."
        )
    st.header("How we know", anchor="how-we-know")
    st.caption(
        plain(
            f"{record.title}. Saved by {record.made_by}, {day_label(record.made_at)}. It is shown "
            f"exactly as it was made."
        )
    )
    plan_result.how_we_know(displayed)


def _asked() -> None:
    """Draw what would be planned, or the plan that is asked for."""
    settings = method.current()
    view = view_query(incident_filter, settings)
    query = plan_form.plan_query(today=now().date())
    made = plan_form.asked()
    with errors_as_messages(PlainError):
        gap = query.settings.gap_minutes
        basis = queries_plan.basis(incident_filter, settings, top=query.top, gap_minutes=gap)
    section = plan_page.row(is_saved=False, made=made, listed=listed, lines=basis.notes)
    notes(unread, heading="The link could not be read in full")
    state.show_in_address_bar(
        view
        | (plan_query_parameters(query) if made else {})
        | sections.address(plan_page.PAGE, plan_page.SECTIONS)
    )
    answer = st.container(key="answer")
    if section == "teams" and plan_form.draw(query, basis.candidates):
        plan_page.lead_to("map")
    names = {each.ward_code: each.ward_name for each in basis.candidates}
    named = query.with_names(names)
    with errors_as_messages(PlainError):
        ways = (
            queries_plan.ways(
                basis.candidates,
                travels=tuple(sorted({each.travel for each in query.teams})),
                detour=named.detour,
            )
            if made
            else None
        )
        request = plan_request(
            basis, query.teams, settings=named, timezone=store.settings.timezone, ways=ways
        )
        if made:
            patrol_plan = queries_plan.plan(request)
            sentence = plan_answer(patrol_plan, settings=named, hotspots=len(basis.candidates))
        else:
            sentence = answer_before(request)
        answer.markdown(plain(sentence))
    if made:
        displayed = DisplayedPlan(
            plan=patrol_plan,
            candidates=basis.candidates,
            areas=basis.areas,
            teams=query.teams,
            settings=named,
            table_version=basis.table_version,
            view=view,
        )
        _draw_plan(displayed, section)
        if section == "change":
            plan_changes.draw(displayed, now=query, changes=request.changes)
    elif section == "map" and basis.candidates:
        detection = queries.detection(incident_filter, settings)
        plan_before.draw(detection, basis.candidates, settings=settings, query=query)
    elif plan_page.needs_a_plan(section):
        st.info("There is no plan yet. Check the teams and settings, then make the plan.")
        plan_form.make_button(query)
    notes(basis.notes, heading="Read this with the plan", anchor=plan_page.NOTES)
    st.header("How we know", anchor="how-we-know")
    st.caption(
        plain(
            f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
            f"the first {counted(len(basis.candidates), 'hotspot')} · table version "
            f"{basis.table_version}"
        )
    )
    if made:
        plan_result.how_we_know(displayed)


if saved_id is None:
    _asked()
else:
    _saved(saved_id)
