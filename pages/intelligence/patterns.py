"""Patterns: at which hours, in which months, of which kinds and in how few places it happens."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.intelligence.patterns_parts import pattern_sections, street_sections
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain

KIND = "runs_of"

with errors_as_messages(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    patterns = queries.patterns(incident_filter)
words = filter_description(incident_filter, dataset=store)
kinds = [name for name in CATEGORIES if name in (incident_filter.categories or CATEGORIES)]
state.begin({KIND: state.opened_link().get(KIND)})
if state.value(KIND) not in kinds:
    state.put(KIND, "burglary" if "burglary" in kinds else kinds[0])
state.keep(KIND)
state.show_in_address_bar({**to_query(incident_filter), KIND: state.value(KIND)})
st.caption(
    plain(
        f"{incident_filter.period} · {words} · {patterns.incidents:,} incidents · "
        f"table version {patterns.selection.version}"
    )
)
notes(patterns.selection.notes, heading="Read this with the figures")
if not patterns.incidents:
    st.info(
        "There are no incidents in the chosen wards for this filter. Choose a longer period, more "
        "categories, all hours or more wards."
    )
    st.stop()

page = pattern_sections.PatternsPage(store, patterns, words)
pattern_sections.hours(page)
pattern_sections.nights(page)
pattern_sections.months_and_kinds(page)
pattern_sections.concentration(page)
street_sections.on_streets(page, incident_filter)
st.header("Runs in the last fortnight")
st.selectbox("Runs of", kinds, key=KIND, format_func=CATEGORY_LABELS.__getitem__)
with errors_as_messages(PlainError):
    pattern_sections.runs(page, queries.runs(incident_filter, category=state.value(KIND)))
