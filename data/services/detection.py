"""Hotspots of a store: the models' detection, with the base of opportunity that the store holds.

The pages, the command line and a notebook all make these calls, so they all show the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.base_points import load_base
from data.layers.streets import segments_in_use
from models.hotspots.methods import method_of
from models.hotspots.on_streets import MissingStreetsError
from models.hotspots.risk_surface import OWN_BASES, Base, RelativeRiskSettings
from models.incidents import detection

if TYPE_CHECKING:
    from data.incidents.store import Store
    from geo.streets.segments import Segments
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
    MissingStreetsError
        If the method needs streets and none are loaded.
    """
    return detection.detect(
        store,
        incident_filter,
        method=method,
        area=area,
        base=loaded_base(store, method),
        streets=loaded_streets(store, method),
    )


def loaded_streets(store: Store, method: MethodSettings | None) -> Segments | None:
    """Return the segments of the store's streets for a method by streets; None for another.

    Raises
    ------
    MissingStreetsError
        If the method needs streets and none are loaded.
    """
    if method is None or not method_of(method).by_streets:
        return None
    streets = segments_in_use(store.settings)
    if streets is None:
        raise MissingStreetsError
    return streets


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
