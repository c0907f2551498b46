"""Patterns: at which hours, in which months, of which kinds and in how few places it happens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geo.counting import counted
from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from pages.components import knowing, sections
from pages.intelligence.patterns_parts import pattern_sections
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, notes_link, plain

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE, KIND, NOTES = "patterns", "runs_of", "read-with-it"
SECTIONS = {
    "hours": "Hours",
    "nights": "Nights",
    "months": "Months and kinds",
    "places": "How few places",
    "runs": "Runs",
}
DRAWN: dict[str, Callable[[pattern_sections.PatternsPage], Callable[[], None]]] = {
    "hours": pattern_sections.hours,
    "nights": pattern_sections.nights,
    "months": pattern_sections.months_and_kinds,
    "places": pattern_sections.places,
    "runs": partial(pattern_sections.runs, kind=KIND),
}

unread = sections.begin(PAGE, SECTIONS)
with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    patterns = queries.patterns(incident_filter)
words = filter_description(incident_filter, dataset=store)
kinds = pattern_sections.kinds_of(incident_filter)
state.begin({KIND: state.opened_link().get(KIND)})
if state.value(KIND) not in kinds:
    state.put(KIND, "burglary" if "burglary" in kinds else kinds[0])
state.keep(KIND)
state.show_in_address_bar(
    {
        **to_query(incident_filter),
        **sections.address(PAGE, SECTIONS),
        KIND: state.value(KIND),
    }
)
said = patterns.selection.notes
with sections.row():
    sections.draw(PAGE, SECTIONS)
    notes_link(said, anchor=NOTES)
notes(unread, heading="The link could not be read in full")
how_we_know = None
if patterns.incidents:
    page = pattern_sections.PatternsPage(store, incident_filter, patterns, words)
    with errors_as_messages(PlainError):
        how_we_know = DRAWN[sections.current(PAGE)](page)
else:
    st.info(
        "There are no incidents in the chosen wards for this filter. Choose a longer period, more "
        "categories, all hours or more wards."
    )
notes(said, heading="Read this with the figures", anchor=NOTES)
knowing.heading()
st.caption(
    plain(
        f"{incident_filter.period} · {words} · {counted(patterns.incidents, 'incident')} · "
        f"table version {patterns.selection.version}"
    )
)
if how_we_know:
    how_we_know()
