"""The questions of the night-time economy page, kept for a state of the store.

What is counted by the borough's own words rests on their file as well, and what stands near
premises on their list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.layers.night_words import words_changed
from data.operations.nights.areas import kept_areas
from data.services.nights import night_history
from data.services.premises import premises_in_use
from data.settings import settings
from models.nights import area_search, licensing
from models.nights import areas as night_areas
from models.nights import impact as cumulative
from models.nights.area_rows import AreaRow, area_rows
from models.nights.evidence import licensing_evidence
from models.nights.review import NightReview, night_review
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries_operations import operations
from pages.shell.stamp import file_state, stamp

if TYPE_CHECKING:
    from datetime import date

    from data.operations.nights.areas import KeptArea
    from models.calendar.night_rule import NightWindow
    from models.incidents.filters import IncidentFilter
    from models.nights.areas import DetectedAreas, NightArea
    from models.nights.evidence_shape import EvidencePlace, LicensingEvidence
    from models.nights.history import NightHistory
    from models.nights.impact import ImpactRow
    from models.nights.licensing import PremisesTable
    from models.nights.premises import Premises


def _night_words() -> int:
    return words_changed(settings())


def _premises_file() -> tuple[str, int]:
    return file_state(settings().premises_path.resolve())


_NIGHTS: Final = (stamp, _night_words)
_NIGHTS_AND_PREMISES: Final = (*_NIGHTS, _premises_file)


def _whose(incident_filter: IncidentFilter, window: NightWindow = "night") -> tuple[object, ...]:
    """Return the part of a filter that says whose incidents take part, and in which hours."""
    return incident_filter.wards, incident_filter.sources, window


def _whose_until(incident_filter: IncidentFilter) -> tuple[object, date]:
    return _whose(incident_filter), incident_filter.period.last


def areas_in_use() -> tuple[KeptArea, ...]:
    """Return the areas that reviewers keep, as they are now.

    Raises
    ------
    OperationsUnreachableError
    """
    return kept_areas(operations())


@cached(max_entries=2, rests_on=(_premises_file,))
def premises() -> Premises | None:
    """Return the licensed premises loaded; None where none are."""
    return premises_in_use(settings())


@cached(max_entries=8, spinner="Sorting incidents into nights…", rests_on=_NIGHTS, by=_whose)
def history(incident_filter: IncidentFilter, window: NightWindow = "night") -> NightHistory:
    """Return every night-time-economy incident of a part of the night, with its night.

    Raises
    ------
    NoNightsError, NightWordsError
    """
    return night_history(queries.store(), incident_filter, window=window)


@cached(max_entries=24, spinner="Counting the nights…", rests_on=_NIGHTS_AND_PREMISES)
def review(incident_filter: IncidentFilter, window: NightWindow = "night") -> NightReview:
    """Return the review of a part of the filter's nights."""
    return night_review(
        queries.store(),
        incident_filter,
        history=history(incident_filter, window),
        premises=premises(),
    )


@cached(max_entries=8, spinner="Looking for night-time areas…", rests_on=_NIGHTS, by=_whose_until)
def detected_areas(incident_filter: IncidentFilter) -> DetectedAreas:
    """Return the night-time areas that the data show in the year to the filter's last day."""
    return area_search.find_night_areas(
        queries.store(), history(incident_filter), last=incident_filter.period.last
    )


@cached(max_entries=16, spinner="Counting the areas…", rests_on=_NIGHTS_AND_PREMISES)
def rows(
    incident_filter: IncidentFilter,
    in_use: tuple[KeptArea, ...],
    *,
    everywhere: bool,
    window: NightWindow = "night",
) -> tuple[AreaRow, ...]:
    """Return a row for each area under review.

    Areas are found in the whole night, and their standing is of it; the counts are of the window.

    Parameters
    ----------
    incident_filter : IncidentFilter
    in_use : tuple of KeptArea
        From `areas_in_use`.
    everywhere : bool
        True for all wards loaded, False for areas that touch the filter's wards.
    window : NightWindow, optional
        The part of the night that is counted.
    """
    store, nights = queries.store(), history(incident_filter)
    detected = detected_areas(incident_filter)
    land = None if everywhere else store.area(store.select(incident_filter).ward_codes).land
    areas = night_areas.areas_for_review(detected, [_area(each) for each in in_use], land=land)
    evidence = zip(detected.areas, detected.evidence, strict=True)
    return area_rows(
        store,
        incident_filter,
        history=history(incident_filter, window),
        areas=areas,
        standings=night_areas.standings(nights, detected, areas),
        evidence={area.key: words for area, words in evidence},
        premises=premises(),
    )


def _area(area: KeptArea) -> NightArea:
    return night_areas.NightArea(
        key=area.reference,
        name=area.name,
        polygon=area.polygon,
        origin=area.origin,  # type: ignore[arg-type]  # one of three by the table's check
        area_id=area.area_id,
        version=area.version,
        note=area.note,
    )


@cached(max_entries=16, spinner="Looking around the premises…", rests_on=_NIGHTS_AND_PREMISES)
def premises_table(
    incident_filter: IncidentFilter, window: NightWindow = "night"
) -> PremisesTable | None:
    """Return the premises near repeat incidents; None where no list is loaded.

    Raises
    ------
    PlacesTooRoughError
    """
    store, listed = queries.store(), premises()
    if listed is None:
        return None
    return licensing.premises_with_repeats(
        history(incident_filter, window),
        incident_filter.period,
        premises=listed,
        ground=store.area(store.select(incident_filter).ward_codes),
    )


def _names_and_areas(
    incident_filter: IncidentFilter, areas: tuple[AreaRow, ...], window: NightWindow = "night"
) -> object:
    return _whose_until(incident_filter), tuple((row.name, row.area) for row in areas), window


@cached(
    max_entries=16,
    spinner="Counting three years…",
    rests_on=_NIGHTS_AND_PREMISES,
    by=_names_and_areas,
)
def impact(
    incident_filter: IncidentFilter, areas: tuple[AreaRow, ...], window: NightWindow = "night"
) -> tuple[ImpactRow, ...]:
    """Return the cumulative-impact evidence of some areas over three years."""
    return cumulative.cumulative_impact(
        history(incident_filter, window),
        incident_filter.period.last,
        areas=areas,
        premises=premises(),
    )


def _whose_place(incident_filter: IncidentFilter, place: EvidencePlace) -> object:
    return _whose_until(incident_filter), place.name, place.area.wkb, place.within_m


@cached(
    max_entries=16,
    spinner="Counting the evidence…",
    rests_on=_NIGHTS_AND_PREMISES,
    by=_whose_place,
)
def evidence(incident_filter: IncidentFilter, place: EvidencePlace) -> LicensingEvidence:
    """Return the licensing evidence about a place, of the whole night."""
    return licensing_evidence(
        queries.store(),
        incident_filter,
        history=history(incident_filter),
        place=place,
        premises=premises(),
    )
