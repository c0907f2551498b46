"""Incidents near the places of a store against those elsewhere, and what its cameras could see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from data.layers.place_groups import place_groups
from data.layers.streets import streets_in_use
from models.incidents.camera_sites import camera_sites
from models.incidents.cameras import SIGHT_M, camera_cover
from models.incidents.near_places import NEAR_M, near_places

if TYPE_CHECKING:
    from data.incidents.store import Store
    from geo.nearby import PlaceGroup
    from models.hotspots.inputs import StudyArea
    from models.incidents.camera_sites import CameraSites
    from models.incidents.cameras import CameraCover
    from models.incidents.filters import IncidentFilter
    from models.incidents.near_places import NearPlaces


def near_places_of(
    store: Store,
    incident_filter: IncidentFilter,
    *,
    near_m: float = NEAR_M,
    area: StudyArea | None = None,
) -> NearPlaces:
    """Compare incidents near the store's places with those elsewhere.

    Parameters are those of `models.incidents.near_places.near_places`.

    Raises
    ------
    NearDistanceError, DamagedFileError
    """
    return near_places(
        store,
        incident_filter,
        groups=place_groups(store.settings),
        streets=streets_in_use(store.settings),
        near_m=near_m,
        area=area,
    )


def camera_cover_of(
    store: Store,
    incident_filter: IncidentFilter,
    *,
    sight_m: float = SIGHT_M,
    area: StudyArea | None = None,
) -> CameraCover:
    """Return what the store's cameras could have seen; see `models.incidents.cameras`.

    Raises
    ------
    SightDistanceError, DamagedFileError
    """
    return camera_cover(store, incident_filter, cameras=_cameras(store), sight_m=sight_m, area=area)


def camera_sites_of(
    store: Store,
    incident_filter: IncidentFilter,
    *,
    new: int,
    sight_m: float = SIGHT_M,
    area: StudyArea | None = None,
) -> CameraSites:
    """Choose sites for new cameras in a store; see `models.incidents.camera_sites`.

    Raises
    ------
    SightDistanceError, CameraSitesError, DamagedFileError
    """
    return camera_sites(
        store,
        incident_filter,
        cameras=_cameras(store),
        streets=streets_in_use(store.settings),
        new=new,
        sight_m=sight_m,
        area=area,
    )


def camera_points(store: Store) -> tuple[tuple[str, float, float], ...]:
    """Return the store's cameras by name, with easting and northing.

    Raises
    ------
    DamagedFileError
    """
    cameras = _cameras(store)
    if cameras is None:
        return ()
    middles = shapely.get_coordinates(shapely.centroid(cameras.shapes)).tolist()
    named = zip(cameras.names.tolist(), middles, strict=True)
    return tuple(sorted((str(name), float(x), float(y)) for name, (x, y) in named))


def _cameras(store: Store) -> PlaceGroup | None:
    groups = place_groups(store.settings)
    return next((each for each in groups if each.key == "camera"), None)
