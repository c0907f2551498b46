"""A place as people type it: a postcode, an easting and northing, or a latitude and longitude."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyproj import Transformer

from geo.crs import WGS84
from geo.errors import PlainError
from geo.geocoding import Fault, fault_description

if TYPE_CHECKING:
    from geo.postcodes import PostcodeTable

_NUMBERS: Final = re.compile(r"^\s*(-?\d+(?:\.\d+)?)(?:\s*[,;/]\s*|\s+)(-?\d+(?:\.\d+)?)\s*$")
_NORTHMOST: Final = 90.0
_EASTMOST: Final = 180.0


class PlaceTextError(PlainError, LookupError):
    """A place that was typed is not known; the message says what would be."""


@dataclass(frozen=True, slots=True)
class TypedPlace:
    """A place in the metric CRS, and what it is called."""

    easting: float
    northing: float
    label: str


def typed_place(text: str, *, postcodes: PostcodeTable | None, metric_crs: str) -> TypedPlace:
    """Return the place that a text names.

    Parameters
    ----------
    text : str
        "E1 6QL", "533846 181990" or "51.52, -0.07".
    postcodes : PostcodeTable or None
        The table in use, in `metric_crs`; None where none was loaded.
    metric_crs : str

    Raises
    ------
    PlaceTextError
    """
    numbers = _NUMBERS.match(text)
    if numbers:
        first, second = float(numbers[1]), float(numbers[2])
        if abs(first) <= _NORTHMOST and abs(second) <= _EASTMOST:
            to_metres = Transformer.from_crs(WGS84, metric_crs, always_xy=True)
            easting, northing = to_metres.transform(second, first)
            return TypedPlace(easting, northing, f"latitude {first:.5f}, longitude {second:.5f}")
        return TypedPlace(first, second, f"easting {first:.0f}, northing {second:.0f}")
    if postcodes is None:
        message = (
            f"{text.strip()[:40]!r} cannot be looked up: no postcode table is loaded. Give an "
            "easting and a northing (533846 181990), or load postcodes on the page Import data."
        )
        raise PlaceTextError(message)
    found = postcodes.positions([text])
    if found.fault[0]:
        why = fault_description(Fault(int(found.fault[0])))
        message = (
            f"{text.strip()[:40]!r} is not a place: {why}. Give a full postcode (E1 6QL), or an "
            "easting and a northing (533846 181990)."
        )
        raise PlaceTextError(message)
    code = " ".join(text.upper().split())
    return TypedPlace(float(found.easting[0]), float(found.northing[0]), code)
