"""What the preview of an import draws its map with, kept for all sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.wards import wards_in_use
from data.settings import settings
from geo.screen.maps import base_map
from pages.shell.answers import cached
from pages.shell.queries import ATTRIBUTION, ground_files, streets_and_water
from pages.shell.stamp import file_state

if TYPE_CHECKING:
    from geo.palettes import Theme
    from geo.screen.maps import BaseMap


def ward_file() -> tuple[str, int]:
    """Return the state of the ward file."""
    return file_state(settings().wards_path)


@cached(max_entries=2, rests_on=(ward_file, ground_files))
def ground_of_wards(theme: Theme) -> BaseMap:
    """Return the map of the wards in use, whether or not there is an incident in the store."""
    in_force = settings()
    return base_map(
        wards_in_use(in_force).frame,
        theme=theme,
        attribution=ATTRIBUTION,
        tile_url=in_force.tile_url,
        tile_attribution=in_force.tile_attribution,
        ground=streets_and_water(),
    )
