"""Near-repeat: whether one incident raises the risk near by, and where to call until when."""

from __future__ import annotations

from functools import partial
from typing import Final, cast

import pandas as pd
import streamlit as st

from data.exports.intelligence_answers import near_repeat_answer
from data.exports.near_repeat import bands_csv, near_repeat_json, place_rows, places_csv
from geo.counting import counted
from geo.errors import PlainError
from geo.naming.words import sentence_case
from models.hotspots.follow_up import zones
from models.hotspots.near_repeat import DISTANCES, Distance, NearRepeatSettings
from models.incidents.filters import to_query
from models.incidents.near_repeat import near_repeat_filter, places_at_risk
from models.incidents.view import filter_description
from models.wording.days import day_label
from pages.components import answer, knowing
from pages.intelligence.near_repeat_parts.near_repeat_table import draw_heat_map, how_we_know
from pages.shell import filters, queries, state
from pages.shell.messages import errors_as_messages, notes, plain
from pages.shell.offer import offer
from pages.shell.queries_operations import now

SPANS: Final = {"year": "The year that ends with the period", "period": "The period alone"}
DISTANCE_WORDS: Final = {"manhattan": "Round blocks (Manhattan)", "euclidean": "Straight"}

first = st.container()
link = state.opened_link()
state.begin(
    {
        "over": link.get("over") if link.get("over") in SPANS else "year",
        "distance": link.get("distance") if link.get("distance") in DISTANCES else "manhattan",
    }
)
left, right = st.columns(2)
left.selectbox("Measured over", list(SPANS), key="over", format_func=SPANS.__getitem__)
right.selectbox(
    "Distance", list(DISTANCE_WORDS), key="distance", format_func=DISTANCE_WORDS.__getitem__
)
with errors_as_messages(PlainError):
    store = queries.store()
    asked = filters.current_filter(store)
    chosen = near_repeat_filter(asked, at_least_a_year=state.value("over") == "year")
    settings = NearRepeatSettings(distance=cast("Distance", state.value("distance")))
    state.show_in_address_bar(
        {**to_query(asked), "over": state.value("over"), "distance": settings.distance}
    )
    found = queries.near_repeat(chosen, settings=settings)
for ring in zones(found.table):
    st.write(f"**{plain(ring.where.capitalize())}:** {plain(ring.why)}")
notes(found.notes, heading="Read this with the table")

st.header("Pairs of incidents, by distance and days apart")
draw_heat_map(found.table)

st.header("Where to visit, and until when")
today = st.date_input(
    "Places at raised risk on", found.next_day, format="DD/MM/YYYY", key=f"on-{chosen.period.last}"
)
places = places_at_risk(store, found, on=today)
with first:
    answer.draw(near_repeat_answer(found.table, places=len(places), on=today))
if places:
    rows = pd.DataFrame(place_rows(places))
    st.dataframe(
        pd.DataFrame(
            {
                "At risk from": pd.to_datetime(rows["at_risk_from"]),
                "Until": pd.to_datetime(rows["at_risk_until"]),
                "Where": [sentence_case(name) for name in rows["near"]],
                "Ward": rows["ward"],
                "Streets": rows["streets"].where(rows["streets"] != "", "not known"),
                "Who to visit": rows["where"],
                "Grid reference": [f"{each.easting} {each.northing}" for each in places],
                "Others near": rows["other_incidents_near"],
                "Why": rows["why"],
            }
        ),
        hide_index=True,
        alt="Places at raised risk, strongest evidence first",
        column_config={
            "At risk from": st.column_config.DateColumn(
                format="D MMM YYYY", help="The day of the incident"
            ),
            "Until": st.column_config.DateColumn(format="D MMM YYYY"),
            "Others near": st.column_config.NumberColumn(
                help="Other incidents on this list whose ring also contains this place"
            ),
        },
    )
    st.caption(
        f"{counted(len(places), 'place')}. Grid references are rounded to 10 m and no address is "
        f"given. The list says where a visit may help, and nothing about who did it."
    )
else:
    st.info(
        f"No place is listed for {day_label(today)}. "
        + ("Choose a day soon after the period." if zones(found.table) else "See the notes above.")
    )
row = st.container(horizontal=True)
stem = f"near-repeat-{chosen.period.first}-{chosen.period.last}"
for label, name, make in (
    ("Places as CSV", f"{stem}-places-{today}.csv", partial(places_csv, store, found, places)),
    ("Table as CSV", f"{stem}.csv", partial(bands_csv, store, found)),
    (
        "Both as JSON",
        f"{stem}.json",
        lambda: near_repeat_json(store, found, places, on=today, now=now()),
    ),
):
    offer(label, make, file_name=name, place=row)
knowing.heading()
st.caption(
    "After one incident, is another near by soon afterwards more common than chance would "
    "explain? If so, visiting the neighbours within days can prevent the next one. Without a "
    "category in the filters, this page uses burglary."
)
st.caption(
    plain(
        f"{chosen.period} · {filter_description(chosen, dataset=store)} · "
        f"{counted(found.use.incidents, 'incident')}, "
        f"{found.use.excluded:,} left out · table version {found.selection.version}"
    )
)
how_we_know(found.table)
