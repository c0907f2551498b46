"""Leaflet from a pinned package on this machine, instead of from other hosts.

Police and council networks block the hosts from which folium loads Leaflet, jQuery, Bootstrap and
icon fonts, and the map is then blank without an error. The maps here need Leaflet alone. folium's
lists of assets are process-wide, so they are set once, when this module is imported, to the files
of the package ``django-js-lib-leaflet`` (which is nothing but those files). Whoever serves the
files to a browser says where, with `load_leaflet_from`; until then a saved map reads them from the
disk.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import folium
import folium.folium as folium_defaults

from geo.errors import PlainError

_PACKAGE: Final = "js_lib_leaflet"
LEAFLET_FILES: Final[tuple[str, ...]] = ("leaflet.js", "leaflet.css")


class LeafletMissingError(PlainError, LookupError):
    """The package that holds Leaflet's files is not installed, or has lost them."""


def leaflet_folder() -> Path:
    """Return the folder that holds ``leaflet.js`` and ``leaflet.css``.

    Raises
    ------
    LeafletMissingError
        If the package or one of the two files is not there.
    """
    spec = find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        static = Path(folder) / "static" / _PACKAGE
        if all((static / name).is_file() for name in LEAFLET_FILES):
            return static
    message = (
        "Leaflet's files are missing, so maps cannot be drawn: "
        f"{list(folders or ()) or 'no package'} found for {_PACKAGE}. Install the pinned "
        "requirements again."
    )
    raise LeafletMissingError(message)


def load_leaflet_from(address: str) -> None:
    """Make every map of this process load Leaflet from `address`, and nothing else.

    Parameters
    ----------
    address : str
        Folder address, absolute or relative to the page that holds the map, with or without a
        final slash.
    """
    folder = address.rstrip("/")
    folium_defaults._default_js[:] = [("leaflet", f"{folder}/leaflet.js")]
    folium_defaults._default_css[:] = [("leaflet_css", f"{folder}/leaflet.css")]
    folium.Map.default_js = folium_defaults._default_js
    folium.Map.default_css = folium_defaults._default_css


load_leaflet_from(leaflet_folder().as_uri())
