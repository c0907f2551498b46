"""The calls of the night-time economy page, kept so that a rerun answers at once.

Keys are the table version, the filter's period, wards and sources, the list of premises and the
versions of the kept areas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.layers.night_words import words_changed
from data.operations.nights.areas import kept_areas
from data.services.nights import night_history
from data.services.premises import premises_in_use
from data.settings import settings
from models.incidents.filters import to_query
from models.nights import areas as night_areas
from models.nights import impact as cumulative
from models.nights import licensing
from models.nights.area_rows import AreaRow, area_rows
from models.nights.review import NightReview, night_review, review_filter
from pages.shell import queries
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from data.operations.nights.areas import KeptArea
    from models.incidents.filters import IncidentFilter
    from models.nights.areas import DetectedAreas, NightArea
    from models.nights.history import NightHistory
    from models.nights.impact import ImpactRow
    from models.nights.licensing import PremisesTable
    from models.nights.premises import Premises


def kept() -> tuple[KeptArea, ...]:
    """Return the areas that reviewers keep, as they are now.

    Raises
    ------
    OperationsUnreachableError
    """
    return kept_areas(operations())


def premises() -> Premises | None:
    """Return the licensed premises loaded; None where none are."""
    return _premises(str(settings().store.resolve()), _premises_changed())


@st.cache_resource(max_entries=2, show_spinner=False)
def _premises(folder: str, changed: int) -> Premises | None:
    return premises_in_use(settings())


def history(incident_filter: IncidentFilter) -> NightHistory:
    """Return every night-time-economy incident with its night.

    Raises
    ------
    NoNightsError, NightWordsError
    """
    return _history(_stamp(), _who(incident_filter), _chosen=incident_filter)


@st.cache_resource(max_entries=4, show_spinner="Sorting incidents into nights…")
def _history(stamp: str, who: str, *, _chosen: IncidentFilter) -> NightHistory:
    return night_history(queries.store(), _chosen)


def review(incident_filter: IncidentFilter) -> NightReview:
    """Return the review of the filter's nights."""
    key = repr(review_filter(incident_filter))
    return _review(_stamp(), key, _premises_changed(), _chosen=incident_filter)


@st.cache_resource(max_entries=16, show_spinner="Counting the nights…")
def _review(stamp: str, key: str, premises_key: int, *, _chosen: IncidentFilter) -> NightReview:
    return night_review(queries.store(), _chosen, history=history(_chosen), premises=premises())


def found(incident_filter: IncidentFilter) -> DetectedAreas:
    """Return the night-time areas that the data show in the year to the filter's last day."""
    key = f"{_who(incident_filter)} {incident_filter.period.last}"
    return _found(_stamp(), key, _chosen=incident_filter)


@st.cache_resource(max_entries=8, show_spinner="Looking for night-time areas…")
def _found(stamp: str, key: str, *, _chosen: IncidentFilter) -> DetectedAreas:
    return night_areas.found_areas(queries.store(), history(_chosen), last=_chosen.period.last)


def rows(
    incident_filter: IncidentFilter, areas_kept: tuple[KeptArea, ...], *, everywhere: bool
) -> tuple[AreaRow, ...]:
    """Return a row for each area under review.

    Parameters
    ----------
    incident_filter : IncidentFilter
    areas_kept : tuple of KeptArea
        From `kept`.
    everywhere : bool
        True for all wards loaded, False for areas that touch the chosen wards.
    """
    versions = str([(each.area_id, each.version) for each in areas_kept])
    key = f"{review_filter(incident_filter)!r} {everywhere}"
    return _rows(
        _stamp(),
        key,
        versions,
        _premises_changed(),
        _chosen=incident_filter,
        _kept=areas_kept,
        _everywhere=everywhere,
    )


@st.cache_resource(max_entries=16, show_spinner="Counting the areas…")
def _rows(
    stamp: str,
    key: str,
    versions: str,
    premises_key: int,
    *,
    _chosen: IncidentFilter,
    _kept: tuple[KeptArea, ...],
    _everywhere: bool,
) -> tuple[AreaRow, ...]:
    store, seen, data = queries.store(), found(_chosen), history(_chosen)
    ground = None if _everywhere else store.area(store.select(_chosen).ward_codes).land
    shown = night_areas.shown_areas(seen, [_area(each) for each in _kept], land=ground)
    return area_rows(
        store,
        _chosen,
        history=data,
        areas=shown,
        standings=night_areas.standings(data, seen, shown),
        found_by={area.key: words for area, words in zip(seen.areas, seen.evidence, strict=True)},
        premises=premises(),
    )


def _area(kept_area: KeptArea) -> NightArea:
    return night_areas.NightArea(
        key=kept_area.reference,
        name=kept_area.name,
        polygon=kept_area.polygon,
        origin=kept_area.origin,  # type: ignore[arg-type]  # one of three by the table's check
        area_id=kept_area.area_id,
        version=kept_area.version,
        note=kept_area.note,
    )


def premises_table(incident_filter: IncidentFilter) -> PremisesTable | None:
    """Return the premises near repeat incidents; None where no list is loaded.

    Raises
    ------
    PlacesTooRoughError
    """
    if premises() is None:
        return None
    return _premises_table(
        _stamp(), repr(review_filter(incident_filter)), _premises_changed(), _chosen=incident_filter
    )


@st.cache_resource(max_entries=16, show_spinner="Looking around the premises…")
def _premises_table(
    stamp: str, key: str, premises_key: int, *, _chosen: IncidentFilter
) -> PremisesTable | None:
    store, held = queries.store(), premises()
    if held is None:
        return None
    return licensing.premises_near(
        history(_chosen),
        _chosen.period,
        premises=held,
        ground=store.area(store.select(_chosen).ward_codes),
    )


def impact(incident_filter: IncidentFilter, areas: tuple[AreaRow, ...]) -> tuple[ImpactRow, ...]:
    """Return the cumulative-impact evidence of some areas over three years."""
    key = f"{_who(incident_filter)} {incident_filter.period.last} " + str(
        [(row.area.key, row.area.version, row.name) for row in areas]
    )
    return _impact(_stamp(), key, _premises_changed(), _chosen=incident_filter, _areas=areas)


@st.cache_resource(max_entries=16, show_spinner="Counting three years…")
def _impact(
    stamp: str,
    key: str,
    premises_key: int,
    *,
    _chosen: IncidentFilter,
    _areas: tuple[AreaRow, ...],
) -> tuple[ImpactRow, ...]:
    return cumulative.cumulative_impact(
        history(_chosen), _chosen.period.last, areas=_areas, premises=premises()
    )


def _stamp() -> str:
    return f"{queries.stamp()}|{words_changed(settings())}"


def _who(incident_filter: IncidentFilter) -> str:
    """Return the part of a filter that says whose incidents take part."""
    query = to_query(incident_filter)
    return f"{query['ward']} {query['source']}"


def _premises_changed() -> int:
    path = settings().premises_path
    return path.stat().st_mtime_ns if path.exists() else 0
