"""The names that maps are searched by: streets, stations, parks and postcodes, for browsers.

A file is known by a digest of what it is made of, so that a map can say which it needs before the
file is made: that takes seconds for a city, and only who searches needs it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from data.faults import plain_faults
from data.layers.ground import ground_file, ground_layers
from data.layers.places import loaded_places
from data.layers.postcodes import postcodes_in_use
from data.layers.wards import wards_or_none
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.place_names import postcode_names, street_names
from geo.places import places_box

if TYPE_CHECKING:
    from pathlib import Path

NamesKind = Literal["streets", "postcodes"]

_FORM: Final = "2"  # of what the files hold; another one gives them other addresses
_STREET_KINDS: Final = ("street", "station", "park")


@dataclass(frozen=True, slots=True)
class _Made:
    """What a file of names follows from."""

    kind: NamesKind
    store: str
    of: tuple[str, ...]
    settings: Settings = field(compare=False)

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that differ whenever the file may."""
        return hashlib.sha256("|".join((_FORM, self.kind, *self.of)).encode()).hexdigest()[:32]


def names_digest(settings: Settings, kind: NamesKind) -> str:
    """Return the digest of a file of names; "" where there is nothing to make it of."""
    made = _made(settings, kind)
    return made.digest if made is not None else ""


def map_file(settings: Settings, *, digest: str, sheet: str) -> bytes | None:
    """Return a file that maps fetch: of the ground, or of names; None for another digest.

    Raises
    ------
    DamagedFileError
        If a layer cannot be read.
    """
    for kind in ("streets", "postcodes"):
        made = _made(settings, kind)
        if made is not None and made.digest == digest:
            return _content(made) if not sheet else None
    return ground_file(settings, digest=digest, sheet=sheet)


def _made(settings: Settings, kind: NamesKind) -> _Made | None:
    if kind == "streets":
        layers = [each.digest for each in loaded_places(settings) if each.kind in _STREET_KINDS]
        found = (*layers, *_state(settings.wards_path)) if layers else ()
    else:
        table = _state(settings.postcodes_path)
        found = (*table, *_state(settings.wards_path)) if table else ()
    return _Made(kind, str(settings.store.resolve()), found, settings) if found else None


def _state(path: Path) -> tuple[str, ...]:
    with plain_faults("A file of the store"):
        if not path.exists():
            return ()
        held = path.stat()
        return f"{held.st_mtime_ns}", f"{held.st_size}"


@lru_cache(maxsize=4)
def _content(made: _Made) -> bytes | None:
    settings = made.settings
    wards = wards_or_none(settings)
    if wards is None:
        return None
    box = places_box(wards.bounds)
    if made.kind == "streets":
        return street_names(ground_layers(settings), wards=wards.frame, box=box)
    table = postcodes_in_use(settings)
    return postcode_names(table, box=box) if table is not None else None
