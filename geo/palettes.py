"""Colours that stay apart for colour-blind readers, and the classes of a density.

Density: cividis, which is even in lightness and made to look nearly the same with and without
red-green blindness (Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for
color vision deficiency", PLOS ONE 13(7), 2018). Categories: the colours of Okabe and Ito, "Color
universal design" (2008). No colour ever carries a meaning alone: ranks are numbers, changes are
words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Theme = Literal["light", "dark"]

OKABE_ITO: Final[dict[str, str]] = {
    "blue": "#0072b2",
    "orange": "#e69f00",
    "bluish green": "#009e73",
    "vermillion": "#d55e00",
    "sky blue": "#56b4e9",
    "reddish purple": "#cc79a7",
    "yellow": "#f0e442",
}
AreaKind = Literal["treated", "comparison"]
# One colour each on every map and chart; both stand out from their theme's ground by 3:1 or more.
AREA_COLOURS: Final[dict[AreaKind, dict[Theme, str]]] = {
    "treated": {"light": "#b34700", "dark": "#ffb000"},
    "comparison": {"light": "#1d5b79", "dark": "#5aa9cf"},
}
REST_COLOUR: Final = "#8a8a8a"
DENSITY_UNIT: Final = "incidents per km²"
_NICE: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
_TOP_SHARE: Final = 0.25  # of the incidents: where the densest quarter lies, the last class begins
_NOTHING: Final = 1e-9  # per km²: less than one incident on Earth


def category_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each name: the first seven Okabe–Ito colours, then grey for the rest.

    Names that share the grey must be distinguished by their labels, or merged by the caller.
    """
    colours = [*OKABE_ITO.values()]
    return {
        name: colours[position] if position < len(colours) else REST_COLOUR
        for position, name in enumerate(dict.fromkeys(names))
    }


def sequential_colours(count: int, *, theme: Theme = "light") -> tuple[str, ...]:
    """Return `count` colours from least to most, in even steps of lightness.

    On a light ground more is darker; on a dark ground more is lighter.
    """
    steps = np.linspace(0.96, 0.06, count) if theme == "light" else np.linspace(0.10, 1.0, count)
    return tuple(to_hex(colour) for colour in colormaps["cividis"](steps))


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How a class of hotspots looks on a map and in its legend.

    Attributes
    ----------
    mark : str
        One or two characters next to each rank, which tell the classes apart without colour.
    colour : str
        Hex colour that its areas are filled with.
    """

    mark: str
    colour: str


def class_styles(
    marks: Mapping[str, str], *, ordered: bool, theme: Theme = "light"
) -> dict[str, ClassStyle]:
    """Return how each class of hotspots looks.

    Parameters
    ----------
    marks : mapping of str to str
        Name of each class and its mark, the strongest class first where they are ordered.
    ordered : bool
        True for steps of one thing (more to less sure): even steps of lightness. False for kinds:
        the colours of Okabe and Ito.
    theme : {"light", "dark"}
        The ground on which the colours lie.
    """
    colours = (
        dict(zip(marks, sequential_colours(len(marks), theme=theme)[::-1], strict=True))
        if ordered
        else category_colours(list(marks))
    )
    return {name: ClassStyle(mark, colours[name]) for name, mark in marks.items()}


@dataclass(frozen=True, slots=True)
class DensityScale:
    """Classes of a density: the legend of a map, and how it is painted.

    Attributes
    ----------
    breaks : tuple of float
        Lower bound of each painted class in incidents per km², rising; less than the first is not
        painted. Empty when there is no density.
    colours : tuple of str
        Hex colour of each class.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    unit: str = DENSITY_UNIT

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in words, as a legend shows them; the last is open above."""
        texts = [f"{value:,.10g}" for value in self.breaks]
        closed = [f"{low} to {high}" for low, high in pairwise(texts)]
        return (*closed, f"{texts[-1]} and over") if texts else ()

    @property
    def unpainted(self) -> str:
        """What the bare ground means, in words."""
        return f"less than {self.breaks[0]:,.10g}" if self.breaks else "no incidents"

    def classes(self, per_km2: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Return the class of each value: 0 for bare ground and NaN, then 1, 2, … from least."""
        known = np.where(np.isnan(per_km2), -1.0, per_km2)
        return np.searchsorted(np.array(self.breaks), known, side="right").astype(np.uint8)


def density_scale(
    per_km2: NDArray[np.float64], *, classes: int = 6, theme: Theme = "light"
) -> DensityScale:
    """Return classes of equal, round width that suit a density.

    The last class begins about where the densest quarter of the incidents lies, so that one map
    point with thousands of incidents does not empty the rest of the map.

    Parameters
    ----------
    per_km2 : float64 array of any shape
        Incidents per km²; NaN is left out.
    classes : int
        How many are painted, at most; at least 2.
    theme : {"light", "dark"}
        The ground on which the colours lie.
    """
    held = np.sort(per_km2[np.isfinite(per_km2) & (per_km2 > _NOTHING)])[::-1]
    if not held.size:
        return DensityScale((), ())
    incidents = np.cumsum(held)
    top = float(held[np.searchsorted(incidents, _TOP_SHARE * incidents[-1])])
    step = _round(top / classes)
    painted = max(1, min(classes, math.floor(float(held[0]) / step + 1e-9)))
    breaks = tuple(float(f"{step * number:.6g}") for number in range(1, painted + 1))
    return DensityScale(breaks, sequential_colours(painted, theme=theme))


def _round(value: float) -> float:
    """Return the round number nearest to `value`, by ratio."""
    power = 10.0 ** math.floor(math.log10(value))
    return min(_NICE, key=lambda nice: abs(math.log(nice * power / value))) * power
