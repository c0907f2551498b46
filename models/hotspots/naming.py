"""Names for hotspots and other sets of incidents, as far as their incidents can bear them.

What may be claimed is the guard's (`models.hotspots.guard`): where most incidents are not known to
have happened where their points lie, a name says "around" and takes no street as their place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.naming.evidence import Place
from geo.naming.names import names_together
from geo.polygon_index import PolygonIndex
from models.hotspots.guard import guard_of
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.naming.gazetteer import Gazetteer
    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.shape import Hotspots

_CELL_M: Final = 25.0
_TEXTS: Final = 3


def place_of(shape: BaseGeometry, members: Incidents, *, ward: str) -> Place:
    """Return a set of incidents as something that is to have a name.

    Parameters
    ----------
    shape : geometry
        What is drawn of it, in the metric CRS.
    members : Incidents
        None may be sensitive: those have no position.
    ward : str
        The ward of most of them; "" outside every ward.
    """
    xy = np.column_stack([members.easting, members.northing])
    return Place(
        shape=shape,
        points=xy[np.isfinite(xy).all(axis=1)],
        claims_street=bool(len(members)) and not guard_of(members).no_street,
        texts=_commonest(members),
        ward=ward,
    )


def named_hotspots(
    hotspots: Hotspots, incidents: Incidents, *, area: StudyArea, gazetteer: Gazetteer
) -> Hotspots:
    """Return hotspots with names from the ground in ``near``, no two of them alike.

    Parameters
    ----------
    hotspots : Hotspots
    incidents : Incidents
        That they were found in.
    area : StudyArea
    gazetteer : Gazetteer
    """
    frame = hotspots.frame
    if frame.empty:
        return hotspots
    shapes = frame.geometry.tolist()
    polygon = PolygonIndex.of(shapes, cell_m=_CELL_M).locate(incidents.easting, incidents.northing)
    inside = np.flatnonzero((polygon >= 0) & in_study_area(incidents, area))
    inside = inside[np.argsort(polygon[inside], kind="stable")]
    ends = np.cumsum(np.bincount(polygon[inside], minlength=len(shapes)))
    places = [
        place_of(shape, incidents.take(rows), ward=wards[0].name if wards else "")
        for shape, wards, rows in zip(
            shapes, frame["wards"], np.split(inside, ends[:-1]), strict=True
        )
    ]
    named = frame.assign(near=list(names_together(gazetteer, places)))
    named["near"] = named["near"].astype(frame["near"].dtype)
    return replace(hotspots, frame=named)


def _commonest(members: Incidents) -> tuple[str, ...]:
    """Return the streets that incidents name, the commonest first, then by name."""
    counts = Counter(members.street[members.street >= 0].tolist())
    order = sorted(counts, key=lambda at: (-counts[at], members.streets[at]))
    return tuple(members.streets[at] for at in order[:_TEXTS])
