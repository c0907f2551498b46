"""The places of a store by kind, kept in memory: its layers of places, and licensed premises."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.layers.places import load_places, loaded_places
from data.layers.premises import load_premises
from data.rows.errors import DamagedFileError
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.nearby import PlaceGroup, places_here
from geo.places import KIND_LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.areas import Area
    from geo.nearby import PlacesHere
    from geo.places import PlaceKind

PREMISES: Final = "premises"
PREMISES_LABEL: Final = "Licensed premises"


def place_groups(settings: Settings) -> tuple[PlaceGroup, ...]:
    """Return the places that are loaded, by kind in the order of the kinds, premises last.

    They are shared and kept, so nobody may change them.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    layers = tuple((each.kind, each.digest) for each in loaded_places(settings))
    path = settings.premises_path
    return _groups(_Key(layers, path.stat().st_mtime_ns if path.is_file() else 0, settings))


def place_shapes(settings: Settings) -> tuple[NDArray[np.object_], ...]:
    """Return the shapes of each loaded kind but streets, which are near everything.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    return tuple(each.shapes for each in place_groups(settings) if each.key != "street")


def loaded_kinds(settings: Settings) -> tuple[str, ...]:
    """Return which kinds of places can be asked for; none where a layer is damaged."""
    try:
        return tuple(each.key for each in place_groups(settings))
    except DamagedFileError:
        return ()


def places_at(outline: Area, settings: Settings) -> tuple[PlacesHere, ...]:
    """Return the loaded places in an outline and around it, by kind.

    A damaged layer takes no hotspot away: nothing is then said of places. Import data names it.
    """
    try:
        return places_here(outline, place_groups(settings))
    except DamagedFileError:
        return ()


@dataclass(frozen=True, slots=True)
class _Key:
    """What the groups follow from, and the settings that they are read by."""

    layers: tuple[tuple[PlaceKind, str], ...]
    premises: int
    settings: Settings = field(compare=False)


@lru_cache(maxsize=2)
def _groups(key: _Key) -> tuple[PlaceGroup, ...]:
    groups: list[PlaceGroup] = []
    for kind, _ in key.layers:
        layer = load_places(key.settings, kind)
        if layer is not None and len(layer):
            names = layer.frame["name"].fillna("").to_numpy(dtype=object)
            shapes = layer.frame.geometry.to_numpy()
            groups.append(PlaceGroup(kind, KIND_LABELS[kind], names, shapes))
    premises = load_premises(key.settings.premises_path, metric_crs=key.settings.metric_crs)
    if premises is not None and len(premises.names):
        shapes = np.asarray(shapely.points(premises.easting, premises.northing))
        names = np.array(premises.names, dtype=object)
        groups.append(PlaceGroup(PREMISES, PREMISES_LABEL, names, shapes))
    return tuple(groups)
