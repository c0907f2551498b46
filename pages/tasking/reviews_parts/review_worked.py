"""What worked: all reviews on record, pooled by tactic and by ward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data.exports.reviews import recorded_reviews_table, what_worked_table
from data.exports.spreadsheet import csv_bytes
from data.operations.reviews.reviews import recorded_reviews
from geo.counting import counted
from models.reviews.what_worked import what_worked
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.tasking.reviews_parts.review_charts import ratios

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.operations.database import Operations
    from models.reviews.what_worked import Group
    from models.tasking.tasking import Tasking


def draw(taskings: Sequence[Tasking], *, ops: Operations, ward_names: Mapping[str, str]) -> None:
    """Draw the pooled effects and the list of reviews on record."""
    reviews = recorded_reviews(ops)
    found = what_worked(reviews, taskings=taskings, ward_names=ward_names)
    notes(found.sentences, heading="Read this first")
    if not reviews:
        st.info(
            "No review is on record yet. Review a completed tasking, and its result appears here."
        )
        return
    everything = found.everything.effect
    st.header("All reviews together", anchor=False)
    if everything is None:
        st.write("One review is on record; pooling needs at least two.")
    else:
        st.write(
            plain(
                f"{counted(everything.reviews, 'review')}, {everything.sentence} (rate ratio "
                f"{everything.ratio:.2f}, 95 % interval {everything.low:.2f} to "
                f"{everything.high:.2f})."
            )
        )
    _groups("By tactic", found.tactics)
    _groups("By ward", found.wards)
    st.header("Reviews on record", anchor=False)
    table = recorded_reviews_table(reviews, ward_names=ward_names)
    st.dataframe(
        table,
        hide_index=True,
        alt="Reviews on record, the newest first",
        column_config={"Reviewed": st.column_config.DateColumn(format="D MMM YYYY")},
    )
    _csv("Reviews as CSV", table, name="reviews.csv")


def _groups(heading: str, groups: Sequence[Group]) -> None:
    st.header(plain(heading), anchor=False)
    pooled = pd.DataFrame(
        [
            {
                "Group": f"{each.name} ({each.reviews})",
                "Rate ratio": each.effect.ratio,
                "Lowest": each.effect.low,
                "Highest": each.effect.high,
            }
            for each in groups
            if each.effect is not None
        ]
    )
    if not pooled.empty:
        ratios(pooled, name=f"Pooled rate ratios, {heading.lower()}")
    table = what_worked_table(groups)
    st.dataframe(table, hide_index=True, alt=f"Pooled effects, {heading.lower()}")
    _csv(f"{heading} as CSV", table, name=f"what-worked-{heading.lower().replace(' ', '-')}.csv")


def _csv(label: str, table: pd.DataFrame, *, name: str) -> None:
    offer(label, lambda: csv_bytes(table), file_name=name)
