"""Accuracy: how well each way of choosing where to patrol would have done on these data."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from data.exports.accuracy import as_csv, as_json
from data.exports.intelligence_answers import accuracy_answer
from geo.counting import counted
from geo.errors import PlainError
from models.forecast.evaluation import SHARES
from models.forecast.measures import FORMULAS
from models.incidents.accuracy import at_least_a_year
from models.incidents.accuracy_counts import Terms
from models.incidents.accuracy_verdict import verdict, window_verdict
from models.incidents.filters import to_query
from models.incidents.view import filter_description
from models.wording.days import day_label
from pages.components import answer, knowing
from pages.records.accuracy_parts import accuracy_table
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.offer import offer

AHEAD: Final[dict[str, tuple[str, Terms]]] = {
    "1m": ("The next month", Terms("month", 1)),
    "3m": ("The next three months", Terms("month", 3)),
    "1w": ("The next week", Terms("week", 1)),
    "2w": ("The next fortnight", Terms("week", 2)),
    "4w": ("The next four weeks", Terms("week", 4)),
    "13w": ("The next 13 weeks", Terms("week", 13)),
}
COVERED: Final = {f"{share * 100:g}": share for share in SHARES}

first = st.container()
link = state.opened_link()
state.begin(
    {
        "ahead": link.get("ahead") if link.get("ahead") in AHEAD else "1m",
        "cover": link.get("cover") if link.get("cover") in COVERED else "2",
    }
)
left, right = st.columns(2)
left.selectbox("Forecast", list(AHEAD), key="ahead", format_func=lambda key: AHEAD[key][0])
right.selectbox(
    "Share of the area that patrols cover", list(COVERED), key="cover", format_func="{} %".format
)
share = COVERED[state.value("cover")]
with_places = st.toggle(
    "Also try our forecast with nearness to the loaded places",
    value=link.get("places") == "1",
    key="forecast_places",
)
with errors_as_messages(PlainError):
    store = queries.store()
    asked = filters.current_filter(store)
    chosen = at_least_a_year(asked)
    state.show_in_address_bar(
        {
            **to_query(asked),
            "ahead": state.value("ahead"),
            "cover": state.value("cover"),
            "places": "1" if with_places else "",
        }
    )
    found = queries.backtest(chosen, terms=AHEAD[state.value("ahead")][1], with_places=with_places)
best = found.to_use(share)
with first:
    answer.draw(accuracy_answer(found, share=share))
for sentence in verdict(found, share=share)[1:]:
    st.write(plain(sentence))
st.write(plain(window_verdict(found, share=share, months=store.window_months)))
notes(found.notes, heading="Read this with the table")

accuracy_table.draw_ways(found, share=share)
accuracy_table.draw_forecasts(found, share=share)
row = st.container(horizontal=True)
stem = f"accuracy-{found.tested.first}-{found.tested.last}"
for label, ending, make in (("CSV", "csv", as_csv), ("JSON", "json", as_json)):
    offer(label, partial(make, store, found), file_name=f"{stem}.{ending}", place=row)

knowing.heading()
st.caption(
    "Every forecast uses only what was known the day before it, and is then compared with what was "
    "reported. The more incidents fall in the chosen cells, the better. The back-test says where "
    "to be; it does not say that a patrol would have prevented anything. It covers the period in "
    "the filters, or the year that ends with it if that is longer. The way to use is chosen on "
    "forecasts before those that are reported."
)
st.caption(
    plain(
        f"{found.tested}, learning from {day_label(found.history.first)} on · "
        f"{filter_description(chosen, dataset=store)} · {counted(best.incidents, 'incident')}, "
        f"{counted(len(found.origins), 'forecast')} ({len(found.choosing)} before them for "
        f"choosing), {counted(found.cells, 'cell')} of {found.terms.cell_m:g} m · "
        f"table version {found.version}"
    )
)
accuracy_table.draw_measures(found, share=share)
for name, formula, meaning in FORMULAS:
    st.markdown(f"**{name}** = `{formula}`. {meaning}")
st.caption(
    "n: incidents in the chosen cells; N: all incidents; a: area of the chosen cells; A: all of "
    "the area."
)
