"""What the map shows of time, painted on one scale and kept for all sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.palettes import change_scale, density_scale
from geo.screen.density_image import density_image
from geo.screen.month_layer import MapFrame
from models.incidents.by_month import surfaces_by_month
from models.incidents.by_time import (
    PartSurface,
    compared_surfaces,
    surfaces_by_part_of_week,
    surfaces_by_week,
)
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries import base_files, street_files
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.palettes import ChangeScale, DensityScale, Theme
    from geo.screen.density_image import DensityImage
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection
    from models.incidents.filters import IncidentFilter


_FINE: Final = {
    "weeks": (surfaces_by_week, "incidents per km² in a week"),
    "hours": (surfaces_by_part_of_week, "incidents per km² in three hours of the week"),
}


@dataclass(frozen=True, slots=True)
class PaintedParts:
    """Parts of a period as the map shows them, with their legend.

    Attributes
    ----------
    frames : tuple of MapFrame
        In order of time; for two periods the later first.
    scale : DensityScale
    busiest : int
        Position of the part with most incidents.
    left_out : int
        Incidents that are in no part.
    """

    frames: tuple[MapFrame, ...]
    scale: DensityScale
    busiest: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PaintedChange:
    """A change of density, with its legend and the two periods in words."""

    image: DensityImage
    scale: ChangeScale
    now: str
    before: str


@cached(max_entries=8, rests_on=(stamp, base_files, street_files))
def painted_parts(
    incident_filter: IncidentFilter, method: MethodSettings, *, layer: str, theme: Theme
) -> PaintedParts:
    """Return a filter's density by months, weeks or parts of the week, or of two periods.

    Parameters
    ----------
    incident_filter : IncidentFilter
    method : MethodSettings
    layer : {"months", "weeks", "hours", "swipe"}
    theme : {"light", "dark"}

    Raises
    ------
    NoMonthsError
    """
    detection = queries.detection(incident_filter, method)
    if layer == "months":
        months = surfaces_by_month(detection, method)
        parts: Sequence[PartSurface] = [
            PartSurface(f"{each.month.first:%b %Y}", each.incidents, each.surface, each.complete)
            for each in months
        ]
        return _painted(parts, detection, unit="incidents per km² in a month", theme=theme)
    if layer in _FINE:
        split, unit = _FINE[layer]
        found = split(detection, method)
        painted = _painted(
            found.parts, detection, unit=unit, theme=theme, above_per_km2=found.lone_per_km2
        )
        return replace(painted, left_out=found.left_out)
    both = compared_surfaces(detection, method)
    return _painted((both.now, both.before), detection, unit=_days_unit(detection), theme=theme)


@cached(max_entries=8, rests_on=(stamp, base_files, street_files))
def painted_change(
    incident_filter: IncidentFilter, method: MethodSettings, *, theme: Theme
) -> PaintedChange:
    """Return the change of a filter's density against its comparison period.

    Raises
    ------
    NoMonthsError
    """
    detection = queries.detection(incident_filter, method)
    both = compared_surfaces(detection, method)
    change = both.change_per_km2
    scale = replace(change_scale(change, theme=theme), unit=_days_unit(detection))
    image = density_image(both.now.surface.grid, change, scale=scale, crs=detection.area.crs)
    return PaintedChange(image, scale, _label(both.now), _label(both.before))


def _painted(
    parts: Sequence[PartSurface],
    detection: Detection,
    *,
    unit: str,
    theme: Theme,
    above_per_km2: float = 0.0,
) -> PaintedParts:
    every = np.concatenate([each.surface.per_km2 for each in parts])
    dense = np.where(every > above_per_km2, every, np.nan)
    scale = density_scale(dense if np.isfinite(dense).any() else every, theme=theme)
    scale = replace(scale.painted_above(above_per_km2), unit=unit)
    crs = detection.area.crs
    frames = tuple(
        MapFrame(
            _label(each),
            density_image(each.surface.grid, each.surface.per_km2, scale=scale, crs=crs),
        )
        for each in parts
    )
    return PaintedParts(frames, scale, busiest=int(np.argmax([each.incidents for each in parts])))


def _days_unit(detection: Detection) -> str:
    days = detection.selection.now.period.days
    return f"incidents per km² in {counted(days, 'day')}"


def _label(part: PartSurface) -> str:
    label = f"{part.label}: {counted(part.incidents, 'incident')}"
    return label if part.complete else f"{label}, data incomplete"
