"""HDBSCAN: clusters of incidents, each as dense as its own surroundings ask for.

DBSCAN has one threshold for all ground: set low, a busy centre becomes one large cluster; set high,
a quiet ward has none. HDBSCAN looks at all thresholds at once and keeps the clusters that last
longest while the threshold rises, so places that lie next to each other stay apart. The labels are
scikit-learn's, from the incidents in the order of their positions, since equal distances leave some
choice. It takes no weights: all incidents at one position are given, and harm cannot weigh.

**What is drawn of a cluster.** HDBSCAN makes clusters of anything, evenly scattered incidents too,
and they take up a quarter of a borough or far more. So of each cluster only the incidents are kept
that have at least `min_samples` within `eps_m`, themselves included: DBSCAN's core points, with its
default. Parts of a cluster that DBSCAN would not join are hotspots of their own. In short: where
DBSCAN's clusters are, cut along HDBSCAN's. This is no test; chance makes clusters as well, and can
cut one place in two. A cluster needs three times `min_samples`, since with as many as that evenly
busy places were cut in four.

**One cluster.** HDBSCAN finds two clusters or more, or none. Where it finds none, nothing is cut.

**Shared positions.** Incidents at one position are at no distance from each other, and stay
together however high the threshold. So two positions that hold `min_cluster_size` each are never in
one cluster.

**Outline.** The ground within half of `eps_m` of an incident kept, clipped to the land. Where two
clusters come nearer than that, each has the ground that is nearest to its own incidents.

**Cost.** It grows with the square of the incidents, as each is compared with every other (0.1 s for
5,000, 1.2 s for 20,000, 3.5 s for 35,000), so those far from the chosen wards are left out, and
more than `MOST_INCIDENTS` are refused.

Sources: R. J. G. B. Campello, D. Moulavi and J. Sander, "Density-based clustering based on
hierarchical density estimates", PAKDD (2013); L. McInnes, J. Healy and S. Astels, "hdbscan:
Hierarchical density based clustering", Journal of Open Source Software 2 (2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.hotspots import dbscan
from models.hotspots.clustering import cluster
from models.hotspots.contours import clipped
from models.hotspots.dbscan import MIN_SAMPLES_PARAMETER, DbscanSettings, default_min_samples
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    MethodResult,
    Parameter,
    SettingError,
    TooManyIncidentsError,
    check_least_incidents,
)
from models.hotspots.outlines import STEPS, cluster_outlines, kept_apart
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea

LABEL: Final = "Clusters of any density (HDBSCAN)"
MOST_INCIDENTS: Final = 35_000
_AROUND_M: Final = 500.0  # of the wards, for clusters that cross their border
_TIMES_SAMPLES: Final = 3
_MOST_SAMPLES: Final = 100  # distances to so many neighbours are in memory for each incident


@dataclass(frozen=True, slots=True)
class HdbscanSettings:
    """How large a cluster is, how dense what is shown of it, and how smooth.

    Attributes
    ----------
    eps_m : float
        Radius in metres, 1 to 5,000.
    min_samples : float or None
        Incidents within the radius of one that is kept, itself included, 1 or more; HDBSCAN takes
        the density at an incident from as many, and at most 100. None works it out from the data.
    min_cluster_size : float or None
        Incidents of the smallest cluster, 2 or more; None takes three times `min_samples`.
    times_average : float
        The density, as a multiple of the chosen wards' average, of the default of `min_samples`.
    least_incidents : int
        An outline with fewer incidents is not a hotspot.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    eps_m: float = 100.0
    min_samples: float | None = None
    min_cluster_size: float | None = None
    times_average: float = 4.0
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        check_least_incidents(self.least_incidents)
        ranges = {
            "eps_m": (1, 5000, "between 1 and 5,000 metres"),
            "min_cluster_size": (2, 1e6, "between 2 and 1,000,000, or none"),
            "min_samples": (1, 1e6, "between 1 and 1,000,000, or none"),
            "times_average": (1e-6, 1e6, "above 0"),
        }
        for name, (low, high, allowed) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise SettingError(setting=name, value=value, allowed=allowed)


PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        "eps_m",
        "Radius (m)",
        "How near incidents must be to each other for their place to be dense.",
        low=25,
        high=500,
        step=25,
    ),
    MIN_SAMPLES_PARAMETER,
    Parameter(
        "min_cluster_size",
        "Incidents of a cluster",
        "How many a cluster needs to stay apart from the next. Fewer cut more places in two. Left "
        "empty, three times the incidents within the radius.",
        low=3,
        high=10_000,
        optional=True,
    ),
    Parameter(
        "times_average",
        "Times the average density",
        "That multiple. Larger finds fewer and tighter clusters.",
        low=1.5,
        high=20,
        step=0.5,
    ),
    LEAST_PARAMETER,
)


def hdbscan_labels(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    min_cluster_size: int,
    min_samples: int,
) -> NDArray[np.int32]:
    """Return the cluster of each point.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres, finite.
    min_cluster_size : int
        At least 2.
    min_samples : int
        At least 1.

    Returns
    -------
    int32 array of shape (n,)
        0 and up, −1 for noise: as ``sklearn.cluster.HDBSCAN`` gives them with the same numbers, by
        excess of mass, for the points sorted by easting and northing. Noise alone where there are
        fewer points than either number.
    """
    if len(easting) < max(min_cluster_size, min_samples):
        return np.full(len(easting), -1, dtype=np.int32)
    # A second that only those who ask for this method should wait.
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(
        min_cluster_size=min_cluster_size,
        min_samples=min_samples,
        algorithm="kd_tree",
        n_jobs=1,
        copy=False,
    )
    order = np.lexsort((northing, easting))
    labels = np.empty(len(order), dtype=np.int32)
    labels[order] = model.fit(np.column_stack((easting[order], northing[order]))).labels_
    return labels


def find(incidents: Incidents, area: StudyArea, *, settings: HdbscanSettings) -> MethodResult:
    """Find the clusters that lie on the study area's land.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards: a cluster may cross the border. Those within 500 m of
        them, or twice `eps_m`, take part.
    area : StudyArea
        The land that hotspots are looked for on.
    settings : HdbscanSettings
        Defaults are the product's.

    Returns
    -------
    MethodResult
        One polygon for each dense place of each cluster, without a surface.

    Raises
    ------
    TooManyIncidentsError
        If more than `MOST_INCIDENTS` lie in and around the chosen wards.
    """
    least = _least_samples(incidents, area, settings=settings)
    size = math.ceil(settings.min_cluster_size or _TIMES_SAMPLES * least)
    near = _near(incidents, area, eps_m=settings.eps_m)
    x, y = incidents.easting[near], incidents.northing[near]
    joined = cluster(x, y, eps_m=settings.eps_m, min_samples=least)
    polygons: tuple[Polygon | MultiPolygon, ...] = ()
    if joined.core.any():
        apart = hdbscan_labels(x, y, min_cluster_size=size, min_samples=min(least, _MOST_SAMPLES))
        kept = joined.core & ((apart >= 0) | (apart.max() < 0))
        both = np.column_stack((joined.labels, apart))[kept]
        label = np.unique(both, axis=0, return_inverse=True)[1].astype(np.int32).ravel()
        x, y = x[kept], y[kept]
        polygons = cluster_outlines(x, y, label=label, eps_m=settings.eps_m)
        polygons = kept_apart(polygons, x, y, label=label)
    step = settings.eps_m / STEPS
    return MethodResult(
        polygons=clipped(polygons, area.land, least_m2=step * step),
        explanation=_explanation(settings, least=least, size=size),
        least_incidents=settings.least_incidents,
    )


def _near(incidents: Incidents, area: StudyArea, *, eps_m: float) -> NDArray[np.bool_]:
    """Tell which incidents may be in a cluster that reaches the land; shape (n,)."""
    around = max(_AROUND_M, 2 * eps_m)
    ground = PolygonIndex.of([area.land.buffer(around)], cell_m=_AROUND_M / 4)
    near = np.asarray(ground.locate(incidents.easting, incidents.northing) == 0)
    if near.sum() > MOST_INCIDENTS:
        raise TooManyIncidentsError(
            LABEL,
            incidents=int(near.sum()),
            most=MOST_INCIDENTS,
            around_m=around,
            instead=dbscan.LABEL,
        )
    return near


def _least_samples(incidents: Incidents, area: StudyArea, *, settings: HdbscanSettings) -> int:
    if settings.min_samples is not None:
        return math.ceil(settings.min_samples)
    total = float(in_study_area(incidents, area).sum())
    like = DbscanSettings(eps_m=settings.eps_m, times_average=settings.times_average)
    return int(default_min_samples(total, area_km2=area.land.area / 1e6, settings=like))


def _explanation(settings: HdbscanSettings, *, least: int, size: int) -> str:
    why = ""
    if settings.min_samples is None:
        why = (
            f", as many as there are at {settings.times_average:g} times the average density and "
            "at least 10"
        )
    return (
        f"HDBSCAN: clusters of {counted(size, 'incident')} or more, each as dense as its own "
        "surroundings "
        f"ask for, and of each the places with {least:,} or more within {settings.eps_m:g} m{why}. "
        f"Outlines reach {settings.eps_m / 2:g} m beyond such places; ranked by incidents. No "
        "test: chance makes clusters too."
    )
