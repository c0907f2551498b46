"""Ward panel: what residents and councillors see of their ward, and what came of what they asked.

Everything comes from `data.services.ward_panel.view`: published figures, the same for everybody.
"""

from __future__ import annotations

import streamlit as st

from data.services.ward_panel.view import ward_view, wards_of
from geo.errors import PlainError
from pages.components import sections
from pages.review.ward_panel_parts import ward_downloads, ward_forms, ward_picture, ward_record
from pages.shell import queries, queries_operations, saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person

PAGE, CHOSEN, LINK = "ward-panel", "panel_ward", "ward"
SECTIONS = {
    "ward": "The ward in words",
    "where": "Where",
    "months": "Month by month",
    "kinds": "What and when",
    "record": "You said, we did",
}

who = person()
officer = who.role != "panel"
with errors_as_messages(PlainError):
    store, ops = queries.store(), queries_operations.operations()
    if officer:
        told = saving.outcome()
    names = wards_of(store, ops, person=who)
if not names:
    if officer:
        with errors_as_messages(PlainError):
            ward_forms.publishing()
    if who.wards is None:
        publishing = (
            "Publish them above." if officer else "Officers publish them quarter by quarter."
        )
        st.info(plain(f"No ward figures are published yet. {publishing}"))
    else:
        st.info(
            plain(
                f"No figures are published of your wards ({', '.join(who.wards)}) yet. Officers "
                "publish them quarter by quarter. Ask an administrator if the wards are the wrong "
                "ones."
            )
        )
    st.stop()
state.begin({CHOSEN: state.opened_link().get(LINK)})
if state.value(CHOSEN) not in names:
    state.put(CHOSEN, next(iter(names)))
state.keep(CHOSEN)
parts = {**SECTIONS, "publishing": ward_forms.publishing_label()} if officer else SECTIONS
unread = sections.begin(PAGE, parts)
section = sections.current(PAGE)
with sections.row():
    st.selectbox(
        "Ward",
        list(names),
        format_func=lambda code: names[code],
        key=CHOSEN,
        label_visibility="collapsed",
        width=220,
    )
    sections.draw(PAGE, parts)
notes(unread, heading="The link could not be read in full")
with errors_as_messages(PlainError):
    view = ward_view(store, ops, state.value(CHOSEN), person=who, now=queries_operations.now())
if section == "ward":
    ward_picture.in_words(view)
elif section == "where":
    ward_picture.map_and_table(view)
elif section == "months":
    ward_picture.months(view)
elif section == "kinds":
    ward_picture.kinds_and_hours(view)
elif section == "record":
    ward_record.draw(view, officer=officer)
    if officer:
        ward_forms.draw(view)
else:
    ward_forms.publishing_section(view)
if officer:
    saving.leftover(told)
if section != "publishing":
    ward_downloads.draw(view, store)
ward_picture.about_figures(view, officer=officer)
state.show_in_address_bar({LINK: view.ward_code, **sections.address(PAGE, parts)})
