"""What is drawn on the map of hotspots for a layer of time, with its legend and what to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from geo.counting import counted
from geo.screen.month_layer import month_layers
from geo.screen.picture_layer import picture_layer
from geo.screen.swipe_layer import swipe_layers
from models.incidents.by_month import NoMonthsError
from pages.components.theme import page_theme
from pages.intelligence.hotspots_parts import months, queries_months
from pages.shell.messages import plain

if TYPE_CHECKING:
    from geo.palettes import ChangeScale, DensityScale
    from geo.screen.maps import Layers
    from models.hotspots.methods import MethodSettings
    from models.incidents.filters import IncidentFilter

_PARTS = {"months": "Month", "weeks": "Week", "hours": "Day and part of the day"}


@dataclass(frozen=True, slots=True)
class TimeLayer:
    """A layer of time for the map, drawn once, with its legend and what else is to be known."""

    layers: Layers
    scale: DensityScale | ChangeScale
    note: str = ""


def choose(incident_filter: IncidentFilter, settings: MethodSettings) -> TimeLayer | None:
    """Draw the choice and what to know of it; return None for the whole period.

    Where the method or the data cannot give what was asked for, it is said, and the whole period
    is drawn.
    """
    layer = months.choose()
    if not layer:
        return None
    try:
        if layer == "change":
            return _change(incident_filter, settings)
        return _parts(incident_filter, settings, layer=layer)
    except NoMonthsError as problem:
        st.info(plain(str(problem)))
        return None


def _parts(incident_filter: IncidentFilter, settings: MethodSettings, *, layer: str) -> TimeLayer:
    theme = page_theme()
    painted = queries_months.painted_parts(incident_filter, settings, layer=layer, theme=theme)
    if layer == "swipe":
        now, before = painted.frames
        return TimeLayer(swipe_layers(now, before, theme=theme), painted.scale)
    said = ["Most of what moves from one to the next is chance."]
    if layer != "months":
        said.append("What a single incident makes is not painted.")
    if painted.left_out:
        number = counted(painted.left_out, "incident takes", "incidents take")
        why = "hour" if layer == "hours" else "day"
        said.append(f"{number} no part: their {why} is not known.")
    frames = month_layers(
        painted.frames,
        theme=theme,
        title=months.LAYERS[layer],
        part=_PARTS[layer],
        first=painted.busiest if layer == "hours" else -1,
    )
    return TimeLayer(frames, painted.scale, " ".join(said))


def _change(incident_filter: IncidentFilter, settings: MethodSettings) -> TimeLayer:
    painted = queries_months.painted_change(incident_filter, settings, theme=page_theme())
    note = (
        f"{painted.now}, against {painted.before}. Change, not tested, much of it chance: what is "
        "tested stands above the map."
    )
    return TimeLayer(picture_layer(painted.image), painted.scale, note)
