"""Licensing evidence from a store: the premises and areas that it keeps, and the nights around one.

The page, the command line and a notebook all make these calls, so they all show the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.operations.nights.areas import kept_areas
from data.services.nights import night_history
from data.services.premises import premises_in_use
from geo.errors import PlainError
from models.nights.evidence import licensing_evidence
from models.nights.evidence_place import area_place, premises_called, premises_place
from models.nights.evidence_shape import UnknownPlaceError
from models.nights.review import review_filter

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.incidents.filters import IncidentFilter
    from models.nights.evidence_shape import EvidencePlace, LicensingEvidence


class NoPremisesError(PlainError, LookupError):
    """No licensed premises are loaded."""

    def __init__(self) -> None:
        super().__init__(
            "No licensed premises are loaded, so none can be chosen. Load the register's list with "
            "`hotspots premises` or on Night-time economy, under Premises."
        )


def place_of_premises(store: Store, name: str, *, within_m: float) -> EvidencePlace:
    """Return the place of licensed premises by their name.

    Raises
    ------
    NoPremisesError
    models.nights.evidence_shape.UnknownPlaceError, models.nights.evidence_shape.WithinError
    """
    premises = premises_in_use(store.settings)
    if premises is None:
        raise NoPremisesError
    return premises_place(premises, premises_called(premises, name), within_m=within_m)


def place_of_area(store: Store, ops: Operations, name: str) -> EvidencePlace:
    """Return the place of a night-time area that reviewers keep, by its number or its name.

    Raises
    ------
    models.nights.evidence_shape.UnknownPlaceError
    """
    asked = " ".join(name.split()).casefold()
    kept = kept_areas(ops)
    same = [each for each in kept if asked in (each.reference.casefold(), each.name.casefold())]
    if len(same) != 1:
        known = tuple(f"{each.reference} {each.name}" for each in kept[:8])
        what = "night-time area"
        raise UnknownPlaceError(what, asked=name, close=known)
    premises = premises_in_use(store.settings)
    return area_place(same[0].name, same[0].polygon, premises=premises)


def evidence_of(
    store: Store, incident_filter: IncidentFilter, place: EvidencePlace
) -> LicensingEvidence:
    """Return the evidence about a place; see `models.nights.evidence.licensing_evidence`.

    Raises
    ------
    NoNightsError, NoNightsHereError, NightWordsError
    """
    asked = review_filter(incident_filter)
    return licensing_evidence(
        store,
        asked,
        history=night_history(store, asked),
        place=place,
        premises=premises_in_use(store.settings),
    )
