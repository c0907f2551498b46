"""Where licensing evidence is from: around premises, or in a night-time area.

Where positions are too rough to tell one of the premises from its neighbour, the distance is
widened to one at which nobody would take the count for that of the premises.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.areas import circle
from geo.polygon_index import PolygonIndex
from models.hotspots.guard import guard_of
from models.nights.evidence_shape import WITHIN_M, EvidencePlace, UnknownPlaceError, WithinError
from models.nights.premises_nearby import incidents_near_premises

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.areas import Area
    from models.nights.history import NightHistory
    from models.nights.premises import Premises
    from models.nights.review import Span

WIDENED_M: Final = 250.0
_CELL_M: Final = 25.0


def premises_place(premises: Premises, at: int, *, within_m: float) -> EvidencePlace:
    """Return the place of licensed premises.

    Raises
    ------
    WithinError
        If the distance is none of `WITHIN_M`.
    """
    if within_m not in WITHIN_M:
        raise WithinError(within_m)
    here = (float(premises.easting[at]), float(premises.northing[at]))
    place = EvidencePlace(
        name=premises.names[at],
        area=circle(*here, radius_m=within_m),
        within_m=within_m,
        position=here,
        kind=premises.kinds[at],
        closes=premises.closing(at),
        closes_minute=int(premises.closes_minute[at]),
    )
    return replace(place, others=int(premises_inside(place, premises).sum()) - 1)


def premises_called(premises: Premises, name: str) -> int:
    """Return which premises bear a name, whatever its capitals.

    Raises
    ------
    UnknownPlaceError
        If none does, or more than one.
    """
    asked = " ".join(name.split()).casefold()
    same = [at for at, each in enumerate(premises.names) if each.casefold() == asked]
    if len(same) == 1:
        return same[0]
    close = [each for each in premises.names if asked and asked in each.casefold()][:5]
    what = "licensed premises"
    raise UnknownPlaceError(what, asked=name, close=tuple(close))


def area_place(name: str, area: Area, *, premises: Premises | None) -> EvidencePlace:
    """Return the place of a night-time area."""
    inside = None
    if premises is not None:
        inside = int(premises_inside(EvidencePlace(name, area), premises).sum())
    return EvidencePlace(name=name, area=area, others=inside)


def inside_place(place: EvidencePlace, history: NightHistory) -> NDArray[np.bool_]:
    """Tell which incidents of a history lie in a place; bool array of the history's length."""
    incidents = history.incidents
    inside = np.zeros(len(history.night), dtype=np.bool_)
    if place.position is None or place.within_m is None:
        index = PolygonIndex.of([place.area], cell_m=_CELL_M)
        return np.asarray(index.locate(incidents.easting, incidents.northing) == 0)
    rows = np.flatnonzero(history.placed)
    members = incidents.take(rows)
    pairs = incidents_near_premises(
        (np.array([place.position[0]]), np.array([place.position[1]])),
        (members.easting, members.northing),
        radius_m=place.within_m,
    )
    inside[rows[pairs.incident]] = True
    return inside


def wide_enough(
    place: EvidencePlace, history: NightHistory, span: Span, *, premises: Premises | None
) -> EvidencePlace:
    """Return a place, widened where positions are too rough to tell its neighbours apart.

    Parameters
    ----------
    place : EvidencePlace
    history : NightHistory
    span : Span
        The nights whose incidents are asked about.
    premises : Premises, optional
        To count the others again.
    """
    if place.position is None or place.within_m is None or place.within_m >= WIDENED_M:
        return place
    wide = replace(place, within_m=WIDENED_M, asked_m=place.within_m)
    near = history.incidents.take(
        np.flatnonzero(history.placed & span.rows & inside_place(wide, history))
    )
    if not guard_of(near).no_distances:
        return place
    drawn = replace(wide, area=circle(*place.position, radius_m=WIDENED_M))
    if premises is None:
        return drawn
    return replace(drawn, others=int(premises_inside(drawn, premises).sum()) - 1)


def premises_inside(place: EvidencePlace, premises: Premises) -> NDArray[np.bool_]:
    """Tell which premises lie in a place; bool array of the length of the list."""
    if place.position is not None and place.within_m is not None:
        across = np.hypot(
            premises.easting - place.position[0], premises.northing - place.position[1]
        )
        return np.asarray(across <= place.within_m)
    index = PolygonIndex.of([place.area], cell_m=_CELL_M)
    return np.asarray(index.locate(premises.easting, premises.northing) == 0)
