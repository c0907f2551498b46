"""Visits made against visits planned, week by week: bars, and a tick for the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import pandas as pd
import streamlit as st

from models.wording.days import day_label
from pages.components.table_file import table_file
from pages.components.theme import page_theme

if TYPE_CHECKING:
    from models.tasking.dosage import Dosage

_BAR: Final = {"light": "#1d5b79", "dark": "#5aa9cf"}
_TICK: Final = {"light": "#a35f13", "dark": "#e0a458"}
_HEIGHT: Final = 240


def dosage_chart(dosage: Dosage, *, name: str) -> None:
    """Draw the chart with the same numbers as a table under it, which can be downloaded.

    Parameters
    ----------
    dosage : Dosage
    name : str
        What it is, for screen readers and the file's name.
    """
    table = pd.DataFrame(
        [
            {
                "Week from": day_label(week.monday),
                "Planned visits": round(week.planned_visits, 1),
                "Visits": week.visits,
                "Minutes": week.minutes,
            }
            for week in dosage.weeks
        ]
    )
    if table.empty:
        return
    theme = page_theme()
    base = alt.Chart(table).encode(
        x=alt.X(
            "Week from:O",
            sort=table["Week from"].tolist(),
            title="Week from",
            axis=alt.Axis(labelAngle=0, labelOverlap=True),
        ),
        tooltip=["Week from:O", "Planned visits:Q", "Visits:Q", "Minutes:Q"],
    )
    done = base.mark_bar(color=_BAR[theme]).encode(y=alt.Y("Visits:Q", title="Visits"))
    planned = base.mark_tick(color=_TICK[theme], thickness=4, width=30).encode(
        y=alt.Y("Planned visits:Q")
    )
    st.altair_chart((done + planned).properties(height=_HEIGHT), width="stretch", alt=name)
    st.caption("Bars: visits made. Ticks: visits planned for the days of that week so far.")
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, alt=f"{name}, as a table")
        table_file(table, "Weeks as CSV", file_name=f"{name.lower().replace(' ', '-')}.csv")
