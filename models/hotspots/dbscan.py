"""DBSCAN: groups of incidents packed far closer than in the area as a whole.

A core point has at least `min_samples` incidents within `eps_m` of it, itself included; core points
within `eps_m` of each other form a cluster; points within `eps_m` of a core point but not core
themselves are its border; the rest is noise. Labels are those of scikit-learn, noise and borders
included: clusters are numbered in the order in which their first core point is met, and a border
point that several clusters reach belongs to the first of them.

**How many is many.** A fixed `min_samples` finds nothing in a quiet week and one giant cluster in
ten years. By default it grows with the data: the number of incidents that a disc of radius `eps_m`
holds where the density is four times the chosen wards' average, and never fewer than ten.

**Outline.** The ground within half of `eps_m` of a core point, clipped to the land. Two clusters
can touch but not overlap, as their core points are more than `eps_m` apart (`outlines` says how it
is drawn, and how exactly).

Sources: M. Ester, H.-P. Kriegel, J. Sander and X. Xu, "A density-based algorithm for discovering
clusters in large spatial databases with noise", KDD (1996); E. Schubert and others, "DBSCAN
revisited, revisited", ACM Transactions on Database Systems 42 (2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.hotspots.clustering import cluster
from models.hotspots.contours import clipped
from models.hotspots.method_result import (
    MethodResult,
    Parameter,
    SettingError,
    Weighting,
    harm_notes,
    weights,
)
from models.hotspots.outlines import STEPS, cluster_outlines
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents, StudyArea

LABEL: Final = "Clusters (DBSCAN)"
_LEAST_SAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class DbscanSettings:
    """How close and how many.

    Attributes
    ----------
    eps_m : float
        Radius in metres, 1 to 5,000.
    min_samples : float or None
        Weight that a core point's disc holds at least, itself included; None works it out from
        the data.
    times_average : float
        The density, as a multiple of the chosen wards' average, at which the default makes a core
        point.
    weight : {"count", "harm"}
        What an incident weighs.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    eps_m: float = 100.0
    min_samples: float | None = None
    times_average: float = 4.0
    weight: Weighting = "count"

    def __post_init__(self) -> None:
        if not 1 <= self.eps_m <= 5000:
            raise SettingError(
                setting="eps_m", value=self.eps_m, allowed="between 1 and 5,000 metres"
            )
        if self.min_samples is not None and not self.min_samples > 0:
            raise SettingError(
                setting="min_samples", value=self.min_samples, allowed="above 0, or none"
            )
        if not self.times_average > 0:
            raise SettingError(setting="times_average", value=self.times_average, allowed="above 0")


MIN_SAMPLES_PARAMETER: Final = Parameter(
    "min_samples",
    "Incidents within the radius",
    "How many make a place dense. Left empty, it grows with the period: as many as there are "
    "where the density is a multiple of the average, and at least ten.",
    low=3,
    high=10_000,
    optional=True,
)
PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        "eps_m",
        "Radius (m)",
        "How near incidents must be to belong together.",
        low=25,
        high=500,
        step=25,
    ),
    MIN_SAMPLES_PARAMETER,
    Parameter(
        "times_average",
        "Times the average density",
        "That multiple. Larger finds fewer and tighter clusters.",
        low=1.5,
        high=20,
        step=0.5,
    ),
    Parameter(
        "weight",
        "Weigh by",
        "Every incident alike, or by its harm weight where it has one.",
        choices=(("count", "Count"), ("harm", "Harm")),
    ),
)


def default_min_samples(incidents: float, *, area_km2: float, settings: DbscanSettings) -> float:
    """Return the incidents expected in the disc at `times_average` × the mean density, or ten.

    Parameters
    ----------
    incidents : float
        Number or weight of the incidents in the chosen wards.
    area_km2 : float
        Area of the chosen wards.
    settings : DbscanSettings
        `eps_m` and `times_average`.
    """
    disc_km2 = math.pi * (settings.eps_m / 1000) ** 2
    expected = settings.times_average * incidents / area_km2 * disc_km2
    return float(max(math.ceil(expected), _LEAST_SAMPLES))


def find(incidents: Incidents, area: StudyArea, *, settings: DbscanSettings) -> MethodResult:
    """Find the clusters that lie on the study area's land.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards: a cluster may cross the border.
    area : StudyArea
        The land that hotspots are looked for on.
    settings : DbscanSettings
        Defaults are the product's.

    Returns
    -------
    MethodResult
        One polygon for each cluster, without a surface.

    Raises
    ------
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    weight = weights(incidents, by=settings.weight)
    least = settings.min_samples
    if least is None:
        chosen = in_study_area(incidents, area)
        total = float(chosen.sum()) if weight is None else float(weight[chosen].sum())
        least = default_min_samples(total, area_km2=area.land.area / 1e6, settings=settings)
    found = cluster(
        incidents.easting,
        incidents.northing,
        eps_m=settings.eps_m,
        min_samples=least,
        weight=weight,
    )
    polygons = cluster_outlines(
        incidents.easting[found.core],
        incidents.northing[found.core],
        label=found.labels[found.core],
        eps_m=settings.eps_m,
    )
    step = settings.eps_m / STEPS
    return MethodResult(
        polygons=clipped(polygons, area.land, least_m2=step * step),
        explanation=_explanation(settings, least=least),
        notes=harm_notes(incidents, by=settings.weight),
    )


def _explanation(settings: DbscanSettings, *, least: float) -> str:
    what = "incidents" if settings.weight == "count" else "of harm"
    why = ""
    if settings.min_samples is None:
        why = (
            f", as many as there are at {settings.times_average:g} times the average density and "
            f"at least {_LEAST_SAMPLES}"
        )
    return (
        f"DBSCAN: places with {least:,.10g} {what} or more within {settings.eps_m:g} m{why}, "
        f"joined where they are within {settings.eps_m:g} m of each other. Outlines reach "
        f"{settings.eps_m / 2:g} m beyond such places; ranked by incidents."
    )
