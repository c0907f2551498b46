"""The card of one hotspot: why it is ranked here, its kinds, hours, trend, wards and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports.labels import (
    busiest_label,
    change_label,
    expected_heading,
    expected_label,
    harm_label,
    hours_description,
    place_label,
    sentence,
    test_label,
    warnings,
)
from models.wording.categories import CATEGORY_LABELS
from pages.components import charts
from pages.shell import queries
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.hotspots.shape import Hotspots
    from models.incidents.detection import HotspotDetail


def draw(detail: HotspotDetail, *, hotspots: Hotspots) -> None:
    """Draw the card."""
    row = detail.row
    st.header(plain(f"{row['rank']}. {place_label(row)}"), anchor="hotspot")
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**Why it is ranked here**")
        st.markdown("\n".join(f"- {plain(sentence(reason))}" for reason in row["reasons"]))
        for warning in warnings(row):
            st.warning(plain(warning))
    with right:
        _figures(detail, hotspots=hotspots)
        if row["harm_known"]:
            st.caption(plain(f"Severity weights: {queries.store().snapshot.severity}."))
    first, second = st.columns(2)
    with first:
        st.markdown("**Incidents by kind**")
        labels = [CATEGORY_LABELS[name] for name, _ in detail.categories]
        numbers = [number for _, number in detail.categories]
        charts.bars(labels, numbers, unit="Incidents", name="Incidents by kind")
    with second:
        st.markdown("**Month by month, against a year earlier**")
        charts.months_against_last_year(
            detail.months,
            detail.counts,
            detail.year_before,
            known=detail.known,
            known_before=detail.known_before,
            name="Incidents a month against the same month a year earlier",
        )
    st.markdown("**Hour and weekday**")
    if detail.guard.no_hours:
        st.markdown("Not drawn: too many of these incidents have no known hour.")
    elif detail.week.timed:
        charts.hour_by_weekday(detail.week.matrix, name="Incidents by weekday and hour")
    st.caption(hours_description(detail.week))


def _figures(detail: HotspotDetail, *, hotspots: Hotspots) -> None:
    row = detail.row
    st.table(
        {
            "Incidents": f"{row['incidents']:,}",
            "Share of all, on share of area": (
                f"{row['share_of_incidents']:.1%} on {row['share_of_area']:.2%}"
            ),
            "Harm": harm_label(row),
            "Area": f"{row['area_km2']:.3f} km²",
            "Change": change_label(row, interval=True),
            expected_heading(hotspots): expected_label(row, hotspots=hotspots),
            "Busiest": busiest_label(row, share=True),
            **({"Class": row["hot_class"], "Test": test} if (test := test_label(row)) else {}),
            "On one point": f"{row['top_place_share']:.0%}",
            "Wards": "; ".join(f"{ward.name} {ward.share:.0%}" for ward in row["wards"]),
        },
        border="horizontal",
    )
