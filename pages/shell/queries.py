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
from data.layers.ground import map_ground
from data.layers.map_names import names_digest
from data.layers.place_groups import place_shapes, places_at
from data.layers.places import places_path
from data.rows.errors import DamagedFileError
from data.services.bases import bases
from data.services.detection import detect
from data.services.nearby import (
    camera_cover_of,
    camera_points,
    camera_sites_of,
    near_places_of,
)
from data.services.street_concentration import street_concentration as street_shares
from data.settings import settings
from geo.ground import GROUND_KINDS
from geo.palettes import density_scale
from geo.places import PLACE_KINDS
from geo.screen.density_image import density_image
from geo.screen.maps import NameDigests, base_map
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
    from geo.areas import Area
    from geo.ground import Ground
    from geo.nearby import PlacesHere
    from geo.palettes import DensityScale, Theme
    from geo.screen.density_image import DensityImage
    from geo.screen.maps import BaseMap
    from models.hotspots.inputs import StudyArea
    from models.hotspots.methods import MethodSettings
    from models.hotspots.near_repeat import NearRepeatSettings
    from models.hotspots.street_concentration import StreetConcentration
    from models.incidents.accuracy import BackTest
    from models.incidents.accuracy_counts import Terms
    from models.incidents.camera_sites import CameraSites
    from models.incidents.cameras import CameraCover
    from models.incidents.detection import Detection, HotspotDetail
    from models.incidents.filters import IncidentFilter
    from models.incidents.near_places import NearPlaces
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


def street_files() -> tuple[str, int]:
    """Return the state of the loaded streets, which incidents may be put on."""
    return file_state(places_path(settings(), "street"))


@cached(max_entries=48, spinner="Finding hotspots…", rests_on=(stamp, base_files, street_files))
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


@cached(max_entries=16, spinner="Counting on streets…", rests_on=(stamp, street_files))
def street_concentration(incident_filter: IncidentFilter) -> StreetConcentration:
    """Return how concentrated the incidents of a filter are on streets.

    Raises
    ------
    PlainError
        Where that cannot be said; see `data.services.street_concentration`.
    """
    return street_shares(store(), incident_filter, area=_ground(incident_filter))


@cached(max_entries=32, spinner="Looking for runs…")
def runs(incident_filter: IncidentFilter, *, category: str) -> Runs:
    """Return the runs of one kind in the last fortnight of a filter's period."""
    return runs_in_fortnight(store(), incident_filter, category=category)


def place_files() -> tuple[tuple[str, int], ...]:
    """Return the state of every layer of places and of the licensed premises."""
    in_force = settings()
    layers = (file_state(places_path(in_force, kind)) for kind in PLACE_KINDS)
    return (*layers, file_state(in_force.premises_path))


def here(outline: Area) -> tuple[PlacesHere, ...]:
    """Return the loaded places in an outline and around it."""
    return places_at(outline, settings())


@cached(max_entries=16, spinner="Counting near places…", rests_on=(stamp, place_files))
def near_places(incident_filter: IncidentFilter, *, near_m: float) -> NearPlaces:
    """Return the incidents near places of each kind against those elsewhere.

    Raises
    ------
    NearDistanceError, DamagedFileError
    """
    return near_places_of(store(), incident_filter, near_m=near_m, area=_ground(incident_filter))


@cached(max_entries=16, spinner="Counting in sight of cameras…", rests_on=(stamp, place_files))
def camera_cover(incident_filter: IncidentFilter, *, sight_m: float) -> CameraCover:
    """Return what the loaded cameras could have seen.

    Raises
    ------
    SightDistanceError, DamagedFileError
    """
    return camera_cover_of(store(), incident_filter, sight_m=sight_m, area=_ground(incident_filter))


@cached(max_entries=16, spinner="Looking for sites…", rests_on=(stamp, place_files))
def camera_sites(incident_filter: IncidentFilter, *, new: int, sight_m: float) -> CameraSites:
    """Return sites for new cameras, chosen exactly and tested on months held back.

    Raises
    ------
    SightDistanceError, CameraSitesError, DamagedFileError
    """
    return camera_sites_of(
        store(), incident_filter, new=new, sight_m=sight_m, area=_ground(incident_filter)
    )


@cached(max_entries=2, rests_on=(stamp, place_files))
def cameras() -> tuple[tuple[str, float, float], ...]:
    """Return the loaded cameras by name, with easting and northing.

    Raises
    ------
    DamagedFileError
    """
    return camera_points(store())


def home_wards() -> tuple[str, ...]:
    """Return the codes of the home borough's wards."""
    frame = store().wards.frame
    return tuple(frame["ward_code"][frame["borough_code"] == store().settings.borough_code])


def ground_files() -> tuple[tuple[str, int], ...]:
    """Return the state of what maps are drawn on and searched by."""
    in_force = settings()
    files = [places_path(in_force, kind) for kind in GROUND_KINDS]
    return tuple(file_state(each) for each in (*files, in_force.postcodes_path))


def streets_and_water() -> Ground | None:
    """Return what is drawn beneath; a damaged layer takes no map away, Import data names it."""
    try:
        return map_ground(settings())
    except DamagedFileError:
        return None


@cached(max_entries=4, rests_on=(stamp, ground_files))
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
        ground=streets_and_water(),
        names=NameDigests(
            streets=names_digest(in_force, "streets"), postcodes=names_digest(in_force, "postcodes")
        ),
    )


@dataclass(frozen=True, slots=True)
class Painted:
    """A density as the map shows it, with its legend."""

    image: DensityImage
    scale: DensityScale


@cached(max_entries=48, rests_on=(stamp, base_files, street_files))
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


@counted("Testing forecasts", max_entries=16, rests_on=(stamp, place_files))
def backtest(
    progress: Callable[[float], None],
    incident_filter: IncidentFilter,
    *,
    terms: Terms,
    with_places: bool = False,
) -> BackTest:
    """Return the back-test of a filter; the first time it is run with a bar and a Stop.

    With places, our forecast is also tried with nearness to the loaded places.

    Raises
    ------
    TooLittleHistoryError, OnlyMonthsError
    """
    return accuracy.backtest(
        store(),
        incident_filter,
        terms=terms,
        places=place_shapes(settings()) if with_places else (),
        progress=lambda share, _: progress(share),
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
