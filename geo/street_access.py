"""Which streets are not for walkers, and which are one of two carriageways, as sources say it.

OpenStreetMap has ``foot``, ``motorroad``, ``access``, ``sidewalk``, ``dual_carriageway`` and, for a
slip road, ``highway=*_link``; the Ordnance Survey's road networks have ``form_of_way``. A source
that has none of these does not know, and its streets count as open to walkers, but for motorways.

A street is barred only where its source says so. A pavement that a source does not mention may well
be there, so no pavement stated bars the carriageways of main roads alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.places import StreetClass

# "walkers": nobody may walk there; "slow": nobody may walk or cycle there.
Barred = Literal["", "walkers", "slow"]
# "dual": one of two carriageways; "collapsed": one line for both; "slip": a slip road.
Carriageway = Literal["", "dual", "collapsed", "slip", "roundabout"]
# Keys and columns that say it, as they are compared: without case, spaces and punctuation.
ACCESS_KEYS: Final = (
    "foot", "motorroad", "access", "sidewalk", "sidewalkboth", "dualcarriageway", "junction",
    "formofway",
)  # fmt: skip
_YES: Final = frozenset(("yes", "true", "1"))
_NOT_ON_FOOT: Final = frozenset(("no", "use sidepath"))
_ON_FOOT: Final = frozenset(("yes", "designated", "permissive", "official"))
_NO_PAVEMENT: Final = frozenset(("no", "none"))
_ROUND: Final = frozenset(("roundabout", "circular"))
_FORMS: Final[dict[str, Carriageway]] = {
    "dualcarriageway": "dual",
    "collapseddualcarriageway": "collapsed",
    "sliproad": "slip",
    "roundabout": "roundabout",
}


def access_key(name: str) -> str:
    """Return a column or a key of OpenStreetMap as it is compared."""
    return re.sub(r"[\W_]+", "", name.casefold())


def carriageway_of(tags: Mapping[str, str], *, highway: str) -> Carriageway:
    """Return what kind of carriageway a line is.

    Parameters
    ----------
    tags : mapping of str to str
        Values by `access_key`; keys that are not there say nothing.
    highway : str
        OpenStreetMap's, or what else the source calls the street.
    """
    form = _FORMS.get(access_key(tags.get("formofway", "").rpartition("/")[2]))
    if form is not None:
        return form
    if _plain(tags.get("junction", "")) in _ROUND:
        return "roundabout"
    if _plain(highway).endswith(" link"):
        return "slip"
    return "dual" if _plain(tags.get("dualcarriageway", "")) in _YES else ""


def barred_to(tags: Mapping[str, str], *, highway: str, street_class: StreetClass) -> Barred:
    """Return who may not use a street, other than by car; see `carriageway_of`."""
    if _plain(tags.get("motorroad", "")) in _YES:
        return "slow"
    foot = _plain(tags.get("foot", ""))
    if foot in _NOT_ON_FOOT:
        return "walkers"
    if foot in _ON_FOOT:
        return ""
    if _plain(tags.get("access", "")) == "no":
        return "slow"
    pavement = _plain(tags.get("sidewalk", "") or tags.get("sidewalkboth", ""))
    bare = street_class == "main" and pavement in _NO_PAVEMENT
    return "walkers" if bare and carriageway_of(tags, highway=highway) == "dual" else ""


def _plain(value: str) -> str:
    return " ".join(re.split(r"[\W_]+", value.casefold())).strip()
