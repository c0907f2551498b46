"""What an officer's map can be searched for, and where a row of a table moves it.

A map finds wards, streets, stations and postcodes by itself. What is named here comes on top of
that, so a page whose map may offer nothing more, as the ward panel's, names nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.exports.labels import place_label
from data.services.map_search import findable_taskings
from geo.counting import counted
from geo.screen.found_places import MapMove, MapPlace
from models.tasking.lifecycle import STATUS_LABELS
from pages.shell import state
from pages.shell.person import person
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry


def hotspot_places(hotspots: gpd.GeoDataFrame) -> list[MapPlace]:
    """Return ranked hotspots as a map's search finds them: by rank, street and ward."""
    return [
        MapPlace(
            name=f"{row.rank}. {place_label(row)}",
            kind="hotspot",
            detail=f"{counted(row.incidents, 'incident')}",
            shape=row.geometry,
        )
        for row in hotspots.itertuples()
    ]


def tasking_places() -> list[MapPlace]:
    """Return the open taskings that whoever is signed in may find on a map.

    Raises
    ------
    SignInEndedError
    """
    return [
        MapPlace(
            name=f"{each.reference} {each.draft.title}",
            kind="tasking",
            detail=", ".join(filter(None, (STATUS_LABELS[each.status], each.draft.near))),
            shape=each.draft.area,
        )
        for each in findable_taskings(operations(), person())
    ]


def ask_move(key: str, place: str) -> None:
    """Ask for a map to show a place, from the callback of its row; again for the same one too.

    Parameters
    ----------
    key : str
        The map's.
    place : str
        What the page calls the place.
    """
    state.put(f"{key}-move", place)
    state.put(f"{key}-moves", int(state.value(f"{key}-moves", 0)) + 1)


def show_row(
    table: str, places: Sequence[str], *, key: str, then: Callable[[str], None] | None = None
) -> None:
    """Ask for a map to show the place of the cell that was clicked, from its table's callback.

    Parameters
    ----------
    table : str
        Key of the table, in which single cells are selected.
    places : sequence of str
        The place of each row.
    key : str
        The map's.
    then : callable, optional
        Called with the place too.
    """
    for row, _ in state.value(table)["selection"]["cells"]:
        if row < len(places):
            ask_move(key, places[row])
            if then:
                then(places[row])


def asked_place(key: str) -> str:
    """Return the place that a map was last asked to show; "" before that."""
    return str(state.value(f"{key}-move", ""))


def move_to(
    key: str, shape: BaseGeometry | None, *, name: str = "", marked: bool = True
) -> MapMove | None:
    """Return the move that was asked for, to the shape of `asked_place`; None where there is none.

    Parameters
    ----------
    key : str
        The map's.
    shape : BaseGeometry or None
        In the store's metric CRS; None for a place that is not on the page any more.
    name : str
        Written next to it for a moment.
    marked : bool
        Whether its outline is drawn for a moment.
    """
    number = int(state.value(f"{key}-moves", 0))
    return MapMove(shape, number, name, marked) if number and shape is not None else None
