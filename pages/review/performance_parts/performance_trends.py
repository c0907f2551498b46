"""The trends of all indicators as small charts, each on a scale of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import performance_tables as tables
from data.exports.performance_answer import trends_answer
from data.exports.performance_pack import table_csv
from pages.components import answer
from pages.review.performance_parts import performance_charts
from pages.shell.offer import offer

if TYPE_CHECKING:
    from models.performance.pack import Pack

_ACROSS: Final = 4


def draw(pack: Pack) -> str:
    """Draw a small chart for each indicator that has a trend, and all of them as one table."""
    answer.draw(trends_answer(pack))
    rows = [row for row in pack.rows if any(value is not None for _, value in row.rolling)]
    for at in range(0, len(rows), _ACROSS):
        few = rows[at : at + _ACROSS]
        for place, row in zip(st.columns(_ACROSS, gap="small"), few, strict=False):
            with place:
                performance_charts.small(row, name=f"{row.indicator.name}, rolling")
    frame = tables.trends_frame(pack)
    with st.expander("The trends as a table"):
        st.dataframe(frame, hide_index=True, alt="Trends of all indicators, as a table")
    offer(
        "Trends as CSV",
        partial(table_csv, pack, frame),
        file_name=f"performance-{pack.quarter.key}-trends.csv",
    )
    return (
        "Each point is the total of the twelve months that end there, or a survey's share of that "
        "quarter. Each chart has a scale of its own, so that a small indicator is not flat next "
        "to a large one: compare shapes, not heights. An axis that does not begin at 0 says so. A "
        "gap is a month that is not known. A line that goes up or down is no finding: whether a "
        "figure changed is said by its interval, under All indicators."
    )
