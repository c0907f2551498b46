"""The strip of figures above the map of hotspots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports.labels import comparison_label, no_hour_label
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.incidents.detection import Detection


def draw(detection: Detection) -> None:
    """Draw how many incidents there are, were, lie in hotspots and are left out.

    What may have a place is counted, so that the share in hotspots is a share of what can be there.
    """
    found, selection = detection.hotspots, detection.selection
    many = len(found.frame)
    counted = "1 hotspot" if many == 1 else f"{many:,} hotspots"
    in_hotspots = int(found.frame["incidents"].sum())
    figures = st.container(key="figures")
    sensitive = selection.now.sensitive
    figures.metric(
        "Incidents",
        f"{found.incidents:,}",
        delta=f"and {sensitive:,} domestic or sexual" if sensitive else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
    comparison = comparison_label(detection)
    if comparison is not None:
        number, days = comparison
        figures.metric(
            "Comparison period",
            plain(number),
            delta=plain(days),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    figures.metric(
        f"Of them, in {counted}",
        f"{in_hotspots / found.incidents:.0%}" if found.incidents else "none",
        delta=f"on {found.frame['area_km2'].sum() / found.area_km2:.1%} of the area",
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
    label, number, note = no_hour_label(selection.now, hours=selection.filter.hours)
    figures.metric(
        plain(label),
        plain(number),
        delta=plain(note) or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
