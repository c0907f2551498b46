"""The ground of maps: the layers it is drawn of, and the files that browsers fetch.

Both follow from the layers' digests and the ward file alone, and are kept in memory for the newest
state of the store, so that a layer that is loaded again is drawn again and nothing else is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from data.faults import plain_faults
from data.layers.places import load_places, loaded_places
from data.layers.wards import wards_or_none
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.ground import GROUND_KINDS, ground_of
from geo.places import places_box

if TYPE_CHECKING:
    from geo.ground import Ground
    from geo.places import PlacesLayer


@dataclass(frozen=True, slots=True)
class _State:
    """What the ground follows from."""

    store: str
    digests: tuple[str, ...]
    wards_changed: int
    settings: Settings = field(compare=False)

    @classmethod
    def of(cls, settings: Settings) -> _State:
        digests = [each.digest for each in loaded_places(settings) if each.kind in GROUND_KINDS]
        with plain_faults("A file of the store"):
            path = settings.wards_path
            changed = path.stat().st_mtime_ns if path.exists() else 0
        return cls(str(settings.store.resolve()), tuple(digests), changed, settings)


def ground_layers(settings: Settings) -> tuple[PlacesLayer, ...]:
    """Return the layers that every map is drawn on: water, parks, rail, streets, stations.

    They are shared and kept, so nobody may change them.

    Raises
    ------
    DamagedFileError
        If one of them cannot be read.
    """
    return _layers(_State.of(settings))


def map_ground(settings: Settings) -> Ground | None:
    """Return the ground that maps in a browser are drawn on; None where no layer of it is loaded.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    return _ground(_State.of(settings))


def ground_file(settings: Settings, *, digest: str, sheet: str) -> bytes | None:
    """Return a file of the ground in use; None for another digest, or a sheet that is not there.

    Parameters
    ----------
    settings : Settings
    digest : str
        As `Ground.digest` gives it.
    sheet : str
        A name in `Ground.files`.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    ground = map_ground(settings)
    return ground.files.get(sheet) if ground is not None and ground.digest == digest else None


@lru_cache(maxsize=2)
def _layers(state: _State) -> tuple[PlacesLayer, ...]:
    if not state.digests:
        return ()
    read = [load_places(state.settings, kind) for kind in GROUND_KINDS]
    return tuple(layer for layer in read if layer is not None)


@lru_cache(maxsize=2)
def _ground(state: _State) -> Ground | None:
    layers, wards = _layers(state), wards_or_none(state.settings)
    if not layers or wards is None:
        return None
    return ground_of(layers, box=places_box(wards.bounds))
