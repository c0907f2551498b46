"""The ways between a plan's hotspots, along the streets that the store has loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.places import loaded_place
from data.layers.streets import streets_in_use
from models.tasking.patrol_ways import NO_STREETS, Ways, ways_of
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.layers.places import LoadedPlaces
    from data.settings import Settings
    from geo.streets.ways import Travel
    from models.tasking.patrol_demand import Candidate


def plan_ways(
    settings: Settings,
    candidates: Sequence[Candidate],
    *,
    travels: Iterable[Travel],
    detour: float,
) -> Ways:
    """Return the ways between hotspots along the loaded streets, or that none are loaded.

    Parameters
    ----------
    settings : Settings
    candidates : sequence of Candidate
    travels : iterable of {"foot", "bike", "car"}
        How the teams travel.
    detour : float
        Of ways that no street makes, as a multiple of the straight line.

    Raises
    ------
    DamagedFileError
        If the layer of streets cannot be read.
    """
    about = loaded_place(settings, "street")
    network = streets_in_use(settings)
    if about is None or network is None:
        return NO_STREETS
    return ways_of(
        candidates,
        travels,
        network=network,
        streets=streets_label(about),
        detour=detour,
    )


def streets_label(about: LoadedPlaces) -> str:
    """Return what a plan calls the streets that it was made with."""
    return f"{about.title} of {day_label(about.shown_on)}"
