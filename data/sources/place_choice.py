"""Which layers of a map file hold the places of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.rows.errors import FileError
from data.sources.map_files import which_layer
from geo.place_tags import OSM_LAYERS
from geo.places import accepted_families, families_label, kind_in_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.places import Family, PlaceKind

# OS Open Zoomstack, OS Open Roads and OS Open Greenspace, without case and underscores.
_PRODUCT_LAYERS: Final[dict[PlaceKind, tuple[str, ...]]] = {
    "street": ("roadsnational", "roadsregional", "roadslocal", "roadlink"),
    "park": ("greenspace", "greenspacesite"),
    "water": ("surfacewater", "waterlines"),
    "rail": ("rail",),
    "station": ("railwaystations",),
}


class NoPlacesError(FileError):
    """A file holds no place."""


class WrongShapesError(FileError):
    """The shapes of a file are of another family than those of the kind."""


def layers_to_read(
    listed: Sequence[tuple[str, str | None]],
    *,
    kind: PlaceKind,
    layer: str | None,
    osm: bool,
    name: str,
) -> tuple[str, ...]:
    """Return the layer asked for, those of a product that is known, or the only one that fits.

    Parameters
    ----------
    listed : sequence of (str, str or None)
        Each layer with the type of its shapes; None for a table.
    kind : PlaceKind
    layer : str or None
        The one that the user names.
    osm : bool
        Whether it is an OpenStreetMap file.
    name : str
        What people call the file.

    Raises
    ------
    NoPlacesError, WrongShapesError, WhichLayerError
    """
    shaped = {each: geometry for each, geometry in listed if geometry is not None}
    if not shaped:
        raise NoPlacesError(
            what=f"{name} holds no map layer.",
            found="tables without shapes" if listed else "no layers",
            do="Choose a file of places.",
        )
    if layer is not None:
        if layer not in shaped:
            raise which_layer(name, layers=", ".join(shaped))
        return (layer,)
    if osm:
        return _osm_layers(kind, name=name)
    fitting = [each for each, geometry in shaped.items() if _may_fit(geometry, kind=kind)]
    if not fitting:
        label = kind_in_sentence(kind)
        raise WrongShapesError(
            what=f"{name} holds no shapes that {label} are read from.",
            found=", ".join(f"{geometry} in {each}" for each, geometry in shaped.items())[:300],
            do=f"Load {label} from {families_label(kind)}. Choose another file or kind.",
        )
    known = _PRODUCT_LAYERS.get(kind, ())
    of_product = [each for each in fitting if each.casefold().replace("_", "") in known]
    names = of_product or fitting
    if len(names) != 1 and not of_product:
        raise which_layer(name, layers=", ".join(names))
    return tuple(names)


def _osm_layers(kind: PlaceKind, *, name: str) -> tuple[str, ...]:
    layers = OSM_LAYERS[kind]
    if not layers:
        raise NoPlacesError(
            what=f"No tag of OpenStreetMap makes a row one of the kind {kind}.",
            found=f"{name}, an OpenStreetMap file, and no layer named",
            do="Name one of its layers (points, lines, multipolygons), or give another file.",
        )
    return layers


def _may_fit(geometry_type: str, *, kind: PlaceKind) -> bool:
    """Tell whether a layer of this type may hold shapes that the kind is read from."""
    families: dict[str, Family] = {"Point": "point", "Line": "line", "Polygon": "polygon"}
    families |= {"Curve": "line", "Surface": "polygon"}
    for word, family in families.items():
        if word in geometry_type and not geometry_type.endswith("CurvePolygon"):
            return family in accepted_families(kind)
    return True  # a layer of any shapes; each row is looked at
