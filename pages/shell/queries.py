"""The questions that pages ask of the store, whose answers are kept for a state of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.incidents.imports import ImportRecord, imports
from data.incidents.quality import TableVersion, table_versions
from data.incidents.quality import (
    rejected_reasons as reasons_of,
)
from data.incidents.store import Store
from data.layers.base_points import base_names, base_path
from data.services.bases import bases
from data.services.detection import detect
from data.settings import settings
from geo.palettes import density_scale
from geo.screen.density_image import density_image
from geo.screen.maps import base_map
from models.incidents import accuracy
from models.incidents import near_repeat as near_repeats
from models.incidents.detection import detail as hotspot_detail
from models.incidents.patterns import patterns as find_patterns
from models.incidents.quality import SourceQuality, source_figures
from models.incidents.runs import runs_in_fortnight
from pages.shell.answers import cached, counted
from pages.shell.stamp import file_state, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.rows.validation import FaultCount
    from geo.palettes import DensityScale, Theme
    from geo.screen.density_image import DensityImage
    from geo.screen.maps import BaseMap
    from models.hotspots.inputs import StudyArea
    from models.hotspots.methods import MethodSettings
    from models.hotspots.near_repeat import NearRepeatSettings
    from models.incidents.accuracy import BackTest
    from models.incidents.accuracy_counts import Terms
    from models.incidents.detection import Detection, HotspotDetail
    from models.incidents.filters import IncidentFilter
    from models.incidents.near_repeat import NearRepeat
    from models.incidents.patterns import Patterns
    from models.incidents.runs import Runs

ATTRIBUTION = "Contains OS and National Statistics data © Crown copyright and database right"


@cached(max_entries=2, spinner="Reading the incidents…")
def store() -> Store:
    """Return the store, read once for each version.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError
    """
    return Store.open(settings(), version=stamp().version)


def base_files() -> tuple[tuple[str, int], ...]:
    """Return the state of the loaded bases, which a method may compare incidents with."""
    folder = settings().bases_path
    return tuple(file_state(base_path(name, folder)) for name in base_names(folder))


def loaded_bases() -> dict[str, str]:
    """Return the names of the bases that are loaded, with what they are in words."""
    return {each.name: each.label for each in bases(settings())}


@cached(max_entries=48, spinner="Finding hotspots…", rests_on=(stamp, base_files))
def detection(incident_filter: IncidentFilter, method: MethodSettings) -> Detection:
    """Return the hotspots of a filter, by a method."""
    return detect(store(), incident_filter, method=method, area=_ground(incident_filter))


def _ground(incident_filter: IncidentFilter) -> StudyArea:
    return _area(store().select(incident_filter).ward_codes, incident_filter.sources)


@cached(max_entries=16)
def _area(ward_codes: tuple[str, ...], sources: tuple[str, ...]) -> StudyArea:
    return store().area(ward_codes, sources=sources)


def detail(detection: Detection, *, hotspot_id: str) -> HotspotDetail:
    """Return what is known about one hotspot."""
    return hotspot_detail(store(), detection, hotspot_id=hotspot_id)


@cached(max_entries=16, spinner="Counting hours, months and cells…")
def patterns(incident_filter: IncidentFilter) -> Patterns:
    """Return the patterns of a filter."""
    return find_patterns(store(), incident_filter, area=_ground(incident_filter))


@cached(max_entries=32, spinner="Looking for runs…")
def runs(incident_filter: IncidentFilter, *, category: str) -> Runs:
    """Return the runs of one kind in the last fortnight of a filter's period."""
    return runs_in_fortnight(store(), incident_filter, category=category)


@cached(max_entries=4)
def ground(theme: Theme, *, ward_codes: tuple[str, ...]) -> BaseMap:
    """Return the map that hotspots are drawn on, opening on the given wards."""
    in_force = settings()
    return base_map(
        store().wards.frame,
        theme=theme,
        focus=ward_codes,
        attribution=ATTRIBUTION,
        tile_url=in_force.tile_url,
        tile_attribution=in_force.tile_attribution,
    )


@dataclass(frozen=True, slots=True)
class Painted:
    """A density as the map shows it, with its legend."""

    image: DensityImage
    scale: DensityScale


@cached(max_entries=48, rests_on=(stamp, base_files))
def density(
    incident_filter: IncidentFilter, method: MethodSettings, *, theme: Theme
) -> Painted | None:
    """Return the density of a filter, painted for the map; None where the method has none."""
    of_filter = detection(incident_filter, method)
    surface = of_filter.hotspots.surface
    if surface is None or not of_filter.hotspots.incidents:
        return None
    scale = replace(density_scale(surface.per_km2, theme=theme), unit=surface.unit)
    image = density_image(surface.grid, surface.per_km2, scale=scale, crs=of_filter.area.crs)
    return Painted(image, scale)


@counted("Permuting the dates", max_entries=16)
def near_repeat(
    progress: Callable[[float], None],
    incident_filter: IncidentFilter,
    *,
    settings: NearRepeatSettings,
) -> NearRepeat:
    """Return the near-repeats of a filter; the first time it is counted with a bar and a Stop.

    Raises
    ------
    UnfitForNearRepeatError
    """
    return near_repeats.near_repeat(store(), incident_filter, settings=settings, progress=progress)


@counted("Testing forecasts", max_entries=16)
def backtest(
    progress: Callable[[float], None], incident_filter: IncidentFilter, *, terms: Terms
) -> BackTest:
    """Return the back-test of a filter; the first time it is run with a bar and a Stop.

    Raises
    ------
    TooLittleHistoryError, OnlyMonthsError
    """
    return accuracy.backtest(
        store(), incident_filter, terms=terms, progress=lambda share, _: progress(share)
    )


@cached(max_entries=2, spinner="Looking at the data…")
def source_quality() -> tuple[SourceQuality, ...]:
    """Return what each source holds and how far it can be trusted."""
    return source_figures(store().snapshot)


def versions() -> tuple[TableVersion, ...]:
    """List the table's versions, newest first."""
    return table_versions(settings())


def import_records() -> list[ImportRecord]:
    """List the imports, newest first."""
    return imports(settings())


def rejected_reasons() -> list[FaultCount]:
    """Sum up why rows were rejected, the commonest reason first."""
    return reasons_of(import_records())
