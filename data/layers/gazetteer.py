"""What names of places are made from, kept in memory for the newest state of the store's layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from data.faults import plain_faults
from data.layers.places import load_places, loaded_places
from data.layers.postcodes import postcodes_in_use
from data.layers.streets import streets_in_use
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.naming.gazetteer import gazetteer
from geo.naming.landmarks import LANDMARK_KINDS

if TYPE_CHECKING:
    from geo.naming.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class GazetteerState:
    """What names of places follow from.

    Attributes
    ----------
    store : str
    digests : tuple of str
        Of the layers that name places.
    postcodes_changed : int
    """

    store: str
    digests: tuple[str, ...]
    postcodes_changed: int


def gazetteer_state(settings: Settings) -> GazetteerState:
    """Return what names of places follow from, without reading a shape.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    kinds = ("street", *LANDMARK_KINDS)
    digests = [each.digest for each in loaded_places(settings) if each.kind in kinds]
    with plain_faults("A file of the store"):
        path = settings.postcodes_path
        changed = path.stat().st_mtime_ns if path.exists() else 0
    return GazetteerState(str(settings.store.resolve()), tuple(digests), changed)


def gazetteer_in_use(settings: Settings) -> Gazetteer:
    """Return the gazetteer of the layers that are loaded; an empty one where none are.

    It is shared and kept, so nobody may change it.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    return _gazetteer(_Key(gazetteer_state(settings), settings))


@dataclass(frozen=True, slots=True)
class _Key:
    """What a gazetteer follows from, and the settings that its layers are read by."""

    state: GazetteerState
    settings: Settings = field(compare=False)


@lru_cache(maxsize=2)
def _gazetteer(key: _Key) -> Gazetteer:
    layers = [load_places(key.settings, kind) for kind in LANDMARK_KINDS]
    postcodes = postcodes_in_use(key.settings)
    if postcodes is not None and postcodes.metric_crs != key.settings.metric_crs:
        postcodes = None
    return gazetteer(
        network=streets_in_use(key.settings),
        layers=[layer for layer in layers if layer is not None],
        postcodes=postcodes,
    )
