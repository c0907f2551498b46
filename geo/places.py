"""Streets and places: the layers of a map that a team can walk by, one of each kind.

A layer is read from a file (`data.sources.places_reading`), kept by the store
(`data.layers.places`), drawn, and asked for names. It holds what lies in the box of the wards and
1 km around, so that a street that leaves the borough does not end at its edge. Licensed premises
are none of these kinds: they have closing hours and a layer of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from geo.errors import PlainError

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from geo.grid import Bounds

PlaceKind = Literal[
    "street",
    "park",
    "water",
    "rail",
    "station",
    "bus_stop",
    "school",
    "hospital",
    "estate",
    "town_centre",
    "camera",
    "zone",
    "other",
]
Family = Literal["point", "line", "polygon"]
StreetClass = Literal["motorway", "main", "secondary", "local", "path"]

PLACE_KINDS: Final[tuple[PlaceKind, ...]] = get_args(PlaceKind)
STREET_CLASSES: Final[tuple[StreetClass, ...]] = get_args(StreetClass)
KIND_LABELS: Final[dict[PlaceKind, str]] = {
    "street": "Streets",
    "park": "Parks and green space",
    "water": "Water",
    "rail": "Railway lines",
    "station": "Stations",
    "bus_stop": "Bus stops",
    "school": "Schools",
    "hospital": "Hospitals",
    "estate": "Estates",
    "town_centre": "Town centres",
    "camera": "Cameras",
    "zone": "Zones (PSPO, cumulative impact, levy, own)",
    "other": "Other places",
}
# A polygon of a kind that is shown as points becomes a point inside it.
KIND_FAMILIES: Final[dict[PlaceKind, tuple[Family, ...]]] = {
    "street": ("line",),
    "park": ("polygon",),
    "water": ("polygon", "line"),
    "rail": ("line",),
    "station": ("point",),
    "bus_stop": ("point",),
    "school": ("point",),
    "hospital": ("point",),
    "estate": ("polygon",),
    "town_centre": ("polygon",),
    "camera": ("point",),
    "zone": ("polygon",),
    "other": ("point", "line", "polygon"),
}
FAMILY_LABELS: Final[dict[Family, str]] = {
    "point": "points",
    "line": "lines",
    "polygon": "polygons",
}
PLACE_COLUMNS: Final = ("name", "place_class", "geometry")
# Of streets alone, and only where a source knows it: "forward" or "backward" along its line, or "".
ONE_WAY_COLUMN: Final = "one_way"
# Likewise: who may not use it ("walkers" or "slow"), and what kind of carriageway it is; see
# `geo.street_access`.
BARRED_COLUMN: Final = "barred"
CARRIAGEWAY_COLUMN: Final = "carriageway"
STREET_COLUMNS: Final = (ONE_WAY_COLUMN, BARRED_COLUMN, CARRIAGEWAY_COLUMN)
AROUND_WARDS_M: Final = 1_000.0
_PREMISES: Final = ("premises", "licensed_premises", "pub")


class UnknownPlaceKindError(PlainError, LookupError):
    """There is no such kind of place, or it is loaded in another way."""

    def __init__(self, kind: str) -> None:
        if kind.strip().casefold().replace(" ", "_").replace("-", "_") in _PREMISES:
            message = (
                "Licensed premises are not loaded as a kind of place, as they have closing hours. "
                "Load them with `hotspots premises FILE`."
            )
        else:
            message = f"Unknown kind of place {kind[:40]!r}. Use one of {', '.join(PLACE_KINDS)}."
        super().__init__(message)


@dataclass(frozen=True, slots=True, eq=False)
class PlacesLayer:
    """The places of one kind.

    Attributes
    ----------
    kind : PlaceKind
    title : str
        For people.
    shown_on : date
        The day whose state of things it shows.
    source, licence, credit : str
        Where it comes from, under which licence, and the line that has to stand on every map of it.
    frame : GeoDataFrame
        Columns `PLACE_COLUMNS`, in the store's metric CRS. ``name`` is "" where a place has none;
        ``place_class`` is a `StreetClass` for streets, else what the source calls it, or "".
        Streets have those of `STREET_COLUMNS` that their source knows as well. The shapes are
        valid, two-dimensional, and of the families of `KIND_FAMILIES`.
    """

    kind: PlaceKind
    title: str
    shown_on: date
    source: str
    licence: str
    credit: str
    frame: gpd.GeoDataFrame

    def __len__(self) -> int:
        return len(self.frame)


def read_place_kind(text: str) -> PlaceKind:
    """Return the kind of that name; spaces and hyphens stand for underscores.

    Raises
    ------
    UnknownPlaceKindError
    """
    plain = text.strip().casefold().replace(" ", "_").replace("-", "_")
    for kind in PLACE_KINDS:
        if kind == plain:
            return kind
    raise UnknownPlaceKindError(text)


def kind_in_sentence(kind: PlaceKind) -> str:
    """Return what the places of a kind are called within a sentence: "bus stops"."""
    label = KIND_LABELS[kind].partition(" (")[0]
    return label[:1].lower() + label[1:]


def accepted_families(kind: PlaceKind) -> tuple[Family, ...]:
    """Return the families of shapes that a file of this kind may hold."""
    families = KIND_FAMILIES[kind]
    return ("point", "polygon") if families == ("point",) else families


def families_label(kind: PlaceKind) -> str:
    """Return what the shapes of a file of this kind must be: "points or polygons"."""
    return " or ".join(FAMILY_LABELS[each] for each in accepted_families(kind))


def places_box(ward_bounds: Bounds) -> Bounds:
    """Return the box that places are kept in: that of the wards and 1 km around."""
    west, south, east, north = ward_bounds
    return (
        west - AROUND_WARDS_M,
        south - AROUND_WARDS_M,
        east + AROUND_WARDS_M,
        north + AROUND_WARDS_M,
    )
