"""The digest of a layer of places: what follows from the layer holds while it is the same."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import shapely

from geo.places import ONE_WAY_COLUMN, PLACE_COLUMNS, STREET_COLUMNS

if TYPE_CHECKING:
    from geo.places import PlacesLayer


def places_digest(layer: PlacesLayer) -> str:
    """Return the digest of a layer: of its names, classes and shapes, and of what is said of it."""
    digest = sha256()
    said = (layer.kind, layer.title, layer.shown_on.isoformat(), layer.source, layer.licence)
    for text in (*said, layer.credit, str(layer.frame.crs.to_string())):
        digest.update(text.encode("utf-8", "replace") + b"\0")
    rows = zip(
        layer.frame["name"],
        layer.frame["place_class"],
        shapely.to_wkb(layer.frame.geometry.to_numpy()),
        strict=True,
    )
    for name, place_class, wkb in rows:
        digest.update(f"{name}\0{place_class}\0{len(wkb)}\0".encode("utf-8", "replace"))
        digest.update(wkb)
    for column in _known(layer):  # layers without any keep the digest that they had
        if column != ONE_WAY_COLUMN:
            digest.update(f"\0{column}\0".encode())
        digest.update("\0".join(layer.frame[column]).encode("utf-8", "replace"))
    return digest.hexdigest()


def stored_columns(layer: PlacesLayer) -> list[str]:
    """Return the columns of a layer that are stored: those of all, and what is known of streets."""
    return [*PLACE_COLUMNS, *_known(layer)]


def _known(layer: PlacesLayer) -> list[str]:
    return [column for column in STREET_COLUMNS if column in layer.frame]
