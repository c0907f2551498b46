"""The map month by month: the choice of it, and the months painted on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from geo.counting import counted
from geo.palettes import density_scale
from geo.screen.density_image import density_image
from geo.screen.month_layer import MapFrame
from models.incidents.by_month import surfaces_by_month
from pages.shell import queries, state
from pages.shell.answers import cached
from pages.shell.queries import base_files, street_files
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from geo.palettes import DensityScale, Theme
    from models.hotspots.methods import MethodSettings
    from models.incidents.by_month import MonthSurface
    from models.incidents.filters import IncidentFilter

SHOWN: Final = "months"


@dataclass(frozen=True, slots=True)
class PaintedMonths:
    """Months as the map plays them, with their legend."""

    frames: tuple[MapFrame, ...]
    scale: DensityScale


def begin() -> None:
    """Begin as the opened link says."""
    state.begin({SHOWN: state.opened_link().get(SHOWN) == "1"})
    state.keep(SHOWN)


def choose() -> bool:
    """Draw the switch; tell whether the map plays the months."""
    return st.toggle(
        "Month by month",
        key=SHOWN,
        on_change=_follow,
        help="The density of each whole month of the period on one scale. From month to month most "
        "of what moves is chance; what changed by more is in the sentence above the map.",
    )


def link() -> dict[str, str]:
    """Return the choice as the address bar keeps it."""
    return {SHOWN: "1" if state.value(SHOWN) else ""}


def _follow() -> None:
    state.show_in_address_bar({**state.address_bar(), **link()})


@cached(max_entries=8, rests_on=(stamp, base_files, street_files))
def painted(
    incident_filter: IncidentFilter, method: MethodSettings, *, theme: Theme
) -> PaintedMonths:
    """Return a filter's density month by month, painted on one scale.

    Raises
    ------
    NoMonthsError
    """
    detection = queries.detection(incident_filter, method)
    found = surfaces_by_month(detection, method)
    every = np.concatenate([each.surface.per_km2 for each in found])
    scale = replace(density_scale(every, theme=theme), unit="incidents per km² in a month")
    return PaintedMonths(
        tuple(
            MapFrame(
                _label(each),
                density_image(
                    each.surface.grid, each.surface.per_km2, scale=scale, crs=detection.area.crs
                ),
            )
            for each in found
        ),
        scale,
    )


def _label(month: MonthSurface) -> str:
    label = f"{month.month.first:%b %Y}: {counted(month.incidents, 'incident')}"
    return label if month.complete else f"{label}, data incomplete"
