"""The lines of a plan's ways along the loaded streets, worked out once for each pair of places."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.layers.places import loaded_place
from data.layers.streets import streets_in_use
from data.services.plan_ways import streets_label
from data.settings import Settings  # noqa: TC001 - a field's type, which dataclasses read
from geo.streets.way_lines import way_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.streets.ways import Travel

Points = tuple[tuple[float, float], ...]
_DECIMALS: Final = 1  # of metres


@dataclass(frozen=True, slots=True)
class DrawnWays:
    """Ways as lines.

    Attributes
    ----------
    streets : str
        What the loaded streets are called; "" where none are loaded.
    lines : dict of (int, int) to tuple of (float, float)
        Each leg that streets make, in the metric CRS; a leg that none makes is not there.
    """

    streets: str
    lines: dict[tuple[int, int], Points]


def drawn_ways(
    settings: Settings,
    places: Sequence[tuple[float, float]],
    legs: Sequence[tuple[int, int]],
    *,
    travel: Travel,
) -> DrawnWays:
    """Return the shortest ways between places along the streets that are loaded now.

    Parameters
    ----------
    settings : Settings
    places : sequence of (float, float)
        In the store's metric CRS.
    legs : sequence of (int, int)
        From which place to which.
    travel : {"foot", "bike", "car"}

    Raises
    ------
    DamagedFileError
        If the layer of streets cannot be read.
    """
    about = loaded_place(settings, "street")
    if about is None:
        return DrawnWays("", {})
    question = _Question(about.digest, tuple(places), tuple(legs), travel, settings)
    return DrawnWays(streets_label(about), _lines(question))


@dataclass(frozen=True, slots=True)
class _Question:
    digest: str
    places: tuple[tuple[float, float], ...]
    legs: tuple[tuple[int, int], ...]
    travel: Travel
    settings: Settings = field(compare=False)


@lru_cache(maxsize=64)
def _lines(question: _Question) -> dict[tuple[int, int], Points]:
    network = streets_in_use(question.settings)
    if network is None or not len(network):
        return {}
    found = way_lines(network, np.array(question.places), question.legs, travel=question.travel)
    return {
        leg: tuple(map(tuple, np.round(shapely.get_coordinates(line), _DECIMALS).tolist()))
        for leg, line in zip(question.legs, found, strict=True)
        if line is not None
    }
