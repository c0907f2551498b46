"""Patterns: at which hours, in which months, of which kinds and in how few places it happens."""

from __future__ import annotations

import streamlit as st

from geo.errors import PlainError
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.intelligence.patterns_parts import pattern_sections
from pages.shell import filters, queries, state
from pages.shell.messages import notes, plain, shown_errors

KIND = "runs_of"

st.title("Patterns")
with shown_errors(PlainError):
    store = queries.store()
    incident_filter = filters.current_filter(store)
    found = queries.patterns(incident_filter)
words = filter_description(incident_filter, dataset=store)
kinds = [name for name in CATEGORIES if name in (incident_filter.categories or CATEGORIES)]
state.begin({KIND: state.opened_link().get(KIND)})
if state.value(KIND) not in kinds:
    state.put(KIND, "burglary" if "burglary" in kinds else kinds[0])
state.keep(KIND)
state.show_in_address_bar({**to_query(incident_filter), KIND: state.value(KIND)})
st.caption(
    plain(
        f"{incident_filter.period} · {words} · {found.incidents:,} incidents · "
        f"table version {found.selection.version}"
    )
)
notes(found.selection.notes, heading="Read this with the figures")
if not found.incidents:
    st.info(
        "There are no incidents in the chosen wards for this filter. Choose a longer period, more "
        "categories, all hours or more wards."
    )
    st.stop()

shown = pattern_sections.PatternsPage(store, found, words)
pattern_sections.hours(shown)
pattern_sections.nights(shown)
pattern_sections.months_and_kinds(shown)
pattern_sections.concentration(shown)
st.subheader("Runs in the last fortnight")
st.selectbox("Runs of", kinds, key=KIND, format_func=CATEGORY_LABELS.__getitem__)
with shown_errors(PlainError):
    pattern_sections.runs(shown, queries.runs(incident_filter, category=state.value(KIND)))
