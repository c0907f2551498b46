"""Quarterly performance: all indicators, one with its commentary, wards, residents, sign-off."""

from __future__ import annotations

import streamlit as st

from data.services.performance.pack import newest_quarter
from geo.errors import PlainError
from models.calendar.quarters import Quarter, quarter_from, quarter_of
from pages.components import knowing, sections
from pages.review.performance_parts import (
    performance_files,
    performance_sections,
    performance_trends,
    queries_performance,
)
from pages.shell import queries, saving, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.person import person
from pages.shell.queries_operations import now

PAGE, QUARTER, INDICATOR = "performance", "quarter", "indicator"
MOST_QUARTERS = 60
SECTIONS = {
    "indicators": "All indicators",
    "trends": "Trends",
    "indicator": "One indicator",
    "wards": "Wards",
    "residents": "Residents",
    "written": "Values and sign-off",
}
OF_ALL = {
    "indicators": performance_sections.indicators,
    "trends": performance_trends.draw,
    "residents": performance_sections.residents,
    "written": performance_sections.written,
}
OF_ONE = {"indicator": performance_sections.indicator, "wards": performance_sections.wards}

with errors_as_messages(PlainError):
    person().must_be_officer("The quarterly performance")
    store = queries.store()
today = now().date()
quarters: list[Quarter] = [quarter_of(today)]
first = min(quarter_of(each.first) for each in store.snapshot.coverage)
while quarters[-1] > first and len(quarters) < MOST_QUARTERS:
    quarters.append(quarters[-1].previous)
unread = sections.begin(PAGE, SECTIONS, led_to={INDICATOR: "indicator"})
section = sections.current(PAGE)
keys = [each.key for each in quarters]
link = state.opened_link()
state.begin(
    {
        QUARTER: link.get(QUARTER),
        INDICATOR: link.get(INDICATOR),
        performance_sections.BASIS: "residents",
    }
)
if state.value(QUARTER) not in keys:
    newest = newest_quarter(store, today=today).key
    state.put(QUARTER, newest if newest in keys else keys[0])
state.keep(QUARTER, INDICATOR, performance_sections.BASIS)
quarter_key = state.value(QUARTER)
with errors_as_messages(PlainError):
    pack = queries_performance.pack(quarter_from(quarter_key))
names = {row.indicator.key: row.indicator.name for row in pack.rows}
by_ward = performance_sections.with_wards(pack)
if state.value(INDICATOR) not in (by_ward if section == "wards" else names):
    state.put(INDICATOR, next(iter(by_ward if section == "wards" else names)))
one = pack.row(state.value(INDICATOR))
state.show_in_address_bar(
    {
        QUARTER: quarter_key,
        **sections.address(PAGE, SECTIONS),
        INDICATOR: one.indicator.key if section in OF_ONE else "",
    }
)
with sections.row():
    sections.draw(PAGE, SECTIONS)
    with st.popover(plain(str(pack.quarter)), key="chip_quarter"):
        st.selectbox(
            "Quarter of the financial year (April to March)",
            keys,
            key=QUARTER,
            format_func=lambda key: str(quarter_from(key)),
        )
    if section in OF_ONE:
        performance_sections.choice(by_ward if section == "wards" else names, key=INDICATOR)
    if section == "wards":
        performance_sections.basis_chip()
notes(unread, heading="The link could not be read in full")
told = saving.outcome()
with errors_as_messages(PlainError):
    how_we_know = OF_ONE[section](pack, one) if section in OF_ONE else OF_ALL[section](pack)
saving.leftover(told)
performance_files.draw(pack, who=person())
knowing.heading()
st.caption(
    plain(
        f"{pack.borough}, {pack.quarter.period}, compared with the same quarter of the previous "
        f"financial year · table version {pack.table_version}"
    )
)
if how_we_know:
    st.caption(plain(how_we_know))
