"""Night-time economy: night-time areas on a map first, then nights, hours, premises in sections."""

from __future__ import annotations

import streamlit as st

from geo.counting import counted
from geo.errors import PlainError
from models.incidents.filters import to_query
from models.nights.review import review_filter
from pages.components import knowing, sections
from pages.review.night_time_economy_parts import (
    nights_areas,
    nights_licensing,
    nights_map,
    nights_page,
    nights_paper,
    nights_sections,
    queries_nights,
)
from pages.review.night_time_economy_parts.nights_page import PAGE, SECTIONS
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, notes_link, plain
from pages.shell.person import person

NOTES = "read-with-it"
OF_AREAS = ("map", "areas", "impact", "paper")
DRAWN = {
    "map": nights_map.draw,
    "nights": nights_sections.nights,
    "hours": nights_sections.hours,
    "areas": nights_areas.draw,
    "premises": nights_licensing.premises,
    "impact": nights_licensing.impact,
    "paper": nights_paper.draw,
}

unread = (*nights_page.begin(), *sections.begin(PAGE, SECTIONS))
section = sections.current(PAGE)
with errors_as_messages(PlainError):
    person().must_be_officer("The night-time economy review")
    store = queries.store()
    incident_filter = filters.current_filter(store)
    night_filter = review_filter(incident_filter)
    window = nights_page.window()
    history = queries_nights.history(night_filter, window)
    page = nights_page.NightsPage(
        store,
        night_filter,
        queries_nights.review(night_filter, window),
        history,
        queries_nights.premises(),
    )
review = page.review
said = nights_sections.notes_of(review, history)
with sections.row():
    sections.draw(PAGE, SECTIONS)
    nights_page.window_chip(store.night_rule)
    if section in OF_AREAS:
        nights_page.ground_chip()
    notes_link(said, anchor=NOTES)
notes(unread, heading="The link could not be read in full")
with errors_as_messages(PlainError):
    how_we_know = DRAWN[section](page)
notes(said, heading="Read this with the figures", anchor=NOTES)
knowing.heading()
st.caption(
    plain(
        f"Nights of {incident_filter.period} · {page.filters} · "
        f"{counted(review.rate.incidents, 'incident')} on {counted(review.rate.nights, 'night')} · "
        f"table version {review.version}"
    )
)
how_we_know()
state.show_in_address_bar(
    {
        **to_query(incident_filter),
        **sections.address(PAGE, SECTIONS),
        nights_page.GROUND: state.value(nights_page.GROUND),
        nights_page.WINDOW: window,
        "area": state.value(nights_page.CHOSEN) or "",
    }
)
