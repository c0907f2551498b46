"""The months of a view, painted on one scale and kept for all sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.counting import counted
from geo.palettes import density_scale
from geo.screen.density_image import density_image
from geo.screen.month_layer import MapFrame
from models.incidents.by_month import surfaces_by_month
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries import base_files, street_files
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from geo.palettes import DensityScale, Theme
    from models.hotspots.methods import MethodSettings
    from models.incidents.by_month import MonthSurface
    from models.incidents.filters import IncidentFilter


@dataclass(frozen=True, slots=True)
class PaintedMonths:
    """Months as the map plays them, with their legend."""

    frames: tuple[MapFrame, ...]
    scale: DensityScale


@cached(max_entries=8, rests_on=(stamp, base_files, street_files))
def painted_months(
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
