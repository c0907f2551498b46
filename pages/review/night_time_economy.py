"""Night-time economy: nights, hours, night-time areas and licensed premises near them."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from models.calendar.night_rule import NIGHT_WINDOWS
from models.incidents.filters import to_query
from models.nights.review import review_filter
from pages.review.night_time_economy_parts import (
    nights_areas,
    nights_keep,
    nights_licensing,
    nights_sections,
    queries_nights,
)
from pages.shell import filters, queries, saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person

GROUND, WINDOW = "ground", "window"
GROUNDS = {
    "touching": "Areas that touch the chosen wards",
    "all": "Areas in all wards loaded",
}

link = state.opened_link()
state.begin({GROUND: link.get(GROUND, "touching"), WINDOW: link.get(WINDOW, "night")})
if state.value(GROUND) not in GROUNDS:
    state.put(GROUND, "touching")
unknown_window = nights_sections.refuse_unknown_window(WINDOW)
state.keep(GROUND, WINDOW)
with errors_as_messages(PlainError):
    person().must_be_officer("The night-time economy review")
    store = queries.store()
    incident_filter = filters.current_filter(store)
    night_filter = review_filter(incident_filter)
    window = nights_sections.window_choice(store.night_rule, key=WINDOW)
    review = queries_nights.review(night_filter, window)
    history = queries_nights.history(night_filter, window)
    premises = queries_nights.premises()
words = nights_sections.where_words(review, store=store)
st.caption(
    plain(
        f"Nights of {incident_filter.period} · {words} · {review.rule.window_label} · "
        f"{review.rate.incidents:,} incidents on {review.rate.nights:,} nights · "
        f"table version {review.version}"
    )
)
notes(unknown_window, heading="The link could not be read in full")
notes(nights_sections.notes_of(review, history), heading="Read this with the figures")
page = nights_sections.NightsPage(store, review, history, premises, words)
if review.rate.incidents:
    nights_sections.figures(review)
    nights_sections.nights(page)
    nights_sections.windows(
        page, [queries_nights.review(night_filter, each) for each in NIGHT_WINDOWS]
    )
    nights_sections.hours(page)
else:
    st.info(
        "There is no night-time-economy incident in the chosen wards on the nights of this period. "
        "Choose a longer period or more wards."
    )

st.header("Night-time areas", anchor="night-time-areas")
told = saving.outcome()
with errors_as_messages(PlainError):
    detected = queries_nights.detected_areas(night_filter)
    saved_areas = queries_nights.areas_in_use()
st.selectbox("Which areas", list(GROUNDS), key=GROUND, format_func=GROUNDS.__getitem__)
rows = queries_nights.rows(
    night_filter, saved_areas, everywhere=state.value(GROUND) == "all", window=window
)
if rows:
    nights_areas.emerging(rows)
    nights_areas.begin(rows)
    nights_areas.map_and_table(page, rows, areas=detected)
    row = nights_areas.choose(rows)
    nights_areas.card(page, row)
    nights_keep.named(row)
else:
    st.info(
        "No night-time area was found in these wards in the twelve months to the end of the "
        "period, and none is saved. Choose areas in all wards loaded, or draw one."
    )
nights_keep.drawn(row if rows else None)
nights_keep.retired()
saving.leftover(told)
nights_licensing.premises_section(page, night_filter)
if rows:
    nights_licensing.impact(page, night_filter, rows)
nights_licensing.load(page)
state.show_in_address_bar(
    {
        **to_query(incident_filter),
        GROUND: state.value(GROUND),
        WINDOW: window,
        "area": state.value(nights_areas.CHOSEN) or "",
    }
)
