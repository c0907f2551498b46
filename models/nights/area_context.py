"""What lies around a night-time area: licensed premises, borders, and ground without data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from geo.polygon_index import PolygonIndex

if TYPE_CHECKING:
    from models.incidents.dataset import Dataset
    from models.nights.areas import NightArea
    from models.nights.premises import Premises

NEAR_AREA_M: Final = 50.0
_LOOK_UP_CELL_M: Final = 25.0
_MENTIONED: Final = 0.01  # less is the roughness of two outlines


@dataclass(frozen=True, slots=True)
class AreaContext:
    """What lies around an area.

    Attributes
    ----------
    premises : int or None
        Licensed premises in it or within 50 m; None where no list is loaded.
    new_premises : int or None
        Those licensed since a day; None where the list does not say since when.
    notes : tuple of str
        What a reader must know: ground without data, a border, no premises.
    """

    premises: int | None
    new_premises: int | None
    notes: tuple[str, ...]


def context_of(
    dataset: Dataset, area: NightArea, *, premises: Premises | None, since: int
) -> AreaContext:
    """Return what lies around an area.

    Parameters
    ----------
    dataset : Dataset
    area : NightArea
    premises : Premises or None
    since : int
        Days since 1970-01-01; premises licensed after it are new.
    """
    number, new = _premises_nearby(area, premises, since=since)
    notes = (*_border_notes(dataset, area), *_premises_notes(number))
    return AreaContext(premises=number, new_premises=new, notes=notes)


def _premises_nearby(
    area: NightArea, premises: Premises | None, *, since: int
) -> tuple[int | None, int | None]:
    """Return how many licensed premises lie in or within 50 m of an area, and how many are new."""
    if premises is None:
        return None, None
    index = PolygonIndex.of([area.polygon.buffer(NEAR_AREA_M)], cell_m=_LOOK_UP_CELL_M)
    inside = index.locate(premises.easting, premises.northing) == 0
    new = int((inside & (premises.opened_day > since)).sum())
    return int(inside.sum()), new if premises.has_opening_days else None


def _premises_notes(number: int | None) -> tuple[str, ...]:
    if number != 0:
        return ()
    return (
        "None of the licensed premises loaded lies in it or within 50 m: it may not be night-time "
        "economy at all.",
    )


def _border_notes(dataset: Dataset, area: NightArea) -> tuple[str, ...]:
    """Say of how much of an area's ground no incidents with hours are held."""
    snapshot = dataset.snapshot
    timed = {each.borough for each in snapshot.coverage if not each.monthly}
    wards = dataset.wards.frame.geometry.to_numpy()
    parts = shapely.area(shapely.intersection(wards, area.polygon)) / area.polygon.area
    notes = []
    outside = 1 - float(parts.sum())
    if outside > _MENTIONED:
        notes.append(
            f"{outside:.0%} of its ground lies outside the wards loaded: what happens there is "
            "counted only as far as the files hold it."
        )
    for at, code in enumerate(snapshot.borough_codes):
        share = float(parts[snapshot.ward_boroughs == at].sum())
        if share > _MENTIONED and code not in timed:
            notes.append(
                f"{share:.0%} of its ground lies in {snapshot.borough_names[at]}, for which no "
                "incidents with hours are loaded: the area is not shown whole. Load that "
                "borough's extract."
            )
    return tuple(notes)
