"""How concentrated a store's incidents are on its streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.streets import segments_in_use
from models.hotspots.on_streets import MissingStreetsError
from models.hotspots.street_concentration import StreetConcentration
from models.hotspots.street_concentration import street_concentration as measured

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.inputs import StudyArea
    from models.incidents.filters import IncidentFilter


def street_concentration(
    store: Store, incident_filter: IncidentFilter, *, area: StudyArea | None = None
) -> StreetConcentration:
    """Measure how concentrated the incidents of a filter are on the loaded streets.

    Raises
    ------
    MissingStreetsError
        If no streets are loaded.
    SnappedStreetsError, StreetsElsewhereError, NoConcentrationError
        See `models.hotspots.street_concentration`.
    """
    streets = segments_in_use(store.settings)
    if streets is None:
        raise MissingStreetsError
    selection = store.select(incident_filter)
    ground = area or store.area(selection.ward_codes, sources=incident_filter.sources)
    return measured(selection.incidents, ground, streets=streets)
