"""Ward panel: what residents and councillors see of their ward, and what came of what they asked.

Everything comes from `data.services.ward_panel.view`: published figures, the same for everybody.
"""

from __future__ import annotations

import streamlit as st

from data.services.ward_panel.view import ward_view, wards_of
from geo.errors import PlainError
from models.ward_panel.profile import CAVEATS, months_label, profile
from models.wording.days import day_label
from pages.review.ward_panel_parts import ward_downloads, ward_forms, ward_picture, ward_record
from pages.shell import queries, queries_operations, state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import person

CHOSEN, LINK = "panel_ward", "ward"

st.title("Ward panel")
who = person()
officer = who.role != "panel"
with errors_as_messages(PlainError):
    store, ops = queries.store(), queries_operations.operations()
    if officer:
        ward_forms.messages()
        ward_forms.publishing()
    names = wards_of(store, ops)
if not names:
    st.info(
        "No ward figures are published yet. "
        + ("Publish them above." if officer else "Officers publish them quarter by quarter.")
    )
    st.stop()
state.begin({CHOSEN: state.opened_link().get(LINK)})
if state.value(CHOSEN) not in names:
    state.put(CHOSEN, next(iter(names)))
state.keep(CHOSEN)
st.selectbox("Ward", list(names), format_func=lambda code: names[code], key=CHOSEN)
with errors_as_messages(PlainError):
    view = ward_view(store, ops, state.value(CHOSEN), now=queries_operations.now())
newest = view.newest
st.caption(
    plain(
        f"{months_label(newest.quarter)} · published {day_label(newest.published_at)} · "
        f"table version {newest.table_version} · from {', '.join(newest.sources)}"
    )
)
if officer:
    st.caption("You see what the ward panel sees: the same protected figures for every role.")
ward_picture.figures(view)
st.header(plain(f"{view.ward_name} in plain words"), anchor=False)
for words in profile(view):
    st.markdown(plain(words))
ward_picture.map_and_table(view)
ward_picture.months(view)
ward_picture.kinds_and_hours(view)
ward_record.draw(view, officer=officer)
if officer:
    ward_forms.draw(view)
ward_downloads.draw(view, store)
st.header("About these figures", anchor=False)
st.markdown("\n".join(f"- {plain(words)}" for words in CAVEATS))
state.show_in_address_bar({LINK: view.ward_code})
