"""Data quality: what each source holds, and how far it can be trusted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.exports.records_answers import quality_answer
from data.settings import settings
from geo.errors import PlainError
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS
from models.wording.categories import CATEGORY_LABELS
from pages.components import answer, knowing
from pages.components.midnight_question import midnight_question
from pages.shell import queries, saving
from pages.shell.messages import errors_as_messages, plain, plain_table
from pages.shell.queries_operations import local_time

saving.outcome()
with errors_as_messages(PlainError):
    sources = queries.source_quality()
    versions = queries.versions()
    reasons = queries.rejected_reasons()
answer.draw(quality_answer(sources, rejected=sum(each.rows for each in reasons)))

st.header("Sources")
st.dataframe(
    pd.DataFrame(
        [
            {
                "Source": each.source,
                "Incidents": each.rows,
                "First day": each.first,
                "Last day": each.last,
                "Last complete month": each.last_complete_month,
                "Missing in between": "; ".join(map(str, each.missing)) or "none",
                "No known hour": each.no_hour / each.rows,
                "At exactly 00:00": each.midnight.rows if each.midnight else 0,
                "On map points": each.snapped_share,
                "Sharing a point": each.shared_coordinates_share,
                "Outside the wards": each.outside_share,
                "Moved to nearest ward": each.ward_snapped,
                "Same place, time, kind": each.repeats,
            }
            for each in sources
        ]
    ),
    hide_index=True,
    alt="Sources and their quality",
    column_config={
        "Incidents": st.column_config.NumberColumn(format="localized"),
        "First day": st.column_config.DateColumn(format="D MMM YYYY"),
        "Last day": st.column_config.DateColumn(format="D MMM YYYY"),
        "Last complete month": st.column_config.DateColumn(format="MMM YYYY"),
        "Missing in between": st.column_config.TextColumn(
            help="Months or weeks without data. Nothing is compared with them, no trend is drawn "
            "over them and no forecast is tested on them."
        ),
        "No known hour": st.column_config.NumberColumn(
            format="percent", help="These are left out of everything hourly."
        ),
        "At exactly 00:00": st.column_config.NumberColumn(
            format="localized",
            help="More than chance brings, so probably dates without a time. 0 where there are no "
            "more than chance brings.",
        ),
        "On map points": st.column_config.NumberColumn(
            format="percent", help="Anonymised: moved to one of a few fixed points near by."
        ),
        "Sharing a point": st.column_config.NumberColumn(
            format="percent",
            help="Share of incidents that have exactly the same coordinates as another.",
        ),
        "Outside the wards": st.column_config.NumberColumn(
            format="percent",
            help="Kept but never counted in a ward: they correct density at the edge.",
        ),
        "Moved to nearest ward": st.column_config.NumberColumn(
            format="localized", help="Just outside every ward, so assigned to the nearest one."
        ),
        "Same place, time, kind": st.column_config.NumberColumn(
            format="localized",
            help="Not counting the first of each. In monthly data these are mostly different "
            "incidents; in timed data one may be recorded twice.",
        ),
    },
)
with errors_as_messages(PlainError):
    midnight_question(
        [each.midnight for each in sources if each.midnight is not None], settings=settings()
    )
for each in sources:
    with st.expander(plain(f"{each.source}: kinds, times and places")):
        kinds, times, places = st.columns(3)
        with kinds:
            plain_table(
                {
                    CATEGORY_LABELS[name]: f"{count:,}"
                    for name, count in each.categories.items()
                    if count
                }
            )
        with times:
            plain_table(
                {
                    f"Time to the {name}": f"{each.time_precision[name]:,}"
                    for name in TIME_PRECISIONS
                }
            )
        with places:
            plain_table(
                {f"Place: {name}": f"{each.place_precision[name]:,}" for name in PLACE_PRECISIONS}
            )

st.header("Rejected rows")
if reasons:
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rows": each.rows,
                    "Field": each.field,
                    "Reason": each.reason,
                    "First in file": each.first_file,
                    "First row": each.first_row,
                }
                for each in reasons
            ]
        ),
        hide_index=True,
        alt="Rejected rows by reason, most common first",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
    st.caption(
        "From imports that have not been taken back. Download and correct the rows on the "
        "page Import data."
    )
else:
    st.write("No rows were rejected in imports that have not been taken back.")

st.header("Table versions")
st.caption(
    "Every import, undo and change of wards is a version; a decision can name the version it was "
    "based on."
)
st.dataframe(
    pd.DataFrame(
        [
            {"Version": each.version, "Stored": local_time(each.committed_at), "What": each.what}
            for each in versions
        ]
    ),
    hide_index=True,
    alt="Versions of the incident table, newest first",
    column_config={"Stored": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
)
knowing.heading()
