"""What class a street is of, from what its source calls it.

Five classes are enough to draw and to name by. They are mapped from OS Open Roads
(``road_function`` and ``road_classification``), OS Open Zoomstack (``type``), OpenStreetMap
(``highway``), and the letters of a highway authority's own list (A, B, C, U). A value that is none
of these is a local street, as most streets are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geo.places import StreetClass

_BY_VALUE: Final[dict[StreetClass, tuple[str, ...]]] = {
    "motorway": ("motorway", "motorway link"),
    "main": ("trunk", "trunk link", "primary", "primary link", "primary road", "a road", "a"),
    "secondary": (
        "secondary", "secondary link", "tertiary", "tertiary link", "b road", "b", "c road", "c",
        "minor", "minor road", "classified unnumbered",
    ),
    "path": (
        "footway", "path", "cycleway", "steps", "bridleway", "track", "footpath", "byway",
        "path with stairs", "path with ramp", "path with steps",
    ),
}  # fmt: skip
# A pedestrianised street is a street with shops and a name, not a path: it stays local.
_CLASSES: Final[dict[str, StreetClass]] = {
    value: street_class for street_class, values in _BY_VALUE.items() for value in values
}
_NO_STREETS: Final = frozenset(
    (
        "proposed", "planned", "construction", "corridor", "abandoned", "disused", "razed",
        "demolished", "removed", "elevator", "platform", "rest area", "services", "raceway",
        "via ferrata", "emergency bay", "traffic island", "no",
    )
)  # fmt: skip


def street_class(value: str) -> StreetClass:
    """Return the class of a street; "local" for a value that is not known."""
    return _CLASSES.get(_plain(value), "local")


def is_known_street_value(value: str) -> bool:
    """Tell whether a value is one that says what class a street is of, or that it is none."""
    plain = _plain(value)
    return plain in _CLASSES or plain in _NO_STREETS


def no_street_reason(value: str) -> str:
    """Return why a line of this value is no street that anyone can walk by; "" where it is one."""
    plain = _plain(value)
    return f"it is no street that is there and open ({plain})" if plain in _NO_STREETS else ""


def _plain(value: str) -> str:
    return " ".join(re.split(r"[\W_]+", value.casefold())).strip()
