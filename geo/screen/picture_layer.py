"""A picture on the map by itself: counts by square of the ground, or a change of density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium

from geo.escaping import script_json
from geo.screen.maps import MapScript

if TYPE_CHECKING:
    from geo.screen.density_image import DensityImage


def picture_layer(image: DensityImage) -> folium.FeatureGroup:
    """Draw one picture where densities lie: above the land, beneath outlines and names.

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; use it once.
    """
    west, south, east, north = image.bounds
    data: dict[str, Any] = {"url": image.data_url, "bounds": [[south, west], [north, east]]}
    group = folium.FeatureGroup(name="Picture", control=False)
    MapScript(PICTURE_SCRIPT, script_json(data)).add_to(group)
    return group


PICTURE_SCRIPT: Final = """function (group, data) {
  L.imageOverlay(data.url, data.bounds, {pane: "density"}).addTo(group);
}"""
