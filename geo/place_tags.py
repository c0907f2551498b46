"""What makes a row a place of a kind: OpenStreetMap's tags, and the codes of national registers.

OpenStreetMap puts everything into the same few layers, and NaPTAN every stop into one list, so a
row is looked at before it is taken. Registers also keep what has closed: a row that says so is
rejected, since a school that has closed is no place to send a team to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.places import PlaceKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARKS: Final = (
    "park garden nature_reserve pitch playground recreation_ground common golf_course dog_park"
)
_GREEN_LAND: Final = "grass recreation_ground village_green cemetery allotments meadow forest"
_WATERWAYS: Final = "river canal stream dock riverbank drain ditch tidal_channel"
_RAILWAYS: Final = "rail light_rail subway tram narrow_gauge monorail funicular preserved"
# Kind to OpenStreetMap's keys and the values that count; the first that fits is the place's class.
OSM_TAGS: Final[dict[PlaceKind, dict[str, frozenset[str]]]] = {
    "street": {"highway": frozenset()},  # any value, see `geo.street_classes`
    "park": {
        "leisure": _words(_PARKS),
        "landuse": _words(_GREEN_LAND),
        "natural": _words("wood grassland heath scrub"),
    },
    "water": {
        "natural": _words("water bay"),
        "waterway": _words(_WATERWAYS),
        "landuse": _words("reservoir basin"),
    },
    "rail": {"railway": _words(_RAILWAYS)},
    "station": {"railway": _words("station halt tram_stop")},
    "bus_stop": {"highway": _words("bus_stop")},
    "school": {"amenity": _words("school kindergarten college university")},
    "hospital": {"amenity": _words("hospital"), "healthcare": _words("hospital")},
    "estate": {"landuse": _words("residential")},
    "town_centre": {"landuse": _words("retail commercial")},
    "camera": {"man_made": _words("surveillance")},
    "zone": {},
    "other": {},
}
# The layers that GDAL makes of an OpenStreetMap file, by kind.
OSM_LAYERS: Final[dict[PlaceKind, tuple[str, ...]]] = {
    "street": ("lines",),
    "rail": ("lines",),
    "water": ("multipolygons", "lines"),
    "park": ("multipolygons",),
    "estate": ("multipolygons",),
    "town_centre": ("multipolygons",),
    "station": ("points", "multipolygons"),
    "bus_stop": ("points",),
    "school": ("points", "multipolygons"),
    "hospital": ("points", "multipolygons"),
    "camera": ("points",),
    "zone": (),
    "other": (),
}
# NaPTAN's StopType (Department for Transport, NaPTAN schema guide).
_STOP_TYPES: Final[dict[PlaceKind, frozenset[str]]] = {
    "bus_stop": _words("bct bcs bcq"),
    "station": _words("rly met"),
}
_ENDED: Final = re.compile(r"closed|inactive|deleted|del|proposed to open", re.IGNORECASE)
_OTHER_TAG: Final = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def tags_of(row: Mapping[str, str], *, other_tags: str) -> dict[str, str]:
    """Return the tags of an OpenStreetMap row.

    Parameters
    ----------
    row : mapping of str to str
        Those that have a column of their own; "" where a row has no such tag.
    other_tags : str
        The rest, as GDAL writes them: ``"railway"=>"rail","gauge"=>"1435"``.
    """
    rest = {
        key.replace('\\"', '"'): value.replace('\\"', '"').replace("\\\\", "\\")
        for key, value in _OTHER_TAG.findall(other_tags)
    }
    return rest | {key: value for key, value in row.items() if value}


def class_by_tags(tags: Mapping[str, str], *, kind: PlaceKind) -> str | None:
    """Return the class of an OpenStreetMap row; None where no tag makes it one of the kind."""
    for key, values in OSM_TAGS[kind].items():
        value = tags.get(key, "")
        if value and (not values or value in values):
            return value
    return None


def stop_type_reason(stop_type: str, *, kind: PlaceKind) -> str:
    """Return why a stop of NaPTAN is none of this kind; "" where it is."""
    wanted = _STOP_TYPES.get(kind)
    if wanted is None or stop_type.casefold() in wanted:
        return ""
    return f"its stop type is {stop_type[:20]}, which is another kind of place"


def ended_reason(status: str) -> str:
    """Return why a row of a register is of no use, if it has closed; "" where it is in use."""
    return f"the register says that it is {status[:40].casefold()}" if _is_ended(status) else ""


def _is_ended(status: str) -> bool:
    return _ENDED.fullmatch(status.strip()) is not None
