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
    test_label,
    warnings,
)
from data.exports.near_places import here_rows
from geo.naming.words import sentence_case
from models.incidents.near_places import NOT_BECAUSE
from models.wording.categories import CATEGORY_LABELS
from pages.components import charts
from pages.shell import queries
from pages.shell.messages import plain, plain_table

if TYPE_CHECKING:
    from geo.nearby import PlacesHere
    from models.hotspots.shape import Hotspots
    from models.incidents.detection import HotspotDetail
    from models.incidents.near_places import NearPlaces


def draw(
    detail: HotspotDetail,
    *,
    hotspots: Hotspots,
    here: tuple[PlacesHere, ...],
    near: NearPlaces | None,
) -> None:
    """Draw the card, with the places in and around the hotspot where any are loaded."""
    row = detail.row
    st.header(plain(f"{row['rank']}. {sentence_case(row['near'])}"), anchor="hotspot")
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**Why it is ranked here**")
        st.markdown("\n".join(f"- {plain(sentence_case(reason))}" for reason in row["reasons"]))
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
    st.caption(plain(hours_description(detail.week)))
    if here:
        _what_is_here(here, near=near)


def _figures(detail: HotspotDetail, *, hotspots: Hotspots) -> None:
    row = detail.row
    plain_table(
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
        }
    )


def _what_is_here(here: tuple[PlacesHere, ...], *, near: NearPlaces | None) -> None:
    st.markdown("**What is here**")
    plain_table(here_rows(here, near))
    st.caption(plain(" ".join(filter(None, (near.refused if near else "", NOT_BECAUSE)))))
