"""Hotspots of a store: the models' detection, with the base of opportunity that the store holds.

The pages, the command line and a notebook all make these calls, so they all show the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.base_points import load_base
from models.hotspots.risk_surface import OWN_BASES, Base, RelativeRiskSettings
from models.incidents import detection

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.inputs import StudyArea
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection
    from models.incidents.filters import IncidentFilter


def detect(
    store: Store,
    incident_filter: IncidentFilter,
    *,
    method: MethodSettings | None = None,
    area: StudyArea | None = None,
) -> Detection:
    """Find and rank hotspots under a filter; see `models.incidents.detection.detect`.

    Raises
    ------
    UnknownBaseError
        If the method compares with a base that the store does not hold.
    """
    return detection.detect(
        store, incident_filter, method=method, area=area, base=loaded_base(store, method)
    )


def loaded_base(store: Store, method: MethodSettings | None) -> Base | None:
    """Return the base of the store that a method names; None where it needs none of them.

    Raises
    ------
    UnknownBaseError
        If the store holds no base of that name.
    """
    if not isinstance(method, RelativeRiskSettings) or method.base in OWN_BASES:
        return None
    points = load_base(method.base, store.settings.bases_path, metric_crs=store.metric_crs)
    return Base(
        points.easting, points.northing, label=points.label, chance="known", weight=points.weight
    )
