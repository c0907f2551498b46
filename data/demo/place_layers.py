"""The demo's streets and places, one layer of each kind, kept where the store has none of its own.

Streets are simulated around main roads (`data.demo.street_network`). Parks, water, railways,
stations, hospitals and town centres are a sketch by hand with their real names. Schools, cameras
and zones are invented: schools lie where the demo's school robberies gather, cameras where main
roads meet. The title of every layer says SIMULATED.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from data.demo.geography import DEMO_CRS
from data.demo.hand_map import WATER, hand_places
from data.demo.places import make_places
from data.demo.street_network import street_network
from data.demo.street_roads import TUNNELS
from data.demo.tasking_plans import BY
from data.demo.truth import DEMO_SEED
from data.layers.places import places_path, remove_places, save_places
from geo.places import PLACE_COLUMNS, PLACE_KINDS, PlacesLayer
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.demo.street_chains import Street
    from data.settings import Settings
    from geo.places import PlaceKind

SHOWN_ON: Final = date(2026, 10, 31)
SOURCE: Final = "The demo of this product"
SKETCH: Final = "Main roads, parks, water and railways drawn by hand, approximate"
INVENTED: Final = f"Streets, schools, cameras and zones: {SIMULATED}"
STREETS_CREDIT: Final = (  # each layer's parts, so that a map says what they share once
    f"{INVENTED}; {SKETCH}; Contains OS data © Crown copyright and database right 2025, Royal Mail "
    "data © Royal Mail copyright and database right 2025"
)
STREETS_LICENCE: Final = "Open Government Licence v3.0 (Code-Point Open, which they are made from)"
LICENCE: Final = "That of this product"
_PERSON: Final = f"Demo {BY}"
_MAIN: Final = ("main", "secondary")
_SECONDARY_EVERY: Final = 3  # one school in so many is a secondary school

# Layers drawn by hand: kind, what it is in the file, title.
_BY_HAND: Final[tuple[tuple[PlaceKind, tuple[str, ...], str], ...]] = (
    ("park", ("park",), f"{SIMULATED} map: parks"),
    ("water", ("river", "canal"), f"{SIMULATED} map: the Thames, the Lea and canals"),
    ("rail", ("rail",), f"{SIMULATED} map: railway lines"),
    ("station", ("station",), f"{SIMULATED} map: stations"),
    ("hospital", ("hospital",), f"{SIMULATED} map: hospitals"),
    ("town_centre", ("centre",), f"{SIMULATED} map: town centres"),
)
_Row = tuple[str, str, shapely.Geometry]


def demo_place_layers() -> tuple[PlacesLayer, ...]:
    """Return the demo's layers of places in EPSG:27700: the same ones each time."""
    streets = street_network(rng=np.random.default_rng([DEMO_SEED, 8]))
    rows = [(street.name, street.place_class, street.line) for street in streets]
    layers = [
        _layer(
            "street", f"{SIMULATED} streets", rows, credit=STREETS_CREDIT, licence=STREETS_LICENCE
        )
    ]
    layers += [
        _layer(kind, title, _drawn(*names), credit=SKETCH) for kind, names, title in _BY_HAND
    ]
    layers += [
        _layer("school", f"{SIMULATED} schools", _schools(), credit=INVENTED),
        _layer("camera", f"{SIMULATED} cameras", _cameras(streets), credit=INVENTED),
        _layer("zone", f"{SIMULATED} zones", _drawn("zone"), credit=INVENTED),
    ]
    return tuple(layers)


def build_places(settings: Settings, *, now: datetime) -> tuple[PlaceKind, ...]:
    """Keep the demo's layers; return their kinds.

    A kind of which the store has a layer already keeps that one.
    """
    missing = {kind for kind in PLACE_KINDS if not places_path(settings, kind).exists()}
    kept: list[PlaceKind] = []
    for layer in demo_place_layers() if missing else ():
        if layer.kind in missing:
            save_places(_in_crs(layer, settings.metric_crs), settings, now=now, person=_PERSON)
            kept.append(layer.kind)
    return tuple(kept)


def remove_demo_places(settings: Settings) -> tuple[PlaceKind, ...]:
    """Remove the demo's layers, also where one is kept for undo; a borough's own stay.

    Returns
    -------
    tuple of PlaceKind
        The kinds of which something was removed.
    """
    return tuple(kind for kind in PLACE_KINDS if remove_places(settings, kind, loaded_by=_PERSON))


def _in_crs(layer: PlacesLayer, crs: str) -> PlacesLayer:
    frame = layer.frame if crs == DEMO_CRS else layer.frame.to_crs(crs)
    return PlacesLayer(
        layer.kind, layer.title, layer.shown_on, layer.source, layer.licence, layer.credit, frame
    )


def _layer(
    kind: PlaceKind,
    title: str,
    rows: Iterable[_Row],
    *,
    credit: str,
    licence: str = LICENCE,
) -> PlacesLayer:
    columns = dict(zip(PLACE_COLUMNS, zip(*rows, strict=True), strict=True))
    frame = gpd.GeoDataFrame(
        {name: list(values) for name, values in columns.items()}, geometry="geometry", crs=DEMO_CRS
    )
    return PlacesLayer(kind, title, SHOWN_ON, SOURCE, licence, credit, frame)


def _drawn(*names: str) -> list[_Row]:
    """Return what is drawn by hand; of water the ground, named by what it is."""
    return [
        (place.name, place.layer if place.layer in WATER else place.place_class, place.area)
        for place in hand_places(*names)
    ]


def _schools() -> list[_Row]:
    """Return schools where the demo's incidents around schools gather."""
    points = make_places(np.random.default_rng([DEMO_SEED, 1])).schools
    rows: list[_Row] = []
    count: dict[str, int] = defaultdict(int)
    for number, (easting, northing) in enumerate(points.tolist()):
        kind = "primary" if number % _SECONDARY_EVERY else "secondary"
        count[kind] += 1
        name = f"{SIMULATED} {kind} school {count[kind]}"
        rows.append((name, kind, shapely.Point(easting, northing)))
    return rows


def _cameras(streets: Sequence[Street]) -> list[_Row]:
    """Return a camera at every place where two roads meet in the open air."""
    met: dict[tuple[float, float], set[str]] = defaultdict(set)
    for street in streets:
        if street.place_class in _MAIN and street.name not in TUNNELS:
            for end in (street.line.coords[0], street.line.coords[-1]):
                met[end[0], end[1]].add(street.name)
    junctions = sorted(at for at, names in met.items() if len(names) > 1)
    return [
        (f"{SIMULATED} camera {number}", "street camera", shapely.Point(at))
        for number, at in enumerate(junctions, start=1)
    ]
