"""Plan: where each team goes, and when, in the days ahead."""

from __future__ import annotations

import streamlit as st

from data.operations.taskings import plans
from geo.counting import counted
from geo.errors import PlainError
from models.incidents.view import filter_description, view_query
from models.plans.planning import plan_request
from models.plans.query import PLAN_KEYS, plan_query_parameters
from models.wording.days import day_label
from pages.components import method
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person
from pages.shell.queries_operations import now, operations
from pages.tasking.plan_parts import plan_changes, plan_form, plan_keep, plan_result, queries_plan
from pages.tasking.plan_parts.displayed_plan import DisplayedPlan

with errors_as_messages(PlainError):
    person().must_be_officer("The patrol plan")
    store = queries.store()
    incident_filter = filters.current_filter(store)
    opened = state.opened_link().get("plan", "")
    state.begin({plan_keep.OPENED: int(opened) if opened.isdecimal() else None})
    saved_id = state.value(plan_keep.OPENED)
if saved_id is not None:
    with errors_as_messages(PlainError):
        saved = plans.saved_plan(operations(), saved_id)
    st.header(plain(f"{saved.record.reference}: {saved.record.title}"), anchor=False)
    st.caption(
        plain(
            f"Saved by {saved.record.made_by}, {day_label(saved.record.made_at)}. It is shown "
            f"exactly as it was made."
        )
    )
    st.button("Make another plan", on_click=state.put, args=(plan_keep.OPENED, None))
    view = dict(saved.view)
    displayed = DisplayedPlan(
        plan=saved.plan,
        candidates=saved.candidates,
        areas=saved.areas,
        teams=saved.teams,
        settings=saved.settings,
        table_version=saved.table_version,
        view=view,
        record=saved.record,
    )
    state.show_in_address_bar(view | {"plan": str(saved_id)})
    plan_result.draw(displayed, ward_codes=store.select(incident_filter).ward_codes)
    plan_keep.draw(displayed, store=store)
    st.stop()

settings = method.current()
view = view_query(incident_filter, settings)
query = plan_form.plan_query(today=now().date())
with errors_as_messages(PlainError):
    gap = query.settings.gap_minutes
    basis = queries_plan.basis(incident_filter, settings, top=query.top, gap_minutes=gap)
st.caption(
    plain(
        f"{incident_filter.period} · {filter_description(incident_filter, dataset=store)} · "
        f"the first {counted(len(basis.candidates), 'hotspot')} · table version "
        f"{basis.table_version}"
    )
)
notes(basis.notes, heading="Read this with the plan")
plan_form.draw(query, basis.candidates)
saved_plans = plans.saved_plans(operations())
if saved_plans:
    with st.expander(f"Saved plans ({len(saved_plans)})"):
        for each in saved_plans[:20]:
            st.button(
                plain(f"{each.reference}: {each.title}, {counted(each.visits, 'visit')}"),
                key=f"open-plan-{each.plan_id}",
                on_click=state.put,
                args=(plan_keep.OPENED, each.plan_id),
            )
requested = state.value(plan_form.ASKED) or any(key in state.opened_link() for key in PLAN_KEYS)
state.show_in_address_bar(view | (plan_query_parameters(query) if requested else {}))
if not requested:
    st.info("Check the teams and settings, then make the plan.")
    st.stop()
names = {each.ward_code: each.ward_name for each in basis.candidates}
named = query.with_names(names)
with errors_as_messages(PlainError):
    ways = queries_plan.ways(
        basis.candidates,
        travels=tuple(sorted({each.travel for each in query.teams})),
        detour=named.detour,
    )
    request = plan_request(
        basis, query.teams, settings=named, timezone=store.settings.timezone, ways=ways
    )
    patrol_plan = queries_plan.plan(request)
displayed = DisplayedPlan(
    plan=patrol_plan,
    candidates=basis.candidates,
    areas=basis.areas,
    teams=query.teams,
    settings=named,
    table_version=basis.table_version,
    view=view,
)
plan_result.draw(displayed, ward_codes=store.select(incident_filter).ward_codes)
plan_changes.draw(displayed, now=query, changes=request.changes)
plan_keep.draw(displayed, store=store)
