"""The network of the streets that are loaded, kept in memory for the newest state of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from data.layers.places import load_places, loaded_place
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.streets.network import street_network
from geo.streets.segments import segments_of

if TYPE_CHECKING:
    from geo.streets.network import StreetNetwork
    from geo.streets.segments import Segments


def streets_in_use(settings: Settings) -> StreetNetwork | None:
    """Return the network of the loaded streets; None where none are loaded.

    It is shared and kept, so nobody may change it.

    Raises
    ------
    DamagedFileError
        If the layer cannot be read.
    """
    about = loaded_place(settings, "street")
    if about is None:
        return None
    return _network(_Key(about.digest, settings))


def segments_in_use(settings: Settings) -> Segments | None:
    """Return the segments of the loaded streets; None where none are loaded.

    They are shared and kept, so nobody may change them.

    Raises
    ------
    DamagedFileError
        If the layer cannot be read.
    """
    about = loaded_place(settings, "street")
    return None if about is None else _segments(_Key(about.digest, settings))


@dataclass(frozen=True, slots=True)
class _Key:
    """What the network follows from, and the settings that it is read by."""

    digest: str
    settings: Settings = field(compare=False)


@lru_cache(maxsize=2)
def _network(key: _Key) -> StreetNetwork | None:
    layer = load_places(key.settings, "street")
    return None if layer is None else street_network(layer.frame)


@lru_cache(maxsize=2)
def _segments(key: _Key) -> Segments | None:
    network = _network(key)
    return None if network is None else segments_of(network)
