"""The calls that pages make, kept so that a rerun answers at once.

This is the only module that touches Streamlit's caches. Keys are the table version, the ward file,
the filter and the method's settings; what is kept is shared by all sessions and never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from data.incidents.imports import ImportRecord, imports
from data.incidents.quality import TableVersion, table_versions
from data.incidents.quality import (
    rejected_reasons as reasons_of,
)
from data.incidents.store import Store
from data.incidents.table import opened
from data.layers.base_points import base_path
from data.layers.wards import NoWardsError
from data.services import detection
from data.services.bases import bases
from data.settings import settings
from geo.palettes import density_scale
from geo.screen.density_image import density_image
from geo.screen.maps import base_map
from models.hotspots.relative_risk import OWN_BASES
from models.incidents import accuracy
from models.incidents import detection as incident_detection
from models.incidents import near_repeat as near_repeats
from models.incidents.patterns import patterns as find_patterns
from models.incidents.patterns import runs_in_fortnight
from models.incidents.quality import SourceQuality, source_figures
from pages.shell.stoppable import stoppable

if TYPE_CHECKING:
    from data.rows.validation import FaultCount
    from geo.palettes import DensityScale, Theme
    from geo.screen.density_image import DensityImage
    from geo.screen.maps import BaseMap
    from models.hotspots.inputs import StudyArea
    from models.hotspots.methods import MethodSettings
    from models.hotspots.near_repeat import NearRepeatSettings
    from models.incidents.accuracy import BackTest, Terms
    from models.incidents.detection import Detection, HotspotDetail
    from models.incidents.filters import IncidentFilter
    from models.incidents.near_repeat import NearRepeat
    from models.incidents.patterns import Patterns, Runs

ATTRIBUTION = "Contains OS and National Statistics data © Crown copyright and database right"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the kept answers hold for: a table version, a ward file and a severity table."""

    folder: str
    version: int
    wards_changed: int
    severity_changed: int

    def __str__(self) -> str:
        return f"{self.folder}|{self.version}|{self.wards_changed}|{self.severity_changed}"


def stamp() -> Stamp:
    """Return what the store is at now.

    Raises
    ------
    NoWardsError, EmptyStoreError
    """
    used = settings()
    if not used.wards_path.exists():
        raise NoWardsError
    return Stamp(
        folder=str(used.store.resolve()),
        version=opened(used).version(),
        wards_changed=used.wards_path.stat().st_mtime_ns,
        severity_changed=own.stat().st_mtime_ns if (own := used.severity_path).exists() else 0,
    )


def store() -> Store:
    """Return the store, read once for each version.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError
    """
    return _store(str(stamp()))


@st.cache_resource(max_entries=2, show_spinner="Reading the incidents…")
def _store(key: str) -> Store:
    return Store.open(settings())


def picture(incident_filter: IncidentFilter, method: MethodSettings) -> Detection:
    """Return the hotspots of a filter, by a method."""
    now = str(stamp())
    return _picture(
        now, repr(incident_filter), _words(method), _chosen=incident_filter, _method=method
    )


def _words(method: MethodSettings) -> str:
    """Return a method's settings with the state of the loaded base that they name, if any."""
    held = getattr(method, "base", None)
    path = base_path(held, settings().bases_path) if held and held not in OWN_BASES else None
    changed = path.stat().st_mtime_ns if path is not None and path.exists() else 0
    return f"{method!r} {changed}"


def loaded_bases() -> dict[str, str]:
    """Return the names of the bases that are loaded, with what they are in words."""
    return {each.name: each.words for each in bases(settings())}


@st.cache_resource(max_entries=48, show_spinner="Finding hotspots…")
def _picture(
    now: str,
    chosen_words: str,
    method_words: str,
    *,
    _chosen: IncidentFilter,
    _method: MethodSettings,
) -> Detection:
    opened_store = _store(now)
    codes = opened_store.select(_chosen).ward_codes
    return detection.detect(opened_store, _chosen, method=_method, area=_area(now, codes))


def found_again(incident_filter: IncidentFilter, method: MethodSettings) -> Detection:
    """Return the same with how often each hotspot is found again, which takes twenty times as long.

    `picture` answers first, so that the map need not wait.
    """
    words = (repr(incident_filter), _words(method))
    return _found_again(str(stamp()), *words, _chosen=incident_filter, _method=method)


@st.cache_resource(max_entries=48, show_spinner="Looking for each hotspot again…")
def _found_again(
    now: str,
    chosen_words: str,
    method_words: str,
    *,
    _chosen: IncidentFilter,
    _method: MethodSettings,
) -> Detection:
    first = _picture(now, chosen_words, method_words, _chosen=_chosen, _method=_method)
    return detection.found_again(_store(now), first, method=_method)


@st.cache_resource(max_entries=16, show_spinner=False)
def _area(now: str, ward_codes: tuple[str, ...]) -> StudyArea:
    return _store(now).area(ward_codes)


def detail(detection: Detection, *, hotspot_id: str) -> HotspotDetail:
    """Return what is known about one hotspot."""
    return incident_detection.detail(store(), detection, hotspot_id=hotspot_id)


def patterns(incident_filter: IncidentFilter) -> Patterns:
    """Return the patterns of a filter."""
    return _patterns(str(stamp()), repr(incident_filter), _chosen=incident_filter)


@st.cache_resource(max_entries=16, show_spinner="Counting hours, months and cells…")
def _patterns(now: str, chosen_words: str, *, _chosen: IncidentFilter) -> Patterns:
    opened_store = _store(now)
    codes = opened_store.select(_chosen).ward_codes
    return find_patterns(opened_store, _chosen, area=_area(now, codes))


def runs(incident_filter: IncidentFilter, *, category: str) -> Runs:
    """Return the runs of one kind in the last fortnight of a filter's period."""
    return _runs(str(stamp()), repr(incident_filter), category, _chosen=incident_filter)


@st.cache_resource(max_entries=32, show_spinner="Looking for runs…")
def _runs(now: str, chosen_words: str, category: str, *, _chosen: IncidentFilter) -> Runs:
    return runs_in_fortnight(_store(now), _chosen, category=category)


@st.cache_resource(max_entries=4, show_spinner=False)
def _ground(now: str, theme: Theme, ward_codes: tuple[str, ...]) -> BaseMap:
    used = settings()
    return base_map(
        _store(now).wards.frame,
        theme=theme,
        focus=ward_codes,
        attribution=ATTRIBUTION,
        tile_url=used.tile_url,
        tile_attribution=used.tile_attribution,
    )


def ground(theme: Theme, *, ward_codes: tuple[str, ...]) -> BaseMap:
    """Return the map that hotspots are drawn on, opening on the given wards."""
    return _ground(str(stamp()), theme, ward_codes)


@dataclass(frozen=True, slots=True)
class Painted:
    """A density as the map shows it, with its legend."""

    image: DensityImage
    scale: DensityScale


def density(
    incident_filter: IncidentFilter, method: MethodSettings, *, theme: Theme
) -> Painted | None:
    """Return the density of a filter, painted for the map; None where the method has none."""
    words = (repr(incident_filter), _words(method))
    return _density(str(stamp()), *words, theme, _chosen=incident_filter, _method=method)


@st.cache_resource(max_entries=48, show_spinner=False)
def _density(
    now: str,
    chosen_words: str,
    method_words: str,
    theme: Theme,
    *,
    _chosen: IncidentFilter,
    _method: MethodSettings,
) -> Painted | None:
    shown = _picture(now, chosen_words, method_words, _chosen=_chosen, _method=_method)
    surface = shown.hotspots.surface
    if surface is None or not shown.hotspots.incidents:
        return None
    scale = replace(density_scale(surface.per_km2, theme=theme), unit=surface.unit)
    image = density_image(surface.grid, surface.per_km2, scale=scale, crs=shown.area.crs)
    return Painted(image, scale)


def near_repeat(incident_filter: IncidentFilter, how: NearRepeatSettings) -> NearRepeat:
    """Return the near-repeats of a filter; the first time it is counted with a bar and a Stop.

    Raises
    ------
    UnfitForNearRepeatError
    """
    now, key = str(stamp()), f"{incident_filter!r} {how!r}"
    kept = _near_repeat(now, key)
    if not kept:
        with stoppable("Dealing out the dates", key=f"{now} {key}") as tell:
            counted = near_repeats.near_repeat(
                _store(now), incident_filter, settings=how, progress=tell
            )
        kept.append(counted)
    return kept[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _near_repeat(now: str, key: str) -> list[NearRepeat]:
    """Return the place for one answer: what draws progress cannot itself be kept."""
    return []


def backtest(incident_filter: IncidentFilter, terms: Terms) -> BackTest:
    """Return the back-test of a filter; the first time it is run with a bar and a Stop.

    Raises
    ------
    TooLittleHistoryError, OnlyMonthsError
    """
    now, key = str(stamp()), f"{incident_filter!r} {terms!r}"
    kept = _backtest(now, key)
    if not kept:
        with stoppable("Testing forecasts", key=f"{now} {key}") as tell:
            kept.append(
                accuracy.backtest(
                    _store(now), incident_filter, terms=terms, progress=lambda share, _: tell(share)
                )
            )
    return kept[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _backtest(now: str, key: str) -> list[BackTest]:
    """Return the place for one answer: what draws progress cannot itself be kept."""
    return []


def source_quality() -> tuple[SourceQuality, ...]:
    """Return what each source holds and how far it can be trusted."""
    return _quality(str(stamp()))


@st.cache_resource(max_entries=2, show_spinner="Looking at the data…")
def _quality(now: str) -> tuple[SourceQuality, ...]:
    return source_figures(_store(now).snapshot)


def versions() -> tuple[TableVersion, ...]:
    """List the table's versions, newest first."""
    return table_versions(settings())


def import_records() -> list[ImportRecord]:
    """List the imports, newest first."""
    return imports(settings())


def rejected_reasons() -> list[FaultCount]:
    """Sum up why rows were rejected, the commonest reason first."""
    return reasons_of(import_records())
