"""Ward panel: what residents and councillors see of their ward, and what came of what they asked.

Everything comes from `data.services.ward_panel.view`: published figures, the same for everybody.
"""

from __future__ import annotations

import streamlit as st

from data.services.ward_panel.view import ward_view, wards_of
from geo.errors import PlainError
from models.ward_panel.about_figures import caveats, releases_label, sources_label
from models.ward_panel.profile import months_label, profile
from models.wording.days import day_label
from pages.review.ward_panel_parts import ward_downloads, ward_forms, ward_picture, ward_record
from pages.shell import queries, queries_operations, saving, state
from pages.shell.messages import errors_as_messages, plain
from pages.shell.person import person

CHOSEN, LINK = "panel_ward", "ward"

who = person()
officer = who.role != "panel"
with errors_as_messages(PlainError):
    store, ops = queries.store(), queries_operations.operations()
    if officer:
        told = saving.outcome()
        ward_forms.publishing()
    names = wards_of(store, ops, person=who)
if not names:
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
st.selectbox("Ward", list(names), format_func=lambda code: names[code], key=CHOSEN)
with errors_as_messages(PlainError):
    view = ward_view(store, ops, state.value(CHOSEN), person=who, now=queries_operations.now())
newest = view.newest
st.caption(
    plain(
        f"{months_label(newest.quarter)} · published {day_label(newest.published_at)} · "
        f"table version {newest.table_version} · from {sources_label(newest)}"
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
    saving.leftover(told)
ward_downloads.draw(view, store)
st.header("About these figures", anchor=False)
st.markdown("\n".join(f"- {plain(words)}" for words in (*caveats(view), *releases_label(view))))
state.show_in_address_bar({LINK: view.ward_code})
