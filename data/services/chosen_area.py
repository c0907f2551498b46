"""The area that a review from the command line is about: of a file, or a circle around a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.postcodes import postcodes_in_use
from data.sources.area_files import AREA_LIMITS, read_areas
from data.sources.source_file import open_source
from geo.areas import checked_area, circle
from geo.counting import counted
from geo.errors import PlainError
from geo.place_text import typed_place

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store
    from geo.areas import Area


class WhichAreaError(PlainError, ValueError):
    """No area was given, or a file that holds several."""


def chosen_area(store: Store, *, path: Path | None, place: str | None, radius_m: float) -> Area:
    """Return the one area that is meant, in the store's metric CRS.

    Parameters
    ----------
    store : Store
    path : Path or None
        A file of areas that holds one.
    place : str or None
        A postcode, or easting and northing.
    radius_m : float
        Of the circle around the place.

    Raises
    ------
    WhichAreaError
        If neither or both are given, or the file holds several areas.
    AreaError, FileError
        If it cannot be used.
    """
    wards = store.wards.frame
    if (path is None) == (place is None):
        message = "Give either a FILE with the area or --place with a postcode or grid reference."
        raise WhichAreaError(message)
    if path is not None:
        read = read_areas(open_source(path, limits=AREA_LIMITS), wards=wards).areas
        if len(read) > 1:
            names = ", ".join(each.name for each in read[:5])
            message = (
                f"{path.name} holds {counted(len(read), 'area')} ({names}); a review is about one. "
                "Keep only that in the file."
            )
            raise WhichAreaError(message)
        return read[0].area.shape
    used = store.settings
    at = typed_place(place or "", postcodes=postcodes_in_use(used), metric_crs=used.metric_crs)
    around = circle(at.easting, at.northing, radius_m=radius_m)
    return checked_area(around, wards=wards).shape
