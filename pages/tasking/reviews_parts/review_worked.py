"""What worked: all reviews on record, pooled by tactic and by ward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.review_answer import worked_answer
from data.exports.reviews import recorded_reviews_table, what_worked_table
from data.exports.spreadsheet import csv_bytes
from data.operations.reviews.reviews import recorded_reviews
from models.reviews.what_worked import what_worked
from pages.components import answer
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.tasking.reviews_parts.review_charts import ratios

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.operations.database import Operations
    from models.reviews.what_worked import Group, WhatWorked
    from models.tasking.tasking import Tasking

_TALLEST_PX: Final = 420


def results(
    taskings: Sequence[Tasking], *, ops: Operations, ward_names: Mapping[str, str]
) -> WhatWorked:
    """Return all reviews on record, pooled."""
    return what_worked(recorded_reviews(ops), taskings=taskings, ward_names=ward_names)


def tactics(pooled: WhatWorked) -> None:
    """Draw the pooled effects by tactic."""
    _begin(pooled)
    _groups("By tactic", pooled.tactics)


def wards(pooled: WhatWorked) -> None:
    """Draw the pooled effects by ward."""
    _begin(pooled)
    _groups("By ward", pooled.wards)


def listed(pooled: WhatWorked, *, ops: Operations, ward_names: Mapping[str, str]) -> None:
    """List the reviews on record, the newest first."""
    _begin(pooled)
    reviews = recorded_reviews(ops)
    if not reviews:
        return
    st.header("Reviews on record", anchor=False)
    table = recorded_reviews_table(reviews, ward_names=ward_names)
    st.dataframe(
        table,
        hide_index=True,
        alt="Reviews on record, the newest first",
        column_config={"Reviewed": st.column_config.DateColumn(format="D MMM YYYY")},
    )
    _csv("Reviews as CSV", table, name="reviews.csv")


def _begin(pooled: WhatWorked) -> None:
    answer.draw(worked_answer(pooled))
    notes(pooled.sentences, heading="Read this first")
    if not pooled.everything.reviews:
        st.info("Review a completed tasking, and its result appears here.")


def _groups(heading: str, groups: Sequence[Group]) -> None:
    if not groups:
        return
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
    st.dataframe(
        table,
        hide_index=True,
        height=min(35 * (len(table) + 1) + 3, _TALLEST_PX),
        alt=f"Pooled effects, {heading.lower()}",
    )
    _csv(f"{heading} as CSV", table, name=f"what-worked-{heading.lower().replace(' ', '-')}.csv")


def _csv(label: str, table: pd.DataFrame, *, name: str) -> None:
    offer(label, lambda: csv_bytes(table), file_name=name)
