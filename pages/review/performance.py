"""Quarterly performance: each indicator against the year before, with its commentary."""

from __future__ import annotations

import streamlit as st

from data.services.performance.pack import newest_quarter
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_from, quarter_of
from pages.review.performance_parts import (
    performance_files,
    performance_forms,
    performance_sections,
    performance_uploads,
    queries_performance,
)
from pages.shell import queries, saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person
from pages.shell.queries_operations import now

QUARTER, INDICATOR = "quarter", "indicator"
MOST_QUARTERS = 60

with errors_as_messages(PlainError):
    person().must_be_officer("The quarterly performance")
    store = queries.store()
today = now().date()
quarters: list[Quarter] = [quarter_of(today)]
first = min(quarter_of(each.first) for each in store.snapshot.coverage)
while quarters[-1] > first and len(quarters) < MOST_QUARTERS:
    quarters.append(quarters[-1].previous)
keys = [each.key for each in quarters]
link = state.opened_link()
state.begin({QUARTER: link.get(QUARTER), INDICATOR: link.get(INDICATOR)})
if state.value(QUARTER) not in keys:
    newest = newest_quarter(store, today=today).key
    state.put(QUARTER, newest if newest in keys else keys[0])
state.keep(QUARTER, INDICATOR)
quarter_key = st.selectbox(
    "Quarter of the financial year (April to March)",
    keys,
    key=QUARTER,
    format_func=lambda key: str(quarter_from(key)),
)
with errors_as_messages(PlainError):
    pack = queries_performance.pack(quarter_from(quarter_key))
names = {row.indicator.key: row.indicator.name for row in pack.rows}
if state.value(INDICATOR) not in names:
    state.put(INDICATOR, next(iter(names)))
state.show_in_address_bar({QUARTER: quarter_key, INDICATOR: state.value(INDICATOR)})
st.caption(
    plain(
        f"{pack.borough}, {pack.quarter.period}, compared with the same quarter of the previous "
        f"financial year · table version {pack.table_version}"
    )
)
told = saving.outcome()
performance_sections.signed(pack)
if not pack.ended:
    notes(
        ["The quarter is not over: only its complete months are counted and compared."],
        heading="Quarter to date",
    )
performance_sections.figures(pack)
performance_sections.indicators(pack)

st.header("One indicator")
picked = st.selectbox("Indicator", list(names), key=INDICATOR, format_func=names.__getitem__)
row = pack.row(picked)
left, right = st.columns([3, 2])
with left:
    performance_sections.indicator(pack, row)
with right:
    performance_forms.commentary(pack, row)
    performance_forms.target(pack, row)
if row.indicator.by_ward:
    performance_sections.wards(pack, row)
    performance_uploads.population()
if picked == "vwi_asb_hotspots":
    performance_forms.hotspots(pack)
performance_sections.residents(pack)
performance_forms.values(pack)
performance_forms.sign_off(pack)
saving.leftover(told)
performance_files.draw(pack, who=person())
