"""In which direction cars may use a street, from what its source calls it.

OpenStreetMap has ``oneway`` (yes, -1, and roundabouts and motorways that are one-way unless they
say otherwise), its shapefiles F and T, road networks of the Ordnance Survey and of INSPIRE
``directionality`` (in direction, in opposite direction), and other agencies FT and TF. OS Open
Roads does not know. What reverses with the hour, and any other value, counts as both ways: a team
is then sent a way that it may have to change, and never told that there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

OneWay = Literal["", "forward", "backward"]
# Columns that say it, as they are compared: without case, spaces and punctuation.
ONE_WAY_COLUMNS: Final = ("oneway", "directionality", "directionoftravel", "trafficdirection")
_FORWARD: Final = frozenset(("yes", "true", "1", "f", "ft", "forward", "indirection"))
_BACKWARD: Final = frozenset(("-1", "reverse", "t", "tf", "backward", "inoppositedirection"))
_SAYS_NOTHING: Final = frozenset(("", "unknown"))
_ROUND: Final = frozenset(("roundabout", "circular"))
_MOTORWAYS: Final = frozenset(("motorway",))


def one_way(value: str) -> OneWay:
    """Return the direction that a value means, along the line of the street."""
    plain = value.strip().casefold()
    key = plain if plain == "-1" else re.sub(r"[\W_]+", "", plain.rpartition("/")[2])
    if key in _FORWARD:
        return "forward"
    return "backward" if key in _BACKWARD else ""


def one_way_by_tags(tags: Mapping[str, str]) -> OneWay:
    """Return the direction that OpenStreetMap's tags mean, stated or implied."""
    stated = tags.get("oneway", "").strip().casefold()
    if stated not in _SAYS_NOTHING:
        return one_way(stated)
    implied = tags.get("junction", "") in _ROUND or tags.get("highway", "") in _MOTORWAYS
    return "forward" if implied else ""
