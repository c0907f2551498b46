"""Night-time areas: busy at night, and busier than their daytime would suggest.

Two densities are laid over each other with one kernel: night-time-economy incidents, and all
incidents of the same kinds whose hour is known, by night or day. Ground belongs to a night-time
area where both hold: the night density is at least `times_mean` times its mean over the land, and
the night's share of the incidents there is at least `least_ratio` times that of the land as a
whole (the relative risk of `models.hotspots.risk_surface`, with all incidents as its base). The
outline runs where the weaker of the two conditions just holds. Density alone would find town
centres that are busy by day as well; the ratio alone would find quiet streets with two calls, both
at night.

An outline is kept when it holds at least `least_incidents` night incidents, and its night share is
above that of all the ground with a one-sided p under `most_p` (exact binomial, for the place by
itself: many places are looked at, so the limit is strict).

It finds where reports lie, not where licences do: noise is best left out before, as people report
it from their homes. Licensed premises near an area say whether it is night-time economy at all.

Sources: as `models.hotspots.risk_surface`; J. H. Ratcliffe, "Crime mapping: spatial and temporal
challenges" (2010), on hotspots that exist at some hours only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import binom

from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.hotspots.contours import clipped, polygons_above
from models.hotspots.method_result import HotspotEvidence, MethodResult, SettingError
from models.hotspots.risk_surface import Base, RelativeRiskSettings, risk_surface
from models.hotspots.shape import Surface
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.risk_surface import RiskSurface

LETTER: Final = "N"
_LOOK_UP_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class NightAreaSettings:
    """When ground is a night-time area.

    Attributes
    ----------
    bandwidth_m, cell_m : float
        Of the quartic kernel and the grid, in metres.
    times_mean : float
        Night density, as a multiple of its mean over the land, from which ground may belong to one.
    least_ratio : float
        The night's share of incidents, as a multiple of that of the land, from which it may.
    least_incidents : int
        Night incidents in a year that an outline needs at least; scaled to the span looked at.
    most_p : float
        One-sided p-value of its night share, under which it is kept.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    bandwidth_m: float = 200.0
    cell_m: float = 50.0
    times_mean: float = 4.0
    least_ratio: float = 1.15
    least_incidents: int = 30
    most_p: float = 0.01

    def __post_init__(self) -> None:
        ranges = {
            "cell_m": (10, 500, "10 to 500 metres"),
            "bandwidth_m": (2 * self.cell_m, 1000, f"{2 * self.cell_m:g} to 1,000 metres"),
            "times_mean": (1, 100, "1 to 100"),
            "least_ratio": (1, 10, "1 to 10"),
            "least_incidents": (1, math.inf, "at least 1"),
            "most_p": (1e-9, 0.5, "above 0 and at most 0.5"),
        }
        for name, (low, high, allowed) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise SettingError(setting=name, value=getattr(self, name), allowed=allowed)


def find(
    night: Incidents,
    every: Incidents,
    *,
    area: StudyArea,
    settings: NightAreaSettings,
    years: float = 1.0,
) -> MethodResult:
    """Find night-time areas.

    Parameters
    ----------
    night : Incidents
        Night-time-economy incidents, with those around the chosen wards.
    every : Incidents
        Incidents of the same kinds whose hour is known, by night and day; `night` is a part of it.
    area : StudyArea
        The land that areas are looked for on.
    settings : NightAreaSettings
    years : float
        Span of both, in years: what the least number of incidents is scaled by.

    Returns
    -------
    MethodResult
        With the night density as its surface, in incidents per km², and one piece of evidence for
        each polygon.
    """
    words = _explanation(settings)
    mine, all_mine = in_study_area(night, area), in_study_area(every, area)
    if not mine.any():
        return MethodResult(polygons=(), explanation=words)
    risk = risk_surface(
        night,
        area,
        base=Base(every.easting, every.northing, label="all hours", chance="part"),
        settings=RelativeRiskSettings(bandwidth_m=settings.bandwidth_m, cell_m=settings.cell_m),
    )
    per_km2 = _night_density(risk, bandwidth_m=settings.bandwidth_m)
    mean = float((per_km2 * risk.land).sum() / risk.land.sum())
    strength = np.minimum(
        per_km2 / (settings.times_mean * mean), np.nan_to_num(risk.ratio) / settings.least_ratio
    )
    outlines = polygons_above(np.where(risk.land > 0, strength, 0.0), risk.grid, level=1.0)
    polygons = clipped(outlines, area.land, least_m2=4 * settings.cell_m**2)
    least = max(3, round(settings.least_incidents * years))
    usual = float(mine.sum()) / float(all_mine.sum())
    kept: list[Polygon | MultiPolygon] = []
    evidence: list[HotspotEvidence] = []
    counted = _counts(polygons, night.take(mine), every.take(all_mine))
    for polygon, at_night, at_all in zip(polygons, *counted, strict=True):
        p = chance_of_share(int(at_night), int(at_all), usual=usual)
        if at_night >= least and p < settings.most_p:
            kept.append(polygon)
            density = float(at_night) / (polygon.area / 1e6)
            evidence.append(_evidence(int(at_night), int(at_all), p, usual, density / mean))
    return MethodResult(
        polygons=tuple(kept),
        explanation=words,
        surface=Surface(risk.grid, np.where(risk.land > 0, per_km2, np.nan)),
        least_incidents=least,
        evidence=tuple(evidence),
    )


def chance_of_share(at_night: int, at_all: int, *, usual: float) -> float:
    """Return the one-sided p-value of so many at night out of all, where `usual` is the share."""
    return float(binom.sf(at_night - 1, at_all, min(usual, 1.0)))


def _night_density(risk: RiskSurface, *, bandwidth_m: float) -> NDArray[np.float64]:
    """Return the density of the night incidents per km², zero where the ratio is not shown."""
    effective_km2 = 5 / 9 * math.pi * (bandwidth_m / 1000) ** 2
    return np.nan_to_num(risk.ratio) * risk.expected / effective_km2


def _counts(
    polygons: tuple[Polygon | MultiPolygon, ...], night: Incidents, every: Incidents
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the incidents inside each polygon by night, and at all hours."""
    index = PolygonIndex.of(polygons, cell_m=_LOOK_UP_CELL_M)
    found = [
        np.bincount(index.locate(each.easting, each.northing) + 1, minlength=len(polygons) + 1)[1:]
        for each in (night, every)
    ]
    return found[0], found[1]


def _evidence(
    at_night: int, at_all: int, p_value: float, usual: float, times_mean: float
) -> HotspotEvidence:
    said = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
    return HotspotEvidence(
        hot_class="",
        z=math.nan,
        p_value=p_value,
        sentence=(
            f"{at_night:,} of the {counted(at_all, 'incident')} of these kinds with a known hour "
            f"here {'is' if at_night == 1 else 'are'} at night ({at_night / at_all:.0%}; "
            f"{usual:.0%} over all the ground, {said}), "
            f"and the night is {times_mean:.1f} times as dense as on average"
        ),
    )


def _explanation(settings: NightAreaSettings) -> str:
    return (
        "Night-time areas: ground where night-time-economy incidents are at least "
        f"{settings.times_mean:g} times as dense as on average, and make up at least "
        f"{settings.least_ratio:g} times the usual share of the incidents of all hours (quartic "
        f"kernel of {settings.bandwidth_m:g} m on {settings.cell_m:g} m cells). Kept from "
        f"{settings.least_incidents} incidents a year, where the night share is higher than "
        f"chance (p under {settings.most_p:g}). Noise takes no part in finding them, as it is "
        "reported from homes."
    )
